"""What is to be seen inside of a state under test? For TestState's inspectionData.

Each station of its data is found by a run of its own, of the same state with a Pass in
the place of its work: expressions see there what they see in the state.

    before   afterInputPath, afterParameters or afterArguments; of a Map its items
    after    result, afterResultSelector, afterResultPath; the variables
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from chalicelib.engine.crowds import Tolerance
from chalicelib.engine.state import Failure
from chalicelib.model.error_names import CAUSES, TABLES, Kind
from chalicelib.model.expressions import Expression, Literal, Pipe
from chalicelib.model.workflow import Fail, Map, Mode, Pass, Scope, State, Task
from chalicelib.values import Json, compact

#: Runs a state: its output, or what it fails with.
Run = Callable[[State], Json]
#: Limits of a Map, as inspectionData has them -> as the model has them.
_LIMITS: Mapping[str, str] = {
    "maxConcurrency": "max_concurrency",
    "toleratedFailureCount": "tolerated_count",
    "toleratedFailurePercentage": "tolerated_percentage",
}
_ECHO = "Echo"


class Broken(Exception):
    """A station of the state's data has no value."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.cause)
        self.failure = failure


class Looks:
    """Looks into one state."""

    def __init__(self, state: State, run: Run, *, is_jsonata: bool) -> None:
        self._state = replace(state, retry=(), catch=())
        self._run = run
        self._is_jsonata = is_jsonata

    def before(self) -> dict[str, Json]:
        """Return the stations before the work, by their names in inspectionData.

        Raises:
            Broken: one of them has no value.
        """
        state, found = self._state, {}
        if not self._is_jsonata and not isinstance(state.work, Fail):
            found["afterInputPath"] = compact(self._peek(None))
        if state.arguments is not None and not _awaits_token(state):
            name = "afterArguments" if self._is_jsonata else "afterParameters"
            found[name] = compact(self._peek(state.arguments))
        if isinstance(state.work, Map):
            found |= self._items(state.work)
        return found

    def _peek(self, expression: Expression | None) -> Json:
        """Return what an expression of the state gives, asked before its work."""
        passing = replace(self._state, work=Pass(), arguments=expression)
        return self._run(replace(passing, result=None, output=None, assign=None))

    def _items(self, work: Map) -> dict[str, Json]:
        found: dict[str, Json] = {
            name: self._peek(expression)
            for name, field in _LIMITS.items()
            if (expression := getattr(work, field)) is not None
        }
        if work.reader is not None:
            return found
        if not self._is_jsonata and work.items is not None:
            found["afterItemsPath"] = compact(self._peek(work.items))
        if work.item_input is not None:
            found["afterItemSelector"] = compact(self._inputs(batched=False))
        if work.batcher is not None:
            found["afterItemBatcher"] = compact(self._inputs(batched=True))
        return found

    def _inputs(self, *, batched: bool) -> Json:
        """Return what the iterations of a Map receive."""
        work = self._state.work
        assert isinstance(work, Map)  # noqa: S101 - its only callers ask
        echo = State(name=_ECHO, work=Pass())
        scope = Scope(id=work.scope.id, start=(_ECHO,), states={_ECHO: echo})
        echoing = replace(
            work,
            scope=scope,
            batcher=work.batcher if batched else None,
            writer=None,
        )
        state = replace(self._state, work=echoing, result=None, output=None)
        return self._run(replace(state, assign=None))

    def exceeded(self, failed: int) -> Failure | None:
        """Return what a Map fails with of which so many iterations failed.

        Raises:
            Broken: its items, or its limits, have no value.
        """
        work = self._state.work
        if not isinstance(work, Map) or work.reader is not None:
            return None
        of = len(self._inputs(batched=True))
        count, percentage = (
            None if each is None else self._peek(each)
            for each in (work.tolerated_count, work.tolerated_percentage)
        )
        if not Tolerance(count=count, percentage=percentage).is_exceeded(failed, of):
            return None
        return Failure(
            error=TABLES["asl"][Kind.TOLERANCE], cause=CAUSES["asl"][Kind.TOLERANCE]
        )

    def after(self, result: Json) -> dict[str, Json]:
        """Return the stations behind the work, which gave ``result``."""
        state = replace(self._state, work=Pass(), arguments=Literal(value=result))
        state, found = replace(state, assign=None), {"result": compact(result)}
        if self._is_jsonata:
            return found
        selected = replace(state, output=None)
        if state.result is not None:
            found["afterResultSelector"] = compact(self._run(selected))
        placed = state.output
        if isinstance(placed, Pipe):
            placed = placed.stages[0]
        found["afterResultPath"] = compact(self._run(replace(state, output=placed)))
        return found


def _awaits_token(state: State) -> bool:
    return isinstance(state.work, Task) and state.work.mode is Mode.CALLBACK
