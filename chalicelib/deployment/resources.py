"""Which grants does a call of a resource need? One reader for each prefix.

A reader gets what stands behind the prefix, and what the task says about its call as
far as that is written down: a field that is worked out while the workflow runs is
missing. It returns None where it cannot know what is called. ``services`` has those of
AWS's own names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from chalicelib.deployment.clusters import eks, emr
from chalicelib.deployment.services import (
    BUCKET,
    Given,
    Grants,
    Reader,
    arn,
    bus,
    buses,
    function,
    model,
    one,
    permission,
    queue,
    s3_object,
    sdk,
)

__all__ = ["ASSUME", "Given", "Grants", "called_as", "for_settings", "needed"]

#: Stands for a task whose requests are made in a role of their own.
ASSUME = "sts:AssumeRole"
_ROLE = re.compile(r"arn:[\w-]+:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)
_S3 = re.compile(r"s3://([^/]+)/(.+)")
#: API Gateway's hosts: the API's id, and its region.
_API = re.compile(r"([\w-]+)\.execute-api\.([\w-]+)\.amazonaws\.com(\.cn)?", re.ASCII)


def needed(
    resource: str, given: Given, settings: Mapping[str, str] | None = None
) -> Grants | None:
    """Return what a call of ``resource`` needs; None when it does not say.

    ``settings``: the stage's own, by name.
    """
    for prefix, read in {**_ruled(settings or {}), **_READERS}.items():
        if resource.startswith(prefix):
            return read(resource.removeprefix(prefix), given)
    return None


def for_settings(settings: Mapping[str, str]) -> Grants:
    """Return what the stage does of its own, because its settings say so."""
    name = settings.get("EVENT_BUS", "")
    return one("events:PutEvents", bus(name)) if name else ()


def called_as(resource: str) -> str:
    """Return how IAM calls what ``resource`` does, or the resource as it is.

    >>> called_as("aws-sdk:glue:getJobRun"), called_as("https://shop.example")
    ('glue:GetJobRun', 'https://shop.example')
    """
    for prefix in ("aws-sdk:", "aws:"):
        if resource.startswith(prefix):
            return permission(resource.removeprefix(prefix))
    return resource


def _ruled(settings: Mapping[str, str]) -> Mapping[str, Reader]:
    """Return the readers of names that a stage's rules translate."""
    functions = settings.get("FUNCTION_RULE") or "{service}-{function}"
    queues = settings.get("QUEUE_RULE") or "{name}"
    return {
        "acs:fc:": partial(_bound_function, functions),
        "acs:mns:": partial(_mns, queues),
    }


def _bound_function(rule: str, place: str, given: Given) -> Grants:
    """``acs:fc:`` ARNs bind to Lambda functions, by the stage's rule."""
    parts = place.rpartition(":")[2].split("/")
    named = dict(zip(parts[::2], parts[1::2], strict=False))
    service = named.get("services", "").partition(".")[0]
    name = named.get("functions", "")
    return function(
        rule.format(service=service, function=name) if service else name, given
    )


def _mns(rule: str, place: str, given: Given) -> Grants | None:
    """MNS's queues and topics are SQS's and SNS's: ``:::/queues/jobs/messages``."""
    kind, _, rest = place.partition("/")[2].partition("/")
    name = rule.format(name=rest.partition("/")[0])
    if kind == "queues":
        return queue(name, given)
    return one("sns:Publish", arn("sns", name)) if kind == "topics" else None


def _api(called: str, given: Given) -> Grants | None:
    """``acs:api:`` names an API of Alibaba Cloud with a stand-in, or one of AWS."""
    if called == "OSS:PutObject":
        named = {"Bucket": given.get("bucketName"), "Key": given.get("objectName")}
        return s3_object("putObject", named)
    if called == "EventBridge:PutEvents":
        name = given.get("eventBusName", "default")
        return one("events:PutEvents", bus(name)) if isinstance(name, str) else None
    product, _, action = called.partition(":")
    return sdk(f"{product.lower()}:{action[:1].lower()}{action[1:]}", given)


