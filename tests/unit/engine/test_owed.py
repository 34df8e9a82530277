from dataclasses import replace

import pytest

from chalicelib.engine import events, owed
from chalicelib.engine.commands import (
    CancelChildren,
    CancelTask,
    EndScope,
    ResumeTurn,
    StartTimer,
)
from chalicelib.engine.events import Timer
from chalicelib.engine.state import Status
from chalicelib.model import workflow as model
from tests.builders import (
    EVERYTHING,
    T0,
    a_callback_task,
    a_choice,
    a_dag,
    a_map,
    a_parallel,
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

RETRY = (model.Retrier(errors=EVERYTHING),)
ASK = a_callback_task(
    "ask",
    task={"timeout": literal(100), "heartbeat": literal(10)},
    input=path("$.order"),
    arguments=an_object(token=path("$$.Task.Token"), at=path("$$.State.EnteredTime")),
)
EACH = a_map(
    "each",
    scope=a_scope("0/each", a_task("x")),
    work={"max_concurrency": literal(1)},
)
BOTH = a_parallel(
    "both",
    scopes=[a_scope("0/both/0", a_task("y")), a_scope("0/both/1", a_task("z"))],
    conditions=(path("$.left"),),
)
LOOP = (a_choice("c", a_rule(False), default=("p",)), a_pass("p", "c"))


def mint(activation, attempt, expires_at):
    return f"t{activation}.{attempt}.{expires_at}"


def again(execution, tag):
    return owed.restore(execution.setting, execution.state, tag)


def asked_again(execution):
    return [again(execution, owed.tag(each)) for each in execution.commands]


# -- what is due is given back -------------------------------------------------


@pytest.mark.parametrize(
    ("states", "value"),
    [
        pytest.param([a_task("work", retry=RETRY)], {"n": 1}, id="a call"),
        pytest.param([ASK], {"order": 1}, id="a call with a token, and its timers"),
        pytest.param([a_wait("sleep")], {}, id="a wait"),
        pytest.param([EACH], [1, 2, 3], id="the iterations of a map"),
        pytest.param([BOTH], {"left": False}, id="the branches of a parallel"),
        pytest.param([a_pass("end")], {"n": 1}, id="the end"),
    ],
)
def test_a_command_that_is_due_is_given_back_by_its_tag(states, value):
    execution = an_execution(a_workflow(*states), value, mint=mint)

    assert asked_again(execution) == list(execution.commands)
    assert execution.commands != ()


def test_the_resumption_of_a_turn_is_given_back():
    execution = an_execution(a_workflow(*LOOP), budget=3)

    assert asked_again(execution) == [ResumeTurn(transitions=3)]


def test_the_time_of_an_execution_is_given_back():
    execution = an_execution(a_workflow(a_task("work"), timeout=literal(60)))

    assert asked_again(execution) == list(execution.commands)


def test_cancellations_are_given_back():
    system = {"mode": model.Mode.SYSTEM}
    flow = a_workflow(
        scope=a_dag("0", EACH, a_task("sub", task=system, arguments=literal({})))
    )

    execution = an_execution(flow, [1]).stop()

    kinds = {type(each) for each in execution.commands}
    assert kinds == {CancelChildren, CancelTask, EndScope}
    assert asked_again(execution) == list(execution.commands)


def test_a_call_is_the_same_after_a_heartbeat():
    execution = an_execution(a_workflow(ASK), {"order": 1}, mint=mint)
    (call,) = execution.asked()

    execution.tell(events.HeartbeatReceived(**execution.about(at=T0 + 5)))

    assert again(execution, ["call", 1, 1]) == call


def test_what_a_worker_took_is_owed_the_timer_of_its_silence():
    task = {"heartbeat": literal(10), "fetched": True}
    execution = an_execution(a_workflow(a_callback_task("ask", task=task)))

    execution.tell(events.TaskTaken(**execution.about(at=T0 + 5)))

    assert asked_again(execution) == list(execution.commands)
    assert [each.due_at for each in execution.commands] == [T0 + 15]


def test_a_call_is_the_same_when_others_have_changed_the_variables():
    work = a_task("work", input=path("$x"))
    change = a_task("change", assign=an_object(x=literal(2)))
    flow = a_workflow(scope=a_dag("0", work, change, shares_variables=True))
    execution = an_execution(flow, {"x": 1})
    call, _ = execution.asked()

    execution.answer(held=execution.state.active[2])

    assert execution.state.variables == {"x": 2}
    assert again(execution, ["call", 1, 1]) == call


def test_children_are_the_same_when_others_have_changed_the_variables():
    each = replace(EACH, input=path("$x"))
    change = a_task("change", assign=an_object(x=literal([])))
    dag = a_dag("0", each, change, shares_variables=True)
    execution = an_execution(a_workflow(scope=dag), {"x": [1, 2]})
    started = execution.commands[0]

    execution.answer(held=execution.state.active[2])

    restored = again(execution, ["children", 1, 1])
    assert restored.inputs == started.inputs == [1, 2]


# -- what is settled is not ----------------------------------------------------


def test_a_call_that_was_answered_is_settled():
    execution = an_execution(a_workflow(a_task("work", "end"), a_wait("end")))
    tag = owed.tag(execution.asked()[0])

    execution.answer()

    assert again(execution, tag) is None


def test_a_call_of_an_earlier_attempt_is_settled():
    execution = an_execution(a_workflow(a_task("work", retry=RETRY)))
    tag = owed.tag(execution.asked()[0])

    during = again(execution.fail(), tag)
    after = again(execution.fire(Timer.RETRY), tag)

    assert during is None
    assert after is None


def test_children_that_were_joined_are_settled():
    flow = a_workflow(replace(EACH, next=("end",)), a_wait("end"))
    execution = an_execution(flow, [1, 2])
    tag = owed.tag(execution.commands[0])

    execution.join([1, 2])

    assert again(execution, tag) is None


@pytest.mark.parametrize("ended", [False, True])
def test_a_timer_of_a_state_that_was_left_is_settled(ended):
    flow = a_workflow(a_wait("sleep", "more"), a_wait("more"))
    execution = an_execution(flow)
    tag = owed.tag(execution.commands[0])

    execution.fire(Timer.WAIT)
    execution = execution.stop() if ended else execution

    assert again(execution, tag) is None


def test_the_end_of_a_scope_that_has_not_ended_is_not_due():
    assert again(an_execution(a_workflow(a_task("work"))), ["end"]) is None


def test_a_turn_that_went_on_is_settled():
    execution = an_execution(a_workflow(*LOOP, a_task("w")), budget=3)

    execution.stop()

    assert again(execution, ["resume"]) is None
    assert again(an_execution(a_workflow(a_task("work"))), ["resume"]) is None


# -- everything ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "value", "tags"),
    [
        pytest.param([a_task("work")], {}, [["call", 1, 1]], id="called"),
        pytest.param([a_callback_task("ask")], {}, [], id="waiting for somebody"),
        pytest.param(
            [ASK],
            {"order": 1},
            [
                ["timer", 1, 1, "timeout", T0 + 100],
                ["timer", 1, 1, "heartbeat", T0 + 10],
            ],
            id="waiting, but not for ever",
        ),
        pytest.param(
            [a_wait("sleep")], {}, [["timer", 1, 1, "wait", T0 + 60]], id="sleeping"
        ),
        pytest.param([EACH], [1, 2], [["children", 1, 1]], id="joining"),
        pytest.param([a_pass("end")], {}, [["end"]], id="ended"),
    ],
)
def test_everything_a_scope_waits_for_has_a_tag(states, value, tags):
    execution = an_execution(a_workflow(*states), value, mint=mint)

    assert list(owed.everything(execution.state)) == tags


