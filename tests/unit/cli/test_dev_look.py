import io
import json

import pytest

from chalicelib.cli.dev import Dev, announced
from chalicelib.cli.terminal import Terminal
from tests.unit.cli.test_definitions import FakeClient


class FakeFunctions:
    def __init__(self):
        self.forgotten = 0

    def forget(self):
        self.forgotten += 1

    def names(self):
        return ["greet", "checks-greet"]

    def shared(self):
        return ["f"] if self.forgotten else []

    def why_not(self, name):
        return f"{name} is not clear"

    def problems(self):
        return {"functions.py": "SyntaxError: oh"} if self.forgotten else {}


class FakeStage:
    url, key = "http://stage", "k.s"

    def __init__(self):
        self.functions = FakeFunctions()


class FakePrograms:
    names = ("checks",)

    def changed(self, paths):
        return ["checks"]


@pytest.fixture
def folder(tmp_path):
    own = tmp_path / "workflows" / "checks"
    own.mkdir(parents=True)
    return own


@pytest.fixture
def dev(folder):
    terminal = Terminal(io.StringIO(), errors=io.StringIO(), environ={})
    made = Dev(FakeStage(), folder.parent, FakePrograms(), terminal)
    made._client = FakeClient()
    return made


def said(dev):
    return dev._terminal._out.getvalue(), dev._terminal._errors.getvalue()


def test_nothing_new_is_nothing_said(dev):
    dev.look()

    assert said(dev) == ("", "")


def test_saved_definition_is_published_again(dev, folder):
    (folder / "check.yaml").write_text("fine")
    (folder / "input.json").write_text("{}")

    dev.look()

    out, _ = said(dev)
    assert out == f"published check, version v1, from {folder / 'check.yaml'}\n"


def test_definition_with_a_problem_is_complained_of(dev, folder):
    (folder / "check.yaml").write_text("wrong")

    dev.look()

    assert said(dev) == ("", "workflows/checks/check.yaml:1:2 /a: is wrong\n")


def test_saved_function_is_reloaded_with_its_worker(dev, folder):
    (folder / "functions.py").write_text("x = 1")

    dev.look()

    out, errors = said(dev)
    assert dev._stage.functions.forgotten == 1
    assert "reloaded" in out
    assert "started the worker of checks again" in out
    assert errors == "functions.py: SyntaxError: oh\nf is not clear\n"


def test_hello_says_where_and_with_what_key(dev):
    dev._hello()

    out, _ = said(dev)
    assert "http://stage/v1" in out
    assert "k.s" in out
    assert "functions  greet\n" in out
    assert "workers    checks\n" in out


def test_commands_beside_find_the_stage_while_it_is_there(tmp_path):
    file = tmp_path / ".local" / "stage.json"

    with announced("http://stage", "k.s", file):
        found = json.loads(file.read_text())
        mode = file.stat().st_mode & 0o777

    assert found == {"url": "http://stage", "key": "k.s"}
    assert mode == 0o600
    assert not file.exists()


def test_stage_that_ends_leaves_the_place_of_a_later_one_alone(tmp_path):
    file = tmp_path / "stage.json"

    with announced("http://first", "k.s", file):
        later = announced("http://second", "k.s", file)
        later.__enter__()

    assert json.loads(file.read_text())["url"] == "http://second"
