"""A scope that ended badly goes on from what was left of it."""

from dataclasses import replace

import pytest

from chalicelib.engine import events
from chalicelib.engine.commands import (
    CallTask,
    CancelChildren,
    EndScope,
    StartChildren,
    StartTimer,
)
from chalicelib.engine.events import Timer
from chalicelib.engine.redriving import undone
from chalicelib.engine.state import Failure, Home, Phase, Rejoin, Status
from chalicelib.model import workflow as model
from chalicelib.model.workflow import Delay
from tests.builders import (
    EVERYTHING,
    T0,
    Execution,
    a_callback_task,
    a_dag,
    a_map,
    a_parallel,
    a_pass,
    a_scope,
    a_task,
    a_wait,
    a_workflow,
    an_execution,
    an_object,
    an_origin,
    literal,
    path,
)

LATER = T0 + 5000.0
TWO = a_workflow(a_task("a", "b"), a_task("b"))
BRANCH = a_scope("0/p/0", a_task("x", "y"), a_task("y"))
SPREAD = a_workflow(a_map("p", "q", scope=BRANCH), a_task("q"))
BOTH = a_workflow(
    a_parallel(
        "p", scopes=[a_scope("0/p/0", a_task("x")), a_scope("0/p/1", a_wait("y"))]
    )
)


def redrive(execution, number=1, at=LATER, **facts):
    return execution.tell(events.ScopeRedriven(at=at, number=number, **facts))


def reset(execution, *states, number=0, **context):
    event = events.ScopeReset(at=LATER, number=number, states=states, context=context)
    return execution.tell(event)


def lose(execution, index=0):
    about = execution.about()
    failure = Failure(error="Broken")
    return execution.tell(events.ChildFailed(index=index, failure=failure, **about))


# -- what is left ---------------------------------------------------------------------


def test_nothing_is_left_of_a_success():
    execution = an_execution(TWO, {"n": 1}).answer(1).answer(2)

    assert execution.state.status is Status.SUCCEEDED
    assert execution.state.left == {}


def test_the_state_that_failed_is_left_with_what_it_received():
    execution = an_execution(TWO, {"n": 1}).answer({"m": 2}).fail("Broken")

    (left,) = execution.state.left.values()
    assert (left.state, left.input) == ("b", {"m": 2})
    assert left.failure == Failure(error="Broken")


def test_what_an_end_breaks_off_is_left_without_a_failure():
    flow = a_workflow(a_callback_task("a", task={"timeout": literal(60)}))
    execution = an_execution(flow, 7).tell(events.ScopeStopped(at=LATER))

    (left,) = execution.state.left.values()
    assert (left.state, left.input, left.failure) == ("a", 7, None)
    assert left.due_at is None


# -- going on -------------------------------------------------------------------------


def test_a_failed_state_is_tried_again_with_its_own_input():
    execution = an_execution(TWO, {"n": 1}).answer({"m": 2}).fail("Broken")

    redrive(execution)

    assert execution.state.status is Status.RUNNING
    assert execution.state.failure is None
    assert [call.payload for call in execution.asked()] == [{"m": 2}]
    assert execution.said[-3:] == [
        ("ExecutionRedriven", ""),
        ("StateRedriven", "b"),
        ("TaskScheduled", "b"),
    ]
    assert execution.answer("done").state.output == "done"


def test_the_attempts_of_a_state_begin_anew():
    retrier = model.Retrier(errors=EVERYTHING, max_attempts=1)
    execution = an_execution(a_workflow(a_task("a", retry=(retrier,))))
    execution.fail().fire(Timer.RETRY).fail()

    redrive(execution)

    assert (execution.held.attempt, execution.held.retries) == (1, ())
    assert execution.fail().held.phase is Phase.RETRYING


def test_a_late_answer_of_the_old_attempt_finds_it_gone():
    execution = an_execution(a_workflow(a_callback_task("a")))
    old = execution.about()
    execution.fail()
    redrive(execution)
    state = execution.state

    execution.tell(events.TaskSucceeded(output="late", **old))

    assert execution.state is state


def test_the_time_of_the_execution_begins_anew():
    flow = a_workflow(a_callback_task("a"), timeout=literal(60))
    execution = an_execution(flow)
    execution.tell(events.TimerFired(at=T0 + 60, timer=Timer.EXECUTION))
    assert execution.state.status is Status.TIMED_OUT

    redrive(execution)

    assert execution.state.due_at == LATER + 60
    assert LATER + 60 in [timer.due_at for timer in execution.asked(StartTimer)]


