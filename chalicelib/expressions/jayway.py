"""Where does a Jayway path lead in this document?

Rule 1  A missing place before the path has forked (``*``, a filter, ``..``) means that
        the path leads nowhere; after that it only drops out of the list.
Rule 2  A missing last name reads as null, unless the question is whether it exists.
Rule 3  Every place visited is a step; steps are limited, so is their depth (no calls).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import jayway_filters
from chalicelib.expressions.jayway_functions import FUNCTIONS
from chalicelib.model.jayway import (
    Filter,
    Function,
    JaywayPath,
    Names,
    Positions,
    Range,
    Scan,
    Token,
    Wildcard,
)
from chalicelib.values import Json

#: Places one path may visit.
MAX_STEPS = 200_000

_ABSENT = object()


class Search:
    """One path being followed: its document, and the steps it has left."""

    __slots__ = ("document", "steps")

    def __init__(self, document: Json) -> None:
        self.document = document
        self.steps = MAX_STEPS

    def spend(self, steps: int) -> None:
        """Count steps.

        Raises:
            EvaluationFailure: there were too many.
        """
        self.steps -= steps
        if self.steps < 0:
            cause = f"a path visits more than {MAX_STEPS} places"
            raise EvaluationFailure("mapping_failed", cause)

    def value(self, path: JaywayPath, start: Json) -> Json:
        """Return the value of ``path``: null if nowhere, a list if it forks."""
        found = self.follow(path, start, is_lenient=True)
        if found is None or not path.is_definite:
            return found
        return found[-1] if found else None

    def reaches(self, path: JaywayPath, start: Json) -> bool:
        """Return whether ``path`` leads somewhere."""
        found = self.follow(path, start, is_lenient=False)
        return bool(found) or (found is not None and not path.is_definite)

    def follow(
        self, path: JaywayPath, start: Json, *, is_lenient: bool
    ) -> list[Json] | None:
        """Return what ``path`` reaches from ``start``; None if it leads nowhere."""
        found = [self.document if path.root == "$" else start]
        has_forked = False
        before: Token | None = None
        for place, token in enumerate(path.tokens, start=1):
            self.spend(len(found) + 1)
            is_last = place == len(path.tokens)
            reached = self._step(token, before, found, is_last, is_lenient)
            if reached is None and not has_forked:
                return None
            found = reached or []
            has_forked = has_forked or _forks(token, is_last)
            before = token
        self.spend(len(found))
        return found

    def _step(
        self,
        token: Token,
        before: Token | None,
        found: list[Json],
        is_last: bool,
        is_lenient: bool,
    ) -> list[Json] | None:
        if isinstance(token, Scan):
            return self._containers(found)
        if isinstance(token, Filter):
            return self._filtered(token, found, isinstance(before, Scan))
        if isinstance(token, Function):
            return _functions(token, found)
        if isinstance(token, Names):
            reached = [_names(token, each, is_last, is_lenient) for each in found]
        else:
            reach = _REACH[type(token)]
            reached = [reach(token, each) for each in found]
        if len(reached) == 1:
            return reached[0]
        return [value for each in reached for value in each or ()]

    def _containers(self, found: list[Json]) -> list[Json]:
        """Return the objects and lists in ``found`` and below, outermost first."""
        inside: list[Json] = []
        waiting = found[::-1]
        while waiting:
            value = waiting.pop()
            if isinstance(value, dict):
                below = list(value.values())
            elif isinstance(value, list):
                below = value
            else:
                continue
            inside.append(value)
            self.spend(len(below) + 1)
            waiting.extend(reversed(below))
        return inside

    def _filtered(
        self, token: Filter, found: list[Json], after_scan: bool
    ) -> list[Json] | None:
        reached: list[Json] = []
        for value in found:
            if isinstance(value, dict):
                candidates = [value]
            elif isinstance(value, list):
                # A scan comes by the elements itself.
                candidates = [] if after_scan else value
            elif len(found) == 1:
                return None
            else:
                continue
            self.spend(len(candidates))
            reached += [
                each
                for each in candidates
                if jayway_filters.passes(token.test, each, self)
            ]
        return reached


def _forks(token: Token, is_last: bool) -> bool:
    if isinstance(token, Names):
        return len(token.names) > 1 and not is_last
    return not (isinstance(token, Positions) and len(token.positions) == 1)


def _names(
    token: Names, value: Json, is_last: bool, is_lenient: bool
) -> list[Json] | None:
    if not isinstance(value, dict):
        return None
    if len(token.names) == 1:
        inner = value.get(token.names[0], _ABSENT)
        if inner is not _ABSENT:
            return [inner]
        return [None] if is_last and is_lenient else None
    if not is_last:
        return [value[name] for name in token.names if name in value]
    chosen = {name: value[name] for name in token.names if name in value}
    return [dict.fromkeys(token.names) | chosen if is_lenient else chosen]


def _positions(token: Positions, value: Json) -> list[Json] | None:
    if not isinstance(value, list):
        return None
    length = len(value)
    return [value[each] for each in token.positions if -length <= each < length]


def _range(token: Range, value: Json) -> list[Json] | None:
    return value[token.start : token.stop] if isinstance(value, list) else None


def _everything(_token: Wildcard, value: Json) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _functions(token: Function, found: list[Json]) -> list[Json]:
    function = FUNCTIONS[token.name]
    if token.takes_all:
        return [function(found, token.argument)]
    return [function(each, token.argument) for each in found]


_REACH: dict[type[Any], Callable[[Any, Json], list[Json] | None]] = {
    Positions: _positions,
    Range: _range,
    Wildcard: _everything,
}


def find(path: JaywayPath, document: Json) -> list[Json]:
    """Return the values at the places where ``path`` leads; none if nowhere.

    Raises:
        EvaluationFailure: it takes too many steps.
    """
    return Search(document).follow(path, document, is_lenient=False) or []


def read(path: JaywayPath, document: Json) -> Json:
    """Return the value of ``path``: null where it leads nowhere, a list if it forks.

    Raises:
        EvaluationFailure: it takes too many steps.
    """
    return Search(document).value(path, document)
