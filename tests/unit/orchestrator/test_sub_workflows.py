import pytest

from chalicelib.errors import ExecutionExists
from chalicelib.ports import Limits
from chalicelib.simulation.faults import Crash, Fault, Plan
from chalicelib.tokens import Tokens
from tests.machines import CAUGHT, fail, machine, passes, retried, task, wait, workflow
from tests.unit.orchestrator.desk import Desk


def a_desk(*below, above=(), weather=None, limits=None, **facts):
    desk = Desk(
        machine(workflow("below", **facts), *above), weather=weather, limits=limits
    )
    desk.stage.publish(machine(*below), name="below")
    desk.handle(desk.start({}))
    return desk


def test_the_end_of_a_sub_workflow_answers_the_task():
    desk = a_desk(task())

    desk.handle_all()

    assert desk.head.output == {"below": {"from": "above"}}


def test_its_failure_fails_the_task():
    desk = a_desk(fail("Lower"))

    desk.handle_all()

    assert desk.head.status == "FAILED"
    assert "Lower" in desk.head.cause


def test_its_abortion_fails_the_task():
    desk = a_desk(wait(9000), above=[passes(1)], **CAUGHT)
    (below,) = desk.take("start")
    desk.handle(below)
    desk.stage.stop(below["x"])

    desk.handle_all("carry", "ended")

    assert desk.head.output == 1


def test_a_sub_workflow_that_ends_while_its_parent_is_down_is_heard_later():
    calm = a_desk(task(), weather=Plan({}))
    calm.handle_all("start")
    before = len(calm.stage.weather.places)
    calm.handle_all("ended")
    commit = calm.stage.weather.places.index("table.put", before)

    desk = a_desk(task(), weather=Plan({commit: Fault.CRASH_BEFORE}))
    desk.handle_all("start")
    (ended,) = desk.take("ended")
    with pytest.raises(Crash):
        desk.handle(ended)
    desk.forget()
    assert desk.handle(ended, receives=2) == []
    assert desk.handle(ended, receives=3) == []

    assert desk.head.status == "SUCCEEDED"


def test_a_dispatch_that_comes_twice_starts_it_once():
    desk = a_desk(task())
    call = desk.calls[0]

    first, second = (desk.stage.dispatcher.dispatch(call) for _ in range(2))

    assert first.payload["execution"] == second.payload["execution"]


def test_to_start_it_again_after_its_end_tells_its_end_again():
    desk = a_desk(task())
    desk.handle_all("start")
    desk.sent.clear()  # the message of its end is gone

    desk.stage.dispatcher.dispatch(desk.calls[0])
    desk.handle_all("ended")

    assert desk.head.status == "SUCCEEDED"


def test_a_name_that_another_attempt_has_used_is_refused_instead_of_waited_for():
    named = {
        "StateMachineArn": "arn:aws:states:us-east-1:1:stateMachine:below",
        "Name": "always-the-same",
        "Input": {},
    }
    desk = a_desk(fail("Lower"), Parameters=named, **retried(1))

    desk.handle_all()

    assert desk.head.status == "FAILED"
    assert "ExecutionAlreadyExists" in desk.head.error


def test_the_same_attempt_is_the_same_when_the_key_has_changed():
    desk = a_desk(task())
    world = desk.orchestrator.world
    call = desk.calls[0]
    claims = world.tokens.verify(call.token, desk.stage.loop.now)
    keys = {"k1": b"0" * 32, "k2": b"2" * 32}
    rotated = Tokens("simulation", keys, "k2")
    object.__setattr__(world, "tokens", rotated)
    token = rotated.mint(
        claims.execution,
        claims.scope,
        claims.activation,
        claims.attempt,
        claims.expires_at,
    )
    name = next(each["x"] for each in desk.sent if each["do"] == "start")

    head = desk.orchestrator.start(
        "below", {"from": "above"}, name=name.partition(":")[2], parent=token
    )

    assert head.execution == name
    with pytest.raises(ExecutionExists):
        desk.orchestrator.start(
            "below", {"from": "above"}, name=name.partition(":")[2], parent="forged"
        )


def test_an_end_after_the_parents_patience_tells_nobody():
    desk = a_desk(wait(99_000_000), above=[passes(1)], TimeoutSeconds=60, **CAUGHT)
    desk.stage.loop.pause(4 * 366 * 86_400)

    desk.handle_all("start", "timer")

    assert desk.take("ended") == []


def test_levels_without_end_are_refused():
    desk = Desk(
        machine(workflow("workflow", **CAUGHT), passes(1)), limits=Limits(depth=3)
    )
    desk.handle(desk.start({}))

    desk.handle_all()

    assert len(desk.calls) == 4
    assert desk.head.status == "SUCCEEDED"
