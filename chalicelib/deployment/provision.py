"""What must be there before ``chalice deploy``? Made from the template, piece by piece.

    table, bucket, queues, secrets      in the account
    .chalice/config.json                the stage's settings, sizes and timeouts
    .chalice/policy-<stage>-*.json      what each function may do, by name

All of it can be done again: what is there is brought to what the template says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.deployment import permissions, secrets, template
from chalicelib.deployment.names import Names
from chalicelib.deployment.permissions import Grant
from chalicelib.deployment.place import Place
from chalicelib.stores.dynamodb import create_table

Clients = Callable[[str], Any]

#: The template's name of a function -> Chalice's.
HANDLERS = {
    "APIHandler": "api_handler",
    "OnStep": "on_step",
    "OnDeadLetter": "on_dead_letter",
    "OnTick": "on_tick",
}


def provision(clients: Clients, place: Place) -> Place:
    """Make what is missing; return the place with what is known of it now."""
    wanted = template.merged(place.names)["Resources"]
    provide_table(clients("dynamodb"), place, wanted["Table"]["Properties"])
    provide_values(clients("s3"), place, wanted["Values"]["Properties"])
    sqs = clients("sqs")
    letters = provide_queue(sqs, place, wanted["DeadLetters"]["Properties"])
    steps = provide_queue(sqs, place, wanted["Steps"]["Properties"])
    secrets.provide(clients("ssm"), place.names)
    return replace(place, known={"Steps": steps, "DeadLetters": letters})


def has_queue(sqs: Any, names: Names) -> bool:
    """Say whether the step queue is there."""
    return bool(_url(sqs, names.steps))


def forget_steps(sqs: Any, names: Names) -> None:
    """Delete the step queue, which says that there is a stage."""
    if url := _url(sqs, names.steps):
        sqs.delete_queue(QueueUrl=url)


def found(client: Any, wanted: Mapping[str, str]) -> str:
    """Return the name of the table or bucket, or the URL of the queue, if it is there.

    ``wanted``: its properties, as the template has them.
    """
    try:
        if name := wanted.get("TableName"):
            client.describe_table(TableName=name)
        elif name := wanted.get("BucketName"):
            client.head_bucket(Bucket=name)
        else:
            return _url(client, wanted["QueueName"])
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "ResourceNotFoundException"):
            raise
        return ""
    return name


def configure(
    folder: Path, place: Place, calls: Iterable[Grant], callback_url: str = ""
) -> None:
    """Write the stage into ``folder``/config.json, and its policies beside it.

    What people wrote there stays, but for what the stage decides. ``PARTIAL_BATCH`` is
    0: only what has made sure that the mapping listens may say 1.
    """
    file = folder / "config.json"
    config = json.loads(file.read_text("utf-8"))
    stage = config["stages"].setdefault(place.names.stage, {})
    stage.setdefault("api_gateway_stage", "api")
    stage["xray"] = True
    own = place.filled(template.settings(place.names))
    variables = {**own, "PARTIAL_BATCH": "0"}
    if callback_url:
        variables["CALLBACK_URL"] = callback_url
    found = stage.get("environment_variables", {})
    stage["environment_variables"] = {**found, **variables}
    functions = stage.setdefault("lambda_functions", {})
    for name, handler in HANDLERS.items():
        policy = f"policy-{place.names.stage}-{handler}.json"
        made = {
            "lambda_timeout": template.TIMEOUTS[name],
            "lambda_memory_size": template.MEMORY[name],
            "iam_policy_file": policy,
        }
        functions[handler] = {**functions.get(handler, {}), **made}
    _write_policies(folder, place, calls)
    file.write_text(json.dumps(config, indent=2) + "\n", "utf-8")


def configured(folder: Path, names: Names) -> Mapping[str, str]:
    """Return the settings that ``folder``/config.json has for a stage."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    stage = config["stages"].get(names.stage, {})
    found: Mapping[str, str] = stage.get("environment_variables", {})
    return found


def _write_policies(folder: Path, place: Place, calls: Iterable[Grant]) -> None:
    roles = permissions.roles(place.names, calls, place.functions)
    for name, handler in HANDLERS.items():
        policies = roles[permissions.ROLES[name]]["Properties"]["Policies"]
        statements = [
            place.filled(statement)
            for policy in policies
            for statement in policy["PolicyDocument"]["Statement"]
        ]
        # Chalice attaches no managed policy, which the template has for this.
        statements.append(permissions.TRACES.statement())
        document = {"Version": "2012-10-17", "Statement": statements}
        file = folder / f"policy-{place.names.stage}-{handler}.json"
        file.write_text(json.dumps(document, indent=2) + "\n", "utf-8")


def provide_table(dynamodb: Any, place: Place, wanted: Mapping[str, Any]) -> None:
    """Make the table as the template says, or bring it to that."""
    name = place.names.table
    create_table(dynamodb, name)
    found = dynamodb.describe_table(TableName=name)["Table"]
    if not found.get("DeletionProtectionEnabled"):
        dynamodb.update_table(TableName=name, DeletionProtectionEnabled=True)
    dynamodb.update_continuous_backups(
        TableName=name,
        PointInTimeRecoverySpecification=wanted["PointInTimeRecoverySpecification"],
    )


def provide_values(s3: Any, place: Place, wanted: Mapping[str, Any]) -> None:
    """Make the bucket as the template says, or bring it to that."""
    bucket = place.names.values(place.account, place.region)
    provide_bucket(s3, bucket)
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration=wanted["PublicAccessBlockConfiguration"],
    )
    s3.put_bucket_versioning(
        Bucket=bucket, VersioningConfiguration=wanted["VersioningConfiguration"]
    )
    rules = [_rule(each) for each in wanted["LifecycleConfiguration"]["Rules"]]
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration={"Rules": rules}
    )


def provide_bucket(s3: Any, bucket: str) -> None:
    """Make a bucket, unless it is there."""
    try:
        s3.head_bucket(Bucket=bucket)
        return
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
    region = s3.meta.region_name
    where = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=bucket, **({} if region == "us-east-1" else where))


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return a lifecycle rule in the words of S3, which are not CloudFormation's."""
    made = {**rule, "ID": rule["Id"], "Filter": {"Prefix": ""}}
    del made["Id"]
    if marker := made.pop("ExpiredObjectDeleteMarker", None):
        made["Expiration"] = {"ExpiredObjectDeleteMarker": marker}
    if "Transitions" in rule:
        made["Transitions"] = [
            {"Days": each["TransitionInDays"], "StorageClass": each["StorageClass"]}
            for each in rule["Transitions"]
        ]
    return made


def provide_queue(sqs: Any, place: Place, wanted: Mapping[str, Any]) -> str:
    """Make a queue as the template says, or bring it to that; return its URL."""
    filled = place.filled(dict(wanted))
    name = filled.pop("QueueName")
    url = _url(sqs, name) or sqs.create_queue(QueueName=name)["QueueUrl"]
    attributes = {key: _text(value) for key, value in filled.items()}
    sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    return str(url)


def _url(sqs: Any, name: str) -> str:
    try:
        return str(sqs.get_queue_url(QueueName=name)["QueueUrl"])
    except ClientError as error:
        if "NonExistentQueue" not in error.response["Error"]["Code"]:
            raise
        return ""


def _text(value: Any) -> str:
    """SQS has its attributes as texts."""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict) else str(value)
