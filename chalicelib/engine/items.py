"""What are the items of a Map, and what is known of each beside its value?

    the state's data, or what its reader brought --items_of--> Items

A reader brings an array, or says more of it: ``{"items", "sources"}``, where a source
is ``[address, number of items]``, in the order of the items. An object of the state's
own data is taken by its pairs where the Map's language allows that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

from chalicelib.engine.visit import Visit
from chalicelib.engine.walk import Walk
from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import Facts, View, evaluate
from chalicelib.frozen import dataclass
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Map
from chalicelib.values import Json, compact

#: AWS, "Context object data for Map states": where items come from that were not read.
_STATE_DATA = "STATE_DATA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """The items of one attempt of a Map."""

    values: Sequence[Json]
    #: Whether each item is a pair, of which the iteration gets both parts.
    keyed: bool = False
    #: (address, number of items), in the order of the items; empty: nobody says.
    sources: Sequence[tuple[str, int]] = ()

    @property
    def inner(self) -> Sequence[Json]:
        """The values that an object had under its keys; of an array the items."""
        return [each["Value"] for each in self.values] if self.keyed else self.values

    def facts(self) -> Iterator[Mapping[str, Json]]:
        """Yield what is told of each item beside its position and value."""
        places = self._places()
        for value in self.values:
            key = {"Key": value["Key"]} if self.keyed else {}
            source = next(places, None)
            yield key if source is None else {**key, "Source": source}

    def _places(self) -> Iterator[str]:
        for address, count in self.sources:
            for _ in range(count):
                yield address


def items_of(walk: Walk, visit: Visit, view: View) -> Items:
    """Return the items: the same for the same visit.

    Raises:
        EvaluationFailure: there are none to be had of this data.
    """
    work: Any = visit.state.work
    if work.reader is not None:
        return brought(walk.load(visit.items))
    value = visit.input if work.items is None else evaluate(work.items, view)
    if value is None and work.skip_when_empty:
        return Items(values=[])
    if isinstance(value, dict) and work.takes_pairs:
        return _of_state(work, _pairs(value), keyed=True)
    if not isinstance(value, list):
        what = f"the items of {visit.state.name!r} must be an array"
        cause = f"{what}, not {compact(value)[:200]}"
        raise EvaluationFailure(walk.name_of(Kind.RUNTIME), cause)
    return _of_state(work, value)


def _of_state(work: Map, values: list[Json], *, keyed: bool = False) -> Items:
    # Recorded: the iterations of an inline Map are not told where their items are from.
    sources = [(_STATE_DATA, len(values))] if work.label else ()
    return Items(values=values, keyed=keyed, sources=sources)


def _pairs(value: Mapping[str, Json]) -> list[Json]:
    return [{"Key": key, "Value": each} for key, each in value.items()]


def brought(answer: Json) -> Items:
    """Return the items that a reader brought.

    >>> brought({"items": ["a"], "sources": [["s3://b/k", 1]]}).sources
    [('s3://b/k', 1)]
    """
    if isinstance(answer, list):
        return Items(values=answer)
    return Items(
        values=answer["items"],
        sources=[(address, count) for address, count in answer.get("sources", ())],
    )


def is_brought(answer: Json) -> bool:
    """Whether a reader brought items.

    >>> is_brought([]), is_brought({"items": []}), is_brought({})
    (True, True, False)
    """
    if isinstance(answer, dict):
        answer = answer.get("items")
    return isinstance(answer, list)


def inputs_of(walk: Walk, visit: Visit, found: Items) -> Sequence[Json]:
    """Return what each item makes of it that the Map says.

    Raises:
        EvaluationFailure: it has no value for one of them.
    """
    work: Any = visit.state.work
    if work.item_input is None:
        return found.values
    around, variables = cache(partial(walk.facts, visit)), walk.visible()
    views = (
        View(
            visit.input,
            raw_input=visit.raw_input,
            input=visit.input,
            variables=variables,
            facts=partial(_item_facts, around, position, item, told),
            item=item,
            index=position,
        )
        for position, (item, told) in enumerate(
            zip(found.inner, found.facts(), strict=True)
        )
    )
    return [evaluate(work.item_input, view) for view in views]


def _item_facts(
    around: Callable[[], Facts], position: int, item: Json, told: Mapping[str, Json]
) -> Facts:
    return replace(around(), index=position, item=item, item_facts=told)
