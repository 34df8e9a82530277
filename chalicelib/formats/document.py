"""Text of a definition -> its plain value, and the place of every part of it.

Rule 1  JSON and YAML are one language here: objects, arrays, texts, numbers, true,
        false, null. A word such as ``yes``, ``010`` or ``2024-01-01`` is a text.
Rule 2  A name is written once in an object; merge keys and tags are refused.
Rule 3  Reading is bounded before it is done: bytes, depth, parts, aliases.
Rule 4  Places are looked up when a problem is reported, not kept for every part.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, NoReturn

from chalicelib.errors import DefinitionRefused, Problem
from chalicelib.formats import json_text
from chalicelib.formats.limits import MAX_BYTES, Budget, OutOfBounds
from chalicelib.values import Json

#: Names and list positions, from the top of the document down.
Place = tuple[str | int, ...]


class Position(NamedTuple):
    """1-based line and column; zeros where there is no text."""

    line: int = 0
    column: int = 0


NOWHERE = Position()


class Spot(NamedTuple):
    """Where a part is written: its name (or list position) and its value."""

    key: Position = NOWHERE
    value: Position = NOWHERE


_begins_as_json = re.compile(r'\s*[{\[]\s*["{\[]').match
Locate = Callable[[Place], Spot]


class Document:
    """A definition as a plain value that knows where its parts are written."""

    __slots__ = ("_locate", "file", "value")

    def __init__(
        self, value: Json, *, file: str = "", locate: Locate | None = None
    ) -> None:
        self.value = value
        self.file = file
        self._locate = locate

    def with_value(self, value: Json) -> Document:
        """Return a document of ``value``, a part of this one, with its places."""
        return Document(value, file=self.file, locate=self._locate)

    def problem(
        self, path: Place, message: str, *, at: Literal["value", "key"] = "value"
    ) -> Problem:
        """Return the problem ``message`` at ``path``; ``at`` its name or its value.

        Where the path is not in the text (a missing field), the nearest part around
        it gives the line.
        """
        spot = self._locate(path) if self._locate else Spot()
        position = spot.key if at == "key" and spot.key.line else spot.value
        return Problem(
            message=message,
            line=position.line,
            column=position.column,
            path=pointer(path),
            file=self.file,
        )


def pointer(path: Place) -> str:
    """Return ``path`` as a JSON pointer.

    >>> pointer(("States", "a/b", 0))
    '/States/a~1b/0'
    """
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return "".join(f"/{part}" for part in parts)


def of(value: Json, *, file: str = "") -> Document:
    """Return the document of a definition that came as a value; it has no lines.

    Raises:
        DefinitionRefused: it is larger than a definition may be.
    """
    try:
        Budget().take_value(value)
    except OutOfBounds as error:
        _refuse(str(error), file)
    return Document(value, file=file)


def read(text: str | bytes, *, file: str = "") -> Document:
    """Return the document that ``text`` spells, in JSON or YAML.

    Raises:
        DefinitionRefused: the text is neither, or it is larger than a definition
            may be; the problem names line, column and the way out.
    """
    text = _decoded(text, file)
    if text.lstrip()[:1] in ("{", "["):
        try:
            return _read_json(text, file)
        except json_text.NotJson as error:
            return _read_braces(text, file, error)
    return _read_yaml(text, file)


def _refuse(message: str, file: str, position: Position = NOWHERE) -> NoReturn:
    line, column = position
    problem = Problem(message=message, line=line, column=column, file=file)
    raise DefinitionRefused([problem]) from None


def _decoded(text: str | bytes, file: str) -> str:
    try:
        data = text if isinstance(text, bytes) else text.encode()
        text = data.decode("utf-8-sig")
    except UnicodeError as error:
        _refuse(f"the text is not UTF-8 ({error}); save it as UTF-8", file)
    if len(data) > MAX_BYTES:
        _refuse(
            f"the text has {len(data)} bytes and a definition may have {MAX_BYTES}; "
            "move data out of it, or split it into sub-workflows",
            file,
        )
    if not text.strip():
        _refuse("the text is empty; write a definition", file)
    return text


def _read_json(text: str, file: str) -> Document:
    try:
        value = json_text.parse(text)
        Budget().take_value(value)
    except OutOfBounds as error:
        _refuse(str(error), file)

    def locate(path: Place) -> Spot:
        key, found = json_text.find(text, path)
        return Spot(_position(text, key), _position(text, found))

    return Document(value, file=file, locate=locate)


def _read_braces(text: str, file: str, error: json_text.NotJson) -> Document:
    """Read what begins like JSON and is not: YAML has braces too."""
    try:
        document = _read_yaml(text, file)
    except DefinitionRefused as refused:
        if not refused.problems[0].message.startswith("this is not YAML"):
            raise
    else:
        # Quotes around the first name are JSON's; YAML would make one text of what
        # stands around a forgotten comma.
        if not _begins_as_json(text):
            return document
    _refuse(error.message, file, _position(text, error.offset))


def _position(text: str, offset: int) -> Position:
    if offset < 0:
        return NOWHERE
    line = text.count("\n", 0, offset)
    return Position(line + 1, offset - text.rfind("\n", 0, offset))


def _read_yaml(text: str, file: str) -> Document:
    # Loaded here: JSON definitions and a running stage never need YAML.
    from chalicelib.formats import yaml_text

    try:
        value, root = yaml_text.parse(text)
    except yaml_text.NotYaml as error:
        _refuse(error.message, file, Position(error.line, error.column))

    def locate(path: Place) -> Spot:
        return _spot(root, path)

    return Document(value, file=file, locate=locate)


def _spot(node: Any, path: Place) -> Spot:
    key = NOWHERE
    for step in path:
        if step not in node.parts:
            break
        node = node.parts[step]
        key = Position(*node.key)
    return Spot(key, Position(node.line, node.column))
