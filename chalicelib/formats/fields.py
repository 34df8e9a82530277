"""What may stand in an object of a definition, and what is wrong with this one?

A compiler describes each object of its language once, as a ``Shape``, and walks the
document with ``Part``s. All problems are collected, each with its place; nothing is
raised before the end (``Report.require_none``).

    STATE = Shape("a Wait state", {
        "Type": Field(one_of("Wait"), required=True),
        "Seconds": Field(integer(minimum=0)),
    })
    found = part.read(STATE)        # the fields that are right, and the defaults
    found.get("Seconds")
    part["Seconds"].wrong("…")      # a problem of the compiler's own, in its place
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field, replace
from typing import Any, Literal

from chalicelib.errors import DefinitionRefused, Problem
from chalicelib.formats.document import Document, Place
from chalicelib.frozen import dataclass
from chalicelib.values import Json, is_number, is_whole

#: Says what a value must be when it is not; None when it is right.
Rule = Callable[[Json], str | None]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object: what it may hold."""

    rule: Rule
    required: bool = False
    default: Json = None


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields of one kind of object."""

    #: As in "unknown field 'X' in …": ``a Task state``.
    what: str
    fields: Mapping[str, Field]
    #: Fields beside them are somebody else's and no problem.
    open: bool = False
    #: Fields that exist elsewhere: name -> why not here, and the way out.
    refused: Mapping[str, str] = field(default_factory=dict)

    def with_fields(self, what: str, fields: Mapping[str, Field]) -> Shape:
        """Return a shape of these fields and those of this one."""
        return Shape(what, {**self.fields, **fields}, self.open, self.refused)


class Report:
    """The problems found so far in one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []
        #: ``Problem.code`` of what is found now.
        self.code = 0

    @contextmanager
    def coded(self, code: int) -> Iterator[None]:
        """Give the problems found inside a code, where nobody gives them another."""
        before, self.code = self.code, code
        try:
            yield
        finally:
            self.code = before

    def root(self) -> Part:
        """Return the whole document as a part."""
        return Part(self, (), self.document.value)

    def require_none(self) -> None:
        """Return when nothing is wrong.

        Raises:
            DefinitionRefused: with every problem found, in the order of the text.
        """
        if self.problems:
            in_order = sorted(self.problems, key=lambda each: (each.line, each.column))
            raise DefinitionRefused(in_order)


@dataclass(frozen=True, slots=True)
class Part:
    """A value of the document, its place, and the report its problems go to."""

    report: Report
    path: Place
    value: Json

    def __getitem__(self, step: str | int) -> Part:
        """Return the part at ``step``; its value is None where there is nothing."""
        try:
            inner = self.value[step]
        except (KeyError, IndexError, TypeError):
            inner = None
        return Part(self.report, (*self.path, step), inner)

    def __contains__(self, name: str) -> bool:
        return isinstance(self.value, dict) and name in self.value

    def members(self) -> Iterator[tuple[str, Part]]:
        """Yield the fields of an object; none when it is not one."""
        if isinstance(self.value, dict):
            for name in self.value:
                yield name, self[name]

    def elements(self) -> Iterator[Part]:
        """Yield the elements of an array; none when it is not one."""
        if isinstance(self.value, list):
            for index in range(len(self.value)):
                yield self[index]

    def wrong(
        self, message: str, *, at: Literal["value", "key"] = "value", code: int = 0
    ) -> None:
        """Add a problem with this part; ``code``: see ``Problem``."""
        problem = self.report.document.problem(self.path, message, at=at)
        code = code or self.report.code
        self.report.problems.append(replace(problem, code=code) if code else problem)

    def obeys(self, rule: Rule) -> bool:
        """Return whether the value obeys ``rule``; add a problem when it does not."""
        must = rule(self.value)
        if must is not None:
            self.wrong(f"{must}, not {described(self.value)}")
        return must is None

    def read(self, shape: Shape) -> dict[str, Any]:
        """Return the fields that are right, and defaults; report everything else."""
        if not self.obeys(mapping):
            return {}
        for name in self.value:
            if name not in shape.fields:
                self._refuse_unknown(name, shape)
        found: dict[str, Any] = {}
        for name, each in shape.fields.items():
            if name not in self.value:
                found |= {} if each.default is None else {name: each.default}
                if each.required:
                    self.wrong(f"{name!r} is missing in {shape.what}; add it")
            elif self[name].obeys(each.rule):
                found[name] = self.value[name]
        return found

    def _refuse_unknown(self, name: str, shape: Shape) -> None:
        if name in shape.refused:
            self[name].wrong(shape.refused[name], at="key")
        elif not shape.open:
            hint = suggestion(name, shape.fields)
            way_out = hint or f"remove it; known are {listed(shape.fields)}"
            self[name].wrong(
                f"unknown field {name!r} in {shape.what}; {way_out}", at="key"
            )

    def require_known(self, name: str, known: Collection[str], what: str) -> bool:
        """Return whether ``name`` is ``known``; add a problem when it is not.

        ``what`` says what names are of: ``state``, ``task`` …
        """
        if name in known:
            return True
        way_out = suggestion(name, known) or f"known are {listed(known)}"
        self.wrong(f"there is no {what} {name!r} here; {way_out}")
        return False


