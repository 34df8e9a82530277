"""Which executions has a flow had? The newest first."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.api.cloudflow.errors import invalid
from chalicelib.api.cloudflow.executions import STATUSES, shown
from chalicelib.api.cloudflow.face import Ask
from chalicelib.api.cloudflow.lookup import born
from chalicelib.api.cloudflow.runs import children
from chalicelib.engine.state import Status
from chalicelib.journal.heads import Head
from chalicelib.model.timestamps import epoch
from chalicelib.values import Json

#: CloudFlow: rows of a page at most.
MOST_ROWS = 100
#: Children of a run that are read for a page at most: few may be those asked for.
LOOKED_AT = 1000
#: Seconds that are spent on a page: one that few executions are on comes sooner.
TIME = 15.0
_STATUS_OF = {text: status for status, text in STATUSES.items()}


def list_executions(ask: Ask) -> dict[str, Json]:
    """ListExecutions."""
    flow = ask.flow()
    limit, wanted = ask.limit(MOST_ROWS), ask.text("Status")
    if wanted and wanted not in (*_STATUS_OF, "Starting"):
        raise invalid("Status", f"one of {', '.join(_STATUS_OF)}")
    if wanted == "Starting":  # An execution runs here as soon as it is there.
        return {"Executions": [], "NextToken": ""}
    with_data = not ask.flag("MetadataOnly")
    status = _STATUS_OF.get(wanted)
    if ask.text("MapRunName"):
        return _children(ask, status, with_data=with_data)
    heads, following = _Page(ask, flow, status).read(limit)
    rows = [_row(ask, head, with_data=with_data) for head in heads]
    return {"Executions": rows, "NextToken": following}


def _children(ask: Ask, status: Status | None, *, with_data: bool) -> dict[str, Json]:
    """List the children of a run, in their order, from position ``NextToken`` on.

    A page is over, too, when ``LOOKED_AT`` of them were seen.
    """
    prefix, limit = ask.text("ExecutionNamePrefix"), ask.limit(MOST_ROWS)
    begin = ask.number("NextToken", 0, least=0, most=10**9)
    found = children(ask)
    last = min(found.run.total, begin + LOOKED_AT)
    rows: list[Json] = []
    while begin < last and len(rows) < limit:
        end = min(last, begin + limit - len(rows))
        rows += [
            shown(ask, each, with_data=with_data)
            for each in found.between(begin, end, with_data=with_data)
            if status in (None, each.status) and each.name.startswith(prefix)
        ]
        begin = end
    following = str(begin) if begin < found.run.total else ""
    return {"Executions": rows, "NextToken": following}


def _row(ask: Ask, head: Head, *, with_data: bool) -> Json:
    whole = ask.face.archive.head(head.execution) if with_data else head
    return shown(ask, whole, with_data=with_data)


class _Page:
    """Goes through the executions of a flow until there are enough."""

    def __init__(self, ask: Ask, flow: str, status: Status | None) -> None:
        self._ask = ask
        self._flow = flow
        self._status = status
        self._from = max(_time(ask, "StartedTimeBegin", 0.0), born(ask, flow))
        self._until = _time(ask, "StartedTimeEnd", float("inf"))
        self._prefix = ask.text("ExecutionNamePrefix")
        self._is_of = _qualified(ask)

    def read(self, limit: int) -> tuple[list[Head], str]:
        """Return up to ``limit`` executions, and where the next page begins."""
        clock = self._ask.service.clock
        after: str | None = self._ask.text("NextToken") or None
        ends_at = clock.now() + TIME
        rows: list[Head] = []
        while True:
            heads, after = self._ask.face.archive.heads(
                self._flow,
                status=self._status,
                limit=limit - len(rows),
                after=after,
            )
            rows += [head for head in heads if self._is_wanted(head)]
            if after is None or (heads and heads[-1].started_at < self._from):
                return rows, ""
            if len(rows) >= limit or clock.now() > ends_at:
                return rows, after

    def _is_wanted(self, head: Head) -> bool:
        return (
            self._from <= head.started_at <= self._until
            and head.name.startswith(self._prefix)
            and self._is_of(head)
        )


def _time(ask: Ask, name: str, default: float) -> float:
    text = ask.text(name)
    at = epoch(text) if text else default
    if at is None:
        raise invalid(name, f"a time such as 2030-01-31T08:00:00Z, found {text[:40]!r}")
    return at


def _qualified(ask: Ask) -> Callable[[Head], bool]:
    """Return whether an execution was started by the version or alias asked for."""
    qualifier = ask.text("Qualifier")
    if not qualifier:
        return lambda _head: True

    def is_of(head: Head) -> bool:
        number, alias = ask.releases.started_by(head.execution)
        return qualifier in (str(number), alias)

    return is_of
