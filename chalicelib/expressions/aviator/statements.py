"""The tree of a statement of Aviator -> a function that carries it out.

What a statement gives is the value of its block's last one. A ``Left`` instead says
that the block was left by ``return``, ``break`` or ``continue``; it goes up until a
function or a loop takes it.
"""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.expressions.aviator import compiler, walking
from chalicelib.expressions.aviator.calling import (
    Lambda,
    Left,
    Run,
    defined,
    truth,
)
from chalicelib.expressions.aviator.compiler import Compile, Kinds
from chalicelib.expressions.aviator.frames import Frame
from chalicelib.expressions.aviator.values import Entry, Error, Thrown, Value
from chalicelib.expressions.aviator.written import text_of
from chalicelib.model import aviator_tree as tree
from chalicelib.model.aviator_grammar import ERROR_KINDS


def compile_node(node: tree.Node) -> Run:
    """Return the function of a node."""
    return _KINDS[type(node)](node, compile_node)


def _block(node: tree.Block, of: Compile) -> Run:
    parts = [(of(each), each.at) for each in node.statements]
    gives = node.gives

    def run(frame: Frame) -> Value:
        found: Value = None
        at = -1
        step = frame.budget.step
        try:
            for part, at in parts:  # noqa: B007 - an error says where it was
                step()
                found = part(frame)
                if found.__class__ is Left:
                    return found
        except Thrown as thrown:
            if thrown.at < 0:
                thrown.at = at
            raise
        return found if gives else None

    return run


def _braced(node: tree.Block, of: Compile) -> Run:
    """Return a block with names of its own."""
    run = _block(node, of)
    return lambda frame: run(frame.inside({}))


def _let(node: tree.Let, of: Compile) -> Run:
    name, value = node.name, of(node.value)

    def run(frame: Frame) -> Value:
        found = value(frame)
        if found.__class__ is not Left:
            frame.names[name] = found
        return found

    return run


def _define(node: tree.Define, of: Compile) -> Run:
    name, made = node.name, of(node.function)

    def run(frame: Frame) -> Value:
        function = made(frame)
        assert isinstance(function, Lambda)  # noqa: S101 - fn makes nothing else
        found = frame.names[name] = defined(function, frame.names.get(name))
        return found

    return run


def _if(node: tree.If, of: Compile) -> Run:
    test, then = of(node.test), of(node.then)
    other = _nothing if node.other is None else of(node.other)
    return lambda frame: then(frame) if truth(test(frame)) else other(frame)


def _nothing(frame: Frame) -> Value:
    return None


def _for(node: tree.For, of: Compile) -> Run:
    values, body = of(node.values), _block(node.body, of)
    bind = _BINDERS[len(node.names)]
    names = node.names

    def run(frame: Frame) -> Value:
        found: Value = None
        for number, each in enumerate(walking.elements(values(frame), frame.budget)):
            found = body(frame.inside(bind(names, number, each)))
            if found.__class__ is Left:
                if found.how == "return":
                    return found
                is_over, found = found.how == "break", None
                if is_over:
                    break
        return found

    return run


def _one(names: Sequence[str], number: int, value: Value) -> dict[str, Value]:
    return {names[0]: value}


def _two(names: Sequence[str], number: int, value: Value) -> dict[str, Value]:
    if isinstance(value, Entry):
        return {names[0]: value.key, names[1]: value.value}
    return {names[0]: number, names[1]: value}


_BINDERS = {1: _one, 2: _two}


def _while(node: tree.While, of: Compile) -> Run:
    test, body = of(node.test), of(node.body)

    def run(frame: Frame) -> Value:
        found: Value = None
        while truth(test(frame)):
            frame.budget.step(2)
            found = body(frame)
            if found.__class__ is Left:
                if found.how == "return":
                    return found
                if found.how == "break":
                    break
        # The round that ends a loop gives nil: it is a break like any other.
        return None

    return run


def _return(node: tree.Return, of: Compile) -> Run:
    value = _nothing if node.value is None else of(node.value)
    return lambda frame: Left("return", value(frame))


def _leave(node: tree.Leave, of: Compile) -> Run:
    found = Left(node.how)
    return lambda frame: found


def _throw(node: tree.Throw, of: Compile) -> Run:
    value = of(node.value)

    def run(frame: Frame) -> Value:
        found = value(frame)
        if isinstance(found, Error):
            raise Thrown(found.message, found.kind)
        raise Thrown(text_of(found, frame.budget), "StandardError")

    return run


def _try(node: tree.Try, of: Compile) -> Run:
    guarded = _guarded(node, of)
    return guarded if node.last is None else _finished(guarded, of(node.last))


def _guarded(node: tree.Try, of: Compile) -> Run:
    body = of(node.body)
    catches = [(each, _block(each.body, of)) for each in node.catches]

    def run(frame: Frame) -> Value:
        try:
            return body(frame)
        except Thrown as thrown:
            for catch, handle in catches:
                if not catch.kinds or _is_one_of(thrown.error, catch.kinds):
                    return handle(frame.inside({catch.name: thrown.error}))
            raise

    return run


def _finished(guarded: Run, last: Run) -> Run:
    def run(frame: Frame) -> Value:
        try:
            found = guarded(frame)
        except Thrown:
            ending = last(frame)
            if ending.__class__ is Left:
                return ending
            raise
        ending = last(frame)
        is_left = found.__class__ is Left and ending.__class__ is not Left
        return found if is_left else ending

    return run


def _is_one_of(error: Error, kinds: Sequence[str]) -> bool:
    kind = error.kind
    while kind:
        if kind in kinds:
            return True
        kind = ERROR_KINDS[kind]
    return False


_KINDS: Kinds = {
    **compiler.KINDS,
    tree.Block: _braced,
    tree.Let: _let,
    tree.Define: _define,
    tree.If: _if,
    tree.For: _for,
    tree.While: _while,
    tree.Return: _return,
    tree.Leave: _leave,
    tree.Throw: _throw,
    tree.Try: _try,
}
