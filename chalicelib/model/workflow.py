"""What is a workflow: a tree of scopes, each a graph of states.

Formats differ in data only: the join rule, the failure rule, the data-flow
expressions and the table of error names. The engine has no case for a format.

The stations of data in a state, in order (absent expression: value passes through):

    raw input --input--> input --arguments--> (work) --> raw result
    raw result --result--> result --output(raw input, input, result)--> output
    and, beside it, --assign--> variables of the scope
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import StrEnum

from chalicelib.frozen import dataclass
from chalicelib.model.clauses import Catcher as Catcher
from chalicelib.model.clauses import Delay as Delay
from chalicelib.model.clauses import Retrier as Retrier
from chalicelib.model.expressions import Expression
from chalicelib.model.notices import Notice as Notice
from chalicelib.model.work import Batcher as Batcher
from chalicelib.model.work import Choice as Choice
from chalicelib.model.work import Errand as Errand
from chalicelib.model.work import Fail as Fail
from chalicelib.model.work import Gate as Gate
from chalicelib.model.work import Job as Job
from chalicelib.model.work import Mode as Mode
from chalicelib.model.work import Pass as Pass
from chalicelib.model.work import Rule as Rule
from chalicelib.model.work import Succeed as Succeed
from chalicelib.model.work import Task as Task
from chalicelib.model.work import Wait as Wait
from chalicelib.schedules.schedule import Schedule
from chalicelib.values import Json


class Join(StrEnum):
    """When does a state with several edges in run?"""

    ANY = "any"  # each arrival runs it; one state of the scope is active at a time
    ALL = "all"  # once, when every predecessor has succeeded or been skipped


class OnFailure(StrEnum):
    """What does a failure nobody caught do to its scope (or container)?"""

    ABORT = "abort"  # it ends at once; what still runs is cancelled
    DRAIN = "drain"  # what runs goes on to its end; then it fails


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One scope of a Parallel."""

    scope: Scope
    #: Runs only when this holds of the input; None: always.
    condition: Expression | None = None
    #: Under ``only_first``: where the state leads once this ran; None: as its ``next``.
    next: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parallel:
    """Scopes side by side on the same arguments; the raw result is the list of outputs.

    The output of a branch that did not run is null.
    """

    branches: tuple[Branch, ...]
    failure: OnFailure = OnFailure.ABORT
    #: Of the branches whose condition holds, the first one alone runs.
    only_first: bool = False
    #: Seconds for all of them; evaluated with ``$`` = the input. None: no limit.
    timeout: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """One scope for each item; the raw result is the list of outputs, in item order."""

    scope: Scope
    #: Evaluated on the input; must give an array. None: the input itself.
    items: Expression | None = None
    #: Items may be an object, too: its pairs, as {"Key", "Value"}.
    takes_pairs: bool = False
    #: Shapes the input of one iteration; sees ``item`` and ``index``. None: the item.
    item_input: Expression | None = None
    #: Evaluates to how many run at once; 0 or None: no limit.
    max_concurrency: Expression | None = None
    failure: OnFailure = OnFailure.ABORT
    #: Failed children that do not fail the Map; None: none.
    tolerated_count: Expression | None = None
    tolerated_percentage: Expression | None = None
    #: A tolerated failure stands in the result, as {"Status", "Error", "Cause"}; else
    #: null does.
    tells_failures: bool = False
    #: A collection that is missing or empty ends the state without ``assign``.
    skip_when_empty: bool = False
    #: Brings the items, an array; ``items`` is not asked then.
    reader: Errand | None = None
    batcher: Batcher | None = None
    #: Takes the results; what it answers is the raw result then.
    writer: Errand | None = None
    #: What its run is called, where its iterations count as executions; else empty.
    label: str = ""
    #: Seconds for all of them; evaluated with ``$`` = the input. None: no limit.
    timeout: Expression | None = None


