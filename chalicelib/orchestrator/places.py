"""Where is a task that people name, such as ``split_2-resize``?

A name is a path: the groups around the task, each ``<container>_<number>``, then the
task's own name. Iterations are numbered from 0 in the order of their items, branches in
the order of the definition.
"""

from __future__ import annotations

from chalicelib.engine.commands import StartChildren
from chalicelib.engine.state import Activation, Phase
from chalicelib.errors import TaskEnded, TaskNotFound, Unavailable
from chalicelib.frozen import dataclass
from chalicelib.model.workflow import Map, Parallel, Scope, State
from chalicelib.orchestrator import beginnings, crowds, requests, steps
from chalicelib.orchestrator.dirt import Arrival
from chalicelib.orchestrator.turn import Turn
from chalicelib.orchestrator.world import World
from chalicelib.ports import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A state in a running scope."""

    #: Of the scope; its last record is loaded.
    turn: Turn
    scope: Scope
    state: State
    #: What begins the scope; None where a record tells that it has begun.
    beginning: Arrival | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Crowd:
    """The group of a container that a name leads into."""

    turn: Turn
    command: StartChildren
    index: int


def locate(world: World, execution: str, task: str) -> Place:
    """Return where a task is.

    Raises:
        ExecutionNotFound: there is no such execution.
        TaskNotFound: there is no such task, or its group does not exist yet.
        TaskEnded: its group has ended.
        Unavailable: its group waits for its turn.
    """
    head = world.archive.head(execution)
    workflow = world.archive.workflow(head.workflow, head.version)
    *groups, name = task.split("-")
    turn = _loaded(world, execution, beginnings.TOP)
    scope, crowd = workflow.scope, None
    for group in groups:
        crowd, scope = _inside(turn, scope, group, task)
        above = crowds.container(
            turn.scope, crowd.command.activation, crowd.command.attempt
        )
        turn = _loaded(world, execution, f"{above}-{crowd.index}")
    if name not in scope.states:
        raise TaskNotFound(execution, task)
    beginning = None
    if turn.state is None:
        message = _group_start(crowd) if crowd else beginnings.message(world, head)
        found = steps.read(message.body)
        event = steps.started(found, world.clock.now())
        beginning = Arrival(cause=found.cause, event=event)
    return Place(turn=turn, scope=scope, state=scope.states[name], beginning=beginning)


def _loaded(world: World, execution: str, scope: str) -> Turn:
    turn = requests.turn_of(world, execution, scope)
    turn.load()
    return turn


def _group_start(crowd: _Crowd) -> Message:
    """Return the message that begins a group, where it may begin at any time."""
    if crowd.command.limit:
        raise Unavailable("a group whose turn has not come")
    (message,) = crowds.begin(crowd.turn, crowd.command, [crowd.index])
    return message


def _inside(turn: Turn, scope: Scope, group: str, task: str) -> tuple[_Crowd, Scope]:
    """Return the group of a container, and the scope that it runs."""
    name, _, number = group.rpartition("_")
    state = scope.states.get(name)
    is_container = state is not None and isinstance(state.work, Map | Parallel)
    if state is None or not is_container or not number.isdecimal():
        raise TaskNotFound(turn.execution, task)
    held = _held(turn, name, task)
    command = turn.restored(["children", held.id, held.attempt])
    assert isinstance(command, StartChildren)  # noqa: S101 - it is joining
    index, inner = _position(state, command, int(number))
    if inner is None or index >= len(command.inputs):
        raise TaskNotFound(turn.execution, task)
    return _Crowd(turn=turn, command=command, index=index), inner


def _held(turn: Turn, name: str, task: str) -> Activation:
    """Return the activation of a container whose children run."""
    state = turn.state
    for held in state.active.values() if state else ():
        if held.state == name and held.phase is Phase.JOINING:
            return held
    if state is not None and (state.is_ended or name in state.done):
        raise TaskEnded(turn.execution, task)
    raise TaskNotFound(turn.execution, task)


def _position(
    state: State, command: StartChildren, number: int
) -> tuple[int, Scope | None]:
    """Return which child has a number: of a choice, only the chosen branches are."""
    if isinstance(state.work, Map):
        return number, state.work.scope
    assert isinstance(state.work, Parallel)  # noqa: S101 - the other container
    branches = state.work.branches
    scope = branches[number].scope if number < len(branches) else None
    chosen = list(command.scopes)
    if scope is None or scope.id not in chosen:
        return 0, None
    return chosen.index(scope.id), scope
