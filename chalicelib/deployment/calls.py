"""What do workflows call? Read off their tasks, as grants for the step function.

A resource that is worked out while the workflow runs cannot be read off: it is told, so
that somebody grants it by name (``.chalice/grants.json``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chalicelib.deployment.permissions import Grant
from chalicelib.errors import DeploymentRefused
from chalicelib.model.expressions import Literal
from chalicelib.model.workflow import Map, State, Task, Workflow, walk_scopes
from chalicelib.values import Json

_HERE = "${AWS::Region}:${AWS::AccountId}"
_ARN = "arn:${AWS::Partition}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What workflows call, as far as their definitions say it."""

    grants: tuple[Grant, ...] = ()
    #: ``workflow/state``: what it calls is worked out while it runs.
    unknown: tuple[str, ...] = field(default=())


def calls_of(workflows: Iterable[Workflow]) -> Calls:
    """Return what ``workflows`` call."""
    grants: set[Grant] = set()
    unknown: list[str] = []
    for workflow in workflows:
        for state in _states(workflow):
            for resource in _resources(state):
                found = None if resource is None else _grant(resource)
                if found is None:
                    unknown.append(f"{workflow.name}/{state.name}")
                else:
                    grants |= set(found)
    return Calls(grants=tuple(sorted(grants)), unknown=tuple(sorted(set(unknown))))


def read_grants(file: Path) -> tuple[Grant, ...]:
    """Return the grants that people wrote: ``[{"actions": […], "resources": […]}]``.

    Raises:
        DeploymentRefused: the file is not of that form, or grants everything.
    """
    if not file.exists():
        return ()
    try:
        rows = json.loads(file.read_text("utf-8"))
        found = tuple(
            Grant(actions=tuple(row["actions"]), resources=tuple(row["resources"]))
            for row in rows
        )
    except (ValueError, TypeError, KeyError) as error:
        raise DeploymentRefused(
            f'{file}: write [{{"actions": ["s3:GetObject"], "resources": ["arn:…"]}}] '
            f"({type(error).__name__}: {error})"
        ) from None
    for grant in found:
        if "*" in grant.resources or any("*" in action for action in grant.actions):
            raise DeploymentRefused(f"{file}: {grant} grants everything; name it")
    return found


def _states(workflow: Workflow) -> Iterator[State]:
    for scope in walk_scopes(workflow.scope):
        yield from scope.states.values()


def _resources(state: State) -> Iterator[str | None]:
    """Yield what a state calls; None for what is not known yet."""
    if isinstance(state.work, Task):
        resource = state.work.resource
        value = resource.value if isinstance(resource, Literal) else None
        yield value if isinstance(value, str) else None
    elif isinstance(state.work, Map):
        for errand in (state.work.reader, state.work.writer):
            if errand is not None:
                yield None


def _grant(resource: str) -> tuple[Grant, ...] | None:
    """Return what a call of ``resource`` needs; None when it does not say."""
    for prefix, read in _READERS.items():
        if resource.startswith(prefix):
            return read(resource.removeprefix(prefix))
    return None


def _function(name: str) -> tuple[Grant, ...]:
    if not name.startswith("arn:"):
        name = f"{_ARN}:lambda:{_HERE}:function:{name.partition(':')[0]}"
    base = ":".join(name.split(":")[:7])
    return (Grant(actions=("lambda:InvokeFunction",), resources=(base, f"{base}:*")),)


def _bound_function(arn: str) -> tuple[Grant, ...]:
    """``acs:fc:`` ARNs bind to Lambda functions: ``service-function``."""
    parts = arn.rpartition(":")[2].split("/")
    named = dict(zip(parts[::2], parts[1::2], strict=False))
    service = named.get("services", "").partition(".")[0]
    function = named.get("functions", "")
    return _function(f"{service}-{function}" if service else function)


def _queue(name: str) -> tuple[Grant, ...]:
    name = name.rpartition("/")[2]
    arn = name if name.startswith("arn:") else f"{_ARN}:sqs:{_HERE}:{name}"
    return (Grant(actions=("sqs:SendMessage",), resources=(arn,)),)


def _topic(name: str) -> tuple[Grant, ...]:
    arn = name if name.startswith("arn:") else f"{_ARN}:sns:{_HERE}:{name}"
    return (Grant(actions=("sns:Publish",), resources=(arn,)),)


def _bus(name: str) -> tuple[Grant, ...]:
    bus = name or "default"
    arn = f"{_ARN}:events:{_HERE}:event-bus/{bus}"
    return (Grant(actions=("events:PutEvents",), resources=(arn,)),)


def _nothing(_: str) -> tuple[Grant, ...]:
    return ()


_READERS: Mapping[str, Callable[[str], tuple[Grant, ...]]] = {
    "lambda:": _function,
    "acs:fc:": _bound_function,
    "sqs:": _queue,
    "sns:": _topic,
    "events:": _bus,
    "http:": _nothing,
    "https:": _nothing,
    "workflow:": _nothing,
    "activity:": _nothing,
}


def shown(calls: Calls, granted: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what changes from the statements ``granted`` now: lines with + and -."""
    now = {_line(each["Action"], each["Resource"]) for each in granted}
    wanted = {
        _line(list(grant.actions), list(grant.resources)) for grant in calls.grants
    }
    return [
        *(f"+ {line}" for line in sorted(wanted - now)),
        *(f"- {line}" for line in sorted(now - wanted)),
        *(f"? {place}: its resource is not known yet" for place in calls.unknown),
    ]


def _line(actions: list[str], resources: list[Json]) -> str:
    return f"{', '.join(actions)} on {', '.join(map(str, resources))}"
