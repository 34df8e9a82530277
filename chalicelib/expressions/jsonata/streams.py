"""What does a path do that binds names on its way: ``@$item``, ``#$index``, ``%``?

From the first such step on, the path carries bindings beside each element.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from chalicelib.expressions.jsonata.calling import Run
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.expressions.jsonata.paths import Walk, bindings_where
from chalicelib.expressions.jsonata.values import MISSING, Tuples
from chalicelib.values import Json

#: Applies a filter or a numbering to the bindings so far.
Stage: TypeAlias = Callable[[Tuples, Frame], Tuples]


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A step, and the names it binds; an empty name binds nothing."""

    run: Run | None
    #: Set where the step is an order, and there is nothing to run.
    order: Walk | None = None
    #: The element, while the context stays what it was.
    focus: str = ""
    #: The position.
    index: str = ""
    #: What the step was applied to, for ``%``.
    parent: str = ""
    stages: Sequence[Stage] = ()

    def go(self, values: Sequence[Json], so_far: Tuples | None, frame: Frame) -> Tuples:
        """Return the bindings after the step."""
        if self.order is not None:
            found = self._ordered(self.order, values, so_far, frame)
        elif self.run is not None:
            if so_far is None:
                so_far = Tuples({"@": each} for each in values if each is not MISSING)
            found = self._applied(self.run, so_far, frame)
        for stage in self.stages:
            found = stage(found, frame)
        return found

    def _ordered(
        self, order: Walk, values: Sequence[Json], so_far: Tuples | None, frame: Frame
    ) -> Tuples:
        if so_far is not None:
            return Tuples(order(so_far, frame))
        ordered = order(values, frame)
        return Tuples({"@": each, self.index: at} for at, each in enumerate(ordered))

    def _applied(self, run: Run, so_far: Tuples, frame: Frame) -> Tuples:
        frame.budget.step(len(so_far))
        found = Tuples()
        for binding in so_far:
            result = run(binding["@"], frame.inside(binding))
            if result is MISSING:
                continue
            items = result if isinstance(result, list) else [result]
            is_stream = isinstance(result, Tuples)
            for at, item in enumerate(items):
                new = item if is_stream else self._bound(binding["@"], item, at)
                found.append({**binding, **new})
        frame.budget.take(8 * len(found))
        return found

    def _bound(self, context: Json, item: Json, at: int) -> dict[str, Json]:
        new = {self.focus: item, "@": context} if self.focus else {"@": item}
        if self.index:
            new[self.index] = at
        if self.parent:
            new[self.parent] = context
        return new


def filtering(test: Run) -> Stage:
    """Return the stage that keeps the bindings for which a test holds."""

    return lambda bindings, frame: bindings_where(test, bindings, frame)


def numbering(name: str) -> Stage:
    """Return the stage that binds the position among what is left."""

    def stage(bindings: Tuples, frame: Frame) -> Tuples:
        return Tuples({**each, name: at} for at, each in enumerate(bindings))

    return stage
