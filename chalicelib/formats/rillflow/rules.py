"""A mapping list without problems -> our model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.formats.rillflow.shapes import text_of
from chalicelib.model import expressions as nodes
from chalicelib.values import Json


def mapping_rules(
    written: Sequence[Json] | None, common: Mapping[str, Sequence[Json]]
) -> tuple[nodes.Mapping, ...]:
    """Return the rules of a list, those of common lists in their places."""
    found: list[nodes.Mapping] = []
    for rule in written or ():
        reference = text_of(rule.get("reference"))
        if reference.strip():
            found += mapping_rules(common[reference], {})
        elif _says_something(rule):
            found.append(_rule(rule))
    return tuple(found)


def _says_something(rule: Mapping[str, Json]) -> bool:
    source, transform, target = (
        text_of(rule.get(name)).strip() for name in ("source", "transform", "target")
    )
    return bool(target and (source or transform))


def _rule(rule: Mapping[str, Json]) -> nodes.Mapping:
    return nodes.Mapping(
        source=text_of(rule.get("source")),
        transform=text_of(rule.get("transform")).rstrip(),
        target=text_of(rule["target"]),
        strict=text_of(rule.get("tolerance")) == "false",
    )
