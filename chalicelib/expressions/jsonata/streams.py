"""What does a path do that binds names on its way: ``@$item``, ``#$index``, ``%``?

From the first such step on, the path carries bindings beside each element.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from chalicelib.expressions.jsonata.calling import Run
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.expressions.jsonata.paths import Walk, bindings_where, items_of
from chalicelib.expressions.jsonata.values import MISSING, Tuples
from chalicelib.values import Json

#: Applies a filter or a numbering to the bindings so far.
Stage: TypeAlias = Callable[[Tuples, Frame], Tuples]
#: Cells of the bindings of one element.
_BINDING = 16
#: Applies a step to the elements, or to the bindings where there are some already.
Bind: TypeAlias = Callable[[Sequence[Json], Tuples | None, Frame], Tuples]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a step binds; an empty name binds nothing."""

    #: The element, while the context stays what it was.
    focus: str = ""
    #: The position.
    index: str = ""
    #: What the step was applied to, for ``%``.
    parent: str = ""

    def bound(self, context: Json, item: Json, at: int) -> dict[str, Json]:
        """Return the bindings of one element that a step gives."""
        new = {self.focus: item, "@": context} if self.focus else {"@": item}
        if self.index:
            new[self.index] = at
        if self.parent:
            new[self.parent] = context
        return new


def step(run: Run, names: Names) -> Bind:
    """Return the step that ``run`` is, with the names it binds."""

    def bind(values: Sequence[Json], so_far: Tuples | None, frame: Frame) -> Tuples:
        if so_far is None:
            so_far = Tuples({"@": each} for each in values)
        frame.budget.step(len(so_far))
        found = Tuples()
        for binding in so_far:
            result = run(binding["@"], frame.inside(binding))
            is_stream = isinstance(result, Tuples)
            items = items_of(result)
            frame.budget.take(_BINDING * len(items))
            for at, item in enumerate(items):
                new = item if is_stream else names.bound(binding["@"], item, at)
                found.append({**binding, **new})
        return found

    return bind


def ordered(order: Walk, names: Names) -> Bind:
    """Return the step that sorts, and may number what it has sorted."""

    def bind(values: Sequence[Json], so_far: Tuples | None, frame: Frame) -> Tuples:
        if so_far is not None:
            return Tuples(order(so_far, frame))
        found = order(values, frame)
        return Tuples(names.bound(MISSING, each, at) for at, each in enumerate(found))

    return bind


def staged(bind: Bind, stages: Sequence[Stage]) -> Bind:
    """Return a step with filters and numberings behind it."""

    def go(values: Sequence[Json], so_far: Tuples | None, frame: Frame) -> Tuples:
        found = bind(values, so_far, frame)
        for stage in stages:
            found = stage(found, frame)
        return found

    return go


def filtering(test: Run) -> Stage:
    """Return the stage that keeps the bindings for which a test holds."""
    return lambda bindings, frame: bindings_where(test, bindings, frame)


def numbering(name: str) -> Stage:
    """Return the stage that binds the position among what is left."""
    return lambda bindings, _frame: Tuples(
        {**each, name: at} for at, each in enumerate(bindings)
    )
