"""Executions, as Step Functions' clients see them."""

import json

import pytest

from tests.unit.api.step_functions_stage import (
    PASS,
    ROLE,
    States,
    a_machine,
    a_task,
    refused,
)

ARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:order"
RUN = "arn:aws:states:eu-west-1:123456789012:execution:order:one"
WAIT = a_machine({"Type": "Wait", "Seconds": 600})


def greet(event):
    return f"hello {event['name']}"


@pytest.fixture
def states():
    with States({"greet": greet}) as made:
        yield made


def test_an_execution_is_described_with_its_data(states):
    machine = states.make(a_machine(a_task()))
    begun_at = states.stage.loop.now

    arn = states.run(machine, {"name": "Ada"}, name="one")

    assert arn == RUN
    found = states("DescribeExecution", executionArn=arn)
    assert (found["input"], found["output"]) == ('{"name":"Ada"}', '"hello Ada"')
    assert found["inputDetails"] == found["outputDetails"] == {"included": True}
    assert (found["status"], found["startDate"]) == ("SUCCEEDED", begun_at)
    assert found["redriveStatus"] == "NOT_REDRIVABLE"
    bare = states("DescribeExecution", executionArn=arn, includedData="METADATA_ONLY")
    assert "input" not in bare
    assert bare["outputDetails"] == {"included": False}


def test_a_failed_execution_says_why(states):
    fails = a_machine({"Type": "Fail", "Error": "NoMoney", "Cause": "none at all"})
    fails["States"]["Only"].pop("End")
    arn = states.run(states.make(fails), name="one")
    found = states("DescribeExecution", executionArn=arn)
    assert (found["status"], found["error"], found["cause"]) == (
        "FAILED",
        "NoMoney",
        "none at all",
    )
    assert "output" not in found


def test_what_is_too_large_for_an_answer_is_left_out_and_said_so(states):
    short = a_machine({"Type": "Pass", "Result": 1})
    arn = states.run(states.make(short), "x" * 2_500_000, name="one")
    found = states("DescribeExecution", executionArn=arn)
    assert found["inputDetails"] == {"included": False}
    assert "input" not in found
    assert found["output"] == "1"


def test_an_execution_without_a_name_gets_one(states):
    machine = states.make(PASS)
    first, second = (
        states("StartExecution", stateMachineArn=machine) for _ in range(2)
    )
    assert first["executionArn"] != second["executionArn"]


def test_the_same_start_is_the_same_execution_until_it_ends(states):
    states.make(WAIT)
    given = {"stateMachineArn": ARN, "name": "one", "input": '{"a":1}'}
    first = states("StartExecution", **given)
    states.stage.loop.pause(1)
    assert states("StartExecution", **given) == first
    message = refused(
        "ExecutionAlreadyExists", states, "StartExecution", **{**given, "input": "{}"}
    )
    assert message == f"Execution Already Exists: '{RUN}'"
    states.stage.settle("order:one")
    refused("ExecutionAlreadyExists", states, "StartExecution", **given)


@pytest.mark.parametrize("name", ["a b", "a:b", "", "x" * 81])
def test_a_name_that_aws_refuses_is_refused(states, name):
    states.make(PASS)
    refused("InvalidName", states, "StartExecution", stateMachineArn=ARN, name=name)


@pytest.mark.parametrize("text", ["{", "", "nothing", '{"a": "\\ud800"}'])
def test_an_input_that_is_no_json_is_refused(states, text):
    states.make(PASS)
    given = {"stateMachineArn": ARN, "input": text}
    message = refused("InvalidExecutionInput", states, "StartExecution", **given)
    assert message.startswith("Invalid State Machine Execution Input: ")


def test_a_trace_goes_along_and_comes_back(states):
    states.make(PASS)
    root, parent = "1-5759e988-bd862e3fe1be46a994272793", "53995c3f42cd8ad8"
    header = f"Root={root};Parent={parent};Sampled=1"
    arn = states.run(ARN, name="one", traceHeader=header)
    found = states("DescribeExecution", executionArn=arn)
    assert found["traceHeader"] == header
    odd = states.run(ARN, name="two", traceHeader="Self=nothing")
    assert "traceHeader" not in states("DescribeExecution", executionArn=odd)


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        ("order", "InvalidArn"),
        (RUN, "InvalidArn"),
        (f"{ARN}:", "InvalidArn"),
        (f"{ARN}:a:b", "InvalidArn"),
        (ARN.replace("order", "nobody"), "StateMachineDoesNotExist"),
        (f"{ARN}:7", "StateMachineDoesNotExist"),
        (f"{ARN}:prod", "StateMachineDoesNotExist"),
    ],
)
def test_what_no_machine_is_called_starts_nothing(states, arn, code):
    states.make(PASS)
    message = refused(code, states, "StartExecution", stateMachineArn=arn)
    assert arn in message or "Resource type not valid" in message


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        ("one", "InvalidArn"),
        (ARN, "InvalidArn"),
        (RUN.rpartition(":")[0], "InvalidArn"),
        (f"{RUN}:", "InvalidArn"),
        (f"{RUN}:a:b", "InvalidArn"),
        (RUN, "ExecutionDoesNotExist"),
    ],
)
@pytest.mark.parametrize(
    "action",
    [
        "DescribeExecution",
        "StopExecution",
        "GetExecutionHistory",
        "DescribeStateMachineForExecution",
    ],
)
def test_what_no_execution_is_called_is_refused(states, action, arn, code):
    refused(code, states, action, executionArn=arn)


