"""Where does a regular expression match?

By ``re`` where the text is short enough for all the ways it may try; else by a machine
of threads that walk over the text side by side, the better ones first (Pike's), which
finds the same matches in time that grows with the text and no faster.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.expressions.jsonata.budget import TEST, Budget, Refusal
from chalicelib.expressions.jsonata.calling import Native, apply, is_function
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.expressions.jsonata.values import MISSING, Function
from chalicelib.model.jsonata_patterns import Pattern, Step
from chalicelib.values import Json

#: Ways that ``re`` may try: about 0.05 s of one processor.
MAX_WAYS = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A place in a text, and what the groups hold there."""

    text: str
    start: int
    end: int
    groups: tuple[str, ...]


def matches(matcher: Json, text: str, frame: Frame) -> Iterator[Match]:
    """Yield the matches in ``text``, from left to right.

    Raises:
        Refusal: a match is empty, or an author's own matcher gives something else.
    """
    if isinstance(matcher, Matcher):
        yield from matcher.matches(text, frame.budget)
        return
    found = apply(matcher, [text], MISSING, frame)
    while found is not MISSING:
        yield _as_match(found)
        if not is_function(found.get("next")):
            return
        found = apply(found["next"], [], MISSING, frame)


def _as_match(found: Json) -> Match:
    try:
        groups = tuple(str(each) for each in found["groups"])
        text, start, end = str(found["match"]), int(found["start"]), int(found["end"])
    except (KeyError, TypeError, ValueError):
        raise Refusal(
            "T1010", "a matcher must give an object with match, start, end and groups"
        ) from None
    return Match(text=text, start=start, end=end, groups=groups)


class Matcher(Function):
    """A regular expression as a function: a text in, its first match out."""

    __slots__ = ("_most_ways", "_pattern")

    def __init__(self, pattern: Pattern, most_ways: int = MAX_WAYS) -> None:
        self._pattern = pattern
        #: Beyond which ``re`` is not asked.
        self._most_ways = most_ways

    def call(self, arguments: Sequence[Json], context: Json, frame: Frame) -> Json:
        """Return the first match, with a function for the next one."""
        text = arguments[0] if arguments else MISSING
        if not isinstance(text, str):
            return MISSING
        return _told(self.matches(text, frame.budget))

    def matches(self, text: str, budget: Budget) -> Iterator[Match]:
        """Yield the matches in ``text``.

        Raises:
            Refusal: one is empty, or finding them takes too long.
        """
        pattern, at = self._pattern, 0
        while True:
            found = spans(pattern, text, at, budget, self._most_ways)
            if found is None:
                return
            budget.step()
            (start, end), *groups = found
            if start == end:
                raise Refusal("D1004", f"/{pattern.text}/ matches an empty text")
            inner = tuple(text[a:b] if a >= 0 else "" for a, b in groups)
            yield Match(text=text[start:end], start=start, end=end, groups=inner)
            at = end


def _told(found: Iterator[Match]) -> Json:
    match = next(found, None)
    if match is None:
        return MISSING
    return {
        "match": match.text,
        "start": match.start,
        "end": match.end,
        "groups": list(match.groups),
        "next": Native("next", None, lambda _frame: _told(found)),
    }


#: Start and end of the match, then of each group; -1 where a group took no part.
Spans = list[tuple[int, int]]


def spans(
    pattern: Pattern, text: str, at: int, budget: Budget, most_ways: int = MAX_WAYS
) -> Spans | None:
    """Return where the first match from ``at`` on begins and ends, and its groups.

    Raises:
        Refusal: finding it takes too long.
    """
    if not at:
        budget.step(len(text) // 64)
    if len(text) * pattern.ways(len(text)) <= most_ways:
        return _search(pattern, text, at)
    if pattern.program is None:
        why = f"/{pattern.text}/ looks around or back, and the text is too long"
        raise Refusal("D1012", why)
    return _run(pattern, text, at, budget)


def _search(pattern: Pattern, text: str, at: int) -> Spans | None:
    found = pattern.regex.search(text, at)
    if found is None:
        return None
    return [found.span(each) for each in range(pattern.regex.groups + 1)]


#: A thread: the step it stands at, and the slots it has filled.
_Thread = tuple[int, tuple[int, ...]]


def _run(pattern: Pattern, text: str, at: int, budget: Budget) -> Spans | None:
    empty = (-1,) * (2 * pattern.regex.groups + 1)
    threads: list[_Thread] = []
    best: tuple[int, ...] | None = None
    for position in range(at, len(text) + 1):
        if best is None:
            # A match may begin anywhere; an earlier one is better.
            threads.append((0, (position, *empty)))
        elif not threads:
            break
        waiting, ended = _reach(pattern, threads, text, position)
        best = ended or best
        budget.step(1 + TEST * len(waiting))
        letter = text[position : position + 1]
        threads = [
            (step.ways[0], slots)
            for step, slots in waiting
            if letter and step.test and step.test(letter)
        ]
    if best is None:
        return None
    return [(best[each], best[each + 1]) for each in range(0, len(best), 2)]


def _reach(
    pattern: Pattern, threads: list[_Thread], text: str, position: int
) -> tuple[list[tuple[Step, tuple[int, ...]]], tuple[int, ...] | None]:
    """Return the steps that wait for a letter, best first; and how the match ended.

    What is worse than a match that has ended is not looked at.
    """
    program = pattern.program or ()
    seen: set[int] = set()
    waiting: list[tuple[Step, tuple[int, ...]]] = []
    stack = threads[::-1]
    while stack:
        number, slots = stack.pop()
        if number in seen:
            continue
        seen.add(number)
        if number == len(program):
            return waiting, (slots[0], position, *slots[2:])
        step = program[number]
        if step.test is not None:
            waiting.append((step, slots))
            continue
        if step.slot >= 0:
            slots = (*slots[: step.slot], position, *slots[step.slot + 1 :])
        if not step.at or _is_at(step.at, pattern, text, position):
            stack.extend((way, slots) for way in reversed(step.ways))
    return waiting, None


def _is_at(place: str, pattern: Pattern, text: str, position: int) -> bool:
    before, after = text[max(position - 1, 0) : position], text[position : position + 1]
    if place == "^":
        return not before or (pattern.multiline and before == "\n")
    if place == "$":
        return not after or (pattern.multiline and after == "\n")
    is_edge = _is_letter(before) != _is_letter(after)
    return is_edge if place == "\\b" else not is_edge


def _is_letter(text: str) -> bool:
    return text.isascii() and (text.isalnum() or text == "_")