def test_a_state_that_waits_for_its_retry_waits_for_a_timer():
    execution = an_execution(a_workflow(a_task("work", retry=RETRY))).fail()

    assert list(owed.everything(execution.state)) == [["timer", 1, 1, "retry", T0 + 2]]


def test_a_scope_may_wait_for_its_own_time_and_for_its_next_turn():
    flow = a_workflow(*LOOP, timeout=literal(60))

    execution = an_execution(flow, budget=2)

    assert list(owed.everything(execution.state)) == [
        ["resume"],
        ["timer", 0, 0, "execution", T0 + 60],
    ]


def test_every_tag_of_everything_has_its_command():
    flow = a_workflow(scope=a_dag("0", a_task("a"), a_wait("b"), EACH))
    execution = an_execution(flow, [1], mint=mint)

    restored = [again(execution, tag) for tag in owed.everything(execution.state)]

    assert restored == list(execution.commands)
    assert [type(each) for each in restored].count(StartTimer) == 1


def test_an_ended_scope_owes_its_end_only():
    execution = an_execution(a_workflow(a_wait("sleep"))).stop(error="Enough")

    (tag,) = owed.everything(execution.state)

    assert again(execution, tag) == EndScope(
        status=Status.ABORTED, failure=execution.state.failure
    )
