"""Executions and definitions to keep, a clock, and a table that goes down."""

from __future__ import annotations

from chalicelib.formats import compile_definition
from chalicelib.journal.archive import Head
from chalicelib.values import compact
from tests.contracts.journals import T0


class StoppedClock:
    """The same time, until somebody moves it."""

    def __init__(self):
        self.at = T0

    def now(self):
        return self.at


class Broken:
    """A table that goes down after so many writes."""

    def __init__(self, table, writes):
        self._table = table
        self._left = writes

    def put(self, item, **condition):
        if not self._left:
            raise ConnectionError("the process is gone")
        self._left -= 1
        self._table.put(item, **condition)

    def get(self, key):
        return self._table.get(key)


def a_head(number=1, **facts):
    name = f"run-{number}"
    defaults = {"workflow": "orders", "version": "v1", "started_at": T0 + number}
    return Head(**{"execution": f"orders:{name}", "name": name, **defaults, **facts})


def a_definition(comment="first"):
    definition = {
        "Comment": comment,
        "StartAt": "Rest",
        "States": {"Rest": {"Type": "Pass", "End": True}},
    }
    return compile_definition(definition, format="asl", name="orders"), compact(
        definition
    )
