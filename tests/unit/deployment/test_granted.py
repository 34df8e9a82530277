"""What is granted is what is called: no call is refused, and no grant is idle.

Each row is dispatched by the stage's own dispatchers, to clients that write down what
they are asked for; the policy of the same row must allow that, and nothing besides.
"""

from fnmatch import fnmatchcase
from types import SimpleNamespace

import pytest

from chalicelib.deployment.calls import calls_of
from chalicelib.deployment.names import Names
from chalicelib.deployment.permissions import WITHOUT_RESOURCES, asking_for
from chalicelib.deployment.place import Place
from chalicelib.deployment.resources import for_settings, needed
from chalicelib.dispatchers import Dispatchers, Outside
from chalicelib.dispatchers.presence import Presence
from chalicelib.formats import compile_definition
from chalicelib.model.work import Mode
from chalicelib.ports import Call
from tests.unit.deployment.asked import AWS, QUEUE, Recorder, requests

PLACE = Place(names=Names(stage="dev"), account="123456789012", region="eu-west-1")
TOPIC = AWS.format("sns") + "news"
CONNECTION = AWS.format("events") + "connection/shop/1"
EVENT = {"Detail": "{}", "DetailType": "t", "Source": "s"}
ITEMS = {"InputType": "JSON"}
LISTED = [{"Key": "k", "Size": 3, "ETag": "e"}]
IN_S3 = {"S3Uri": "s3://b/k"}
STEP = {"Name": "s", "HadoopJarStep": {"Jar": "s3://b/k.jar"}}
EMR = {
    "createCluster": {
        "Name": "n",
        "ServiceRole": "serves",
        "JobFlowRole": "flows",
        "Instances": {"KeepJobFlowAliveWhenNoSteps": True},
    },
    "addStep": {"ClusterId": "j-1", "Step": STEP},
    "cancelStep": {"ClusterId": "j-1", "StepId": "s-1"},
    "modifyInstanceFleetByName": {
        "ClusterId": "j-1",
        "InstanceFleetName": "f",
        "InstanceFleet": {"TargetOnDemandCapacity": 1},
    },
    "modifyInstanceGroupByName": {
        "ClusterId": "j-1",
        "InstanceGroupName": "g",
        "InstanceGroup": {"InstanceCount": 1},
    },
    "setClusterTerminationProtection": {
        "ClusterId": "j-1",
        "TerminationProtected": True,
    },
    "terminateCluster": {"ClusterId": "j-1"},
}
ROLE = "arn:aws:iam::123456789012:role/works"
NODES = {"ClusterName": "c", "NodegroupName": "n"}
PODS = {"ClusterName": "c", "FargateProfileName": "p"}
EKS = {
    "createCluster": {"Name": "c", "RoleArn": ROLE, "ResourcesVpcConfig": {}},
    "deleteCluster": {"Name": "c"},
    "createNodegroup": {**NODES, "NodeRole": ROLE, "Subnets": ["s"]},
    "describeNodegroup": NODES,
    "deleteNodegroup": NODES,
    "createFargateProfile": {**PODS, "PodExecutionRoleArn": ROLE},
    "describeFargateProfile": PODS,
    "deleteFargateProfile": PODS,
}
#: resource, what the task says of its call.
ROWS = [
    ("lambda:resize", {}),
    ("lambda:resize:live", {}),
    ("sqs:jobs", {"MessageBody": "x"}),
    (f"sqs:{QUEUE}", {"MessageBody": "x"}),
    (f"sqs:{AWS.format('sqs')}jobs", {"MessageBody": "x"}),
    ("sns:publish", {"TopicArn": TOPIC, "Message": "x"}),
    ("events:putEvents", {"Entries": [EVENT, {**EVENT, "EventBusName": "own"}]}),
    ("dynamodb:getItem", {"TableName": "t", "Key": {"k": {"S": "1"}}}),
    ("dynamodb:deleteItem", {"TableName": "t", "Key": {"k": {"S": "1"}}}),
    ("aws-sdk:dynamodb:scan", {"TableName": "t"}),
    ("aws-sdk:s3:getObject", {"Bucket": "b", "Key": "k"}),
    ("aws-sdk:s3:headObject", {"Bucket": "b", "Key": "k"}),
    ("aws-sdk:s3:listObjectsV2", {"Bucket": "b"}),
    ("aws-sdk:lambda:invoke", {"FunctionName": "resize"}),
    ("aws-sdk:sqs:sendMessage", {"QueueUrl": QUEUE, "MessageBody": "x"}),
    ("aws-sdk:eventbridge:putEvents", {"Entries": [EVENT]}),
    ("aws:bedrockruntime:invokeModel", {"ModelId": "small", "Body": {}}),
    ("bedrock:invokeModel", {"ModelId": "small", "Input": IN_S3, "Output": IN_S3}),
    ("acs:fc:cn-x:1:services/shop.LATEST/functions/pay", {}),
    ("acs:fc:cn-x:1:functions/pay/LATEST", {}),
    ("acs:mns:::/queues/jobs/messages", {"MessageBody": "x"}),
    ("acs:mns:::/topics/news/messages", {"MessageBody": "x"}),
    ("acs:api:OSS:PutObject", {"bucketName": "b", "objectName": "k", "body": "x"}),
    ("acs:api:EventBridge:PutEvents", {"eventBusName": "own", "eventList": [{}]}),
    ("acs:api:DynamoDB:GetItem", {"TableName": "t", "Key": {"k": {"S": "1"}}}),
    ("aws:glue:startJobRun", {"JobName": "j"}),
    ("aws:batch:submitJob", {"JobName": "n", "JobQueue": "q", "JobDefinition": "d:1"}),
    ("aws:batch:describeJobs", {"Jobs": ["1"]}),
    *((f"elasticmapreduce:{call}", given) for call, given in EMR.items()),
    ("aws:emr:describeStep", {"ClusterId": "j-1", "StepId": "s-1"}),
    ("aws:emr:describeCluster", {"ClusterId": "j-1"}),
    *((f"aws:eks:{call}", given) for call, given in EKS.items()),
    ("aws-sdk:eks:describeCluster", {"Name": "c"}),
    ("https://shop.example/v1", {"method": "GET", "connection": CONNECTION}),
    (
        "s3:read",
        {
            "action": "getObject",
            "request": {"Bucket": "b", "Key": "k"},
            "config": ITEMS,
        },
    ),
]


