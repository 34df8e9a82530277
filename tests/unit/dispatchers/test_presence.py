import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from chalicelib.dispatchers.presence import Presence
from chalicelib.errors import ActivityNotFound, WorkflowNotFound


def workflow(name):
    if name != "ship":
        raise WorkflowNotFound(name)


def activity(name):
    if name != "pack":
        raise ActivityNotFound(name)


def refused(code):
    error = ClientError({"Error": {"Code": code}}, "GetFunctionConfiguration")
    return lambda **_: (_ for _ in ()).throw(error)


class Client:
    def __init__(self, answer):
        self.get_function_configuration = answer


@pytest.mark.parametrize(
    ("resource", "answer"),
    [
        ("workflow:ship", True),
        ("workflow:ship:3", True),
        ("workflow:sink", False),
        ("activity:pack", True),
        ("activity:unpack", False),
        ("https://pay.example", None),
    ],
)
def test_what_the_stage_knows_itself(resource, answer):
    assert Presence(None, workflow, activity).has(resource) is answer


@pytest.mark.parametrize(
    ("code", "answer"),
    [("ResourceNotFoundException", False), ("AccessDeniedException", None)],
)
def test_a_function_is_missing_only_where_lambda_says_so(code, answer):
    presence = Presence(lambda service: Client(refused(code)), workflow, activity)

    assert presence.has("lambda:pay") is answer


def test_a_function_that_is_there():
    client = Client(lambda FunctionName: {"FunctionName": FunctionName})

    assert Presence(lambda service: client, workflow, activity).has("lambda:pay")


def test_who_does_not_answer_tells_nothing():
    def silent(**_):
        raise EndpointConnectionError(endpoint_url="https://lambda")

    presence = Presence(lambda service: Client(silent), workflow, activity)

    assert presence.has("lambda:pay") is None


@pytest.mark.moto
def test_queues():
    with mock_aws():
        sqs = boto3.client("sqs", region_name="us-east-1")
        url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
        presence = Presence(lambda service: sqs, workflow, activity)

        assert presence.has("sqs:jobs")
        assert presence.has(f"sqs:{url}")
        assert presence.has("sqs:arn:aws:sqs:us-east-1:123456789012:jobs")
        assert presence.has("sqs:none") is False
        assert presence.has(f"sqs:{url}-none") is False
