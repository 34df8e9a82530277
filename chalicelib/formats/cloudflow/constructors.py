"""Values of a definition -> expressions.

CloudFlow, "Data transfer": a name that ends in ``.$`` has an expression as its value,
and loses that ending; every other value is a constant, also one that looks like a path.
"""

from __future__ import annotations

from chalicelib.errors import DefinitionRefused
from chalicelib.formats.cloudflow.environment import ROOT, variables_of
from chalicelib.formats.cloudflow.folding import array_of, object_of
from chalicelib.formats.cloudflow.sight import Sight
from chalicelib.formats.cloudflow.syntax import parse
from chalicelib.formats.document import pointer
from chalicelib.formats.fields import Field, Part, Rule, described, name_text
from chalicelib.model.expressions import Expression, Literal

#: The ending that makes a value an expression.
SUFFIX = ".$"
#: Stands where an expression has a problem; such a workflow is never run.
_BROKEN = Literal(value=None)


def compile_text(part: Part, sight: Sight) -> Expression:
    """Return the expression in a field that always holds one, such as Condition."""
    try:
        return parse(
            part.value,
            sight,
            place=pointer(part.path),
            environment=variables_of(part.report.root()),
        )
    except DefinitionRefused as refused:
        found = refused.problems[0]
        part.wrong(f"{found.message} (character {found.column})")
        return _BROKEN


def compile_template(part: Part, sight: Sight) -> Expression:
    """Return the expression that builds ``part``'s value."""
    if isinstance(part.value, dict):
        return _compile_object(part, sight)
    if isinstance(part.value, list):
        return array_of([compile_template(each, sight) for each in part.elements()])
    return Literal(value=part.value)


def _compile_object(part: Part, sight: Sight) -> Expression:
    fields: dict[str, Expression] = {}
    for written, inner in part.members():
        name = written.removesuffix(SUFFIX)
        if name in fields:
            inner.wrong(f"{name!r} is given twice, with and without '.$'", at="key")
        elif not name and written:
            inner.wrong("'.$' alone is no name; write one before it", at="key")
        elif written.endswith(SUFFIX):
            fields[name] = _compile_marked(inner, sight)
        else:
            fields[name] = compile_template(inner, sight)
    return object_of(fields)


def _compile_marked(part: Part, sight: Sight) -> Expression:
    if not isinstance(part.value, str):
        part.wrong(
            "the value of a name that ends in '.$' must be an expression such as "
            f"$Input.name, not {described(part.value)}; remove the '.$' for a constant"
        )
        return _BROKEN
    before = len(part.report.problems)
    found = compile_text(part, sight)
    is_named = ROOT in part.value
    if isinstance(found, Literal) and not is_named and _is_well(part, before):
        part.wrong("this is a constant; remove the '.$' and write it as it is")
    return found


def _is_well(part: Part, before: int) -> bool:
    return len(part.report.problems) == before


def twin_fields(name: str, rule: Rule) -> dict[str, Field]:
    """Return the fields of something given as a constant or as an expression."""
    return {name: Field(rule), name + SUFFIX: Field(name_text)}


def compile_twin(part: Part, name: str, sight: Sight) -> Expression | None:
    """Return what is given as ``name`` or as ``name.$``; None where neither is."""
    marked = name + SUFFIX
    if marked not in part:
        return compile_template(part[name], sight) if name in part else None
    if name in part:
        part[marked].wrong(f"{name!r} is given twice, with and without '.$'", at="key")
    return _compile_marked(part[marked], sight)
