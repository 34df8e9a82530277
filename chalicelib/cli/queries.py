"""Which parts of an answer were asked for? In the JSONPath that people know."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError, Namespace
from collections.abc import Iterable

from chalicelib.errors import InputRefused
from chalicelib.values import Json


def said(options: Namespace, answer: Json, lines: Iterable[str]) -> list[str]:
    """Return what is said of an answer: parts, all of it as JSON, or ``lines``."""
    if options.query:
        return [json.dumps(part) for part in query(options.query, answer)]
    if options.json:
        return [json.dumps(answer, ensure_ascii=False, indent=2)]
    return list(lines)


def a_path(typed: str) -> str:
    """Return what was typed for ``--query``, before anything is asked for.

    Raises:
        ArgumentTypeError: it is no path.
    """
    try:
        query(typed, {})
    except InputRefused as refused:
        raise ArgumentTypeError(str(refused).removeprefix("--query: ")) from None
    return typed


def query(path: str, answer: Json) -> list[Json]:
    """Return the values at a path, in order; none where there is nothing.

    >>> query("$.runs[*].id", {"runs": [{"id": 1}, {"id": 2}]})
    [1, 2]

    Raises:
        InputRefused: it is not a path.
    """
    from jsonpath_ng.exceptions import JSONPathError
    from jsonpath_ng.ext.parser import parse

    try:
        return [found.value for found in parse(path).find(answer)]
    except (JSONPathError, AttributeError) as error:
        raise InputRefused(
            f"{path!r} is not a JSONPath: {error}", path="--query"
        ) from None
