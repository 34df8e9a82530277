"""What Step Functions' clients can do with activities, and how workers get tasks."""

import json

import pytest

from chalicelib.dispatchers.activity import ActivityDispatcher
from chalicelib.journal.activities import Activities
from tests.unit.api.step_functions_stage import Refusal, States, a_machine, refused

ARN = "arn:aws:states:eu-west-1:123456789012:activity:pack"
TASK = {"Type": "Task", "Resource": ARN, "ResultPath": "$.packed"}


def with_workers(stage):
    """Return a dispatcher that lets every task wait for a worker."""
    return ActivityDispatcher(Activities(stage.plain_table, stage.loop.clock).add)


@pytest.fixture
def states():
    with States(dispatcher=with_workers) as made:
        made("CreateActivity", name="pack")
        yield made


def begin(states, name="one", **facts):
    """Start an execution, and let its task wait for a worker."""
    machine = states.make(a_machine({**TASK, **facts}))
    begun = states(
        "StartExecution", stateMachineArn=machine, name=name, input='{"n": 1}'
    )
    while "TaskSubmitted" not in str(states.stage.history(f"order:{name}")):
        assert states.stage.loop.step(), "the task was never scheduled"
    while not states.stage.plain_table.query("activity#pack"):
        assert states.stage.loop.step(), "the task does not wait"
    return begun["executionArn"]


def take(states, **facts):
    return states("GetActivityTask", activityArn=ARN, **facts)


def ended(states, arn):
    states.stage.settle("order:one")
    return states("DescribeExecution", executionArn=arn)


def told(states, arn):
    events = states("GetExecutionHistory", executionArn=arn)["events"]
    return [event for event in events if event["type"].startswith("Activity")]


# -- activities


def test_an_activity_is_made_described_listed_and_deleted(states):
    made = states("CreateActivity", name="ship")
    arn = made["activityArn"]

    assert arn == "arn:aws:states:eu-west-1:123456789012:activity:ship"
    assert states("DescribeActivity", activityArn=arn) == {
        "activityArn": arn,
        "name": "ship",
        "creationDate": made["creationDate"],
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
    }
    listed = states("ListActivities")["activities"]
    assert [each["name"] for each in listed] == ["pack", "ship"]
    for _ in range(2):
        assert states("DeleteActivity", activityArn=arn) == {}
    refused("ActivityDoesNotExist", states, "DescribeActivity", activityArn=arn)


def test_activities_are_listed_by_page(states):
    for number in range(4):
        states("CreateActivity", name=f"ship-{number}")
    first = states("ListActivities", maxResults=3)
    second = states("ListActivities", maxResults=3, nextToken=first["nextToken"])
    names = [each["name"] for each in first["activities"] + second["activities"]]
    assert names == ["pack", "ship-0", "ship-1", "ship-2", "ship-3"]
    assert "nextToken" not in second
    refused("InvalidToken", states, "ListActivities", nextToken="x")


def test_the_same_again_is_the_same_activity_with_its_tags(states):
    tags = [{"key": "a", "value": "1"}]
    first = states("CreateActivity", name="ship", tags=tags)
    again = states("CreateActivity", name="ship", tags=[{"key": "b", "value": "2"}])
    assert again == first
    arn = first["activityArn"]
    assert states("ListTagsForResource", resourceArn=arn)["tags"] == tags


def test_encryption_of_an_activity_stays_as_it_was(states):
    other = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "k"}
    given = {"name": "pack", "encryptionConfiguration": other}
    refused("ActivityAlreadyExists", states, "CreateActivity", **given)
    found = states("DescribeActivity", activityArn=ARN)
    assert found["encryptionConfiguration"] == {"type": "AWS_OWNED_KEY"}


def test_encryption_without_its_key_is_refused(states):
    given = {"encryptionConfiguration": {"type": "CUSTOMER_MANAGED_KMS_KEY"}}
    code = "InvalidEncryptionConfiguration"
    refused(code, states, "CreateActivity", name="ship", **given)
    refused(code, states.make, a_machine({"Type": "Pass"}), **given)
    assert len(states("ListActivities")["activities"]) == 1
    assert states("ListStateMachines")["stateMachines"] == []


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a" * 81, "a/b"])
def test_a_name_that_aws_does_not_take_is_refused(states, name):
    refused("InvalidName", states, "CreateActivity", name=name)


