"""How do the history events of a record become JSON, and come back?

Each is a list with its defaults cut off: what happened, milliseconds before the record,
state, scope, the position of its value in the pool, and what else is known.
"""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.engine.history import Happened, HistoryEvent
from chalicelib.journal.origins import trim
from chalicelib.journal.pools import Pool, Shelf
from chalicelib.values import Json

_SAID_DEFAULTS = (None, 0, "", "", 0, "", "", "", 0, 0, None)


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
            _SAID_DEFAULTS,
        )
        for kind, then, state, scope, value, *facts, beside in said
    ]


def decode_history(parts: Json, at: float, shelf: Shelf) -> tuple[HistoryEvent, ...]:
    """Return what ``encode_history`` was given."""
    said = []
    for part in parts:
        full = [*part, *_SAID_DEFAULTS[len(part) :]]
        full[0] = Happened(full[0])
        full[1] = at - full[1] / 1000
        full[4] = shelf.take(full[4])
        if full[10]:
            full[10] = {name: shelf.take(place) for name, place in full[10].items()}
        said.append(HistoryEvent(*full))
    return tuple(said)
