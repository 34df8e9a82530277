"""A worker may leave its task out, and a worker's failure may be overruled."""

import pytest

from chalicelib.simulation.stage import Stage
from chalicelib.tokens import Failed, Succeeded

SIGN = {
    "name": "sign",
    "category": "function",
    "resourceName": "lambda://sign",
    "pattern": "task_async",
    "outputMappings": [{"source": "$.output.by", "target": "$.context.by"}],
    "next": "then",
}
THEN = {"name": "then", "category": "pass"}


def told(report, **facts):
    """Run a DAG whose task is answered with ``report``; return its end and history."""
    dag = {"workspace": "tests", "dagName": "skips", "type": "flow"}
    with Stage() as stage:
        workflow = stage.publish({**dag, "tasks": [{**SIGN, **facts}, THEN]})
        stage.later(10, lambda: stage.report(stage.dispatcher.calls[-1].token, report))
        head = stage.run(workflow, {}, name="run")
        return head, [event["type"] for event in stage.history(head.execution)]


def test_task_that_its_worker_leaves_out_is_skipped_and_mapped():
    head, types = told(Succeeded(output={"by": "nobody"}, is_skipped=True))

    assert head.status == "SUCCEEDED"
    assert head.output["by"] == "nobody"
    assert "StateSkipped" in types


def test_task_that_is_left_out_without_what_it_must_give_fails():
    strict = {"source": "1", "target": "$.context.none[*]", "tolerance": "false"}
    report = Succeeded(output={}, is_skipped=True)

    head, _ = told(report, outputMappings=[strict])

    assert (head.status, head.error) == ("FAILED", "mapping_failed")


@pytest.mark.parametrize(("by", "status"), [("Ann", "SUCCEEDED"), ("nobody", "FAILED")])
def test_conditions_decide_whatever_the_worker_says(by, status):
    wanted = ["$.output.[?(@.by == 'Ann')]"]

    head, _ = told(Failed(cause="no ink", output={"by": by}), successConditions=wanted)

    assert head.status == status
    assert head.cause == ("" if status == "SUCCEEDED" else "no ink")


def test_failure_without_an_output_is_not_overruled():
    head, _ = told(Failed(cause="no ink"), failConditions=["$.output.never"])

    assert (head.status, head.cause) == ("FAILED", "no ink")
