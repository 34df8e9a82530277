"""The handlers of app.py, called as Lambda calls them."""

import importlib
import json
import logging
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from chalice.test import Client

import app as entry
from chalicelib import bootstrap
from chalicelib.errors import Unavailable
from chalicelib.orchestrator import Delivery

EVENTS = Path(__file__).parents[1] / "events"
NOW = 1_700_000_100.0
FIRST, SECOND, THIRD = (
    f"19dd0b57-b21e-4ac1-bd88-01bbb068cb7{number}" for number in (1, 2, 3)
)


class Recorder:
    """Orchestrator, queue, scheduler and clock: what they were asked for."""

    def __init__(self, failing=(), *, is_broken=False):
        self.failing = failing
        self.is_broken = is_broken
        self.handled, self.buried, self.deleted = [], [], []
        self.waits = {}
        self.ticks = 0
        self.deadline_at = 0.0

    def handle(self, deliveries, deadline_at):
        self._break()
        self.handled, self.deadline_at = list(deliveries), deadline_at
        return list(self.failing)

    def bury(self, deliveries):
        self._break()
        self.buried = list(deliveries)

    def tick(self):
        self._break()
        self.ticks += 1

    def delete(self, receipts):
        self.deleted.append(list(receipts))

    def put_off(self, waits):
        self.waits.update(waits)

    def now(self):
        return NOW

    def _break(self):
        if self.is_broken:
            raise ZeroDivisionError("broken")


@pytest.fixture
def stage():
    """Install a recorder as the stage; uninstall it afterwards."""

    def install(recorder, *, partial_batch=False):
        settings = SimpleNamespace(
            partial_batch=partial_batch, metrics=False, stage="dev"
        )
        bootstrap.use(
            SimpleNamespace(
                settings=settings,
                orchestrator=recorder,
                queue=recorder,
                scheduler=recorder,
                clock=recorder,
            )
        )
        return recorder

    yield install
    bootstrap.use(None)


def send(handler, name):
    event = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return Client(entry.app).lambda_.invoke(handler, event).payload


def test_step_messages_reach_the_orchestrator(stage):
    recorder = stage(Recorder())
    assert send("on_step", "step_batch") is None
    assert [each.id for each in recorder.handled] == [FIRST, SECOND, THIRD]
    assert recorder.handled[1] == Delivery(
        id=SECOND,
        body='{"v":1,"do":"timer","x":"order:o-2","s":"r","a":1,"n":1}',
        receipt="AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a2",
        sent_at=1_700_000_000.25,
        receives=3,
    )


def test_the_deadline_is_when_the_invocation_ends(stage):
    recorder = stage(Recorder())
    send("on_step", "step_batch")
    # The test client's invocations last three seconds.
    assert NOW < recorder.deadline_at <= NOW + 3


def test_failed_messages_are_named_where_the_mapping_listens(stage):
    recorder = stage(Recorder(failing=[SECOND]), partial_batch=True)
    answer = send("on_step", "step_batch")
    assert answer == {"batchItemFailures": [{"itemIdentifier": SECOND}]}
    assert recorder.deleted == []


def test_a_whole_batch_that_worked_names_no_failures(stage):
    stage(Recorder(), partial_batch=True)
    assert send("on_step", "step_batch") == {"batchItemFailures": []}


def test_where_nobody_listens_the_rest_is_deleted_and_the_failure_raised(stage):
    recorder = stage(Recorder(failing=[SECOND]))
    with pytest.raises(Unavailable, match="1 of 3 messages"):
        send("on_step", "step_batch")
    assert recorder.deleted == [
        ["AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a1", "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a3"]
    ]


@pytest.mark.parametrize("partial_batch", [True, False])
def test_what_failed_comes_again_soon_and_later_each_time(stage, partial_batch):
    recorder = stage(Recorder(failing=[FIRST, SECOND]), partial_batch=partial_batch)
    with suppress(Unavailable):
        send("on_step", "step_batch")
    # The first message came once, the second three times.
    assert list(recorder.waits.values()) == [20, 720]


def test_what_worked_is_not_put_off(stage):
    recorder = stage(Recorder(), partial_batch=True)
    send("on_step", "step_batch")
    assert recorder.waits == {}


def test_where_everything_failed_nothing_is_deleted(stage):
    recorder = stage(Recorder(failing=[FIRST, SECOND, THIRD]))
    with pytest.raises(Unavailable, match="3 of 3 messages"):
        send("on_step", "step_batch")
    assert recorder.deleted == []


def test_dead_letters_are_buried(stage):
    recorder = stage(Recorder())
    send("on_dead_letter", "dead_letters")
    assert [each.receives for each in recorder.buried] == [6]


def test_a_minute_is_a_tick(stage):
    recorder = stage(Recorder())
    send("on_tick", "tick")
    assert recorder.ticks == 1


@pytest.mark.parametrize(
    ("handler", "event", "logged"),
    [
        ("on_step", "step_batch", f"order:o-1, order:o-2, of message {THIRD}"),
        ("on_dead_letter", "dead_letters", "order:o-9"),
        ("on_tick", "tick", "unknown"),
    ],
)
def test_what_goes_wrong_is_logged_with_its_executions_and_raised(
    stage, caplog, handler, event, logged
):
    stage(Recorder(is_broken=True))
    # Chalice's logger keeps to itself; listen to it directly.
    logging.getLogger("millrace").addHandler(caplog.handler)
    with pytest.raises(ZeroDivisionError):
        send(handler, event)
    logging.getLogger("millrace").removeHandler(caplog.handler)
    assert f"executions {logged}" in caplog.text


@pytest.mark.parametrize(
    "source", entry.app.event_sources, ids=lambda source: source.name
)
def test_lambda_finds_every_handler_under_the_name_it_is_deployed_by(source):
    module, _, name = source.handler_string.rpartition(".")
    found = getattr(importlib.import_module(module), name)
    assert name == source.name
    assert found is entry.app.handler_map[source.name]


def test_what_was_counted_is_written_where_the_stage_wants_it(stage, capsys):
    stage(Recorder())
    bootstrap.settings().metrics = True
    bootstrap.metrics().count("TurnsTaken")
    send("on_tick", "tick")
    assert json.loads(capsys.readouterr().out)["TurnsTaken"] == 1


def test_elsewhere_nothing_is_written(stage, capsys):
    stage(Recorder())
    bootstrap.metrics().count("TurnsTaken")
    send("on_tick", "tick")
    assert capsys.readouterr().out == ""
