"""How does one watch an execution to its end? Ask for news, tell it, ask again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.cli.client import Client
from chalicelib.cli.progress import Progress
from chalicelib.cli.story import moment
from chalicelib.cli.terminal import Terminal
from chalicelib.cli.text import (
    COLOUR_OF,
    duration,
    facts,
    failure,
    json_lines,
    moment_text,
)
from chalicelib.clock import SystemClock

#: Seconds between two questions, when there is news and when there is none for long.
EAGER = 0.2
PATIENT = 2.0


def follow(
    client: Client,
    execution: str,
    terminal: Terminal,
    *,
    states: int = 0,
    is_quiet: bool = False,
) -> Mapping[str, Any]:
    """Tell what happens in ``execution`` until its end; return it as it is then."""
    progress = Progress(states=states, colours=terminal.colours)
    clock, news, pause = SystemClock(), News(), EAGER
    while True:
        asked_at = clock.now()
        found: Mapping[str, Any] = client.execution(execution)
        fresh = news.among(client.history(execution))
        now = clock.now()
        if not is_quiet:
            _show(progress, fresh, terminal)
        if found["status"] != "RUNNING":
            terminal.end_bar()
            return found
        # A long history takes the stage long: ask the less often.
        pause = EAGER if fresh else min(pause * 1.3, PATIENT)
        ask_at = now + max(pause, 3 * (now - asked_at))
        while (rest := ask_at - clock.now()) > 0:
            if not is_quiet:
                _show_bar(progress, terminal, clock.now())
            clock.sleep(min(rest, EAGER))


class News:
    """Tells new events from known ones.

    Their numbers cannot: events are numbered by time, and what a branch did a moment
    ago may be written after what another one did since.
    """

    def __init__(self) -> None:
        self._known: Counter[tuple[Any, ...]] = Counter()

    def among(self, events: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Return the events that were not there the last time."""
        counts: Counter[tuple[Any, ...]] = Counter()
        fresh = []
        for event in events:
            what = tuple(event.get(part) for part in _IDENTITY)
            counts[what] += 1
            if counts[what] > self._known[what]:
                fresh.append(event)
        self._known = counts
        return fresh


_IDENTITY = ("type", "timestamp", "scope", "state", "activation", "attempt")


def _show(
    progress: Progress, events: list[Mapping[str, Any]], terminal: Terminal
) -> None:
    lines = progress.tell(events)
    if lines:
        terminal.say(*lines)


def _show_bar(progress: Progress, terminal: Terminal, now: float) -> None:
    if progress.story.visits:
        full, empty = ("█", "░") if terminal.is_unicode else ("#", ".")
        terminal.bar(progress.bar(now, terminal.width, full=full, empty=empty))


def outcome(found: Mapping[str, Any], terminal: Terminal) -> list[str]:
    """Return an execution as lines: how it is, and what it was about."""
    status = found["status"]
    began, ended = found.get("startedAt"), found.get("stoppedAt")
    took = duration(moment(ended) - moment(began)) if began and ended else ""
    rows = [
        ("execution", str(found["id"])),
        ("workflow", f"{found['workflow']}, version {str(found['version'])[:12]}"),
        ("status", terminal.paint(status, COLOUR_OF.get(status))),
        ("started", moment_text(moment(began)) if began else ""),
        ("took", took),
        ("error", failure(found.get("error"), found.get("cause"))),
    ]
    lines = facts(rows)
    for part in ("input", "output"):
        if found.get(part) is not None:
            lines += [
                part,
                *("  " + line for line in json_lines(found[part]).split("\n")),
            ]
    return lines
