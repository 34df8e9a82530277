"""A JSONPath text -> its parts: what it starts from, and step by step where it leads.

    path      root segment* function?
    root      $   $$   $name
    segment   .name  ['name']  [0]        one place
              .*  [*]  ['a','b']  [0,1]  [1:3]  [?(filter)]  ..name  ..[…]    several
    function  .length()  .sum()  .min()  .max()  .avg()  .keys()

A path whose segments each name one place is a *reference path*: its ``steps`` can be
walked without any of this. Filters are in ``path_filters``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NoReturn

from chalicelib.model.path_filters import read_filter, read_quoted
from chalicelib.model.path_parts import (
    Deep,
    Every,
    JsonPath,
    PathError,
    Segment,
    Several,
    Slice,
    Where,
)

FUNCTIONS = frozenset({"length", "sum", "min", "max", "avg", "keys"})

#: Filters hold paths, which hold filters: a bound for both ways of having many.
_MAX_FILTERS = 16
_ROOT = re.compile(r"\$(\$|[^\W\d]\w*)?")
#: As Jayway reads them: a name ends where the next segment begins.
_NAME = re.compile(r"[^\s.\[\]()*,?'\"|&=<>!]+")
_INTEGER = re.compile(r"\s*(-?\d{1,9})\s*")
_SLICE = re.compile(r"\s*(-?\d{1,9})?\s*:\s*(-?\d{1,9})?\s*(?::\s*(-?\d{1,9})?\s*)?\]")
_CALL = re.compile(r"\.(\w+)\(\s*\)\Z")


@lru_cache(maxsize=4096)
def parse(text: str) -> JsonPath:
    """Return the parts of ``text``.

    >>> parse("$.orders[0].id").steps
    ('orders', 0, 'id')

    Raises:
        PathError: it is not a JSONPath; the message says where it stops being one.
    """
    root = _ROOT.match(text)
    if root is None:
        raise PathError(f"{text!r} is not a path: a path begins with $")
    if text.count("?") > _MAX_FILTERS:
        raise PathError(f"a path may have {_MAX_FILTERS} filters; this one has more")
    call = _CALL.search(text, root.end())
    if call and call[1] not in FUNCTIONS:
        known = ", ".join(sorted(FUNCTIONS))
        raise PathError(f"{text!r} calls {call[1]}(); a path may call {known}")
    reader = _Reader(text, root.end(), call.start() if call else len(text))
    return JsonPath(
        text=text,
        root=root[0],
        segments=tuple(reader.read()),
        function=call[1] if call else "",
    )


class _Reader:
    """Reads the segments of one path from left to right."""

    def __init__(self, text: str, at: int, end: int) -> None:
        self._text = text
        self._at = at
        self._end = end
        self._found: list[Segment] = []

    def read(self) -> list[Segment]:
        while self._at < self._end:
            if self._text.startswith("..", self._at):
                self._found.append(Deep())
                self._at += 2
                self._after_dot()
            elif self._text[self._at] == ".":
                self._at += 1
                self._after_dot()
            else:
                self._bracket()
        return self._found

    def _after_dot(self) -> None:
        if self._text.startswith("[", self._at):
            self._bracket()
        elif self._text.startswith("*", self._at):
            self._found.append(Every())
            self._at += 1
        else:
            name = _NAME.match(self._text, self._at, self._end)
            if name is None:
                self._refuse("a name is missing")
            self._found.append(name[0])
            self._at = name.end()

    def _bracket(self) -> None:
        if not self._text.startswith("[", self._at):
            self._refuse("expected . or [")
        self._at += 1
        for read in (self._every, self._filter, self._slice, self._several):
            segment = read()
            if segment is not None:
                self._found.append(segment)
                return
        self._refuse("expected a name in quotes, a position, a range, * or ?( )")

    def _close(self) -> None:
        if not self._text.startswith("]", self._at):
            self._refuse("expected ]")
        self._at += 1

    def _every(self) -> Segment | None:
        if not self._text.startswith("*", self._at):
            return None
        self._at += 1
        self._close()
        return Every()

    def _filter(self) -> Segment | None:
        if not self._text.startswith("?", self._at):
            return None
        test, self._at = read_filter(self._text, self._at + 1, parse)
        self._close()
        return Where(test)

    def _slice(self) -> Segment | None:
        found = _SLICE.match(self._text, self._at, self._end)
        if found is None:
            return None
        bounds = found.groups()
        start, stop, step = (None if each is None else int(each) for each in bounds)
        if step == 0:
            self._refuse("a range cannot have the step 0")
        self._at = found.end()
        return Slice(start, stop, step)

    def _several(self) -> Segment | None:
        steps: list[str | int] = []
        while (step := self._step()) is not None:
            steps.append(step)
            if not self._text.startswith(",", self._at):
                self._close()
                return steps[0] if len(steps) == 1 else Several(tuple(steps))
            self._at += 1
        return None

    def _step(self) -> str | int | None:
        number = _INTEGER.match(self._text, self._at, self._end)
        if number is not None:
            self._at = number.end()
            return int(number[1])
        quoted = read_quoted(self._text, self._at)
        if quoted is None:
            return None
        name, self._at = quoted
        return name

    def _refuse(self, what: str) -> NoReturn:
        raise PathError(
            f"{self._text!r} is not a path: {what} at character {self._at + 1}"
        )
