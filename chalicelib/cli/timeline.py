"""What happened when? The visits of an execution as rows of a chart, made of text.

    text      █                               12 ms
    each       ████████████⋯█                 3.1 s
      polish    ▓▓▓▓                4 of 4   320 ms each

Rule 1  A stretch in which nobody worked (everything waits, or nothing is open) and
        that is long beside the rest is drawn as one ``⋯``: a week's approval leaves
        room for the seconds around it.
Rule 2  A row is a state, not a visit: a fan-out of a thousand is one row.
Rule 3  A row that has a visit has a mark, however short the visit was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.cli.story import Story, Visit, by_state
from chalicelib.cli.text import duration, fitted, width_of

#: An idle stretch is drawn short when it is so many times as long as all the work.
LONG = 2.0
#: Seconds; no shorter stretch is worth a sign.
SHORTEST_GAP = 5.0


@dataclass(frozen=True, slots=True)
class Signs:
    """What the chart is drawn with."""

    work: str = "█"
    wait: str = "░"
    gap: str = "⋯"


PRETTY = Signs()
#: For terminals that know nothing but ASCII.
PLAIN = Signs(work="#", wait="-", gap="~")


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch that is drawn as one column."""

    starts_at: float
    ends_at: float


def chart(
    story: Story, *, width: int = 78, signs: Signs = PRETTY, now: float = 0.0
) -> list[str]:
    """Return the lines of the chart, at most ``width`` columns each."""
    groups = by_state(story)
    if not groups:
        return []
    scale = Scale.of(story, now)
    names = [name for name, _ in groups]
    notes = [_note(visits) for _, visits in groups]
    label = min(max(width_of(name) for name in names), 28)
    room = max(width - label - max(len(note) for note in notes) - 4, 10)
    rows = [
        f"{fitted(name, label)}  {_bar(visits, scale, room, signs)}  {note}".rstrip()
        for (name, visits), note in zip(groups, notes, strict=True)
    ]
    return [*rows, " " * (label + 2) + _axis(story, scale, room, signs)]


@dataclass(frozen=True, slots=True)
class Scale:
    """From moments to columns."""

    starts_at: float
    ends_at: float
    gaps: tuple[Gap, ...]

    @classmethod
    def of(cls, story: Story, now: float) -> Scale:
        """Return the scale on which all of ``story`` fits."""
        starts_at = min(visit.entered_at for visit in story.visits)
        ends_at = max(_end(visit, now) for visit in story.visits)
        idle = _idle(story.visits, starts_at, ends_at, now)
        busy = ends_at - starts_at - sum(gap.ends_at - gap.starts_at for gap in idle)
        least = max(SHORTEST_GAP, busy * LONG)
        gaps = tuple(gap for gap in idle if gap.ends_at - gap.starts_at > least)
        return cls(starts_at, ends_at, gaps)

    def drawn(self, at: float) -> float:
        """Return the seconds of the chart before ``at``, gaps left out."""
        hidden = sum(
            max(0.0, min(at, gap.ends_at) - gap.starts_at) for gap in self.gaps
        )
        return at - self.starts_at - hidden

    def column(self, at: float, room: int) -> float:
        """Return where ``at`` is among ``room`` columns, one per gap included."""
        whole = self.drawn(self.ends_at) or 1e-9
        passed = sum(1 for gap in self.gaps if gap.ends_at <= at)
        return self.drawn(at) / whole * (room - len(self.gaps)) + passed


def _end(visit: Visit, now: float) -> float:
    return max(visit.entered_at, now) if visit.left_at is None else visit.left_at


def _works(visit: Visit) -> bool:
    return not visit.waits and not visit.children


def _idle(
    visits: Sequence[Visit], starts_at: float, ends_at: float, now: float
) -> list[Gap]:
    """Return the stretches in which no visit works."""
    found, reached = [], starts_at
    for visit in sorted(filter(_works, visits), key=lambda each: each.entered_at):
        if visit.entered_at > reached:
            found.append(Gap(reached, visit.entered_at))
        reached = max(reached, _end(visit, now))
    return [*found, Gap(reached, ends_at)] if ends_at > reached else found


def _bar(visits: Sequence[Visit], scale: Scale, room: int, signs: Signs) -> str:
    cells = [" "] * room
    for visit in sorted(visits, key=_works):
        end = scale.ends_at if visit.left_at is None else visit.left_at
        first = min(int(scale.column(visit.entered_at, room)), room - 1)
        last = min(max(int(scale.column(end, room) - 1e-9), first), room - 1)
        sign = signs.wait if visit.waits else signs.work
        cells[first : last + 1] = [sign] * (last + 1 - first)
        for gap in scale.gaps:
            if visit.entered_at <= gap.starts_at and gap.ends_at <= end:
                cells[int(scale.column(gap.ends_at, room)) - 1] = signs.gap
    return "".join(cells)


def _axis(story: Story, scale: Scale, room: int, signs: Signs) -> str:
    whole = duration(scale.ends_at - scale.starts_at)
    legend = f"{signs.wait} waits" if any(each.waits for each in story.visits) else ""
    if scale.gaps:
        hidden = sum(gap.ends_at - gap.starts_at for gap in scale.gaps)
        legend += f"  {signs.gap} {duration(hidden)} left out"
    return f"0{whole:>{room - 1}}  {legend}".rstrip()


def _note(visits: Sequence[Visit]) -> str:
    ended = [visit for visit in visits if not visit.is_open]
    words = _outcomes(visits)
    if len(visits) == 1:
        taken = duration(visits[0].seconds) if ended else ""
        return ", ".join(part for part in (taken, words) if part)
    longest = max((visit.seconds for visit in ended), default=0.0)
    count = f"{len(visits)} times, longest {duration(longest)}"
    return f"{count}, {words}" if words else count


def _outcomes(visits: Sequence[Visit]) -> str:
    """Name every outcome but the good one."""
    found: dict[str, int] = {}
    for visit in visits:
        if visit.outcome != "finished":
            found[visit.outcome] = found.get(visit.outcome, 0) + 1
        if visit.retries:
            found["retried"] = found.get("retried", 0) + 1
    if len(visits) == 1:
        return ", ".join(found)
    return ", ".join(f"{count} {outcome}" for outcome, count in found.items())
