"""Versions and aliases, as Step Functions' clients see them."""

import json

import pytest

from tests.unit.api.step_functions_stage import PASS, ROLE, States, a_machine, refused

ARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:order"
SECOND = a_machine({"Type": "Pass", "Result": 2})


@pytest.fixture
def states():
    with States() as made:
        made.make(PASS)
        yield made


def publish(states, **facts):
    found = states("PublishStateMachineVersion", stateMachineArn=ARN, **facts)
    return found["stateMachineVersionArn"]


def update(states, definition, **facts):
    text = json.dumps(definition)
    return states("UpdateStateMachine", stateMachineArn=ARN, definition=text, **facts)


def an_alias(states, *routes, name="prod", **facts):
    routing = [
        {"stateMachineVersionArn": f"{ARN}:{number}", "weight": weight}
        for number, weight in routes
    ]
    made = states(
        "CreateStateMachineAlias", name=name, routingConfiguration=routing, **facts
    )
    return made["stateMachineAliasArn"]


def two_versions(states):
    publish(states)
    update(states, SECOND)
    publish(states)


def test_versions_are_counted_and_a_revision_has_one(states):
    assert publish(states, description="the first") == f"{ARN}:1"
    assert publish(states, description="again") == f"{ARN}:1"
    update(states, SECOND)
    assert publish(states) == f"{ARN}:2"
    update(states, PASS)
    assert publish(states) == f"{ARN}:3"


def test_a_version_is_described_as_it_was(states):
    publish(states, description="the first")
    at = states.stage.loop.now
    states.stage.loop.pause(60)
    update(states, SECOND)

    found = states("DescribeStateMachine", stateMachineArn=f"{ARN}:1")

    assert json.loads(found["definition"]) == PASS
    assert found["stateMachineArn"] == f"{ARN}:1"
    assert (found["description"], found["creationDate"]) == ("the first", at)


def test_publishing_another_revision_is_a_conflict(states):
    current = states("DescribeStateMachine", stateMachineArn=ARN)["revisionId"]
    refused(
        "ConflictException",
        states,
        "PublishStateMachineVersion",
        stateMachineArn=ARN,
        revisionId="other",
    )
    assert publish(states, revisionId=current) == f"{ARN}:1"


def test_a_version_can_be_published_by_create_and_update(states):
    made = states(
        "CreateStateMachine",
        name="other",
        definition=json.dumps(PASS),
        roleArn=ROLE,
        publish=True,
        versionDescription="the first",
    )
    updated = update(states, SECOND, publish=True)
    assert made["stateMachineVersionArn"].endswith(":other:1")
    assert updated["stateMachineVersionArn"] == f"{ARN}:1"


def test_a_description_without_a_version_is_refused(states):
    given = {"stateMachineArn": ARN, "roleArn": ROLE, "versionDescription": "x"}
    refused("ValidationException", states, "UpdateStateMachine", **given)


def test_versions_are_listed_newest_first_by_page(states):
    for number in range(3):
        update(states, a_machine({"Type": "Pass", "Result": number}), publish=True)
    asked = {"stateMachineArn": ARN, "maxResults": 2}

    first = states("ListStateMachineVersions", **asked)
    second = states("ListStateMachineVersions", **asked, nextToken=first["nextToken"])

    rows = first["stateMachineVersions"] + second["stateMachineVersions"]
    arns = [row["stateMachineVersionArn"] for row in rows]
    assert arns == [f"{ARN}:3", f"{ARN}:2", f"{ARN}:1"]
    assert "nextToken" not in second


def test_a_deleted_version_is_gone_and_its_number_stays_used(states):
    two_versions(states)
    for _ in range(2):
        states("DeleteStateMachineVersion", stateMachineVersionArn=f"{ARN}:2")
    states("DeleteStateMachineVersion", stateMachineVersionArn=f"{ARN}:9")
    refused(
        "StateMachineDoesNotExist",
        states,
        "StartExecution",
        stateMachineArn=f"{ARN}:2",
    )
    assert publish(states) == f"{ARN}:3"
    refused(
        "ValidationException",
        states,
        "DeleteStateMachineVersion",
        stateMachineVersionArn=ARN,
    )


# -- aliases


def test_an_alias_leads_to_its_version(states):
    two_versions(states)
    arn = an_alias(states, (1, 100), description="what customers see")
    assert arn == f"{ARN}:prod"

    run = states.run(arn, {"n": 1}, name="one")

    found = states("DescribeExecution", executionArn=run)
    assert json.loads(found["output"]) == {"n": 1}
    assert found["stateMachineArn"] == ARN
    assert found["stateMachineVersionArn"] == f"{ARN}:1"
    assert found["stateMachineAliasArn"] == arn
    events = states("GetExecutionHistory", executionArn=run)["events"]
    started = events[0]["executionStartedEventDetails"]
    assert started["stateMachineAliasArn"] == arn
    described = states("DescribeStateMachineAlias", stateMachineAliasArn=arn)
    assert described["description"] == "what customers see"
    machine = states("DescribeStateMachine", stateMachineArn=arn)
    assert machine["stateMachineArn"] == f"{ARN}:1"


