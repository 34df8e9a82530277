"""A Map that has its items read, and its results written."""

from dataclasses import replace

import pytest

from chalicelib.engine import owed
from chalicelib.engine.commands import CallTask, StartChildren
from chalicelib.engine.events import ChildFailed, Timer
from chalicelib.engine.setting import LOST
from chalicelib.engine.state import Failure, Phase, Status, Step, Stored
from chalicelib.errors import EvaluationFailure, ValueNeeded
from chalicelib.model import workflow as model
from chalicelib.model.error_names import Kind
from tests.builders import (
    EVERYTHING,
    T0,
    a_map,
    a_pass,
    a_scope,
    a_task,
    a_workflow,
    an_execution,
    an_object,
    literal,
    path,
)

EACH = a_scope("0/each", a_task("work"))
PURE = a_scope("0/each", a_pass("copy"))
READER = model.Errand(resource="s3:read", arguments=an_object(of=path("$.name")))
WRITER = model.Errand(resource="s3:write", arguments=an_object(to=path("$.name")))
READ = {"reader": READER, "label": "Each"}
WRITE = {"items": path("$.items"), "writer": WRITER, "label": "Each"}
GIVEN = {"name": "f", "items": ["a", "b"]}


def started(work, scope=EACH, value=None, **facts):
    flow = a_workflow(a_map("each", scope=scope, work=work, **facts), a_pass("mend"))
    return an_execution(flow, GIVEN if value is None else value)


def again(execution, number, attempt=1, kind="call"):
    return owed.restore(execution.setting, execution.state, [kind, number, attempt])


# -- items are read --------------------------------------------------------------


def test_items_are_asked_for_before_anything_begins():
    execution = started(READ)

    assert execution.commands == (
        CallTask(
            activation=1,
            attempt=1,
            resource="s3:read",
            payload={"of": "f"},
            state="each",
        ),
    )
    assert (execution.held.phase, execution.held.step) == (Phase.CALLED, Step.READ)
    assert execution.said[2:] == [("RunStarted", "each"), ("ErrandStarted", "each")]


def test_each_item_that_was_read_has_an_iteration():
    execution = started(READ).answer([1, 2])

    (begun,) = execution.asked(StartChildren)
    assert (begun.inputs, begun.items) == ([1, 2], [1, 2])
    assert execution.held.items == [1, 2]
    assert execution.said[4:] == [("ErrandEnded", "each"), ("ChildrenStarted", "each")]
    assert execution.join(["A", "B"]).state.output == ["A", "B"]
    assert ("RunSucceeded", "each") in execution.said


def test_iterations_that_wait_for_nothing_run_at_once():
    assert started(READ, PURE).answer([1, 2]).state.output == [1, 2]


def test_no_items_are_no_iterations():
    assert started(READ).answer([]).state.output == []


def test_items_are_shaped_and_put_together():
    work = {
        **READ,
        "item_input": an_object(n=path("$$.Map.Item.Value")),
        "batcher": model.Batcher(
            max_items=literal(2), max_bytes=literal(1000), input=path("$.name")
        ),
    }

    (begun,) = started(work).answer([1, 2, 3]).asked(StartChildren)

    assert begun.inputs == [
        {"BatchInput": "f", "Items": [{"n": 1}, {"n": 2}]},
        {"BatchInput": "f", "Items": [{"n": 3}]},
    ]
    assert not begun.items


def test_an_item_too_large_for_any_batch_fails_the_map():
    work = {**READ, "batcher": model.Batcher(max_bytes=literal(15))}

    execution = started(work).answer(["x" * 20])

    assert execution.state.failure.error == "States.DataLimitExceeded"


def test_the_same_children_can_be_begun_again():
    execution = started(READ).answer([1, 2])
    (begun,) = execution.asked(StartChildren)

    assert again(execution, execution.held.id, kind="children") == begun


