"""What does the answer of a resource mean: a result, or a failure?

A task names a row of ``READERS``; the row turns the raw answer into the value that the
format's authors know, and a refusal into the error name that they match. What another
execution means is a row of ``subexecutions``.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from types import MappingProxyType

from chalicelib.engine.answers import (
    Names,
    Reader,
    Reading,
    bad_output,
    excerpt,
    is_refusal,
    read_accepted,
    read_payload,
    refusal,
)
from chalicelib.engine.events import Answer
from chalicelib.engine.metadata import sdk_metadata
from chalicelib.engine.state import Failure
from chalicelib.engine.subexecutions import SUBEXECUTIONS
from chalicelib.errors import InputRefused
from chalicelib.model.arns import Naming
from chalicelib.model.descriptors import execution_id
from chalicelib.model.error_names import Kind
from chalicelib.values import Json, parse, short_hash

#: How Lambda's names begin for what ended a function from outside: it exited, or had no
#: time or memory left.
_RUNTIME_ERRORS = ("Runtime.", "Sandbox.", "Extension.")


def read_answer(
    reading: str, answer: Answer, names: Names, naming: Naming | None = None
) -> Reading:
    """Return what ``answer`` means to a task whose reading is ``reading``.

    ``naming``: what executions are called; None: by their ids.
    """
    if reading in SUBEXECUTIONS:
        output = SUBEXECUTIONS[reading](answer, naming or Naming())
        return Reading(output=output)
    return READERS[reading](answer, names)


def read_error(reading: str, failure: Failure, names: Names) -> Failure:
    """Return what a function's failure means to a task whose reading is ``reading``."""
    # CloudFlow, "Error types": FC.Unknown is a function that did not fail by itself.
    if reading == "fc" and failure.error.startswith(_RUNTIME_ERRORS):
        return replace(failure, error=names[Kind.FUNCTION])
    return failure


def _lambda_invoke(answer: Answer, _names: Names) -> Reading:
    # There when the task asked for the end of the function's log.
    logged = {k: fact for k, fact in answer.facts.items() if k == "LogResult"}
    return Reading(
        output={
            "ExecutedVersion": answer.facts.get("ExecutedVersion", "$LATEST"),
            **logged,
            "Payload": answer.payload,
            **sdk_metadata(answer),
            "StatusCode": answer.status,
        }
    )


#: Step Functions, "Unsupported HTTP Task responses".
_UNREADABLE = ("application/octet-stream", "image/", "video/", "audio/")


def _http_task(answer: Answer, names: Names) -> Reading:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    kind = headers.get("content-type", "").lower()
    if kind.startswith(_UNREADABLE):
        cause = f"the answer has the content type {kind}, which is no text"
        return Reading(failure=Failure(error=names[Kind.RUNTIME], cause=cause))
    return _http_invoke(answer, names)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _http_invoke(
    answer: Answer, _names: Names, prefix: str = "States.Http.StatusCode"
) -> Reading:
    phrase = _phrase(answer.status)
    output = {
        "Headers": {name: [value] for name, value in answer.headers.items()},
        "ResponseBody": answer.payload,
        "StatusCode": answer.status,
        "StatusText": phrase,
    }
    if not is_refusal(answer):
        return Reading(output=output)
    error = f"{prefix}.{answer.status}"
    cause = f"{answer.status} {phrase}: {excerpt(answer)}"
    return Reading(output=output, failure=Failure(error=error, cause=cause))


def _apigateway(answer: Answer, names: Names) -> Reading:
    # Step Functions, "API Gateway": errors are ApiGateway.<status>.
    return _http_invoke(answer, names, "ApiGateway")


def _http(answer: Answer, names: Names) -> Reading:
    """A URL is asked for what it says: the answer, or the name of its status."""
    if not is_refusal(answer):
        return read_payload(answer, names)
    refused = _http_invoke(answer, names).failure
    return Reading(output=refusal(answer, names).output, failure=refused)


