"""InputPath, ResultPath, OutputPath … of a state -> its stations of data.

ASL, "Input and Output Processing": the result is put into the *raw* input, and the
output path is applied to what comes of that.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.formats.asl.paths import compile_path, compile_reference
from chalicelib.formats.asl.templates import compile_assign, compile_template
from chalicelib.formats.fields import Part
from chalicelib.model.expressions import Expression, Literal, Pipe, Place, Source

#: ASL: a path that is null stands for an empty object.
_EMPTY = Literal(value={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The data-flow programs of a state; None: the value passes through."""

    input: Expression | None = None
    arguments: Expression | None = None
    result: Expression | None = None
    output: Expression | None = None
    assign: Expression | None = None


def compile_flow(part: Part) -> Flow:
    """Return the programs of a state; fields that its kind lacks are not there."""
    return Flow(
        input=_path(part, "InputPath"),
        arguments=template(part, "Parameters"),
        result=template(part, "ResultSelector"),
        output=_output(part),
        assign=compile_assign(part["Assign"]) if "Assign" in part else None,
    )


def template(part: Part, name: str) -> Expression | None:
    """Return the template in a field; None where there is none."""
    return compile_template(part[name]) if name in part else None


def _path(part: Part, name: str) -> Expression | None:
    """Return a path field; ``$``, which is what its absence means, is None too."""
    if name not in part or part[name].value == "$":
        return None
    if part[name].value is None:
        return _EMPTY
    return compile_path(part[name]) if isinstance(part[name].value, str) else None


def _output(part: Part) -> Expression | None:
    combined = placed(part, Source(name="result"))
    path = _path(part, "OutputPath")
    if combined is None or path is None or path is _EMPTY:
        return path or combined
    return Pipe(stages=(combined, path))


def placed(part: Part, value: Expression) -> Expression | None:
    """Return the raw input with ``value`` at ResultPath; None: the value alone."""
    written = part["ResultPath"].value
    if "ResultPath" not in part or written == "$":
        return None
    if written is None:
        return Source(name="raw_input")
    if not isinstance(written, str):
        return None
    steps = compile_reference(part["ResultPath"])
    raw = Source(name="raw_input")
    return Place(steps=steps, base=raw, value=value, text=written)
