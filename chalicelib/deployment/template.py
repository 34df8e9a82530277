"""What does a stage need beside what Chalice makes? A template to be merged into its.

Dicts are merged, lists replaced; an override has the intrinsic function of what it
overrides. So the ARN of the step queue is an ``Fn::Sub``, as Chalice writes it.

Rule 1  What holds data (table, values, dead letters) outlives the stack, and has a name
        by which the next stack finds it.
Rule 2  A message stays invisible six times as long as its handler may run: SQS counts
        from the delivery, and Lambda tries again on its own in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.deployment import alarms, permissions
from chalicelib.deployment.names import Names
from chalicelib.stores.dynamodb import TABLE, TIME_TO_LIVE
from chalicelib.values import Json

#: Seconds that each function may run. API Gateway gives up after 29.
TIMEOUTS = {"APIHandler": 29, "OnStep": 900, "OnDeadLetter": 60, "OnTick": 60}
MEMORY = {"APIHandler": 1024, "OnStep": 1024, "OnDeadLetter": 512, "OnTick": 512}
#: Visibility of a message, by its handler's timeout.
PATIENCE = 6
#: Deliveries after which a message is a dead letter.
RECEIVES = 5
#: Days.
KEPT_LOGS = 30
KEPT_UPLOADS = 7
#: For which a deleted value can be had back: as long as the table can be restored.
KEPT_VALUES = 35
#: Seconds that SQS keeps a message: its longest.
KEPT_MESSAGES = 14 * 86400
#: Requests that the API takes a second, and at once.
THROTTLE = {"ThrottlingRateLimit": 500, "ThrottlingBurstLimit": 1000}
#: SAM makes an open stage beside the API's own, unless it is told the version.
_GLOBALS: Mapping[str, Json] = {"Api": {"OpenApiVersion": "2.0"}}
_HANDLERS = tuple(TIMEOUTS)


def merged(
    names: Names,
    *,
    calls: Sequence[permissions.Grant] = (),
    bucket: str = "",
    callback_url: str = "",
    environment: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the template to be merged into Chalice's.

    ``calls``: what the published workflows call. ``bucket``: of the values; written
    out, since CloudFormation finds only such a name again. ``callback_url``: where
    callbacks arrive, if not at the API's own address. ``environment``: settings of the
    stage's own, by name.
    """
    resources: dict[str, Any] = {
        **_storage(names, bucket),
        **_queues(names),
        **_functions(names, callback_url, environment or {}),
        **permissions.roles(names, calls, table=(environment or {}).get("TABLE", "")),
        **alarms.alarms(names),
        "Dashboard": alarms.dashboard(names),
    }
    return {"Globals": _GLOBALS, "Resources": resources, "Outputs": _outputs()}


def _storage(names: Names, bucket: str) -> dict[str, Json]:
    return {"Table": _table(names), "Values": _values(bucket)}


#: What outlives the stack.
_RETAINED: Mapping[str, Json] = {
    "DeletionPolicy": "Retain",
    "UpdateReplacePolicy": "Retain",
}


def _table(names: Names) -> Json:
    return {
        "Type": "AWS::DynamoDB::Table",
        **_RETAINED,
        "Properties": {
            "TableName": names.table,
            **TABLE,
            "TimeToLiveSpecification": TIME_TO_LIVE,
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            "DeletionProtectionEnabled": True,
            "SSESpecification": {"SSEEnabled": False},
        },
    }


def _values(bucket: str) -> Json:
    refused = (
        *("BlockPublicAcls", "BlockPublicPolicy"),
        *("IgnorePublicAcls", "RestrictPublicBuckets"),
    )
    return {
        "Type": "AWS::S3::Bucket",
        **_RETAINED,
        "Properties": {
            **({"BucketName": bucket} if bucket else {}),
            "PublicAccessBlockConfiguration": dict.fromkeys(refused, True),
            "VersioningConfiguration": {"Status": "Enabled"},
            "LifecycleConfiguration": {"Rules": _value_rules()},
        },
    }


