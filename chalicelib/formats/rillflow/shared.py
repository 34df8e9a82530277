"""Which tasks take their resource from elsewhere in the DAG?

    resources: [{name: price, category: http, resourceName: https://…, …}]
    tasks:     [{resourceName: resource://price, …}, {resource: {category: …}, …}]

A resource says where its requests go and what they have in common. What the task says
itself wins; its mappings come after those of the resource.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.formats import fields
from chalicelib.formats.fields import Field, Part, Shape, suggestion
from chalicelib.formats.rillflow import shapes
from chalicelib.formats.rillflow.resources import Resource, resource
from chalicelib.formats.rillflow.shapes import text_of
from chalicelib.values import Json

PROTOCOL = "resource"
_MAPPINGS = "input_mappings"
_SHAPE = Shape(
    "a resource",
    {
        **dict.fromkeys(("category", "resourceName", "requestType"), shapes.TEXT),
        "parameters": Field(shapes.maybe(fields.mapping)),
        _MAPPINGS: Field(shapes.maybe(fields.sequence)),
        "name": Field(fields.anything),
    },
    open=True,
)


def check_resources(resources: Part) -> None:
    """Report what is wrong with the resources of a DAG, but for their mappings."""
    taken: set[str] = set()
    for each in resources.elements():
        if not each.obeys(fields.mapping):
            continue
        name = text_of(each["name"].value)
        if not name:
            each.wrong("a resource has a name; tasks say resource:// and that name")
        elif name in taken:
            each["name"].wrong(f"resource name duplicated: {name!r}")
        taken.add(name)
        check_resource(each)


def check_resource(part: Part) -> None:
    """Report what is wrong with one resource."""
    shapes.read(part, _SHAPE)
    found = _resource(part.value)
    if not isinstance(found, Resource):
        part["resourceName" if "resourceName" in part else "category"].wrong(found)


def lent(task: Part) -> Resource | str | None:
    """Return the resource that a task takes from elsewhere; None if it does not.

    A text says what is wrong with it.
    """
    name = _name_of(task.value)
    if isinstance(task.value.get(PROTOCOL), Mapping):
        found = _resource(task.value[PROTOCOL])
        return found if isinstance(found, Resource) else None
    if not name:
        return None
    known = _by_name(task.report.root()["resources"].value)
    if name not in known:
        hint = suggestion(name, known) or "put it under the DAG's resources"
        return f"there is no resource {name!r}; {hint}"
    found = _resource(known[name])
    return found if isinstance(found, Resource) else None


def filled_in(dag: Mapping[str, Json]) -> dict[str, Json]:
    """Return a checked DAG whose tasks name their resources themselves."""
    known = _by_name(dag.get("resources"))
    return {**dag, "tasks": _level(dag["tasks"], known)}


def _level(tasks: Sequence[Json], known: Mapping[str, Any]) -> list[Json]:
    return [_task(task, known) for task in tasks]


def _task(task: Mapping[str, Json], known: Mapping[str, Any]) -> Json:
    if task["category"] == "foreach":
        return {**task, "tasks": _level(task["tasks"], known)}
    if task["category"] == "choice":
        choices = [
            {**each, "tasks": _level(each["tasks"], known)} for each in task["choices"]
        ]
        return {**task, "choices": choices}
    found = task.get(PROTOCOL) or known.get(_name_of(task))
    return _joined(task, found) if found else task


def _joined(task: Mapping[str, Json], found: Mapping[str, Json]) -> Json:
    return {
        **task,
        "resourceName": found.get("resourceName"),
        "resourceProtocol": found.get("category"),
        "requestType": task.get("requestType") or found.get("requestType"),
        "parameters": {
            **(found.get("parameters") or {}),
            **(task.get("parameters") or {}),
        },
        "inputMappings": [
            *(found.get(_MAPPINGS) or ()),
            *(task.get("inputMappings") or ()),
        ],
    }


def _resource(found: Mapping[str, Json]) -> Resource | str:
    name = text_of(found.get("resourceName")).strip()
    if name.startswith(f"{PROTOCOL}://"):
        return "a resource names its resource itself, not another one"
    return resource(name, text_of(found.get("category")).strip())


def _name_of(task: Mapping[str, Json]) -> str:
    """Return which of the DAG's resources a task names; empty for none."""
    scheme, separator, rest = text_of(task.get("resourceName")).strip().partition("://")
    protocol = text_of(task.get("resourceProtocol")).strip()
    if (protocol or scheme) != PROTOCOL:
        return ""
    return rest if separator else scheme


def _by_name(resources: Json) -> dict[str, Any]:
    listed = resources if isinstance(resources, list) else []
    return {
        text_of(each.get("name")): each for each in listed if isinstance(each, Mapping)
    }
