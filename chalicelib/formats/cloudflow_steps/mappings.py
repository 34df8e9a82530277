"""inputMappings and outputMappings -> expressions.

    input of a step      its mappings over what is around it, else input | local
    output of a step     its mappings over its own, else its result

``$input`` and ``$local`` of inputMappings are the variables of the sequence that the
step stands in; those of outputMappings are the step's own input and result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from chalicelib.formats.cloudflow.folding import object_of
from chalicelib.formats.cloudflow_steps.paths import Dialect, compile_value
from chalicelib.formats.cloudflow_steps.shapes import MAPPING
from chalicelib.formats.fields import Part
from chalicelib.model.expressions import Expression, Object, Path, Union

_IN_MAPPINGS = "in mappings a path begins with $input, $local or $context"
_AROUND = {"$input": "$input", "$local": "$local", "$context": "$context"}
_OWN = {"$input": "$Input", "$local": "$Output", "$context": "$context"}

STEP_OUTPUT = Dialect(roots=_OWN, way_out=_IN_MAPPINGS)
FLOW_OUTPUT = Dialect(roots=_AROUND, way_out=_IN_MAPPINGS)
FLOW_INPUT = Dialect(
    roots={"$input": "$Input", "$context": "$context"},
    way_out="before its first step a flow has no local variable; write $input",
)
_STEP_INPUT = FLOW_OUTPUT

LOCAL = Path(text="$local", root="$local")
#: CloudFlow, "Inputs and outputs": without mappings, local variables come first.
_AROUND_IT = Union(parts=(Path(text="$input", root="$input"), LOCAL))


def compile_mappings(part: Part, dialect: Dialect) -> Expression | None:
    """Return the object that the mappings build; None where there are none."""
    if not isinstance(part.value, list):
        return None
    fields: dict[str, Expression] = {}
    for mapping in part.elements():
        fields |= dict(_compile_one(mapping, dialect, fields))
    return object_of(fields)


def _compile_one(
    part: Part, dialect: Dialect, before: dict[str, Expression]
) -> Iterator[tuple[str, Expression]]:
    found = part.read(MAPPING)
    if isinstance(part.value, dict) and "source" not in part:
        part.wrong("'source' is missing in a mapping; add it: a path or a constant")
    if "target" not in found or "source" not in part:
        return
    if found["target"] in before:
        part["target"].wrong(
            f"a mapping to {found['target']!r} stands above; remove one of them"
        )
    yield found["target"], compile_value(part["source"], dialect)


def step_input(part: Part, *, token: bool = False) -> Expression:
    """Return what makes a step's input; ``token``: its task token may be mapped."""
    found = compile_mappings(part, replace(_STEP_INPUT, token=token))
    return _AROUND_IT if found is None else found


def added_to_local(output: Expression) -> Expression:
    """Return the program that adds an output to the local variable around."""
    return Object(fields=(("local", Union(parts=(LOCAL, output))),))
