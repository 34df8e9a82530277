"""How are flows started and looked at in Rill Flow's way?"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chalicelib.api import current
from chalicelib.api.rillflow import story
from chalicelib.api.rillflow.errors import NO_EXECUTION, Refused
from chalicelib.api.rillflow.face import (
    context_in,
    descriptor_in,
    execution_in,
    face,
    flag,
    json_in,
    required,
    version_of,
)
from chalicelib.api.rillflow.story import TOP, Group, Told
from chalicelib.api.rillflow.view import View
from chalicelib.api.routes import Call, Reply
from chalicelib.engine.state import Status
from chalicelib.errors import DefinitionRefused, ExecutionNotFound, ValueLost
from chalicelib.expressions import Facts, evaluate
from chalicelib.expressions import View as Sight
from chalicelib.journal.heads import Head
from chalicelib.journal.parts import Part
from chalicelib.model import descriptors
from chalicelib.model.workflow import Notice, Scope, State, Workflow, child_scopes
from chalicelib.values import Json

#: Between the beginnings of two calendars, in the ticks of a UUID (RFC 9562, 5.1).
_GREGORIAN = 0x01B21DD213814000
_GROUP = re.compile(r"(.+)_([0-9]{1,9})")


def submit(call: Call) -> Reply:
    """Start a flow."""
    found = descriptor_in(call)
    context = context_in(call)
    uid = call.query.get("uid", "")
    version = version_of(found, uid, context)
    started = call.service.start(
        found.workflow,
        context,
        name=new_name(call.service.clock.now()),
        version=version,
        trace=call.headers.get("traceparent", ""),
        notices=_notices(call),
    )
    head = started.head
    name = descriptors.execution_id(head.workflow, head.name)
    return Reply(body={"execution_id": name})


def _notices(call: Call) -> list[Notice] | None:
    """Return whom to tell of the end, in place of those of the DAG; None: those."""
    callback = json_in(call, "callback")
    if callback is None:
        return None
    # Here: it is checked as a definition is, and most starts bring none.
    from chalicelib.formats.rillflow.callback import read_callback

    return [read_callback(callback)]


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


def complete(call: Call) -> Reply:
    """End an execution, well or badly; one that has ended stays as it is."""
    execution, is_success = execution_in(call), flag(call, "success", True)
    status = Status.SUCCEEDED if is_success else Status.FAILED
    if call.service.orchestrator.complete(execution, status):
        return Reply(body={"code": "0", "message": "success"})
    return Reply(body={"code": "-1", "message": f"{execution} has ended"})


def get(call: Call) -> Reply:
    """Show an execution."""
    is_brief = flag(call, "brief", False)
    view = view_of(execution_in(call), shown=TOP)
    return Reply(body={"ret": view.whole(is_brief=is_brief)})


def get_by_parent(call: Call) -> Reply:
    """Show the tasks of one group."""
    view = view_of(execution_in(call))
    path = f"{required(call, 'parent')}_{required(call, 'group_index')}"
    place = find_group(view, path)
    tasks = view.tasks(place.group, place.model, f"{path}-")
    return Reply(body={"ret": {"tasks": tasks}})


def get_context(call: Call) -> Reply:
    """Show the context of an execution."""
    return Reply(body={"ret": view_of(execution_in(call)).context})


def get_sub_context(call: Call) -> Reply:
    """Show the context of one group."""
    view = view_of(execution_in(call))
    path = f"{required(call, 'parent')}_{required(call, 'group_index')}"
    place = find_group(view, path)
    found = _variables(view.head.execution, place.scope) if place.scope else {}
    if found is None:  # it ran inside its parent's turn
        given, left = place.group.input, place.group.output
        found = given if left is None else left
    return Reply(body={"ret": found})


# -- looking ---------------------------------------------------------------------


def view_of(execution: str, shown: str = "") -> View:
    """Return what can be shown of an execution; nothing of it but its HEAD is read yet.

    ``shown``: the only group whose values are shown; empty: any may be.

    Raises:
        ExecutionNotFound: there is none of that id.
    """
    archive = face().archive
    head = archive.head(execution)
    workflow = archive.workflow(head.workflow, head.version)
    part = Part(shows=lambda scope: shown in ("", scope))
    return View(
        head=head,
        workflow=workflow,
        tell=lambda: story.read(archive.history(execution, part)),
        recall=lambda: _context(head, workflow),
        dag=dag_of(archive.definition(head.workflow, head.version).text),
        at=current.service().clock.now(),
        callers=_callers(head),
    )


def _callers(head: Head) -> list[Sequence[str]]:
    """Return who started whom down to ``head``, as far as it is still known."""
    found: list[Sequence[str]] = []
    caller = head.caller
    while caller:
        found.insert(0, caller)
        try:
            caller = face().archive.head(caller[0]).caller
        except ExecutionNotFound:  # it is gone before what it started
            break
    return found


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
    shown: dict[str, Json] = face().archive.shown(execution, found)
    return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A group of tasks in an execution."""

    model: Scope
    group: Group
    #: Its runtime id; empty where it has not begun.
    scope: str


def find_group(view: View, path: str) -> Place:
    """Return the group that is called ``path``, such as ``A_0-B_2``.

    Raises:
        Refused: the DAG has no such task.
    """
    place = Place(model=view.workflow.scope, group=view.story.group(TOP), scope=TOP)
    for part in path.split("-") if path else ():
        found = _GROUP.fullmatch(part)
        state = place.model.states.get(found[1]) if found else None
        if found is None or state is None or not child_scopes(state):
            raise Refused(404, NO_EXECUTION, f"there is no group {path!r}")
        place = _step(view, place, state, int(found[2]))
    return place


def _step(view: View, place: Place, state: State, index: int) -> Place:
    inner = child_scopes(state)
    told = place.group.tasks.get(state.name, Told())
    return Place(
        model=inner[index] if index < len(inner) else inner[0],
        group=view.group(state, told, index),
        scope=view.groups(state, told).get(index, ""),
    )


def dag_of(text: str) -> Mapping[str, Json]:
    """Return a published DAG as an object; {} for a definition of another format."""
    # Here: a stage that only starts flows reads no YAML.
    from chalicelib.formats import document
    from chalicelib.formats.rillflow.checks import LIBRARY
    from chalicelib.formats.rillflow.short import written_out

    try:
        value = document.read(text).value
    except DefinitionRefused:  # an older reader took it
        return {}
    if not isinstance(value, dict):
        return {}
    if value.get("type") == LIBRARY:
        return value
    return written_out(value) if isinstance(value.get("tasks"), list) else {}
