"""How is a value written as a text? ``$string``, ``&``, and the numbers in both.

A whole number keeps all its digits. Another number is cut down to 15 of them, so that
``0.1 + 0.2`` is written 0.3.
"""

from __future__ import annotations

import decimal

from chalicelib.expressions.jsonata.budget import Budget, Refusal
from chalicelib.expressions.jsonata.values import Function, is_finite
from chalicelib.values import Json

_SHORT = decimal.Context(prec=15, rounding=decimal.ROUND_FLOOR)
#: What has an escape; measured: any other character stands for itself.
_ESCAPES = str.maketrans(
    {
        '"': '\\"',
        "\\": "\\\\",
        "\b": "\\b",
        "\f": "\\f",
        "\n": "\\n",
        "\r": "\\r",
        "\t": "\\t",
    }
)
_WORDS = {True: "true", False: "false", None: "null"}
#: JavaScript, "Number::toString": from here on numbers have an exponent.
_LARGE = 10**21
#: Characters that are counted at once.
_PAGE = 4096


def text_of(value: Json, budget: Budget, *, is_pretty: bool = False) -> str:
    """Return ``value`` as a text: itself where it is one, else its JSON.

    Raises:
        Refusal: it is too large.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Function):
        return ""
    writer = _Writer(budget)
    writer.write(value, "\n" if is_pretty else "")
    return "".join(writer.parts)


def number_text(value: float) -> str:
    """Return a number as Step Functions writes it (measured).

    >>> number_text(0.1 + 0.2), number_text(1e21), number_text(1234567890123456789)
    ('0.3', '1e+21', '1234567890123456789')
    >>> number_text(2 / 3), number_text(-2 / 3), number_text(100.0000000000001)
    ('0.666666666666666', '-0.666666666666667', '1e+2')

    Raises:
        Refusal: it is not finite.
    """
    if isinstance(value, int):
        return str(value)
    if value.is_integer():
        return str(int(value)) if abs(value) < _LARGE else repr(value)
    if not is_finite(value):
        why = "Attempting to invoke string function on Infinity or NaN"
        raise Refusal("D3001", why)
    # Decimals write an exponent where those of Java, which AWS runs on, do.
    return str(_SHORT.create_decimal(repr(value)).normalize(_SHORT)).lower()


def _quoted(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"'


class _Writer:
    """Collects the parts of a JSON text."""

    def __init__(self, budget: Budget) -> None:
        self.parts: list[str] = []
        self._budget = budget
        self._length = 0

    def _add(self, part: str) -> None:
        self.parts.append(part)
        self._length += len(part)
        if self._length > _PAGE:
            self._budget.take_text(self._length)
            self._length = 0

    def write(self, value: Json, line: str) -> None:
        """Write a value; ``line`` begins a new one, or is empty."""
        self._budget.step()
        if isinstance(value, str):
            self._add(_quoted(value))
        elif value is None or isinstance(value, bool):
            self._add(_WORDS[value])
        elif isinstance(value, dict):
            colon = ": " if line else ":"
            names = [f"{_quoted(name)}{colon}" for name in value]
            self._members(names, [*value.values()], "{}", line)
        elif isinstance(value, list):
            self._members([""] * len(value), value, "[]", line)
        elif isinstance(value, Function):
            self._add('""')
        else:
            self._add(number_text(value))

    def _members(
        self, names: list[str], values: list[Json], brackets: str, line: str
    ) -> None:
        if not values:
            self._add(brackets)
            return
        inner = f"{line}  " if line else ""
        separator = brackets[0]
        for name, value in zip(names, values, strict=True):
            self._add(f"{separator}{inner}{name}")
            self.write(value, inner)
            separator = ","
        self._add(f"{line}{brackets[1]}")
