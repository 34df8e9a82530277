"""What do people ask for? Executions from the outside, and published definitions.

execution / HEAD                  written at the start and at the end
workflow#<name> / <version>       a definition: text and compiled form, immutable
workflow#<name> / CURRENT         which version is the newest
workflows / <name>                the list
"""

from __future__ import annotations

import json
import zlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.engine.state import Status, Stored
from chalicelib.errors import ExecutionNotFound, StaleRecord, WorkflowNotFound
from chalicelib.journal import records, story
from chalicelib.journal.heads import Head as Head
from chalicelib.journal.heads import summary
from chalicelib.journal.schedules import Schedules
from chalicelib.journal.values import Values
from chalicelib.model import codec
from chalicelib.model.workflow import Workflow
from chalicelib.ports import Clock, Item, Table
from chalicelib.values import Json, compact, short_hash

HEAD = "HEAD"
CURRENT = "CURRENT"
#: Compiled workflows that a process remembers.
REMEMBERED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A version of a workflow."""

    name: str
    version: str
    format: str
    text: str
    published_at: float


class Archive:
    """Heads and definitions; see the top of the module."""

    def __init__(self, table: Table, values: Values, clock: Clock) -> None:
        self._table = table
        self._values = values
        self._clock = clock
        self._compiled: OrderedDict[tuple[str, str], Workflow] = OrderedDict()

    # -- executions --------------------------------------------------------------

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
        return self._replace(head, {"status": Status.RUNNING.value, **run})

    def redrive(self, head: Head, number: int, at: float) -> bool:
        """Write that an execution that has ended runs again; False if it does already.

        ``head``: how it had ended.
        """
        again = replace(
            head,
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
        if item is None:
            raise ExecutionNotFound(execution)
        return self._head(item)

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
        before = after or ""
        while len(found) < limit:
            page = self._table.query(
                _listed(workflow),
                before=before,
                descending=True,
                limit=limit,
                index=True,
            )
            for item in page:
                before = item["isk"]
                head = summary(item)
                is_meant = redriven in (None, bool(head.redrives))
                if is_meant and status in (None, head.status):
                    found.append(head)
                if len(found) == limit:
                    break
            else:
                if len(page) < limit:
                    return found, None
        return found, before

    def history(self, execution: str) -> list[dict[str, Json]]:
        """Return what happened in an execution, oldest first."""
        return story.tell(self._table, self._values, execution)

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
        if head.notices is not None:
            kept["n"] = self._kept(head.execution, head.notices)
        return {
            "pk": head.execution,
            "sk": HEAD,
            "ipk": _listed(head.workflow),
            "isk": f"{head.started_at:017.6f}#{head.name}",
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
            notices=self._values.restore(execution, kept["n"][0])
            if "n" in kept
            else None,
        )

    # -- definitions -------------------------------------------------------------

    def publish(self, workflow: Workflow, text: str, *, is_current: bool = True) -> str:
        """Keep a definition and make it the current one; return its version.

        ``is_current`` False: keep it only, to be started by its version.

        The version is a hash of the text and of what it compiled to: publishing the
        same again changes nothing.
        """
        compiled = compact(codec.encode(workflow))
        version = short_hash(text, compiled, length=12)
        partition = f"workflow#{workflow.name}"
        now = self._clock.now()
        item = {
            "pk": partition,
            "sk": version,
            "format": workflow.format,
            "text": zlib.compress(text.encode()),
            "compiled": zlib.compress(compiled.encode()),
            "published_at": now,
        }
        try:
            self._table.put(item, unless_exists=True)
        except StaleRecord:
            if not is_current or self._version(workflow.name) == version:
                return version
        if not is_current:
            return version
        # CURRENT comes last: until it is there, publishing again does all of it.
        listed = {"version": version, "format": workflow.format, "published_at": now}
        self._table.put({"pk": "workflows", "sk": workflow.name, **listed})
        self._table.put({"pk": partition, "sk": CURRENT, "version": version})
        return version

    def _version(self, name: str) -> str:
        """Return the current version; empty for none."""
        item = self._table.get((f"workflow#{name}", CURRENT))
        return str(item["version"]) if item else ""

    def _definition(self, name: str, version: str) -> Item:
        version = version or self.current(name)
        item = self._table.get((f"workflow#{name}", version))
        if item is None or "text" not in item:
            raise WorkflowNotFound(name, version)
        return item

    def definition(self, name: str, version: str = "") -> Published:
        """Return a version of a workflow, by default the current one.

        Raises:
            WorkflowNotFound: there is none.
        """
        item = self._definition(name, version)
        return Published(
            name=name,
            version=item["sk"],
            format=item["format"],
            text=zlib.decompress(item["text"]).decode(),
            published_at=item["published_at"],
        )

    def definitions(self) -> list[Published]:
        """Return the current version of every workflow; their texts are left out."""
        return [
            Published(
                name=item["sk"],
                version=item["version"],
                format=item["format"],
                text="",
                published_at=item["published_at"],
            )
            for item in self._table.query("workflows")
        ]

    def workflow(self, name: str, version: str) -> Workflow:
        """Return a compiled version; it never changes, so it is remembered.

        Raises:
            WorkflowNotFound: there is none.
        """
        found = self._compiled.get((name, version))
        if found is None:
            item = self._definition(name, version)
            decoded = codec.decode(json.loads(zlib.decompress(item["compiled"])))
            assert isinstance(decoded, Workflow)  # noqa: S101 - what publish wrote
            found = self._compiled[name, item["sk"]] = decoded
            while len(self._compiled) > REMEMBERED:
                self._compiled.popitem(last=False)
        return found

    def withdraw(self, name: str) -> None:
        """Take a workflow and its schedules off the lists.

        Its executions go on with their versions.
        """
        # CURRENT goes first: publishing after a crash in between does all of it.
        self._table.delete((f"workflow#{name}", CURRENT))
        self._table.delete(("workflows", name))
        kept = Schedules(self._table)
        for planned in kept.list(name):
            kept.remove(name, planned.schedule.name)

    def current(self, name: str) -> str:
        """Return the version that new executions of a workflow run.

        Raises:
            WorkflowNotFound: there is none.
        """
        version = self._version(name)
        if not version:
            raise WorkflowNotFound(name)
        return version


def _listed(workflow: str) -> str:
    return f"runs#{workflow}"
