"""What do CloudFlow's built-in functions give?

Arguments are checked against the kinds in the table below before a function runs;
``formats`` has checked how many there are. Functions of chance get, as one more
argument, the place where the author wrote them: two calls differ, a replay does not.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NoReturn

from chalicelib.errors import EvaluationFailure, InputRefused
from chalicelib.expressions.cloudflow_regex import NotAPattern, search
from chalicelib.expressions.scope import View
from chalicelib.model.error_names import TABLES, Kind
from chalicelib.values import Json, compact, is_whole, parse, short_hash

#: What an argument must be, and the test of it.
Need = tuple[str, Callable[[Json], bool]]
Function = Callable[[list[Json], View], Json]

_DIGESTS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-512": "sha512"}
_FLOW_ARN = re.compile(r"acs:fnf:[^:/]*:[^:/]*:flow/(?P<name>[^/:]+)").fullmatch
#: Characters of a text that is made: as in the other languages.
_MAX_TEXT = 4_000_000


def identity(value: Json) -> object:
    """Return what equal JSON values share: 1 is 1.0, but 1 is not true.

    >>> identity([1, {"a": 2}]) == identity([1.0, {"a": 2.0}])
    True
    >>> identity(1) == identity(True)
    False
    """
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, list):
        return ("array", *(identity(each) for each in value))
    if isinstance(value, dict):
        return frozenset((name, identity(each)) for name, each in value.items())
    return value


def _refuse(cause: str) -> NoReturn:
    raise EvaluationFailure(TABLES["cloudflow"][Kind.RUNTIME], cause)


def _array_contains(array: list[Json], value: Json) -> bool:
    wanted = identity(value)
    return any(identity(each) == wanted for each in array)


def _array_unique(array: list[Json]) -> list[Json]:
    first: dict[object, Json] = {}
    for each in array:
        first.setdefault(identity(each), each)
    return list(first.values())


def _to_array(*values: Json) -> list[Json]:
    return list(values)


def _format(template: str, *values: Json) -> str:
    pieces = template.split("{}")
    if len(pieces) != len(values) + 1:
        _refuse(
            f"format: the text has {len(pieces) - 1} places {{}} for "
            f"{len(values)} values"
        )
    shown = [each if isinstance(each, str) else compact(each) for each in values]
    if sum(map(len, shown), len(template)) > _MAX_TEXT:
        _refuse(f"format: a text may have {_MAX_TEXT} characters")
    return "".join(map("".join, zip(pieces, [*shown, ""], strict=True)))


def _split(text: str, delimiter: str) -> list[Json]:
    return [*text.split(delimiter)] if delimiter else [*text]


def _regex_match(text: str, pattern: str) -> bool:
    try:
        return search(pattern, text)
    except NotAPattern as error:
        _refuse(f"regexMatchString: the pattern {pattern[:80]!r} is refused: {error}")


def _get(collection: Json, key: Json) -> Json:
    """Return the element, or null where there is none: the lenient path."""
    if isinstance(collection, dict) and isinstance(key, str):
        return collection.get(key)
    if isinstance(collection, list) and is_whole(key):
        return collection[key] if 0 <= key < len(collection) else None
    _refuse("get: an array takes a position and an object takes a name")


def _string_to_json(text: str) -> Json:
    try:
        return parse(text, what="the text")
    except InputRefused as refused:
        _refuse(f"stringToJson: {refused.reason}")


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        _refuse("fromBase64: the text is not Base64 of a UTF-8 text")


def _to_base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()


def _hash(text: str, algorithm: str) -> str:
    if algorithm not in _DIGESTS:
        _refuse(f"hash: {algorithm!r} is none of {', '.join(_DIGESTS)}")
    content = text.encode("utf-8", "surrogatepass")
    return hashlib.new(_DIGESTS[algorithm], content, usedforsecurity=False).hexdigest()


def _random_int(view: View, lowest: int, highest: int, place: str) -> int:
    if lowest > highest:
        _refuse(f"randomInt: there is no number from {lowest} to {highest}")
    return lowest + math.floor(view.facts.chance(place) * (highest - lowest + 1))


def _uuid(view: View, place: str) -> str:
    digits = short_hash(view.facts.salt, place, "uuid", length=32)
    # RFC 9562, "UUID Version 4": one digit says the version, one begins the variant.
    variant = "89ab"[int(digits[16], 16) % 4]
    name = f"{digits[:12]}4{digits[13:16]}{variant}{digits[17:]}"
    return "-".join((name[:8], name[8:12], name[12:16], name[16:20], name[20:]))


def _timeout(value: Json, most: float = math.inf) -> Json:
    """Return null for 0: CloudFlow, "Task": a timeout of 0 never comes."""
    with suppress(TypeError, ValueError):  # whoever waits says what is no number
        if float(value) > most:
            _refuse(f"Timeout must be at most {most:.0f} (in seconds), not {value}")
    return None if identity(value) in (0, "0") else value


def _flow_resource(arn: str) -> str:
    found = _FLOW_ARN(arn)
    if not found:
        _refuse(f"{arn!r} does not name a flow, as in acs:fnf:::flow/name")
    return f"workflow:{found['name']}"


def _first_items(items: list[Json], most: Json) -> list[Json]:
    if not is_whole(most) or most < 1:
        _refuse(f"MaxItems must be a whole number from 1 on, not {compact(most)[:40]}")
    return items[:most]


def _is(*kinds: type) -> Callable[[Json], bool]:
    return lambda value: isinstance(value, kinds)


_ANY: Need = ("a value", lambda _value: True)
_ARRAY: Need = ("an array", _is(list))
_OBJECT: Need = ("an object", _is(dict))
_TEXT: Need = ("a text", _is(str))
_WHOLE: Need = ("a whole number", is_whole)
_SIZED: Need = ("an array, an object or a text", _is(list, dict, str))
_INDEXED: Need = ("an array or an object", _is(list, dict))

#: name -> function, what its arguments must be; further arguments may be anything.
_PURE: dict[str, tuple[Callable[..., Json], Sequence[Need]]] = {
    "arrayContains": (_array_contains, (_ARRAY, _ANY)),
    "arrayUnique": (_array_unique, (_ARRAY,)),
    "toArray": (_to_array, ()),
    "format": (_format, (_TEXT,)),
    "split": (_split, (_TEXT, _TEXT)),
    "length": (len, (_SIZED,)),
    "regexMatchString": (_regex_match, (_TEXT, _TEXT)),
    "get": (_get, (_INDEXED, _ANY)),
    "intAdd": (lambda left, right: left + right, (_WHOLE, _WHOLE)),
    "mapKeys": (list, (_OBJECT,)),
    "mapValues": (lambda found: [*found.values()], (_OBJECT,)),
    "jsonMerge": (lambda left, right: {**left, **right}, (_OBJECT, _OBJECT)),
    "stringToJson": (_string_to_json, (_TEXT,)),
    "fromJSON": (_string_to_json, (_TEXT,)),
    "jsonToString": (compact, (_ANY,)),
    "fromBase64": (_from_base64, (_TEXT,)),
    "toBase64": (_to_base64, (_TEXT,)),
    "hash": (_hash, (_TEXT, _TEXT)),
    # These are put in by the compiler; authors cannot write them.
    "firstItems": (_first_items, (_ARRAY,)),
    "timeout": (_timeout, ()),
    "flowResource": (_flow_resource, (_TEXT,)),
}
#: The same for functions of chance: the view comes first, the place last.
_CHANCE: dict[str, tuple[Callable[..., Json], Sequence[Need]]] = {
    "randomInt": (_random_int, (_WHOLE, _WHOLE, _TEXT)),
    "uuid": (_uuid, (_TEXT,)),
}


def _check(name: str, needs: Sequence[Need], arguments: list[Json]) -> None:
    for position, ((what, is_right), value) in enumerate(
        zip(needs, arguments, strict=False), start=1
    ):
        if not is_right(value):
            shown = compact(value)[:40]
            _refuse(f"{name}: argument {position} must be {what}, not {shown}")


def _pure(name: str, call: Callable[..., Json], needs: Sequence[Need]) -> Function:
    def function(arguments: list[Json], view: View) -> Json:
        _check(name, needs, arguments)
        return call(*arguments)

    return function


def _chance(name: str, call: Callable[..., Json], needs: Sequence[Need]) -> Function:
    def function(arguments: list[Json], view: View) -> Json:
        _check(name, needs, arguments)
        return call(view, *arguments)

    return function


#: Every function by its full name.
FUNCTIONS: dict[str, Function] = {
    **{f"CloudFlow.{name}": _pure(name, *row) for name, row in _PURE.items()},
    **{f"CloudFlow.{name}": _chance(name, *row) for name, row in _CHANCE.items()},
}
