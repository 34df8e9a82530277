"""Which grants does a call of a resource need? One reader for each prefix.

A reader gets what stands behind the prefix, and what the task says about its call as
far as that is written down: a field that is worked out while the workflow runs is
missing. It returns None where it cannot know what is called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from chalicelib.deployment.permissions import Grant
from chalicelib.values import Json

#: Fields of a call -> values; what is not known yet is missing, or None.
Given = Mapping[str, Json]
Grants = tuple[Grant, ...]
Reader = Callable[[str, Given], Grants | None]

_HERE = "${AWS::Region}:${AWS::AccountId}"
_ARN = "arn:${AWS::Partition}"
#: A function's ARN, without the version or alias behind it.
_FUNCTION = re.compile(r"arn:[^:]*:lambda:[^:]*:[^:]*:function:[^:]+")
#: S3's actions that are granted under another name; those on a bucket as a whole.
_OBJECT = {"headObject": "GetObject", "getObjectAttributes": "GetObject"}
_BUCKET = {"listObjectsV2": "ListBucket", "listObjects": "ListBucket"}
#: The commonest of the rest, which are granted under their own name.
_OWN_NAME = frozenset({"getObject", "putObject", "deleteObject"})


def needed(resource: str, given: Given) -> Grants | None:
    """Return what a call of ``resource`` needs; None when it does not say."""
    for prefix, read in _READERS.items():
        if resource.startswith(prefix):
            return read(resource.removeprefix(prefix), given)
    return None


def _arn(service: str, name: str) -> str:
    """Return the ARN of something in the stage's own account and region."""
    return name if name.startswith("arn:") else f"{_ARN}:{service}:{_HERE}:{name}"


def _one(action: str, *resources: str) -> Grants:
    return (Grant(actions=(action,), resources=resources),)


def _function(name: str, _: Given) -> Grants:
    found = _FUNCTION.match(name)
    base = found[0] if found else _arn("lambda", f"function:{name.partition(':')[0]}")
    return _one("lambda:InvokeFunction", base, f"{base}:*")


def _bound_function(arn: str, given: Given) -> Grants:
    """``acs:fc:`` ARNs bind to Lambda functions: ``service-function``."""
    parts = arn.rpartition(":")[2].split("/")
    named = dict(zip(parts[::2], parts[1::2], strict=False))
    service = named.get("services", "").partition(".")[0]
    function = named.get("functions", "")
    return _function(f"{service}-{function}" if service else function, given)


def _queue(name: str, _: Given) -> Grants:
    return _one("sqs:SendMessage", _arn("sqs", name.rpartition("/")[2]))


def _mns(place: str, given: Given) -> Grants | None:
    """MNS's queues and topics are SQS's and SNS's: ``:::/queues/jobs/messages``."""
    kind, _, rest = place.partition("/")[2].partition("/")
    name = rest.partition("/")[0]
    if kind == "queues":
        return _queue(name, given)
    return _one("sns:Publish", _arn("sns", name)) if kind == "topics" else None


def _topic(action: str, given: Given) -> Grants | None:
    topic = given.get("TopicArn")
    known = action == "publish" and isinstance(topic, str)
    return _one("sns:Publish", str(topic)) if known else None


def _buses(action: str, given: Given) -> Grants | None:
    entries = given.get("Entries")
    if action != "putEvents" or not isinstance(entries, list):
        return None
    if not all(isinstance(each, dict) for each in entries):
        return None
    names = {each.get("EventBusName", "default") for each in entries}
    if not all(isinstance(name, str) for name in names):
        return None
    arns = sorted(_arn("events", _bus(name)) for name in names)
    return _one("events:PutEvents", *arns)


def _bus(name: str) -> str:
    return name if name.startswith("arn:") else f"event-bus/{name}"


def _table(action: str, given: Given) -> Grants | None:
    table = given.get("TableName")
    if not isinstance(table, str):
        return None
    arn = _arn("dynamodb", table if table.startswith("arn:") else f"table/{table}")
    called = f"dynamodb:{_capital(action)}"
    if action == "query":
        return _one(called, arn, f"{arn}/index/*")
    return _one(called, arn)


def _object(action: str, given: Given) -> Grants | None:
    bucket, key = given.get("Bucket"), given.get("Key", "*")
    if not isinstance(bucket, str):
        return None
    arn = f"{_ARN}:s3:::{bucket}"
    if action in _BUCKET:
        return _one(f"s3:{_BUCKET[action]}", arn)
    if action not in _OBJECT and action not in _OWN_NAME:
        return None
    place = key if isinstance(key, str) else "*"
    return _one(f"s3:{_OBJECT.get(action, _capital(action))}", f"{arn}/{place}")


def _items(action: str, given: Given) -> Grants | None:
    """A Map's reader and writer: ``s3:read``, ``s3:write``."""
    request = given.get("request")
    if not isinstance(request, dict):
        return None
    if action == "write":
        prefix = request.get("Prefix", "")
        under = f"{prefix}/*" if isinstance(prefix, str) and prefix else "*"
        return _object("putObject", {**request, "Key": under})
    called = given.get("action")
    if not isinstance(called, str):
        return None
    # What a list or an inventory names is read as well, wherever in the bucket it is.
    objects = _object("getObject", {**request, "Key": "*"})
    listed = _object(called, request) if called in _BUCKET else ()
    return None if objects is None or listed is None else (*listed, *objects)


def _sdk(called: str, given: Given) -> Grants | None:
    service, _, action = called.partition(":")
    read = _SERVICES.get(service)
    return None if read is None else read(action, given)


def _sdk_function(action: str, given: Given) -> Grants | None:
    name = given.get("FunctionName")
    known = action == "invoke" and isinstance(name, str)
    return _function(str(name), given) if known else None


def _sdk_queue(action: str, given: Given) -> Grants | None:
    url = given.get("QueueUrl")
    known = action in ("sendMessage", "sendMessageBatch") and isinstance(url, str)
    return _queue(str(url), given) if known else None


def _model(action: str, given: Given) -> Grants | None:
    model = given.get("ModelId")
    if action != "invokeModel" or not isinstance(model, str):
        return None
    # A foundation model belongs to no account.
    own = f"{_ARN}:bedrock:${{AWS::Region}}::foundation-model/{model}"
    return _one("bedrock:InvokeModel", model if model.startswith("arn:") else own)


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
    secret = _arn("secretsmanager", f"secret:events!connection/{name}/*")
    return (
        *_one("events:DescribeConnection", connection),
        *_one("secretsmanager:GetSecretValue", secret),
    )


def _capital(action: str) -> str:
    return action[:1].upper() + action[1:]


_SERVICES: Mapping[str, Reader] = {
    "bedrockruntime": _model,
    "dynamodb": _table,
    "eventbridge": _buses,
    "lambda": _sdk_function,
    "s3": _object,
    "sns": _topic,
    "sqs": _sdk_queue,
}
_READERS: Mapping[str, Reader] = {
    "lambda:": _function,
    "lambda.invoke:": _function,
    "acs:mns:": _mns,
    "acs:fc:": _bound_function,
    "sqs:": _queue,
    "sns:": _topic,
    "events:": _buses,
    "dynamodb:": _table,
    "s3:": _items,
    "aws-sdk:": _sdk,
    "aws:": _sdk,
    "http:": _address,
    "https:": _address,
    "workflow:": _nothing,
    "activity:": _nothing,
}