def test_what_was_ready_when_the_end_came_goes_on():
    execution = an_execution(a_workflow(a_pass("a", "b"), a_task("b")), 5, budget=1)
    execution.tell(events.ScopeStopped(at=LATER))

    redrive(execution)

    assert [call.payload for call in execution.asked()] == [5]


def test_a_state_whose_catch_had_no_value_is_tried_again():
    catcher = model.Catcher(errors=EVERYTHING, next="b", output=path("$.nothing"))
    flow = a_workflow(a_task("a", catch=(catcher,)), a_task("b"))
    execution = an_execution(flow, 3).fail()
    assert execution.state.status is Status.FAILED

    assert redrive(execution).running == ["a"]


def test_too_many_states_are_still_too_many():
    loop = a_workflow(a_pass("a", "b"), a_pass("b", "a"))
    execution = Execution(loop, transitions_per_scope=3)
    start = events.ScopeStarted(at=T0, origin=an_origin(), input=1)
    execution.tell(start)

    redrive(execution)

    assert execution.state.status is Status.FAILED
    assert [each.state for each in execution.state.ready] == ["b"]


def test_one_whose_timeout_has_no_value_now_keeps_what_is_left():
    flow = a_workflow(a_task("a"), timeout=path("$.limit"))
    execution = Execution(flow)
    given = an_origin(input={"limit": 60})
    event = events.ScopeStarted(at=T0, origin=given, input={"limit": 60})
    execution.tell(event).fail()

    redrive(execution, origin=an_origin(input={}))

    assert execution.state.status is Status.FAILED
    assert [held.state for held in execution.state.left.values()] == ["a"]


# -- which redrive --------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1])
def test_a_redrive_that_is_known_changes_nothing(number):
    execution = an_execution(TWO).fail()
    redrive(execution).fail("Again")
    state = execution.state

    assert redrive(execution, number).state is state


def test_a_stop_of_before_the_redrive_changes_nothing():
    execution = redrive(an_execution(TWO).fail())
    state = execution.state

    execution.tell(events.ScopeStopped(at=LATER, redrives=0))
    assert execution.state is state

    execution.tell(events.ScopeStopped(at=LATER, redrives=1))
    assert execution.state.status is Status.ABORTED


# -- children -------------------------------------------------------------------------


def a_child(**facts):
    return an_origin(scope="0/p/0", index=0, siblings=3, **facts)


REJOIN = Rejoin(9, 1, 0, 2)


def test_a_container_waits_for_the_same_children_under_a_new_number():
    execution = lose(an_execution(SPREAD, [1, 2, 3]))

    redrive(execution)

    (command,) = execution.asked(StartChildren)
    assert command.home == execution.held.home == Home(1, 1, 1)
    assert (command.activation, command.inputs) == (2, [1, 2, 3])
    assert redrive(lose(execution), 2).held.home == Home(1, 1, 2)


def test_late_words_of_children_about_the_old_container_change_nothing():
    execution = an_execution(SPREAD, [1, 2, 3])
    old = execution.about()
    lose(execution)
    redrive(execution)
    state = execution.state

    execution.tell(events.ChildrenJoined(outputs=[1, 2, 3], **old))
    assert execution.state is state

    joined = events.ChildrenJoined(outputs=[1, 2, 3], **execution.about())
    assert execution.tell(joined).running == ["q"]


def test_a_container_that_gives_up_names_the_children_it_had_taken_up():
    execution = redrive(lose(an_execution(BOTH)))

    execution.tell(events.ScopeStopped(at=LATER))

    (command,) = execution.asked(CancelChildren)
    assert command.home == Home(1, 1, 1)


def test_a_container_that_is_retried_has_new_children():
    retrier = model.Retrier(errors=EVERYTHING)
    flow = a_workflow(a_map("p", scope=BRANCH, retry=(retrier,)))
    execution = an_execution(flow, [1])
    execution.tell(events.ScopeStopped(at=LATER))
    redrive(execution)

    lose(execution).fire(Timer.RETRY)

    (command,) = execution.asked(StartChildren)
    assert (command.attempt, command.home) == (2, None)


def test_a_child_that_had_not_begun_begins():
    child = Execution(SPREAD, key="r.1.1-0")

    redrive(child, origin=a_child(rejoin=REJOIN), input=5)

    assert child.state.redrives == 1
    assert [call.payload for call in child.asked()] == [5]