def test_arns_of_any_account_and_region_are_understood(states):
    states.make(PASS)
    states.run(ARN, name="one")
    other = RUN.replace("eu-west-1", "cn-north-1").replace("123456789012", "1")
    other = other.replace("arn:aws:", "arn:aws-cn:")
    assert states("DescribeExecution", executionArn=other)["executionArn"] == RUN


def test_a_stopped_execution_stays_as_it_was_stopped(states):
    states.make(WAIT)
    states("StartExecution", stateMachineArn=ARN, name="one")
    states.stage.loop.pause(5)

    said = {"error": "Enough", "cause": "x" * 40_000}
    first = states("StopExecution", executionArn=RUN, **said)
    states.stage.loop.pause(5)
    second = states("StopExecution", executionArn=RUN)

    assert first == second == {"stopDate": states.stage.loop.now - 5}
    found = states("DescribeExecution", executionArn=RUN)
    assert (found["status"], found["error"]) == ("ABORTED", "Enough")
    assert len(found["cause"]) == 32_768


# -- lists


def test_executions_are_listed_newest_first_by_page(states):
    states.make(PASS)
    for number in range(5):
        states.stage.loop.pause(1)
        states.run(ARN, name=f"run-{number}")
    rows, given = [], {"stateMachineArn": ARN, "maxResults": 2}
    while True:
        page = states("ListExecutions", **given)
        rows += page["executions"]
        if "nextToken" not in page:
            break
        given["nextToken"] = page["nextToken"]
    assert [row["name"] for row in rows] == [f"run-{n}" for n in (4, 3, 2, 1, 0)]
    assert rows[0]["stateMachineArn"] == ARN


@pytest.mark.parametrize(
    ("facts", "names"),
    [
        ({"statusFilter": "RUNNING"}, ["two"]),
        ({"statusFilter": "SUCCEEDED"}, ["one"]),
        ({"statusFilter": "PENDING_REDRIVE"}, []),
        ({"redriveFilter": "REDRIVEN"}, []),
        ({"redriveFilter": "NOT_REDRIVEN", "statusFilter": "RUNNING"}, ["two"]),
    ],
)
def test_executions_are_listed_by_what_became_of_them(states, facts, names):
    states.make(PASS)
    states.run(ARN, name="one")
    states("StartExecution", stateMachineArn=ARN, name="two")
    found = states("ListExecutions", stateMachineArn=ARN, **facts)["executions"]
    assert [row["name"] for row in found] == names


def test_executions_are_listed_by_machine_only(states):
    refused("ValidationException", states, "ListExecutions")
    refused("StateMachineDoesNotExist", states, "ListExecutions", stateMachineArn=ARN)
    refused(
        "ValidationException",
        states,
        "ListExecutions",
        stateMachineArn=ARN,
        statusFilter="ASLEEP",
    )


# -- history


def test_history_comes_in_pages_and_in_reverse(states):
    states.make(a_machine(a_task()))
    states.run(ARN, {"name": "Ada"}, name="one")
    asked = {"executionArn": RUN, "maxResults": 4}

    first = states("GetExecutionHistory", **asked)
    second = states("GetExecutionHistory", **asked, nextToken=first["nextToken"])
    turned = states("GetExecutionHistory", executionArn=RUN, reverseOrder=True)

    events = first["events"] + second["events"]
    assert [event["id"] for event in events] == list(range(1, 8))
    assert turned["events"] == events[::-1]
    assert events[0]["executionStartedEventDetails"]["roleArn"] == ROLE


def test_history_without_data_has_the_events_and_not_what_they_carry(states):
    states.make(
        a_machine(
            a_task(
                Resource="arn:aws:states:::lambda:invoke",
                Parameters={"FunctionName": "greet", "Payload": {"name": "a secret"}},
            )
        )
    )
    states.run(ARN, {"name": "a secret"}, name="one")
    found = states("GetExecutionHistory", executionArn=RUN, includeExecutionData=False)
    assert "secret" not in str(found)
    assert len(found["events"]) == 7


def test_an_execution_is_described_with_the_definition_that_it_runs(states):
    states.make(PASS)
    states.run(ARN, name="one")
    text = json.dumps(WAIT)
    states("UpdateStateMachine", stateMachineArn=ARN, definition=text)
    found = states("DescribeStateMachineForExecution", executionArn=RUN)
    assert json.loads(found["definition"]) == PASS
    assert found["stateMachineArn"] == ARN


# -- redrive


class Frail:
    """Fails until it is mended."""

    def __init__(self):
        self.is_mended = False

    def work(self, event):
        if not self.is_mended:
            raise ValueError("not mended")
        return "mended"


