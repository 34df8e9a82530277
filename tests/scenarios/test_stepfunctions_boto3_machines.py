"""What boto3 does with state machines, their versions and definitions, over HTTP."""

import json

import pytest

from tests.scenarios.step_functions import ROLE, a_client, a_function, a_machine

pytestmark = [pytest.mark.moto, pytest.mark.slow]

PASS = a_machine({"Type": "Pass"})
SHOUT = a_machine(a_function("shout"))


@pytest.fixture(scope="module")
def client(desk):
    return a_client(f"{desk.url}/states", desk.stage.key)


def make(client, name, definition=PASS, **facts):
    facts = {"roleArn": ROLE, **facts}
    made = client.create_state_machine(name=name, definition=definition, **facts)
    return made["stateMachineArn"]


def test_a_machine_is_changed_listed_tagged_and_deleted(client):
    machine = make(client, "changing", tags=[{"key": "team", "value": "a"}])

    client.update_state_machine(stateMachineArn=machine, definition=SHOUT)
    client.tag_resource(resourceArn=machine, tags=[{"key": "cost", "value": "b"}])
    client.untag_resource(resourceArn=machine, tagKeys=["team"])

    found = client.describe_state_machine(stateMachineArn=machine)
    tags = client.list_tags_for_resource(resourceArn=machine)["tags"]
    assert json.loads(found["definition"]) == json.loads(SHOUT)
    assert tags == [{"key": "cost", "value": "b"}]
    pages = client.get_paginator("list_state_machines").paginate()
    assert "changing" in [
        row["name"] for page in pages for row in page["stateMachines"]
    ]
    client.delete_state_machine(stateMachineArn=machine)
    with pytest.raises(client.exceptions.StateMachineDoesNotExist):
        client.describe_state_machine(stateMachineArn=machine)


def test_a_machine_of_that_name_and_another_definition_exists(client):
    assert make(client, "taken") == make(client, "taken")
    with pytest.raises(client.exceptions.StateMachineAlreadyExists):
        make(client, "taken", SHOUT)


def test_versions_and_an_alias_share_executions(client, desk):
    machine = make(client, "shared")
    versions = []
    for definition in (PASS, SHOUT):
        client.update_state_machine(stateMachineArn=machine, definition=definition)
        published = client.publish_state_machine_version(stateMachineArn=machine)
        versions.append(published["stateMachineVersionArn"])
    routing = [{"stateMachineVersionArn": each, "weight": 50} for each in versions]
    alias = client.create_state_machine_alias(
        name="prod", routingConfiguration=routing
    )["stateMachineAliasArn"]

    chosen = set()
    for number in range(12):
        begun = client.start_execution(
            stateMachineArn=alias, name=f"run-{number}", input='{"text": "a"}'
        )
        found = client.describe_execution(executionArn=begun["executionArn"])
        assert found["stateMachineAliasArn"] == alias
        chosen.add(found["stateMachineVersionArn"])

    assert chosen == set(versions)
    listed = client.list_state_machine_versions(stateMachineArn=machine)
    arns = [each["stateMachineVersionArn"] for each in listed["stateMachineVersions"]]
    assert arns == [f"{machine}:2", f"{machine}:1"]
    described = client.describe_state_machine_alias(stateMachineAliasArn=alias)
    assert described["routingConfiguration"] == routing
    with pytest.raises(client.exceptions.ConflictException):
        client.delete_state_machine_version(stateMachineVersionArn=versions[0])
    client.delete_state_machine_alias(stateMachineAliasArn=alias)
    left = client.list_state_machine_aliases(stateMachineArn=machine)
    assert left["stateMachineAliases"] == []


def test_a_definition_is_checked_and_a_state_tried_out(client):
    wrong = client.validate_state_machine_definition(
        definition=a_machine({"Type": "Pass", "Next": "Nowhere"})
    )
    tried = client.test_state(
        definition=json.dumps({**a_function("shout"), "Next": "Then"}),
        roleArn=ROLE,
        input='{"text": "a"}',
        inspectionLevel="DEBUG",
    )
    assert wrong["result"] == "FAIL"
    assert "/States/Only/Next" in [each["location"] for each in wrong["diagnostics"]]
    assert (tried["status"], tried["output"]) == ("SUCCEEDED", '{"text":"A"}')
    assert tried["nextState"] == "Then"