def test_the_same_items_can_be_asked_for_again():
    execution = started(READ)

    assert again(execution, 1) == execution.commands[0]


def test_items_kept_elsewhere_are_loaded_when_they_are_needed():
    execution = started(READ).answer([1, 2])
    (begun,) = execution.asked(StartChildren)
    keep(execution, "[1,2]")

    with pytest.raises(ValueNeeded):
        again(execution, 2, kind="children")
    load(execution, [1, 2])
    assert again(execution, 2, kind="children") == begun


@pytest.mark.parametrize("payload", [{"a": 1}, "a", None])
def test_an_answer_that_is_no_array_fails_the_reader(payload):
    failure = started(READ).answer(payload).state.failure

    assert failure.error == "States.ItemReaderFailed"
    assert "no array" in failure.cause


def test_an_answer_that_is_a_refusal_fails_the_reader():
    failure = started(READ).answer("no", status=403, is_json=False).state.failure

    assert failure.error == "States.ItemReaderFailed"
    assert "403" in failure.cause


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (Kind.NOT_FOUND, "States.ItemReaderFailed"),
        (Kind.TIMEOUT, "States.ItemReaderFailed"),
        (Kind.POISON, "Millrace.PoisonMessage"),
    ],
)
def test_what_keeps_items_from_being_read_has_one_name(kind, error):
    execution = started(READ).fail("", "no such key", kind=kind)

    assert execution.state.failure == Failure(error=error, cause="no such key")
    assert ("RunFailed", "each") in execution.said


def test_a_reader_is_tried_again():
    retry = (model.Retrier(errors=("States.ItemReaderFailed",)),)
    execution = started(READ, retry=retry).fail("S3.Slow")

    assert execution.held.phase is Phase.RETRYING
    execution.fire(Timer.RETRY)
    assert [each.attempt for each in execution.asked()] == [2]
    assert execution.answer([7]).asked(StartChildren)[0].inputs == [7]


def test_a_reader_that_failed_is_caught():
    catch = (model.Catcher(errors=EVERYTHING, next="mend"),)

    execution = started(READ, catch=catch).fail("S3.Slow", "why")

    assert execution.state.output == {
        "Error": "States.ItemReaderFailed",
        "Cause": "why",
    }


def test_a_reader_whose_request_has_no_value_fails_the_map():
    execution = started(READ, value={})

    assert execution.state.failure.error == "States.Runtime"
    assert ("RunStarted", "each") not in execution.said


def test_an_answer_that_comes_twice_changes_nothing():
    execution = started(READ)
    read = execution.held
    execution.answer([1])
    before = execution.state

    execution.answer([1, 2], held=read)

    assert execution.state is before


def test_a_map_that_reads_is_not_pure():
    assert not a_scope("0", a_map("each", scope=PURE, work=READ)).is_pure
    assert not a_scope("0", a_map("each", scope=PURE, work=WRITE)).is_pure
    assert a_scope("0", a_map("each", scope=PURE, work={"label": "Each"})).is_pure


# -- results are written ----------------------------------------------------------


def test_results_are_written_beside_what_the_iterations_received():
    execution = started(WRITE).join(["A", "B"])

    (call,) = execution.asked()
    assert call.resource == "s3:write"
    assert call.payload == {
        "to": "f",
        "run": "e.r.1.1",
        "results": [{"input": "a", "output": "A"}, {"input": "b", "output": "B"}],
    }
    assert (execution.held.phase, execution.held.step) == (Phase.CALLED, Step.WRITE)
    assert again(execution, execution.held.id) == call


def test_what_the_writer_answers_is_the_result():
    execution = started(WRITE).join(["A", "B"]).answer({"Key": "k"})

    assert execution.state.output == {"Key": "k"}
    assert execution.said[-4:-2] == [("ErrandEnded", "each"), ("RunSucceeded", "each")]


def test_results_of_iterations_that_ran_at_once_are_written_too():
    (call,) = started(WRITE, PURE).asked()

    assert [each["output"] for each in call.payload["results"]] == ["a", "b"]


