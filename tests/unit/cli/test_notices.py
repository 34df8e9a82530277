"""``millrace notices`` against a stage of canned answers, over loopback."""

import io
import json

import pytest

from chalicelib.__main__ import main
from chalicelib.cli.terminal import Terminal
from chalicelib.local.server import Server
from tests.unit.cli.fake_stage import KEY, FakeStage


def a_notice(name, **facts):
    return {
        "notice": name,
        "about": "end",
        "receiver": "https://hooks.example",
        "error": "Millrace.NoticeUndelivered",
        "cause": "it was answered\nwith status 410",
        "tries": 15,
        "givenUpAt": "1970-01-01T12:00:00.000Z",
        **facts,
    }


@pytest.fixture(scope="module")
def running():
    fake, server = FakeStage(), Server()
    server.start(fake.app)
    yield fake, server.url
    server.stop()


@pytest.fixture
def stage(running):
    fake, _ = running
    fake.asked = []
    fake.notices = [a_notice("0"), a_notice("1", receiver=None)]
    return fake


@pytest.fixture
def run(running):
    def run(*arguments):
        out = io.StringIO()
        terminal = Terminal(out, errors=out, source=io.StringIO(), environ={})
        address = ["--url", running[1], "--key", KEY]
        code = main(["notices", *address, *arguments], terminal=terminal)
        return code, out.getvalue()

    return run


def paths(stage):
    return [f"{method} {path}" for method, path, _, _ in stage.asked]


def test_what_nobody_took_is_a_table(stage, run):
    code, out = run("greet:one")

    heads, first, second = out.splitlines()
    assert code == 0
    assert heads.split() == ["NOTICE", "OF", "TO", "TRIES", "GIVEN", "UP", "WHY"]
    assert first.startswith("0       end  https://hooks.example     15  ")
    assert first.endswith("it was answered with status 410")
    assert "nobody any more" in second
    assert paths(stage) == ["GET /v1/executions/greet%3Aone/notices"]


def test_no_notice_is_said_so(stage, run):
    stage.notices = []

    assert run("greet:one") == (0, "no notice was given up\n")
    assert run("greet:one", "--again") == (0, "nothing to send\n")


def test_the_answer_is_had_as_json_and_in_parts(stage, run):
    assert json.loads(run("greet:one", "--json")[1]) == stage.notices
    assert run("greet:one", "--query", "$[*].notice") == (0, '"0"\n"1"\n')


def test_one_notice_is_sent_again(stage, run):
    code, out = run("greet:one", "--again", "0")

    assert (code, out) == (0, "0 is sent again, to https://hooks.example\n")
    assert paths(stage) == ["POST /v1/executions/greet%3Aone/notices/0/retry"]


def test_all_that_somebody_can_take_are_sent_again(stage, run):
    code, out = run("greet:one", "--again", "--query", "$[*].notice")

    assert (code, out) == (0, '"0"\n')
    assert [each.partition(" ")[0] for each in paths(stage)] == ["GET", "POST"]
