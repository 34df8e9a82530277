"""What does the native face offer? REST under ``/v1``; the table is at the end."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from chalicelib.api import problems, shapes
from chalicelib.api.auth import Scope
from chalicelib.api.routes import DEFINITION_MEDIA, Call, Reply, Route
from chalicelib.engine.state import Status
from chalicelib.errors import InputRefused
from chalicelib.values import short_hash

#: Rows of a page where the caller does not say, and at most.
PAGE, LARGEST_PAGE = 100, 1000
#: What a JSON reader in a browser still counts exactly: 2**53 - 1, 15 digits of it.
LARGEST_EVENT_ID = 10**15 - 1
#: Characters of the place where a page ended: a time and a name.
LONGEST_PLACE = 200


def _format(call: Call) -> str:
    # Here: the compilers are for those who publish, and most requests do not.
    from chalicelib.formats import FORMATS

    return call.choice("format", FORMATS)


def publish(call: Call) -> Reply:
    """Compile a definition and keep it."""
    found = call.service.publish(
        call.text("the definition"),
        format=_format(call),
        name=call.query.get("name", ""),
        may_publish=call.caller.require_workflow,
    )
    return Reply(body=shapes.published(found))


def validate(call: Call) -> Reply:
    """Say everything that is wrong with a definition."""
    found = call.service.validate(
        call.text("the definition"),
        format=_format(call),
        name=call.query.get("name", ""),
    )
    entries = [problems.problem_entry(each) for each in found]
    return Reply(body={"valid": not entries, "problems": entries})


def list_workflows(call: Call) -> Reply:
    """List what is published, as far as the key sees it."""
    found = call.service.journal.definitions()
    seen = [shapes.published(each) for each in found if call.caller.sees(each.name)]
    return Reply(body={"workflows": seen})


def get_workflow(call: Call) -> Reply:
    """Show a version of a workflow, by default the newest."""
    found = call.service.journal.definition(
        call.parameters["workflow"], call.query.get("version", "")
    )
    return Reply(body=shapes.published(found, with_text=True))


def start(call: Call) -> Reply:
    """Start an execution; 200 instead of 201 when it was there before."""
    limit = call.service.limits.input_bytes
    started = call.service.start(
        call.parameters["workflow"],
        call.json("the input", limit=limit, default={}),
        name=_execution_name(call),
        version=call.query.get("version", ""),
    )
    place = f"../../executions/{quote(started.head.execution, safe=':')}"
    return Reply(
        body=shapes.summary(started.head),
        status=None if started.is_new else HTTPStatus.OK,
        headers={"Location": place},
    )


def _execution_name(call: Call) -> str:
    """Return the name that the caller chose, directly or by an idempotency key."""
    key = call.headers.get("idempotency-key", "")
    derived = short_hash("Idempotency-Key", key, length=32) if key else ""
    return call.query.get("name", "") or derived


def list_executions(call: Call) -> Reply:
    """List executions of a workflow, newest first."""
    workflow = call.query.get("workflow", "")
    if not workflow:
        raise InputRefused(
            "name the workflow whose executions to list", path="workflow"
        )
    call.caller.require_workflow(workflow)
    status = call.choice("status", Status)
    heads, following = call.service.journal.heads(
        workflow,
        status=Status(status) if status else None,
        limit=call.number("limit", PAGE, least=1, most=LARGEST_PAGE),
        after=_following(call),
    )
    rows = [shapes.summary(head) for head in heads]
    return Reply(body={"executions": rows, "next": following})


def _following(call: Call) -> str | None:
    """Return where the page before this one ended.

    Raises:
        InputRefused: no page can have ended there.
    """
    place = call.query.get("next", "")
    if len(place) > LONGEST_PLACE:
        raise InputRefused("give the `next` of the page before", path="next")
    return place or None


def get_execution(call: Call) -> Reply:
    """Show an execution with its input and output."""
    head = call.service.journal.head(call.parameters["execution"])
    return Reply(body=shapes.execution(head))


def get_history(call: Call) -> Reply:
    """Show what happened in an execution, oldest first."""
    limit = call.number("limit", PAGE, least=1, most=LARGEST_PAGE)
    after = call.number("after", 0, least=0, most=LARGEST_EVENT_ID)
    events = call.service.history(call.parameters["execution"], after=after)
    page = [shapes.event(each) for each in events[:limit]]
    following = page[-1]["id"] if len(events) > limit else None
    return Reply(body={"events": page, "next": following})


def stop(call: Call) -> Reply:
    """Stop an execution; one that has ended stays as it is."""
    body = call.json("the body", limit=call.service.limits.input_bytes, default={})
    error, cause = shapes.strings(body, ("error", "cause"))
    head = call.service.stop(call.parameters["execution"], error=error, cause=cause)
    return Reply(body=shapes.summary(head))


def redrive(call: Call) -> Reply:
    """Have an execution that ended badly go on from where it failed."""
    token = call.headers.get("idempotency-key", "")
    head = call.service.redrive(call.parameters["execution"], token=token)
    return Reply(body=shapes.summary(head))


def delete(call: Call) -> Reply:
    """Delete an execution that has ended, with all that is kept of it."""
    call.service.delete(call.parameters["execution"])
    return Reply(body={"id": call.parameters["execution"], "deleted": True})


def get_cost(call: Call) -> Reply:
    """Show what an execution has used so far, and its list price."""
    return Reply(body=shapes.cost(call.service.cost(call.parameters["execution"])))


ROUTES = (
    Route(
        "POST",
        "/v1/workflows",
        publish,
        Scope.ADMIN,
        "Publish a definition",
        request="Definition",
        response="Workflow",
        takes=("format", "name"),
        status=HTTPStatus.CREATED,
        media=DEFINITION_MEDIA,
    ),
    Route(
        "POST",
        "/v1/workflows/validate",
        validate,
        Scope.READ,
        "Check a definition without publishing it",
        request="Definition",
        response="Validation",
        takes=("format", "name"),
        media=DEFINITION_MEDIA,
    ),
    Route(
        "GET",
        "/v1/workflows",
        list_workflows,
        Scope.READ,
        "List the newest version of every workflow",
        response="Workflows",
    ),
    Route(
        "GET",
        "/v1/workflows/{workflow}",
        get_workflow,
        Scope.READ,
        "Show a workflow with its definition",
        response="Workflow",
        takes=("version",),
    ),
    Route(
        "POST",
        "/v1/workflows/{workflow}/executions",
        start,
        Scope.START,
        "Start an execution",
        request="Input",
        response="ExecutionSummary",
        takes=("name", "version", "Idempotency-Key", "traceparent", "tracestate"),
        status=HTTPStatus.CREATED,
    ),
    Route(
        "GET",
        "/v1/executions",
        list_executions,
        Scope.READ,
        "List executions of a workflow, newest first",
        response="Executions",
        takes=("workflow", "status", "limit", "next"),
    ),
    Route(
        "GET",
        "/v1/executions/{execution}",
        get_execution,
        Scope.READ,
        "Show an execution",
        response="Execution",
    ),
    Route(
        "DELETE",
        "/v1/executions/{execution}",
        delete,
        Scope.ADMIN,
        "Delete an execution that has ended",
        response="Deleted",
    ),
    Route(
        "GET",
        "/v1/executions/{execution}/history",
        get_history,
        Scope.READ,
        "Show what happened in an execution",
        response="History",
        takes=("after", "limit"),
    ),
    Route(
        "POST",
        "/v1/executions/{execution}/stop",
        stop,
        Scope.OPERATE,
        "Stop an execution",
        request="Stop",
        response="ExecutionSummary",
    ),
    Route(
        "POST",
        "/v1/executions/{execution}/redrive",
        redrive,
        Scope.OPERATE,
        "Have a failed execution go on from where it failed",
        response="ExecutionSummary",
        takes=("Idempotency-Key",),
    ),
    Route(
        "GET",
        "/v1/executions/{execution}/cost",
        get_cost,
        Scope.READ,
        "Show what an execution has cost",
        response="Cost",
    ),
)
