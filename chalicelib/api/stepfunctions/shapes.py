"""Is this a request that Step Functions' own model allows? botocore ships the model.

Rule 1  Types, required members, enumerations, patterns and lengths are AWS's, and so
        are the sentences that say what is wrong.
Rule 2  Lengths that are AWS's quotas are not: this stage has limits of its own for
        payloads and definitions, and longer tokens and ARNs.
Rule 3  Members that the model does not know are dropped, as AWS does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from chalicelib.api.stepfunctions.errors import Refused
from chalicelib.values import Json, is_whole

#: Texts of at least this length are payloads, and a stage takes larger ones.
PAYLOAD = 30_000
#: A name of the wrong length is InvalidName, not ValidationException.
_NAMES = frozenset({"name", "taskToken"})


@cache
def operations() -> dict[str, Any]:
    """Return the operations of the service by name, as botocore knows them."""
    # Here, not above: reading the model takes longer than anything else at the start.
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    model = ServiceModel(Loader().load_service_model("stepfunctions", "service-2"))
    return {name: model.operation_model(name) for name in model.operation_names}


def require(action: str, given: Json) -> dict[str, Json]:
    """Return the input of ``action``, if it may look so.

    Raises:
        Refused: SerializationException or ValidationException, with everything.
    """
    if not isinstance(given, dict):
        raise Refused("SerializationException", "The body is not a JSON object")
    shape = operations()[action].input_shape
    found = list(_structure(shape, given, ""))
    if found:
        count = f"{len(found)} validation error{'s' * (len(found) > 1)} detected: "
        raise Refused("ValidationException", count + "; ".join(found))
    return {name: given[name] for name in shape.members if given.get(name) is not None}


def _structure(shape: Any, value: dict[str, Json], path: str) -> Iterator[str]:
    for name, member in shape.members.items():
        place = f"{path}.{name}" if path else name
        found = value.get(name)
        if found is not None:
            yield from _value(member, found, place, name)
        elif name in shape.required_members:
            yield _sentence(None, place, "Member must not be null")


def _value(shape: Any, value: Json, place: str, name: str) -> Iterator[str]:
    expected, is_one = _TYPES[shape.type_name]
    if not is_one(value):
        raise Refused("SerializationException", f"{place} is not {expected}")
    if shape.type_name == "structure":
        yield from _structure(shape, value, place)
    elif shape.type_name == "list":
        for number, each in enumerate(value, start=1):
            yield from _value(shape.member, each, f"{place}.{number}.member", "")
    else:
        yield from _facets(shape, value, place, name)


def _facets(shape: Any, value: Json, place: str, name: str) -> Iterator[str]:
    if shape.type_name == "string" and shape.enum and value not in shape.enum:
        known = f"[{', '.join(sorted(shape.enum))}]"
        yield _sentence(value, place, f"Member must satisfy enum value set: {known}")
    pattern = shape.metadata.get("pattern", "")
    # \p{…} is Java's; the only one of them says ASCII.
    if pattern and r"\p" not in pattern and not re.fullmatch(pattern, value):
        sentence = f"Member must satisfy regular expression pattern: {pattern}"
        yield _sentence(value, place, sentence)
    yield from _bounds(shape, value, place, name)


def _bounds(shape: Any, value: Json, place: str, name: str) -> Iterator[str]:
    if name in _NAMES:
        return
    is_text = isinstance(value, str)
    constraint = f"Member must have {'length' if is_text else 'value'}"
    measure = len(value) if is_text else value
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and measure < least:
        yield _sentence(value, place, f"{constraint} greater than or equal to {least}")
    is_quota = is_text and (name.endswith("Arn") or (most or 0) >= PAYLOAD)
    if most is not None and measure > most and not is_quota:
        yield _sentence(value, place, f"{constraint} less than or equal to {most}")


def _sentence(value: Json, place: str, constraint: str) -> str:
    shown = "null" if value is None else f"'{str(value)[:100]}'"
    return f"Value {shown} at '{place}' failed to satisfy constraint: {constraint}"


_TYPES: dict[str, tuple[str, Callable[[Json], bool]]] = {
    "structure": ("an object", lambda value: isinstance(value, dict)),
    "list": ("an array", lambda value: isinstance(value, list)),
    "string": ("a string", lambda value: isinstance(value, str)),
    "boolean": ("a boolean", lambda value: isinstance(value, bool)),
    "integer": ("a whole number", is_whole),
    "long": ("a whole number", is_whole),
    "float": ("a number", lambda value: isinstance(value, int | float)),
}
