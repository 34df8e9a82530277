"""Runs of distributed Maps, and their children, for Step Functions' clients."""

import json
from collections import Counter

import pytest

from chalicelib.api.stepfunctions.counting import counts
from chalicelib.api.stepfunctions.face import following
from chalicelib.api.stepfunctions.runs import Child, Run
from chalicelib.engine.runs import RunName
from chalicelib.engine.state import Status
from chalicelib.model.workflow import Map, Scope
from tests.unit.api.step_functions_stage import FUNCTION, States, a_machine, refused

BASE = "arn:aws:states:eu-west-1:123456789012"
ARN = f"{BASE}:execution:order:one"
RUN = f"{BASE}:mapRun:order/Only:one.r.1.1"
WORKS = {"Type": "Task", "Resource": f"{FUNCTION}:work", "End": True}
S3 = "arn:aws:states:::s3"


def work(event):
    if event == "bad":
        raise ValueError(event)
    return event


@pytest.fixture
def states():
    with States({"work": work}) as made:
        yield made


def a_run(state=WORKS, **facts):
    each = {"StartAt": "Each", "States": {"Each": state}}
    each["ProcessorConfig"] = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    return a_machine({"Type": "Map", "ItemProcessor": each, **facts})


def described(states, arn=RUN):
    return states("DescribeMapRun", mapRunArn=arn)


def told(counts):
    """Return what is not zero of counts."""
    return {name: each for name, each in counts.items() if each}


#: Seconds that a child sleeps, while others come and go.
LONG = 500


def sleeping():
    """Return a child that ends by itself, after as many seconds as its item says."""
    return {"Type": "Wait", "SecondsPath": "$", "End": True}


def begin(states, items, **facts):
    """Start a run whose children take their time; let begin what can."""
    machine = states.make(a_run(sleeping(), **facts))
    states(
        "StartExecution", stateMachineArn=machine, name="one", input=json.dumps(items)
    )
    later(states, 30)


def later(states, seconds):
    """Let everything happen that does so within some time."""
    until = states.stage.loop.now + seconds
    while (at := states.stage.loop.next_at) is not None and at <= until:
        states.stage.loop.step()
    states.stage.loop.pause(until - states.stage.loop.now)


# -- what became of a run


def test_a_run_that_succeeded(states):
    states.run(states.make(a_run()), ["a", "b", "c"], name="one")

    found = described(states)

    counts = {"succeeded": 3, "total": 3}
    assert told(found.pop("itemCounts")) == counts
    assert told(found.pop("executionCounts")) == counts
    assert found.pop("startDate") <= found.pop("stopDate")
    assert found == {
        "mapRunArn": RUN,
        "executionArn": ARN,
        "status": "SUCCEEDED",
        "maxConcurrency": 0,
        "toleratedFailureCount": 0,
        "toleratedFailurePercentage": 0,
        "redriveCount": 0,
    }


def test_history_and_list_name_the_same_run(states):
    states.run(states.make(a_run()), ["a"], name="one")

    (listed,) = states("ListMapRuns", executionArn=ARN)["mapRuns"]
    events = states("GetExecutionHistory", executionArn=ARN)["events"]
    (started,) = [each for each in events if each["type"] == "MapRunStarted"]

    assert started["mapRunStartedEventDetails"] == {"mapRunArn": RUN}
    assert listed["mapRunArn"] == RUN
    assert listed["executionArn"] == ARN
    assert listed["stateMachineArn"] == f"{BASE}:stateMachine:order"


def test_results_are_written_under_the_name_of_the_run(states):
    writer = {"Resource": f"{S3}:putObject", "Parameters": {"Bucket": "out"}}
    reader = {
        "Resource": f"{S3}:getObject",
        "Parameters": {"Bucket": "in", "Key": "k"},
        "ReaderConfig": {"InputType": "JSON"},
    }
    states.stage.objects.objects["in", "k"] = b'["a", "b"]'
    machine = states.make(a_run(ItemReader=reader, ResultWriter=writer))
    arn = states.run(machine, {}, name="one")

    (listed,) = states("ListMapRuns", executionArn=arn)["mapRuns"]
    found = described(states, listed["mapRunArn"])
    output = json.loads(states("DescribeExecution", executionArn=arn)["output"])

    suffix = listed["mapRunArn"].partition(":mapRun:")[2]
    assert output["MapRunArn"].partition(":mapRun:")[2] == suffix
    assert told(found["itemCounts"]) == {
        "succeeded": 2,
        "total": 2,
        "resultsWritten": 2,
    }
    assert found["status"] == "SUCCEEDED"


