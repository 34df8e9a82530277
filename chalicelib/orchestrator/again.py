"""What was decided before, by earlier deliveries of a message or by other turns?"""

from __future__ import annotations

import json

from chalicelib.engine import owed
from chalicelib.journal.records import Record
from chalicelib.orchestrator.turn import Turn


def record_of(turn: Turn, cause: str) -> Record | None:
    """Return the newest record with a cause that begins so, or None."""
    for record in turn.world.journal.walk_back(turn.execution, turn.scope):
        if any(each.startswith(cause) for each in record.causes):
            return record
    return None


def decided(turn: Turn, since: float) -> list[owed.Tag]:
    """Return the tags of all that earlier deliveries of the turn's messages decided.

    ``since``: no record that counts is older.
    """
    about = set(turn.about)
    found: dict[str, owed.Tag] = {}
    for record in turn.world.journal.walk_back(turn.execution, turn.scope):
        if record.at < since:
            break
        if not about.isdisjoint(record.causes):
            found.update((json.dumps(tag), tag) for tag in record.tags)
    return list(found.values())
