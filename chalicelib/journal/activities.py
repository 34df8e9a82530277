"""Which tasks of an activity wait for a worker, and who gets the next one?

    activity#<name> / <time>#<key>    one waiting task: its token and its input

Each task is given to one worker: whoever marks its item first. A task that was left
twice, because its message came twice, is given once where both are still waiting; a
worker may otherwise meet a token again and is then told that it is decided.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from chalicelib.errors import PayloadTooLarge, StaleRecord
from chalicelib.ports import Call, Clock, Item, Table
from chalicelib.values import Json, compact, parse

#: Bytes of a compressed input; DynamoDB takes 400 KB for a whole item.
MOST_BYTES = 380_000
#: Seconds: no task of Step Functions waits longer than a year.
KEPT = 366 * 24 * 3600
#: Items read at once: enough to find a free one beside other workers.
_PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingTask:
    """A task that a worker got."""

    token: str
    input: Json
    execution: str


class Activities:
    """The tasks that wait, by the name of their activity."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def add(self, activity: str, call: Call) -> None:
        """Let the task of ``call`` wait for a worker.

        Raises:
            PayloadTooLarge: its input is larger than one item.
        """
        now = self._clock.now()
        content = zlib.compress(compact(call.payload).encode("utf-8", "surrogatepass"))
        if len(content) > MOST_BYTES:
            raise PayloadTooLarge("the compressed input", len(content), MOST_BYTES)
        self._table.put(
            {
                "pk": _partition(activity),
                "sk": f"{now:017.6f}#{call.idempotency_key}",
                "token": call.token,
                "input": content,
                "execution": call.execution,
                "taken": False,
                "expires_at": int(now + KEPT),
            }
        )

    def take(self, activity: str) -> WaitingTask | None:
        """Return the task that has waited longest, for good; None where none waits."""
        after = ""
        while items := self._page(activity, after):
            for item in items:
                if not item["taken"] and self._claim(item):
                    self._clear(item, items)
                    return _task(item)
            after = items[-1]["sk"]
            if len(items) < _PAGE:
                break
        return None

    def _page(self, activity: str, after: str) -> list[Item]:
        return self._table.query(_partition(activity), after=after, limit=_PAGE)

    def _claim(self, item: Item) -> bool:
        try:
            self._table.put({**item, "taken": True}, where={"taken": False})
        except StaleRecord:
            return False
        return True

    def _clear(self, taken: Item, items: list[Item]) -> None:
        """Remove the task, and what else of it was left when its message came again."""
        for item in items:
            if item["token"] == taken["token"]:
                self._table.delete((item["pk"], item["sk"]))


def _partition(activity: str) -> str:
    return f"activity#{activity}"


def _task(item: Item) -> WaitingTask:
    content = zlib.decompress(item["input"]).decode("utf-8", "surrogatepass")
    return WaitingTask(
        token=item["token"], input=parse(content), execution=item["execution"]
    )
