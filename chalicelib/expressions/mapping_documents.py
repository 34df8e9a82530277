"""What do the rules of a mapping list read and write: ``{context, input, output}``?

Rule 1  Nothing that was given is changed: what is written is copied along its path.
Rule 2  Objects on the way are made, and lists up to a position; an object where a list
        is needed gives way to one; a text or a number on the way is a failure.
Rule 3  ``[*]`` at the end replaces what is there; it appends nothing.
Rule 4  A root as a whole is nobody's to replace, and other roots are forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NoReturn, TypeAlias

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import jayway
from chalicelib.model.jayway import JaywayPath, Wildcard, plain_steps
from chalicelib.model.jayway_grammar import parse
from chalicelib.values import Json, compact

#: Elements that a position may make a list have.
MAX_POSITION = 10_000
#: Objects and lists that one target may make inside each other.
MAX_STEPS = 64

_ABSENT = object()
#: Names, positions, and None for ``[*]``.
Target: TypeAlias = tuple[str | int | None, ...]


class MappingDocument:
    """The three roots while the rules of one list run."""

    __slots__ = ("_context", "_roots", "_written")

    def __init__(self, context: Mapping[str, Json], output: Json) -> None:
        self._context = context
        self._written: dict[str, Json] = {}
        self._roots: dict[str, Json] = {"input": {}, "output": output}

    @property
    def input(self) -> Json:
        """The input as it is now."""
        return self._roots["input"]

    def changes(self) -> dict[str, Json]:
        """Return the names of the context that have a new value, with that."""
        return {
            name: value
            for name, value in self._written.items()
            if self._context.get(name, _ABSENT) is not value
        }

    def read(self, path: JaywayPath) -> Json:
        """Return the value at ``path``; null where there is none.

        Raises:
            EvaluationFailure: it takes too many steps.
        """
        if not path.steps:
            return jayway.read(path, self.roots())
        value, below = self._first(path.steps)
        for step in below:
            value = _inside(value, step)
        return value

    def _first(
        self, steps: tuple[str | int, ...]
    ) -> tuple[Json, tuple[str | int, ...]]:
        root, below = steps[0], steps[1:]
        if root != "context":
            return self._roots.get(str(root)), below
        if below and isinstance(below[0], str):
            return self._of_context(below[0]), below[1:]
        return self.roots()["context"], below

    def _of_context(self, name: str) -> Json:
        if name in self._written:
            return self._written[name]
        return self._context.get(name)

    def roots(self) -> dict[str, Json]:
        """Return the three roots as they are now."""
        return {"context": {**self._context, **self._written}, **self._roots}

    def replace(self, root: str, value: Json) -> None:
        """Take over what a script made of a root; it puts nothing out of the context.

        What it did with ``source`` is forgotten: that is a value of its own.
        """
        if root in self._roots:
            self._roots[root] = value
        elif root == "context":
            before = self.roots()["context"]
            for name, each in value.items():
                if name not in before or compact(before[name]) != compact(each):
                    self._written[name] = each

    def write(self, target: Target, value: Json) -> None:
        """Put ``value`` at ``target``.

        Raises:
            EvaluationFailure: something on the way is neither object nor list, or
                a position is out of bounds.
        """
        root, below = target[0], target[1:]
        if not below or root not in ("context", "input", "output"):
            return
        if not isinstance(below[0], str):
            _fail(f"${'.' + str(root)} has names, no positions")
        if root == "context":
            name, deeper = below[0], below[1:]
            before = self._of_context(name) if deeper else None
            self._written[name] = _put(before, deeper, value)
        else:
            self._roots[str(root)] = _put(self._roots[str(root)], below, value)


def _fail(why: str) -> NoReturn:
    raise EvaluationFailure("mapping_failed", why)


def _inside(value: Json, step: str | int) -> Json:
    if isinstance(step, str):
        return value.get(step) if isinstance(value, dict) else None
    is_there = isinstance(value, list) and -len(value) <= step < len(value)
    return value[step] if is_there else None


@lru_cache(maxsize=4096)
def parse_target(text: str) -> Target:
    """Return the steps of a target.

    >>> parse_target("$.context.users[0].name")
    ('context', 'users', 0, 'name')

    Raises:
        EvaluationFailure: it is no path, or one that can only be read.
    """
    path = parse(text)
    steps: Target | None = path.steps
    if path.tokens and isinstance(path.tokens[-1], Wildcard):
        above = plain_steps(path.tokens[:-1])
        steps = above and (*above, None)
    if not steps:
        _fail(f"{text!r} cannot be written to: only names, positions and a last [*]")
    if len(steps) > MAX_STEPS:
        _fail(f"a target has at most {MAX_STEPS} steps")
    return steps


def _put(base: Json, target: Target, value: Json) -> Json:
    """Return ``base`` with ``value`` at ``target``, copied along the way."""
    if not target:
        return value
    step, below = target[0], target[1:]
    if step is None:
        return _put_everywhere(base, value)
    if isinstance(step, int):
        return _put_at(base, step, below, value)
    if not (base is None or isinstance(base, dict)):
        _fail(f"there is no place for {step!r} in something that is not an object")
    fields = base or {}
    return {**fields, step: _put(fields.get(step), below, value)}


def _put_at(base: Json, position: int, below: Target, value: Json) -> list[Json]:
    elements = list(base) if isinstance(base, list) else []
    if position < 0:
        position += len(elements)
    if position < 0 or position > MAX_POSITION:
        _fail(f"there is no place for position {position} in a list")
    elements += [None] * (position + 1 - len(elements))
    elements[position] = _put(elements[position], below, value)
    return elements


def _put_everywhere(base: Json, value: Json) -> Json:
    if isinstance(base, list):
        return [value] * len(base)
    if isinstance(base, dict):
        return dict.fromkeys(base, value)
    return _fail("[*] needs a list or an object that is there already")