def suggestion(name: str, known: Collection[str]) -> str:
    """Return a question about the nearest known name, or an empty text.

    >>> suggestion("Reslut", ["Result", "Next"])
    "did you mean 'Result'?"
    """
    folded = {each.casefold(): each for each in known}
    near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.7)
    return f"did you mean {folded[near[0]]!r}?" if near else ""


def listed(names: Collection[str], most: int = 12) -> str:
    """Return the first ``most`` names as a list to read."""
    shown = ", ".join(sorted(names)[:most]) or "none"
    return f"{shown}, …" if len(names) > most else shown


def described(value: Json) -> str:
    """Return what a value is, for a message; long ones by their kind only.

    >>> described([1]), described("x"), described(None)
    ('an array', "'x'", 'null')
    """
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    if isinstance(value, str):
        return repr(value) if len(value) <= 40 else "a text"
    words = {None: "null", True: "true", False: "false"}
    return str(value) if is_number(value) else words[value]


def _is(kind: type, sentence: str) -> Rule:
    return lambda value: None if isinstance(value, kind) else sentence


#: Rules without parameters.
text: Rule = _is(str, "must be a text")
boolean: Rule = _is(bool, "must be true or false")
mapping: Rule = _is(dict, "must be an object")
sequence: Rule = _is(list, "must be an array")


def anything(value: Json) -> str | None:
    """Accept every value."""
    return None


def name_text(value: Json) -> str | None:
    """Accept a text with something in it."""
    is_right = isinstance(value, str) and value.strip()
    return None if is_right else "must be a text that is not empty"


def number(*, minimum: float | None = None, maximum: float | None = None) -> Rule:
    """Accept a number between the two."""
    return _between(is_number, "a number", minimum, maximum)


def integer(*, minimum: int | None = None, maximum: int | None = None) -> Rule:
    """Accept a whole number between the two."""
    return _between(is_whole, "a whole number", minimum, maximum)


def _between(
    is_kind: Callable[[Json], bool],
    what: str,
    minimum: float | None,
    maximum: float | None,
) -> Rule:
    bounds = [] if minimum is None else [f"at least {minimum}"]
    bounds += [] if maximum is None else [f"at most {maximum}"]
    sentence = f"must be {what}" + (f", {' and '.join(bounds)}" if bounds else "")

    def rule(value: Json) -> str | None:
        is_right = (
            is_kind(value)
            and (minimum is None or value >= minimum)
            and (maximum is None or value <= maximum)
        )
        return None if is_right else sentence

    return rule


def one_of(*values: Json) -> Rule:
    """Accept these values only."""
    shown = ", ".join(described(value) for value in values)
    sentence = f"must be one of {shown}" if len(values) > 1 else f"must be {shown}"

    def rule(value: Json) -> str | None:
        is_one = any(value == each and type(value) is type(each) for each in values)
        return None if is_one else sentence

    return rule


def either(*rules: Rule) -> Rule:
    """Accept what one of the rules accepts."""

    def rule(value: Json) -> str | None:
        found = [each(value) for each in rules]
        if None in found:
            return None
        sentences = [str(each).removeprefix("must be ") for each in found]
        return f"must be {' or '.join(sentences)}"

    return rule


def every(rule: Rule, *, least: int = 0) -> Rule:
    """Accept an array of at least ``least`` elements that all obey ``rule``."""

    def check(value: Json) -> str | None:
        if not isinstance(value, list):
            return "must be an array"
        if len(value) < least:
            return f"must have at least {least} element{'s' if least > 1 else ''}"
        wrong = next((found for each in value if (found := rule(each))), None)
        return wrong and f"each element {wrong}"

    return check
