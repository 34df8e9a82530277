"""Workers of activities, with boto3, on a whole stage, over HTTP."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from tests.scenarios.step_functions import ROLE, a_client, a_machine

pytestmark = [pytest.mark.moto, pytest.mark.slow]

_numbers = count(1)


@pytest.fixture(scope="module")
def client(desk):
    return a_client(f"{desk.url}/states", desk.stage.key)


@pytest.fixture
def activity(client):
    """An activity of the test's own; its ARN."""
    return client.create_activity(name=f"pack-{next(_numbers)}")["activityArn"]


@pytest.fixture
def start(client, activity):
    """Starts an execution whose only state is a task of the activity."""

    def start(given=None, **facts):
        state = {"Type": "Task", "Resource": activity, **facts}
        machine = client.create_state_machine(
            name=f"packing-{next(_numbers)}", definition=a_machine(state), roleArn=ROLE
        )
        begun = client.start_execution(
            stateMachineArn=machine["stateMachineArn"], input=json.dumps(given or {})
        )
        return begun["executionArn"]

    return start


@pytest.fixture
def ended(client, desk):
    def ended(arn):
        def found():
            return client.describe_execution(executionArn=arn)

        desk.agree(lambda: found()["status"] != "RUNNING")
        return found()

    return ended


def types(client, arn):
    events = client.get_execution_history(executionArn=arn)["events"]
    return [each["type"] for each in events if each["type"].startswith("Activity")]


def test_a_worker_gets_a_task_beats_and_succeeds(client, activity, start, ended):
    arn = start({"box": 7}, TimeoutSeconds=300, HeartbeatSeconds=60)

    task = client.get_activity_task(activityArn=activity, workerName="anna")
    client.send_task_heartbeat(taskToken=task["taskToken"])
    client.send_task_success(taskToken=task["taskToken"], output='{"packed": true}')

    assert json.loads(task["input"]) == {"box": 7}
    assert ended(arn)["output"] == '{"packed":true}'
    assert types(client, arn) == [
        "ActivityScheduled",
        "ActivityStarted",
        "ActivitySucceeded",
    ]


def test_a_worker_fails_and_the_next_attempt_is_a_new_task(
    client, activity, start, ended
):
    retry = [{"ErrorEquals": ["Broken"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    arn = start(Retry=retry)

    first = client.get_activity_task(activityArn=activity)["taskToken"]
    client.send_task_failure(taskToken=first, error="Broken", cause="glass")
    second = client.get_activity_task(activityArn=activity)["taskToken"]
    with pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_success(taskToken=first, output="1")
    client.send_task_success(taskToken=second, output="2")

    assert first != second
    assert ended(arn)["output"] == "2"


def test_a_silent_worker_is_given_up(client, activity, start, ended):
    arn = start(TimeoutSeconds=300, HeartbeatSeconds=1)
    token = client.get_activity_task(activityArn=activity)["taskToken"]

    assert ended(arn)["error"] == "States.HeartbeatTimeout"
    with pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_heartbeat(taskToken=token)
    assert types(client, arn)[-1] == "ActivityTimedOut"


def test_two_workers_never_get_the_same_task(client, activity, start, ended):
    arns = [start({"n": number}) for number in range(6)]

    def work(_):
        task = client.get_activity_task(activityArn=activity)
        client.send_task_success(taskToken=task["taskToken"], output=task["input"])
        return task["taskToken"]

    with ThreadPoolExecutor(3) as workers:
        tokens = list(workers.map(work, range(6)))

    assert len(set(tokens)) == 6
    outputs = [json.loads(ended(arn)["output"])["n"] for arn in arns]
    assert outputs == list(range(6))


def test_a_stopped_task_is_passed_by(client, activity, start, desk):
    stopped = start({"n": 1})
    desk.agree(lambda: "ActivityScheduled" in types(client, stopped))
    client.stop_execution(executionArn=stopped)
    start({"n": 2})

    task = client.get_activity_task(activityArn=activity)

    assert json.loads(task["input"]) == {"n": 2}


def test_a_worker_that_waits_hears_that_its_activity_is_deleted(client, activity):
    with ThreadPoolExecutor(1) as workers:
        waiting = workers.submit(client.get_activity_task, activityArn=activity)
        client.delete_activity(activityArn=activity)
        with pytest.raises(client.exceptions.ActivityDoesNotExist):
            waiting.result()


def test_a_worker_finishes_what_it_has_of_a_deleted_activity(
    client, activity, start, ended
):
    arn = start()
    token = client.get_activity_task(activityArn=activity)["taskToken"]

    client.delete_activity(activityArn=activity)
    client.send_task_success(taskToken=token, output="1")

    assert ended(arn)["status"] == "SUCCEEDED"


def test_activities_are_paged_tagged_and_described(client, activity):
    client.tag_resource(resourceArn=activity, tags=[{"key": "team", "value": "a"}])
    pages = client.get_paginator("list_activities").paginate(
        PaginationConfig={"PageSize": 1}
    )

    listed = [each["activityArn"] for page in pages for each in page["activities"]]
    found = client.describe_activity(activityArn=activity)

    assert activity in listed
    assert found["name"] == activity.rpartition(":")[2]
    tags = client.list_tags_for_resource(resourceArn=activity)["tags"]
    assert tags == [{"key": "team", "value": "a"}]


def test_what_is_no_activity_is_refused(client):
    with pytest.raises(client.exceptions.InvalidName):
        client.create_activity(name="a b")
    with pytest.raises(client.exceptions.InvalidArn):
        client.get_activity_task(activityArn="pack")
    arn = "arn:aws:states:us-east-1:000000000000:activity:nobody"
    with pytest.raises(client.exceptions.ActivityDoesNotExist):
        client.get_activity_task(activityArn=arn)
    with pytest.raises(client.exceptions.ResourceNotFound):
        client.tag_resource(resourceArn=arn, tags=[])
