"""What do people ask for? Executions (``executions``), and published definitions.

workflow#<name> / <version>       a definition: text and compiled form, immutable
workflow#<name> / CURRENT         which version is the newest, and since when any is
workflows / <name>                the list
withdrawn / <name>                those that were on it
"""

from __future__ import annotations

import json
import zlib
from collections import OrderedDict
from math import inf

from chalicelib.engine.state import Stored
from chalicelib.errors import StaleRecord, WorkflowNotFound
from chalicelib.frozen import dataclass
from chalicelib.journal import story
from chalicelib.journal.executions import Executions
from chalicelib.journal.heads import Head as Head
from chalicelib.journal.schedules import Schedules
from chalicelib.journal.values import Values
from chalicelib.model import codec
from chalicelib.model.workflow import Workflow
from chalicelib.ports import Clock, Item, Table
from chalicelib.values import Json, compact, short_hash

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


class Archive(Executions):
    """Heads and definitions; see the top of the module."""

    def __init__(
        self,
        table: Table,
        values: Values,
        clock: Clock,
        *,
        retention: float = inf,
        hides: bool = False,
    ) -> None:
        """``retention``, ``hides``: see ``Executions``."""
        super().__init__(table, values, clock, hides=hides)
        self._retention = retention
        self._compiled: OrderedDict[tuple[str, str], Workflow] = OrderedDict()

    def retention(self, head: Head) -> float:
        """See ``Executions``: what its workflow says, else the stage's own."""
        try:
            own = self.workflow(head.workflow, head.version).retention
        except WorkflowNotFound:
            own = None
        return self._retention if own is None else own

    def redacted(self, head: Head) -> tuple[str, ...]:
        """See ``Executions``."""
        try:
            return self.workflow(head.workflow, head.version).redact
        except WorkflowNotFound:
            return ()

    def told(self, execution: str, slot: Json | Stored) -> Json:
        """Return a value of a history that was read in outline."""
        return story.restored(self._values, execution, slot)

    # -- definitions -------------------------------------------------------------

    def publish(self, workflow: Workflow, text: str, *, is_current: bool = True) -> str:
        """Keep a definition and make it the current one; return its version.

        ``is_current`` False: keep it only, to be started by its version.

        The version is a hash of the text and of what it compiled to: publishing the
        same again changes nothing.
        """
        compiled = compact(codec.encode(workflow))
        version = short_hash(text, compiled, length=12)
        now = self._clock.now()
        item = {
            "pk": f"workflow#{workflow.name}",
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
        if is_current:
            self._make_current(workflow, version, now)
        return version

    def _make_current(self, workflow: Workflow, version: str, now: float) -> None:
        partition = f"workflow#{workflow.name}"
        known = self._table.get((partition, CURRENT)) or {"born": now}
        # CURRENT comes last: until it is there, publishing again does all of it.
        listed = {"version": version, "format": workflow.format, "published_at": now}
        self._table.put({"pk": "workflows", "sk": workflow.name, **listed})
        current = {"version": version, "born": known.get("born", 0.0)}
        self._table.put({"pk": partition, "sk": CURRENT, **current})

    def birth(self, name: str) -> float | None:
        """Return when a workflow was first published, since it was last withdrawn.

        Seconds since the epoch; 0 for one of an earlier release, None for none.
        """
        item = self._table.get((f"workflow#{name}", CURRENT))
        return None if item is None else float(item.get("born", 0.0))

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
        # What is on neither list is not swept. CURRENT goes first then: publishing
        # after a crash in between does all of it.
        self._table.put({"pk": "withdrawn", "sk": name})
        self._table.delete((f"workflow#{name}", CURRENT))
        self._table.delete(("workflows", name))
        kept = Schedules(self._table)
        for planned in kept.list(name):
            kept.remove(name, planned.schedule.name)

    def names(self) -> list[str]:
        """Return the names of all workflows there are or were, in order."""
        lists = ("workflows", "withdrawn")
        return sorted(
            {item["sk"] for each in lists for item in self._table.query(each)}
        )

    def current(self, name: str) -> str:
        """Return the version that new executions of a workflow run.

        Raises:
            WorkflowNotFound: there is none.
        """
        version = self._version(name)
        if not version:
            raise WorkflowNotFound(name)
        return version
