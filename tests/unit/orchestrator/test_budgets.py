"""Turns, invocations and executions have budgets, and end cleanly at them."""

from chalicelib.ports import Limits
from chalicelib.simulation.faults import Storm
from chalicelib.simulation.stage import Stage
from tests.machines import FUNCTIONS, machine, parallel, task, wait
from tests.unit.orchestrator.desk import EXECUTION, Desk

LOOP = {
    "StartAt": "Add",
    "States": {
        "Add": {
            "Type": "Pass",
            "Parameters": {"n.$": "States.MathAdd($.n, 1)"},
            "Next": "Enough",
        },
        "Enough": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.n", "NumericLessThan": 99, "Next": "Add"}],
            "Default": "Done",
        },
        "Done": {"Type": "Succeed"},
    },
}


def test_a_long_way_of_pure_states_is_cut_into_turns():
    desk = Desk(LOOP, limits=Limits(transitions_per_turn=50))
    desk.handle(desk.start({"n": 0}))

    desk.handle_all("resume")

    assert desk.head.output == {"n": 99}
    assert len(desk.records()) == 4


def test_a_copy_of_the_message_to_go_on_does_not_go_on_beside_it():
    desk = Desk(LOOP, limits=Limits(transitions_per_turn=50))
    desk.handle(desk.start({"n": 0}))
    (resume,) = desk.take("resume")

    desk.handle(resume)
    desk.handle(resume)

    assert len(desk.take("resume")) == 1


def test_copies_do_not_multiply():
    limits = Limits(transitions_per_turn=5)
    with Stage(weather=Storm(4), limits=limits) as stage:
        stage.publish(LOOP)
        stage.run("workflow", {"n": 0})
        stage.settle()

        assert stage.head("workflow:run-1").output == {"n": 99}
        assert stage.meter.bill("workflow:run-1").messages < 2 * 199 / 5


def test_a_loop_without_end_stops_at_the_budget_of_its_scope():
    limits = Limits(transitions_per_turn=50, transitions_per_scope=120)
    desk = Desk(LOOP, limits=limits)
    desk.handle(desk.start({"n": -1_000_000}))

    desk.handle_all("resume")

    assert desk.head.error == "Millrace.BudgetExceeded"


def test_a_task_for_which_no_time_is_left_gets_an_invocation_of_its_own():
    desk = Desk(machine(task("slow"), task("slow"), task()))

    desk.handle(desk.start({}))

    assert len(desk.calls) == 1
    desk.handle_all("call")
    assert desk.head.status == "SUCCEEDED"
    assert desk.stage.overtime == []


def test_tasks_side_by_side_run_beside_each_other():
    flow = {
        "workspace": "w",
        "dagName": "workflow",
        "type": "flow",
        "tasks": [
            {
                "name": f"t{number}",
                "category": "function",
                "pattern": "task_sync",
                "resourceName": "http://gateway:8080/function/slow",
                "outputMappings": [
                    {"source": "$.output", "target": f"$.context.t{number}"}
                ],
            }
            for number in range(3)
        ],
    }
    desk = Desk(flow)

    desk.handle(desk.start({}))

    calls = desk.take("call")
    assert len(calls) == 2
    assert desk.handle(*calls) == []  # one invocation: the second has no time left
    assert len(desk.calls) == 2
    desk.handle_all("call")
    assert desk.head.status == "SUCCEEDED"
    assert len(desk.calls) == 3


def test_a_new_invocation_makes_a_call_however_long_it_may_take():
    desk = Desk(machine(task("slow"), task()))
    desk.handle(desk.start({}), left=30.0)
    (call,) = desk.take("call")

    desk.handle(call, left=30.0)

    assert len(desk.calls) == 1
    assert desk.calls[0].timeout == 28.0


def test_a_wide_container_of_pure_states_is_one_record():
    desk = Desk(machine(parallel(*[[wait(0)]] * 3)), FUNCTIONS)

    desk.handle(desk.start({}))
    desk.handle_all()

    assert desk.head.status == "SUCCEEDED"
    assert {each["scope"] for each in desk.stage.history(EXECUTION)} >= {"r"}