Work = Task | Pass | Choice | Wait | Gate | Succeed | Fail | Parallel | Map


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A node of a scope: what it does, what its data is, where it leads."""

    name: str
    work: Work
    #: Edges out. Join ANY: at most one. Empty: the scope ends here.
    next: tuple[str, ...] = ()
    input: Expression | None = None
    arguments: Expression | None = None
    result: Expression | None = None
    output: Expression | None = None
    assign: Expression | None = None
    retry: tuple[Retrier, ...] = ()
    catch: tuple[Catcher, ...] = ()
    #: A failure that nobody caught counts as skipped; successors run.
    tolerant: bool = False
    #: ``assign`` is evaluated also when the state fails (Rill Flow foreach).
    assign_on_failure: bool = False
    #: Skipped without running; successors run.
    bypassed: bool = False
    #: What follows is skipped.
    cuts_followers: bool = False
    delay: Delay | None = None
    #: What it gives is read while it runs: readers behind it begin when it does.
    writes_stream: bool = False
    #: Join ALL: it begins with the first state before it that writes a stream and has
    #: begun, or that writes none and is done.
    reads_stream: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A graph of states: the top level, a branch, an iteration."""

    #: Unique in the workflow: ``0`` for the top level, then ``0/Map1``, ``0/Par/1`` …
    id: str
    start: tuple[str, ...]
    states: Mapping[str, State]
    join: Join = Join.ANY
    failure: OnFailure = OnFailure.ABORT
    #: The scope's input becomes its variables, and its output is its variables.
    shares_variables: bool = False
    #: From the scope's input to its variables, of which its states make their inputs.
    #: None: it has those of the scope around.
    variables: Expression | None = None
    #: From its variables to what it gives, when it ends well; None: its last output.
    output: Expression | None = None
    #: For each state, the states with an edge to it.
    sources: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )
    #: Nothing in it, or below it, waits for the world.
    is_pure: bool = field(default=False, compare=False, repr=False)
    #: A state of it waits to be woken.
    has_gates: bool = field(default=False, compare=False, repr=False)

    @property
    def has_own_variables(self) -> bool:
        """Whether its variables begin with its input, not with those around it."""
        return self.shares_variables or self.variables is not None

    def __post_init__(self) -> None:
        object.__setattr__(self, "sources", _sources(self.states))
        object.__setattr__(self, "is_pure", _is_pure(self.states))
        has_gates = any(isinstance(each.work, Gate) for each in self.states.values())
        object.__setattr__(self, "has_gates", has_gates)


def _sources(states: Mapping[str, State]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {name: [] for name in states}
    for state in states.values():
        for name in state.next:
            found.setdefault(name, []).append(state.name)
    shared: dict[tuple[str, ...], tuple[str, ...]] = {}
    return {
        name: shared.setdefault(tuple(names), tuple(names))
        for name, names in found.items()
    }


def _is_pure(states: Mapping[str, State]) -> bool:
    return not any(
        state.retry
        or state.delay
        or isinstance(state.work, Task | Wait | Gate)
        or (isinstance(state.work, Map) and (state.work.reader or state.work.writer))
        or not all(scope.is_pure for scope in child_scopes(state))
        for state in states.values()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A definition, compiled."""

    name: str
    #: ``asl``, ``cloudflow`` or ``rillflow``.
    format: str
    scope: Scope
    #: Which names errors have: a row of ``model.error_names``.
    errors: str = "asl"
    #: Seconds for a whole execution; evaluated with ``$`` = the execution's input.
    timeout: Expression | None = None
    #: Shapes the input of the execution; absent: passes through.
    input: Expression | None = None
    #: JSON Schema (the part ``model.schema`` understands) of the input.
    input_schema: Json = None
    description: str = ""
    #: False: it only keeps what other workflows refer to.
    is_startable: bool = True
    notices: tuple[Notice, ...] = ()
    #: Seconds for which an execution is kept after its end; None: as the stage says.
    retention: float | None = None
    #: URLs that are told as its executions begin and end.
    webhooks: tuple[str, ...] = ()
    #: What nobody is shown: paths into any value, such as ``$.card.number``.
    redact: tuple[str, ...] = ()
    #: When it is to be started by itself; kept beside it, not in it.
    schedules: tuple[Schedule, ...] = field(default=(), compare=False)
    #: Every scope by its id, the top level included.
    scopes: Mapping[str, Scope] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        found = {scope.id: scope for scope in walk_scopes(self.scope)}
        object.__setattr__(self, "scopes", found)


def child_scopes(state: State) -> tuple[Scope, ...]:
    """Return the scopes inside ``state``, in order."""
    match state.work:
        case Parallel(branches=branches):
            return tuple(branch.scope for branch in branches)
        case Map(scope=scope):
            return (scope,)
    return ()


def walk_scopes(scope: Scope) -> Iterator[Scope]:
    """Yield ``scope`` and every scope inside it, outermost first."""
    yield scope
    for state in scope.states.values():
        for inner in child_scopes(state):
            yield from walk_scopes(inner)
