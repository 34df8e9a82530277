"""Each row of the invariants can say no."""

from dataclasses import replace

import pytest

from chalicelib.simulation.invariants import Look
from chalicelib.simulation.stage import Stage
from chalicelib.simulation.workers import Said
from chalicelib.tokens import Heartbeat, Succeeded
from tests.machines import FUNCTIONS, callback, machine, task, wait

EXECUTION = "workflow:run-1"


@pytest.fixture
def stage():
    with Stage(FUNCTIONS) as made:
        made.publish(machine(task("echo"), wait(30), callback()))
        made.run("workflow", {"a": 1})
        made.settle()
        yield made


def wrong(stage, **facts):
    return Look(stage, EXECUTION, **facts).violations()


def item_of(stage, sort):
    return stage.plain_table.get((EXECUTION, sort))


def test_nothing_is_wrong_with_a_run_in_which_nothing_went_wrong(stage):
    assert wrong(stage) == []


def test_a_gap_in_the_journal_is_wrong(stage):
    stage.plain_table.delete((EXECUTION, "r#00000002"))

    assert "journal: the records of r are numbered [1, 3]" in wrong(stage)


def test_a_record_after_the_end_is_wrong(stage):
    stage.plain_table.put({**item_of(stage, "r#00000001"), "sk": "r#00000004"})

    assert "journal: something follows the end of r" in wrong(stage)


def test_a_scope_that_runs_on_is_wrong(stage):
    stage.plain_table.put({**item_of(stage, "r#00000001"), "sk": "r.1.1-0#00000001"})

    assert "scopes: r.1.1-0 still runs" in wrong(stage)


def test_an_event_left_in_an_inbox_is_wrong(stage):
    stage.plain_table.put({"pk": EXECUTION, "sk": "r#~3 1", "body": "{}"})

    assert "inbox: r#~3 1" in wrong(stage)


def test_another_execution_that_runs_on_is_wrong(stage):
    stage.plain_table.put({"pk": "below:x", "sk": "HEAD", "status": "RUNNING"})

    assert "children: below:x runs on" in wrong(stage)


def test_an_attempt_that_is_decided_twice_is_wrong(stage):
    again = {**item_of(stage, "r#00000003"), "sk": "r#00000004"}
    stage.plain_table.put(again)

    found = wrong(stage)

    assert "history: ('r', 3, 1) was decided 2 times" in found
    assert "history: s2 of r was entered 1 times, left 2" in found


def test_one_key_for_two_payloads_is_wrong(stage):
    calls = stage.dispatcher.calls
    calls.append(replace(calls[0], payload={"a": 2}))

    (found,) = wrong(stage)

    assert found.startswith("effects: s0 (")
    assert found.endswith("was dispatched with different payloads")


def test_at_most_once_is_not_twice(stage):
    calls = stage.dispatcher.calls
    calls.append(calls[0])

    (found,) = wrong(stage, at_most_once={calls[0].resource})

    assert found.endswith("is at most once and was dispatched 2 times")


def test_a_result_of_nothing_is_wrong(stage):
    stage.dispatcher.calls.clear()

    assert wrong(stage) == ["effects: 2 attempts succeeded, 0 were dispatched"]


def test_a_token_accepted_with_two_outcomes_is_wrong(stage):
    (said,) = stage.workers.said
    stage.workers.said.append(replace(said, report=Succeeded(output=2)))

    (found,) = wrong(stage)

    assert found.startswith(f"reports: {said.token} was accepted with")


def test_a_token_refused_for_another_outcome_is_right(stage):
    (said,) = stage.workers.said
    stage.workers.said += [
        replace(said, answer="replayed"),
        replace(said, report=Succeeded(output=2), answer="TokenDecided"),
        Said(token=said.token, report=Heartbeat(), answer="accepted"),
    ]

    assert wrong(stage) == []


def test_a_dead_message_is_wrong(stage):
    stage.mailbox.dead.append('{"do":"start"}')

    assert wrong(stage) == ['letters: {"do":"start"}']


def test_overtime_is_wrong(stage):
    stage.overtime.append(901.0)

    assert wrong(stage) == ["time: an invocation of 901.0 s"]


def test_what_another_dispatcher_did_is_not_known():
    with Stage(dispatcher=lambda stage: Silent()) as stage:
        stage.publish(machine(wait(1)))
        stage.run("workflow")

        assert wrong(stage) == []


class Silent:
    """See ``ports.Dispatcher``: nobody calls it."""
