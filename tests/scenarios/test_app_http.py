"""Requests through app.py, with a stage behind it that bootstrap made."""

from types import SimpleNamespace

import pytest
from chalice.test import Client

import app as entry
from chalicelib import bootstrap
from chalicelib.api.keyring import AccessKeys
from chalicelib.errors import Unavailable
from chalicelib.meter import Meter
from chalicelib.ports import Limits
from chalicelib.pulse import Pulse
from chalicelib.stores.memory import MemoryTable
from chalicelib.tokens import Succeeded, Tokens

NOW = 1_700_000_000.0
SECRET = b"s" * 32
DEFINITION = b"""
StartAt: End
States:
  End:
    Type: Succeed
"""


class World:
    """A clock, an orchestrator, a journal and a planner that remember what they got."""

    def __init__(self):
        self.published = []
        self.reports = []

    def now(self):
        return NOW

    def report(self, claims, report):
        self.reports.append((claims.execution, report))
        return "accepted"

    def publish(self, workflow, text):
        self.published.append(workflow)
        return "v1"

    def apply(self, workflow, schedules):
        assert list(schedules) == []

    def definition(self, name, version=""):
        return SimpleNamespace(
            name=name, version=version, format="asl", text="", published_at=NOW
        )


def no_queue():
    raise Unavailable("the queue")


@pytest.fixture
def world():
    return World()


@pytest.fixture
def tokens():
    return Tokens("millrace-test", {"k1": b"k" * 32}, "k1")


@pytest.fixture
def http(world, tokens):
    table = MemoryTable()
    parts = SimpleNamespace(
        settings=SimpleNamespace(
            access_keys=(),
            access_secret=SECRET,
            callback_url="",
            limits=Limits(),
            metrics=False,
            stage="test",
        ),
        table=table,
        clock=world,
        journal=world,
        orchestrator=world,
        planning=world,
        meter=Meter(),
        tokens=tokens,
        pulse=Pulse(table=table, clock=world, queue_length=no_queue),
    )
    bootstrap.use(parts)
    client = Client(entry.app).http
    key = AccessKeys(table, secret=SECRET).issue(["admin"], at=NOW).bearer
    client.headers = {"Authorization": f"Bearer {key}", "Content-Type": "text/yaml"}
    yield client
    bootstrap.use(None)


def test_the_stage_says_hello(http):
    parts = {"table": "ok", "tick": "dead", "queue": "dead"}
    answer = http.get("/health")
    assert answer.status_code == 503
    assert answer.json_body == {"status": "dead", "stage": "test", "parts": parts}


def test_a_definition_goes_through_the_compiler_into_the_journal(http, world):
    answer = http.post(
        "/v1/workflows?name=order", headers=http.headers, body=DEFINITION
    )
    assert answer.status_code == 201
    assert [(each.name, each.format) for each in world.published] == [("order", "asl")]


def test_a_definition_with_a_mistake_is_refused_with_its_place(http, world):
    wrong = DEFINITION.replace(b"StartAt: End", b"StartAt: Ende")
    answer = http.post("/v1/workflows?name=order", headers=http.headers, body=wrong)
    assert answer.status_code == 400
    assert answer.json_body["problems"][0]["line"] == 2
    assert world.published == []


def test_a_callback_reaches_the_orchestrator(http, world, tokens):
    token = tokens.mint("order:o-1", "r", 1, 1, NOW + 60)
    answer = http.post(f"/v1/tasks/{token}", body=b'{"n": 1}')
    assert answer.status_code == 200
    assert world.reports == [("order:o-1", Succeeded(output={"n": 1}))]


def test_a_key_that_the_stage_did_not_issue_opens_nothing(http):
    answer = http.get("/v1/workflows", headers={"Authorization": "Bearer a.b"})
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_what_chalice_refuses_itself_is_a_problem_too(http):
    assert http.put("/health").headers["Content-Type"] == "application/problem+json"
