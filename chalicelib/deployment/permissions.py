"""What may each function of a stage do? No more than it needs, by name.

    what every stage does             the table, the queues, the values, its own logs
    what the published workflows call functions, queues, topics, buckets, APIs

Rule 1  Each function has a role of its own, and no statement is about ``*``, but for
        ``WITHOUT_RESOURCES``. (The template attaches a managed policy for these.)
Rule 2  Only what makes requests may do what workflows ask for: the step function, and
        the API's, in which express executions run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.deployment.names import Names
from chalicelib.values import Json

#: The policy with what workflows call, in the roles that have one.
CALLED = "WhatWorkflowsCall"
_X_RAY = "arn:${AWS::Partition}:iam::aws:policy/AWSXRayDaemonWriteAccess"
_READ = ("dynamodb:GetItem", "dynamodb:Query")
_WRITE = (
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Grant:
    """Actions on resources."""

    actions: tuple[str, ...]
    #: ARNs; in them ``${AWS::Region}`` and its like stand for the stage's own.
    resources: tuple[str, ...]

    def statement(self) -> dict[str, Json]:
        """Return the grant as a policy says it."""
        resources = [
            {"Fn::Sub": each} if "${" in each else each for each in self.resources
        ]
        return {
            "Effect": "Allow",
            "Action": list(self.actions),
            "Resource": resources,
        }


_TABLE = Grant(
    actions=(*_READ, *_WRITE), resources=("${Table.Arn}", "${Table.Arn}/index/*")
)
_VALUES = Grant(
    actions=("s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
    resources=("${Values.Arn}/*",),
)
#: Actions that AWS allows for all resources or for none -> why.
WITHOUT_RESOURCES: Mapping[str, str] = {
    "batch:DescribeJobs": "a job is looked for by an id that names no queue",
    "ec2:DescribeSubnets": "who looks at subnets sees all of them",
    "eks:CreateCluster": "a cluster that is being made has no ARN yet",
    "elasticmapreduce:RunJobFlow": "a cluster that is being made has no id yet",
    "xray:PutTraceSegments": "a segment belongs to no resource until X-Ray has it",
    "xray:PutTelemetryRecords": "what the tracer says of itself has no resource",
}
#: What Lambda needs of a role before it traces a function.
TRACES = Grant(
    actions=("xray:PutTraceSegments", "xray:PutTelemetryRecords"), resources=("*",)
)
_SEND = Grant(actions=("sqs:SendMessage",), resources=("${Steps.Arn}",))


def _listen(queue: str) -> Grant:
    actions = (
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ChangeMessageVisibility",
    )
    return Grant(actions=actions, resources=(f"${{{queue}.Arn}}",))


def _secrets(names: Names) -> Grant:
    place = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter"
    return Grant(actions=("ssm:GetParameter",), resources=(f"{place}{names.secrets}",))


#: Function -> (its role in Chalice's template, what it does besides).
_FUNCTIONS: dict[str, tuple[str, tuple[Grant, ...]]] = {
    "APIHandler": (
        "ApiHandlerRole",
        (
            Grant(actions=("sqs:GetQueueAttributes",), resources=("${Steps.Arn}",)),
            # The doctor looks at dead letters, and sends them back.
            _listen("DeadLetters"),
        ),
    ),
    "OnStep": ("OnStepRole", (_listen("Steps"),)),
    "OnDeadLetter": ("OnDeadLetterRole", (_listen("DeadLetters"),)),
    "OnTick": ("OnTickRole", ()),
}
#: Function -> the name of its role.
ROLES = {function: role for function, (role, _) in _FUNCTIONS.items()}
_REQUESTING = ("OnStep", "APIHandler")


def roles(
    names: Names,
    calls: Iterable[Grant],
    called: Mapping[str, str] | None = None,
    table: str = "",
) -> dict[str, Any]:
    """Return the roles of the functions, with their policies.

    ``table``: the one in use, where it is not the stack's own but a restored one.

    ``called``: what the functions are called, where CloudFormation does not name them.
    """
    wanted = tuple(calls)
    used = _restored(table) if table else _TABLE
    physical = called or {name: f"{names.stack}-{name}-*" for name in _FUNCTIONS}
    return {
        role: _role(
            [
                _logs(physical[function]),
                used,
                _VALUES,
                _SEND,
                _secrets(names),
                *extra,
                *(asking_for(wanted) if function in _REQUESTING else ()),
            ],
            wanted if function in _REQUESTING else (),
        )
        for function, (role, extra) in _FUNCTIONS.items()
    }


def asking_for(calls: Iterable[Grant]) -> list[Grant]:
    """Return what it takes to know what workflows call: whether it is there, and whom
    functions tell.
    """
    found: dict[tuple[str, ...], dict[str, None]] = {}
    for grant in calls:
        for action in grant.actions:
            if asks := _ASKS.get(action):
                found.setdefault(asks, {})[grant.resources[0]] = None
    return [
        Grant(actions=asks, resources=tuple(places)) for asks, places in found.items()
    ]


#: What is called -> the actions that ask about it.
_ASKS: Mapping[str, tuple[str, ...]] = {
    "lambda:InvokeFunction": (
        "lambda:GetFunctionConfiguration",
        "lambda:GetFunctionEventInvokeConfig",
    ),
    "sqs:SendMessage": ("sqs:GetQueueUrl", "sqs:GetQueueAttributes"),
}


def _restored(table: str) -> Grant:
    place = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table"
    arn = f"{place}/{table}"
    return Grant(actions=_TABLE.actions, resources=(arn, f"{arn}/index/*"))


def _logs(function: str) -> Grant:
    place = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group"
    group = f"{place}:/aws/lambda/{function}:*"
    return Grant(
        actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=(group,)
    )


def _role(own: Sequence[Grant], called: Sequence[Grant]) -> Json:
    policies = [_policy("WhatEveryStageDoes", own)]
    if called:
        policies.append(_policy(CALLED, called))
    return {
        "Properties": {
            "Policies": policies,
            "ManagedPolicyArns": [{"Fn::Sub": _X_RAY}],
        }
    }


def _policy(name: str, grants: Iterable[Grant]) -> Json:
    document = {
        "Version": "2012-10-17",
        "Statement": [grant.statement() for grant in grants],
    }
    return {"PolicyName": name, "PolicyDocument": document}