def test_items_in_batches_are_counted_one_by_one(states):
    batch = {"MaxItemsPerBatch": 2}
    state = {**WORKS, "InputPath": "$.Items"}
    states.run(
        states.make(a_run(state, ItemBatcher=batch)), ["a", "b", "c"], name="one"
    )

    found = described(states)
    rows = states("ListExecutions", mapRunArn=RUN)["executions"]

    assert told(found["itemCounts"]) == {"succeeded": 3, "total": 3}
    assert told(found["executionCounts"]) == {"succeeded": 2, "total": 2}
    assert [each["itemCount"] for each in rows] == [1, 2]


def test_failures_that_are_tolerated_are_counted(states):
    machine = states.make(a_run(ToleratedFailurePercentage=50))
    states.run(machine, ["a", "bad", "b"], name="one")

    found = described(states)

    assert found["toleratedFailurePercentage"] == 50
    assert told(found["executionCounts"]) == {
        "succeeded": 2,
        "failed": 1,
        "total": 3,
        "failuresNotRedrivable": 1,
    }
    assert found["status"] == "SUCCEEDED"


def test_a_run_that_failed_leaves_none_pending(states):
    machine = states.make(a_run(MaxConcurrency=1))
    states.run(machine, ["a", "bad", "b", "c"], name="one")

    found = described(states)

    assert found["status"] == "FAILED"
    assert told(found["itemCounts"]) == {
        "succeeded": 1,
        "failed": 1,
        "aborted": 2,
        "total": 4,
    }


def test_a_run_that_goes_on_has_children_that_have_not_begun(states):
    begin(states, [1, LONG, LONG, LONG], MaxConcurrency=2)

    found = described(states)

    assert (found["status"], found["maxConcurrency"]) == ("RUNNING", 2)
    assert "stopDate" not in found
    counts = {"succeeded": 1, "running": 2, "pending": 1, "total": 4}
    assert told(found["executionCounts"]) == counts


def test_a_run_whose_execution_was_stopped_is_aborted(states):
    begin(states, [LONG, LONG])
    states("StopExecution", executionArn=ARN)
    later(states, 30)

    found = described(states)

    assert found["status"] == "ABORTED"
    assert told(found["itemCounts"]) == {"aborted": 2, "total": 2}


def test_each_attempt_of_a_map_is_a_run_of_its_own(states):
    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]
    states.run(states.make(a_run(Retry=retry)), ["bad"], name="one")

    found = states("ListMapRuns", executionArn=ARN)["mapRuns"]

    names = [each["mapRunArn"].rpartition(":")[2] for each in found]
    assert names == ["one.r.1.2", "one.r.1.1"]
    first = states("ListMapRuns", executionArn=ARN, maxResults=1)
    rest = states("ListMapRuns", executionArn=ARN, nextToken=first["nextToken"])
    assert first["mapRuns"] + rest["mapRuns"] == found


def test_iterations_that_wait_for_nothing_are_executions_too(states):
    states.run(states.make(a_run({"Type": "Pass", "End": True})), [1, 2], name="one")

    assert told(described(states)["itemCounts"]) == {"succeeded": 2, "total": 2}
    rows = states("ListExecutions", mapRunArn=RUN)["executions"]
    assert [each["status"] for each in rows] == ["SUCCEEDED"] * 2


def test_a_map_without_items_is_a_run(states):
    states.run(states.make(a_run()), [], name="one")

    assert described(states)["status"] == "SUCCEEDED"
    assert told(described(states)["itemCounts"]) == {}


# -- children


