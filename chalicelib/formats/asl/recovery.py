"""Retry and Catch -> retriers and catchers."""

from __future__ import annotations

from chalicelib.formats.asl.dataflow import placed
from chalicelib.formats.asl.templates import compile_assign
from chalicelib.formats.asl.vocabulary import CATCHER, RETRIER
from chalicelib.formats.fields import Part
from chalicelib.model.expressions import Source
from chalicelib.model.workflow import Catcher, Retrier

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
    _check_wildcards(part)
    return tuple(_catcher(each) for each in part.elements())


def _catcher(part: Part) -> Catcher:
    found = part.read(CATCHER)
    return Catcher(
        errors=tuple(found.get("ErrorEquals", ())),
        next=found.get("Next", ""),
        output=placed(part, Source(name="error")),
        assign=compile_assign(part["Assign"]) if "Assign" in part else None,
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
