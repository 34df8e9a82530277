import io
import json
import logging

import pytest

from chalicelib import logs

TOKEN = "t1.k1.eyJ4Ijoib3JkZXI6MSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
BEARER = "mr0123456789abcdef." + "s" * 43


@pytest.fixture
def written():
    """A logger whose lines are JSON, and what it has written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    log = logging.Logger("millrace")
    log.addHandler(handler)
    return log, lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_one_json_object(written):
    log, lines = written
    log.warning("a turn failed:\n%s", "badly")

    (line,) = lines()

    assert line["level"] == "WARNING"
    assert line["message"] == "a turn failed:\nbadly"
    assert line["time"].endswith("Z")


def test_a_line_says_what_the_work_around_it_is_about(written):
    log, lines = written
    with logs.about(execution="billing:run-1", scope="r", request=""):
        logs.note(trace="00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01")
        log.warning("inside")
    log.warning("outside")

    inside, outside = lines()

    assert inside["execution"] == "billing:run-1"
    assert inside["workflow"] == "billing"
    assert inside["trace"] == "5759e988bd862e3fe1be46a994272793"
    assert "request" not in inside
    assert "execution" not in outside


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"POST /v1/tasks/{TOKEN} failed", TOKEN.rpartition(".")[2]),
        (f"Authorization: Bearer {BEARER}", "s" * 43),
        (f"the key {BEARER} is unknown", "s" * 43),
        ("{'Authorization': 'Basic dXNlcjpwYXNz'}", "dXNlcjpwYXNz"),
        ("{'authorization': 'hunter2'}", "hunter2"),
        ("Credential=k/x, Signature=0af1b2c3", "0af1b2c3"),
        ("https://fnf?Action=StartExecution&Signature=Zm9v%3D&x=1", "Zm9v"),
        ('{"X-Amz-Security-Token": "IQoJb3Jp"}', "IQoJb3Jp"),
        ("secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKY"),
        ('{"clientSecret": "hunter2"}', "hunter2"),
        ("password=hunter2", "hunter2"),
        ("?token=abc.def&x=1", "abc.def"),
    ],
)
def test_a_secret_is_cut_out(text, secret):
    assert secret not in logs.redacted(text)
    assert logs.HIDDEN in logs.redacted(text)


def test_what_is_no_secret_stays():
    text = "billing:run-1 r.3.1-17: a turn failed after 3 tries: States.Timeout"

    assert logs.redacted(text) == text


def test_a_stack_has_no_secret_either(written):
    log, lines = written
    try:
        raise ValueError(f"no such token: {TOKEN}")
    except ValueError:
        log.exception("failed")

    assert TOKEN not in lines()[0]["exception"]
    assert "ValueError" in lines()[0]["exception"]


@pytest.fixture
def root():
    """The root logger with one handler, and as it was afterwards."""
    logger, mine = logging.getLogger(), logging.getLogger("millrace")
    handlers, level = logger.handlers[:], mine.level
    logger.handlers[:] = [logging.StreamHandler(io.StringIO())]
    yield logger
    logger.handlers[:] = handlers
    mine.setLevel(level)


def test_in_lambda_every_line_is_json(root):
    logs.set_up({"AWS_LAMBDA_FUNCTION_NAME": "millrace-dev-on_step"})

    assert isinstance(root.handlers[0].formatter, logs.JsonLines)
    assert logging.getLogger("millrace").level == logging.INFO


def test_a_stage_can_have_texts_and_another_level(root):
    logs.set_up({"LOG_FORMAT": "text", "LOG_LEVEL": "warning"})

    assert isinstance(root.handlers[0].formatter, logs.TextLines)
    assert logging.getLogger("millrace").level == logging.WARNING


def test_a_text_has_no_secret(root):
    logs.set_up({"LOG_FORMAT": "text"})
    root.warning("token=%s", "hunter2")

    assert "hunter2" not in root.handlers[0].stream.getvalue()


def test_elsewhere_nothing_is_changed(root):
    logs.set_up({})

    assert root.handlers[0].formatter is None


def test_without_a_handler_there_is_one(root):
    root.handlers.clear()
    logs.set_up({"LOG_FORMAT": "json"})

    assert len(root.handlers) == 1