def _http_cloudflow(answer: Answer, _names: Names) -> Reading:
    # CloudFlow "HTTP": the request being answered is the task being done; what the
    # status means is for the author to say, in a Choice on Code.
    return Reading(
        output={
            "Header": dict(answer.headers),
            "Code": answer.status,
            "Body": answer.payload,
        }
    )


def _fc(answer: Answer, names: Names) -> Reading:
    if is_refusal(answer):
        return refusal(answer, names)
    payload = answer.payload
    if isinstance(payload, str):
        # A function that returns a text returns JSON text: a Lambda runtime has put
        # that text into a JSON string, which is taken off again here.
        try:
            payload = parse(payload)
        except InputRefused:
            return bad_output(answer, names, "a JSON object")
    if isinstance(payload, dict):
        return Reading(output=payload)
    return bad_output(answer, names, "a JSON object")


def _fnf_started(answer: Answer, _names: Names) -> Reading:
    started = answer.payload
    return Reading(
        output={
            "FlowName": started["workflow"],
            "ExecutionName": started["name"],
            "RequestID": short_hash(started["execution"], length=32),
        }
    )


def _mns(answer: Answer, _names: Names) -> Reading:
    # CloudFlow, "MNS": what sending and publishing answer is called the same.
    sent = answer.payload
    return Reading(
        output={
            "MessageId": sent["MessageId"],
            "RequestId": answer.facts.get("RequestId", ""),
            "MessageBodyMD5": sent.get("MD5OfMessageBody", ""),
        }
    )


def _result(answer: Answer, _names: Names) -> Reading:
    return Reading(output=answer.payload)


def _bedrock_model(answer: Answer, _names: Names) -> Reading:
    # The integration shows what the model said as JSON; other calls show texts.
    found = dict(answer.payload)
    with suppress(InputRefused):  # then it stays the text that it is
        found["Body"] = parse(str(found.get("Body", "")))
    return Reading(output=found)


def _rillflow(answer: Answer, names: Names) -> Reading:
    if is_refusal(answer):
        # Null output: nothing there for the task's own conditions to overrule.
        return Reading(failure=refusal(answer, names).failure)
    payload = answer.payload
    if not answer.is_json or payload is None:
        return bad_output(answer, names, "JSON")
    if isinstance(payload, list):
        return Reading(output={"data": payload})
    if not isinstance(payload, dict):
        return Reading(output={})
    return Reading(output=payload, failure=_reported_failure(payload, names))


def _reported_failure(payload: dict[str, Json], names: Names) -> Failure | None:
    said = payload.get("result_type")
    if said is None or str(said).upper() == "SUCCESS":
        return None
    message = payload.get("error_msg") or payload.get("msg")
    cause = str(message) if message else f"the function answered result_type {said}"
    return Failure(error=names[Kind.FUNCTION], cause=cause)


def _rillflow_started(answer: Answer, _names: Names) -> Reading:
    workflow, _, name = answer.payload["execution"].rpartition(":")
    return Reading(output={"execution_id": execution_id(workflow, name)})


def _with_metadata(answer: Answer, _names: Names) -> Reading:
    return Reading(output={**answer.payload, **sdk_metadata(answer)})


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "payload": read_payload,
        "accepted": read_accepted,
        # Amazon States Language: the optimised integrations
        "lambda_invoke": _lambda_invoke,
        "http": _http,
        "http_invoke": _http_task,
        "apigateway": _apigateway,
        "sqs": _with_metadata,
        "sns": _with_metadata,
        "events": _with_metadata,
        "dynamodb": _with_metadata,
        "aws": _with_metadata,
        # Amazon States Language: every other call of AWS
        "aws_sdk": _result,
        "bedrock_model": _bedrock_model,
        # CloudFlow
        "fc": _fc,
        "http_cloudflow": _http_cloudflow,
        "fnf_started": _fnf_started,
        "mns": _mns,
        "fnf_output": _result,
        # Rill Flow
        "rillflow": _rillflow,
        "rillflow_started": _rillflow_started,
    }
)
