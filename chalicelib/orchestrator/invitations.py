"""At which URL does the holder of a task token answer?

    <base>/v1/tasks/<token>                                       Millrace's own
    <base>/flow/trigger.json?execution_id=…&task_name=…&token=…   Rill Flow's

Both take the same answers; the second one is what people of Rill Flow know.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from chalicelib.frozen import dataclass
from chalicelib.model.descriptors import execution_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """The right to answer for a task, and what it is about."""

    token: str
    execution: str
    #: The task's runtime name.
    task: str


def url(base: str, route: str, invitation: Invitation) -> str:
    """Return where an answer can be posted; empty where the stage has no address."""
    return base + _ROUTES[route](invitation) if base else ""


def _own(invitation: Invitation) -> str:
    return f"/v1/tasks/{invitation.token}"


def _rillflow(invitation: Invitation) -> str:
    workflow, _, name = invitation.execution.rpartition(":")
    asked = {
        "execution_id": execution_id(workflow, name),
        "task_name": invitation.task,
        "token": invitation.token,
    }
    return f"/flow/trigger.json?{urlencode(asked)}"


#: By ``Task.answers_at``.
_ROUTES: dict[str, Callable[[Invitation], str]] = {"": _own, "rillflow": _rillflow}
