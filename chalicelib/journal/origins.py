"""How do the facts of a scope become JSON, in a record or a message, and come back?

A list in the order of ``Origin``'s fields, the execution left out and defaults cut off
at the end; values as positions in a pool.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from chalicelib.engine.state import Origin, Rejoin
from chalicelib.journal.pools import Pool, Shelf
from chalicelib.values import Json

_ORIGIN_FIELDS = tuple(each.name for each in fields(Origin) if each.name != "execution")
_SLOTS = ("input", "item")
_SLOTS_AT = tuple(_ORIGIN_FIELDS.index(name) for name in _SLOTS)
_facts_of = attrgetter(*_ORIGIN_FIELDS)
_ORIGIN_DEFAULTS = tuple(
    0 if each.name in _SLOTS else each.default
    for each in fields(Origin)
    if each.name != "execution"
)


def encode_origin(origin: Origin, pool: Pool) -> Json:
    """Return the facts of a scope, positions of values in ``pool``."""
    parts = list(_facts_of(origin))
    for place in _SLOTS_AT:
        parts[place] = pool.place(parts[place])
    return trim(parts, _ORIGIN_DEFAULTS)


def decode_origin(execution: str, parts: Json, shelf: Shelf) -> Origin:
    """Return what ``encode_origin`` was given."""
    named = dict(zip(_ORIGIN_FIELDS, parts, strict=False))
    for name in _SLOTS:
        if name in named:
            named[name] = shelf.take(named[name])
    if named.get("rejoin"):
        named["rejoin"] = Rejoin(*named["rejoin"])
    return Origin(execution=execution, **named)


def trim(parts: list[Json], defaults: Sequence[Any]) -> list[Json]:
    """Drop what is at its default from the end of ``parts``, and return them."""
    last = len(parts)
    while last and parts[last - 1] == defaults[last - 1]:
        last -= 1
    del parts[last:]
    return parts