def test_a_child_that_was_stopped_before_it_began_begins():
    child = Execution(SPREAD, key="r.1.1-0")
    child.tell(events.ScopeStopped(at=T0, origin=an_origin(index=0), redrives=0))

    redrive(child, origin=a_child(rejoin=REJOIN), input=5)

    assert child.running == ["x"]
    assert child.state.origin.scope == "0/p/0"


def test_a_child_that_still_runs_only_hears_whom_to_tell():
    child = Execution(SPREAD, key="r.1.1-0")
    child.tell(events.ScopeStarted(at=T0, origin=a_child(), input=5))
    held = child.held

    redrive(child, origin=a_child(rejoin=REJOIN), input=5)

    assert (child.held, child.commands) == (held, ())
    assert child.state.origin.rejoin == REJOIN


def test_a_child_that_has_succeeded_says_so_once_more():
    child = Execution(SPREAD, key="r.1.1-0")
    child.tell(events.ScopeStarted(at=T0, origin=a_child(), input=5))
    child.answer(6).answer(7)

    redrive(child, origin=a_child(rejoin=REJOIN), input=5)

    assert child.state.status is Status.SUCCEEDED
    assert child.commands == (EndScope(status=Status.SUCCEEDED, output=7),)


def test_a_child_that_failed_goes_on_from_where_it_failed():
    child = Execution(SPREAD, key="r.1.1-0")
    child.tell(events.ScopeStarted(at=T0, origin=a_child(), input=5))
    child.answer(6).fail()

    redrive(child, origin=a_child(rejoin=REJOIN), input=5)

    assert [call.payload for call in child.asked(CallTask)] == [6]
    assert ("ScopeRedriven", "") in child.said


def test_children_that_cannot_be_worked_out_any_more_fail_their_container():
    flow = a_workflow(a_map("p", scope=BRANCH, work={"items": path("$.items")}))
    execution = an_execution(flow, {"items": [1]})
    lose(execution)
    ((number, left),) = execution.state.left.items()
    broken = {number: replace(left, input={})}
    execution.state = replace(execution.state, left=broken)

    redrive(execution)

    assert execution.state.status is Status.FAILED
    assert [held.state for held in execution.state.left.values()] == ["p"]


ERRANDS = {
    "reader": model.Errand(resource="read", arguments=an_object(key=literal("k"))),
    "writer": model.Errand(resource="write", arguments=an_object(key=literal("k"))),
    "label": "run",
}


def test_results_that_could_not_be_written_are_written_again():
    flow = a_workflow(a_map("p", scope=BRANCH, work=ERRANDS))
    execution = an_execution(flow).answer([1])
    joined = events.ChildrenJoined(outputs=["done"], **execution.about())
    execution.tell(joined).fail()
    assert execution.state.status is Status.FAILED

    redrive(execution)

    (call,) = execution.asked()
    assert call.resource == "write"
    assert call.payload["results"] == [{"input": 1, "output": "done"}]
    assert ("RunRedriven", "p") in execution.said


def test_items_that_could_not_be_read_are_read_again():
    flow = a_workflow(a_map("p", scope=BRANCH, work=ERRANDS))
    execution = an_execution(flow).fail()

    redrive(execution)

    assert [call.resource for call in execution.asked()] == ["read"]


# -- states that are done anew --------------------------------------------------------

DIAMOND = a_dag(
    "0",
    a_callback_task("first", "left", "right"),
    a_callback_task("left", "last"),
    a_callback_task("right", "last"),
    a_callback_task("last"),
    shares_variables=True,
)
GRAPH = a_workflow(scope=DIAMOND)


def a_graph(**variables):
    return an_execution(GRAPH, variables)


def half_way():
    """``first`` is done, ``left`` has failed, ``right`` is done."""
    execution = a_graph()
    execution.report(held=execution.at("first"))
    execution.fail(held=execution.at("left"))
    return execution.report(held=execution.at("right"))


def test_a_dag_that_failed_goes_on_with_what_failed():
    execution = redrive(half_way())

    assert execution.running == ["left"]
    execution.report()
    assert execution.running == ["last"]


def names_to_redo(execution, *wanted):
    return undone(execution.state, DIAMOND, wanted)


def test_without_names_all_that_began_without_success_is_done_anew():
    assert names_to_redo(half_way()) == ["left", "last"]


def test_a_state_is_done_anew_with_all_behind_it():
    assert names_to_redo(half_way(), "right") == ["right", "last"]
    assert names_to_redo(half_way(), "first") == ["first", "left", "right", "last"]
    assert names_to_redo(a_graph(), "last") == []


