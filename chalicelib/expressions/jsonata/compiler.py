"""A tree of JSONata -> a function that gives it a value.

Each kind of node has a row in ``_KINDS``; the functions it makes call those of the
node's parts, so a tree is looked at once and then only run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chalicelib.expressions.jsonata import groups, invocations, operators, paths
from chalicelib.expressions.jsonata.calling import (
    Native,
    Run,
    settled,
)
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.expressions.jsonata.itineraries import compile_path
from chalicelib.expressions.jsonata.matching import Matcher
from chalicelib.expressions.jsonata.signatures import signature
from chalicelib.expressions.jsonata.transforms import Transformer
from chalicelib.expressions.jsonata.values import (
    MISSING,
    Cons,
    Seq,
    is_true,
    number,
)
from chalicelib.model.jsonata_patterns import compile_pattern
from chalicelib.model.jsonata_syntax import Node
from chalicelib.values import Json


def compile_node(node: Node) -> Run:
    """Return the function of a node, with the filters and the group behind it."""
    run = _KINDS[node.type](node)
    for stage in node.predicate or ():
        run = _sifted(run, paths.sift(stage.expr, compile_node))
    if node.group is not None and node.type != "path":
        run = _grouped(run, _pairs(node.group.lhs_object))
    if node.keep_array:
        return _kept(run)
    return _ended(run) if node.type in _ENDS_AS_ONE or node.predicate else run


#: Kinds whose value may be a sequence.
_ENDS_AS_ONE = frozenset({"path", "function", "apply", "variable"})


def _ended(run: Run) -> Run:
    return lambda value, frame: settled(run(value, frame))


def _kept(run: Run) -> Run:
    def keep(value: Json, frame: Frame) -> Json:
        found = run(value, frame)
        if isinstance(found, Seq):
            return Seq(found, keeps_one=True).value()
        return found

    return keep


def _sifted(run: Run, sift: paths.Sift) -> Run:
    return lambda value, frame: sift(run(value, frame), frame)


def _grouped(run: Run, pairs: groups.Pairs) -> Run:
    return lambda value, frame: groups.grouped(pairs, run(value, frame), frame)


def _pairs(written: Sequence[Sequence[Node]]) -> groups.Pairs:
    return [(compile_node(name), compile_node(value)) for name, value in written]


# -- constants and names -----------------------------------------------------------


def _constant(node: Node) -> Run:
    value = number(node.value) if node.type == "number" else node.value
    return lambda _value, _frame: value


def _text(node: Node) -> Run:
    # Two escapes of one character outside the basic plane are that character.
    raw = node.value.encode("utf-16", "surrogatepass")
    text = raw.decode("utf-16", "surrogatepass")
    return lambda _value, _frame: text


def _regex(node: Node) -> Run:
    matcher = Matcher(compile_pattern(*node.value))
    return lambda _value, _frame: matcher


def _name(node: Node) -> Run:
    return paths.name_step(node.value)


def _variable(node: Node) -> Run:
    name = node.value
    if not name:
        return lambda value, _frame: value
    return lambda _value, frame: frame.find(name)


def _parent(node: Node) -> Run:
    label = node.slot.label
    return lambda _value, frame: frame.find(label)


# -- operators and constructors ----------------------------------------------------


def _binary(node: Node) -> Run:
    left, right = compile_node(node.lhs), compile_node(node.rhs)
    return operators.binary(str(node.value), left, right)


def _unary(node: Node) -> Run:
    if node.value == "[":
        return _array(node)
    if node.value == "{":
        pairs = _pairs(node.lhs_object)
        return lambda value, frame: groups.grouped(pairs, value, frame)
    return operators.negated(compile_node(node.expression))


def _array(node: Node) -> Run:
    parts = [
        (compile_node(each), each.type == "unary" and each.value == "[")
        for each in node.expressions
    ]
    kind: type[list[Json]] = Cons if node.consarray else list

    def run(value: Json, frame: Frame) -> Json:
        found = kind()
        for part, is_array in parts:
            item = part(value, frame)
            if isinstance(item, list) and not is_array:
                found.extend(item)
            elif item is not MISSING:
                found.append(item)
        frame.budget.take(len(found))
        return found

    return run


def _condition(node: Node) -> Run:
    test, then = compile_node(node.condition), compile_node(node.then)
    other = _nothing if node._else is None else compile_node(node._else)
    return lambda value, frame: (
        then(value, frame) if is_true(test(value, frame)) else other(value, frame)
    )


def _nothing(value: Json, frame: Frame) -> Json:
    return MISSING


def _block(node: Node) -> Run:
    parts = [compile_node(each) for each in node.expressions]

    def run(value: Json, frame: Frame) -> Json:
        inner = frame.inside({})
        found: Json = MISSING
        for part in parts:
            found = part(value, inner)
        return found

    return run


def _bind(node: Node) -> Run:
    name, part = node.lhs.value, compile_node(node.rhs)

    def run(value: Json, frame: Frame) -> Json:
        found = frame.names[name] = part(value, frame)
        return found

    return run


def _transform(node: Node) -> Run:
    pattern, update = compile_node(node.pattern), compile_node(node.update)
    delete = None if node.delete is None else compile_node(node.delete)
    wanted = signature("<(oa):o>")

    def run(value: Json, frame: Frame) -> Json:
        work = Transformer(pattern, update, delete)
        return Native("the transform", wanted, work)

    return run


_KINDS: dict[str, Callable[[Node], Run]] = {
    "path": lambda node: compile_path(node, compile_node),
    "binary": _binary,
    "unary": _unary,
    "name": _name,
    "string": _text,
    "number": _constant,
    "value": _constant,
    "regex": _regex,
    "variable": _variable,
    "parent": _parent,
    "wildcard": lambda node: paths.wildcard,
    "descendant": lambda node: paths.descendants,
    "condition": _condition,
    "block": _block,
    "bind": _bind,
    "lambda": lambda node: invocations.function(node, compile_node),
    "function": lambda node: invocations.call(node, compile_node),
    "partial": lambda node: invocations.partial(node, compile_node),
    "apply": lambda node: invocations.application(node, compile_node),
    "transform": _transform,
}
