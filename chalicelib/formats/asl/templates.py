"""A payload template -> an expression: names that end in ``.$`` have computed values.

ASL, "Payload Template". What has no such name inside stays one constant, so that it
costs nothing to evaluate.
"""

from __future__ import annotations

import re

from chalicelib.formats.asl.values import compile_value
from chalicelib.formats.fields import Part
from chalicelib.model.expressions import Array, Expression, Literal, Object

_DYNAMIC = ".$"
_VARIABLE = re.compile(r"[^\W\d]\w{0,79}").fullmatch


def compile_template(part: Part) -> Expression:
    """Return the expression of a template: an object, an array or a constant."""
    if isinstance(part.value, dict):
        return compile_fields(part, tuple(part.value))
    if isinstance(part.value, list):
        items = tuple(compile_template(each) for each in part.elements())
        if all(isinstance(item, Literal) for item in items):
            return Literal(value=part.value)
        return Array(items=items)
    return Literal(value=part.value)


def compile_fields(part: Part, names: tuple[str, ...]) -> Expression:
    """Return the expression of an object with these of its fields only."""
    fields: dict[str, Expression] = {}
    for name in names:
        plain = name.removesuffix(_DYNAMIC)
        if plain in fields:
            part[name].wrong(
                f"{plain!r} is given twice, with and without .$; keep one", at="key"
            )
        is_dynamic = plain != name
        compile_one = compile_value if is_dynamic else compile_template
        fields[plain] = compile_one(part[name])
    if all(isinstance(each, Literal) for each in fields.values()):
        constants = {
            name: each.value
            for name, each in fields.items()
            if isinstance(each, Literal)
        }
        return Literal(value=constants)
    return Object(fields=tuple(fields.items()))


def compile_field(part: Part, name: str) -> Expression | None:
    """Return a field of a template, given as ``name`` or as ``name.$``; else None."""
    written = [each for each in (name, f"{name}{_DYNAMIC}") if each in part]
    if not written:
        return None
    if len(written) > 1:
        part[written[1]].wrong(
            f"{name!r} is given twice, with and without .$; keep one", at="key"
        )
    if written[0] == name:
        return compile_template(part[name])
    return compile_value(part[written[0]])


def rest(part: Part, *taken: str) -> tuple[str, ...]:
    """Return the names of a template's fields that are not ``taken``."""
    return tuple(
        name for name, _ in part.members() if name.removesuffix(_DYNAMIC) not in taken
    )


def compile_assign(part: Part) -> Expression:
    """Return the expression of an Assign: an object of variables by name."""
    check_variables(part)
    return compile_template(part)


def check_variables(part: Part) -> None:
    """Add a problem for each name in an Assign that no variable may have."""
    for name, value in part.members():
        plain = name.removesuffix(_DYNAMIC)
        if not _VARIABLE(plain) or plain == "states":
            value.wrong(
                f"{plain!r} cannot be the name of a variable; begin with a letter, go "
                "on with letters, digits and _, at most 80, and not 'states'",
                at="key",
            )
