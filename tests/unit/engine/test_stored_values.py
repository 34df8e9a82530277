"""Slots: a value that is kept beside the journal is loaded when it is needed."""

import json
from dataclasses import replace

import pytest

from chalicelib.engine import events, owed
from chalicelib.engine.commands import CallTask, EndScope
from chalicelib.engine.events import Timer
from chalicelib.engine.setting import LOST
from chalicelib.engine.state import Phase, Status, Stored
from chalicelib.errors import EvaluationFailure, ValueNeeded
from chalicelib.model import workflow as model
from tests.builders import (
    EVERYTHING,
    T0,
    Execution,
    a_callback_task,
    a_choice,
    a_dag,
    a_map,
    a_pass,
    a_rule,
    a_scope,
    a_task,
    a_wait,
    a_workflow,
    an_execution,
    an_object,
    literal,
    path,
)

BIG = {"n": 1, "order": [1, 2]}
STORED = Stored('{"@":["5feceb","2100","table"]}')
CATCH = (model.Catcher(errors=EVERYTHING, next="mend"),)
LOST_ERROR = "Millrace.ValueLost"


def reloaded(execution, values):
    """The same scope in another process, with its large values stored."""
    state = execution.state
    active = {
        number: replace(held, input=STORED) for number, held in state.active.items()
    }
    ready = tuple(replace(each, input=STORED) for each in state.ready)
    variables = dict.fromkeys(state.variables, STORED)
    state = replace(state, active=active, ready=ready, variables=variables)
    again = Execution(execution.setting.workflow, state)
    again.setting = replace(execution.setting, values=values)
    return again


LOADED = {STORED.reference: BIG}
GONE = {STORED.reference: LOST}


# -- loading -------------------------------------------------------------------


@pytest.mark.parametrize(
    "state", [a_task("work"), a_callback_task("work"), a_wait("work")]
)
def test_a_stored_input_is_asked_for_before_the_state_goes_on(state):
    held = an_execution(a_workflow(state), BIG)
    event = {
        Phase.CALLED: events.TaskAnswered(
            answer=events.Answer(), **held.about(at=T0 + 99)
        ),
        Phase.WAITING: events.TaskSucceeded(output=1, **held.about(at=T0 + 99)),
        Phase.SLEEPING: events.TimerFired(timer=Timer.WAIT, **held.about(at=T0 + 99)),
    }[held.held.phase]

    with pytest.raises(ValueNeeded) as needed:
        reloaded(held, {}).tell(event)

    assert needed.value.reference == STORED.reference


KEEP = {"assign": an_object(n=path("$.n")), "input": path("$.order")}


def test_once_it_is_loaded_the_result_is_the_same():
    flow = a_workflow(a_task("work", "rest", **KEEP), a_wait("rest"))
    direct = an_execution(flow, BIG)

    after = reloaded(direct, LOADED).answer({"n": 7})

    direct.answer({"n": 7})
    assert after.state == direct.state
    assert after.commands == direct.commands


def test_a_stored_variable_is_asked_for_when_something_is_evaluated():
    flow = a_workflow(a_task("work", result=path("$x")))
    execution = reloaded(an_execution(flow, 1, variables={"x": 2}), {})
    execution.state = replace(
        execution.state, active={1: replace(execution.held, input=1)}
    )

    with pytest.raises(ValueNeeded):
        execution.answer()

    execution.setting = replace(execution.setting, values=LOADED)
    assert execution.answer().state.output == BIG


def test_variables_that_are_loaded_are_loaded_once():
    shapes = {"arguments": path("$x.n"), "output": path("$x.order")}
    flow = a_workflow(a_pass("a", **shapes))

    execution = an_execution(flow, variables={"x": STORED}, values=LOADED)

    assert execution.state.output == [1, 2]


def test_a_variable_nobody_looks_at_stays_stored():
    execution = an_execution(a_workflow(a_pass("a")), 1, variables={"x": STORED})

    assert execution.state.variables == {"x": STORED}


def test_a_stored_input_of_an_execution_is_loaded_at_its_start():
    started = events.ScopeStarted(
        at=T0, origin=an_execution(a_workflow(a_pass("a"))).state.origin, input=STORED
    )

    with pytest.raises(ValueNeeded):
        Execution(a_workflow(a_pass("a"))).tell(started)

    execution = Execution(a_workflow(a_pass("a")), values=LOADED).tell(started)
    assert execution.state.output == BIG


def test_a_retry_needs_no_value_of_its_execution():
    retry = (model.Retrier(errors=EVERYTHING, full_jitter=True),)
    flow = a_workflow(a_task("work", retry=retry))
    execution = an_execution(flow, 1)
    origin = replace(execution.state.origin, input=STORED)
    execution.state = replace(execution.state, origin=origin)

    assert execution.fail().held.phase is Phase.RETRYING