def test_tolerated_failures_are_written():
    work = {**WRITE, "tolerated_count": literal(1)}
    lost = {1: Failure(error="E", cause="c")}

    (call,) = started(work).join(["A", None], lost).asked()

    assert call.payload["results"][1] == {"input": "b", "error": "E", "cause": "c"}


def test_a_writer_that_fails_has_one_name():
    execution = started(WRITE).join(["A", "B"]).fail("S3.AccessDenied", "no")

    failure = Failure(error="States.ResultWriterFailed", cause="no")
    assert execution.state.failure == failure


def test_a_late_answer_of_the_reader_is_not_the_writers():
    execution = started({**WRITE, "reader": READER})
    read = execution.held
    execution.answer([1]).join(["A"])
    before = execution.state

    execution.answer([1, 2], held=read)

    assert execution.state is before
    assert execution.held.step is Step.WRITE


def test_each_errand_is_an_activation_of_its_own():
    execution = started({**WRITE, "reader": READER})
    numbers = [execution.held.id]
    numbers.append(execution.answer([1]).held.id)
    numbers.append(execution.join(["A"]).held.id)

    assert numbers == [1, 2, 3]


def test_lost_results_cannot_be_written():
    execution = started(WRITE).join(["A", "B"])
    number = execution.held.id
    keep(execution, "[]")
    load(execution, LOST)

    with pytest.raises(EvaluationFailure, match="ValueLost"):
        again(execution, number)


def keep(execution, reference):
    """Have the items of the one activation kept elsewhere."""
    held = replace(execution.held, items=Stored(reference))
    execution.state = replace(execution.state, active={held.id: held})


def load(execution, value):
    reference = execution.held.items.reference
    execution.setting = replace(execution.setting, values={reference: value})


# -- what is tolerated --------------------------------------------------------------

BATCHED = {
    "items": path("$.items"),
    "batcher": model.Batcher(max_items=literal(2)),
    "label": "Each",
}
LOST_ONE = {0: Failure(error="E")}


@pytest.mark.parametrize(
    ("tolerated", "status"),
    [
        ({"tolerated_count": literal(2)}, Status.SUCCEEDED),
        ({"tolerated_count": literal(1)}, Status.FAILED),
        ({"tolerated_percentage": literal(66.7)}, Status.SUCCEEDED),
        ({"tolerated_percentage": literal(66.6)}, Status.FAILED),
    ],
)
def test_a_failed_batch_counts_as_all_of_its_items(tolerated, status):
    execution = started({**BATCHED, **tolerated}, value={"items": [1, 2, 3]})

    assert execution.join([None, "B"], LOST_ONE).state.status is status


@pytest.mark.parametrize(
    ("count", "percentage", "status"),
    [
        (1, 50, "SUCCEEDED"),
        (0, 50, "SUCCEEDED"),
        (0, 49, "FAILED"),
        (0, 0, "FAILED"),
        (1, 49, "FAILED"),
        (None, 50, "SUCCEEDED"),
    ],
)
def test_either_threshold_fails_the_map(count, percentage, status):
    work = {
        "items": path("$.items"),
        "tolerated_count": literal(count),
        "tolerated_percentage": literal(percentage),
    }

    assert started(work).join([None, "B"], LOST_ONE).state.status == status


def test_where_one_failure_is_too_many_nobody_waits_for_the_others():
    work = {"items": path("$.items"), "tolerated_count": literal(0), "label": "Each"}
    execution = started(work)

    assert execution.asked(StartChildren)[0].aborts
    about = execution.about(at=T0 + 5)
    execution.tell(ChildFailed(index=0, failure=Failure(error="E"), **about))
    assert execution.state.failure == Failure(
        error="States.ExceedToleratedFailureThreshold",
        cause="The specified tolerated failure threshold was exceeded",
    )
