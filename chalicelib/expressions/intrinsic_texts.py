"""The texts that intrinsic functions make: how long they may be, and templates.

Specification: https://states-language.net/#appendix-b (States.Format)
"""

import json
import re
from collections.abc import Sequence

from chalicelib.values import Json

#: Of a text that is made: as of one that JSONata makes.
MAX_TEXT = 4_000_000
#: A place for a value, a letter that would else be a mark, or a brace without another.
_PLACE = re.compile(r"(\{\}|\\[{}\\']|[{}])")


class BadArgument(ValueError):
    """An argument that the function cannot work with; the message says why."""

    def __init__(self, why: str, shown: str = "") -> None:
        super().__init__(why)
        #: What AWS says of it; empty: that arguments are invalid, and no more.
        self.shown = shown


def require(is_right: bool, why: str, shown: str = "") -> None:
    """Raise BadArgument unless it is right."""
    if not is_right:
        raise BadArgument(why, shown)


def require_room(characters: int) -> None:
    """Raise BadArgument if a text of so many characters is too long."""
    why = f"a text may have {MAX_TEXT} characters"
    require(characters <= MAX_TEXT, why, why)


def filled(template: str, values: Sequence[Json]) -> str:
    r"""Return the text with a value for each ``{}``; ``\`` makes a brace a letter.

    Raises:
        BadArgument: a brace is without another, there are more or fewer values than
            places, or the text is too long.
    """
    parts = _PLACE.split(template)
    marks = parts[1::2]
    for mark in marks:
        _require_pair(mark)
    places = marks.count("{}")
    require(
        places == len(values),
        f"the text has {places} places {{}} for {len(values)} values",
    )
    shown = [_shown(value) for value in values]
    require_room(sum(map(len, shown), len(template)))
    left = iter(shown)
    parts[1::2] = [next(left) if mark == "{}" else mark[1:] for mark in marks]
    return "".join(parts)


def _require_pair(mark: str) -> None:
    if mark in ("{", "}"):
        why = f"matching '{'}' if mark == '{' else '{'}' not found for '{mark}'."
        raise BadArgument(why, f"Invalid template in States.Format: {why}")


def _shown(value: Json) -> str:
    """Return a value as Format writes it: objects and arrays as Java prints them."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return (
            f"{{{', '.join(f'{name}={_shown(each)}' for name, each in value.items())}}}"
        )
    if isinstance(value, list):
        return f"[{', '.join(_shown(each) for each in value)}]"
    return json.dumps(value)
