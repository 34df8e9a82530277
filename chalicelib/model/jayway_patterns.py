"""Which regular expressions may stand in a filter?

Rule 1  Those whose worst case is bounded: no repetition inside a repeated group, and
        a limit to the length of the text, since the texts come from outside.
"""

from __future__ import annotations

import re

from chalicelib.model.jayway import Pattern
from chalicelib.model.jayway_reader import Reader

_REGEX = re.compile(r"/((?:[^/\\]|\\.)*)/([a-zA-Z]*)")
_REGEX_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}
#: Parts of a regular expression that say how it repeats.
_REGEX_PART = re.compile(r"\\.|\[\^?\]?(?:[^\]\\]|\\.)*\]|\(\?[:=!]?|.", re.DOTALL)
#: Steps a match may take at worst.
_MATCH_STEPS = 10_000_000


def read_pattern(reader: Reader) -> Pattern:
    """Return the regular expression that begins here.

    Raises:
        EvaluationFailure: it is wrong, or could take too long.
    """
    found = reader.match(_REGEX)
    if found is None:
        reader.fail("the regular expression is not closed")
    longest = _longest_text(found[1])
    if not longest:
        reader.fail("a repetition inside a repeated group is not supported")
    flags = re.ASCII
    for letter in found[2]:
        if letter not in _REGEX_FLAGS:
            reader.fail(f"the flag {letter!r} is not known")
        flags |= _REGEX_FLAGS[letter]
    try:
        return Pattern(re.compile(found[1], flags), longest)
    except (re.error, OverflowError, RecursionError) as error:
        reader.fail(f"the regular expression is wrong ({error})")


def _longest_text(pattern: str) -> int:
    """Return how long a text may be that is matched with ``pattern``; 0: none.

    Matching goes back and forth. With k repetitions side by side it takes at worst
    (length of the text)**k steps, and with one inside another 2**length.
    """
    repeats = 0
    groups = [False]
    closed = False
    for part in _REGEX_PART.findall(pattern):
        if part in ("*", "+", "?", "{"):
            if closed:
                return 0
            repeats += 1
            groups[-1] = True
        elif part == "|":
            groups[-1] = True
        closed = _after(part, groups)
    return int(_MATCH_STEPS ** (1 / max(repeats, 1)))


def _after(part: str, groups: list[bool]) -> bool:
    """Follow the groups; return whether one with a repetition was closed."""
    if part.startswith("("):
        groups.append(False)
    elif part == ")" and len(groups) > 1:
        repeated = groups.pop()
        groups[-1] = groups[-1] or repeated
        return repeated
    return False
