"""What boto3's Step Functions client does with executions that failed."""

import json
from itertools import count

import pytest

from tests.scenarios.step_functions import ROLE, a_client, a_function, a_machine

pytestmark = [pytest.mark.moto, pytest.mark.slow]

_numbers = count(1)


@pytest.fixture(scope="module")
def client(desk):
    return a_client(f"{desk.url}/states", desk.stage.key)


@pytest.fixture
def until_ended(client, desk):
    """Waits for the end of an execution, and returns it."""

    def until_ended(arn):
        desk.agree(
            lambda: client.describe_execution(executionArn=arn)["status"] != "RUNNING"
        )
        return client.describe_execution(executionArn=arn)

    return until_ended


@pytest.fixture
def run(client, until_ended):
    """Starts an execution of a definition, and returns it at its end."""

    def run(definition, given):
        name = f"redriven-{next(_numbers)}"
        machine = client.create_state_machine(
            name=name, definition=definition, roleArn=ROLE
        )
        begun = client.start_execution(
            stateMachineArn=machine["stateMachineArn"], input=json.dumps(given)
        )
        return until_ended(begun["executionArn"])

    return run


def types(client, arn):
    found = client.get_execution_history(executionArn=arn)["events"]
    assert [each["id"] for each in found] == list(range(1, len(found) + 1))
    return [each["type"] for each in found]


def test_a_failed_execution_goes_on_from_the_state_that_failed(
    client, run, until_ended
):
    first = {**a_function("shout"), "ResultPath": "$.said", "Next": "Fickle"}
    last = {**a_function("fickle"), "End": True}
    given = {"text": "hi", "box": "redrive-task", "calls": 2}
    failed = run(a_machine(first, Fickle=last), given)
    arn = failed["executionArn"]
    assert (failed["status"], failed["redriveStatus"]) == ("FAILED", "REDRIVABLE")

    redriven = client.redrive_execution(executionArn=arn)
    ended = until_ended(arn)

    assert ended["status"] == "SUCCEEDED"
    assert json.loads(ended["output"]) == {"calls": 2}
    assert (ended["redriveCount"], ended["redriveDate"]) == (1, redriven["redriveDate"])
    assert ended["startDate"] == failed["startDate"]
    told = types(client, arn)
    behind = told[told.index("ExecutionRedriven") :]
    assert behind[1] == "LambdaFunctionScheduled"
    assert told.count("LambdaFunctionScheduled") == 3
    with pytest.raises(client.exceptions.ExecutionNotRedrivable):
        client.redrive_execution(executionArn=arn)


def test_only_the_failed_iterations_of_a_map_run_go_on(client, run, until_ended):
    each = {**a_function("fickle"), "End": True}
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    processor = {"ProcessorConfig": config, "StartAt": "F", "States": {"F": each}}
    items = [{"box": "redrive-well", "calls": 1}, {"box": "redrive-not", "calls": 2}]
    definition = {"Type": "Map", "ItemProcessor": processor, "Label": "Each"}
    failed = run(a_machine({**definition, "ToleratedFailureCount": 0}), items)
    arn = failed["executionArn"]
    assert failed["status"] == "FAILED"

    client.redrive_execution(executionArn=arn)
    ended = until_ended(arn)

    assert ended["status"] == "SUCCEEDED"
    assert json.loads(ended["output"]) == [{"calls": 1}, {"calls": 2}]
    (run_arn,) = [
        each["mapRunArn"] for each in client.list_map_runs(executionArn=arn)["mapRuns"]
    ]
    described = client.describe_map_run(mapRunArn=run_arn)
    assert (described["status"], described["redriveCount"]) == ("SUCCEEDED", 1)
    assert described["itemCounts"]["succeeded"] == described["itemCounts"]["total"] == 2
    listed = client.list_executions(mapRunArn=run_arn, redriveFilter="REDRIVEN")
    assert len(listed["executions"]) == 1
    told = types(client, arn)
    assert told[told.index("ExecutionRedriven") + 1] == "MapRunRedriven"
    assert told[-4:] == [
        "MapRunSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
        "ExecutionSucceeded",
    ]


def test_the_same_client_token_is_the_same_redrive(client, run, until_ended):
    failed = run(a_machine(a_function("fail")), {})
    given = {"executionArn": failed["executionArn"], "clientToken": "once"}

    first = client.redrive_execution(**given)
    until_ended(failed["executionArn"])
    again = client.redrive_execution(**given)

    assert first["redriveDate"] == again["redriveDate"]
    machine = failed["stateMachineArn"]
    listed = client.list_executions(stateMachineArn=machine, redriveFilter="REDRIVEN")
    assert [each["redriveCount"] for each in listed["executions"]] == [1]