ROW_OF_BATCH = {"JobName": "n", "JobQueue": "q", "JobDefinition": "d"}


def of_one_task(action, parameters, **facts):
    state = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::{action}",
        "Parameters": parameters,
        "End": True,
        **facts,
    }
    return compile_definition({"StartAt": "A", "States": {"A": state}}, name="w")


def allowed(grants):
    """Return the actions and patterns of resources, filled in for a place."""
    return [
        (action, PLACE.filled({"Fn::Sub": resource}))
        for grant in grants
        for action in grant.actions
        for resource in grant.resources
    ]


def is_allowed(request, grants):
    action, arn = request
    return any(
        action == one and fnmatchcase(arn, pattern) for one, pattern in allowed(grants)
    )


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def dispatch(recorder):
    refused = SimpleNamespace(find=lambda host, port: (_ for _ in ()).throw(OSError))
    outside = Outside(
        clients=recorder,
        policy=refused,
        clock=SimpleNamespace(now=lambda: 0.0, sleep=lambda seconds: None),
        start=None,
        stop=None,
        region="eu-west-1",
        account="123456789012",
    )
    dispatchers = Dispatchers(outside)

    def dispatching(resource, payload):
        call = Call(
            resource=resource,
            payload=payload,
            mode=Mode.REQUEST,
            idempotency_key="e/r/1/1",
            timeout=5.0,
            execution="e",
            task="T",
        )
        try:
            dispatchers.dispatch(call)
        except OSError:
            assert resource.startswith("https:")  # nothing leaves this process

    return dispatching


