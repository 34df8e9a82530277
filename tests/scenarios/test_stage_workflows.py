"""Executions that start executions: waited for or not, failing, stopped together."""

import pytest

from tests.scenarios.desk import a_flow, a_task

pytestmark = [pytest.mark.moto, pytest.mark.slow]


def starting(workflow, pattern, **facts):
    """Return a Task that starts an execution of ``workflow``."""
    arn = f"arn:aws:states:us-east-1:123456789012:stateMachine:{workflow}"
    return {
        "Type": "Task",
        "Resource": f"arn:aws:states:::states:startExecution{pattern}",
        "Parameters": {"StateMachineArn": arn, "Input.$": "$", **facts},
    }


@pytest.fixture(scope="module", autouse=True)
def published(desk):
    desk.publish(a_flow(a_task("shout")), "child")
    desk.publish(a_flow(a_task("fail")), "failing")
    desk.publish(a_flow({"Type": "Wait", "Seconds": 800}), "waiting")


def children(desk, workflow):
    found = desk.ask("GET", "/v1/executions", workflow=workflow).json()["executions"]
    return [each["id"] for each in found]


def is_running(found):
    return found["status"] == "RUNNING"


def test_output_of_a_sub_workflow_is_that_of_its_task(desk):
    ended = desk.run(a_flow(starting("child", ".sync:2")), {"text": "hello"}, "parent")

    output = ended["output"]
    assert output["Output"] == {"text": "HELLO"}
    assert output["Status"] == "SUCCEEDED"
    known = output["ExecutionArn"].partition(":execution:")[2]
    assert known in children(desk, "child")
    assert desk.execution(known)["status"] == "SUCCEEDED"


def test_sub_workflow_that_nobody_waits_for_runs_on_its_own(desk):
    name = {"Name": "on-its-own"}

    ended = desk.run(a_flow(starting("waiting", "", **name)), {}, "forgetful")

    arn = ended["output"]["ExecutionArn"]
    assert arn.endswith(":execution:waiting:on-its-own")
    assert desk.execution("waiting:on-its-own")["status"] == "RUNNING"


def test_failure_of_a_sub_workflow_is_caught_by_its_name(desk):
    catch = [{"ErrorEquals": ["States.TaskFailed"], "Next": "Rescue"}]
    task = {**starting("failing", ".sync:2"), "Catch": catch, "End": True}
    flow = a_flow(task, Rescue={"Type": "Pass", "End": True})

    ended = desk.run(flow, {"why": "no ink"}, "hopeful")

    assert ended["status"] == "SUCCEEDED"
    assert "no ink" in ended["output"]["Cause"]


def test_failure_of_a_sub_workflow_that_nobody_catches_is_the_parents(desk):
    ended = desk.run(a_flow(starting("failing", ".sync:2")), {"why": "no ink"}, "hard")

    assert ended["status"] == "FAILED"
    assert "no ink" in ended["cause"]


def test_sub_workflow_that_is_not_published_fails_the_task(desk):
    ended = desk.run(a_flow(starting("nowhere", ".sync:2")), {}, "lost")

    assert ended["status"] == "FAILED"
    assert "no workflow 'nowhere' is published" in ended["cause"]


def test_name_that_was_used_with_other_input_fails_the_task(desk):
    desk.start("child", {"text": "first"}, name="once")
    flow = a_flow(starting("child", ".sync:2", Name="once"))

    ended = desk.run(flow, {"text": "second"}, "late")

    assert (ended["status"], ended["error"]) == ("FAILED", "ExecutionAlreadyExists")


def test_stop_of_the_parent_stops_the_child_it_waits_for(desk):
    flow = a_flow(starting("waiting", ".sync:2", Name="stopped-with-it"))
    parent = desk.start(desk.publish(flow, "patient"), {})
    desk.until("waiting:stopped-with-it", is_running)

    answer = desk.ask("POST", f"/v1/executions/{parent}/stop", {"error": "Enough"})

    child = desk.ended("waiting:stopped-with-it")
    assert answer.json()["status"] == "ABORTED"
    assert desk.ended(parent)["error"] == "Enough"
    assert child["status"] == "ABORTED"
    assert child["cause"] == f"{parent}, which had started it, waits for it no more"


def test_stop_of_the_parent_lets_a_child_run_that_it_does_not_wait_for(desk):
    wait = {"Type": "Wait", "Seconds": 800, "End": True}
    task = {**starting("waiting", "", Name="left-alone"), "Next": "Rest"}
    parent = desk.start(desk.publish(a_flow(task, Rest=wait), "leaves"), {})
    desk.reached(parent, "WaitStarted")

    desk.ask("POST", f"/v1/executions/{parent}/stop", {})

    assert desk.ended(parent)["status"] == "ABORTED"
    assert desk.execution("waiting:left-alone")["status"] == "RUNNING"


def test_stop_of_the_child_fails_the_task_of_its_parent(desk):
    flow = a_flow(starting("waiting", ".sync:2", Name="stopped-alone"))
    parent = desk.start(desk.publish(flow, "bereft"), {})
    desk.until("waiting:stopped-alone", is_running)

    stop = {"error": "Enough", "cause": "it is late"}
    desk.ask("POST", "/v1/executions/waiting:stopped-alone/stop", stop)

    ended = desk.ended(parent)
    assert ended["status"] == "FAILED"
    assert "it is late" in ended["cause"]


def test_workflow_that_starts_itself_ends_at_the_deepest_level(desk):
    flow = a_flow(starting("recursive", ".sync:2"))

    ended = desk.run(flow, {}, "recursive")

    deepest, *others = children(desk, "recursive")
    assert ended["status"] == "FAILED"
    assert len(others) == 16
    assert desk.execution(deepest)["cause"] == (
        "16 levels of sub-workflows are the most"
    )


def a_dag(name, pattern, **facts):
    task = {
        "name": "only",
        "category": "function",
        "resourceName": "rillflow://tests:innerDag",
        "pattern": pattern,
        "inputMappings": [{"source": "$.context.name", "target": "$.input.name"}],
        "outputMappings": [{"source": "$.output", "target": "$.context.said"}],
        **facts,
    }
    return {"workspace": "tests", "dagName": name, "type": "flow", "tasks": [task]}


@pytest.mark.parametrize("pattern", ["flow_sync", "flow_async"])
def test_dag_runs_another_dag(desk, pattern):
    inner = {"name": "only", "category": "pass"}
    dag = {"workspace": "tests", "dagName": "innerDag", "type": "flow"}
    desk.publish({**dag, "tasks": [inner]})

    ended = desk.run(a_dag("outerDag", pattern), {"name": "Ann"})

    assert ended["status"] == "SUCCEEDED"
    assert children(desk, "tests-innerDag")


def test_flow_waits_for_another_flow_by_system_callback(desk):
    flow = {
        "Type": "StateMachine",
        "Name": "asksFlow",
        "SpecVersion": "v1",
        "StartAt": "Only",
        "States": [
            {
                "Type": "Task",
                "Name": "Only",
                "Action": "FNF:StartExecution",
                "TaskMode": "WaitForSystemCallback",
                "Parameters": {
                    "resourceArn": "acs:fnf:::flow/child",
                    "input": {"text.$": "$Input.text"},
                },
                "End": True,
            }
        ],
    }

    assert desk.run(flow, {"text": "hello"})["output"] == {"text": "HELLO"}
