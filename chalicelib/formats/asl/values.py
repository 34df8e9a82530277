"""A text that stands for a value, a path or a call -> its node."""

from __future__ import annotations

from chalicelib.formats.asl.intrinsics import compile_call
from chalicelib.formats.asl.paths import UNREADABLE, compile_path
from chalicelib.formats.fields import Part
from chalicelib.model.expressions import Call, Expression


def compile_value(part: Part) -> Expression:
    """Return the path, or the call of an intrinsic function, that ``part`` spells."""
    if isinstance(part.value, str) and part.value.startswith("States."):
        return compile_call(part)
    if isinstance(part.value, str) and part.value.startswith("$"):
        return compile_path(part)
    part.wrong(
        "must be a path that begins with $, or an intrinsic function such as "
        "States.Format(…); write the name without .$ for a constant"
    )
    return UNREADABLE


def compile_field(part: Part, check: str) -> Call:
    """Return a call of the check ``check`` for the value a ``…Path`` field leads to."""
    return Call(name=check, arguments=(compile_value(part),), text=str(part.path[-1]))