@pytest.mark.parametrize(("resource", "given"), ROWS, ids=lambda row: str(row)[:60])
def test_what_a_task_calls_is_granted_and_nothing_else(
    recorder, dispatch, resource, given
):
    grants = needed(resource, given)
    dispatch(resource, given)
    asked = list(requests(recorder.asked))
    assert asked
    assert [each for each in asked if not is_allowed(each, grants)] == []
    called = {action for action, _ in asked}
    assert {action for action, _ in allowed(grants)} == called


@pytest.mark.parametrize(
    ("begin", "named"),
    [
        ("glue:startJobRun", {"JobName": "j"}),
        ("codebuild:startBuild", {"ProjectName": "p"}),
        ("databrew:startJobRun", {"Name": "j"}),
        (
            "batch:submitJob",
            {"JobName": "n", "JobQueue": "q", "JobDefinition": "d"},
        ),
    ],
)
def test_a_job_may_be_begun_looked_at_and_stopped(begin, named):
    state = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::{begin}.sync",
        "Parameters": named,
        "End": True,
    }
    workflow = compile_definition({"StartAt": "A", "States": {"A": state}}, name="w")
    found = calls_of([workflow])
    job = workflow.scope.states["A"].work.job
    asked = {begin, job.look.partition(":")[2], job.stop.partition(":")[2]}
    assert found.unknown == ()
    actions = {action for action, _ in allowed(found.grants)}
    assert {each.lower() for each in actions} == {each.lower() for each in asked}


LOOKED_AT = [
    ("elasticmapreduce:addStep", EMR["addStep"], "elasticmapreduce:DescribeStep"),
    (
        "elasticmapreduce:createCluster",
        EMR["createCluster"],
        "elasticmapreduce:DescribeCluster",
    ),
    ("eks:createNodegroup", EKS["createNodegroup"], "eks:DescribeNodegroup"),
    ("eks:deleteCluster", EKS["deleteCluster"], "eks:DescribeCluster"),
]


@pytest.mark.parametrize(("begin", "named", "look"), LOOKED_AT)
def test_work_of_a_cluster_may_be_looked_at(begin, named, look):
    found = calls_of([of_one_task(f"{begin}.sync", named)])

    assert found.unknown == ()
    assert look in {action for action, _ in allowed(found.grants)}


def test_a_cluster_s_own_api_asks_nothing_of_iam():
    assert needed("eks:call", {"ClusterName": "c"}) == ()
    assert needed("eks:runJob", {}) == ()


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ({"RoleArn": ROLE}, [("sts:AssumeRole", ROLE)]),
        ({"RoleArn.$": "$.role"}, []),
    ],
)
def test_of_a_task_in_a_role_the_stage_needs_the_role_alone(role, expected):
    found = calls_of(
        [of_one_task("batch:submitJob.sync", ROW_OF_BATCH, Credentials=role)]
    )

    assert allowed(found.grants) == expected
    unknown = () if expected else ("w/A: what sts:AssumeRole is about",)
    assert found.unknown == unknown


def test_a_workflow_of_the_stage_is_started_in_no_role():
    machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:other"
    task = of_one_task(
        "states:startExecution",
        {"StateMachineArn": machine},
        Credentials={"RoleArn": ROLE},
    )

    assert calls_of([task]).grants == ()


def test_only_what_has_no_resources_is_granted_for_all():
    for resource, given in ROWS:
        for grant in needed(resource, given):
            if "*" in grant.resources:
                assert set(grant.actions) <= set(WITHOUT_RESOURCES)


def test_the_stage_may_tell_its_event_bus():
    [grant] = for_settings({"EVENT_BUS": "own"})
    bus = f"{AWS.format('events')}event-bus/own"
    assert is_allowed(("events:PutEvents", bus), [grant])
    assert for_settings({}) == ()
    assert calls_of([], {"EVENT_BUS": "own"}).grants == (grant,)