def test_a_definition_with_a_problem_is_refused_with_its_place(client):
    with pytest.raises(client.exceptions.InvalidDefinition, match="/States/Only/Next"):
        make(client, "wrong", a_machine({"Type": "Pass", "Next": "Nowhere"}))


def test_a_definition_that_runs_is_found_by_its_execution(client):
    machine = make(client, "found")
    arn = client.start_execution(stateMachineArn=machine)["executionArn"]
    client.update_state_machine(stateMachineArn=machine, definition=SHOUT)
    found = client.describe_state_machine_for_execution(executionArn=arn)
    assert json.loads(found["definition"]) == json.loads(PASS)


# -- machines that start machines


def says(text):
    return a_machine({"Type": "Pass", "Result": text})


@pytest.mark.parametrize("by", ["machine", "version", "alias"])
def test_a_machine_is_started_by_an_arn_that_is_computed(client, desk, by):
    name = f"child-by-{by}"
    made = client.create_state_machine(
        name=name, definition=says("old"), roleArn=ROLE, publish=True
    )
    machine, version = made["stateMachineArn"], made["stateMachineVersionArn"]
    route = [{"stateMachineVersionArn": version, "weight": 100}]
    alias = client.create_state_machine_alias(name="live", routingConfiguration=route)
    client.update_state_machine(stateMachineArn=machine, definition=says("new"))
    arns = {
        "machine": machine,
        "version": version,
        "alias": alias["stateMachineAliasArn"],
    }
    start = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {"StateMachineArn.$": "$.arn", "Name": "kid", "Input": {}},
        "OutputPath": "$.Output",
    }
    parent = client.create_state_machine(
        name=f"parent-by-{by}", definition=a_machine(start), roleArn=ROLE
    )["stateMachineArn"]

    arn = client.start_execution(
        stateMachineArn=parent, input=json.dumps({"arn": arns[by]})
    )["executionArn"]

    def found():
        return client.describe_execution(executionArn=arn)

    desk.agree(lambda: found()["status"] != "RUNNING")
    assert found().get("output") == ('"new"' if by == "machine" else '"old"')
    (listed,) = client.list_executions(stateMachineArn=arns[by])["executions"]
    assert listed["name"] == "kid"
    child = client.describe_execution(executionArn=listed["executionArn"])
    assert child.get("stateMachineVersionArn") == (None if by == "machine" else version)
    assert child.get("stateMachineAliasArn") == (arns[by] if by == "alias" else None)


def test_two_routes_are_taken_as_often_as_their_weights_say(client):
    made = client.create_state_machine(
        name="routed", definition=says("one"), roleArn=ROLE, publish=True
    )
    machine, first = made["stateMachineArn"], made["stateMachineVersionArn"]
    second = client.update_state_machine(
        stateMachineArn=machine, definition=says("two"), publish=True
    )["stateMachineVersionArn"]
    routes = [
        {"stateMachineVersionArn": version, "weight": weight}
        for version, weight in ((first, 20), (second, 80))
    ]
    alias = client.create_state_machine_alias(name="live", routingConfiguration=routes)
    arn = alias["stateMachineAliasArn"]
    names = [f"run-{number}" for number in range(40)]

    begun = [
        client.start_execution(stateMachineArn=arn, name=name)["executionArn"]
        for name in names
    ]

    listed = {
        version: {
            row["name"]
            for row in client.list_executions(stateMachineArn=version)["executions"]
        }
        for version in (first, second)
    }
    assert listed[first] | listed[second] == set(names)
    assert not listed[first] & listed[second]
    assert 1 <= len(listed[first]) < 20
    pages = client.get_paginator("list_executions").paginate(
        stateMachineArn=arn, PaginationConfig={"PageSize": 7}
    )
    assert [row["name"] for page in pages for row in page["executions"]] == names[::-1]
    ran = client.describe_state_machine_for_execution(executionArn=begun[0])
    is_first = names[0] in listed[first]
    assert ran["definition"] == says("one" if is_first else "two")
    elsewhere = arn.replace("us-east-1", "eu-north-1")
    rows = client.list_executions(stateMachineArn=elsewhere)["executions"]
    assert len(rows) == 40
