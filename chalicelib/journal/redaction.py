"""What of an execution is nobody shown?

Its workflow names places (``x-redact``). What lies there, in any value that is shown of
an execution, is hidden; and so is the same text or number wherever else it turns up,
also as a part of a text: a function may have put it under another name, or into the
sentence of its error.

Rule 1  Tasks get the data as it is: only what is shown is changed.
Rule 2  What is short says nothing about where it came from, and is hidden in its place
        only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from chalicelib.frozen import dataclass
from chalicelib.model.path_parts import Deep, Every, Segment, Several
from chalicelib.model.paths import parse
from chalicelib.values import Json, compact, is_number

#: What stands where something is hidden.
HIDDEN = "***"
#: Characters from which on a text or a number is looked for everywhere.
LONG = 4


@dataclass(frozen=True, slots=True)
class Mask:
    """Hides what lies at some paths of some values."""

    paths: tuple[str, ...]
    #: What to hide wherever it turns up, the longest first.
    secrets: tuple[str, ...]

    @classmethod
    def of(cls, paths: Sequence[str], values: Iterable[Json]) -> Mask:
        """Return the mask for values that belong together."""
        found: set[str] = set()
        places = [parse(path).segments for path in paths]
        for value in values:
            for segments in places:
                _changed(value, segments, _collect(found))
        long = {each for each in found if len(each) >= LONG}
        return cls(tuple(paths), tuple(sorted(long, key=len, reverse=True)))

    def shown(self, value: Json) -> Json:
        """Return ``value`` without what is hidden."""
        for path in self.paths:
            value = _changed(value, parse(path).segments, lambda _: HIDDEN)
        return self._without(value)

    def text(self, text: str) -> str:
        """Return a text without what is hidden."""
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def _without(self, value: Json) -> Json:
        match value:
            case str():
                return self.text(value)
            case dict():
                return {
                    self.text(name): self._without(each) for name, each in value.items()
                }
            case list():
                return [self._without(each) for each in value]
        is_hidden = is_number(value) and compact(value) in self.secrets
        return HIDDEN if is_hidden else value


def _collect(found: set[str]) -> Callable[[Json], Json]:
    """Return what notes the texts and numbers in a value, and lets it be."""

    def collect(value: Json) -> Json:
        found.update(_scalars(value))
        return value

    return collect


def _scalars(value: Json) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from _scalars(each)
        case list():
            for each in value:
                yield from _scalars(each)
        case _ if is_number(value):
            yield compact(value)


def _changed(
    value: Json, segments: Sequence[Segment], change: Callable[[Json], Json]
) -> Json:
    """Return ``value`` with what lies at ``segments`` changed."""
    if not segments:
        return change(value)
    first, rest = segments[0], segments[1:]
    if isinstance(first, Deep):
        value = _changed(value, rest, change)
        return _each(
            value, lambda _: True, lambda each: _changed(each, segments, change)
        )
    return _each(
        value, _chosen(first, value), lambda each: _changed(each, rest, change)
    )


def _chosen(segment: Segment, value: Json) -> Callable[[str | int], bool]:
    if isinstance(segment, Every):
        return lambda _: True
    steps = segment.steps if isinstance(segment, Several) else (segment,)
    length = len(value) if isinstance(value, list) else 0
    wanted = {
        step + length if isinstance(step, int) and step < 0 else step for step in steps
    }
    return lambda step: step in wanted


def _each(
    value: Json, is_meant: Callable[[str | int], bool], change: Callable[[Json], Json]
) -> Json:
    """Return an object or an array with some of its parts changed."""
    match value:
        case dict():
            return {
                name: change(part) if is_meant(name) else part
                for name, part in value.items()
            }
        case list():
            return [
                change(part) if is_meant(position) else part
                for position, part in enumerate(value)
            ]
    return value


#: What of a history event is a value, and what is a text.
_SHOWN_VALUES = ("input", "output", "parameters", "assigned", "limits", "lost")
_SHOWN_TEXTS = ("error", "cause")


def redacted(
    told: list[dict[str, Json]], paths: Sequence[str]
) -> list[dict[str, Json]]:
    """Return history events without what lies at ``paths`` of their values."""
    shown = ({key: e[key] for key in _SHOWN_VALUES if key in e} for e in told)
    mask = Mask.of(paths, [each for values in shown for each in values.values()])
    changes: dict[str, Callable[[Json], Json]] = {
        **dict.fromkeys(_SHOWN_VALUES, mask.shown),
        **dict.fromkeys(_SHOWN_TEXTS, mask.text),
    }
    return [
        {key: changes[key](each) if key in changes else each for key, each in e.items()}
        for e in told
    ]
