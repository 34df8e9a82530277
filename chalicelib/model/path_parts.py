"""The parts that a JSONPath text is read into (``paths``, ``path_filters``)."""

from __future__ import annotations

from chalicelib.frozen import dataclass
from chalicelib.model.expressions import Steps
from chalicelib.values import Json


class PathError(ValueError):
    """A text that is not a JSONPath; the message says why."""


@dataclass(frozen=True, slots=True)
class Every:
    """All the values inside."""


@dataclass(frozen=True, slots=True)
class Several:
    """These names, or these positions."""

    steps: Steps


@dataclass(frozen=True, slots=True)
class Slice:
    """The elements from ``start`` to before ``stop``."""

    start: int | None
    stop: int | None
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Where:
    """The elements for which a filter holds."""

    test: Filter


@dataclass(frozen=True, slots=True)
class Deep:
    """The value and everything inside it, at any depth."""


Segment = str | int | Every | Several | Slice | Where | Deep


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonPath:
    """A path, read."""

    text: str
    root: str
    segments: tuple[Segment, ...]
    #: Applied to what the path found; empty for none.
    function: str = ""

    @property
    def steps(self) -> Steps | None:
        """The steps of a reference path; None for a query."""
        names = tuple(each for each in self.segments if isinstance(each, str | int))
        is_reference = len(names) == len(self.segments) and not self.function
        return names if is_reference else None

    @property
    def is_definite(self) -> bool:
        """Whether the path leads to one place, so that finding none is a failure."""
        return all(isinstance(each, str | int) for each in self.segments)


@dataclass(frozen=True, slots=True)
class Constant:
    """A value written in a filter."""

    value: Json


@dataclass(frozen=True, slots=True)
class Relative:
    """A path from the element at hand; its text begins with ``@``."""

    path: JsonPath


Operand = Constant | Relative | JsonPath


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands compared; without an operator, that ``left`` exists."""

    left: Operand
    operator: str = ""
    right: Operand = Constant(None)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every test holds."""

    tests: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One test holds."""

    tests: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """The test does not hold."""

    test: Filter


Filter = Comparison | AllOf | AnyOf | NoneOf
