"""A stage tells others of every execution, as it begins and as it ends."""

import json
from dataclasses import replace

import pytest

from chalicelib.engine.events import Answer
from chalicelib.errors import Unavailable
from chalicelib.orchestrator import announcements, outbox
from chalicelib.simulation.faults import Storm
from chalicelib.simulation.stage import Stage
from tests.machines import fail, machine, passes

URL = "https://hooks.example/orders"


class Receiver:
    """Takes what it is told, after some faults."""

    def __init__(self, *faults):
        self.faults = list(faults)
        self.calls = []

    def dispatch(self, call):
        if self.faults:
            fault = self.faults.pop(0)
            if isinstance(fault, Exception):
                raise fault
            return fault
        self.calls.append(call)
        return Answer(status=200, payload={"FailedEntryCount": 0})

    def cancel(self, call):
        return False


def told(definition, *faults, given=None, announced=(), weather=None):
    receiver = Receiver(*faults)
    with Stage(dispatcher=lambda stage: receiver, weather=weather) as stage:
        for process in stage._processes:
            world = process.orchestrator.world
            process.orchestrator.world = replace(world, announced=announced)
        stage.publish(definition)
        stage.start("workflow", given, name="run")
        stage.settle()
    return receiver.calls


def bodies(calls):
    found = [json.loads(call.payload["body"]) for call in calls]
    return sorted(found, key=lambda each: each["type"])


def test_a_webhook_hears_of_the_beginning_and_of_the_end():
    calls = told(machine(passes({"b": 2}), **{"x-webhooks": [URL]}), given={"a": 1})

    began, ended = bodies(calls)
    assert [call.resource for call in calls] == [URL, URL]
    assert (began["type"], ended["type"]) == (
        "execution.running",
        "execution.succeeded",
    )
    assert began["data"]["stopDate"] is None
    assert json.loads(ended["data"]["input"]) == {"a": 1}
    assert json.loads(ended["data"]["output"]) == {"b": 2}
    assert len({call.payload["headers"]["webhook-id"] for call in calls}) == 2
    assert all("webhook-signature" in call.payload["headers"] for call in calls)


def test_a_bus_gets_events_shaped_as_step_functions_own():
    calls = told(machine(fail("Broken")), announced=("orders",))

    entries = [call.payload["Entries"][0] for call in calls]
    details = {d["status"]: d for d in (json.loads(e["Detail"]) for e in entries)}
    assert {call.resource for call in calls} == {"events:putEvents"}
    assert {entry["EventBusName"] for entry in entries} == {"orders"}
    assert {entry["DetailType"] for entry in entries} == {announcements.DETAIL_TYPE}
    assert details.keys() == {"RUNNING", "FAILED"}
    assert details["FAILED"]["error"] == "Broken"
    assert details["FAILED"]["cause"] == "on purpose"
    assert details["FAILED"]["output"] is None
    assert entries[0]["Resources"] == [details["FAILED"]["executionArn"]]


def test_who_does_not_answer_is_told_again():
    faults = (Unavailable("the hook"), Answer(status=500))
    calls = told(machine(passes(), **{"x-webhooks": [URL]}), *faults)

    assert [each["type"] for each in bodies(calls)] == [
        "execution.running",
        "execution.succeeded",
    ]


def test_what_is_redacted_is_not_told():
    extensions = {"x-webhooks": [URL], "x-redact": ["$.card"]}
    calls = told(machine(passes(), **extensions), given={"card": "42424242"})

    assert all("42424242" not in call.payload["body"] for call in calls)


def test_what_is_large_is_left_out():
    large = "x" * announcements.MOST
    calls = told(machine(passes(), **{"x-webhooks": [URL]}), given={"a": large})

    _, ended = bodies(calls)
    assert ended["data"]["input"] is None
    assert ended["data"]["inputDetails"] == {"included": False}


def test_nobody_is_told_where_nobody_asked():
    assert told(machine(passes())) == []


def test_a_stage_that_tells_somebody_less_drops_what_was_for_him():
    with Stage() as stage:
        stage.publish(machine(passes()))
        stage.start("workflow", None, name="run")
        stage.settle()
        world = replace(stage.orchestrator.world, announced=("orders",))
        head = world.archive.head("workflow:run")
        (message,) = outbox.first_tries(world, head)
        stage.mailbox.post(json.dumps(message.body))
        stage.settle()

        assert stage.orchestrator.undelivered("workflow:run") == []


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(10))
def test_both_are_told_in_any_storm(seed):
    definition = machine(passes(), **{"x-webhooks": [URL]})
    calls = told(definition, weather=Storm(seed))

    assert {each["type"] for each in bodies(calls)} == {
        "execution.running",
        "execution.succeeded",
    }
