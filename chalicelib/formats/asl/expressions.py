"""A text in ``{% %}`` -> the node of a JSONata expression, and what it may not say.

AWS, "Transforming data with JSONata": a text is an expression from its first character
to its last; there is no ``$`` and no bare name at its top, and no ``$eval``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from chalicelib.formats.document import Place
from chalicelib.formats.fields import Part, Rule, listed
from chalicelib.model.expressions import Array, Expression, Jsonata, Literal, Object
from chalicelib.model.jsonata_syntax import Node, NotJsonata, parse
from chalicelib.values import Json

_OPEN, _CLOSE = "{%", "%}"
#: Parts of ``$states`` that are there for some fields only.
_RESULT, _ERROR = "result", "errorOutput"
#: AWS, "Reserved variable: $states".
_STATIONS = ("input", _RESULT, _ERROR, "context")
_HAVE_RESULTS = frozenset({"Task", "Parallel", "Map"})
_INNER = {"Branches": 2, "ItemProcessor": 1, "Iterator": 1}


def is_expression(value: Json) -> bool:
    """Return whether a value is a text in ``{% %}``, whole.

    >>> is_expression("{% 1 %}"), is_expression(" {% 1 %}"), is_expression("{% 1 %")
    (True, False, False)
    """
    return (
        isinstance(value, str)
        and len(value) >= len(_OPEN) + len(_CLOSE)
        and value.startswith(_OPEN)
        and value.endswith(_CLOSE)
    )


def or_expression(rule: Rule) -> Rule:
    """Accept what ``rule`` accepts, and any expression."""

    def either(value: Json) -> str | None:
        must = None if is_expression(value) else rule(value)
        return must and f"{must}, or an expression in {_OPEN} {_CLOSE}"

    return either


def compile_expression(part: Part, expects: str = "") -> Expression:
    """Return a field: a constant, or an expression that gives what it ``expects``."""
    if not is_expression(part.value):
        _refuse_half(part)
        return Literal(value=part.value)
    text = part.value[len(_OPEN) : -len(_CLOSE)].strip()
    try:
        tree = parse(text)
    except NotJsonata as error:
        part.wrong(f"{part.value!r} is not a JSONata expression: {error}")
        return Literal(value=None)
    _check(part, tree)
    return Jsonata(text=text, field=field_of(part.path), expects=expects)


def compile_values(part: Part) -> Expression:
    """Return a value with expressions in it at any depth; a constant without any.

    AWS, "JSONata": no field name marks what is computed; the ``{% %}`` does.
    """
    if isinstance(part.value, dict):
        fields = tuple((name, compile_values(each)) for name, each in part.members())
        if all(isinstance(each, Literal) for _, each in fields):
            return Literal(value=part.value)
        return Object(fields=fields)
    if isinstance(part.value, list):
        items = tuple(compile_values(each) for each in part.elements())
        if all(isinstance(each, Literal) for each in items):
            return Literal(value=part.value)
        return Array(items=items)
    return compile_expression(part)


def _refuse_half(part: Part) -> None:
    text = part.value
    if isinstance(text, str) and (text.startswith(_OPEN) or text.endswith(_CLOSE)):
        part.wrong(
            f"{text!r} is half an expression; begin with {_OPEN} and end with {_CLOSE}"
        )


def field_of(path: Place) -> str:
    """Return where in its state a part stands, as AWS writes it.

    >>> field_of(("States", "A", "Choices", 0, "Condition"))
    'Choices[0]/Condition'
    """
    first, *rest = path[_depth(path) :]
    return str(first) + "".join(
        f"[{step}]" if isinstance(step, int) else f"/{step}" for step in rest
    )


def _depth(path: Place) -> int:
    """Return how many steps lead to the state that a part is in."""
    depth = 2
    while path[depth] in _INNER:
        inner = depth + _INNER[str(path[depth])]
        if path[inner : inner + 1] != ("States",):
            break
        depth = inner + 2
    return depth


class _Found(NamedTuple):
    """A node, and whether the context there is the one at the top: nothing."""

    node: Node
    is_top: bool


def _check(part: Part, tree: Node) -> None:
    """Add a problem for what may not stand in an expression, or not in this field."""
    for node, is_top in _walk(tree, True):
        why = _refused(node) or (is_top and _refused_at_top(node))
        why = why or _misplaced(part, node)
        if why:
            part.wrong(f"{part.value!r}: {why}")


def _refused(node: Node) -> str:
    if node.type == "variable" and node.value == "eval":
        return "there is no $eval; read JSON with $parse"
    return ""


def _refused_at_top(node: Node) -> str:
    if node.type == "variable" and node.value in ("", "$"):
        return (
            f"${node.value} has no value at the top of an expression; begin with "
            "$states.input, or a variable"
        )
    if node.type in ("name", "wildcard", "descendant"):
        sign = {"wildcard": "*", "descendant": "**"}.get(node.type, node.value)
        return (
            f"nothing has a field {sign} here; write $states.input.{sign}, or the "
            "text in quotation marks"
        )
    return ""


def _misplaced(part: Part, node: Node) -> str:
    """Return why a part of ``$states`` is not there for a field."""
    if node.type != "path" or len(node.steps) < 2:
        return ""
    first, second = node.steps[:2]
    is_states = first.type == "variable" and first.value == "states"
    if not is_states or second.type != "name":
        return ""
    field = field_of(part.path)
    if second.value not in _STATIONS:
        return f"$states has no {second.value}; known are {listed(_STATIONS)}"
    if second.value == _ERROR and not field.startswith("Catch["):
        return "$states.errorOutput is there for the Output and Assign of a Catch only"
    if second.value == _RESULT and not _has_result(part, field):
        return (
            "$states.result is there for the Output and Assign of a Task, a Parallel "
            "and a Map only"
        )
    return ""


def _has_result(part: Part, field: str) -> bool:
    if not field.startswith(("Output", "Assign")):
        return False
    state = part.report.root()
    for step in part.path[: _depth(part.path)]:
        state = state[step]
    return state["Type"].value in _HAVE_RESULTS


def _walk(node: Node, is_top: bool) -> Iterator[_Found]:
    """Yield a node and all that are inside it."""
    yield _Found(node, is_top)
    for inner in _beside(node):
        yield from _walk(inner, is_top)
    for inner in _below(node):
        yield from _walk(inner, False)


def _beside(node: Node) -> Iterator[Node]:
    """Yield the parts of a node that see the context the node sees."""
    kind = node.type
    if kind == "path":
        yield node.steps[0]
    elif kind == "bind":
        yield node.rhs
    else:
        singles = (node.lhs, node.rhs, node.expression, node.condition)
        yield from (each for each in singles if each is not None)
        yield from (each for each in (node.then, node._else) if each is not None)
        yield from (each for each in (node.body, node.procedure) if each is not None)
    yield from node.expressions or ()
    if kind in ("function", "partial"):
        yield from (each for each in node.arguments if each.type != "operator")
    for pair in node.lhs_object or ():
        yield from pair


def _below(node: Node) -> Iterator[Node]:
    """Yield the parts of a node that see what the node leads to."""
    if node.type == "path":
        yield from node.steps[1:]
    for stage in (*(node.stages or ()), *(node.predicate or ())):
        if stage.type == "filter":
            yield stage.expr
    for term in node.terms or ():
        yield term.expression
    for pair in (node.group.lhs_object if node.group else None) or ():
        yield from pair
    yield from (
        each for each in (node.pattern, node.update, node.delete) if each is not None
    )
