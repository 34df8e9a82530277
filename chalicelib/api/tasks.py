"""What may a worker say about its task? Callbacks, which need their token only.

    POST /v1/tasks/{token}               done; see Rule 2 for how it ended
    POST /v1/tasks/{token}/success       done; the body is the output
    POST /v1/tasks/{token}/failure       failed; {"error": …, "cause": …}
    POST /v1/tasks/{token}/heartbeat     still at it
    GET, POST /flow/trigger.json         Rill Flow's callback, with the token added

Rule 1  The token is judged before the body is looked at, and before anything is read.
Rule 2  How work ended, first match: ``X-Function-Status`` of 400 or more (OpenFaaS's
        queue worker) is a failure; then ``?status=`` decides; then ``result_type`` of
        a Rill Flow answer; then it has succeeded.
Rule 3  A body is JSON, or empty for null. Only an answer that OpenFaaS passes on for
        its function may be another text; the output is that text then.
"""

from __future__ import annotations

from chalicelib.api import rill_errors, shapes
from chalicelib.api.routes import ANY_MEDIA, Call, Reply, Route, read_json
from chalicelib.api.service import LONGEST_CAUSE, require_error
from chalicelib.errors import InputRefused
from chalicelib.tokens import Claims, Failed, Heartbeat, Report, Succeeded
from chalicelib.values import Json, compact

_STATUSES = ("success", "failed")


def complete(call: Call) -> Reply:
    """Take the end of a task, however its worker puts it."""
    claims = call.service.claims(call.parameters["token"])
    is_from_openfaas = "x-function-status" in call.headers
    report = _from_openfaas(call) if is_from_openfaas else _from_worker(call)
    return _send(call, claims, report)


def succeed(call: Call) -> Reply:
    """Take the output of a task that succeeded."""
    claims = call.service.claims(call.parameters["token"])
    return _send(call, claims, Succeeded(output=_json(call)))


def fail(call: Call) -> Reply:
    """Take the error and the cause of a task that failed."""
    claims = call.service.claims(call.parameters["token"])
    body = _json(call)
    error, cause = shapes.strings({} if body is None else body, ("error", "cause"))
    require_error(error)
    return _send(call, claims, Failed(error=error, cause=cause[:LONGEST_CAUSE]))


def heartbeat(call: Call) -> Reply:
    """Take a sign of life."""
    claims = call.service.claims(call.parameters["token"])
    return _send(call, claims, Heartbeat())


def trigger(call: Call) -> Reply:
    """Take the end of a task in Rill Flow's way."""
    # Here: callbacks of other languages need none of it.
    from chalicelib.api import rill_claims

    claims = rill_claims.claims_of(call)
    output = _with_context(_json(call), call.query.get("context", ""))
    # Upstream: whatever is not a success has failed.
    status = call.query.get("status", "").lower()
    how = "failed" if status not in ("", "success") else status
    return tell(call, claims, ended(how, output))


def tell(call: Call, claims: Claims, report: Report) -> Reply:
    """Send a report, and answer as Rill Flow does."""
    reply = _send(call, claims, report)
    return Reply(body={"result": "ok", **reply.body})


def _send(call: Call, claims: Claims, report: Report) -> Reply:
    answer = call.service.orchestrator.report(claims, report)
    return Reply(body={"replayed": answer == "replayed"})


def _json(call: Call) -> Json:
    return call.json("the body", limit=call.service.limits.answer_bytes)


def _from_worker(call: Call) -> Report:
    return ended(_status(call), _json(call))


def _from_openfaas(call: Call) -> Report:
    """Read an answer that OpenFaaS's queue worker passes on for a function."""
    code = call.headers["x-function-status"].strip()
    if not (code.isascii() and code.isdigit()):
        raise InputRefused(f"{code!r} is not a status", path="X-Function-Status")
    output = _json_or_text(call)
    if int(code) >= 400:
        cause = _cause(output) or f"the function answered with status {code}"
        return Failed(cause=cause[:LONGEST_CAUSE], output=output)
    return ended(_status(call), output)


def _status(call: Call) -> str:
    status = call.query.get("status", "").lower()
    if status and status not in _STATUSES:
        known = " or ".join(_STATUSES)
        raise InputRefused(f"{status!r} is not {known}", path="status")
    return status


def _json_or_text(call: Call) -> Json:
    try:
        return _json(call)
    except InputRefused:
        return call.text("the answer")


def ended(status: str, output: Json) -> Report:
    """Return the report that Rule 2 makes of a status and an answer."""
    is_failure = status == "failed" if status else _says_failed(output)
    if not is_failure:
        return Succeeded(output=output)
    return Failed(cause=_cause(output)[:LONGEST_CAUSE], output=output)


def _says_failed(output: Json) -> bool:
    match output:
        case {"result_type": str(result)}:
            return result.upper() == "FAILED"
    return False


def _cause(output: Json) -> str:
    match output:
        case None:
            return ""
        case str(text) | {"error_msg": str(text)}:
            return text
    return compact(output)


def _with_context(body: Json, context: str) -> Json:
    """Return ``body`` with the query's ``context`` laid over it, key by key.

    Raises:
        InputRefused: the context is not JSON, or the two cannot be laid together.
    """
    if not context:
        return body
    over = read_json(context, "context")
    if body is None:
        return over
    if not isinstance(body, dict) or not isinstance(over, dict):
        raise InputRefused("only two objects can be merged", path="context")
    return {**body, **over}


ROUTES = (
    Route(
        "POST",
        "/v1/tasks/{token}",
        complete,
        None,
        "Report the end of a task",
        request="Output",
        response="Reported",
        takes=("ended", "X-Function-Status"),
        media=ANY_MEDIA,
    ),
    Route(
        "POST",
        "/v1/tasks/{token}/success",
        succeed,
        None,
        "Report that a task succeeded",
        request="Output",
        response="Reported",
        media=ANY_MEDIA,
    ),
    Route(
        "POST",
        "/v1/tasks/{token}/failure",
        fail,
        None,
        "Report that a task failed",
        request="Failure",
        response="Reported",
        media=ANY_MEDIA,
    ),
    Route(
        "POST",
        "/v1/tasks/{token}/heartbeat",
        heartbeat,
        None,
        "Report that a task goes on",
        response="Reported",
        media=ANY_MEDIA,
    ),
    *(
        Route(
            method,
            "/flow/trigger.json",
            trigger,
            None,
            "Report the end of a task in Rill Flow's way",
            request=request,
            response="Triggered",
            takes=("token", "execution_id", "task_name", "ended", "context"),
            media=ANY_MEDIA,
            refuse=rill_errors.response,
        )
        for method, request in (("GET", ""), ("POST", "Output"))
    ),
)
