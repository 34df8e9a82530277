"""What do workflows call? Read off their tasks, as grants for the step function.

A resource that is worked out while the workflow runs cannot be read off: it is told, so
that somebody grants it by name (``.chalice/grants.json``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chalicelib.deployment.permissions import WITHOUT_RESOURCES, Grant
from chalicelib.deployment.place import Place
from chalicelib.deployment.resources import (
    ASSUME,
    Given,
    called_as,
    for_settings,
    needed,
)
from chalicelib.errors import DeploymentRefused
from chalicelib.model.expressions import (
    Array,
    Expression,
    Literal,
    Object,
    RillRequest,
)
from chalicelib.model.workflow import Map, State, Task, Workflow, walk_scopes
from chalicelib.values import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What workflows call, as far as their definitions say it."""

    grants: tuple[Grant, ...] = ()
    #: ``workflow/state: action``: of what, is worked out while it runs.
    unknown: tuple[str, ...] = field(default=())


def calls_of(
    workflows: Iterable[Workflow], settings: Mapping[str, str] | None = None
) -> Calls:
    """Return what ``workflows`` call, and what the stage does as its settings say."""
    told = settings or {}
    grants: set[Grant] = set(for_settings(told))
    unknown: set[str] = set()
    for workflow in workflows:
        for state in _states(workflow):
            for resource, given in _resources(state):
                found = needed(resource, given, told)
                if found is None:
                    called = called_as(resource)
                    what = f"what {called} is about" if called else "its resource"
                    unknown.add(f"{workflow.name}/{state.name}: {what}")
                else:
                    grants |= set(found)
    return Calls(grants=tuple(sorted(grants)), unknown=tuple(sorted(unknown)))


def read_grants(file: Path) -> tuple[Grant, ...]:
    """Return the grants that people wrote: ``[{"actions": […], "resources": […]}]``.

    Raises:
        DeploymentRefused: the file is not of that form, or grants everything.
    """
    if not file.exists():
        return ()
    try:
        found = tuple(_written(row) for row in json.loads(file.read_text("utf-8")))
    except (ValueError, TypeError, KeyError) as error:
        raise DeploymentRefused(
            f'{file}: write [{{"actions": ["s3:GetObject"], "resources": ["arn:…"]}}] '
            f"({type(error).__name__}: {error})"
        ) from None
    for grant in found:
        is_for_all = "*" in grant.resources and not (
            set(grant.actions) <= set(WITHOUT_RESOURCES)
        )
        if is_for_all or any("*" in action for action in grant.actions):
            raise DeploymentRefused(f"{file}: {grant} grants everything; name it")
    return found


def _written(row: Mapping[str, Json]) -> Grant:
    actions, resources = row["actions"], row["resources"]
    if not (isinstance(actions, list) and isinstance(resources, list)):
        raise TypeError("actions and resources are a list each")
    return Grant(actions=tuple(actions), resources=tuple(resources))


def _states(workflow: Workflow) -> Iterator[State]:
    for scope in walk_scopes(workflow.scope):
        yield from scope.states.values()


def _resources(state: State) -> Iterator[tuple[str, Given]]:
    """Yield what a state calls, and with what; no name for what is not known yet."""
    if isinstance(state.work, Task):
        yield from _of_task(state.work, known(state.arguments))
    elif isinstance(state.work, Map):
        for errand in (state.work.reader, state.work.writer):
            if errand is not None:
                given = known(errand.arguments)
                yield errand.resource, given if isinstance(given, dict) else {}


def _of_task(work: Task, given: Json) -> Iterator[tuple[str, Given]]:
    resource = known(work.resource)
    name = resource if isinstance(resource, str) else ""
    if work.role is not None and not name.startswith("workflow:"):
        # What the requests of the task need, that role has, and not the stage's own.
        yield ASSUME, {"RoleArn": known(work.role)}
        return
    request = given if isinstance(given, dict) else {}
    yield name, request
    if work.job is not None:
        # Looked at, and stopped, under the names that it was begun with.
        for called in (work.job.look, work.job.stop):
            if called:
                yield called, request


def known(expression: Expression | None) -> Json:
    """Return what an expression gives whatever happens; None for what may differ."""
    match expression:
        case Literal(value=value):
            return value
        case Object(fields=fields):
            return {name: known(value) for name, value in fields}
        case Array(items=items):
            return [known(item) for item in items]
        case RillRequest(kind="sns", target=topic):
            return {"TopicArn": topic}
        case RillRequest(kind="eventbridge", target=bus):
            return {"Entries": [{"EventBusName": bus}]}
        case _:
            return None


def shown(
    calls: Calls, granted: Iterable[Mapping[str, Any]], place: Place | None = None
) -> list[str]:
    """Return what changes from the statements ``granted`` now: lines with + and -.

    ``place``: where the stage is; without it, references are shown as they are.
    """
    now = {_line(each["Action"], each["Resource"]) for each in granted}
    wanted = {
        _line(grant.actions, _resources_at(grant, place)) for grant in calls.grants
    }
    return [
        *(f"+ {line}" for line in sorted(wanted - now)),
        *(f"- {line}" for line in sorted(now - wanted)),
        *(f"? {call} is not known yet" for call in calls.unknown),
    ]


def _resources_at(grant: Grant, place: Place | None) -> list[str]:
    return [
        place.filled({"Fn::Sub": each}) if place else each for each in grant.resources
    ]


def _line(actions: str | Iterable[str], resources: str | Iterable[str]) -> str:
    return f"{', '.join(_listed(actions))} on {', '.join(_listed(resources))}"


def _listed(one_or_more: str | Iterable[str]) -> list[str]:
    """IAM takes a list of one and a text alike, and gives back either."""
    return [one_or_more] if isinstance(one_or_more, str) else list(one_or_more)