def test_tags_of_an_activity_are_added_and_removed(states):
    tags = [{"key": "b", "value": "1"}, {"key": "a", "value": "2"}]
    states("TagResource", resourceArn=ARN, tags=tags)
    states("UntagResource", resourceArn=ARN, tagKeys=["b", "none"])
    found = states("ListTagsForResource", resourceArn=ARN)["tags"]
    assert found == [{"key": "a", "value": "2"}]


def test_an_activity_that_is_not_there_has_no_tags(states):
    other = f"{ARN}-not"
    refused("ResourceNotFound", states, "ListTagsForResource", resourceArn=other)
    refused(
        "ResourceNotFound", states, "UntagResource", resourceArn=other, tagKeys=["a"]
    )
    many = [{"key": str(number), "value": ""} for number in range(51)]
    refused("TooManyTags", states, "TagResource", resourceArn=ARN, tags=many)
    refused("TooManyTags", states, "CreateActivity", name="other", tags=many)


@pytest.mark.parametrize("action", ["DescribeActivity", "DeleteActivity"])
@pytest.mark.parametrize(
    "arn",
    [
        "pack",
        ARN.replace(":activity:", ":stateMachine:"),
        ARN.removesuffix("pack"),
        f"{ARN}:more",
    ],
)
def test_an_arn_of_something_else_is_refused(states, action, arn):
    refused("InvalidArn", states, action, activityArn=arn)


def test_an_arn_that_is_nearly_one_has_no_tags(states):
    wrong = f"{ARN}:more"
    refused("InvalidArn", states, "ListTagsForResource", resourceArn=wrong)


def test_a_key_sees_the_activities_that_it_may_see(states):
    states("CreateActivity", name="ship")
    key = states.keys.issue(["admin"], workflows=["ship*"], at=0).bearer

    def ask(action, **given):
        return states.ask(action, json.dumps(given).encode(), key=key)

    listed = ask("ListActivities")["activities"]
    assert [each["name"] for each in listed] == ["ship"]
    for action in ("DescribeActivity", "DeleteActivity", "GetActivityTask"):
        refused("AccessDeniedException", ask, action, activityArn=ARN)
    refused("AccessDeniedException", ask, "CreateActivity", name="pick")


# -- workers


def test_a_worker_gets_a_task_and_reports(states):
    arn = begin(states, TimeoutSeconds=600, HeartbeatSeconds=60)
    task = take(states, workerName="anna")
    assert json.loads(task["input"]) == {"n": 1}
    states("SendTaskHeartbeat", taskToken=task["taskToken"])
    states("SendTaskSuccess", taskToken=task["taskToken"], output='"box"')

    assert json.loads(ended(states, arn)["output"]) == {"n": 1, "packed": "box"}
    scheduled, started, succeeded = told(states, arn)
    assert scheduled["activityScheduledEventDetails"] == {
        "resource": ARN,
        "input": '{"n":1}',
        "inputDetails": {"truncated": False},
        "timeoutInSeconds": 600,
        "heartbeatInSeconds": 60,
    }
    assert started["activityStartedEventDetails"] == {"workerName": "anna"}
    assert succeeded["activitySucceededEventDetails"]["output"] == '"box"'
    kinds = [each["type"] for each in (scheduled, started, succeeded)]
    assert kinds == ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"]


def test_a_worker_without_a_name_is_told_without(states):
    arn = begin(states)
    token = take(states)["taskToken"]
    states("SendTaskFailure", taskToken=token, error="Broken", cause="glass")

    assert (ended(states, arn)["status"], ended(states, arn)["error"]) == (
        "FAILED",
        "Broken",
    )
    _, started, failed = told(states, arn)
    assert started["activityStartedEventDetails"] == {}
    assert failed["activityFailedEventDetails"] == {
        "error": "Broken",
        "cause": "glass",
    }


def test_a_task_is_given_once(states):
    begin(states)
    assert "taskToken" in take(states)
    assert take(states) == {}


