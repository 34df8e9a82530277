"""Retry and Catch -> retriers and catchers."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.formats.asl.dataflow import placed
from chalicelib.formats.asl.templates import compile_assign
from chalicelib.formats.asl.vocabulary import CATCHER, RETRIER
from chalicelib.formats.fields import Part, Shape
from chalicelib.model.expressions import Expression, Source
from chalicelib.model.workflow import Catcher, Retrier

#: Compiles a part of a clause; None where it is not there.
_Compile = Callable[[Part], Expression | None]
_ALL = "States.ALL"


def compile_retry(part: Part) -> tuple[Retrier, ...]:
    """Return the clauses of Retry, in order."""
    _check_wildcards(part)
    return tuple(_retrier(each) for each in part.elements())


def _retrier(part: Part) -> Retrier:
    found = part.read(RETRIER)
    cap = found.get("MaxDelaySeconds")
    if cap is not None and cap <= found.get("IntervalSeconds", 0):
        part["MaxDelaySeconds"].wrong("must be greater than IntervalSeconds")
    return Retrier(
        errors=tuple(found.get("ErrorEquals", ())),
        interval=float(found.get("IntervalSeconds", 1)),
        max_attempts=found.get("MaxAttempts", 3),
        backoff=float(found.get("BackoffRate", 2.0)),
        max_delay=cap,
        full_jitter=found.get("JitterStrategy") == "FULL",
    )


def compile_catch(part: Part) -> tuple[Catcher, ...]:
    """Return the clauses of Catch, in order."""
    return catchers(
        part,
        CATCHER,
        output=lambda each: placed(each, Source(name="error")),
        assign=lambda each: (
            compile_assign(each["Assign"]) if "Assign" in each else None
        ),
    )


def catchers(
    part: Part, shape: Shape, *, output: _Compile, assign: _Compile
) -> tuple[Catcher, ...]:
    """Return the clauses of Catch, of that shape and with that data, in order."""
    _check_wildcards(part)
    found = ((each, each.read(shape)) for each in part.elements())
    return tuple(
        Catcher(
            errors=tuple(fields.get("ErrorEquals", ())),
            next=fields.get("Next", ""),
            output=output(each),
            assign=assign(each),
        )
        for each, fields in found
    )


def _check_wildcards(part: Part) -> None:
    """ASL, "Errors": States.ALL stands alone, and in the last clause only."""
    clauses = list(part.elements())
    for clause in clauses:
        names = clause["ErrorEquals"]
        if not isinstance(names.value, list) or _ALL not in names.value:
            continue
        if len(names.value) > 1:
            names.wrong(f"{_ALL} must be the only name in its list; remove the others")
        if clause is not clauses[-1]:
            names.wrong(f"{_ALL} must be in the last clause; move it to the end")
