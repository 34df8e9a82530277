"""Which children does a redriven container take up, and whom do they tell their end?

A redrive gives a container a new activation; its children keep their names. Those that
did not succeed are chosen once, written down, and numbered among themselves: join and
slots count these places, under the name of the new activation. Those that did succeed
are read where they are, when all others have ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from chalicelib.engine.commands import CancelChildren, StartChildren
from chalicelib.engine.state import Home, Origin, Rejoin, Status
from chalicelib.errors import StaleRecord
from chalicelib.journal import keys, records
from chalicelib.orchestrator import steps
from chalicelib.orchestrator.turn import Turn
from chalicelib.ports import Message


class Place(NamedTuple):
    """Where a child is counted when it ends."""

    scope: str
    activation: int
    attempt: int
    #: Its place among those that the container waits for, and how many they are.
    number: int
    among: int
    home: Home | None


def place(turn: Turn) -> Place:
    """Return where the child of this turn is counted."""
    assert turn.state is not None  # noqa: S101 - it has just ended
    scope, activation, attempt, index = keys.parent(turn.scope)
    origin = turn.state.origin
    if origin.rejoin is None:
        return Place(scope, activation, attempt, index, origin.siblings, None)
    home = Home(activation, attempt, turn.state.redrives)
    return Place(scope, *origin.rejoin, home)


def again(origin: Origin, command: StartChildren, number: int) -> Origin:
    """Return the facts of a child that is taken up, ``number`` its place."""
    among = len(command.chosen)
    return replace(
        origin, rejoin=Rejoin(command.activation, command.attempt, number, among)
    )


def chosen(turn: Turn, command: StartChildren) -> StartChildren:
    """Return the command with those children that are taken up; always the same."""
    if command.home is None or command.chosen:
        return command
    found = _read(turn, command.activation, command.attempt)
    return replace(command, chosen=_choose(turn, command) if found is None else found)


def _read(turn: Turn, activation: int, attempt: int) -> list[int] | None:
    item = turn.world.table.get(_key(turn, activation, attempt))
    return None if item is None else list(records.unpack(item["d"]))


def _key(turn: Turn, activation: int, attempt: int) -> tuple[str, str]:
    return keys.chosen(turn.execution, f"{turn.scope}.{activation}.{attempt}")


def _choose(turn: Turn, command: StartChildren) -> Sequence[int]:
    """Write down which children did not succeed so far; whoever is first decides."""
    assert command.home is not None  # noqa: S101 - there were children
    number, attempt, _ = command.home
    count = len(command.inputs)
    above = f"{turn.scope}.{number}.{attempt}"
    ends = turn.world.journal.outcomes(turn.execution, above, count)
    well = {index for index, end in ends.items() if end[0] is Status.SUCCEEDED}
    found = [index for index in range(count) if index not in well]
    partition, sort = _key(turn, command.activation, command.attempt)
    item = {"pk": partition, "sk": sort, "d": records.pack(found)}
    try:
        turn.world.table.put(item, unless_exists=True)
    except StaleRecord:
        first = _read(turn, command.activation, command.attempt)
        return found if first is None else first
    return found


def indexes(turn: Turn, command: CancelChildren, places: Iterable[int]) -> list[int]:
    """Return which children have these places; one behind the last has none."""
    every: Sequence[int] = range(command.children)
    if command.home is not None:
        every = _read(turn, command.activation, command.attempt) or ()
    return [every[number] for number in places if number < len(every)]


def joined(turn: Turn, command: StartChildren) -> Message:
    """Return the message that no child of a container is left to wait for."""
    return steps.step(
        "joined",
        turn.execution,
        turn.scope,
        a=command.activation,
        n=command.attempt,
        of=len(command.inputs),
        **steps.at_home(command.home),
    )
