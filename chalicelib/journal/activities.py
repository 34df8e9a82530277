"""Which activities are there, which of their tasks wait, and who gets the next one?

    activities / <name>                 an activity, what is kept about it, its tags
    activity#<name> / <time>#<key>      one waiting task: its token and its input

Each task is given to one worker. The engine decides which: it hears that a worker took
the task as it hears an answer, once, and only while the attempt is open. A worker first
holds the item, so that workers do not meet in the engine; who dies with it in hand lets
go of it by and by. What the engine does not give away is removed and passed by: its
attempt is over, or its message came twice.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import field, replace

from chalicelib.errors import (
    ActivityNotFound,
    PayloadTooLarge,
    StaleRecord,
    Unavailable,
)
from chalicelib.frozen import dataclass
from chalicelib.ports import Call, Clock, Item, Key, Table
from chalicelib.values import Json, compact, parse

#: Bytes of a compressed input; DynamoDB takes 400 KB for a whole item.
MOST_BYTES = 380_000
#: Characters of an input: a worker gets it in one answer, and Lambda has 6 MB for that.
MOST_TEXT = 2_500_000
#: Seconds: no task of Step Functions waits longer than a year.
KEPT = 366 * 24 * 3600
#: Seconds after which a worker that holds a task, and has not said so, has died.
HELD = 60
#: Seconds in which a task that was scheduled has been left here; an invocation's.
ASKED = 900
#: Items read at once: enough to find a free one beside other workers.
_PAGE = 20
#: Lost races after which a change is given up: somebody writes all the time.
_RACES = 20

_LIST = "activities"


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Work that workers come for."""

    name: str
    #: What a face keeps about it.
    about: Mapping[str, Json] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    #: Seconds since the epoch.
    created_at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingTask:
    """A task that a worker got."""

    token: str
    input: Json
    execution: str


class Activities:
    """Activities by name, and the tasks of each that wait."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    # -- activities --------------------------------------------------------------

    def create(self, activity: Activity) -> Activity:
        """Keep an activity; where there is one of that name, return it as it is."""
        made = replace(activity, created_at=self._clock.now())
        try:
            self._table.put(_item(made, 1), unless_exists=True)
        except StaleRecord:
            return self.find(activity.name)
        return made

    def find(self, name: str) -> Activity:
        """Return an activity.

        Raises:
            ActivityNotFound: there is none of that name.
        """
        item = self._table.get((_LIST, name))
        if item is None:
            raise ActivityNotFound(name)
        return _activity(item)

    def all(self) -> list[Activity]:
        """Return the activities, by name."""
        return [_activity(item) for item in self._table.query(_LIST)]

    def change(self, name: str, change: Callable[[Activity], Activity]) -> None:
        """Keep what ``change`` makes of an activity; it may be asked more than once.

        Raises:
            ActivityNotFound: there is none of that name.
            StaleRecord: others changed it all the time.
        """
        for _ in range(_RACES):
            item = self._table.get((_LIST, name))
            if item is None:
                raise ActivityNotFound(name)
            after = _item(change(_activity(item)), item["seq"] + 1)
            try:
                self._table.put(after, where={"seq": item["seq"]})
            except StaleRecord:
                continue
            return
        raise StaleRecord(f"{_LIST} {name}")

    def delete(self, name: str) -> None:
        """Remove an activity; its tasks wait on, and workers can report for them."""
        self._table.delete((_LIST, name))

    # -- tasks -------------------------------------------------------------------

    def add(self, activity: str, call: Call) -> None:
        """Let the task of ``call`` wait for a worker.

        Raises:
            ActivityNotFound: there is no such activity.
            PayloadTooLarge: its input is larger than one item, or one answer.
        """
        self.find(activity)
        now = self._clock.now()
        text = compact(call.payload)
        if len(text) > MOST_TEXT:
            raise PayloadTooLarge("the input", len(text), MOST_TEXT)
        content = zlib.compress(text.encode("utf-8", "surrogatepass"))
        if len(content) > MOST_BYTES:
            raise PayloadTooLarge("the compressed input", len(content), MOST_BYTES)
        self._table.put(
            {
                "pk": _partition(activity),
                "sk": f"{now:017.6f}#{call.idempotency_key}",
                "token": call.token,
                "input": content,
                "execution": call.execution,
                "held_until": 0,
                "expires_at": int(now + KEPT),
            }
        )

    def waiting(self, activity: str, execution: str, since: float) -> list[Key]:
        """Return where a task waits that an execution has asked for at ``since``."""
        found = self._table.query(
            _partition(activity),
            after=f"{since:017.6f}",
            before=f"{since + ASKED:017.6f}",
        )
        return [(it["pk"], it["sk"]) for it in found if it["execution"] == execution]

    def take(
        self, activity: str, give: Callable[[WaitingTask], bool]
    ) -> WaitingTask | None:
        """Return the task that has waited longest, for good; None where none waits.

        ``give`` says whether a task is the worker's: it may be another's, or over.
        """
        after = ""
        while items := self._page(activity, after):
            for item in items:
                if (task := self._held(item, give)) is not None:
                    return task
            after = items[-1]["sk"]
            if len(items) < _PAGE:
                break
        return None

    def _page(self, activity: str, after: str) -> list[Item]:
        return self._table.query(_partition(activity), after=after, limit=_PAGE)

    def _held(
        self, item: Item, give: Callable[[WaitingTask], bool]
    ) -> WaitingTask | None:
        """Return the task of an item that was free, if it is given to us."""
        now = self._clock.now()
        held = {**item, "held_until": int(now) + HELD}
        if item["held_until"] > now:
            return None
        try:
            self._table.put(held, where={"held_until": item["held_until"]})
        except StaleRecord:
            return None
        task = _task(item)
        try:
            is_given = give(task)
        except Unavailable:
            self._table.put(item)
            raise
        with suppress(Unavailable):  # found again, it is given to nobody
            self._table.delete((item["pk"], item["sk"]))
        return task if is_given else None


def _partition(activity: str) -> str:
    return f"activity#{activity}"


def _task(item: Item) -> WaitingTask:
    content = zlib.decompress(item["input"]).decode("utf-8", "surrogatepass")
    return WaitingTask(
        token=item["token"], input=parse(content), execution=item["execution"]
    )


def _item(activity: Activity, seq: int) -> Item:
    return {
        "pk": _LIST,
        "sk": activity.name,
        "seq": seq,
        "about": compact(dict(activity.about)),
        "tags": compact(dict(activity.tags)),
        "created_at": activity.created_at,
    }


def _activity(item: Item) -> Activity:
    return Activity(
        name=item["sk"],
        about=json.loads(item["about"]),
        tags=json.loads(item["tags"]),
        created_at=item["created_at"],
    )
