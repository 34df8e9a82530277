"""Which variables are assigned on the way to a state, and who may not assign them?

AWS, "Variables": a variable is seen in its scope and in those inside, which read it
and may not assign one of the same name. Measured: only those count that are assigned
before the inner scope begins, and those around a distributed Map count, too, though
nothing inside sees them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from chalicelib.formats.fields import Part


class _Way(NamedTuple):
    """A transition: where it begins, and what is assigned with it."""

    source: str
    names: frozenset[str]


class Ways:
    """How the states of a scope lead to each other."""

    def __init__(self, scope: Part) -> None:
        self._into: dict[str, list[_Way]] = {}
        for source, state in scope["States"].members():
            for target, names in _transitions(state):
                self._into.setdefault(target, []).append(_Way(source, names))

    def assigned_before(self, name: str) -> frozenset[str]:
        """Return what may have been assigned in the scope when a state begins."""
        found: set[str] = set()
        seen, open_ = {name}, [name]
        while open_:
            for source, names in self._into.get(open_.pop(), ()):
                found |= names
                if source not in seen:
                    seen.add(source)
                    open_.append(source)
        return frozenset(found)


def _transitions(state: Part) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield where a state leads, and the variables that are assigned on that way."""
    for name in ("Next", "Default"):
        if isinstance(state[name].value, str):
            yield state[name].value, _names(state)
    for holder in (*state["Choices"].elements(), *state["Catch"].elements()):
        if isinstance(holder["Next"].value, str):
            yield holder["Next"].value, _names(holder)


def _names(holder: Part) -> frozenset[str]:
    return frozenset(name.removesuffix(".$") for name, _ in holder["Assign"].members())


def check_assigned(scope: Part, outside: frozenset[str]) -> None:
    """Add a problem for each variable of a scope that is assigned outside, too."""
    for name, part in _assignments(scope):
        if name in outside:
            part.wrong(
                f"the variable {name!r} is assigned outside of this, where it can only "
                "be read; choose another name",
                at="key",
            )


def _assignments(scope: Part) -> Iterator[tuple[str, Part]]:
    for _, state in scope["States"].members():
        for holder in (state, *state["Choices"].elements(), *state["Catch"].elements()):
            for name, part in holder["Assign"].members():
                yield name.removesuffix(".$"), part
