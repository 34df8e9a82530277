"""What do braces make of a value: an object, with one field for each group?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from chalicelib.expressions.jsonata.budget import Refusal
from chalicelib.expressions.jsonata.calling import Run
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.expressions.jsonata.paths import items_of
from chalicelib.expressions.jsonata.values import MISSING, Tuples
from chalicelib.values import Json

#: Name and value of each pair in braces.
Pairs: TypeAlias = Sequence[tuple[Run, Run]]


def grouped(pairs: Pairs, value: Json, frame: Frame) -> Json:
    """Return the object that braces make of a value, or of the elements of one.

    Elements that give the same name come into one group.

    Raises:
        Refusal: a name is no text, or two pairs give the same one.
    """
    is_stream = isinstance(value, Tuples)
    groups: dict[str, tuple[int, list[Json]]] = {}
    for item in items_of(value) or [MISSING]:
        context = item["@"] if is_stream and item is not MISSING else item
        inner = frame.inside(item) if is_stream and item is not MISSING else frame
        frame.budget.step()
        for number, (name_of, _) in enumerate(pairs):
            name = name_of(context, inner)
            if name is not MISSING:
                _put(groups, name, number, item)
    frame.budget.take(12 + 4 * len(groups))
    found = {}
    for name, (number, items) in groups.items():
        run = pairs[number][1]
        result = _of_stream(run, items, frame) if is_stream else run(_one(items), frame)
        if result is not MISSING:
            found[name] = result
    return found


def _put(
    groups: dict[str, tuple[int, list[Json]]], name: Json, number: int, item: Json
) -> None:
    if not isinstance(name, str):
        raise Refusal("T1003", "a name in an object must be a text")
    first, items = groups.setdefault(name, (number, []))
    if first != number:
        raise Refusal("D1009", f"two pairs of an object give the name {name!r}")
    items.append(item)


def _one(items: list[Json]) -> Json:
    """Return the context of a group: its element, or all of them, arrays made flat."""
    if len(items) == 1:
        return items[0]
    flat: list[Json] = []
    for each in items:
        flat.extend(each if isinstance(each, list) else [each])
    return flat


def _of_stream(run: Run, items: list[Json], frame: Frame) -> Json:
    if items == [MISSING]:
        return run(MISSING, frame)
    merged = {name: _one([each[name] for each in items]) for name in items[0]}
    return run(merged["@"], frame.inside(merged))
