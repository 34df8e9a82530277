"""What must hold of an execution, whatever went wrong on the way?

    journal    the records of a scope are numbered without a gap; nothing follows an end
               but a redrive
    scopes     when the execution has ended and all is quiet, every scope has ended
    inbox      nothing waits in one
    children   no sub-workflow runs on
    history    an attempt is decided once; a state is left no more often than entered
    effects    an attempt that succeeded was dispatched, unless it was answered with its
               state's own token; what is dispatched twice is the
               same; at-most-once work is dispatched once
    reports    no token is accepted with different outcomes
    letters    no message died
    time       no invocation outlasted its time

Each row is a generator of what is wrong, in words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator

from chalicelib.engine.history import Happened
from chalicelib.engine.state import Status
from chalicelib.journal import keys, records
from chalicelib.journal.executions import HEAD
from chalicelib.ports import Call
from chalicelib.simulation.functions import FunctionDispatcher
from chalicelib.simulation.stage import Stage
from chalicelib.tokens import Heartbeat
from chalicelib.values import Json, canonical

_DECIDED = frozenset(
    {
        Happened.TASK_SUCCEEDED.value,
        Happened.TASK_FAILED.value,
        Happened.TASK_TIMED_OUT.value,
    }
)

#: What may be written down of a scope that has ended: that it goes on after all, and
#: that some of its work does, for nobody.
_MAY_FOLLOW = ("redrive ", "unstopped ")


class Look:
    """A stage after all is quiet, seen from one of its executions."""

    def __init__(
        self, stage: Stage, execution: str, at_most_once: Collection[str] = ()
    ) -> None:
        """``at_most_once``: resources that must not be called twice for one attempt."""
        self.stage = stage
        self.execution = execution
        self.at_most_once = at_most_once
        self.history = stage.history(execution)
        #: Sort keys of inboxes.
        self.waiting: list[str] = []
        #: Scope -> (number, status) of its records, in order.
        self.scopes: dict[str, list[tuple[int, str]]] = defaultdict(list)
        #: (scope, number) of records that may follow the end of their scope.
        self.afterwards: set[tuple[str, int]] = set()
        self._read_journal()

    def _read_journal(self) -> None:
        for partition in self.stage.ticks.partitions():
            if partition.partition("/")[0] != self.execution:
                continue
            for item in self.stage.plain_table.query(partition, prefix="r"):
                scope, _, number = item["sk"].partition("#")
                if keys.is_inbox(item["sk"]):
                    self.waiting.append(item["sk"])
                else:
                    said = records.unpack(item["d"])
                    status = said["s"].get("t", Status.RUNNING.value)
                    self.scopes[scope].append((int(number), status))
                    if any(each.startswith(_MAY_FOLLOW) for each in said["c"]):
                        self.afterwards.add((scope, int(number)))

    def calls(self) -> dict[str, list[Call]]:
        """Return what was dispatched for tasks, by idempotency key."""
        found: dict[str, list[Call]] = defaultdict(list)
        if isinstance(self.stage.dispatcher, FunctionDispatcher):
            for call in self.stage.dispatcher.calls:
                if call.execution == self.execution and call.task:
                    found[call.idempotency_key].append(call)
        return found

    def unasked(self) -> set[str]:
        """Return the states' own tokens: who has one can be faster than the request."""
        verify, now = self.stage.tokens.verify, self.stage.loop.now
        said = {each.token for each in self.stage.workers.said}
        return {token for token in said if verify(token, now).state}

    def violations(self) -> list[str]:
        """Return everything that is wrong."""
        return [f"{name}: {wrong}" for name, row in ROWS.items() for wrong in row(self)]


def _journal(look: Look) -> Iterator[str]:
    for scope, items in look.scopes.items():
        numbers = [number for number, _ in items]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"the records of {scope} are numbered {numbers}"
        for number, status in items[:-1]:
            follows = (scope, number + 1)
            if status != Status.RUNNING and follows not in look.afterwards:
                yield f"something follows the end of {scope}"


def _scopes(look: Look) -> Iterator[str]:
    for scope, items in look.scopes.items():
        if items[-1][1] == Status.RUNNING:
            yield f"{scope} still runs"


def _children(look: Look) -> Iterator[str]:
    for partition in look.stage.ticks.partitions():
        item = look.stage.plain_table.get((partition, HEAD))
        if item is not None and item["status"] == Status.RUNNING:
            yield f"{partition} runs on"


def _inbox(look: Look) -> Iterator[str]:
    yield from look.waiting


def _history(look: Look) -> Iterator[str]:
    decided = Counter(
        (each["scope"], each["activation"], each["attempt"])
        for each in look.history
        if each["type"] in _DECIDED
    )
    for attempt, times in decided.items():
        if times > 1:
            yield f"{attempt} was decided {times} times"
    moves = Counter(map(_move, look.history))
    for (kind, scope, state), times in moves.items():
        entered = moves["StateEntered", scope, state]
        if kind == "StateExited" and times > entered:
            yield f"{state} of {scope} was entered {entered} times, left {times}"


def _move(event: Json) -> tuple[str, str, str]:
    return event["type"], event["scope"], event.get("state", "")


def _effects(look: Look) -> Iterator[str]:
    calls = look.calls()
    for made in calls.values():
        name = f"{made[0].task} ({made[0].idempotency_key})"
        if len({(each.resource, canonical(each.payload)) for each in made}) > 1:
            yield f"{name} was dispatched with different payloads"
        if len(made) > 1 and made[0].resource in look.at_most_once:
            yield f"{name} is at most once and was dispatched {len(made)} times"
    succeeded = sum(each["type"] == Happened.TASK_SUCCEEDED for each in look.history)
    if succeeded > len(calls) + len(look.unasked()):
        yield f"{succeeded} attempts succeeded, {len(calls)} were dispatched"


def _reports(look: Look) -> Iterator[str]:
    heard: dict[str, set[str]] = defaultdict(set)
    for said in look.stage.workers.said:
        is_beat = isinstance(said.report, Heartbeat)
        if said.answer in ("accepted", "replayed") and not is_beat:
            heard[said.token].add(repr(said.report))
    for token, reports in heard.items():
        if len(reports) > 1:
            yield f"{token} was accepted with {sorted(reports)}"


def _letters(look: Look) -> Iterator[str]:
    yield from look.stage.mailbox.dead


def _time(look: Look) -> Iterator[str]:
    yield from (f"an invocation of {seconds} s" for seconds in look.stage.overtime)


ROWS: dict[str, Callable[[Look], Iterator[str]]] = {
    "journal": _journal,
    "scopes": _scopes,
    "inbox": _inbox,
    "children": _children,
    "history": _history,
    "effects": _effects,
    "reports": _reports,
    "letters": _letters,
    "time": _time,
}
