"""How did work end, as its worker puts it?

Rule 1  First match: ``X-Function-Status`` of 400 or more (OpenFaaS's queue worker) is
        a failure; then ``?status=`` decides; then ``result_type`` of the body; then it
        has succeeded.
Rule 2  A body is JSON, or empty. Only an answer that OpenFaaS passes on for its
        function may be another text; the output is that text then.
Rule 3  What a function's gateway calls a failure has no output: nothing there for the
        task's own conditions to overrule. A failure of the worker's own words has.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from chalicelib.api.names import LONGEST_CAUSE
from chalicelib.api.routes import Call, read_json
from chalicelib.errors import InputRefused, MediaRefused
from chalicelib.tokens import Failed, Report, Succeeded
from chalicelib.values import Json, compact

_log = logging.getLogger("millrace")

JSON_MEDIA = "application/json"
_STATUSES = ("success", "failed")
_STATUS = "x-function-status"


def own_report(call: Call) -> Report:
    """Return what a worker says at Millrace's own route.

    Raises:
        InputRefused: the body is not JSON, or a status is none.
        PayloadTooLarge: the body has more bytes than the stage takes.
    """
    status = call.query.get("status", "").lower()
    if status and status not in _STATUSES:
        known = " or ".join(_STATUSES)
        raise InputRefused(f"{status!r} is not {known}", path="status")
    if _STATUS in call.headers:
        return _from_openfaas(call, status, _result_type)
    output = body_of(call)
    return _ended(status or _result_type(output), output)


def rillflow_report(call: Call) -> Report:
    """Return what a worker says at ``/flow/trigger.json``.

    The ``context`` of the query lies over the body, key by key; one that is not JSON
    counts for nothing. The output is an object where nothing was sent, as in Rill Flow.

    Raises:
        InputRefused: the body is not JSON, or context and body are not both objects.
        MediaRefused: a body that does not say that it is JSON.
        PayloadTooLarge: the body has more bytes than the stage takes.
    """
    status = _said_status(call)
    if _STATUS in call.headers:
        return _from_openfaas(call, status, _any_result_type)
    if call.body.strip():
        _require_json_media(call)
    output = _with_context(body_of(call), call.query.get("context", ""))
    output = {} if output is None else output
    return _ended(status or _any_result_type(output), output)


def rillflow_finish(call: Call) -> tuple[Mapping[str, Json], Report]:
    """Return what a worker says at ``/flow/finish.json``, and its ``passthrough``.

    The output is the whole body; of the documented envelope, with ``passthrough`` and
    ``response``, it is the response.

    Raises:
        InputRefused: the body is not a JSON object.
        PayloadTooLarge: it has more bytes than the stage takes.
    """
    body = body_of(call)
    if not isinstance(body, dict):
        raise InputRefused("the body is not a JSON object")
    passed = body.get("passthrough")
    is_wrapped = isinstance(passed, dict) and "response" in body
    output = body["response"] if is_wrapped else body
    status = _said_status(call) or _any_result_type(body)
    return passed if isinstance(passed, dict) else {}, _ended(status, output)


def body_of(call: Call) -> Json:
    """Return the body as JSON; None where it is empty.

    Raises:
        InputRefused: it is something else.
        PayloadTooLarge: it has more bytes than the stage takes.
    """
    return call.json("the body", limit=call.service.limits.answer_bytes)


def _said_status(call: Call) -> str:
    # Rill Flow: whatever is not a success has failed.
    status = call.query.get("status", "").lower()
    return "failed" if status not in ("", "success") else status


def _require_json_media(call: Call) -> None:
    found = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if found != JSON_MEDIA and not found.endswith("+json"):
        raise MediaRefused(found, JSON_MEDIA)


def _from_openfaas(call: Call, status: str, read: Callable[[Json], str]) -> Report:
    """Read an answer that OpenFaaS's queue worker passes on for a function."""
    code = call.headers[_STATUS].strip()
    if not (code.isascii() and code.isdigit()):
        raise InputRefused(f"{code!r} is not a status", path="X-Function-Status")
    output = _json_or_text(call)
    if int(code) >= 400:
        cause = _cause(output) or f"the function answered with status {code}"
        return Failed(cause=cause[:LONGEST_CAUSE])
    return _ended(status or read(output), output)


def _json_or_text(call: Call) -> Json:
    try:
        return body_of(call)
    except InputRefused:
        return call.text("the answer")


def _ended(status: str, output: Json) -> Report:
    if status == "failed":
        return Failed(cause=_cause(output)[:LONGEST_CAUSE], output=output)
    return Succeeded(output=output, is_skipped=status == "skip")


def _result_type(output: Json) -> str:
    """Return how the work ended, where the answer says so in Rill Flow's words."""
    match output:
        case {"result_type": str(result)} if result.lower() in ("failed", "skip"):
            return result.lower()
    return ""


def _any_result_type(output: Json) -> str:
    """Return the same, where the answer is in Rill Flow's words: any other is bad."""
    match output:
        case {"result_type": None}:
            return ""
        case {"result_type": result}:
            said = str(result).lower()
            return said if said in ("success", "skip") else "failed"
    return ""


def _cause(output: Json) -> str:
    match output:
        case None:
            return ""
        case str(text) | {"error_msg": str(text)} | {"msg": str(text)}:
            return text
    return compact(output) if output else ""


def _with_context(body: Json, context: str) -> Json:
    """Return ``body`` with the query's ``context`` laid over it, key by key."""
    if not context:
        return body
    try:
        over = read_json(context, "context")
    except InputRefused as error:  # Rill Flow: noted, and left out
        _log.warning("%s", error)
        return body
    if body is None:
        return over
    if not isinstance(body, dict) or not isinstance(over, dict):
        raise InputRefused("only two objects can be merged", path="context")
    return {**body, **over}