def _value_rules() -> list[Json]:
    """Return when a value, or what was to be one, goes, and where it lies."""
    kept: Json = {"NoncurrentDays": KEPT_VALUES}
    cheap: Json = {"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 30}
    half_made: Json = {"DaysAfterInitiation": KEPT_UPLOADS}
    rules: dict[str, dict[str, Json]] = {
        "deleted": {
            "NoncurrentVersionExpiration": kept,
            "ExpiredObjectDeleteMarker": True,
        },
        "half-made-uploads": {"AbortIncompleteMultipartUpload": half_made},
        "rarely-read": {"Transitions": [cheap]},
    }
    return [{"Id": name, "Status": "Enabled", **rule} for name, rule in rules.items()]


def _queues(names: Names) -> dict[str, Json]:
    return {
        "DeadLetters": {
            "Type": "AWS::SQS::Queue",
            **_RETAINED,
            "Properties": {
                "QueueName": names.dead_letters,
                "VisibilityTimeout": TIMEOUTS["OnDeadLetter"] * PATIENCE,
                "MessageRetentionPeriod": KEPT_MESSAGES,
                "SqsManagedSseEnabled": True,
            },
        },
        "Steps": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "QueueName": names.steps,
                "VisibilityTimeout": TIMEOUTS["OnStep"] * PATIENCE,
                "MessageRetentionPeriod": KEPT_MESSAGES,
                "SqsManagedSseEnabled": True,
                "RedrivePolicy": {
                    "deadLetterTargetArn": {"Fn::GetAtt": ["DeadLetters", "Arn"]},
                    "maxReceiveCount": RECEIVES,
                },
            },
        },
    }


def _functions(
    names: Names, callback_url: str, environment: Mapping[str, str]
) -> dict[str, Any]:
    found: dict[str, Any] = {
        handler: {
            "Properties": {
                "Timeout": TIMEOUTS[handler],
                "MemorySize": MEMORY[handler],
                "Tracing": "Active",
                "Environment": {
                    "Variables": {**settings(names), **environment},
                },
            }
        }
        for handler in _HANDLERS
    }
    _know_where_callbacks_arrive(found, callback_url)
    # Lambda stops what goes from SQS to SQS by way of functions after 16 rounds; a
    # workflow is such a loop by its nature, and bounded by its own budgets.
    found["OnStep"]["Properties"]["RecursiveLoop"] = "Allow"
    _listens(found["OnStep"], "OnStepSqsEventSource", "Steps", is_partial=True)
    _listens(found["OnDeadLetter"], "OnDeadLetterSqsEventSource", "DeadLetters")
    for handler in _HANDLERS:
        found[f"{handler}Logs"] = _logs(handler)
    found["RestAPI"] = {"Properties": {"TracingEnabled": True, **_throttle()}}
    return found


def _know_where_callbacks_arrive(functions: dict[str, Any], callback_url: str) -> None:
    # The API's function cannot have the address of the API that names it.
    url: Json = callback_url or {
        "Fn::Sub": "https://${RestAPI}.execute-api.${AWS::Region}.${AWS::URLSuffix}/api"
    }
    for handler in _HANDLERS:
        if handler != "APIHandler" or callback_url:
            variables = functions[handler]["Properties"]["Environment"]["Variables"]
            variables["CALLBACK_URL"] = url


def settings(names: Names) -> dict[str, Json]:
    """Return the settings of all functions; ``PARTIAL_BATCH`` is 1 in the step's."""
    return {
        "STAGE": names.stage,
        "STACK": names.stack,
        "TABLE": {"Ref": "Table"},
        "BUCKET": {"Ref": "Values"},
        "STEP_QUEUE": names.steps,
        "DEAD_LETTER_QUEUE": names.dead_letters,
        "STEP_QUEUE_URL": {"Ref": "Steps"},
        "DEAD_LETTER_QUEUE_URL": {"Ref": "DeadLetters"},
        "SECRETS_PARAMETER": names.secrets,
        "ACCOUNT": {"Ref": "AWS::AccountId"},
        "ACCESS_KEYS": "owner::admin",
        "PARTIAL_BATCH": "0",
    }


def _listens(
    function: dict[str, Any], source: str, queue: str, *, is_partial: bool = False
) -> None:
    mapping: dict[str, Json] = {"Queue": {"Fn::Sub": f"${{{queue}.Arn}}"}}
    if is_partial:
        mapping["FunctionResponseTypes"] = ["ReportBatchItemFailures"]
        function["Properties"]["Environment"]["Variables"]["PARTIAL_BATCH"] = "1"
    function["Properties"]["Events"] = {source: {"Properties": mapping}}


def _logs(handler: str) -> Json:
    return {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {
            "LogGroupName": {"Fn::Sub": f"/aws/lambda/${{{handler}}}"},
            "RetentionInDays": KEPT_LOGS,
        },
    }


def _throttle() -> dict[str, Json]:
    everything: Json = {"HttpMethod": "*", "ResourcePath": "/*", **THROTTLE}
    return {"MethodSettings": [everything]}


def _outputs() -> dict[str, Json]:
    return {
        "TableName": {"Value": {"Ref": "Table"}},
        "StepQueueUrl": {"Value": {"Ref": "Steps"}},
        "DeadLetterQueueUrl": {"Value": {"Ref": "DeadLetters"}},
        "StepFunction": {"Value": {"Ref": "OnStep"}},
        "ValuesBucket": {"Value": {"Ref": "Values"}},
    }
