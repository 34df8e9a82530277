"""Gates: when they open, what a waking brings, and what comes too late."""

import pytest

from chalicelib.engine import events
from chalicelib.engine.commands import StartTimer
from chalicelib.engine.events import Timer
from chalicelib.engine.repeats import is_to_come
from chalicelib.engine.state import Phase, Status
from chalicelib.model import expressions as nodes
from chalicelib.model import workflow as model
from tests.builders import (
    T0,
    a_callback_task,
    a_dag,
    a_gate,
    a_pass,
    a_wait,
    a_workflow,
    an_execution,
    literal,
)


def rules(source, target, *, strict=False):
    return (nodes.Mapping(source=source, target=target, strict=strict),)


ASKS = nodes.Mappings(rules=rules("$.context.ok", "$.input.ok"), gives="input")
BRINGS = nodes.Mappings(
    rules=rules("$.output.ok", "$.context.ok"), gives="context", output="result"
)
#: Its only rule cannot be done: what is brought is no list.
STRICT = nodes.Mappings(
    rules=rules("$.output.ok", "$.context.ok[*]", strict=True),
    gives="context",
    output="result",
)
IS_OK = (nodes.Condition(text="$.input.ok"),)


def a_hold(*following, **facts):
    facts = {"conditions": IS_OK, "input": ASKS, "assign": BRINGS, **facts}
    return a_gate("hold", *following, **facts)


def running(*states, given=None):
    scope = a_dag("0", *states, shares_variables=True)
    return an_execution(a_workflow(scope=scope), given or {})


def wake(execution, output=None, at=T0 + 5):
    return execution.tell(events.TaskWoken(at=at, state="hold", output=output))


def test_an_open_gate_holds_nobody_up():
    execution = running(a_hold("after"), a_pass("after"), given={"ok": 1})

    assert execution.state.status is Status.SUCCEEDED


def test_a_closed_gate_waits_for_somebody():
    execution = running(a_hold())

    assert execution.held.phase is Phase.GATED
    assert execution.commands == ()


def test_a_waking_with_what_is_asked_for_opens_it():
    execution = wake(running(a_hold()), {"ok": 1})

    assert execution.state.status is Status.SUCCEEDED
    assert execution.state.output == {"ok": 1}
    assert ("TaskWoken", "hold") in execution.said


def test_a_waking_with_something_else_leaves_it_closed():
    execution = wake(running(a_hold()), {"other": 1})

    assert execution.held.phase is Phase.GATED
    assert execution.held.input == {}


def test_a_waking_keeps_the_time_that_is_left():
    execution = wake(running(a_hold(timeout=literal(60))), {"other": 1})

    assert execution.held.due_at == T0 + 60


def test_a_gate_that_nobody_opens_in_time_fails():
    execution = running(a_hold(timeout=literal(60)))
    asked = execution.asked(StartTimer)[0]

    execution.fire(Timer.TIMEOUT, at=T0 + 60)

    assert asked.due_at == T0 + 60
    assert execution.state.status is Status.FAILED


def test_a_gate_may_be_skipped_when_its_time_is_over():
    gate = a_hold("after", timeout=literal(60), skips_timeout=True)
    execution = running(gate, a_pass("after"))

    execution.fire(Timer.TIMEOUT, at=T0 + 60)

    assert execution.state.status is Status.SUCCEEDED
    assert ("StateSkipped", "hold") in execution.said


def test_a_timeout_that_has_no_value_is_none():
    execution = running(a_hold(timeout=nodes.Jayway(text="$.input.x", kind="positive")))

    assert execution.held.due_at is None


def test_a_strict_rule_that_fails_fails_the_gate():
    execution = wake(running(a_hold(assign=STRICT)), {"ok": 1})

    assert execution.state.failure.error == "mapping_failed"


def test_a_strict_rule_that_fails_too_early_keeps_nothing():
    execution = running(a_callback_task("first", "hold"), a_hold(assign=STRICT))

    wake(execution, {"ok": 1})

    assert execution.state.variables == {}
    assert execution.running == ["first"]


def test_what_is_brought_too_early_is_there_when_the_gate_begins():
    execution = running(a_callback_task("first", "hold"), a_hold())

    wake(execution, {"ok": 1})
    execution.tell(
        events.TaskSucceeded(at=T0 + 9, activation=1, attempt=1, output=None)
    )

    assert execution.state.status is Status.SUCCEEDED


@pytest.mark.parametrize("output", [None, {"ok": 1}], ids=["nothing", "something"])
def test_a_gate_that_is_done_is_not_woken(output):
    execution = running(a_hold(), a_callback_task("beside"), given={"ok": 1})
    before = execution.state

    assert wake(execution, output).state is before


def test_a_gate_that_failed_is_not_woken():
    gate = a_hold(
        interruptions=(nodes.Condition(text="$.input.ok"),),
        conditions=(nodes.Condition(text="$.input.never"),),
    )
    execution = running(gate, a_callback_task("beside"), given={"ok": 1})
    before = execution.state

    assert wake(execution, {"ok": 2}).state is before


def test_nothing_brought_too_early_changes_nothing():
    execution = running(a_callback_task("first", "hold"), a_hold())
    before = execution.state

    assert wake(execution, None).state is before


def test_a_gate_about_to_begin_can_be_woken():
    scope = a_dag("0", a_pass("first"), a_hold(), shares_variables=True)
    execution = an_execution(a_workflow(scope=scope), {}, budget=1)

    wake(execution, {"ok": 1})

    assert execution.state.variables == {"ok": 1}


def test_a_gate_with_a_delay_is_to_come_until_it_begins():
    delay = model.Delay(seconds=literal(60))
    execution = running(a_hold(delay=delay))
    scope = execution.setting.workflow.scope

    assert is_to_come(scope, execution.state, "hold")
    assert wake(execution, None).held.phase is Phase.DELAYED


@pytest.mark.parametrize("output", [None, {"ok": 1}], ids=["nothing", "something"])
@pytest.mark.parametrize("other", [a_callback_task, a_wait])
def test_what_is_no_gate_is_not_woken(other, output):
    execution = running(other("hold", assign=BRINGS))
    before = execution.state

    assert wake(execution, output).state is before


def test_a_gate_that_waits_for_its_next_attempt_keeps_what_is_brought():
    again = model.Retrier(errors=("States.Timeout",), interval=60)
    execution = running(a_hold(timeout=literal(10), retry=(again,)))
    execution.tell(
        events.TimerFired(at=T0 + 10, timer=Timer.TIMEOUT, activation=1, attempt=1)
    )
    assert execution.state.active[1].phase is Phase.RETRYING

    wake(execution, {"ok": 1}, at=T0 + 20)
    execution.tell(
        events.TimerFired(at=T0 + 70, timer=Timer.RETRY, activation=1, attempt=1)
    )

    assert execution.state.status is Status.SUCCEEDED