def _items(action: str, given: Given) -> Grants | None:
    """A Map's reader and writer: ``s3:read``, ``s3:write``."""
    request = given.get("request")
    if not isinstance(request, dict):
        return None
    if action == "write":
        prefix = request.get("Prefix", "")
        under = f"{prefix}/*" if isinstance(prefix, str) and prefix else "*"
        return s3_object("putObject", {**request, "Key": under})
    called = given.get("action")
    if not isinstance(called, str):
        return None
    # What a list or an inventory names is read as well, wherever in the bucket it is.
    objects = s3_object("getObject", {**request, "Key": "*"})
    listed = s3_object(called, request) if called in BUCKET else ()
    return None if objects is None or listed is None else (*listed, *objects)


def _own_api(_: str, given: Given) -> Grants | None:
    """``apigateway:invoke``: only what is signed needs a grant."""
    if given.get("AuthType", "NO_AUTH") != "IAM_ROLE":
        return () if "AuthType" not in given or given["AuthType"] else None
    host = given.get("ApiEndpoint")
    found = _API.fullmatch(host) if isinstance(host, str) else None
    if found is None:
        return None
    parts = (given.get(name, "*") for name in ("Stage", "Method", "Path"))
    where = "/".join(str(part or "*").strip("/") for part in parts)
    place = f"execute-api:{found[2]}:${{AWS::AccountId}}:{found[1]}"
    return one("execute-api:Invoke", f"arn:${{AWS::Partition}}:{place}/{where}")


def _model_of_objects(action: str, given: Given) -> Grants | None:
    """``bedrock:invokeModel`` whose input, or output, is an object of S3."""
    found = model(action, given)
    for field, called in (("Input", "getObject"), ("Output", "putObject")):
        if found is None or field not in given:
            continue
        place = given[field]
        url = place.get("S3Uri") if isinstance(place, dict) else None
        parts = _S3.fullmatch(url) if isinstance(url, str) else None
        named = {"Bucket": parts[1], "Key": parts[2]} if parts else {}
        more = s3_object(called, named)
        found = None if more is None else (*found, *more)
    return found


def _nothing(_: str, __: Given) -> Grants:
    return ()


def _address(_: str, given: Given) -> Grants | None:
    """A web service needs no grant, but the connection with its secret does."""
    if "connection" not in given:
        return ()
    connection = given["connection"]
    if not isinstance(connection, str):
        return None
    name = connection.rpartition(":")[2].split("/")[1]
    # EventBridge keeps the secret of a connection under such a name.
    secret = arn("secretsmanager", f"secret:events!connection/{name}/*")
    return (
        *one("events:DescribeConnection", connection),
        *one("secretsmanager:GetSecretValue", secret),
    )


def _assumed(_: str, given: Given) -> Grants | None:
    role = given.get("RoleArn")
    is_one = isinstance(role, str) and _ROLE.fullmatch(role)
    return one(ASSUME, str(role)) if is_one else None


_READERS: Mapping[str, Reader] = {
    "lambda:": function,
    "lambda.invoke:": function,
    "acs:api:": _api,
    "apigateway:": _own_api,
    # A cluster's own API lets in whom the cluster knows: IAM is not asked.
    "eks:": _nothing,
    "aws:eks:": eks,
    "aws-sdk:eks:": eks,
    "elasticmapreduce:": emr,
    "aws:emr:": emr,
    "aws-sdk:": sdk,
    "aws:": sdk,
    "bedrock:": _model_of_objects,
    "sqs:": queue,
    "sns:": lambda action, given: sdk(f"sns:{action}", given),
    "events:": buses,
    "dynamodb:": lambda action, given: sdk(f"dynamodb:{action}", given),
    "s3:": _items,
    ASSUME: _assumed,
    "http:": _address,
    "https:": _address,
    "workflow:": _nothing,
    "activity:": _nothing,
}
