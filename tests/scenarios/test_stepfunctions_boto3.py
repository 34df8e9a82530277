"""What boto3's Step Functions client does on a whole stage, over HTTP."""

import json
from itertools import count

import pytest
from botocore import UNSIGNED
from botocore.exceptions import ClientError

from chalicelib import bootstrap
from chalicelib.api import current
from tests.scenarios import mail
from tests.scenarios.step_functions import ROLE, a_client, a_function, a_machine

pytestmark = [pytest.mark.moto, pytest.mark.slow]

PASS = a_machine({"Type": "Pass"})
_numbers = count(1)


@pytest.fixture(scope="module")
def client(desk):
    return a_client(f"{desk.url}/states", desk.stage.key)


@pytest.fixture
def name():
    return f"machine-{next(_numbers)}"


@pytest.fixture
def make(client, name):
    """Creates a state machine of the test's own; returns its ARN."""

    def make(definition=PASS, **options):
        options = {"name": name, "roleArn": ROLE, **options}
        made = client.create_state_machine(definition=definition, **options)
        return made["stateMachineArn"]

    return make


@pytest.fixture
def ended(client, desk):
    """Starts an execution and returns it at its end."""

    def ended(machine, given=None, **options):
        begun = client.start_execution(
            stateMachineArn=machine, input=json.dumps(given or {}), **options
        )
        arn = begun["executionArn"]
        desk.agree(
            lambda: client.describe_execution(executionArn=arn)["status"] != "RUNNING"
        )
        return client.describe_execution(executionArn=arn)

    return ended


def code(caught):
    return caught.value.response["Error"]["Code"]


def test_a_state_machine_is_made_run_and_looked_at(client, make, ended, name):
    machine = make(a_machine(a_function("shout")))

    run = ended(machine, {"text": "hello"}, name="first")

    assert machine == f"arn:aws:states:us-east-1:000000000000:stateMachine:{name}"
    assert run["executionArn"].endswith(f":execution:{name}:first")
    assert run["status"] == "SUCCEEDED"
    assert json.loads(run["output"]) == {"text": "HELLO"}
    assert json.loads(run["input"]) == {"text": "hello"}
    assert run["startDate"] <= run["stopDate"]


