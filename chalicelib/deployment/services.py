"""Which grants does an action of AWS's SDK need? One reader for each service.

A reader gets the action and what the task says of its request, as far as that is
written down. It returns None where it cannot know what is called.
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

HERE = "${AWS::Region}:${AWS::AccountId}"
ARN = "arn:${AWS::Partition}"
#: A function's ARN, without the version or alias behind it.
_FUNCTION = re.compile(r"arn:[^:]*:lambda:[^:]*:[^:]*:function:[^:]+")
#: S3's actions that are granted under another name; those on a bucket as a whole.
_OBJECT = {"headObject": "GetObject", "getObjectAttributes": "GetObject"}
BUCKET = {"listObjectsV2": "ListBucket", "listObjects": "ListBucket"}
#: The commonest of the rest, which are granted under their own name.
_OWN_NAME = frozenset({"getObject", "putObject", "deleteObject"})


def sdk(called: str, given: Given) -> Grants | None:
    """Return what ``service:action`` needs, which calls AWS under its own names."""
    service, _, action = called.partition(":")
    read = _SERVICES.get(service)
    return None if read is None else read(action, given)


def permission(called: str) -> str:
    """Return how IAM calls ``service:action``, for those who grant it by hand.

    >>> permission("bedrockruntime:invokeModel"), permission("eventbridge:putEvents")
    ('bedrock:InvokeModel', 'events:PutEvents')
    """
    service, _, action = called.partition(":")
    return f"{_PREFIXES.get(service, service)}:{capital(action)}"


def arn(service: str, name: str) -> str:
    """Return the ARN of something in the stage's own account and region."""
    return name if name.startswith("arn:") else f"{ARN}:{service}:{HERE}:{name}"


def one(action: str, *resources: str) -> Grants:
    """Return the grant of one action."""
    return (Grant(actions=(action,), resources=resources),)


def capital(action: str) -> str:
    """Return an action as IAM writes it."""
    return action[:1].upper() + action[1:]


def function(name: str, _: Given) -> Grants:
    """Return what calling a function needs: any version of it."""
    found = _FUNCTION.match(name)
    base = found[0] if found else arn("lambda", f"function:{name.partition(':')[0]}")
    return one("lambda:InvokeFunction", base, f"{base}:*")


def queue(name: str, _: Given) -> Grants:
    """Return what sending to a queue needs; one that has no URL is asked for it."""
    place = arn("sqs", name.rpartition("/")[2])
    send = one("sqs:SendMessage", place)
    is_url = name.startswith(("https://", "http://"))
    return send if is_url else (*one("sqs:GetQueueUrl", place), *send)


def _topic(action: str, given: Given) -> Grants | None:
    topic = given.get("TopicArn")
    known = action == "publish" and isinstance(topic, str)
    return one("sns:Publish", str(topic)) if known else None


def buses(action: str, given: Given) -> Grants | None:
    """Return what putting events needs."""
    entries = given.get("Entries")
    if action != "putEvents" or not isinstance(entries, list):
        return None
    if not all(isinstance(each, dict) for each in entries):
        return None
    names = {each.get("EventBusName", "default") for each in entries}
    if not all(isinstance(name, str) for name in names):
        return None
    return one("events:PutEvents", *sorted(map(bus, names)))


def bus(name: str) -> str:
    """Return the ARN of an event bus."""
    return arn("events", name if name.startswith("arn:") else f"event-bus/{name}")


def _table(action: str, given: Given) -> Grants | None:
    table = given.get("TableName")
    if not isinstance(table, str):
        return None
    place = arn("dynamodb", table if table.startswith("arn:") else f"table/{table}")
    called = f"dynamodb:{capital(action)}"
    if action in ("query", "scan"):
        return one(called, place, f"{place}/index/*")
    return one(called, place)


def s3_object(action: str, given: Given) -> Grants | None:
    """Return what an action on an object, or on a bucket, needs."""
    bucket, key = given.get("Bucket"), given.get("Key", "*")
    if not isinstance(bucket, str):
        return None
    place = f"{ARN}:s3:::{bucket}"
    if action in BUCKET:
        return one(f"s3:{BUCKET[action]}", place)
    if action not in _OBJECT and action not in _OWN_NAME:
        return None
    under = key if isinstance(key, str) else "*"
    return one(f"s3:{_OBJECT.get(action, capital(action))}", f"{place}/{under}")


def _sdk_function(action: str, given: Given) -> Grants | None:
    name = given.get("FunctionName")
    known = action == "invoke" and isinstance(name, str)
    return function(str(name), given) if known else None


def _sdk_queue(action: str, given: Given) -> Grants | None:
    url = given.get("QueueUrl")
    known = action in ("sendMessage", "sendMessageBatch") and isinstance(url, str)
    return queue(str(url), given) if known else None


def model(action: str, given: Given) -> Grants | None:
    """Return what invoking a model needs."""
    name = given.get("ModelId")
    if action != "invokeModel" or not isinstance(name, str):
        return None
    # A foundation model belongs to no account.
    own = f"{ARN}:bedrock:${{AWS::Region}}::foundation-model/{name}"
    return one("bedrock:InvokeModel", name if name.startswith("arn:") else own)


def _named(service: str, field: str, kind: str, *actions: str) -> Reader:
    """Return the reader of a service whose ``actions`` are all about what one field
    names.
    """

    def read(action: str, given: Given) -> Grants | None:
        name = given.get(field)
        if action not in actions or not isinstance(name, str):
            return None
        return one(f"{service}:{capital(action)}", arn(service, f"{kind}/{name}"))

    return read


def _batch(action: str, given: Given) -> Grants | None:
    """AWS Batch, "Actions": looking knows no resources; jobs have names of its own."""
    if action == "describeJobs":
        return one("batch:DescribeJobs", "*")
    if action == "terminateJob":
        return one("batch:TerminateJob", arn("batch", "job/*"))
    waiting, what = given.get("JobQueue"), given.get("JobDefinition")
    if action != "submitJob" or not (
        isinstance(waiting, str) and isinstance(what, str)
    ):
        return None
    kinds = (("job-queue", waiting), ("job-definition", what))
    places = [
        arn("batch", name if name.startswith("arn:") else f"{kind}/{name}")
        for kind, name in kinds
    ]
    # A definition without a revision stands for its newest one.
    newest = [] if places[1].rpartition(":")[2].isdigit() else [f"{places[1]}:*"]
    return one("batch:SubmitJob", *places, *newest)


_SERVICES: Mapping[str, Reader] = {
    "batch": _batch,
    "bedrockruntime": model,
    "codebuild": _named(
        *("codebuild", "ProjectName", "project"),
        *("startBuild", "batchGetBuilds", "stopBuild"),
        *("startBuildBatch", "batchGetBuildBatches", "stopBuildBatch"),
    ),
    "databrew": _named(
        *("databrew", "Name", "job"), "startJobRun", "describeJobRun", "stopJobRun"
    ),
    "dynamodb": _table,
    "eventbridge": buses,
    "glue": _named(
        *("glue", "JobName", "job"), "startJobRun", "getJobRun", "batchStopJobRun"
    ),
    "lambda": _sdk_function,
    "s3": s3_object,
    "sns": _topic,
    "sqs": _sdk_queue,
}
#: Services that IAM calls otherwise than the SDK does.
_PREFIXES: Mapping[str, str] = {
    "bedrockruntime": "bedrock",
    "cloudwatchlogs": "logs",
    "emr": "elasticmapreduce",
    "emrcontainers": "emr-containers",
    "emrserverless": "emr-serverless",
    "eventbridge": "events",
    "sfn": "states",
}
