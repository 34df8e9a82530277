"""Functions and calls in a tree -> functions that make and call them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from chalicelib.expressions.jsonata.budget import Refusal
from chalicelib.expressions.jsonata.calling import (
    HOLE,
    Chain,
    Lambda,
    Partial,
    Run,
    TailCall,
    apply,
    is_function,
)
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.expressions.jsonata.signatures import signature
from chalicelib.expressions.jsonata.values import MISSING
from chalicelib.model.jsonata_syntax import Node
from chalicelib.values import Json

#: Compiles a part of a node.
Compile: TypeAlias = Callable[[Node], Run]


def function(node: Node, compile_node: Compile) -> Run:
    """Return what makes a function of the expression's own."""
    if node.thunk:
        return _tail_call(node.body, compile_node)
    names = [each.value for each in node.arguments]
    body = compile_node(node.body)
    wanted = signature(node.signature) if node.signature else None
    return lambda value, frame: Lambda(names, body, wanted, value, frame)


def _tail_call(node: Node, compile_node: Compile) -> Run:
    procedure, arguments = _parts(node, compile_node)
    return lambda value, frame: TailCall(
        procedure(value, frame), [each(value, frame) for each in arguments]
    )


def _parts(node: Node, compile_node: Compile) -> tuple[Run, list[Run]]:
    return _procedure(node, compile_node), [
        compile_node(each) for each in node.arguments
    ]


def _procedure(node: Node, compile_node: Compile) -> Run:
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


def call(node: Node, compile_node: Compile) -> Run:
    """Return a call."""
    procedure, arguments = _parts(node, compile_node)
    return lambda value, frame: apply(
        procedure(value, frame),
        [each(value, frame) for each in arguments],
        value,
        frame,
    )


def partial(node: Node, compile_node: Compile) -> Run:
    """Return what gives a function some of its arguments (``?`` for the others)."""
    procedure = _procedure(node, compile_node)
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


def application(node: Node, compile_node: Compile) -> Run:
    """Return a value handed to a function, or two functions in a row (``~>``)."""
    left = compile_node(node.lhs)
    if node.rhs.type == "function":
        procedure, arguments = _parts(node.rhs, compile_node)
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
