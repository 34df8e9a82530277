"""A tree of JSONata -> a function that gives it a value.

Each kind of node has a row in ``_KINDS``; the functions it makes call those of the
node's parts, so a tree is looked at once and then only run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from chalicelib.expressions.jsonata import operators, paths
from chalicelib.expressions.jsonata.budget import Refusal
from chalicelib.expressions.jsonata.calling import (
    HOLE,
    Chain,
    Lambda,
    Native,
    Partial,
    Run,
    TailCall,
    apply,
    is_function,
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


def _grouped(run: Run, pairs: paths.Pairs) -> Run:
    return lambda value, frame: paths.grouped(pairs, run(value, frame), frame)


def _pairs(written: Sequence[Sequence[Node]]) -> paths.Pairs:
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
        return lambda value, frame: paths.grouped(pairs, value, frame)
    return operators.negated(compile_node(node.expression))


def _array(node: Node) -> Run:
    parts = [
        (compile_node(each), each.type == "unary" and each.value == "[")
        for each in node.expressions
    ]
    kind = Cons if node.consarray else list

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


# -- functions ---------------------------------------------------------------------


def _lambda(node: Node) -> Run:
    if node.thunk:
        return _tail_call(node.body)
    names = [each.value for each in node.arguments]
    body = compile_node(node.body)
    wanted = signature(node.signature) if node.signature else None
    return lambda value, frame: Lambda(names, body, wanted, value, frame)


def _tail_call(node: Node) -> Run:
    procedure, arguments = _call_parts(node)
    return lambda value, frame: TailCall(
        procedure(value, frame), [each(value, frame) for each in arguments]
    )


def _call_parts(node: Node) -> tuple[Run, list[Run]]:
    return _procedure(node), [compile_node(each) for each in node.arguments]


def _procedure(node: Node) -> Run:
    """Return what gives the function; a forgotten ``$`` is worth a hint."""
    run = compile_node(node.procedure)
    if node.procedure.type != "path":
        return run
    name = str(node.procedure.steps[0].value)

    def hinting(value: Json, frame: Frame) -> Json:
        found = run(value, frame)
        if found is MISSING and is_function(frame.find(name)):
            why = f"what is called is not a function; did you mean ${name}?"
            raise Refusal("T1005", why)
        return found

    return hinting


def _function(node: Node) -> Run:
    procedure, arguments = _call_parts(node)
    return lambda value, frame: apply(
        procedure(value, frame),
        [each(value, frame) for each in arguments],
        value,
        frame,
    )


def _partial(node: Node) -> Run:
    procedure = _procedure(node)
    arguments = [
        None if each.type == "operator" else compile_node(each)
        for each in node.arguments
    ]

    def run(value: Json, frame: Frame) -> Json:
        function = procedure(value, frame)
        if not is_function(function):
            raise Refusal("T1008", "what is applied in part is not a function")
        given: list[Any] = [
            HOLE if each is None else each(value, frame) for each in arguments
        ]
        return Partial(function, given)

    return run


def _apply(node: Node) -> Run:
    left = compile_node(node.lhs)
    if node.rhs.type == "function":
        procedure, arguments = _call_parts(node.rhs)
        return lambda value, frame: apply(
            procedure(value, frame),
            [left(value, frame), *(each(value, frame) for each in arguments)],
            value,
            frame,
        )
    right = compile_node(node.rhs)

    def run(value: Json, frame: Frame) -> Json:
        first, second = left(value, frame), right(value, frame)
        if not is_function(second):
            raise Refusal("T2006", "the right side of ~> must be a function")
        if is_function(first):
            return Chain(first, second)
        return apply(second, [first], MISSING, frame)

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
    "lambda": _lambda,
    "function": _function,
    "partial": _partial,
    "apply": _apply,
    "transform": _transform,
}
