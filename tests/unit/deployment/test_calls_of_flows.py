"""What DAGs and flows call is granted, as that of state machines is."""

import pytest

from chalicelib.deployment.calls import calls_of
from chalicelib.formats import compile_definition

HERE = "${AWS::Region}:${AWS::AccountId}"
ARN = "arn:${AWS::Partition}"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:news"


def granted(found):
    assert found.unknown == ()
    return [(grant.actions, grant.resources) for grant in found.grants]


RILL = """
version: 1.0.0
workspace: shop
dagName: news
type: flow
tasks:
  - {name: tell, category: function, pattern: task_sync, resourceName: "TARGET"}
"""


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (f"sns://{TOPIC}", ("sns:Publish", TOPIC)),
        (
            "eventbridge://own",
            ("events:PutEvents", f"{ARN}:events:{HERE}:event-bus/own"),
        ),
    ],
)
def test_a_rill_flow_task_names_its_topic_or_bus(target, expected):
    text = RILL.replace("TARGET", target)
    found = calls_of([compile_definition(text, format="rillflow")])
    action, resource = expected
    assert granted(found) == [((action,), (resource,))]


FLOW = """
Type: StateMachine
Name: pay
SpecVersion: v1
StartAt: A
States:
  - Type: Task
    Name: A
    Action: FC:InvokeFunction
    TaskMode: RequestComplete
    Parameters:
      resourceArn: RESOURCE
    End: true
"""


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("acs:fc:cn-x:1:services/shop.LATEST/functions/pay", "shop-pay"),
        ("acs:fc:cn-x:1:functions/pay/LATEST", "pay"),
    ],
)
def test_a_function_of_function_compute_is_the_lambda_function_it_binds_to(arn, name):
    text = FLOW.replace("RESOURCE", arn)
    [(actions, resources)] = granted(calls_of([compile_definition(text)]))
    assert actions == ("lambda:InvokeFunction",)
    assert resources[0] == f"{ARN}:lambda:{HERE}:function:{name}"
