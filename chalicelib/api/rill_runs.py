"""How are flows started and looked at in Rill Flow's way?"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from uuid import UUID

from chalicelib.api import rill_story
from chalicelib.api.rill_errors import NO_EXECUTION, Refused
from chalicelib.api.rill_face import (
    context_in,
    descriptor_in,
    execution_in,
    face,
    flag,
    required,
)
from chalicelib.api.rill_story import TOP
from chalicelib.api.rill_view import View
from chalicelib.api.routes import Call, Reply
from chalicelib.errors import DefinitionRefused, ValueLost
from chalicelib.expressions import Facts, evaluate
from chalicelib.expressions import View as Sight
from chalicelib.journal.heads import Head
from chalicelib.model import descriptors
from chalicelib.model.workflow import Scope, State, Workflow, child_scopes
from chalicelib.values import Json

#: Between the beginnings of two calendars, in the ticks of a UUID (RFC 9562, 5.1).
_GREGORIAN = 0x01B21DD213814000
_GROUP = re.compile(r"(.+)_([0-9]{1,9})")


def submit(call: Call) -> Reply:
    """Start a flow."""
    found = descriptor_in(call)
    context = context_in(call)
    version = face().descriptors.version(found.workflow, found.version)
    started = call.service.start(
        found.workflow,
        context,
        name=new_name(call.service.clock.now()),
        version=version,
        trace=call.headers.get("traceparent", ""),
    )
    head = started.head
    name = descriptors.execution_id(head.workflow, head.name)
    return Reply(body={"execution_id": name})


def new_name(at: float) -> str:
    """Return a time-based UUID: Rill Flow's clients read the time out of it."""
    ticks = round(at * 1e7) + _GREGORIAN
    fields = (
        ticks & 0xFFFFFFFF,
        ticks >> 32 & 0xFFFF,
        ticks >> 48 & 0x0FFF,
        secrets.randbits(6),
        secrets.randbits(8),
        # No machine's address: the bit says so.
        secrets.randbits(48) | 1 << 40,
    )
    return str(UUID(fields=fields, version=1))


def get(call: Call) -> Reply:
    """Show an execution."""
    is_brief = flag(call, "brief", False)
    return Reply(body={"ret": view_of(execution_in(call)).whole(is_brief=is_brief)})


def get_by_parent(call: Call) -> Reply:
    """Show the tasks of one group."""
    view = view_of(execution_in(call))
    parent, index = required(call, "parent"), required(call, "group_index")
    scope, model = find_group(view, f"{parent}_{index}")
    tasks = view.tasks(scope, model, f"{parent}_{index}-") if scope else {}
    return Reply(body={"ret": {"tasks": tasks}})


def get_context(call: Call) -> Reply:
    """Show the context of an execution."""
    return Reply(body={"ret": view_of(execution_in(call)).context})


def get_sub_context(call: Call) -> Reply:
    """Show the context of one group."""
    view = view_of(execution_in(call))
    parent, index = required(call, "parent"), required(call, "group_index")
    scope, _ = find_group(view, f"{parent}_{index}")
    found = context_of(view, scope) if scope else {}
    return Reply(body={"ret": found})


# -- looking ---------------------------------------------------------------------


def view_of(execution: str) -> View:
    """Return everything about an execution.

    Raises:
        ExecutionNotFound: there is none of that id.
    """
    archive = face().archive
    head = archive.head(execution)
    workflow = archive.workflow(head.workflow, head.version)
    return View(
        head=head,
        workflow=workflow,
        story=rill_story.read(archive.history(execution)),
        dag=dag_of(archive.definition(head.workflow, head.version).text),
        context=_context(head, workflow),
    )


def _context(head: Head, workflow: Workflow) -> Json:
    found = _variables(head.execution, TOP)
    if found is not None:
        return found
    if head.output is not None or workflow.input is None:
        return head.output if isinstance(head.output, dict) else {}
    facts = Facts(
        execution=head.execution, execution_name=head.name, workflow=head.workflow
    )
    return evaluate(workflow.input, Sight(head.input, input=head.input, facts=facts))


def _variables(execution: str, scope: str) -> dict[str, Json] | None:
    """Return the variables of a scope as they are now; None where it has no record."""
    scopes = face().scopes
    record = scopes.load(execution, scope).record
    if record is None:
        return None
    found = {}
    for name, slot in record.state.variables.items():
        try:
            found[name] = scopes.restore(execution, slot)
        except ValueLost as lost:
            found[name] = {"lost": str(lost)}
    return found


def context_of(view: View, scope: str) -> Json:
    """Return the context of a group, which may have run inside its parent's turn."""
    found = _variables(view.head.execution, scope)
    if found is not None:
        return found
    group = view.story.group(scope)
    return group.input if group.output is None else group.output


def find_group(view: View, path: str) -> tuple[str, Scope]:
    """Return the runtime id and the model of a group such as ``A_0-B_2``.

    The id is empty where the group has not begun.

    Raises:
        Refused: the DAG has no such task.
    """
    scope, model = TOP, view.workflow.scope
    for part in path.split("-"):
        found = _GROUP.fullmatch(part)
        state = model.states.get(found[1]) if found else None
        if found is None or state is None or not child_scopes(state):
            raise Refused(404, NO_EXECUTION, f"there is no group {path!r}")
        scope, model = _step(view, scope, state, int(found[2]))
    return scope, model


def _step(view: View, scope: str, state: State, index: int) -> tuple[str, Scope]:
    inner = child_scopes(state)
    told = view.story.group(scope).tasks.get(state.name)
    below = view.groups(state, told).get(index, "") if scope and told else ""
    return below, inner[index] if index < len(inner) else inner[0]


def dag_of(text: str) -> Mapping[str, Json]:
    """Return a published DAG as an object; {} for a definition of another format."""
    # Here: a stage that only starts flows reads no YAML.
    from chalicelib.formats import document
    from chalicelib.formats.rillflow.short import written_out

    try:
        value = document.read(text).value
    except DefinitionRefused:  # an older reader took it
        return {}
    if not isinstance(value, dict) or not isinstance(value.get("tasks"), list):
        return {}
    return written_out(value)