def test_an_ended_scope_runs_again_and_knows_what_is_changed():
    execution = reset(half_way(), "left", "last", number=1, left=2)

    assert execution.state.status is Status.RUNNING
    assert execution.running == ["left"]
    assert execution.state.variables == {"left": 2}
    assert execution.state.failed is None


def test_a_scope_that_succeeded_can_be_reset():
    execution = reset(half_way(), "left", "last", number=1)
    execution.report().report()
    assert execution.state.status is Status.SUCCEEDED

    reset(execution, "first", "left", "right", "last", number=2)

    assert execution.running == ["first"]
    assert set(execution.state.done) == set()


def test_what_runs_is_cancelled_and_begins_anew():
    execution = a_graph()
    execution.report(held=execution.at("first"))
    old = execution.at("left").id

    reset(execution, "left", "last")

    assert execution.at("left").id != old
    assert sorted(execution.running) == ["left", "right"]
    assert execution.state.redrives == 0


def test_what_failed_and_is_not_named_stays_failed():
    execution = a_graph()
    execution.report(held=execution.at("first"))
    execution.fail(held=execution.at("left"))
    execution.fail(held=execution.at("right"))

    reset(execution, "left", "last", number=1).report()

    assert execution.state.status is Status.FAILED


def test_what_the_end_broke_off_goes_on_beside_what_is_named():
    execution = a_graph()
    execution.report(held=execution.at("first"))
    execution.fail(held=execution.at("left"))
    execution.tell(events.ScopeStopped(at=LATER))

    reset(execution, "left", "last", number=1)

    assert sorted(execution.running) == ["left", "right"]


def test_everything_that_an_end_broke_off_goes_on():
    execution = a_graph()
    execution.report(held=execution.at("first"))
    execution.tell(events.ScopeStopped(at=LATER))

    reset(execution, "last", number=1)

    assert sorted(execution.running) == ["left", "right"]


def test_what_was_ready_begins_once():
    parts = (a_pass("a", "b"), a_callback_task("b"), a_callback_task("c"))
    graph = a_workflow(scope=a_dag("0", *parts, shares_variables=True))
    execution = an_execution(graph, {}, budget=1)
    assert [each.state for each in execution.state.ready] == ["c", "b"]

    reset(execution, "a", "b")

    assert sorted(execution.running) == ["b", "c"]


def test_no_states_and_an_old_number_change_nothing():
    running, ended = a_graph(), half_way()

    assert reset(running, number=0).commands == ()
    state = ended.state
    assert reset(ended, "left", number=0).state is state


# -- beside delays, time limits and streams -------------------------------------------


def test_a_container_that_goes_on_has_its_whole_time_again():
    work = {"timeout": literal(60)}
    flow = a_workflow(a_map("p", scope=BRANCH, work=work))
    execution = redrive(lose(an_execution(flow, [1, 2])))

    (timer,) = execution.asked(StartTimer)
    about = (timer.timer, timer.due_at, timer.activation, timer.attempt)
    assert about == (Timer.TIMEOUT, LATER + 60, 2, 1)
    assert execution.held.due_at == LATER + 60


def test_a_state_that_was_to_begin_later_is_due_again():
    flow = a_workflow(a_pass("a", delay=Delay(seconds=literal(60))))
    execution = an_execution(flow, 7).tell(events.ScopeStopped(at=T0 + 1))

    redrive(execution)

    assert (execution.held.phase, execution.held.due_at) == (
        Phase.DELAYED,
        LATER + 60,
    )
    assert ("StateRedriven", "a") not in execution.said
    execution.fire(Timer.DELAY, at=LATER + 60)
    assert execution.state.output == 7
    assert ("StateEntered", "a") in execution.said


def test_a_state_that_failed_after_its_delay_is_not_delayed_again():
    flow = a_workflow(a_task("a", delay=Delay(seconds=literal(60))))
    execution = an_execution(flow, 7).fire(Timer.DELAY, at=T0 + 60).fail("Broken")

    redrive(execution)

    assert execution.held.phase is Phase.CALLED


def test_the_reader_of_a_stream_that_is_done_anew_begins_again_with_its_writer():
    stream = a_dag(
        "0",
        a_callback_task("first", "writer"),
        a_callback_task("writer", "reader", writes_stream=True),
        a_callback_task("reader", reads_stream=True),
    )
    execution = an_execution(a_workflow(scope=stream), {})
    execution.report(held=execution.at("first"))
    assert sorted(execution.running) == ["reader", "writer"]

    reset(execution, "first", "writer", "reader")

    assert execution.running == ["first"]
    assert execution.state.begun == frozenset()
    execution.report()
    assert sorted(execution.running) == ["reader", "writer"]
