"""What ``.sync`` waits for: held against the models of the services themselves."""

import re

import pytest

from chalicelib.dispatchers.aws_model import find_action, java_name
from chalicelib.dispatchers.aws_shapes import fit
from chalicelib.dispatchers.emr_rows import answer_shape, request_shape
from chalicelib.formats import compile_definition
from chalicelib.formats.asl.jobs import ACTIONS, EMR, JOBS, sdk_service
from chalicelib.testing import check


def member(shape, text):
    """The shape that a path of a row leads to."""
    for name, index in re.findall(r"(\w+)(\[(?:\d+|\*)\])?", text):
        named = {java_name(each): inner for each, inner in shape.members.items()}
        shape = named[name].member if index else named[name]
    return shape


def action(integration, name):
    return find_action(sdk_service(integration), name).operation


def shapes(integration):
    """What a call is asked with, and what it answers."""
    service, _, name = integration.partition(":")
    if service == EMR:
        return {"request": request_shape(name), "answer": answer_shape(name)}
    begun = action(integration, name)
    return {"request": begun.input_shape, "answer": begun.output_shape}


def rows():
    return [pytest.param(name, row, id=name) for name, row in JOBS.items()]


def integrations():
    return [f"{service}:{name}" for service, names in ACTIONS.items() for name in names]


@pytest.mark.parametrize("integration", integrations())
def test_every_integration_is_an_action_of_aws(integration):
    assert shapes(integration)["request"].members


@pytest.mark.parametrize(("integration", "row"), rows())
def test_every_status_is_one_that_the_service_has(integration, row):
    shape = member(action(integration, row.look).output_shape, row.status)

    # Where the model lists none, the service's pages do.
    assert {*row.succeeded, *row.failed} <= set(shape.enum or UNLISTED[integration])


UNLISTED = {"ecs:runTask": ["STOPPED"]}


@pytest.mark.parametrize(("integration", "row"), rows())
def test_looking_and_stopping_ask_for_what_the_service_takes(integration, row):
    for name, fields in ((row.look, row.of), (row.stop, row.to_stop)):
        shape = action(integration, name).input_shape if name else None
        assert not (name and fit(shape, dict(fields))[1])


@pytest.mark.parametrize(("integration", "row"), rows())
def test_every_path_leads_to_a_field_of_the_service(integration, row):
    seen = action(integration, row.look).output_shape
    begun = shapes(integration)
    written = [*row.of.values(), *row.to_stop.values()]
    asked = [each[0] if isinstance(each, list) else each for each in written]

    paths = [each.partition(".") for each in asked if "'" not in each]

    parts = [row.result] if isinstance(row.result, str) else [*row.result.values()]
    assert all(member(begun[root], path) for root, _, path in paths)
    assert all(member(seen, path) for path in (*parts, row.codes) if path)


def test_sync_is_there_for_jobs_only():
    task = {"Type": "Task", "Parameters": {}, "End": True}
    task["Resource"] = "arn:aws:states:::athena:getQueryResults.sync"

    problems = check({"StartAt": "A", "States": {"A": task}})

    assert any("has no .sync here" in str(each) for each in problems)


@pytest.mark.parametrize(
    ("fields", "resource"),
    [
        ({"Body": {}}, "aws:bedrockruntime:invokeModel"),
        ({"Input": {"S3Uri": "s3://a/b"}}, "bedrock:invokeModel"),
        ({"Body": {}, "Output": {"S3Uri.$": "$.to"}}, "bedrock:invokeModel"),
    ],
)
def test_a_place_of_s3_is_for_a_dispatcher_of_its_own(fields, resource):
    task = {"Type": "Task", "Parameters": {"ModelId": "m", **fields}, "End": True}
    task["Resource"] = "arn:aws:states:::bedrock:invokeModel"
    machine = {"StartAt": "A", "States": {"A": task}}

    assert compile_definition(machine).scope.states["A"].work.resource.value == resource
    assert check(machine) == []
