"""A JSON text -> its value; a path -> where in the text it is written."""

from __future__ import annotations

import json
import re
from typing import Any

from chalicelib.values import Json

_skip_space = re.compile(r"[ \t\r\n]*").match
_Found = tuple[int, int]


class NotJson(ValueError):
    """The text is not JSON, and where that shows."""

    def __init__(self, message: str, offset: int = -1) -> None:
        super().__init__(message)
        self.message = message
        #: Characters from the start; -1 where no place can be named.
        self.offset = offset


def _refuse_constant(name: str) -> Json:
    raise NotJson(f"{name} is not JSON; write it as a text")


def _refuse_repeated(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotJson("a name is written twice in one object; keep one of them")
    return found


_decoder = json.JSONDecoder(
    parse_constant=_refuse_constant, object_pairs_hook=_refuse_repeated
)
_plain = json.JSONDecoder()


def parse(text: str) -> Json:
    """Return the value of ``text``.

    Raises:
        NotJson: it is not JSON, or an object has a name twice.
    """
    try:
        return _decoder.decode(text)
    except json.JSONDecodeError as error:
        reason = error.msg[:1].lower() + error.msg[1:]
        raise NotJson(
            f"this is not JSON: {reason}; correct it here or just before", error.pos
        ) from None
    except RecursionError:
        raise NotJson("this is not JSON that can be read: nested too deep") from None


def find(text: str, path: tuple[str | int, ...]) -> _Found:
    """Return the offsets of the name and of the value at ``path`` in a JSON text.

    Where the path ends early, the nearest part around it is returned; -1 stands for
    the name of the whole text.

    >>> find('{"a": [1, 2]}', ("a", 1))
    (10, 10)
    """
    key, value = -1, _space(text, 0)
    for step in path:
        inner = _child(text, value, step)
        if inner is None:
            break
        key, value = inner
    return key, value


def _space(text: str, offset: int) -> int:
    found: Any = _skip_space(text, offset)
    return int(found.end())


def _child(text: str, start: int, step: str | int) -> _Found | None:
    opening = text[start]
    if opening == "{" and isinstance(step, str):
        return _member(text, start, step)
    if opening == "[" and isinstance(step, int):
        return _element(text, start, step)
    return None


def _member(text: str, start: int, name: str) -> _Found | None:
    at = _space(text, start + 1)
    while text[at] == '"':
        found, end = _plain.raw_decode(text, at)
        value = _space(text, _space(text, end) + 1)
        if found == name:
            return at, value
        at = _after(text, value)
    return None


def _element(text: str, start: int, index: int) -> _Found | None:
    at = _space(text, start + 1)
    while text[at] != "]":
        if index == 0:
            return at, at
        index -= 1
        at = _after(text, at)
    return None


def _after(text: str, value: int) -> int:
    """Return where what follows the value at ``value`` begins, its comma skipped."""
    _, end = _plain.raw_decode(text, value)
    end = _space(text, end)
    return _space(text, end + 1) if text[end] == "," else end
