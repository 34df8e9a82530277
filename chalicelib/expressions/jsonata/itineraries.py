"""The steps of a path in a tree -> a function that walks them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from chalicelib.expressions.jsonata import groups, orders, paths, streams
from chalicelib.expressions.jsonata.calling import Run
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.expressions.jsonata.values import MISSING, Cons, Seq, Tuples
from chalicelib.model.jsonata_syntax import Node
from chalicelib.values import Json

_Compile: TypeAlias = Callable[[Node], Run]


def compile_path(node: Node, compile_node: _Compile) -> Run:
    """Return the walk along a path's steps."""
    steps = node.steps
    bound_from = next((at for at, each in enumerate(steps) if each.tuple), len(steps))
    walks = [
        _walk(each, at, len(steps), compile_node)
        for at, each in enumerate(steps[:bound_from])
    ]
    bound = [_binding(each, compile_node) for each in steps[bound_from:]]
    spreads = steps[0].type != "variable"

    def run(value: Json, frame: Frame) -> Json:
        found: Any = value if spreads and isinstance(value, list) else [value]
        for step in walks:
            found = step(found, frame)
            if not found:
                return found
        return _bound(bound, found, frame) if bound else found

    return _ended(node, _hurried(node, run, compile_node), compile_node)


def _ended(node: Node, run: Run, compile_node: _Compile) -> Run:
    """Return the walk with what becomes of its result."""
    if node.group is not None:
        pairs: groups.Pairs = [
            (compile_node(name), compile_node(value))
            for name, value in node.group.lhs_object
        ]
        return lambda value, frame: groups.grouped(pairs, run(value, frame), frame)
    if any(step.tuple for step in node.steps) and not node.tuple:
        run = _without_bindings(run)
    return _keeping(run) if node.keep_singleton_array else run


def _without_bindings(run: Run) -> Run:
    def strip(value: Json, frame: Frame) -> Json:
        found = run(value, frame)
        if isinstance(found, Tuples):
            return Seq(each["@"] for each in found)
        return found

    return strip


def _keeping(run: Run) -> Run:
    def keep(value: Json, frame: Frame) -> Json:
        found = run(value, frame)
        if isinstance(found, Cons):
            return Seq([found], keeps_one=True)
        if isinstance(found, Seq):
            return Seq(found, keeps_one=True)
        return found

    return keep


def _hurried(node: Node, slow: Run, compile_node: _Compile) -> Run:
    """Return a shorter way for names behind a variable: objects all along."""
    first, *rest = node.steps
    is_plain = first.type == "variable" and not any(map(_is_special, node.steps))
    if not is_plain or any(step.type != "name" for step in rest):
        return slow
    start, names = compile_node(first), [step.value for step in rest]

    def run(value: Json, frame: Frame) -> Json:
        found = start(value, frame)
        for name in names:
            if found.__class__ is not dict:
                return MISSING if found is MISSING else slow(value, frame)
            found = found.get(name, MISSING)
        return Seq(found) if found.__class__ is Seq else found

    return run


def _is_special(step: Node) -> bool:
    return bool(
        step.tuple or step.stages or step.predicate or step.group or step.keep_array
    )


def _bound(
    bound: Sequence[streams.Bind], values: Sequence[Json], frame: Frame
) -> Tuples:
    first, *rest = bound
    so_far = first(values, None, frame)
    for bind in rest:
        so_far = bind((), so_far, frame)
    return so_far


def _walk(node: Node, at: int, count: int, compile_node: _Compile) -> paths.Walk:
    sifts = [paths.sift(each.expr, compile_node) for each in node.stages or ()]
    if node.type == "sort":
        return paths.sifted(orders.order(_terms(node, compile_node)), sifts)
    run = compile_node(node)
    if at == 0 and node.consarray:
        return run
    return paths.walk(run, sifts, is_last=at == count - 1)


def _terms(node: Node, compile_node: _Compile) -> orders.Terms:
    return [(compile_node(each.expression), each.descending) for each in node.terms]


def _binding(node: Node, compile_node: _Compile) -> streams.Bind:
    names = streams.Names(
        focus=node.focus or "",
        index=node.index or "",
        parent=node.ancestor.label if node.ancestor is not None else "",
    )
    if node.type == "sort":
        bind = streams.ordered(orders.order(_terms(node, compile_node)), names)
    else:
        bind = streams.step(compile_node(node), names)
    return streams.staged(
        bind, [_stage(each, compile_node) for each in node.stages or ()]
    )


def _stage(node: Node, compile_node: _Compile) -> streams.Stage:
    if node.type == "index":
        return streams.numbering(node.value)
    return streams.filtering(compile_node(node.expr))
