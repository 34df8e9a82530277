"""How a task works with clusters of EMR, whose calls have shapes of their own."""

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from chalicelib.dispatchers.aws_check import check_definition
from chalicelib.dispatchers.emr import EmrDispatcher
from chalicelib.model.error_names import Kind

CLUSTER = {
    "Name": "night",
    "ReleaseLabel": "emr-6.0.0",
    "JobFlowRole": "r",
    "ServiceRole": "s",
    "Instances": {
        "KeepJobFlowAliveWhenNoSteps": True,
        "InstanceGroups": [
            {
                "Name": name,
                "InstanceRole": role,
                "InstanceType": "m5.large",
                "InstanceCount": 1,
            }
            for name, role in (("one", "MASTER"), ("core", "CORE"))
        ],
    },
}
STEP = {
    "Name": "sort",
    "ActionOnFailure": "CONTINUE",
    "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["sort"]},
}


def no_client(service):
    raise AssertionError(f"{service} was asked")


@pytest.fixture
def emr(a_call):
    def ask(name, clients=no_client, **payload):
        call = a_call(resource=f"elasticmapreduce:{name}", payload=payload)
        return EmrDispatcher(clients).dispatch(call)

    return ask


@pytest.fixture
def clients():
    def make(service):
        return boto3.client(
            service,
            region_name="eu-west-1",
            aws_access_key_id="a",
            aws_secret_access_key="b",
        )

    with mock_aws():
        yield make


@pytest.mark.moto
def test_a_cluster_lives_from_its_making_to_its_end(emr, clients):
    known = clients("emr")

    made = emr("createCluster", clients, **CLUSTER).payload
    id = made["ClusterId"]
    protected = {"ClusterId": id, "TerminationProtected": "false"}
    emr("setClusterTerminationProtection", clients, **protected)
    step = emr("addStep", clients, ClusterId=id, Step=STEP).payload
    changed = emr(
        "modifyInstanceGroupByName",
        clients,
        ClusterId=id,
        InstanceGroupName="core",
        InstanceGroup={"InstanceCount": 3},
    )
    ended = emr("terminateCluster", clients, ClusterId=id)

    assert made.keys() == {"ClusterId", "ClusterArn"}
    assert (changed.payload, ended.payload) == ({}, {})
    described = known.describe_step(ClusterId=id, StepId=step["StepId"])
    assert described["Step"]["Name"] == "sort"
    groups = known.list_instance_groups(ClusterId=id)["InstanceGroups"]
    assert {each["Name"]: each["RequestedInstanceCount"] for each in groups}[
        "core"
    ] == 3
    state = known.describe_cluster(ClusterId=id)["Cluster"]["Status"]["State"]
    assert state == "TERMINATED"


class Fleets:
    """A client whose fleets stand on two pages, as moto's never do."""

    def __init__(self):
        self.changed = None

    def list_instance_fleets(self, ClusterId, Marker=""):
        page = [{"Id": "if-2", "Name": "core"}] if Marker else [{"Id": "if-1"}]
        return {"InstanceFleets": page} | ({} if Marker else {"Marker": "more"})

    def modify_instance_fleet(self, **given):
        self.changed = given
        return {}

    def cancel_steps(self, ClusterId, StepIds):
        each = {"StepId": StepIds[0], "Status": "SUBMITTED"}
        return {"CancelStepsInfoList": [each]}


FLEET = {"ClusterId": "j-1", "InstanceFleet": {"TargetSpotCapacity": 2}}


def test_a_fleet_is_found_by_its_name_on_whichever_page(emr):
    client = Fleets()

    emr(
        "modifyInstanceFleetByName", lambda _: client, InstanceFleetName="core", **FLEET
    )

    fleet = {"InstanceFleetId": "if-2", "TargetSpotCapacity": 2}
    assert client.changed == {"ClusterId": "j-1", "InstanceFleet": fleet}


def test_a_fleet_of_another_name_is_not_there(emr):
    client = Fleets()
    found = {"InstanceFleetName": "spare", **FLEET}

    failure = emr("modifyInstanceFleetByName", lambda _: client, **found)

    assert failure.kind is Kind.NOT_FOUND
    assert failure.error == "ElasticMapReduce.AmazonElasticMapReduceException"
    assert failure.cause == "the cluster j-1 has no InstanceFleet 'spare'"


def test_where_fleets_cannot_be_listed_nothing_is_changed(emr):
    def clients(service):
        raise EndpointConnectionError(endpoint_url=service)

    found = {"InstanceFleetName": "core", **FLEET}

    failure = emr("modifyInstanceFleetByName", clients, **found)

    assert failure.error == "ElasticMapReduce.SdkClientException"


def test_pages_of_fleets_that_never_end_are_not_read_for_ever(emr):
    class Endless(Fleets):
        def list_instance_fleets(self, ClusterId, Marker=""):
            return {"InstanceFleets": [], "Marker": "more"}

    found = {"InstanceFleetName": "core", **FLEET}

    failure = emr("modifyInstanceFleetByName", lambda _: Endless(), **found)

    assert failure.kind is Kind.NOT_FOUND


def test_the_cancelling_of_one_step_is_told_of_one_step(emr):
    client = Fleets()

    told = emr("cancelStep", lambda _: client, ClusterId="j-1", StepId="s-1")

    each = {"StepId": "s-1", "Status": "SUBMITTED"}
    assert told.payload == {"CancelStepsInfo": each}


@pytest.mark.parametrize(
    ("name", "payload", "says"),
    [
        ("addSteps", {}, "did you mean 'addStep'?"),
        ("addStep", {"ClusterId": "j", "Steps": []}, "field 'Steps' is not supported"),
        ("createCluster", {**CLUSTER, "Steps": []}, "field 'Steps' is not supported"),
        ("createCluster", {"Name": "n", "Instances": {}}, "must be true"),
        ("cancelStep", {"ClusterId": "j"}, "The field 'StepId' is required"),
    ],
)
def test_what_is_no_request_fails_the_task_before_anybody_is_asked(
    emr, name, payload, says
):
    failure = emr(name, **payload)

    assert failure.kind is Kind.RUNTIME
    assert says in failure.cause


def test_a_cluster_is_not_stopped_with_its_task(a_call):
    assert EmrDispatcher(no_client).cancel(a_call()) is False


@pytest.mark.parametrize(
    ("name", "parameters", "says"),
    [
        ("addStep", {"ClusterId": "j", "Stepp": {}}, "did you mean 'Step'?"),
        ("addStep", {"ClusterId": "j", "Step": {"Name": "n"}}, "'HadoopJarStep' is"),
        ("terminateCluster", {"JobFlowIds": ["j"]}, "unknown field 'JobFlowIds'"),
        (
            "modifyInstanceGroupByName",
            {
                "ClusterId": "j",
                "InstanceGroupName": "n",
                "InstanceGroup": {"InstanceGroupId": "i"},
            },
            "unknown field 'InstanceGroupId'",
        ),
        ("modifyInstanceFleetByName", {"ClusterId": "j"}, "'InstanceFleetName' is"),
    ],
)
def test_a_request_is_held_against_the_shapes_when_it_is_published(
    name, parameters, says
):
    task = {"Type": "Task", "Parameters": parameters, "End": True}
    task["Resource"] = f"arn:aws:states:::elasticmapreduce:{name}"

    problems = check_definition({"StartAt": "A", "States": {"A": task}})

    assert any(says in each.message for each in problems), problems
