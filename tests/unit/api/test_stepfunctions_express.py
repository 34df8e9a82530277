"""Synchronous executions, as Step Functions' clients see them."""

import pytest

from chalicelib.engine.state import Status
from tests.unit.api.step_functions_stage import (
    ARNS,
    PASS,
    States,
    a_machine,
    a_task,
    refused,
)

ARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:order"
WAIT = a_machine({"Type": "Wait", "Seconds": 600})


def greet(event):
    return f"hello {event['name']}"


@pytest.fixture
def states():
    with States({"greet": greet}) as made:
        yield made


def test_a_synchronous_execution_leaves_nothing_behind(states):
    states.make(a_machine(a_task()), type="EXPRESS")

    done = states(
        "StartSyncExecution",
        stateMachineArn=ARN,
        name="one",
        input='{"name": "Ada"}',
        traceHeader="Root=x",
    )

    assert (done["status"], done["output"]) == ("SUCCEEDED", '"hello Ada"')
    assert (done["name"], done["traceHeader"]) == ("one", "Root=x")
    assert done["billingDetails"] == {
        "billedMemoryUsedInMB": 64,
        "billedDurationInMilliseconds": 100,
    }
    assert states("ListExecutions", stateMachineArn=ARN)["executions"] == []
    refused(
        "ExecutionDoesNotExist",
        states,
        "DescribeExecution",
        executionArn=done["executionArn"],
    )


def test_a_synchronous_execution_without_data_says_how_it_ended_only(states):
    states.make(PASS, type="EXPRESS")
    done = states(
        "StartSyncExecution", stateMachineArn=ARN, includedData="METADATA_ONLY"
    )
    assert done["status"] == "SUCCEEDED"
    assert "output" not in done


def test_a_synchronous_execution_that_takes_too_long_times_out(states):
    states.make(WAIT, type="EXPRESS")
    done = states("StartSyncExecution", stateMachineArn=ARN)
    assert (done["status"], done["error"]) == ("TIMED_OUT", "States.Timeout")
    assert done["stopDate"] - done["startDate"] == pytest.approx(25, abs=1)
    assert done["billingDetails"]["billedDurationInMilliseconds"] >= 25_000


@pytest.mark.parametrize("facts", [{"name": "a b"}, {"name": ""}])
def test_a_synchronous_execution_has_a_name_that_aws_takes(states, facts):
    states.make(PASS, type="EXPRESS")
    refused("InvalidName", states, "StartSyncExecution", stateMachineArn=ARN, **facts)


def test_a_standard_machine_has_no_synchronous_executions(states):
    states.make(PASS)
    refused(
        "StateMachineTypeNotSupported",
        states,
        "StartSyncExecution",
        stateMachineArn=ARN,
    )


def test_an_express_machine_started_without_waiting_has_an_arn_of_its_kind(states):
    states.make(PASS, type="EXPRESS")
    arn = states.run(ARN, name="one")
    started_at = states.stage.head("order:one").started_at
    assert arn == ARNS.express("order", "one", started_at)
    found = states("DescribeExecution", executionArn=arn)
    assert (found["executionArn"], found["status"]) == (arn, Status.SUCCEEDED)