def test_children_are_listed_by_page_and_by_status(states):
    machine = states.make(a_run(ToleratedFailureCount=2))
    states.run(machine, ["a", "bad", "b", "bad"], name="one")

    first = states("ListExecutions", mapRunArn=RUN, maxResults=3)
    rest = states("ListExecutions", mapRunArn=RUN, nextToken=first["nextToken"])
    failed = states("ListExecutions", mapRunArn=RUN, statusFilter="FAILED")

    rows = first["executions"] + rest["executions"]
    assert len({each["name"] for each in rows}) == 4
    assert "nextToken" not in rest
    assert Counter(each["status"] for each in rows) == {"SUCCEEDED": 2, "FAILED": 2}
    assert len(failed["executions"]) == 2
    assert {each["mapRunArn"] for each in rows} == {RUN}
    assert {each["stateMachineArn"] for each in rows} == {
        f"{BASE}:stateMachine:order/Only"
    }
    assert states("ListExecutions", mapRunArn=RUN, redriveFilter="REDRIVEN") == {
        "executions": []
    }


def child(index):
    return f"{BASE}:execution:order/Only:one.r.1.1-{index}"


def test_a_child_is_described_by_its_arn(states):
    machine = states.make(a_run(ToleratedFailureCount=1))
    states.run(machine, ["a", "bad"], name="one")

    good = states("DescribeExecution", executionArn=child(0))
    bad = states("DescribeExecution", executionArn=child(1))

    assert good.pop("startDate") <= good.pop("stopDate")
    assert good == {
        "executionArn": child(0),
        "stateMachineArn": f"{BASE}:stateMachine:order/Only",
        "name": "one.r.1.1-0",
        "status": "SUCCEEDED",
        "mapRunArn": RUN,
        "input": '"a"',
        "inputDetails": {"included": True},
        "output": '"a"',
        "outputDetails": {"included": True},
        "redriveCount": 0,
        "redriveStatus": "NOT_REDRIVABLE",
        "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
    }
    assert (bad["status"], bad["error"]) == ("FAILED", "ValueError")
    assert bad["redriveStatus"] == "REDRIVABLE_BY_MAP_RUN"
    hidden = states(
        "DescribeExecution", executionArn=child(0), includedData="METADATA_ONLY"
    )
    assert "input" not in hidden


