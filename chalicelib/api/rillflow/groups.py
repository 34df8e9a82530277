"""What is told of the groups of a foreach besides how they are?

Rill Flow, "foreach": an element may have an ``identity``, for people; and where a
foreach and a task in it have a ``keyExp``, its groups are key groups, every one.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import jayway
from chalicelib.model.jayway_grammar import parse
from chalicelib.values import Json, compact

#: What an identity calls the element, and what we do.
_ELEMENT, _INPUT = "$.iteration.element", "$.input.element"


def facts(task: Mapping[str, Json], input: Json, count: int) -> dict[str, Json]:
    """Return what get.json shows of the groups of a foreach, made of its definition.

    ``count``: how many groups it has.
    """
    found: dict[str, Json] = {}
    if _has_keys(task):
        found["sub_group_key_judgement_mapping"] = {
            str(index): True for index in range(count)
        }
    if named := _identities(task, input, count):
        found["sub_group_index_to_identity"] = named
    return found


def _has_keys(task: Mapping[str, Json]) -> bool:
    inner = task.get("tasks") or ()
    return bool(task.get("keyExp")) and any(each.get("keyExp") for each in inner)


def _identities(task: Mapping[str, Json], input: Json, count: int) -> dict[str, Json]:
    iteration = task.get("iterationMapping") or {}
    identity = str(iteration.get("identity") or "")
    if not identity.strip():
        return {}
    elements = _read(str(iteration["collection"]), {"input": input})
    path = identity.replace(_ELEMENT, _INPUT)
    named = {
        str(index): _read(path, {"input": {"element": element}})
        for index, element in enumerate(elements if isinstance(elements, list) else ())
        if index < count
    }
    return {
        index: value if isinstance(value, str) else compact(value)
        for index, value in named.items()
        if value is not None
    }


def _read(path: str, document: Json) -> Json:
    try:
        return jayway.read(parse(path), document)
    except EvaluationFailure:  # nobody is named by a path that leads nowhere
        return None
