"""What a worker hears, whenever and however often it reports."""

import pytest

from chalicelib.errors import TokenDecided, TokenGone, Unavailable
from chalicelib.orchestrator import reporting
from chalicelib.simulation.faults import Chances, Storm
from chalicelib.simulation.stage import Stage
from chalicelib.tokens import Claims, Failed, Heartbeat, Succeeded
from tests.machines import CAUGHT, callback, machine, passes, retried, task
from tests.unit.orchestrator.desk import EXECUTION, Desk


@pytest.fixture
def desk():
    made = Desk(machine(callback("nobody"), task()))
    made.handle(made.start({"a": 1}))
    return made


def token_of(desk, number=0):
    return desk.calls[number].token


def test_the_first_report_decides(desk):
    assert desk.stage.report(token_of(desk), Succeeded(output=1)) == "accepted"
    desk.handle_all()

    assert desk.head.output == 1


def test_the_same_report_again_is_known_and_enqueues_again(desk):
    desk.stage.report(token_of(desk), Succeeded(output=1))
    desk.sent.clear()  # the process ended before it could send this

    assert desk.stage.report(token_of(desk), Succeeded(output=1)) == "replayed"
    desk.handle_all()

    assert desk.head.output == 1


@pytest.mark.parametrize("other", [Succeeded(output=2), Failed(error="E")])
def test_another_outcome_is_refused(desk, other):
    desk.stage.report(token_of(desk), Succeeded(output=1))

    with pytest.raises(TokenDecided):
        desk.stage.report(token_of(desk), other)


def test_a_report_before_the_dispatch_is_answered_is_heard():
    def eager(event):
        assert (
            desk.stage.report(token_of(desk), Succeeded(output="early")) == "accepted"
        )

    desk = Desk(machine(callback("eager")), {"eager": eager})
    desk.handle(desk.start({"a": 1}))
    desk.handle_all("carry")

    assert desk.head.output == "early"


def test_after_a_timeout_the_token_is_gone():
    desk = Desk(machine(callback("nobody", TimeoutSeconds=60, **CAUGHT), passes(1)))
    desk.handle(desk.start({"a": 1}))
    desk.handle_all("timer")

    with pytest.raises(TokenGone):
        desk.stage.report(token_of(desk), Succeeded())
    assert desk.head.output == 1


def test_after_a_retry_the_old_token_is_gone_and_the_new_one_lives():
    desk = Desk(machine(callback("nobody", **retried(1))))
    desk.handle(desk.start({"a": 1}))
    desk.stage.report(token_of(desk), Failed(error="E"))
    desk.handle_all("carry", "timer")

    with pytest.raises(TokenDecided):
        desk.stage.report(token_of(desk), Succeeded(output=1))
    assert desk.stage.report(token_of(desk, 1), Succeeded(output=2)) == "accepted"


def test_after_a_stop_the_token_is_gone(desk):
    desk.stage.stop(EXECUTION)

    with pytest.raises(TokenGone):
        desk.stage.report(token_of(desk), Succeeded())


def test_the_token_of_a_scope_that_is_not_known_is_gone(desk):
    claims = Claims(
        execution="workflow:x", scope="r", activation=1, attempt=1, expires_at=0
    )

    with pytest.raises(TokenGone, match="not known"):
        desk.orchestrator.report(claims, Succeeded())


# -- heartbeats ----------------------------------------------------------------------


@pytest.fixture
def beating():
    made = Desk(machine(callback("nobody", HeartbeatSeconds=60, **CAUGHT), passes(1)))
    made.handle(made.start({"a": 1}))
    return made


def test_a_heartbeat_moves_the_moment_of_silence(beating):
    beating.pass_time(50)
    assert beating.stage.report(token_of(beating), Heartbeat()) == "accepted"
    (timer,) = beating.take("timer")
    beating.pass_time(10)
    beating.handle(timer)

    (again,) = beating.take("timer")
    assert again["delay"] == 50
    assert beating.head.status == "RUNNING"


def test_a_heartbeat_asks_for_nothing_to_be_carried_out(beating):
    beating.sent.clear()

    beating.stage.report(token_of(beating), Heartbeat())

    assert beating.sent == []


