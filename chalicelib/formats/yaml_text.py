"""A YAML text -> its value, and a tree of where each part is written.

Built on the parser's events and not on its constructors: what a word means, how often
a name may occur and how large the result may grow are decided here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from chalicelib.formats.limits import Budget, OutOfBounds, require_finite
from chalicelib.values import Json

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: YAML 1.2, "Core Schema", without its octal and hexadecimal integers.
_WORDS: dict[str, Json] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
#: A leading zero makes it a text: ``007`` is a name far more often than a number.
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,300})").fullmatch
_NUMBER = re.compile(
    r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
).fullmatch
#: A name and its value without a space between: one text to YAML.
_NO_SPACE = re.compile(r"\s*(- +)?(?P<name>[A-Za-z_][\w.$]*):[^\s/].*").fullmatch
_TEXT_TAGS = frozenset({None, "!", "tag:yaml.org,2002:str"})


class NotYaml(ValueError):
    """The text is not YAML as definitions use it, and where that shows."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        #: 1-based; 0 where no place can be named.
        self.line = line
        self.column = column


@dataclass(slots=True)
class Node:
    """Where one value is written, and the values inside it."""

    line: int
    column: int
    #: Line and column of its name in the object around it; of itself in a list.
    key: tuple[int, int] = (0, 0)
    parts: dict[str | int, Node] = field(default_factory=dict)


@dataclass(slots=True)
class _Built:
    """A value with its place, and what an alias to it costs."""

    value: Json
    node: Node
    parts: int = 1
    height: int = 0


def parse(text: str) -> tuple[Json, Node]:
    """Return the value of ``text`` and where its parts are.

    Raises:
        NotYaml: it is not YAML, has more than one document, repeats a name, or is
            larger than a definition may be.
    """
    try:
        built = _Reader(text).read()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        _refuse_slip(text, mark.line if mark else 0)
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        reason = error.problem or error.context or "unreadable"
        raise NotYaml(
            f"this is not YAML: {reason}; correct it here or just before", line, column
        ) from None
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise NotYaml(f"this is not YAML: {reason}") from None
    return built.value, built.node


def _refuse_slip(text: str, line: int) -> None:
    """Name the slip that YAML notices a line too late: ``Name:value``.

    Raises:
        NotYaml: a line there, or the one before, has it.
    """
    lines = text.splitlines()[: line + 1]
    for number in (line, line - 1):
        found = _NO_SPACE(lines[number]) if 0 <= number < len(lines) else None
        if found is not None:
            name, column = found["name"], found.end("name") + 2
            message = f"this is not YAML: a space is missing behind '{name}:'; add it"
            raise NotYaml(message, number + 1, column)


class _Reader:
    """Turns the events of one text into a value, within bounds."""

    def __init__(self, text: str) -> None:
        self._events: Any = yaml.parse(text, Loader=_Loader)
        self._budget = Budget()
        self._anchors: dict[str, _Built | None] = {}

    def read(self) -> _Built:
        next(self._events)  # The start of the stream.
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise NotYaml("the text has only comments; write a definition", 1, 1)
        built = self._build(next(self._events), 0)
        next(self._events)  # The end of the document.
        rest = next(self._events)
        if not isinstance(rest, yaml.StreamEndEvent):
            _refuse(rest, "a second document begins; keep one definition in a text")
        return built

    def _build(self, event: Any, depth: int) -> _Built:
        if isinstance(event, yaml.AliasEvent):
            return self._reuse(event, depth)
        self._spend(event, 1, depth)
        if event.anchor:
            self._anchors[event.anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            built = _Built(_scalar(event), _node(event))
        elif isinstance(event, yaml.MappingStartEvent):
            built = self._mapping(event, depth)
        else:
            built = self._sequence(event, depth)
        if event.anchor:
            self._anchors[event.anchor] = built
        return built

    def _spend(self, event: Any, parts: int, depth: int) -> None:
        try:
            self._budget.take(parts, depth)
        except OutOfBounds as error:
            _refuse(event, str(error))

    def _reuse(self, event: Any, depth: int) -> _Built:
        try:
            self._budget.take_alias()
        except OutOfBounds as error:
            _refuse(event, str(error))
        built = self._anchors.get(event.anchor)
        if built is None:
            why = "contains itself" if event.anchor in self._anchors else "is not known"
            _refuse(event, f"the alias *{event.anchor} {why}; write the value out")
        self._spend(event, built.parts, depth + built.height)
        node = Node(built.node.line, built.node.column, parts=built.node.parts)
        return _Built(built.value, node, built.parts, built.height)

    def _mapping(self, start: Any, depth: int) -> _Built:
        _require_no_tag(start)
        built = _Built({}, _node(start))
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            name = _name(event)
            if name in built.value:
                _refuse(event, f"{name!r} is written twice here; keep one of them")
            inner = self._build(next(self._events), depth + 1)
            inner.node.key = _mark(event)
            built.value[name] = inner.value
            _adopt(built, name, inner)
        return built

    def _sequence(self, start: Any, depth: int) -> _Built:
        _require_no_tag(start)
        built = _Built([], _node(start))
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            inner = self._build(event, depth + 1)
            inner.node.key = _mark(event)
            built.value.append(inner.value)
            _adopt(built, len(built.value) - 1, inner)
        return built


def _adopt(built: _Built, name: str | int, inner: _Built) -> None:
    built.node.parts[name] = inner.node
    built.parts += inner.parts
    built.height = max(built.height, inner.height + 1)


def _mark(event: Any) -> tuple[int, int]:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1


def _node(event: Any) -> Node:
    return Node(*_mark(event))


def _refuse(event: Any, message: str) -> NoReturn:
    raise NotYaml(message, *_mark(event))


def _require_no_tag(event: Any) -> None:
    if event.tag not in (None, "!"):
        _refuse(event, f"the tag {event.tag} is not used in definitions; remove it")


def _name(event: Any) -> str:
    if not isinstance(event, yaml.ScalarEvent):
        _refuse(event, "the name of a field must be a text; write it out")
    if event.value == "<<" and event.implicit[0]:
        _refuse(event, "merge keys (<<) are not supported; write the fields out")
    return str(event.value)


def _scalar(event: Any) -> Json:
    is_plain = event.implicit[0]
    if event.tag not in _TEXT_TAGS:
        _refuse(event, f"the tag {event.tag} is not used in definitions; remove it")
    if event.tag is not None or not is_plain:
        return event.value
    try:
        return _meaning(event.value)
    except OutOfBounds as error:
        _refuse(event, str(error))


def _meaning(word: str) -> Json:
    """Return what an unquoted word stands for.

    >>> [_meaning(word) for word in ("no", "010", "1e3", "-7", "~")]
    ['no', '010', 1000.0, -7, None]
    """
    if word in _WORDS:
        return _WORDS[word]
    if _INTEGER(word):
        return int(word)
    if not _NUMBER(word):
        return word
    number = float(word)
    require_finite(number)
    return number
