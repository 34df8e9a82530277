"""A function task without problems -> what it asks for, and when it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.formats.rillflow.resources import Resource, resource
from chalicelib.formats.rillflow.shapes import is_on, text_of
from chalicelib.model import expressions as nodes
from chalicelib.model.workflow import Mode, Retrier, Task
from chalicelib.values import Json

#: Levels of flows that start each other, the first one included (Rill Flow, "Limits").
MAX_FLOWS = 5
_MODES = {
    "task_sync": Mode.REQUEST,
    "task_async": Mode.CALLBACK,
    "task_scheduler": Mode.CALLBACK,
    "flow_sync": Mode.SYSTEM,
    "flow_async": Mode.SUBMIT,
}
_READINGS = {
    Mode.REQUEST: "rillflow",
    Mode.CALLBACK: "rillflow",
    # The end of a flow answers with its whole context.
    Mode.SYSTEM: "payload",
    Mode.SUBMIT: "rillflow_started",
}


def function(task: Mapping[str, Json], *, is_addressed: bool) -> Task:
    """Return the work of a function task.

    ``is_addressed``: its callback URL may be known before it begins.
    """
    mode = _MODES[text_of(task["pattern"])]
    timeline = task.get("timeline") or {}
    return Task(
        resource=nodes.Literal(value=_resource(task).text),
        mode=mode,
        reading=_READINGS[mode],
        timeout=positive(timeline.get("timeoutInSeconds"), "input"),
        levels=MAX_FLOWS if mode in (Mode.SYSTEM, Mode.SUBMIT) else 0,
        at_most_once=is_on(task.get("atMostOnce")),
        answers_at="rillflow",
        is_addressed=is_addressed,
        shows_failures=True,
        success=conditions(task.get("successConditions"), "output"),
        failure=conditions(task.get("failConditions"), "output"),
    )


def request(task: Mapping[str, Json], groups: tuple[str, ...]) -> nodes.RillRequest:
    """Return what a function task sends; ``groups`` are the tasks around it."""
    parameters = task.get("parameters")
    found = _resource(task)
    return nodes.RillRequest(
        kind=found.kind,
        target=found.target,
        method=text_of(task.get("requestType")).strip().upper() or "POST",
        groups=groups,
        parameters=nodes.Literal(value=parameters) if parameters else None,
        connect=float(task.get("connectTimeoutInSeconds") or 0),
        read=float(task.get("readTimeoutInSeconds") or 0),
    )


def _resource(task: Mapping[str, Json]) -> Resource:
    name = text_of(task.get("resourceName")).strip()
    found = resource(name, text_of(task.get("resourceProtocol")).strip())
    assert isinstance(found, Resource)  # noqa: S101 - the task was checked
    return found


def conditions(texts: Sequence[Json] | None, root: str) -> tuple[nodes.Condition, ...]:
    """Return conditions about ``root``."""
    return tuple(nodes.Condition(text=text_of(each), root=root) for each in texts or ())


def positive(value: Json, root: str) -> nodes.Expression | None:
    """Return a number above zero: a constant, or a path from ``root``."""
    text = text_of(value).strip()
    if text.startswith("$"):
        return nodes.Jayway(text=text, root=root, kind="positive")
    return nodes.Literal(value=int(text)) if text else None


def retriers(retry: Mapping[str, Json]) -> tuple[Retrier, ...]:
    """Return the clause that a task's ``retry`` is, or none.

    The first wait is multiplied already, and any one condition is enough.
    """
    most = retry.get("maxRetryTimes") or 0
    if most <= 0:
        return ()
    multiplier = 1 if retry.get("multiplier") is None else retry["multiplier"]
    multiplier = multiplier if multiplier > 0 else 1
    rules = conditions(retry.get("conditions"), "output")
    return (
        Retrier(
            errors=("*",),
            interval=max(retry.get("intervalInSeconds") or 0, 0) * float(multiplier),
            max_attempts=most,
            backoff=float(multiplier),
            condition=nodes.Or(rules=rules) if rules else None,
        ),
    )