def test_a_stage_s_rules_name_what_is_granted():
    rules = {"QUEUE_RULE": "own-{name}", "FUNCTION_RULE": "{function}-of-{service}"}
    [_, send] = needed("acs:mns:::/queues/jobs/messages", {}, rules)
    assert send.resources[0].endswith(":own-jobs")
    [call] = needed("acs:fc:cn-x:1:services/shop.1/functions/pay", {}, rules)
    assert call.resources[0].endswith(":function:pay-of-shop")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"AuthType": "NO_AUTH"}, []),
        (
            {
                "AuthType": "IAM_ROLE",
                "ApiEndpoint": "a1.execute-api.eu-west-1.amazonaws.com",
                "Stage": "prod",
                "Method": "GET",
                "Path": "/bills",
            },
            [
                (
                    "execute-api:Invoke",
                    "arn:aws:execute-api:eu-west-1:123456789012:a1/prod/GET/bills",
                )
            ],
        ),
    ],
)
def test_only_an_api_that_asks_for_a_signature_is_granted(given, expected):
    assert allowed(needed("apigateway:invoke", given)) == expected


@pytest.mark.parametrize(
    "given",
    [
        {"AuthType": None},
        {"AuthType": "IAM_ROLE"},
        {"AuthType": "IAM_ROLE", "ApiEndpoint": "shop.example"},
    ],
)
def test_an_api_that_is_not_known_yet_is_told(given):
    assert needed("apigateway:invoke", given) is None


@pytest.mark.parametrize(
    ("resource", "given"),
    [
        ("acs:api:OSS:PutObject", {"objectName": "k"}),
        ("acs:api:EventBridge:PutEvents", {"eventBusName": None}),
        ("acs:api:Ecs:DescribeInstances", {}),
        ("bedrock:invokeModel", {"ModelId": "m", "Output": {"S3Uri": None}}),
        ("bedrock:invokeModel", {"Input": IN_S3}),
        ("aws:batch:submitJob", {"JobQueue": "q", "JobDefinition": None}),
        ("aws:batch:cancelJob", {"JobQueue": "q", "JobDefinition": "d"}),
        ("elasticmapreduce:createCluster", {}),
        ("elasticmapreduce:createCluster", {"Name": "n", "ServiceRole": None}),
        ("elasticmapreduce:createCluster", {"Name": "n", "ServiceRole": "*"}),
        ("elasticmapreduce:addStep", {"ClusterId": None}),
        ("elasticmapreduce:listClusters", {"ClusterId": "j-1"}),
        ("aws:emr:describeStep", {}),
        ("aws:eks:createCluster", {"Name": "c"}),
        ("aws:eks:createCluster", {"Name": "c", "RoleArn": "arn:aws:iam::1:role/*"}),
        ("aws:eks:deleteCluster", {"Name": None}),
        ("aws:eks:createNodegroup", {**NODES, "NodeRole": None}),
        ("aws:eks:createNodegroup", {"ClusterName": None, "NodeRole": ROLE}),
        ("aws:eks:deleteNodegroup", {"ClusterName": "c"}),
        ("aws:eks:listClusters", {}),
        ("sts:AssumeRole", {"RoleArn": None}),
        ("sts:AssumeRole", {"RoleArn": "arn:aws:iam::123456789012:role/*"}),
    ],
)
def test_what_does_not_say_of_what_it_is_is_told(resource, given):
    assert needed(resource, given) is None


def test_who_publishes_may_ask_whether_functions_and_queues_are_there(recorder):
    presence = Presence(recorder, None, None)
    grants = list(asking_for([*needed("lambda:resize", {}), *needed("sqs:jobs", {})]))
    for resource in ("lambda:resize", "sqs:jobs", f"sqs:{QUEUE}"):
        presence.has(resource)
    for request in requests(recorder.asked):
        assert is_allowed(request, grants), request
