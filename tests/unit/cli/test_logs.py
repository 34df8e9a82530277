import logging

import pytest

from chalicelib.cli.logs import log_to


@pytest.fixture
def log():
    """The root logger, put back as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield logging.getLogger("about_logs")
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_file_gets_everything_with_its_stack(log, tmp_path):
    log_to(tmp_path / "logs" / "dev.log")

    log.info("good morning")
    log.error("too bad", exc_info=ValueError("no luck"))

    text = (tmp_path / "logs" / "dev.log").read_text()
    assert "INFO about_logs: good morning" in text
    assert "ValueError: no luck" in text


def test_terminal_gets_warnings_as_one_line(log, tmp_path, capsys):
    log_to(tmp_path / "dev.log", shows_warnings=True)

    log.info("good morning")
    log.warning("too\nbad", exc_info=ValueError("no luck"))
    log.warning("worse")

    assert capsys.readouterr().err == (
        "warning: too bad (ValueError: no luck)\nwarning: worse\n"
    )
