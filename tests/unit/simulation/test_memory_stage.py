import pytest

from chalicelib.errors import (
    DefinitionRefused,
    ExecutionNotFound,
    TokenDecided,
    TokenRefused,
)
from chalicelib.simulation.faults import Chances, Fault, Plan, Storm
from chalicelib.simulation.stage import Stage
from chalicelib.tokens import Failed, Succeeded
from tests.machines import FUNCTIONS, callback, machine, task, wait

YEAR = 365 * 86400


@pytest.fixture
def stage():
    with Stage(FUNCTIONS) as made:
        yield made


def test_a_workflow_is_published_started_and_run_to_its_end(stage):
    stage.publish(machine(task(), wait(60)), name="flow")

    head = stage.run("flow", {"a": 1}, name="mine")

    assert (head.execution, head.status, head.output) == (
        "flow:mine",
        "SUCCEEDED",
        {"a": 1},
    )
    assert stage.history("flow:mine")[-1]["type"] == "ExecutionSucceeded"


def test_a_wait_of_years_takes_no_time(stage):
    stage.publish(machine(*[wait(YEAR)] * 3))
    began_at = stage.loop.now

    stage.run("workflow")

    assert stage.loop.now - began_at == pytest.approx(3 * YEAR, abs=3)


def test_a_definition_with_problems_is_refused(stage):
    with pytest.raises(DefinitionRefused):
        stage.publish({"States": {}})


def test_what_nobody_can_move_stays_running(stage):
    stage.publish(machine(callback("nobody")))

    assert stage.run("workflow").status == "RUNNING"


def test_a_worker_may_report_by_hand(stage):
    stage.publish(machine(callback("nobody")))
    stage.run("workflow", {"a": 1})
    (call,) = stage.dispatcher.calls

    assert stage.report(call.token, Succeeded(output=7)) == "accepted"
    with pytest.raises(TokenDecided):
        stage.report(call.token, Failed(error="E"))
    stage.settle()

    assert stage.head("workflow:run-1").output == 7
    assert [each.answer for each in stage.workers.said] == ["accepted", "TokenDecided"]


def test_a_forged_token_is_refused(stage):
    with pytest.raises(TokenRefused):
        stage.report("t1.k1.forged.token", Succeeded())


def test_clients_repeat_what_failed_and_no_more():
    with Stage(weather=Plan({0: Fault.ERROR, 3: Fault.CRASH_AFTER})) as stage:
        stage.publish(machine(wait(1)))
        execution = stage.start("workflow", name="mine")
        stage.settle(execution)

        assert stage.head(execution).status == "SUCCEEDED"
        assert stage.weather.faults.total() == 2
        with pytest.raises(ExecutionNotFound):
            stage.stop("workflow:nobody")


def test_a_crash_takes_the_memory_of_its_process():
    with Stage(FUNCTIONS, weather=Plan({6: Fault.CRASH_BEFORE})) as stage:
        before = stage.orchestrator
        stage.publish(machine(task()))
        head = stage.run("workflow", {"a": 1})

        assert head.output == {"a": 1}
        assert stage.orchestrator is not before


def test_a_storm_has_several_processes():
    with Stage(weather=Storm(1)) as stage:
        assert len({id(each) for each in stage._processes}) == 3


def test_a_worker_may_contradict_itself_and_is_not_heard():
    calm = {"crash_before": 0, "crash_after": 0, "error": 0, "lost_answer": 0}
    weather = Storm(2, Chances(contradict=1.0, duplicate=1.0, **calm))
    with Stage(FUNCTIONS, weather=weather) as stage:
        stage.publish(machine(callback()))
        stage.run("workflow", {"a": 1})
        stage.settle()

        assert stage.head("workflow:run-1").output == {"heard": {"a": 1}}
        answers = {each.answer for each in stage.workers.said}
        assert answers == {"accepted", "replayed", "TokenDecided"}


def test_an_endless_loop_of_an_author_is_given_up(stage):
    rule = {"Variable": "$.a", "NumericEquals": 1, "Next": "Again"}
    states = {
        "Again": {"Type": "Wait", "Seconds": 1, "Next": "Enough"},
        "Enough": {"Type": "Choice", "Choices": [rule], "Default": "Done"},
        "Done": {"Type": "Succeed"},
    }
    stage.publish({"StartAt": "Again", "States": states})
    stage.most_deeds = 50

    assert stage.run("workflow", {"a": 1}).status == "RUNNING"


def test_the_meter_counts_the_whole_stage(stage):
    stage.publish(machine(task()))
    head = stage.run("workflow", {"a": 1})

    bill = stage.meter.bill(head.execution)
    assert bill.invocations == 1
    assert bill.dispatches == 1
    assert bill.writes > 0