def test_history_is_told_in_the_words_of_the_service(client, make, ended):
    run = ended(make(a_machine(a_function("shout"))), {"text": "hello"})

    events = client.get_execution_history(executionArn=run["executionArn"])["events"]

    assert [event["type"] for event in events] == [
        "ExecutionStarted",
        "TaskStateEntered",
        "LambdaFunctionScheduled",
        "LambdaFunctionStarted",
        "LambdaFunctionSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]
    assert [(event["id"], event["previousEventId"]) for event in events] == [
        (1, 0),
        (2, 0),
        (3, 2),
        (4, 3),
        (5, 4),
        (6, 5),
        (7, 6),
    ]
    scheduled = events[2]["lambdaFunctionScheduledEventDetails"]
    assert scheduled["resource"].endswith(":function:shout")
    assert json.loads(scheduled["input"]) == {"text": "hello"}
    exited = events[5]["stateExitedEventDetails"]
    assert (exited["name"], exited["output"]) == ("Only", '{"text":"HELLO"}')


def test_paginators_see_every_event_once(client, make, ended):
    each = {"StartAt": "Each", "States": {"Each": {"Type": "Pass", "End": True}}}
    items = {"Type": "Map", "ItemProcessor": each}
    run = ended(make(a_machine(items)), list(range(5)))
    pages = client.get_paginator("get_execution_history").paginate(
        executionArn=run["executionArn"], PaginationConfig={"PageSize": 4}
    )

    found = [event["id"] for page in pages for event in page["events"]]
    turned = client.get_execution_history(
        executionArn=run["executionArn"], reverseOrder=True, includeExecutionData=False
    )["events"]

    assert found == list(range(1, 27))
    assert [event["id"] for event in turned] == found[::-1]
    assert "input" not in turned[-1]["executionStartedEventDetails"]


def test_executions_are_listed_by_page_and_by_status(client, make, ended):
    machine = make()
    for number in range(3):
        ended(machine, {"n": number}, name=f"run-{number}")
    pages = client.get_paginator("list_executions").paginate(
        stateMachineArn=machine, PaginationConfig={"PageSize": 2}
    )

    names = [row["name"] for page in pages for row in page["executions"]]
    failed = client.list_executions(stateMachineArn=machine, statusFilter="FAILED")

    assert names == ["run-2", "run-1", "run-0"]
    assert failed["executions"] == []


def test_an_execution_is_stopped(client, make):
    machine = make(a_machine({"Type": "Wait", "Seconds": 600}))
    arn = client.start_execution(stateMachineArn=machine)["executionArn"]

    client.stop_execution(executionArn=arn, error="Enough", cause="of it")

    found = client.describe_execution(executionArn=arn)
    assert (found["status"], found["error"]) == ("ABORTED", "Enough")
    events = client.get_execution_history(executionArn=arn)["events"]
    assert events[-1]["type"] == "ExecutionAborted"
    assert events[-1]["executionAbortedEventDetails"]["cause"] == "of it"


def test_the_same_start_again_is_the_same_execution_while_it_runs(client, make):
    machine = make(a_machine({"Type": "Wait", "Seconds": 600}))
    facts = {"stateMachineArn": machine, "name": "one"}

    first = client.start_execution(**facts, input='{"a": 1, "b": 2}')
    again = client.start_execution(**facts, input='{"b":2,"a":1}')
    with pytest.raises(client.exceptions.ExecutionAlreadyExists):
        client.start_execution(**facts, input="{}")
    client.stop_execution(executionArn=first["executionArn"])

    assert again["executionArn"] == first["executionArn"]
    assert again["startDate"] == first["startDate"]
    with pytest.raises(client.exceptions.ExecutionAlreadyExists):
        client.start_execution(**facts, input='{"a": 1, "b": 2}')


# -- tasks that wait for their token


@pytest.fixture
def token(desk, client, make, name):
    """Starts a task that waits for its token; returns the execution and the token."""
    machine = make(
        a_machine(
            {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "Parameters": {
                    "FunctionName": "receive",
                    "Payload": {"box": name, "token.$": "$$.Task.Token"},
                },
            }
        )
    )
    arn = client.start_execution(stateMachineArn=machine)["executionArn"]
    return arn, mail.take(name)["token"]


def until_ended(client, desk, arn):
    def found():
        return client.describe_execution(executionArn=arn)

    desk.agree(lambda: found()["status"] != "RUNNING")
    return found()


def test_a_worker_reports_success_by_its_token(client, desk, token):
    arn, task_token = token
    client.send_task_heartbeat(taskToken=task_token)

    client.send_task_success(taskToken=task_token, output='{"paid": true}')

    assert until_ended(client, desk, arn)["output"] == '{"paid":true}'
    events = client.get_execution_history(executionArn=arn)["events"]
    assert [event["type"] for event in events][2:6] == [
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
    ]
    named = events[2]["taskScheduledEventDetails"]
    assert (named["resourceType"], named["resource"]) == (
        "lambda",
        "invoke.waitForTaskToken",
    )
    with pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_failure(taskToken=task_token, error="TooLate")


def test_a_worker_needs_no_key_and_may_have_any(client, desk, token):
    arn, task_token = token
    stranger = a_client(f"{desk.url}/states", "AKIAIOSFODNN7EXAMPLE.of-its-own")

    stranger.send_task_failure(taskToken=task_token, error="Refused", cause="no money")

    found = until_ended(client, desk, arn)
    assert (found["status"], found["error"], found["cause"]) == (
        "FAILED",
        "Refused",
        "no money",
    )


def test_what_is_no_output_is_refused_and_changes_nothing(client, desk, token):
    arn, task_token = token
    with pytest.raises(client.exceptions.InvalidOutput):
        client.send_task_success(taskToken=task_token, output="{not JSON")
    client.stop_execution(executionArn=arn)
    with pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_heartbeat(taskToken=task_token)


@pytest.mark.parametrize("forged", ["x", "t1.k.e30.x", "AQCEAAAAKgAAAAM="])
def test_a_forged_token_is_invalid(client, forged):
    with pytest.raises(client.exceptions.InvalidToken):
        client.send_task_success(taskToken=forged, output="{}")


# -- express


def test_a_synchronous_execution_answers_with_its_outcome(client, make, name):
    machine = make(a_machine(a_function("shout")), type="EXPRESS")

    done = client.start_sync_execution(
        stateMachineArn=machine, name="now", input='{"text": "hello"}'
    )

    assert (done["status"], done["output"]) == ("SUCCEEDED", '{"text":"HELLO"}')
    assert done["executionArn"].partition(":express:")[2].startswith(f"{name}:now:")
    assert done["billingDetails"]["billedDurationInMilliseconds"] % 100 == 0
    assert client.list_executions(stateMachineArn=machine)["executions"] == []


def test_a_synchronous_execution_that_fails_says_why(client, make):
    machine = make(a_machine(a_function("fail")), type="EXPRESS")

    done = client.start_sync_execution(stateMachineArn=machine, input='{"why": "rain"}')

    assert (done["status"], done["error"]) == ("FAILED", "ValueError")
    assert "rain" in done["cause"]
    assert "output" not in done


def test_a_standard_machine_has_no_synchronous_executions(client, make):
    with pytest.raises(client.exceptions.StateMachineTypeNotSupported):
        client.start_sync_execution(stateMachineArn=make())


def test_an_express_machine_can_be_started_without_waiting(client, make, ended):
    run = ended(make(type="EXPRESS"), {"a": 1}, name="later")

    assert ":express:" in run["executionArn"]
    assert run["output"] == '{"a":1}'


# -- who asks


def test_a_wrong_secret_is_a_wrong_signature(desk):
    with pytest.raises(ClientError) as caught:
        a_client(f"{desk.url}/states", "local.wrong").list_state_machines()
    assert code(caught) == "InvalidSignatureException"


def test_an_unknown_key_is_not_recognized(desk):
    with pytest.raises(ClientError) as caught:
        a_client(f"{desk.url}/states", "AKIANOBODY.wrong").list_state_machines()
    assert code(caught) == "UnrecognizedClientException"


def test_without_a_signature_nobody_enters(desk):
    client = a_client(f"{desk.url}/states", "a.b", signature_version=UNSIGNED)
    with pytest.raises(ClientError) as caught:
        client.list_state_machines()
    assert code(caught) == "MissingAuthenticationTokenException"


def test_a_key_of_the_table_opens_what_its_scope_says(desk, make):
    keys = current.service().keys
    issued = keys.issue(["read"], at=bootstrap.clock().now(), workflows=["machine-*"])
    client, machine = a_client(f"{desk.url}/states", issued.bearer), make()

    assert client.describe_state_machine(stateMachineArn=machine)["status"] == "ACTIVE"
    with pytest.raises(ClientError) as caught:
        client.delete_state_machine(stateMachineArn=machine)
    assert code(caught) == "AccessDeniedException"
    with pytest.raises(ClientError) as caught:
        other = machine.rpartition(":")[0] + ":billing"
        client.describe_state_machine(stateMachineArn=other)
    assert code(caught) == "AccessDeniedException"


def test_a_bearer_key_is_as_good_as_a_signature(desk):
    answer = desk.ask(
        "POST",
        "/states",
        {},
        headers={
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": "AWSStepFunctions.ListStateMachines",
        },
    )
    assert answer.status_code == 200
    assert "stateMachines" in answer.json()