def test_silence_fails_the_attempt(beating):
    beating.handle_all("timer")

    assert beating.head.output == 1
    with pytest.raises(TokenGone):
        beating.stage.report(token_of(beating), Heartbeat())


# -- a crowd -------------------------------------------------------------------------

#: Everybody interleaves with everybody, and nothing goes wrong.
CROWD = Chances(
    crash_before=0.0,
    crash_after=0.0,
    error=0.0,
    lost_answer=0.0,
    twice=0.0,
    interleave=1.0,
    duplicate=0.0,
    late=0.0,
    contradict=0.0,
)


def a_flow(width):
    """A DAG of so many tasks side by side."""
    tasks = [
        {
            "name": f"t{number}",
            "category": "function",
            "pattern": "task_async",
            "resourceName": "http://gateway:8080/async-function/nobody",
            "outputMappings": [
                {"source": "$.output", "target": f"$.context.t{number}"}
            ],
        }
        for number in range(width)
    ]
    return {"workspace": "w", "dagName": "crowd", "type": "flow", "tasks": tasks}


def in_a_crowd(width, chances=CROWD, seed=3, contradict=False):
    """Have all tokens of a scope reported at once; return the stage and the writes."""
    with Stage(weather=Storm(seed, chances)) as stage:
        workflow = stage.publish(a_flow(width), format="rillflow")
        execution = stage.start(workflow, {}, name="mine")
        stage.settle()
        before = stage.meter.bill(execution).writes
        for token in sorted({each.token for each in stage.dispatcher.calls}):
            stage.workers.report_later(token, Succeeded(output=1), 0.0)
            if contradict:
                stage.workers.report_later(token, Succeeded(output=2), 0.0)
        stage.settle()
        return stage, stage.head(execution), stage.meter.bill(execution).writes - before


@pytest.mark.parametrize("width", [2, 8, 20, 100])
def test_all_answers_at_once_are_heard_for_three_writes_each(width):
    stage, head, writes = in_a_crowd(width)

    assert head.status == "SUCCEEDED"
    assert [each.answer for each in stage.workers.said] == ["accepted"] * width
    assert writes <= 3 * width


@pytest.mark.parametrize("seed", range(4))
def test_in_a_crowd_no_token_is_accepted_with_two_outcomes(seed):
    stage, head, _ = in_a_crowd(12, seed=seed, contradict=True)

    heard = [each.token for each in stage.workers.said if each.answer == "accepted"]
    assert head.status == "SUCCEEDED"
    assert len(stage.workers.said) == 24
    assert len(set(heard)) == len(heard) == 12


@pytest.mark.parametrize("seed", range(6))
def test_a_crowd_in_a_storm_is_heard(seed):
    _, head, _ = in_a_crowd(12, Chances(interleave=0.8, crash_after=0.05), seed)

    assert head.status == "SUCCEEDED"
    assert all(head.output[f"t{number}"] == 1 for number in range(12))


def test_a_heartbeat_does_not_wait_in_the_inbox(desk):
    turn = desk.turn()
    claims = desk.stage.tokens.verify(token_of(desk), desk.stage.loop.now)
    beat = reporting.arrival(claims, Heartbeat(), desk.stage.loop.now)
    turn.leave([beat])
    turn.load()

    assert turn.waiting == ()
    with pytest.raises(Unavailable):
        reporting._when_decided(turn, beat)


def test_a_report_in_the_inbox_that_nobody_drains_is_accepted(desk):
    turn = desk.turn()
    claims = desk.stage.tokens.verify(token_of(desk), desk.stage.loop.now)
    turn.leave([reporting.arrival(claims, Succeeded(output=1), desk.stage.loop.now)])
    desk.forget()
    began_at = desk.stage.loop.now

    assert desk.stage.report(token_of(desk), Succeeded(output=1)) == "accepted"

    assert len(desk.records()) == 1
    assert desk.stage.loop.now >= began_at + reporting.LOOK * reporting.LOOKS
    desk.handle_all("drain", "carry")
    assert desk.head.output == 1
    assert desk.turn().world.journal.load(EXECUTION, "r").inbox == ()
