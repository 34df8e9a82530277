"""Histories to tell stories about; times are seconds after 1970-01-01 12:00."""

from datetime import UTC, datetime

NOON = 12 * 3600.0


def happened(kind, at, state="", scope="", **facts):
    """Return a history event as the stage answers it."""
    moment = datetime.fromtimestamp(NOON + at, UTC)
    stamp = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"type": kind, "timestamp": stamp, "state": state, "scope": scope, **facts}


def numbered(events):
    """Return the events with ids in order."""
    return [{"id": number, **event} for number, event in enumerate(events, 1)]


def a_task(state, begins, ends, scope=""):
    """Return what a task that went well leaves behind."""
    return [
        happened("StateEntered", begins, state, scope),
        happened("TaskScheduled", begins, state, scope, resource="lambda:work"),
        happened("TaskSucceeded", ends, state, scope),
        happened("StateExited", ends, state, scope),
    ]


def a_fan_out(state, begins, children, inner="polish", ends=None):
    """Return a Map of ``children`` iterations of one task, a tenth of a second each."""
    events = [
        happened("StateEntered", begins, state),
        happened("ChildrenStarted", begins, state, children=children, activation=2),
    ]
    for index in range(children):
        scope = f"r.2.1-{index}"
        events.append(happened("ScopeStarted", begins, scope=scope))
        events += a_task(inner, begins + index / 10, begins + (index + 1) / 10, scope)
        events.append(
            happened("ScopeSucceeded", begins + (index + 1) / 10, scope=scope)
        )
    end = begins + children / 10 if ends is None else ends
    return [*events, happened("StateExited", end, state)]
