"""What is there to say while an execution runs? Lines for events, and a bar.

Rule 1  Events that arrive together are told together: a state that began and ended
        meanwhile gets one line, one that still runs says that it started.
Rule 2  A wide fan-out is told in tenths; nobody reads a thousand lines.
Rule 3  A failure is always told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.cli.story import Story, Visit
from chalicelib.cli.text import (
    COLOUR_OF,
    duration,
    failure,
    fitted,
    moment_text,
    painted,
)

#: Children; a fan-out with more is told in tenths.
WIDE = 20


class Progress:
    """Turns the events of one execution into lines."""

    def __init__(self, *, states: int = 0, colours: bool = False) -> None:
        """Show progress out of ``states`` top-level states; 0 where unknown."""
        self.story = Story()
        self._states = states
        self._colours = colours
        #: How many visits of a state inside a fan-out have ended.
        self._ended: dict[tuple[str, str], int] = {}
        self._announced: set[int] = set()

    def tell(self, events: Iterable[Mapping[str, Any]]) -> list[str]:
        """Take in events; return the lines to show."""
        touched: dict[int, Visit] = {}
        for event in events:
            visit = self.story.tell(event)
            if visit is not None:
                # In the order of the last thing that happened to each.
                touched.pop(id(visit), None)
                touched[id(visit)] = visit
        return [line for each in touched.values() if (line := self._line(each))]

    def bar(self, now: float, width: int, *, full: str = "█", empty: str = "░") -> str:
        """Return how far it is, in one line of at most ``width`` columns."""
        top = [visit for visit in self.story.visits if "-" not in visit.scope]
        ended = sum(1 for visit in top if not visit.is_open)
        part = sum(_part(visit) for visit in top if visit.is_open)
        total = max(self._states, len(top), 1)
        cells = round((ended + part) / total * 24)
        open_ = [
            each for each in self.story.visits if each.is_open and not each.children
        ]
        doing = ", ".join(self.story.label(visit) for visit in open_[:3])
        more = f" and {len(open_) - 3} more" if len(open_) > 3 else ""
        began = self.story.started_at
        taken = duration(0.0 if began is None else max(now - began, 0.0))
        line = (
            f"{full * cells}{empty * (24 - cells)}  {ended} of {total} states"
            f"  {taken}  {doing}{more}"
        )
        return fitted(line, width).rstrip()

    def _line(self, visit: Visit) -> str:
        if not visit.is_open:
            return self._ending(visit)
        if self._wide(visit) or id(visit) in self._announced:
            return ""
        self._announced.add(id(visit))
        return self._said(visit, self.story.label(visit), _doing(visit))

    def _ending(self, visit: Visit) -> str:
        label = self.story.label(visit)
        is_bad = visit.outcome in ("failed", "timed out")
        wide = self._wide(visit)
        if wide and not is_bad:
            key = visit.scope.rpartition("-")[0], visit.state
            self._ended[key] = done = self._ended.get(key, 0) + 1
            if done % -(-wide // 10) and done != wide:
                return ""
            return self._said(visit, visit.state, f"{done} of {wide} finished")
        what = painted(
            visit.outcome, COLOUR_OF.get(visit.outcome), colours=self._colours
        )
        if visit.outcome != "skipped":
            what += f" after {duration(visit.seconds)}"
        if visit.retries:
            times = "once" if visit.retries == 1 else f"{visit.retries} times"
            what += f", tried again {times}"
        if is_bad and visit.error:
            what += f": {failure(visit.error, visit.cause)}"
        return self._said(visit, label, what)

    def _wide(self, visit: Visit) -> int:
        places = self.story.position(visit.scope)
        return next((count for _, _, count in places if count > WIDE), 0)

    def _said(self, visit: Visit, label: str, what: str) -> str:
        at = visit.entered_at if visit.left_at is None else visit.left_at
        began = self.story.started_at
        since = 0.0 if began is None else at - began
        return f"{since:8.2f} s  {fitted(label, 26)}  {what}"


def _doing(visit: Visit) -> str:
    if visit.children:
        return f"started, {visit.children} inside"
    if visit.until is not None:
        return f"waits until {moment_text(visit.until)}"
    return "waits for its answer" if visit.waits else "started"


def _part(visit: Visit) -> float:
    return visit.children_ended / visit.children if visit.children else 0.0
