"""Waits, long and short, and a stop in the middle of them."""

import json
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from chalice.local import LambdaContext

import app
from chalicelib import bootstrap
from chalicelib.api.shapes import time
from chalicelib.cli.story import moment
from chalicelib.clock import SystemClock
from chalicelib.local import account, event_shapes
from chalicelib.ports import Message
from tests.scenarios import mail
from tests.scenarios.desk import a_flow, a_task

pytestmark = [pytest.mark.moto, pytest.mark.slow]

HOUR = 3600


class ClockAhead:
    """The machine's clock, some time ahead."""

    def __init__(self, seconds):
        self._clock = SystemClock()
        self._seconds = seconds

    def now(self):
        return self._clock.now() + self._seconds

    def sleep(self, seconds):
        self._clock.sleep(seconds)


@contextmanager
def ahead(desk, seconds):
    """Have the handlers believe that ``seconds`` have passed."""
    clients = desk.stage.clients
    bootstrap.use(SimpleNamespace(clock=ClockAhead(seconds)), clients=clients)
    yield
    bootstrap.use(clients=clients)


def tick():
    """Have the minute tick's handler called, as the schedule calls it."""
    event = event_shapes.schedule_event("on_tick", 0)
    app.on_tick(event, LambdaContext("on_tick", 512, max_runtime_ms=60_000))


def timers(desk, execution):
    """Return the timers that the table holds for an execution."""
    found = desk.stage.clients("dynamodb").scan(TableName=account.TABLE)["Items"]
    return [
        item
        for item in found
        if item["pk"]["S"].startswith("timer#") and execution in item["body"]["S"]
    ]


def a_rest(seconds):
    return {"Type": "Wait", "Seconds": seconds, "End": True}


def a_wait(seconds):
    return a_flow(a_rest(seconds))


def test_wait_of_two_seconds_takes_two_seconds(desk):
    ended = desk.run(a_wait(2), {"kept": True})

    took = moment(ended["stoppedAt"]) - moment(ended["startedAt"])
    assert ended["output"] == {"kept": True}
    assert 2 <= took < 4


def test_wait_until_a_time_that_is_over_takes_no_time(desk):
    wait = {"Type": "Wait", "TimestampPath": "$.at"}

    ended = desk.run(a_flow(wait), {"at": "2001-01-01T00:00:00Z"})

    assert moment(ended["stoppedAt"]) - moment(ended["startedAt"]) < 2


def test_wait_until_a_time_ends_then(desk):
    wait = {"Type": "Wait", "TimestampPath": "$.at"}
    at = SystemClock().now() + 1

    ended = desk.run(a_flow(wait), {"at": time(at)})

    assert ended["status"] == "SUCCEEDED"
    assert moment(ended["stoppedAt"]) >= round(at, 3) - 0.001


def test_wait_of_an_hour_is_woken_by_the_tick_that_comes_near_it(desk):
    execution = desk.start(desk.publish(a_wait(HOUR), "hour"), {"kept": True})
    desk.agree(lambda: timers(desk, execution))

    tick()
    too_early = timers(desk, execution)
    with ahead(desk, HOUR - 1):
        tick()
        ended = desk.ended(execution)

    assert len(too_early) == 1
    assert (ended["status"], ended["output"]) == ("SUCCEEDED", {"kept": True})
    assert timers(desk, execution) == []
    took = moment(ended["stoppedAt"]) - moment(ended["startedAt"])
    assert HOUR <= took < HOUR + 10


def test_timer_that_is_sent_twice_wakes_its_wait_once(desk):
    # Not an hour: the tick has looked at that minute by now.
    execution = desk.start(desk.publish(a_wait(3 * HOUR), "hours"))
    desk.agree(lambda: timers(desk, execution))
    (timer,) = timers(desk, execution)

    with ahead(desk, 3 * HOUR + 60):
        tick()
        bootstrap.queue().send([Message(body=json.loads(timer["body"]["S"]))] * 2)
        desk.ended(execution)

    assert desk.types(execution).count("StateExited") == 1


def test_stop_in_the_middle_of_a_wait_ends_the_execution_at_once(desk):
    execution = desk.start(desk.publish(a_wait(600), "long"), {"kept": True})
    desk.reached(execution, "WaitStarted")

    stop = {"error": "Enough", "cause": "it is late"}
    answer = desk.ask("POST", f"/v1/executions/{execution}/stop", stop)

    ended = desk.execution(execution)
    assert (answer.status_code, answer.json()["status"]) == (200, "ABORTED")
    assert (ended["status"], ended["error"]) == ("ABORTED", "Enough")
    assert ended["cause"] == "it is late"
    assert desk.types(execution)[-1] == "ExecutionAborted"


def test_stop_again_changes_nothing(desk):
    execution = desk.start(desk.publish(a_wait(600), "long"))
    stop = f"/v1/executions/{execution}/stop"
    desk.ask("POST", stop, {"error": "Enough"})
    ended = desk.execution(execution)

    again = desk.ask("POST", stop, {"error": "More"})

    assert (again.status_code, again.json()["status"]) == (200, "ABORTED")
    assert desk.execution(execution) == ended


def test_stop_of_what_has_ended_changes_nothing(desk):
    ended = desk.run(a_flow({"Type": "Pass"}), {"a": 1})

    answer = desk.ask("POST", f"/v1/executions/{ended['id']}/stop", {"error": "Late"})

    assert answer.json()["status"] == "SUCCEEDED"
    assert desk.execution(ended["id"]) == ended


@pytest.mark.parametrize(
    "body", ['{"error": ', '{"reason": "none"}', "[]", '{"error": 1}']
)
def test_stop_with_a_body_that_cannot_be_taken_stops_nothing(desk, body):
    execution = desk.start(desk.publish(a_wait(600), "long"))

    answer = desk.ask("POST", f"/v1/executions/{execution}/stop", body)

    assert answer.status_code == 400
    assert desk.execution(execution)["status"] == "RUNNING"


def test_stop_while_a_function_works_lets_its_answer_change_nothing(desk):
    flow = a_flow(a_task("hold"))
    execution = desk.start(desk.publish(flow, "holds"), {"box": "held"})
    assert mail.take("held") == "here"

    desk.ask("POST", f"/v1/executions/{execution}/stop", {"error": "Enough"})
    mail.open_gate("held")

    ended = desk.ended(execution)
    assert mail.take("held") == "gone"
    assert (ended["status"], ended["output"]) == ("ABORTED", None)
    assert "TaskSucceeded" not in desk.types(execution)


def test_stop_of_a_map_stops_every_iteration(desk):
    wait = {"StartAt": "Rest", "States": {"Rest": a_rest(600)}}
    each = {"Type": "Map", "ItemProcessor": wait}
    execution = desk.start(desk.publish(a_flow(each), "crowd"), [1, 2, 3, 4, 5])
    desk.until(execution, lambda _: desk.types(execution).count("WaitStarted") == 5)

    desk.ask("POST", f"/v1/executions/{execution}/stop", {})

    assert desk.ended(execution)["status"] == "ABORTED"
    desk.agree(lambda: desk.types(execution).count("ScopeAborted") == 5)
