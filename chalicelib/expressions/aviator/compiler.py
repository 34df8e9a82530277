"""The tree of an expression of Aviator -> a function that gives it a value.

Each kind of node has a row in ``_KINDS`` here or in ``statements``; the functions they
make call those of the node's parts, so a tree is looked at once and then only run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.expressions.aviator import library, walking
from chalicelib.expressions.aviator.calling import (
    Lambda,
    Left,
    Run,
    apply,
    truth,
)
from chalicelib.expressions.aviator.frames import Frame
from chalicelib.expressions.aviator.operators import BINARY, UNARY
from chalicelib.expressions.aviator.values import MISSING, Regex, Value
from chalicelib.expressions.aviator.written import text_of
from chalicelib.model import aviator_tree as tree
from chalicelib.model.aviator_grammar import pattern
from chalicelib.model.aviator_names import dotted

#: Compiles a part of a node.
Compile = Callable[[tree.Node], Run]
#: A kind of node -> how it is compiled, with what compiles its parts.
Kinds = Mapping[type[tree.Node], Callable[[Any, Compile], Run]]


def _literal(node: tree.Literal, of: Compile) -> Run:
    value = node.value
    return lambda frame: value


def _regex(node: tree.Regex, of: Compile) -> Run:
    value = Regex(node.text, pattern(node.text, whole=True))
    return lambda frame: value


def _template(node: tree.Template, of: Compile) -> Run:
    runs = [each if isinstance(each, str) else of(each) for each in node.parts]

    def run(frame: Frame) -> Value:
        budget = frame.budget
        texts = [
            each if isinstance(each, str) else text_of(each(frame), budget)
            for each in runs
        ]
        budget.take_text(sum(map(len, texts)))
        return "".join(texts)

    return run


def _name(node: tree.Name, of: Compile) -> Run:
    name, native = node.name, library.LIBRARY.get(node.name)

    def run(frame: Frame) -> Value:
        found = frame.find(name)
        return native if found is MISSING else found

    return run


def _property(node: tree.Property, of: Compile) -> Run:
    target, name = of(node.target), node.name
    text = dotted(node)
    native = library.LIBRARY.get(text)
    root = text.partition(".")[0]

    def run(frame: Frame) -> Value:
        if native is not None and frame.find(root) is MISSING:
            return native
        return walking.read_property(target(frame), name)

    return run


def _index(node: tree.Index, of: Compile) -> Run:
    target, index = of(node.target), of(node.index)
    return lambda frame: walking.element(target(frame), index(frame), frame.budget)


def _sign(node: tree.Sign, of: Compile) -> Run:
    value = library.SIGNS[node.sign]
    return lambda frame: value


def _call(node: tree.Call, of: Compile) -> Run:
    special = _special(node)
    if special is not None:
        return special
    function = of(node.function)
    if any(isinstance(each, tree.Spread) for each in node.arguments):
        given = _spread(node.arguments, of)
        return lambda frame: apply(function(frame), given(frame), frame)
    runs = [of(each) for each in node.arguments]
    return lambda frame: apply(function(frame), [each(frame) for each in runs], frame)


def _spread(
    arguments: Sequence[tree.Node], of: Compile
) -> Callable[[Frame], list[Value]]:
    runs = [
        (of(each.value if isinstance(each, tree.Spread) else each), each)
        for each in arguments
    ]

    def given(frame: Frame) -> list[Value]:
        found: list[Value] = []
        for run, each in runs:
            value = run(frame)
            if isinstance(each, tree.Spread):
                found.extend(walking.elements(value, frame.budget))
            else:
                found.append(value)
        frame.budget.take(len(found))
        return found

    return given


def _special(node: tree.Call) -> Run | None:
    """Return a call that is about a name, not about its value."""
    if dotted(node.function) not in ("is_def", "undef") or len(node.arguments) != 1:
        return None
    name = dotted(node.arguments[0])
    if dotted(node.function) == "is_def":
        is_native = name in library.LIBRARY
        return lambda frame: is_native or frame.find(name) is not MISSING
    return lambda frame: frame.owner(name).names.pop(name, None)


def _unary(node: tree.Unary, of: Compile) -> Run:
    work, operand = UNARY[node.operator], of(node.operand)
    return lambda frame: work(operand(frame))


def _binary(node: tree.Binary, of: Compile) -> Run:
    left, right = of(node.left), of(node.right)
    if node.operator == "&&":
        return lambda frame: truth(left(frame)) and truth(right(frame))
    if node.operator == "||":
        return lambda frame: truth(left(frame)) or truth(right(frame))
    work = BINARY[node.operator]

    def run(frame: Frame) -> Value:
        frame.budget.step()
        return work(frame, left(frame), right(frame))

    return run


def _ternary(node: tree.Ternary, of: Compile) -> Run:
    test, then, other = of(node.test), of(node.then), of(node.other)
    return lambda frame: then(frame) if truth(test(frame)) else other(frame)


def _function(node: tree.Function, of: Compile) -> Run:
    names, rest, body = node.parameters, node.rest, of(node.body)
    return lambda frame: Lambda(names, rest, body, frame)


def _assign(node: tree.Assign, of: Compile) -> Run:
    write, value = _writer(node.target, of), of(node.value)

    def run(frame: Frame) -> Value:
        found = value(frame)
        if found.__class__ is not Left:
            write(frame, found)
        return found

    return run


def _writer(target: tree.Node, of: Compile) -> Callable[[Frame, Value], object]:
    if isinstance(target, tree.Property):
        owner, name = of(target.target), target.name
        return lambda frame, value: walking.write_property(
            owner(frame), name, value, frame.budget
        )
    if isinstance(target, tree.Index):
        owner, index = of(target.target), of(target.index)
        return lambda frame, value: walking.put(
            owner(frame), index(frame), value, frame.budget
        )
    name = dotted(target)

    def write(frame: Frame, value: Value) -> None:
        frame.owner(name).names[name] = value

    return write


KINDS: Kinds = {
    tree.Literal: _literal,
    tree.Regex: _regex,
    tree.Template: _template,
    tree.Name: _name,
    tree.Property: _property,
    tree.Index: _index,
    tree.Sign: _sign,
    tree.Call: _call,
    tree.Unary: _unary,
    tree.Binary: _binary,
    tree.Ternary: _ternary,
    tree.Function: _function,
    tree.Assign: _assign,
}
