"""What does the context object (``$$``) of the Amazon States Language hold?

Its sections are made when they are asked for: most paths name one of them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

from chalicelib.expressions.scope import Facts, View
from chalicelib.model.expressions import Steps
from chalicelib.values import Json


def read(view: View, steps: Steps | None = None) -> Json:
    """Return the context object, or as much of it as ``steps`` lead into.

    >>> read(View(), ("State", "Name"))["State"]["Name"]
    ''
    """
    names = (steps[0],) if steps else tuple(_SECTIONS)
    found, given = {}, view.facts.naming.given
    for name in names:
        section = given.get(str(name)) or _SECTIONS.get(name, _nothing)(view)
        if section is not None:
            found[name] = section
    return found


def written_time(at: float) -> str:
    """Return a time as the context object writes it.

    AWS, "Timestamp format with fractional seconds": a fraction of zero is left out.

    >>> written_time(0.0625), written_time(60)
    ('1970-01-01T00:00:00.062Z', '1970-01-01T00:01:00Z')
    """
    time = datetime.datetime.fromtimestamp(at, tz=datetime.UTC)
    thousandths = time.microsecond // 1000
    fraction = f".{thousandths:03}" if thousandths else ""
    return f"{time:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def _nothing(view: View) -> Json:
    return None


def _execution(view: View) -> Json:
    facts = view.facts
    found = {
        "Id": _execution_id(facts),
        "Input": facts.execution_input,
        "Name": facts.execution_name,
        "RoleArn": "",
        "StartTime": written_time(facts.started_at),
        "RedriveCount": facts.redrives,
    }
    if facts.redriven_at is None:
        return found
    return {**found, "RedriveTime": written_time(facts.redriven_at)}


def _execution_id(facts: Facts) -> str:
    naming = facts.naming
    if not naming.prefix:
        return facts.execution
    return naming.execution(facts.workflow, facts.execution_name, facts.started_at)


def _state_machine(view: View) -> Json:
    facts = view.facts
    return {"Id": facts.naming.machine(facts.workflow), "Name": facts.workflow}


def _state(view: View) -> Json:
    facts = view.facts
    found = {"EnteredTime": written_time(facts.entered_at), "Name": facts.state}
    # Measured: only the states that may be tried again say how often they were.
    return {**found, "RetryCount": facts.retry_count} if facts.can_retry else found


def _task(view: View) -> Json:
    return {"Token": view.facts.token} if view.facts.token else None


def _map(view: View) -> Json:
    facts = view.facts
    if facts.index is None:
        return None
    return {"Item": {"Index": facts.index, "Value": facts.item, **facts.item_facts}}


_SECTIONS: dict[str | int, Callable[[View], Json]] = {
    "Execution": _execution,
    "StateMachine": _state_machine,
    "State": _state,
    "Task": _task,
    "Map": _map,
}
