"""Runs of Maps: what they are called, and what is changed of them."""

import pytest

from chalicelib.engine import events
from chalicelib.engine.commands import StartChildren
from chalicelib.engine.runs import RunName, child_name, read_child, read_run
from chalicelib.engine.state import Failure, RunLimits
from chalicelib.model import workflow as model
from tests.builders import (
    a_map,
    a_scope,
    a_task,
    a_workflow,
    an_execution,
    an_object,
    literal,
)

READ = model.Errand(resource="s3:read", arguments=an_object(of=literal("f")))
WORK = {"label": "Each", "tolerated_count": literal(0), "max_concurrency": literal(2)}


def started(items=(1, 2, 3), **work):
    each = a_map("each", scope=a_scope("0/each", a_task("x")), work={**WORK, **work})
    return an_execution(a_workflow(each), list(items))


def change(execution, **limits):
    event = events.RunChanged(limits=RunLimits(**limits), **execution.about())
    return execution.tell(event)


@pytest.mark.parametrize("scope", ["r", "r.3.1-17", "r.3.1-17.2.4-0"])
@pytest.mark.parametrize("name", ["17", "a.r.1.1", "x.r.1.1-3"])
def test_a_name_leads_back_to_its_run(name, scope):
    run = RunName(execution=f"w:x:{name}", scope=scope, activation=5, attempt=2)

    assert read_run("w:x", run.text) == run
    assert read_child("w:x", child_name(f"w:x:{name}", f"{scope}.5.2-9")) == (
        f"w:x:{name}",
        f"{scope}.5.2-9",
    )


@pytest.mark.parametrize("text", ["", "17", "17.r.1", "17.r.1.x", ".r.1.1"])
def test_what_is_no_name_names_no_run(text):
    assert read_run("w", text) is None


def test_a_run_says_what_limits_it():
    (told,) = [each for each in started().history if each.kind == "RunStarted"]

    assert (told.activation, told.attempt) == (1, 1)
    assert told.value == {
        "maxConcurrency": 2,
        "toleratedFailureCount": 0,
        "toleratedFailurePercentage": 0,
    }


def test_a_change_is_told_and_nothing_else_is():
    execution = change(started(), concurrency=3, tolerated_count=0)

    assert execution.commands == ()
    assert execution.history[-1].value == {
        "maxConcurrency": 3,
        "toleratedFailureCount": 0,
    }


def test_failures_are_tolerated_as_changed():
    execution = change(started(), tolerated_count=1)

    execution.join([1, None, 3], {1: Failure(error="E")})

    assert execution.state.output == [1, None, 3]


def test_a_percentage_is_tolerated_as_changed():
    execution = change(change(started(), tolerated_count=3), tolerated_percentage=10)

    execution.join([1, None, 3], {1: Failure(error="E")})

    assert execution.state.failure.error == "States.ExceedToleratedFailureThreshold"


@pytest.mark.parametrize("written", [None, literal(0)])
@pytest.mark.parametrize(
    "limits", [{"tolerated_count": 1}, {"tolerated_percentage": 50}]
)
def test_a_run_that_tolerates_nothing_may_tolerate_something_later(written, limits):
    execution = change(started(tolerated_count=written), **limits)

    execution.join([1, None, 3], {1: Failure(error="E")})

    assert execution.state.output == [1, None, 3]


def test_a_tolerance_that_nobody_wrote_has_a_name_once_it_is_exceeded():
    execution = change(started(tolerated_count=None), tolerated_count=1)

    failures = {0: Failure(error="E"), 1: Failure(error="E")}
    execution.join([None, None, 3], failures)

    assert execution.state.failure.error == "States.ExceedToleratedFailureThreshold"


def test_a_change_of_the_concurrency_alone_tolerates_nothing():
    execution = change(started(tolerated_count=None), concurrency=1)

    execution.join([1, None, 3], {1: Failure(error="E")})

    assert execution.state.failure.error == "E"


def test_children_that_run_are_begun_again_as_they_were():
    execution = started()
    (before,) = execution.asked(StartChildren)

    change(execution, concurrency=1)

    assert execution.held.limits.concurrency is None
    assert before.limit == 2


def test_a_change_before_the_items_are_there_limits_the_children():
    execution = change(started(reader=READ), concurrency=1)

    execution.answer([1, 2, 3])

    (command,) = execution.asked(StartChildren)
    assert command.limit == 1
    assert execution.held.limits.concurrency == 1
