"""Which values does one field of a cron expression name?

    field  =  item {"," item}
    item   =  range ["/" step]
    range  =  "*"  |  value  |  value "-" value

A value is a number or, where the field has them, a name (``MON``, ``JAN``). What only
days know (``?``, ``L``, ``W``, ``#``) is read by ``chalicelib.schedules.days``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

from chalicelib.errors import ScheduleRefused
from chalicelib.frozen import dataclass

_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"
MONTHS = {name: number for number, name in enumerate(_MONTHS.split(), start=1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What one place of an expression is called, and what may be written there."""

    name: str
    lowest: int
    highest: int
    names: Mapping[str, int] = field(default_factory=dict)

    def refusal(self, message: str) -> ScheduleRefused:
        """Return what to raise when this field says something wrong."""
        return ScheduleRefused(f"{self.name}: {message}")

    def value(self, text: str) -> int:
        """Return the number that ``text`` is, or is the name of.

        Raises:
            ScheduleRefused: it is neither, or out of range.
        """
        named = self.names.get(text.upper())
        if named is not None:
            return named
        if not (text.isascii() and text.isdigit()):
            raise self.refusal(f"{text!r} is {self._expected}")
        number = int(text)
        if not self.lowest <= number <= self.highest:
            raise self.refusal(f"{number} is not in {self.lowest}..{self.highest}")
        return number

    @property
    def _expected(self) -> str:
        if not self.names:
            return "not a number"
        return f"neither a number nor one of {', '.join(self.names)}"


def values(spec: Field, text: str) -> frozenset[int]:
    """Return what ``text`` names in the field ``spec``.

    Raises:
        ScheduleRefused: it is not in the grammar, or out of range.

    >>> sorted(values(Field(name="minute", lowest=0, highest=59), "5,10-20/5,50/5"))
    [5, 10, 15, 20, 50, 55]
    """
    named: set[int] = set()
    for item in text.split(","):
        named.update(_item(spec, item))
    return frozenset(named)


def _item(spec: Field, item: str) -> range:
    span, slash, step = item.partition("/")
    first, last = _span(spec, span, open_end=bool(slash))
    return range(first, last + 1, _step(spec, step) if slash else 1)


def _span(spec: Field, span: str, *, open_end: bool) -> tuple[int, int]:
    if span == "*":
        return spec.lowest, spec.highest
    start, dash, end = span.partition("-")
    first = spec.value(start)
    if not dash:
        return first, spec.highest if open_end else first
    last = spec.value(end)
    if last < first:
        way_out = f"write {start}-{spec.highest},{spec.lowest}-{end}"
        raise spec.refusal(f"{span} goes backwards; {way_out}")
    return first, last


def _step(spec: Field, text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) == 0:
        raise spec.refusal(f"the step {text!r} is not a whole number above 0")
    return int(text)


#: Reads one field of a kind.
Reader = Callable[[Field, str], frozenset[int]]
