import io
import os

import pytest

from chalicelib.__main__ import main
from chalicelib.cli import commands
from chalicelib.cli.terminal import Terminal


class Run:
    """A command with one verb, which raises."""

    def __init__(self, error):
        def fail(options, terminal):
            raise error

        self.left = []
        self.errors = io.StringIO()
        self.code = main(
            ["list"],
            verbs={"list": ("", fail, lambda parser: None)},
            terminal=Terminal(io.StringIO(), errors=self.errors, environ={}),
            leave=self.left.append,
        )


def test_ctrl_c_ends_with_130_and_without_a_traceback():
    run = Run(KeyboardInterrupt())

    assert (run.code, run.left) == (130, [130])
    assert run.errors.getvalue() == "\ninterrupted\n"


def test_reader_that_went_away_is_no_traceback():
    run = Run(BrokenPipeError())

    assert (run.code, run.left) == (1, [1])
    assert run.errors.getvalue() == ""


def test_wrong_use_ends_with_2():
    run = Run(commands.WrongUse("no such folder"))

    assert run.code == 2
    assert run.errors.getvalue() == "millrace: no such folder\n"


def test_dev_needs_a_folder(capsys):
    assert main(["dev", "--port", "0", "--workflows", "no/such/folder"]) == 2
    assert "there is no folder no/such/folder" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["65536", "-1", "80a"])
def test_port_that_is_none_is_wrong_use(capsys, port):
    with pytest.raises(SystemExit, match="2"):
        main(["dev", f"--port={port}"])

    assert f"{port} is no port: 0 to 65535" in capsys.readouterr().err


def test_query_that_is_no_path_is_wrong_use_before_anything_is_asked(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["start", "hello", "--query", "$.["])

    assert "'$.[' is not a JSONPath" in capsys.readouterr().err


def test_demo_needs_a_text_that_can_be_read(capsys):
    assert main(["demo", "--text", os.devnull + "/none"]) == 2
    assert "cannot read /dev/null/none" in capsys.readouterr().err