def test_executions_of_a_version_or_an_alias_are_listed_apart(states):
    two_versions(states)
    alias = an_alias(states, (1, 100))
    for machine, name in [(ARN, "a"), (f"{ARN}:1", "b"), (alias, "c")]:
        states.run(machine, name=name)

    def names(arn):
        found = states("ListExecutions", stateMachineArn=arn)["executions"]
        return sorted(row["name"] for row in found)

    assert names(ARN) == ["a", "b", "c"]
    assert names(f"{ARN}:1") == ["b", "c"]
    assert names(f"{ARN}:2") == []
    assert names(alias) == ["c"]
    first = states("ListExecutions", stateMachineArn=f"{ARN}:1", maxResults=1)
    states.stage.loop.pause(1)
    states.run(ARN, name="d")
    again = states("ListExecutions", stateMachineArn=f"{ARN}:1", maxResults=1)
    assert again["executions"] == first["executions"]


def test_the_same_alias_again_is_the_same_and_another_is_a_conflict(states):
    two_versions(states)
    assert an_alias(states, (1, 100)) == an_alias(states, (1, 100))
    refused("ConflictException", an_alias, states, (2, 100))
    refused("ConflictException", an_alias, states, (1, 100), description="x")


@pytest.mark.parametrize(
    ("routes", "code"),
    [
        ([], "ValidationException"),
        ([(1, 50)], "ValidationException"),
        ([(1, 50), (1, 50)], "ValidationException"),
        ([(1, 40), (2, 40)], "ValidationException"),
        ([(1, 120), (2, -20)], "ValidationException"),
        ([(1, 20), (2, 20), (3, 60)], "ValidationException"),
        ([("other", 100)], "ValidationException"),
        ([(9, 100)], "ResourceNotFound"),
    ],
)
def test_routes_that_lead_nowhere_are_refused(states, routes, code):
    two_versions(states)
    refused(code, an_alias, states, *routes)


def test_routes_are_of_one_machine(states):
    two_versions(states)
    states.make(PASS, name="other", publish=True)
    routing = [
        {"stateMachineVersionArn": f"{arn}:1", "weight": 50}
        for arn in (ARN, ARN.replace("order", "other"))
    ]
    given = {"name": "prod", "routingConfiguration": routing}
    refused("ValidationException", states, "CreateStateMachineAlias", **given)
    alias = an_alias(states, (1, 100))
    refused(
        "ValidationException",
        states,
        "UpdateStateMachineAlias",
        stateMachineAliasArn=alias,
        routingConfiguration=[{**routing[1], "weight": 100}],
    )


@pytest.mark.parametrize("name", ["7", "a b", "a:b", ""])
def test_an_alias_has_a_name_that_no_version_has(states, name):
    two_versions(states)
    refused("ValidationException", an_alias, states, (1, 100), name=name)


def test_an_alias_is_led_elsewhere(states):
    two_versions(states)
    alias = an_alias(states, (1, 100), description="kept")
    states.stage.loop.pause(60)
    routing = [{"stateMachineVersionArn": f"{ARN}:2", "weight": 100}]

    states(
        "UpdateStateMachineAlias",
        stateMachineAliasArn=alias,
        routingConfiguration=routing,
    )
    states("UpdateStateMachineAlias", stateMachineAliasArn=alias, description="changed")

    found = states("DescribeStateMachineAlias", stateMachineAliasArn=alias)
    assert found["routingConfiguration"] == routing
    assert found["description"] == "changed"
    assert found["updateDate"] == found["creationDate"] + 60


def test_a_version_that_an_alias_leads_to_stays(states):
    two_versions(states)
    alias = an_alias(states, (1, 100))
    given = {"stateMachineVersionArn": f"{ARN}:1"}
    refused("ConflictException", states, "DeleteStateMachineVersion", **given)
    states("DeleteStateMachineVersion", stateMachineVersionArn=f"{ARN}:2")
    states("DeleteStateMachineAlias", stateMachineAliasArn=alias)
    assert states("DeleteStateMachineVersion", **given) == {}
    refused(
        "ResourceNotFound",
        states,
        "DescribeStateMachineAlias",
        stateMachineAliasArn=alias,
    )
    refused("StateMachineDoesNotExist", states, "StartExecution", stateMachineArn=alias)


def test_aliases_are_listed_by_machine_and_by_version(states):
    two_versions(states)
    for name, number in [("b", 1), ("a", 2), ("c", 1)]:
        an_alias(states, (number, 100), name=name)

    def names(arn, **facts):
        found = states("ListStateMachineAliases", stateMachineArn=arn, **facts)
        rows = found["stateMachineAliases"]
        return [row["stateMachineAliasArn"].rpartition(":")[2] for row in rows]

    assert names(ARN) == ["a", "b", "c"]
    assert names(f"{ARN}:1", maxResults=1) == ["b"]
    refused(
        "StateMachineDoesNotExist",
        states,
        "ListStateMachineAliases",
        stateMachineArn=ARN.replace("order", "nobody"),
    )


def test_what_names_no_alias_is_refused(states):
    given = {"stateMachineAliasArn": f"{ARN}:3"}
    refused("ValidationException", states, "DescribeStateMachineAlias", **given)
