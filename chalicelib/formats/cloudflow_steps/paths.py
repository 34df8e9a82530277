"""Text of a path -> a node, in both dialects of the language.

CloudFlow, "Inputs and outputs": in mappings, paths begin with ``$input``, ``$local`` or
``$context``; in the fields of a step, ``$`` is the step's input. What such a path finds
nothing at is null, so no step fails for a place that an earlier one never filled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.formats.cloudflow.sight import Sight
from chalicelib.formats.fields import Part, listed, suggestion
from chalicelib.model import paths
from chalicelib.model.expressions import Expression, Literal, Path
from chalicelib.model.path_parts import JsonPath, PathError
from chalicelib.values import Json

#: ``$5`` is a price; ``$``, ``$.a``, ``$[0]`` and ``$input`` are paths.
_IS_PATH = re.compile(r"\$(\Z|[.\[$]|[^\W\d])").match
_CONTEXT = {
    "flow": ("id", "name"),
    "execution": ("name",),
    "task": ("token",),
    "step": ("name", "eventId"),
}
#: Stands where a path has a problem; such a workflow is never run.
_BROKEN = Literal(value=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How paths begin where they stand, and what those roots are in the model."""

    roots: Mapping[str, str]
    #: Said of a path that begins in another way.
    way_out: str
    #: ``$context.task.token`` is there.
    token: bool = False


_IN_STEP = (
    "here a path begins with '$.', the step's input; map what is to be read in "
    "inputMappings"
)
#: In the fields of a step.
STEP_INPUT = Dialect(roots={"$": "$"}, way_out=_IN_STEP)


class StepInput(Sight):
    """What a condition can see: the input of its step."""

    def blindness(self, root: str, steps: tuple[str | int, ...]) -> str:
        """See ``Sight``."""
        return "" if root == "$" else _IN_STEP


def is_path(value: Json) -> bool:
    """Return whether a source is a path, and not a constant.

    >>> is_path("$local.a"), is_path("$.a"), is_path("$5"), is_path("a")
    (True, True, False, False)
    """
    return isinstance(value, str) and _IS_PATH(value) is not None


def compile_path(part: Part, dialect: Dialect) -> Expression:
    """Return the node of a text that is a path."""
    try:
        found = paths.parse(part.value)
    except PathError as error:
        part.wrong(f"{error}; write a constant without the '$'")
        return _BROKEN
    problem = _problem(found, dialect)
    if problem:
        part.wrong(problem)
        return _BROKEN
    steps = found.steps
    return Path(
        text=part.value,
        root=dialect.roots[found.root],
        steps=steps,
        query="" if steps is not None else f"${part.value[len(found.root) :]}",
        lenient=True,
    )


def _problem(found: JsonPath, dialect: Dialect) -> str:
    if found.root not in dialect.roots:
        hint = suggestion(found.root, dialect.roots)
        return f"nothing is called {found.root!r} here; {hint or dialect.way_out}"
    if found.function:
        return f"a path finds values, it does not count them; remove {found.function}()"
    return _context_problem(found, dialect) if found.root == "$context" else ""


def _context_problem(found: JsonPath, dialect: Dialect) -> str:
    names: Mapping[str, tuple[str, ...]] | tuple[str, ...] = _CONTEXT
    for step in found.segments[:2]:
        if not isinstance(step, str) or step not in names:
            hint = suggestion(str(step), names) or f"known are {listed(names)}"
            return f"{found.text} leads nowhere: {hint}"
        names = _CONTEXT[step] if isinstance(names, Mapping) else ()
    if found.segments[:2] == ("task", "token") and not dialect.token:
        return (
            "the task token is there only in inputMappings of a task with "
            "'pattern: waitForCallback'; add that pattern or remove the token"
        )
    return ""


def compile_value(part: Part, dialect: Dialect) -> Expression:
    """Return what a text that is a path leads to; any other value is a constant."""
    if is_path(part.value):
        return compile_path(part, dialect)
    return Literal(value=part.value)
