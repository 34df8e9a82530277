"""Secrets are planted in whole runs, and looked for in all that a stage lets out."""

import json
import logging
from contextlib import contextmanager

import pytest

from chalicelib import bootstrap, logs
from tests.scenarios import mail
from tests.scenarios.desk import a_desk, a_flow, a_task

CARD, PASSWORD, HEADER = "4242-4242-4242", "correct horse", "Bearer planted-for-http"
PLANTED = {"card": {"number": CARD}, "user": {"password": PASSWORD}}
REDACT = {"x-redact": ["$.card.number", "$..password", "$.headers.Authorization"]}


class Lines(logging.Handler):
    """Keeps what is logged, as Lambda would write it."""

    def __init__(self):
        super().__init__()
        self.setFormatter(logs.JsonLines())
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


@contextmanager
def listening():
    handler, root = Lines(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield handler.lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


@pytest.fixture(scope="module")
def run():
    """The stage after its runs: its secrets, and what it has let out."""
    with listening() as lines, a_desk() as desk:
        yield _runs(desk, lines)


def _runs(desk, lines):
    secrets = {"access key": desk.stage.secret, "card": CARD, "password": PASSWORD}
    secrets["header"] = HEADER
    answers = []

    def see(execution):
        for part in ("", "/history", "/cost"):
            answers.append(desk.ask("GET", f"/v1/executions/{execution}{part}").text)

    secrets["issued key"] = _issue(desk)
    for name, state in (
        ("passes", a_task("shout", Parameters={"text.$": "$.user.password"})),
        ("breaks", a_task("fail", Parameters={"why.$": "$.card.number"})),
        ("calls", a_task("http://127.0.0.1:9/none", Parameters=_with_header())),
    ):
        desk.publish({**a_flow(state), **REDACT}, name=name)
        execution = desk.start(name, PLANTED)
        desk.ended(execution)
        see(execution)
    secrets["task token"] = token = _callback(desk, see)
    answers += _refusals(desk, token, secrets["issued key"])
    answers += bootstrap.metrics().lines(0)
    return secrets, answers, lines


def _with_header():
    return {"method": "GET", "headers": {"Authorization": HEADER}}


def _issue(desk):
    wanted = {"scopes": ["read"]}
    bearer = desk.ask("POST", "/v1/keys", wanted).json()["bearer"]
    assert desk.ask("GET", "/v1/executions", key=bearer, workflow="x").ok
    return bearer.partition(".")[2]


def _callback(desk, see):
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {
            "FunctionName": "receive",
            "Payload": {"box": "canary", "token.$": "$$.Task.Token"},
        },
    }
    flow = {**a_flow(state), "x-redact": ["$..token", "$..taskToken"]}
    execution = desk.start(desk.publish(flow, name="waits"))
    token = mail.take("canary")["token"]
    assert desk.report(token, {"ok": 1}).status_code == 200
    assert desk.report(token, {"ok": 2}).status_code == 409
    desk.ended(execution)
    see(execution)
    return token


def _refusals(desk, token, secret):
    """Return the answers to requests that are refused in many ways."""
    forged = token[:-4] + "AAAA"
    asked = [
        desk.report(forged, {}),
        desk.report(token, "{not json"),
        desk.ask("GET", "/v1/workflows", key=f"nobody.{secret}"),
        desk.ask("GET", f"/v1/executions/none:{secret[:8]}"),
        desk.ask("POST", "/v1/workflows", "a: [", name="wrong"),
        desk.ask("GET", f"/flow/trigger.json?token={forged}", key=""),
    ]
    assert all(answer.status_code >= 400 for answer in asked)
    return [answer.text for answer in asked]


@pytest.mark.parametrize(
    "name", ["access key", "issued key", "task token", "card", "password", "header"]
)
def test_no_answer_and_no_metric_has_it(run, name):
    secrets, answers, _ = run

    assert [each for each in answers if secrets[name] in each] == []


@pytest.mark.parametrize(
    "name", ["access key", "issued key", "task token", "card", "password", "header"]
)
def test_no_line_of_the_log_has_it(run, name):
    secrets, _, lines = run

    assert [each for each in lines if secrets[name] in each] == []


def test_settings_and_keys_do_not_show_themselves(run):
    settings = bootstrap.settings()

    for secret in (*settings.token_keys.values(), settings.access_secret):
        assert str(secret) not in repr(settings)


def test_the_canaries_were_there_to_be_found(run):
    _, answers, lines = run

    assert any("ExecutionSucceeded" in each for each in answers)
    assert any("***" in each for each in answers)
    assert any("ExecutionsStarted" in each for each in answers)
    assert any("x-amz" not in json.loads(line)["message"] for line in lines)
