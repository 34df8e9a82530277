"""What does THE TABLE look like? Drawn from it, for ``docs/architecture.md``.

Two pictures (a scope, an activation) and the table itself: a row for each event, a
column for each phase, in each field what the row decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from chalicelib.engine.state import Phase
from chalicelib.engine.transitions import TRANSITIONS, Handler

BEGIN = "<!-- drawn by chalicelib.engine.diagram -->"
END = "<!-- end of the drawing -->"

#: The phases of a scope; the others are an activation's.
SCOPE = (Phase.NEW, Phase.RUNNING, Phase.ENDED)
#: The phases in which the work of a state can begin.
WORK = (
    Phase.CALLED,
    Phase.WAITING,
    Phase.SLEEPING,
    Phase.GATED,
    Phase.JOINING,
)
_LEFT = (Phase.RETRYING, Phase.GONE)

#: Where a decision may lead; one that is not here leaves the phase as it is.
LEADS_TO: Mapping[str, tuple[Phase, ...]] = MappingProxyType(
    {
        "start": (Phase.RUNNING, Phase.ENDED),
        "begin redriven": (Phase.RUNNING, Phase.ENDED),
        "redrive": (Phase.RUNNING, Phase.ENDED),
        "adopt": (Phase.RUNNING,),
        "reset": (Phase.RUNNING, Phase.ENDED),
        "bury": (Phase.ENDED,),
        "stop": (Phase.ENDED,),
        "expire": (Phase.ENDED,),
        "resume": (Phase.RUNNING, Phase.ENDED),
        "answered": _LEFT,
        "reported": _LEFT,
        "broke": _LEFT,
        "time out": _LEFT,
        "take": (Phase.WAITING, *_LEFT),
        "beat": (Phase.WAITING, *_LEFT),
        "wake": _LEFT,
        "begin late": (*WORK, *_LEFT),
        "woken": (Phase.GATED, *_LEFT),
        "close": _LEFT,
        "abandon": _LEFT,
        "join": _LEFT,
        "lose child": _LEFT,
        "retry": (*WORK, *_LEFT),
    }
)


def decision(handler: Handler) -> str:
    """Return the name of what a row decides.

    >>> from chalicelib.engine.events import TaskFailed
    >>> decision(TRANSITIONS[Phase.WAITING, TaskFailed])
    'broke'
    """
    return handler.__name__.strip("_").replace("_", " ")


def moves() -> Iterator[tuple[Phase, str, Phase]]:
    """Yield (phase before, name of the event, phase after) of every row that moves."""
    for (phase, event), handler in TRANSITIONS.items():
        what = decision(handler)
        if what == "ignore":
            continue
        for after in LEADS_TO.get(what, (phase,)):
            yield phase, event.__name__, after


def _picture(phases: tuple[Phase, ...], first: tuple[Phase, ...], why: str) -> str:
    arrows = [f"    [*] --> {phase}{why}" for phase in first]
    labels: dict[tuple[Phase, Phase], list[str]] = {}
    for before, event, after in moves():
        if before in phases:
            labels.setdefault((before, after), []).append(event)
    arrows += [
        f"    {before} --> {'[*]' if after is Phase.GONE else after}"
        f" : {', '.join(dict.fromkeys(names))}"
        for (before, after), names in labels.items()
    ]
    return "\n".join(["```mermaid", "stateDiagram-v2", *arrows, "```"])


def _table() -> str:
    events = dict.fromkeys(event for _, event in TRANSITIONS)
    lines = [
        f"| event | {' | '.join(Phase)} |",
        f"|---|{'---|' * len(Phase)}",
    ]
    for event in events:
        rows = (TRANSITIONS.get((phase, event)) for phase in Phase)
        words = ("" if row is None else decision(row) for row in rows)
        lines.append(f"| `{event.__name__}` | {' | '.join(words)} |")
    return "\n".join(lines)


def drawing() -> str:
    """Return the pictures and the table, as Markdown."""
    activation = tuple(phase for phase in Phase if phase not in SCOPE)
    parts = [
        "A scope:",
        _picture(SCOPE, (Phase.NEW,), ""),
        "An activation, from the moment its state is entered until the state is left:",
        _picture(activation, (*WORK, Phase.DELAYED), " : entered"),
        "Every row of the table; where a field is empty there is none, and an event is "
        "refused:",
        _table(),
    ]
    return "\n\n".join(parts)


def redrawn(page: str) -> str:
    """Return ``page`` with what stands between the two marks drawn anew.

    >>> redrawn(f"a {BEGIN} old {END} z").startswith(f"a {BEGIN}\\n\\nA scope:")
    True
    """
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n\n{drawing()}\n\n{END}{after}"
