"""How does a container notice that its children have ended?

Joining is a tree of small items: a child's end adds its number to the set of its
hundred, a full hundred adds its number to the root, and who completes the root tells
the container. Where the container limits how many run at once, a child's end gives its
slot to the next one instead (``pools``), and the last slot to run dry tells it.

Rule 1  The failure that is one too many is told at once, by ``lost``.
Rule 2  What is too many is what a child was told when it began. One whose failure would
        end it all asks the container first: somebody may tolerate it by now.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.engine.commands import EndScope, StartChildren
from chalicelib.engine.state import AS_WRITTEN, Failure, Origin, Status
from chalicelib.journal import keys
from chalicelib.orchestrator import rejoining, steps
from chalicelib.orchestrator.crowds import begin, container
from chalicelib.orchestrator.pools import Pool
from chalicelib.orchestrator.rejoining import Place
from chalicelib.orchestrator.turn import Turn
from chalicelib.orchestrator.world import World
from chalicelib.ports import Message
from chalicelib.values import Json

#: Containers whose children a process remembers.
CROWDS = 50
#: Tolerated failures, at most, that are counted one by one, so that the next one ends
#: the container at once. Each such write grows by a few bytes; where more may fail, too
#: many are noticed at the join.
EARLY = 1000


def child_ended(turn: Turn, command: EndScope) -> list[Message]:
    """Tell the container, once every sibling has ended; at once if it may fail now."""
    assert turn.state is not None  # noqa: S101 - it has just ended
    origin = turn.state.origin
    place = rejoining.place(turn)
    if command.status is Status.ABORTED:
        return []  # the container itself cancelled it
    above = container(place.scope, place.activation, place.attempt)
    lost: list[Message] = []
    if command.failure is not None:
        origin = _tolerated_now(turn, origin, place)
        lost = _lost(turn, origin, place, command.failure)
        if origin.aborts:
            return lost
    if origin.limit:
        return [*lost, *_next_in_slot(turn, place, above)]
    if _is_last(turn.world, turn.execution, above, place.number, place.among):
        return [*lost, _joined(turn, place)]
    return lost


def _tolerated_now(turn: Turn, origin: Origin, place: Place) -> Origin:
    """Return the facts of a failed child, by its container's limits now (rule 2)."""
    if not origin.aborts:
        return origin
    above = Turn(turn.world, turn.execution, place.scope, turn.ends_at)
    above.load()
    held = above.state.active.get(place.activation) if above.state else None
    if held is None or held.limits == AS_WRITTEN:
        return origin
    command = above.restored(["children", place.activation, place.attempt])
    if not isinstance(command, StartChildren):
        return origin
    return replace(origin, aborts=command.aborts, tolerated=command.tolerated)


def _lost(turn: Turn, origin: Origin, place: Place, failure: Failure) -> list[Message]:
    """Return what a container hears of a failed child that may be one too many."""
    index = keys.parent(turn.scope)[3]
    facts: dict[str, Json] = {"a": place.activation, "n": place.attempt, "i": index}
    if not origin.aborts:
        failed = _failed_so_far(turn, origin, place)
        if failed <= origin.tolerated:
            return []
        facts["f"] = failed
    facts |= {"e": failure.error, "c": failure.cause}
    return [steps.step("lost", turn.execution, place.scope, **facts)]


def _failed_so_far(turn: Turn, origin: Origin, place: Place) -> int:
    """Count a child as failed, where a container counts them before the join."""
    if not 0 < origin.tolerated <= EARLY:
        return 0
    above = container(place.scope, place.activation, place.attempt)
    key = keys.failed(turn.execution, above)
    return len(turn.world.table.add(key, frozenset({place.number}))["done"])


def _joined(turn: Turn, place: Place) -> Message:
    """Return the message that the child's container is done."""
    assert turn.state is not None  # noqa: S101 - the child has just ended
    return steps.step(
        "joined",
        turn.execution,
        place.scope,
        a=place.activation,
        n=place.attempt,
        of=turn.state.origin.siblings,
        **steps.at_home(place.home),
    )


def _is_last(
    world: World, execution: str, above: str, index: int, siblings: int
) -> bool:
    """Count a child as done; whether it was the last one."""
    item = world.table.add(keys.leaf(execution, above, index), frozenset({index}))
    number = index // keys.LEAF
    size = min(keys.LEAF, siblings - number * keys.LEAF)
    if len(item["done"]) < size:
        return False
    leaves = -(-siblings // keys.LEAF)
    if leaves == 1:
        return True
    item = world.table.add(keys.root(execution, above), frozenset({number}))
    return len(item["done"]) == leaves


def _next_in_slot(turn: Turn, place: Place, above: str) -> list[Message]:
    """Give the child's slot to the next one; the last slot to run dry tells."""
    assert turn.state is not None  # noqa: S101 - the child has just ended
    pool = Pool(turn.world, turn.execution, above, place.among)
    follower = pool.give(turn.state.origin.slot, place.number)
    if follower is None:
        return []
    if follower.runs is not None:
        return _fill(turn, place, follower.runs, follower.told)
    return [_joined(turn, place)] if follower.is_dry else []


def _fill(
    turn: Turn, place: Place, runs: tuple[int, int], told: dict[str, Any]
) -> list[Message]:
    """Begin the next child in a slot, from the container's own state.

    ``runs``: the slot, and which child. ``told``: what a change of the run says of
    failures.
    """
    above = Turn(turn.world, turn.execution, place.scope, turn.ends_at)
    command = _crowd(above, place.activation, place.attempt)
    if command is None:
        return []
    # What is remembered of the command may be older than the change.
    slot, number = runs
    return list(begin(above, replace(command, **told), [number], slot))


def _crowd(turn: Turn, activation: int, attempt: int) -> StartChildren | None:
    """Return the children of a container; remembered, for there may be many."""
    key = (turn.execution, container(turn.scope, activation, attempt))
    if turn.state is None:
        turn.load()
    found = turn.world.crowds.get(key)
    if found is None:
        tag = ["children", activation, attempt]
        command = turn.restored(tag)
        if command is None and not turn.is_fresh:
            turn.load()
            command = turn.restored(tag)
        if isinstance(command, StartChildren):
            found = turn.world.crowds[key] = rejoining.chosen(turn, command)
            while len(turn.world.crowds) > CROWDS:
                turn.world.crowds.pop(next(iter(turn.world.crowds)))
    return found
