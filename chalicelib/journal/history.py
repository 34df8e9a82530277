"""How do the events of a record become JSON, and come back?

Lists with their defaults cut off, values as positions in the record's pool.
"""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.engine.history import Happened, HistoryEvent
from chalicelib.journal.pools import Pool, Shelf, trim
from chalicelib.values import Json

_DEFAULTS = (None, 0, "", "", 0, "", "", "", 0, 0, None)


def encode_history(said: Sequence[HistoryEvent], at: float, pool: Pool) -> Json:
    """Return the events; times as milliseconds before ``at``."""
    return [
        trim(
            [
                kind.value,
                round((at - then) * 1000),
                state,
                scope,
                pool.place(value),
                *facts,
                beside and {name: pool.place(each) for name, each in beside.items()},
            ],
            _DEFAULTS,
        )
        for kind, then, state, scope, value, *facts, beside in said
    ]


def decode_history(parts: Json, at: float, shelf: Shelf) -> tuple[HistoryEvent, ...]:
    """Return what ``encode_history`` was given."""
    said = []
    for part in parts:
        full = [*part, *_DEFAULTS[len(part) :]]
        full[0] = Happened(full[0])
        full[1] = at - full[1] / 1000
        full[4] = shelf.take(full[4])
        if full[10]:
            full[10] = {name: shelf.take(place) for name, place in full[10].items()}
        said.append(HistoryEvent(*full))
    return tuple(said)