@pytest.fixture
def frail():
    return Frail()


@pytest.fixture
def failed(frail):
    """A stage on which ``order:one`` has failed."""
    with States({"work": frail.work}) as states:
        states.make(a_machine(a_task("work")))
        states.run(ARN, {"name": "Ada"}, name="one")
        yield states


def test_a_failed_execution_can_be_redriven_and_goes_on(failed, frail):
    found = failed("DescribeExecution", executionArn=RUN)
    assert (found["status"], found["redriveStatus"]) == ("FAILED", "REDRIVABLE")
    assert (found["redriveCount"], "redriveDate" in found) == (0, False)
    frail.is_mended = True
    failed.stage.loop.pause(60)

    said = failed("RedriveExecution", executionArn=RUN)
    runs = failed("DescribeExecution", executionArn=RUN)
    failed.stage.settle("order:one")

    assert said["redriveDate"] == runs["redriveDate"] > found["stopDate"]
    assert (runs["status"], runs["redriveCount"]) == ("RUNNING", 1)
    assert {"stopDate", "error", "cause"}.isdisjoint(runs)
    ended = failed("DescribeExecution", executionArn=RUN)
    assert (ended["status"], ended["output"]) == ("SUCCEEDED", '"mended"')
    assert (ended["startDate"], ended["input"]) == (found["startDate"], found["input"])
    assert (
        ended["redriveStatusReason"] == "Execution is SUCCEEDED and cannot be redriven"
    )


def test_its_history_goes_on_where_it_had_ended(failed, frail):
    before = failed("GetExecutionHistory", executionArn=RUN)["events"]
    frail.is_mended = True
    failed("RedriveExecution", executionArn=RUN)
    failed.stage.settle("order:one")

    events = failed("GetExecutionHistory", executionArn=RUN)["events"]

    assert events[: len(before)] == before
    again = events[len(before) :]
    assert [each["id"] for each in events] == list(range(1, len(events) + 1))
    assert [each["type"] for each in again] == [
        "ExecutionRedriven",
        "LambdaFunctionScheduled",
        "LambdaFunctionStarted",
        "LambdaFunctionSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]
    assert again[0]["executionRedrivenEventDetails"] == {"redriveCount": 1}


def test_the_same_client_token_is_the_same_redrive(failed):
    given = {"executionArn": RUN, "clientToken": "once"}
    first = failed("RedriveExecution", **given)
    failed.stage.loop.pause(5)

    assert failed("RedriveExecution", **given) == first
    refused("ExecutionNotRedrivable", failed, "RedriveExecution", executionArn=RUN)
    failed.stage.settle("order:one")
    found = failed("DescribeExecution", executionArn=RUN)
    assert (found["status"], found["redriveCount"]) == ("FAILED", 1)


def test_a_client_token_is_forgotten_after_a_quarter_of_an_hour(failed):
    given = {"executionArn": RUN, "clientToken": "once"}
    failed("RedriveExecution", **given)
    failed.stage.settle("order:one")
    failed.stage.loop.pause(901)

    failed("RedriveExecution", **given)

    assert failed("DescribeExecution", executionArn=RUN)["redriveCount"] == 2


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        (15, "Execution redrivable period exceeded"),
        (366, "Execution has exceeded the max execution time"),
    ],
)
def test_an_old_execution_is_not_redriven(failed, days, reason):
    failed.stage.loop.pause(days * 86_400)

    said = refused(
        "ExecutionNotRedrivable", failed, "RedriveExecution", executionArn=RUN
    )

    assert said == reason
    found = failed("DescribeExecution", executionArn=RUN)
    assert found["redriveStatus"] == "NOT_REDRIVABLE"
    assert found["redriveStatusReason"] == reason


def test_only_what_ended_badly_is_redriven(states):
    states.make(WAIT)
    begun = states("StartExecution", stateMachineArn=ARN, name="one")
    given = {"executionArn": begun["executionArn"]}

    said = refused("ExecutionNotRedrivable", states, "RedriveExecution", **given)

    assert said == "Execution is RUNNING and cannot be redriven"
    refused("ExecutionDoesNotExist", states, "RedriveExecution", executionArn=RUN + "x")


def test_an_express_execution_is_not_redriven(states):
    broken = a_machine({"Type": "Fail", "Error": "E"})
    broken["States"]["Only"].pop("End")
    states.make(broken, type="EXPRESS")
    arn = states.run(ARN, name="one")

    refused("ExecutionNotRedrivable", states, "RedriveExecution", executionArn=arn)


def test_redriven_executions_are_listed_apart(failed):
    failed.run(ARN, name="two")
    failed("RedriveExecution", executionArn=RUN)

    def listed(which):
        given = {"stateMachineArn": ARN, "redriveFilter": which}
        return failed("ListExecutions", **given)["executions"]

    (one,) = listed("REDRIVEN")
    assert (one["name"], one["redriveCount"], "redriveDate" in one) == ("one", 1, True)
    assert [each["name"] for each in listed("NOT_REDRIVEN")] == ["two"]
