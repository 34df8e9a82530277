"""Where are executions kept, as they are from the outside?

execution / HEAD                  written at the start and at the end
runs#<workflow> / <start>         the same in the list index

How long they are kept after their end, and who sees them then: ``keeping``.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from chalicelib.engine.state import Status, Stored
from chalicelib.errors import ExecutionNotFound, StaleRecord
from chalicelib.journal import keeping, records, removal, story
from chalicelib.journal.heads import Head, listed_at, summary
from chalicelib.journal.parts import WHOLE, Part
from chalicelib.journal.redaction import Mask, redacted
from chalicelib.journal.values import Values
from chalicelib.ports import Clock, Item, Table
from chalicelib.values import Json

HEAD = "HEAD"


class Executions(ABC):
    """Heads; what a workflow's version says of them is told by who knows versions."""

    def __init__(
        self, table: Table, values: Values, clock: Clock, *, hides: bool = False
    ) -> None:
        """``hides``: for people; what was kept for as long as it was to be is not
        there, and of the rest is not shown what is to be ``redacted``.
        """
        self._table = table
        self._values = values
        self._clock = clock
        self._hides = hides

    @abstractmethod
    def retention(self, head: Head) -> float:
        """Return the seconds for which an execution is kept after its end."""

    @abstractmethod
    def redacted(self, head: Head) -> tuple[str, ...]:
        """Return the paths to what nobody is shown of an execution."""

    def begin(self, head: Head) -> Head:
        """Write the HEAD of a new execution.

        Raises:
            StaleRecord: there is one of that id.
        """
        self._table.put(self._item(head), unless_exists=True)
        return head

    def end(self, head: Head) -> bool:
        """Write how an execution ended; False when that was written before.

        The end of an earlier run, told late, does not end a redriven one: that one
        says how often it was, or at least when it had ended before.
        """
        run: dict[str, Json] = {"stopped_at": None}
        if head.redrives:
            run = {"redrives": head.redrives}
        until = keeping.kept_until(head.stopped_at or 0.0, self.retention(head))
        ended = replace(head, kept_until=until)
        return self._replace(ended, {"status": Status.RUNNING.value, **run})

    def hide(self, head: Head) -> bool:
        """Have an execution that has ended be seen by nobody from now on."""
        ended = {"status": head.status.value, "stopped_at": head.stopped_at}
        return self._replace(replace(head, kept_until=self._clock.now()), ended)

    def remove(
        self,
        execution: str,
        is_over: Callable[[], bool],
        elsewhere: removal.Elsewhere = lambda _record: (),
    ) -> bool:
        """Remove an execution that is hidden; False when ``is_over`` came first.

        ``elsewhere``: what its records have left outside of its partitions.
        """
        item = self._table.get((execution, HEAD))
        now = self._clock.now()
        if item is None or not keeping.is_due(item, now):
            return True
        return removal.remove(
            self._table, self._values, self._clock, item, is_over, elsewhere
        )

    def due(self, workflow: str, after: str, limit: int) -> tuple[list[str], str]:
        """Return executions to be removed, and where to go on; empty: nowhere.

        They are looked for among the next ``limit`` of the list, oldest first.
        """
        now = self._clock.now()
        page = self._table.query(
            _listed(workflow),
            after=after,
            before=f"{now:017.6f}",
            limit=limit,
            index=True,
        )
        found = [
            f"{item['workflow']}:{item['name']}"
            for item in page
            if keeping.is_due(item, now)
        ]
        return found, page[-1]["isk"] if len(page) == limit else ""

    def redrive(self, head: Head, number: int, at: float) -> bool:
        """Write that an execution that has ended runs again; False if it does already.

        ``head``: how it had ended.
        """
        again = replace(
            head,
            kept_until=None,
            status=Status.RUNNING,
            output=None,
            error="",
            cause="",
            redrives=number,
            redriven_at=at,
        )
        ended = {"status": head.status.value, "stopped_at": head.stopped_at}
        return self._replace(again, ended)

    def _replace(self, head: Head, where: Mapping[str, Json]) -> bool:
        try:
            self._table.put(self._item(head), where=where)
        except StaleRecord:
            return False
        return True

    def head(self, execution: str) -> Head:
        """Return an execution.

        Raises:
            ExecutionNotFound: there is none of that id.
        """
        item = self._table.get((execution, HEAD))
        if item is None or self._is_hidden(item):
            raise ExecutionNotFound(execution)
        head = self._head(item)
        paths = self.redacted(head) if self._hides else ()
        if not paths:
            return head
        mask = Mask.of(paths, [head.input, head.output])
        return replace(
            head,
            input=mask.shown(head.input),
            output=mask.shown(head.output),
            error=mask.text(head.error),
            cause=mask.text(head.cause),
        )

    def shown(self, execution: str, value: Json) -> Json:
        """Return a value of an execution as people may see it."""
        item = self._table.get((execution, HEAD)) if self._hides else None
        if item is None or keeping.is_mark(item):
            return value
        paths = self.redacted(summary(item))
        if not paths:
            return value
        return Mask.of(paths, [self._head(item).input, value]).shown(value)

    def _is_hidden(self, item: Item) -> bool:
        if self._hides:
            return keeping.is_hidden(item, self._clock.now())
        return keeping.is_mark(item)

    def heads(
        self,
        workflow: str,
        *,
        status: Status | None = None,
        redriven: bool | None = None,
        limit: int = 100,
        after: str | None = None,
    ) -> tuple[list[Head], str | None]:
        """Return a page of a workflow's executions, newest first, and where to go on.

        ``redriven``: only those that were, or that were not. Their input and output
        are left out.
        """
        found: list[Head] = []
        for head, place in self._newest(workflow, after, limit):
            is_meant = redriven in (None, bool(head.redrives))
            if is_meant and status in (None, head.status):
                found.append(head)
            if len(found) == limit:
                return found, place
        return found, None

    def _newest(
        self, workflow: str, after: str | None, size: int
    ) -> Iterator[tuple[Head, str]]:
        """Yield executions that are shown, each with its place; ``size``: of a page."""
        before = after or ""
        while True:
            page = self._table.query(
                _listed(workflow),
                before=before,
                descending=True,
                limit=size,
                index=True,
            )
            for item in page:
                if not self._is_hidden(item):
                    yield summary(item), item["isk"]
            if len(page) < size:
                return
            before = page[-1]["isk"]

    def history(self, execution: str, part: Part = WHOLE) -> list[dict[str, Json]]:
        """Return what happened in an execution, oldest first; at least that ``part``.

        Large values that the part does not show are null.
        """
        item = self._table.get((execution, HEAD)) if self._hides else None
        is_there = item is not None and not keeping.is_mark(item)
        paths = self.redacted(summary(item)) if item and is_there else ()
        # What is hidden in one scope is hidden wherever it turns up: all are read.
        wanted = WHOLE if paths else part
        told = story.tell(self._table, self._values, execution, wanted)
        return redacted(told, paths) if paths else told

    def is_long(self, execution: str, records: int) -> bool:
        """Whether more than ``records`` records tell an execution, not to read all."""
        found = self._table.query(execution, prefix="r", limit=records + 1)
        return len(found) > records

    def _item(self, head: Head) -> Item:
        kept: dict[str, Json] = {
            "i": self._kept(head.execution, head.input),
            "o": self._kept(head.execution, head.output),
            "e": self._kept(head.execution, [head.error, head.cause]),
            "t": [head.trace, head.parent, head.depth, head.input_digest],
        }
        again: Item = {}
        if head.redrives:
            again = {"redrives": head.redrives, "redriven_at": head.redriven_at}
        if head.kept_until is not None:
            again["kept_until"] = head.kept_until
        if head.notices is not None:
            kept["n"] = self._kept(head.execution, head.notices)
        if head.caller:
            kept["c"] = head.caller
        return {
            "pk": head.execution,
            "sk": HEAD,
            "ipk": _listed(head.workflow),
            "isk": listed_at(head),
            "name": head.name,
            "workflow": head.workflow,
            "version": head.version,
            "status": head.status.value,
            "started_at": head.started_at,
            "stopped_at": head.stopped_at,
            "d": records.pack(kept),
            **again,
        }

    def _kept(self, execution: str, value: Json | Stored) -> Json:
        if type(value) is Stored:
            return [json.loads(value.reference)]
        return [self._values.keep(execution, value)]

    def _head(self, item: Item) -> Head:
        kept = records.unpack(item["d"])
        execution = item["pk"]
        trace, parent, depth, input_digest = kept["t"]
        error, cause = self._values.restore(execution, kept["e"][0])
        return replace(
            summary(item),
            execution=execution,
            input=self._values.restore(execution, kept["i"][0]),
            output=self._values.restore(execution, kept["o"][0]),
            error=error,
            cause=cause,
            trace=trace,
            parent=parent,
            depth=depth,
            input_digest=input_digest,
            caller=kept.get("c"),
            notices=self._values.restore(execution, kept["n"][0])
            if "n" in kept
            else None,
        )


def _listed(workflow: str) -> str:
    return f"runs#{workflow}"