# -- values that are lost ------------------------------------------------------


def caught(*states, **facts):
    return a_workflow(*states, a_pass("mend"), **facts)


def test_a_lost_input_fails_the_state_and_can_be_caught():
    flow = caught(a_callback_task("ask", catch=CATCH))

    execution = reloaded(an_execution(flow, BIG), GONE).report("done")

    assert execution.state.status is Status.SUCCEEDED
    assert execution.state.output["Error"] == LOST_ERROR
    assert json.dumps(STORED.reference)[1:-1] in json.dumps(execution.state.output)


def test_a_lost_input_of_a_state_about_to_be_entered_can_be_caught():
    loop = a_choice("go", a_rule(True, "work"))
    flow = caught(loop, a_task("work", catch=CATCH))
    execution = an_execution(flow, BIG, budget=1)

    execution = reloaded(execution, GONE).tell(
        events.TurnResumed(at=T0 + 1, transitions=1)
    )

    assert execution.state.output["Error"] == LOST_ERROR


def test_a_retry_of_a_lost_input_does_not_go_on_without_it():
    retry = (model.Retrier(errors=EVERYTHING, max_attempts=1),)
    flow = caught(a_callback_task("ask", retry=retry, catch=CATCH))
    execution = reloaded(an_execution(flow, BIG), GONE).report("done")
    waiting = execution.held

    execution.fire(Timer.RETRY)

    assert (waiting.phase, waiting.input) == (Phase.RETRYING, STORED)
    assert execution.asked(CallTask) == []
    assert execution.state.output["Error"] == LOST_ERROR


def test_a_lost_input_lets_the_others_go_on_in_a_scope_that_drains():
    flow = a_workflow(scope=a_dag("0", a_callback_task("a"), a_task("b")))

    execution = reloaded(an_execution(flow, BIG), GONE)
    execution.report("done", held=execution.state.active[1])

    assert execution.held.state == "b"
    assert execution.state.failed.error == LOST_ERROR


def test_a_lost_variable_fails_the_state_and_can_be_caught():
    flow = caught(a_task("work", arguments=path("$x"), catch=CATCH))

    execution = an_execution(flow, variables={"x": STORED}, values=GONE)

    assert execution.state.output["Error"] == LOST_ERROR


def test_a_catcher_that_looks_at_a_lost_variable_fails_the_scope():
    catch = (replace(CATCH[0], output=path("$.Error")),)
    flow = caught(a_task("work", arguments=path("$x"), catch=catch))

    execution = an_execution(flow, variables={"x": STORED}, values=GONE)

    assert execution.state.status is Status.FAILED
    assert execution.state.failure.error == LOST_ERROR


SHARED = a_workflow(scope=a_dag("0", a_task("work"), shares_variables=True))


def test_a_scope_whose_output_is_lost_fails():
    execution = reloaded(an_execution(SHARED, {"x": 1}), GONE)
    held = replace(execution.held, input={})
    execution.state = replace(execution.state, active={1: held})

    execution.answer()

    assert execution.state.status is Status.FAILED
    assert execution.state.failure.error == LOST_ERROR
    assert execution.state.output is None


def test_an_execution_that_lost_everything_can_still_be_stopped():
    system = {"mode": model.Mode.SYSTEM}
    flow = a_workflow(
        scope=a_dag("0", a_task("sub", task=system), shares_variables=True)
    )

    execution = reloaded(an_execution(flow, {"x": 1}), GONE).stop()

    assert execution.state.status is Status.ABORTED
    assert [type(each) for each in execution.commands] == [EndScope]


def test_a_call_whose_input_is_lost_cannot_be_asked_for_again():
    execution = reloaded(an_execution(a_workflow(a_task("work")), BIG), GONE)

    with pytest.raises(EvaluationFailure, match=LOST_ERROR):
        owed.restore(execution.setting, execution.state, ["call", 1, 1])


def test_a_lost_item_fails_the_state_that_looks_at_it():
    look = a_scope("0/each", a_task("look", arguments=path("$$.Map.Item.Value")))
    flow = a_workflow(a_map("each", scope=look), a_pass("rest"))

    child = an_execution(
        flow, 1, scope="0/each", index=0, item=STORED, values=GONE, key="r.1.1-0"
    )

    assert child.state.failure.error == LOST_ERROR


def test_what_an_ended_scope_had_is_told_as_it_was():
    execution = an_execution(a_workflow(a_task("work", output=literal(BIG))))

    execution.answer()

    assert execution.asked(EndScope)[0].output is execution.state.output
