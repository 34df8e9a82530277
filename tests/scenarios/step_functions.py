"""A client of AWS Step Functions, unmodified, that talks to a stage of ours."""

import json

import boto3
from botocore.config import Config
from botocore.validate import ParamValidator

LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function"
ROLE = "arn:aws:iam::123456789012:role/any"


def a_client(url, key, **options):
    """Return boto3's own client; each answer is held to the service's model."""
    key_id, _, secret = key.partition(".")
    client = boto3.client(
        "stepfunctions",
        endpoint_url=url,
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        region_name="eu-central-1",
        config=Config(
            inject_host_prefix=False, retries={"total_max_attempts": 1}, **options
        ),
    )
    client.meta.events.register("after-call.stepfunctions", _judge)
    return client


def _judge(http_response, parsed, model, **_):
    if http_response.status_code >= 300:
        assert http_response.status_code == 400, http_response.content
        assert json.loads(http_response.content)["__type"] == parsed["Error"]["Code"]
        return
    facts = {name: parsed[name] for name in parsed if name != "ResponseMetadata"}
    if model.output_shape is not None:
        report = ParamValidator().validate(facts, model.output_shape)
        assert not report.has_errors(), report.generate_report()
        sent = json.loads(http_response.content)
        _require_known(sent, model.output_shape, model.name)


def _require_known(value, shape, path):
    """botocore drops what it does not know; nobody should send it."""
    if shape.type_name == "structure":
        unknown = set(value) - set(shape.members)
        assert not unknown, f"{path}: {unknown}"
        for name, member in value.items():
            _require_known(member, shape.members[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for each in value:
            _require_known(each, shape.member, path)


def a_machine(state, **others):
    """Return the text of a definition that begins, and ends, with ``state``."""
    first = state if "Next" in state else {**state, "End": True}
    return json.dumps({"StartAt": "Only", "States": {"Only": first, **others}})


def a_function(name, **facts):
    return {"Type": "Task", "Resource": f"{LAMBDA}:{name}", **facts}
