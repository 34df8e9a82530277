"""Do the arguments of a call fit, and which does the context stand in for?

A signature such as ``<s-nn?:s>`` names a kind per parameter:

    s n b l o a f    text, number, boolean, null, object, array, function
    j x (sf)         any JSON, anything, one of these
    a<n>             an array of numbers; a number counts as an array of one
    ? + -            may be left out; once or more; the context stands in for it

What is left out in the middle is found by matching the kinds of the arguments, as
letters, against a pattern made of the signature.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from chalicelib.expressions.jsonata.budget import Refusal
from chalicelib.expressions.jsonata.values import MISSING, kind_of
from chalicelib.values import Json

_LETTERS = {
    "string": "s",
    "number": "n",
    "boolean": "b",
    "null": "l",
    "array": "a",
    "object": "o",
    "function": "f",
    "undefined": "m",
}
_WORDS = {letter: word for word, letter in _LETTERS.items()}
_CLASSES = {"a": "asnblfom", "j": "asnblom", "x": "asnblfom", "f": "f"}
_PARAMETER = re.compile(
    r"(?P<kind>[snblaofjx]|\((?P<choice>[snblaofjx]+)\))"
    r"(?:<(?P<inner>[^<>]*(?:<[^<>]*>[^<>]*)*)>)?(?P<option>[-?+]*)"
)


class _Parameter(NamedTuple):
    #: The letters it takes, ``m`` (nothing) among them.
    letters: str
    is_array: bool
    #: The letter that each element must have; empty for any.
    inner: str
    takes_context: bool
    is_optional: bool


class Signature:
    """The parameters of a function."""

    __slots__ = ("_match", "_parameters", "_parts", "text")

    def __init__(self, text: str) -> None:
        """Read a signature.

        Raises:
            Refusal: it is none.
        """
        self.text = text
        self._parameters: list[_Parameter] = []
        self._parts = self._read(text)
        # Compiled at the first call: a library has more functions than are called.
        self._match: Callable[[str], re.Match[str] | None] | None = None

    @property
    def arity(self) -> int:
        """How many arguments there must be, the context standing in for some."""
        return sum(not each.is_optional for each in self._parameters)

    def _read(self, text: str) -> list[str]:
        found, at = [], 1
        while at < len(text) and text[at] not in ":>":
            part = _PARAMETER.match(text, at)
            if part is None:
                raise Refusal("S0401", f"{self.text} is not a signature")
            found.append(self._parameter(part))
            at = part.end()
        return found

    def _parameter(self, part: re.Match[str]) -> str:
        kind, option = part["kind"], part["option"]
        letters = part["choice"] or _CLASSES.get(kind, kind)
        if kind != "f":
            letters += "m"
        inner = (part["inner"] or "")[:1]
        self._parameters.append(
            _Parameter(
                letters=letters,
                is_array=kind == "a",
                inner=inner if inner in _WORDS else "",
                takes_context="-" in option,
                is_optional="?" in option,
            )
        )
        return f"([{letters}]{option.replace('-', '?')})"

    def fitted(self, name: str, arguments: Sequence[Json], context: Json) -> list[Json]:
        """Return the arguments, each at its parameter.

        Raises:
            Refusal: they do not fit.
        """
        supplied = "".join(_LETTERS[kind_of(each)] for each in arguments)
        if self._match is None:
            self._match = re.compile("".join(self._parts)).fullmatch
        found = self._match(supplied)
        if found is None:
            raise self._misfit(name, supplied)
        fitted: list[Json] = []
        position = 0
        for number, parameter in enumerate(self._parameters, 1):
            letters = found[number]
            if not letters:
                fitted.append(_stand_in(name, number, parameter, context))
            for letter in letters:
                fitted.append(
                    _argument(name, number, parameter, letter, arguments[position])
                )
                position += 1
        return fitted

    def _misfit(self, name: str, supplied: str) -> Refusal:
        """Return the words of JSONata for the first argument that does not fit."""
        begun, fits = "", 0
        for part in self._parts:
            begun += part
            found = re.match(begun, supplied)
            if found is None:
                break
            fits = found.end()
        what = f'Argument {fits + 1} of function "{name}"'
        return Refusal("T0410", f"{what} does not match function signature")


def _stand_in(name: str, number: int, parameter: _Parameter, context: Json) -> Json:
    if not parameter.takes_context:
        return MISSING
    if _LETTERS[kind_of(context)] in parameter.letters:
        return context
    what = f'argument {number} of function "{name}"'
    raise Refusal("T0411", f"Context value is not a compatible type with {what}")


def _argument(
    name: str, number: int, parameter: _Parameter, letter: str, value: Json
) -> Json:
    if not parameter.is_array or letter == "m":
        return value
    values = value if letter == "a" else [value]
    if parameter.inner:
        kinds = {_LETTERS[kind_of(each)] for each in values}
        if not kinds <= {parameter.inner}:
            wanted = _WORDS.get(parameter.inner, "value")
            what = f'Argument {number} of function "{name}"'
            raise Refusal("T0412", f"{what} must be an array of {wanted}s")
    return values


@lru_cache(maxsize=256)
def signature(text: str) -> Signature:
    """Return the signature that ``text`` spells.

    Raises:
        Refusal: it spells none.
    """
    return Signature(text)
