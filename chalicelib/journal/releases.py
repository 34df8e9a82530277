"""What do people say about a workflow, besides its text? Facts, numbers and aliases.

    facts / <workflow>                  what a face keeps about it, and its tags
    about#<workflow> / N#00000003       release 3: which version it is; never changed
    about#<workflow> / ALIAS#prod       a name for one release, or for two by weight
    <execution> / VIA                   the release or alias that it was started by

A version is named by the hash of its content, for machines. A release is a version that
somebody gave the next number, for people. A number is never used twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace

from chalicelib.errors import StaleRecord
from chalicelib.frozen import dataclass
from chalicelib.ports import Clock, Item, Table
from chalicelib.values import Json, compact

FACTS = "facts"
VIA = "VIA"
#: Lost races after which a change is given up: somebody writes all the time.
RACES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a face keeps about a workflow."""

    about: Mapping[str, Json] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    #: Seconds since the epoch; 0 where nobody said so.
    created_at: float = 0.0
    updated_at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A version with a number."""

    number: int
    version: str
    description: str = ""
    #: Facts about the workflow as they were then, as far as a face keeps them.
    facts: Mapping[str, Json] = field(default_factory=dict)
    created_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A name that leads to one release, or to two by weight."""

    name: str
    #: (number of a release, percent); the percents add up to 100.
    routes: tuple[tuple[int, int], ...]
    description: str = ""
    created_at: float = 0.0
    updated_at: float = 0.0

    def route(self, key: str) -> int:
        """Return the release for ``key``: the same for the same key.

        >>> Alias(name="prod", routes=((3, 100),)).route("any")
        3
        """
        point = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) % 100
        for number, percent in self.routes:
            if point < percent:
                return number
            point -= percent
        return self.routes[-1][0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where the number of a release, or an alias, leads."""

    version: str
    number: int
    #: Empty where it was the number.
    alias: str = ""


class Releases:
    """Facts, releases and aliases of workflows; see the top of the module."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    # -- facts -------------------------------------------------------------------

    def facts(self, workflow: str) -> Facts | None:
        """Return what is kept about a workflow, or None."""
        item = self._table.get((FACTS, workflow))
        return None if item is None else _facts(item)

    def all_facts(self) -> dict[str, Facts]:
        """Return what is kept about every workflow, by its name."""
        return {item["sk"]: _facts(item) for item in self._table.query(FACTS)}

    def change(self, workflow: str, change: Callable[[Facts], Facts]) -> Facts:
        """Keep what ``change`` makes of the facts; it may be asked more than once.

        Raises:
            StaleRecord: others changed them all the time.
        """
        for _ in range(RACES):
            item = self._table.get((FACTS, workflow))
            before = Facts() if item is None else _facts(item)
            after = replace(change(before), updated_at=self._clock.now())
            try:
                self._put_facts(workflow, after, item)
            except StaleRecord:
                continue
            return after
        raise StaleRecord(f"{FACTS} {workflow}")

    def _put_facts(self, workflow: str, facts: Facts, before: Item | None) -> None:
        item = {
            "pk": FACTS,
            "sk": workflow,
            "seq": before["seq"] + 1 if before else 1,
            "about": compact(dict(facts.about)),
            "tags": compact(dict(facts.tags)),
            "created_at": facts.created_at,
            "updated_at": facts.updated_at,
        }
        if before is None:
            self._table.put(item, unless_exists=True)
        else:
            self._table.put(item, where={"seq": before["seq"]})

    def forget(self, workflow: str) -> None:
        """Forget everything that is said about a workflow."""
        self._table.delete((FACTS, workflow))
        for item in self._table.query(about(workflow)):
            self._table.delete((item["pk"], item["sk"]))

    # -- releases ----------------------------------------------------------------

    def release(
        self,
        workflow: str,
        version: str,
        description: str = "",
        *,
        facts: Mapping[str, Json] | None = None,
    ) -> Release:
        """Give a version the next number; the newest release of it keeps its own.

        ``facts``: what to keep with it; the same version has a new number then.
        """
        while True:
            numbered = self._numbered(workflow)
            newest = next((each for each in numbered if not each["gone"]), None)
            is_known = newest is not None and newest["version"] == version
            if newest is not None and is_known and facts is None:
                return _release(newest)
            number = numbered[0]["number"] + 1 if numbered else 1
            item = {
                **{"pk": about(workflow), "sk": _number(number), "number": number},
                "version": version,
                "description": description,
                "facts": compact(dict(facts or {})),
                "created_at": self._clock.now(),
                "gone": False,
            }
            try:
                self._table.put(item, unless_exists=True)
            except StaleRecord:
                continue
            return _release(item)

    def releases(self, workflow: str) -> list[Release]:
        """Return the releases of a workflow, newest first."""
        found = self._numbered(workflow)
        return [_release(item) for item in found if not item["gone"]]

    def numbered(self, workflow: str, number: int) -> Release | None:
        """Return the release of that number, or None."""
        item = self._table.get((about(workflow), _number(number)))
        return None if item is None or item["gone"] else _release(item)

    def take_back(self, workflow: str, number: int) -> None:
        """Remove a release; its number stays used."""
        item = self._table.get((about(workflow), _number(number)))
        if item is not None:
            self._table.put({**item, "gone": True})

    def _numbered(self, workflow: str) -> list[Item]:
        return self._table.query(about(workflow), prefix="N#", descending=True)

    # -- aliases -----------------------------------------------------------------

    def alias(self, workflow: str, name: str) -> Alias | None:
        """Return an alias of a workflow, or None."""
        item = self._table.get((about(workflow), f"ALIAS#{name}"))
        return None if item is None else _alias(item)

    def aliases(self, workflow: str) -> list[Alias]:
        """Return the aliases of a workflow, by name."""
        found = self._table.query(about(workflow), prefix="ALIAS#")
        return [_alias(item) for item in found]

    def keep_alias(self, workflow: str, alias: Alias) -> Alias:
        """Keep an alias as it is now."""
        now = self._clock.now()
        kept = replace(alias, created_at=alias.created_at or now, updated_at=now)
        self._table.put(
            {
                "pk": about(workflow),
                "sk": f"ALIAS#{kept.name}",
                "name": kept.name,
                "routes": [list(route) for route in kept.routes],
                "description": kept.description,
                "created_at": kept.created_at,
                "updated_at": kept.updated_at,
            }
        )
        return kept

    def drop_alias(self, workflow: str, name: str) -> None:
        """Remove an alias; one that is not there is fine."""
        self._table.delete((about(workflow), f"ALIAS#{name}"))

    # -- executions --------------------------------------------------------------

    def route(self, workflow: str, qualifier: str, *, key: str) -> Route | None:
        """Return where the number of a release, or an alias, leads; None: nowhere.

        ``key`` decides where an alias has two routes.
        """
        if not qualifier:
            return None
        if qualifier.isdigit():
            alias, number = "", int(qualifier)
        else:
            found = self.alias(workflow, qualifier)
            if found is None:
                return None
            alias, number = found.name, found.route(key)
        release = self.numbered(workflow, number)
        if release is None:
            return None
        return Route(version=release.version, number=number, alias=alias)

    def note_start(self, execution: str, number: int, alias: str) -> None:
        """Remember by which release, and by which alias if any, it was started."""
        via = {"pk": execution, "sk": VIA, "number": number, "alias": alias}
        self._table.put(via)

    def started_by(self, execution: str) -> tuple[int, str]:
        """Return the release and the alias; 0 and empty where it was by neither."""
        item = self._table.get((execution, VIA))
        return (0, "") if item is None else (int(item["number"]), str(item["alias"]))


def about(workflow: str) -> str:
    """Return the partition of what is said about a workflow."""
    return f"about#{workflow}"


def _number(number: int) -> str:
    return f"N#{number:08d}"


def _facts(item: Item) -> Facts:
    return Facts(
        about=json.loads(item["about"]),
        tags=json.loads(item["tags"]),
        created_at=item["created_at"],
        updated_at=item["updated_at"],
    )


def _release(item: Item) -> Release:
    return Release(
        number=int(item["number"]),
        version=item["version"],
        description=item["description"],
        facts=json.loads(item.get("facts", "{}")),
        created_at=item["created_at"],
    )


def _alias(item: Item) -> Alias:
    routes: Sequence[Sequence[int]] = item["routes"]
    return Alias(
        name=item["name"],
        routes=tuple((int(number), int(percent)) for number, percent in routes),
        description=item["description"],
        created_at=item["created_at"],
        updated_at=item["updated_at"],
    )
