"""A state's object in JSONata -> the work it does, its data, and its recovery.

Arguments go to the work, Output and Assign see ``$states.result`` of it; without
Output the result is the output, and without a result the input.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chalicelib.formats.asl.choices import unassigned
from chalicelib.formats.asl.dataflow import Flow
from chalicelib.formats.asl.expressions import compile_expression, compile_values
from chalicelib.formats.asl.recovery import catchers
from chalicelib.formats.asl.states import (
    Made,
    Place,
    Writing,
    compile_map,
    compile_parallel,
    compile_task,
    one_of,
)
from chalicelib.formats.asl.templates import check_variables
from chalicelib.formats.asl.vocabulary import JSONATA
from chalicelib.formats.asl.vocabulary_jsonata import CATCHER, RULE
from chalicelib.formats.fields import Part
from chalicelib.model import workflow as model
from chalicelib.model.expressions import Expression, Jsonata, Literal, Source
from chalicelib.model.timestamps import instant


def compile_work(part: Part, found: dict[str, Any], place: Place) -> Made:
    """Return the work of a state whose fields, as far as they are right, are given."""
    return _WORK[part["Type"].value](part, found, place)


def compile_flow(part: Part) -> Flow:
    """Return the programs of a state; fields that its kind lacks are not there."""
    return Flow(
        arguments=_values(part, "Arguments"),
        output=_values(part, "Output"),
        assign=compile_assign(part),
    )


def compile_assign(part: Part) -> Expression | None:
    """Return the expression of the Assign of a part; None where there is none."""
    if "Assign" in part:
        check_variables(part["Assign"])
    return _values(part, "Assign")


def compile_catch(part: Part) -> tuple[model.Catcher, ...]:
    """Return the clauses of Catch, in order."""
    return catchers(
        part,
        CATCHER,
        output=lambda each: _values(each, "Output"),
        assign=compile_assign,
    )


def _values(part: Part, name: str) -> Expression | None:
    return compile_values(part[name]) if name in part else None


def _field(
    part: Part, found: dict[str, Any], name: str, expects: str
) -> Expression | None:
    return compile_expression(part[name], expects) if name in found else None


_WRITING = Writing(language=JSONATA, value=compile_values, number=_field)


def _task(part: Part, found: dict[str, Any], place: Place) -> Made:
    return compile_task(part, found, _WRITING)


def _pass(part: Part, found: dict[str, Any], place: Place) -> Made:
    return Made(work=model.Pass())


def _choice(part: Part, found: dict[str, Any], place: Place) -> Made:
    default = found.get("Default")
    rules = [_rule(each, part) for each in part["Choices"].elements()]
    work = model.Choice(
        rules=tuple(rules), default=None if default is None else (default,)
    )
    return Made(work=work)


def _rule(part: Part, state: Part) -> model.Rule:
    found = part.read(RULE)
    target = found.get("Next")
    return model.Rule(
        condition=_field(part, found, "Condition", "boolean") or Literal(value=False),
        next=() if target is None else (target,),
        output=_values(part, "Output") or _unchanged(state),
        assign=compile_assign(part) or unassigned(state),
    )


def _unchanged(state: Part) -> Expression | None:
    """Return what a rule without Output gives: the state's is for the Default."""
    return Source(name="input") if "Output" in state else None


def _wait(part: Part, found: dict[str, Any], place: Place) -> Made:
    one_of(part, "Seconds", "Timestamp", needed=True)
    timestamp = _field(part, found, "Timestamp", "timestamp")
    if isinstance(timestamp, Literal) and instant(timestamp.value) is None:
        part["Timestamp"].wrong("must be a time such as 2024-05-01T12:00:00Z")
    seconds = _field(part, found, "Seconds", "seconds")
    return Made(work=model.Wait(seconds=seconds, timestamp=timestamp))


def _succeed(part: Part, found: dict[str, Any], place: Place) -> Made:
    return Made(work=model.Succeed())


def _fail(part: Part, found: dict[str, Any], place: Place) -> Made:
    error = _field(part, found, "Error", "string")
    cause = _field(part, found, "Cause", "string")
    return Made(work=model.Fail(error=error, cause=cause))


def _map(part: Part, found: dict[str, Any], place: Place) -> Made:
    work = compile_map(part, found, place, _WRITING)
    items = _items(part, found, is_apart=work.takes_pairs)
    item_input = _values(part, "ItemSelector")
    return Made(work=replace(work, items=items, item_input=item_input))


def _items(part: Part, found: dict[str, Any], *, is_apart: bool) -> Expression:
    """Return the items; those of a distributed Map may be an object's pairs."""
    written = part["Items"]
    if isinstance(written.value, dict) and not is_apart:
        written.wrong("must be an array, or an expression, in an inline Map")
    if isinstance(written.value, list | dict):
        return compile_values(written)
    items = _field(part, found, "Items", "array or object" if is_apart else "array")
    what = "distributed map input" if is_apart else "map input"
    return items or Jsonata(text="$states.input", expects=what)


_WORK: dict[str, Callable[[Part, dict[str, Any], Place], Made]] = {
    "Task": _task,
    "Pass": _pass,
    "Choice": _choice,
    "Wait": _wait,
    "Succeed": _succeed,
    "Fail": _fail,
    "Parallel": compile_parallel,
    "Map": _map,
}