def test_a_task_whose_message_came_twice_is_given_once(states):
    begin(states)
    (item,) = states.stage.plain_table.query("activity#pack")
    states.stage.plain_table.put({**item, "sk": f"{item['sk']}-again"})

    assert "taskToken" in take(states)
    assert take(states) == {}
    assert states.stage.plain_table.query("activity#pack") == []


def test_a_worker_waits_for_as_long_as_a_request_may_last(states):
    began_at = states.stage.loop.now
    assert take(states) == {}
    assert 24 <= states.stage.loop.now - began_at <= 25


def test_a_worker_that_waits_gets_a_task_that_comes(states):
    machine = states.make(a_machine(TASK))
    states("StartExecution", stateMachineArn=machine, name="one")
    got = []
    states.stage.loop.want(states.stage.loop.now, lambda: got.append(take(states)))
    states.stage.loop.run(lambda: bool(got), most=1000)
    assert "taskToken" in got[0]


def test_a_task_that_was_stopped_is_passed_by(states):
    arn = begin(states)
    states("StopExecution", executionArn=arn)
    assert take(states) == {}
    assert [each["type"] for each in told(states, arn)] == ["ActivityScheduled"]
    assert states.stage.plain_table.query("activity#pack") == []


def test_a_task_that_nobody_takes_times_out_and_is_passed_by(states):
    arn = begin(states, TimeoutSeconds=5, HeartbeatSeconds=2)
    assert ended(states, arn)["error"] == "States.Timeout"
    assert take(states) == {}
    assert [each["type"] for each in told(states, arn)] == [
        "ActivityScheduled",
        "ActivityTimedOut",
    ]


def test_silence_counts_from_when_a_worker_has_the_task(states):
    arn = begin(states, TimeoutSeconds=600, HeartbeatSeconds=10)
    states.stage.loop.pause(60)
    begun_at = states.stage.loop.now
    token = take(states)["taskToken"]

    found = ended(states, arn)

    assert found["error"] == "States.HeartbeatTimeout"
    assert 10 <= found["stopDate"] - begun_at < 12
    refused("TaskTimedOut", states, "SendTaskSuccess", taskToken=token, output="1")
    assert told(states, arn)[-1]["type"] == "ActivityTimedOut"


def test_a_token_that_is_too_old_to_be_one_is_passed_by(states):
    begin(states)
    (item,) = states.stage.plain_table.query("activity#pack")
    states.stage.plain_table.put({**item, "token": "t1.k1.e30.x"})
    assert take(states) == {}


def test_a_worker_finishes_what_it_has_when_its_activity_is_deleted(states):
    arn = begin(states)
    token = take(states)["taskToken"]
    states("DeleteActivity", activityArn=ARN)

    refused("ActivityDoesNotExist", take, states)
    states("SendTaskSuccess", taskToken=token, output="1")
    assert ended(states, arn)["status"] == "SUCCEEDED"


def test_a_task_of_no_activity_fails(states):
    states("DeleteActivity", activityArn=ARN)
    arn = states.run(states.make(a_machine(TASK)), name="one")
    found = states("DescribeExecution", executionArn=arn)
    assert found["status"] == "FAILED"
    assert "CreateActivity" in found["cause"]


def test_states_after_an_activity_are_named_by_their_events(states):
    states("StartExecution", stateMachineArn=_two_states(states), name="one")
    while not states.stage.plain_table.query("activity#pack"):
        assert states.stage.loop.step()
    token = take(states)["taskToken"]
    states("SendTaskSuccess", taskToken=token, output='{"packed": 1}')

    arn = "arn:aws:states:eu-west-1:123456789012:execution:order:one"
    found = ended(states, arn)
    events = states("GetExecutionHistory", executionArn=arn)["events"]
    entered = next(
        each["id"]
        for each in events
        if each.get("stateEnteredEventDetails", {}).get("name") == "Next"
    )
    assert f"entered at the event id #{entered}" in found["cause"]


def _two_states(states):
    wrong = {"Type": "Pass", "InputPath": "$.none", "End": True}
    return states.make(a_machine({**TASK, "Next": "Next"}, Next=wrong))


def test_an_express_machine_has_no_activities(states):
    text = a_machine(TASK)
    assert _code(states, text) == "InvalidDefinition"


def _code(states, text):
    with pytest.raises(Refusal) as caught:
        states.make(text, type="EXPRESS")
    return caught.value.code
