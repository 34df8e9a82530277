"""What may a worker say about its task? Callbacks, which need their token only.

    POST /v1/tasks/{token}               done, well or badly
    POST /v1/tasks/{token}/success       done; the body is the output
    POST /v1/tasks/{token}/failure       failed; {"error": …, "cause": …}
    POST /v1/tasks/{token}/heartbeat     still at it
    GET, POST /flow/trigger.json         Rill Flow's callback, with the token added

Rule 1  The token is judged before the body is looked at, and before anything is read.
Rule 2  How work ended is for ``task_reports`` to say.
"""

from __future__ import annotations

from chalicelib.api import shapes
from chalicelib.api.names import LONGEST_CAUSE, require_error
from chalicelib.api.rillflow import errors as rill_errors
from chalicelib.api.routes import ANY_MEDIA, Call, Reply, Route
from chalicelib.api.task_reports import body_of, own_report
from chalicelib.tokens import Claims, Failed, Heartbeat, Report, Succeeded


def complete(call: Call) -> Reply:
    """Take the end of a task, however its worker puts it."""
    claims = call.service.claims(call.parameters["token"])
    return _send(call, claims, own_report(call))


def succeed(call: Call) -> Reply:
    """Take the output of a task that succeeded."""
    claims = call.service.claims(call.parameters["token"])
    return _send(call, claims, Succeeded(output=body_of(call)))


def fail(call: Call) -> Reply:
    """Take the error and the cause of a task that failed."""
    claims = call.service.claims(call.parameters["token"])
    body = body_of(call)
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
    from chalicelib.api.rillflow import tasks as rill_tasks

    return rill_tasks.trigger(call)


def tell(call: Call, claims: Claims, report: Report) -> Reply:
    """Send a report, and answer as Rill Flow does."""
    reply = _send(call, claims, report)
    return Reply(body={"result": "ok", **reply.body})


def _send(call: Call, claims: Claims, report: Report) -> Reply:
    answer = call.service.orchestrator.report(claims, report)
    return Reply(body={"replayed": answer == "replayed"})


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
