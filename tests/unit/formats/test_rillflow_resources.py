"""What may stand under a DAG's resources, and what a task may take from there."""

import pytest

from chalicelib.errors import DefinitionRefused
from chalicelib.formats import compile_definition
from chalicelib.formats.rillflow.callback import read_callback
from chalicelib.formats.rillflow.resources import Resource, resource

TOPIC = "arn:aws:sns:eu-west-1:1:orders"


def problems(task=None, **facts):
    task = {"name": "A", "category": "function", "pattern": "task_sync"} | (task or {})
    dag = {"workspace": "shop", "dagName": "order", "type": "flow", "tasks": [task]}
    with pytest.raises(DefinitionRefused) as refused:
        compile_definition(dag | facts, format="rillflow")
    return [(each.path, each.message) for each in refused.value.problems]


@pytest.mark.parametrize(
    ("name", "protocol", "found"),
    [
        (f"sns://{TOPIC}", "", Resource("sns", "sns:publish", TOPIC)),
        ("eventbridge://", "", Resource("eventbridge", "events:putEvents", "default")),
        ("shop", "eventbridge", Resource("eventbridge", "events:putEvents", "shop")),
        ("mns://jobs", "", Resource("plain", "mns:jobs")),
    ],
)
def test_protocol_says_how_the_request_is_built(name, protocol, found):
    assert resource(name, protocol) == found


@pytest.mark.parametrize("name", ["sns://orders", "ab://choice", "resourceRef://a:b"])
def test_what_cannot_be_reached_says_how_to_do_better(name):
    assert isinstance(resource(name, ""), str)


@pytest.mark.parametrize(
    ("task", "facts", "path", "message"),
    [
        (
            {"resourceName": "resource://prise"},
            {"resources": [{"name": "price", "resourceName": "https://x"}]},
            "/tasks/0/resourceName",
            "there is no resource 'prise'; did you mean 'price'?",
        ),
        (
            {"resourceName": "lost", "resourceProtocol": "resource"},
            {},
            "/tasks/0/resourceName",
            "there is no resource 'lost'; put it under the DAG's resources",
        ),
        (
            {"resourceName": "resource://price", "pattern": "flow_sync"},
            {"resources": [{"name": "price", "resourceName": "https://x"}]},
            "/tasks/0/pattern",
            "flow_sync calls a flow; name it as rillflow://business:feature",
        ),
        (
            {"resource": {"resourceName": "price"}},
            {},
            "/tasks/0/resource/resourceName",
            "resourceName 'price' has no protocol; write https://, lambda:// or so",
        ),
        ({"resource": 5}, {}, "/tasks/0/resource", "must be an object"),
        (
            {"resourceName": "https://x"},
            {"resources": [{"resourceName": "https://x"}]},
            "/resources/0",
            "a resource has a name; tasks say resource:// and that name",
        ),
        (
            {"resourceName": "https://x"},
            {"resources": [{"name": "a", "resourceName": "sqs://q"}] * 2},
            "/resources/1/name",
            "resource name duplicated: 'a'",
        ),
        (
            {"resourceName": "https://x"},
            {"resources": [{"name": "a", "resourceName": "resource://b"}]},
            "/resources/0/resourceName",
            "a resource names its resource itself, not another one",
        ),
        (
            {"resourceName": "https://x"},
            {"resources": ["a"]},
            "/resources/0",
            "must be an object",
        ),
        (
            {"resourceName": "https://x"},
            {"resources": [{"name": "a"}]},
            "/resources/0/category",
            "resourceName '' has no protocol; write https://, lambda:// or so",
        ),
        (
            {"resourceName": "https://x"},
            {"callback": {"resourceName": "lambda://x"}},
            "/callback/resourceName",
            "a callback goes to http:// or https://, not to 'lambda://x'",
        ),
        (
            {"resourceName": "https://x", "connectTimeoutInSeconds": 0},
            {},
            "/tasks/0/connectTimeoutInSeconds",
            "must be a number of seconds above 0",
        ),
        (
            {"resourceName": "rillflow://order", "pattern": "flow_sync"},
            {},
            "/tasks/0/resourceName",
            "'order' names no flow",
        ),
        (
            {"resourceName": "https://x"},
            {"callbackConfig": [1]},
            "/callbackConfig",
            "must be an object",
        ),
    ],
)
def test_definition_that_is_refused(task, facts, path, message):
    found = problems(task, **facts)
    assert any(at == path and message in said for at, said in found), found


def test_resource_that_is_wrong_is_reported_once():
    found = problems(
        {"resourceName": "resource://a"},
        resources=[{"name": "a", "resourceName": "sns://x"}],
    )
    assert [path for path, _ in found] == ["/resources/0/resourceName"]


@pytest.mark.parametrize("value", ["no", {}, {"resourceName": "ftp://x"}])
def test_callback_of_a_submission_is_checked(value):
    with pytest.raises(DefinitionRefused):
        read_callback(value)