def test_the_history_of_a_child_is_that_of_an_execution(states):
    states.run(states.make(a_run()), ["a", "b"], name="one")

    events = states("GetExecutionHistory", executionArn=child(1))["events"]

    assert [each["type"] for each in events] == [
        "ExecutionStarted",
        "TaskStateEntered",
        "LambdaFunctionScheduled",
        "LambdaFunctionStarted",
        "LambdaFunctionSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]
    assert [each["id"] for each in events] == list(range(1, 8))
    assert events[0]["executionStartedEventDetails"]["input"] == '"b"'


def test_the_machine_of_a_child_is_the_map(states):
    states.run(states.make(a_run()), ["a"], name="one")

    found = states("DescribeStateMachineForExecution", executionArn=child(0))

    assert found["stateMachineArn"] == f"{BASE}:stateMachine:order/Only"
    assert (found["label"], found["mapRunArn"]) == ("Only", RUN)


def test_a_run_within_a_child_belongs_to_the_child(states):
    (inner,) = a_run()["States"].values()
    inside = {"StartAt": "Work", "States": {"Work": WORKS}}
    inner["ItemProcessor"] = {**inner["ItemProcessor"], **inside}
    states.run(states.make(a_run(inner)), [["a"], ["b", "c"]], name="one")

    (outer,) = states("ListMapRuns", executionArn=ARN)["mapRuns"]
    (found,) = states("ListMapRuns", executionArn=child(1))["mapRuns"]

    assert outer["mapRunArn"] == RUN
    assert found["executionArn"] == child(1)
    arn = f"{BASE}:mapRun:order/Each:one.r.1.1-1.1.1"
    assert found["mapRunArn"] == arn
    assert told(described(states, arn)["itemCounts"]) == {"succeeded": 2, "total": 2}
    grandchild = f"{BASE}:execution:order/Each:one.r.1.1-1.1.1-0"
    assert states("DescribeExecution", executionArn=grandchild)["input"] == '"b"'


def test_a_child_cannot_be_stopped_alone(states):
    begin(states, [LONG])
    refused("ValidationException", states, "StopExecution", executionArn=child(0))
    assert states("DescribeExecution", executionArn=child(0))["status"] == "RUNNING"


# -- changes


def update(states, **given):
    return states("UpdateMapRun", mapRunArn=RUN, **given)


def test_more_children_run_at_once_from_now_on(states):
    begin(states, [LONG] * 5, MaxConcurrency=1)
    assert update(states, maxConcurrency=3) == {}
    later(states, 30)

    found = described(states)

    assert found["maxConcurrency"] == 3
    assert told(found["executionCounts"]) == {"running": 3, "pending": 2, "total": 5}
    states.stage.settle("order:one")
    assert described(states)["status"] == "SUCCEEDED"


def test_without_a_limit_all_children_begin(states):
    begin(states, [LONG] * 5, MaxConcurrency=2)
    update(states, maxConcurrency=0)
    later(states, 30)
    assert told(described(states)["executionCounts"]) == {"running": 5, "total": 5}
    states.stage.settle("order:one")
    assert states.stage.head("order:one").output == [LONG] * 5


def test_fewer_children_run_at_once_from_now_on(states):
    begin(states, [LONG, LONG, LONG, *[LONG] * 4], MaxConcurrency=3)
    update(states, maxConcurrency=1)
    later(states, 30)
    assert described(states)["executionCounts"]["running"] == 3

    later(states, LONG)

    counts = told(described(states)["executionCounts"])
    assert counts == {"succeeded": 3, "running": 1, "pending": 3, "total": 7}
    states.stage.settle("order:one")
    assert states.stage.head("order:one").output == [LONG] * 7


def test_a_limit_can_go_down_and_up_again(states):
    begin(states, [LONG] * 6, MaxConcurrency=3)
    for limit in (1, 2, 1, 4):
        update(states, maxConcurrency=limit)
        later(states, 5)
    counts = told(described(states)["executionCounts"])
    assert counts == {"running": 4, "pending": 2, "total": 6}
    states.stage.settle("order:one")
    assert states.stage.head("order:one").output == [LONG] * 6


FAILS_LATER = {
    "StartAt": "Each",
    "States": {
        "Each": {"Type": "Wait", "SecondsPath": "$.wait", "Next": "Work"},
        "Work": {**WORKS, "InputPath": "$.item"},
    },
    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
}


def of(*items):
    return [{"wait": LONG, "item": item} for item in items]


def test_failures_are_tolerated_from_now_on(states):
    begin(states, of("a", "bad", "b"), ItemProcessor=FAILS_LATER, MaxConcurrency=1)
    update(states, toleratedFailureCount=1)
    states.stage.settle("order:one")

    found = described(states)

    assert (found["status"], found["toleratedFailureCount"]) == ("SUCCEEDED", 1)
    assert told(found["itemCounts"]) == {
        "succeeded": 2,
        "failed": 1,
        "total": 3,
        "failuresNotRedrivable": 1,
    }


def test_failures_are_no_longer_tolerated(states):
    facts = {"ItemProcessor": FAILS_LATER, "ToleratedFailurePercentage": 100}
    begin(states, of("a", "bad", "b"), **facts, MaxConcurrency=1)
    update(states, toleratedFailurePercentage=0)
    states.stage.settle("order:one")
    assert described(states)["status"] == "FAILED"
    assert (
        states.stage.head("order:one").error == "States.ExceedToleratedFailureThreshold"
    )


def test_a_run_that_is_over_cannot_be_changed(states):
    states.run(states.make(a_run()), ["a"], name="one")
    before = states.stage.history("order:one")
    message = refused("ValidationException", update, states, maxConcurrency=1)
    assert "not running" in message
    assert states.stage.history("order:one") == before


def test_a_change_of_nothing_is_refused(states):
    begin(states, [LONG])
    refused("ValidationException", update, states)


@pytest.mark.parametrize(
    "given",
    [
        {"maxConcurrency": -1},
        {"toleratedFailurePercentage": 101},
        {"toleratedFailureCount": -1},
    ],
)
def test_a_change_to_what_cannot_be_is_refused(states, given):
    begin(states, [LONG])
    refused("ValidationException", update, states, **given)
    assert described(states)["maxConcurrency"] == 0


# -- what is no run


@pytest.mark.parametrize("action", ["DescribeMapRun", "UpdateMapRun"])
@pytest.mark.parametrize(
    ("arn", "code"),
    [
        ("run", "InvalidArn"),
        (ARN, "InvalidArn"),
        (f"{BASE}:mapRun:order", "InvalidArn"),
        (f"{RUN}:more", "InvalidArn"),
        (f"{BASE}:mapRun:order/Only:what", "ResourceNotFound"),
        (f"{BASE}:mapRun:order/Only:none.r.1.1", "ResourceNotFound"),
        (f"{BASE}:mapRun:order/Other:one.r.1.1", "ResourceNotFound"),
        (f"{BASE}:mapRun:order/Only:one.r.7.1", "ResourceNotFound"),
    ],
)
def test_an_arn_of_no_run_is_refused(states, action, arn, code):
    states.run(states.make(a_run()), ["a"], name="one")
    refused(code, states, action, mapRunArn=arn)


@pytest.mark.parametrize("name", ["what", "one.r.1.1-7", "none.r.1.1-0", "one.r.9.1-0"])
@pytest.mark.parametrize(
    "action",
    [
        "DescribeExecution",
        "GetExecutionHistory",
        "ListMapRuns",
        "DescribeStateMachineForExecution",
    ],
)
def test_an_arn_of_no_child_is_refused(states, action, name):
    states.run(states.make(a_run()), ["a"], name="one")
    arn = f"{BASE}:execution:order/Only:{name}"
    refused("ExecutionDoesNotExist", states, action, executionArn=arn)


def test_executions_are_listed_by_one_of_two_arns(states):
    machine = states.make(a_run())
    states.run(machine, ["a"], name="one")
    given = {"mapRunArn": RUN, "stateMachineArn": machine}
    refused("ValidationException", states, "ListExecutions", **given)
    refused("ValidationException", states, "ListExecutions")
    token = following("one")["nextToken"]
    refused("InvalidToken", states, "ListExecutions", mapRunArn=RUN, nextToken=token)


def test_a_map_in_a_machine_is_no_machine(states):
    states.make(a_run())
    arn = f"{BASE}:stateMachine:order/Only"
    for action in ("StartExecution", "DescribeStateMachine", "DeleteStateMachine"):
        refused("ValidationException", states, action, stateMachineArn=arn)
    refused("InvalidArn", states, "StartExecution", stateMachineArn=f"{arn}:1")
    refused("InvalidArn", states, "StartExecution", stateMachineArn=f"{arn}/x")


def test_a_key_sees_the_runs_of_its_workflows(states):
    states.run(states.make(a_run()), ["a"], name="one")
    key = states.keys.issue(["admin"], workflows=["other*"], at=0).bearer

    def ask(action, **given):
        return states.ask(action, json.dumps(given).encode(), key=key)

    code = "AccessDeniedException"
    refused(code, ask, "DescribeMapRun", mapRunArn=RUN)
    refused(code, ask, "UpdateMapRun", mapRunArn=RUN, maxConcurrency=1)
    refused(code, ask, "DescribeExecution", executionArn=child(0))
    refused(code, ask, "ListMapRuns", executionArn=ARN)


def test_children_that_a_redrive_has_not_taken_up_wait_for_it():
    def child(number, **facts):
        scope = f"r.1.1-{number}"
        return Child(scope=scope, items=1, started_at=0.0, input=None, **facts)

    children = [
        child(0, status=Status.SUCCEEDED),
        child(1, status=Status.FAILED, is_awaited=True),
        child(2),
    ]
    run = Run(
        name=RunName(execution="order:one", scope="r", activation=1, attempt=1),
        state="Only",
        work=Map(scope=Scope(id="0/Only", start=(), states={})),
        started_at=0.0,
        limits={},
        within=None,
        total=3,
        items=3,
        children={each.scope: each for each in children},
    )

    assert told(counts(run, of_items=True)) == {
        "succeeded": 1,
        "pendingRedrive": 1,
        "running": 1,
        "total": 3,
    }
