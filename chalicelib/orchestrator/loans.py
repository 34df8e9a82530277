"""What was an attempt lent? Looked up when it asks for the first time, and kept.

Rules and resources change while an attempt is under way, and its request may be made
again after a crash. It is the same request then, so what was lent to it is kept beside
the scope, if nothing is there, before the attempt goes on. What cannot be lent is not
kept: the attempt fails of it.
"""

from __future__ import annotations

import json

from chalicelib.errors import LoanNeeded, StaleRecord
from chalicelib.journal import keys
from chalicelib.orchestrator.world import World
from chalicelib.values import Json, short_hash


def borrow(world: World, execution: str, scope: str, needed: LoanNeeded) -> Json:
    """Return what an attempt was lent, or is lent now."""
    pk = keys.partition(execution, scope)
    sk = keys.loan(scope, short_hash(needed.reference))
    item = world.table.get((pk, sk))
    if item is None:
        found = world.lender.lend(needed.question)
        if "error" in found:
            return found
        item = {"pk": pk, "sk": sk, "body": json.dumps(found)}
        try:
            world.table.put(item, unless_exists=True)
        except StaleRecord:
            item = world.table.get((pk, sk)) or item
    return json.loads(item["body"])
