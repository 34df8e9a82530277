"""A state's object -> the work it does. ``_WORK`` is the table of the eight types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.formats.asl.choices import compile_rules
from chalicelib.formats.asl.distributed import (
    compile_batcher,
    compile_reader,
    compile_writer,
    no_tolerance,
)
from chalicelib.formats.asl.labels import compile_label
from chalicelib.formats.asl.paths import compile_path
from chalicelib.formats.asl.resources import compile_request
from chalicelib.formats.asl.roles import compile_role
from chalicelib.formats.asl.templates import compile_template
from chalicelib.formats.asl.values import compile_field, compile_value
from chalicelib.formats.asl.vocabulary import (
    BRANCH,
    JSONPATH,
    PROCESSOR,
    PROCESSOR_CONFIG,
)
from chalicelib.formats.fields import Part, Shape
from chalicelib.model import workflow as model
from chalicelib.model.expressions import Call, Expression, Literal, Path
from chalicelib.model.timestamps import instant

#: Compiles the scope in a part, given the part's shape and the scope's id.
CompileScope = Callable[[Part, Shape, str], model.Scope]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The work of a state, and what it says about the state's arguments."""

    work: model.Work
    arguments: Expression | None = None
    #: Parameters are not the arguments: the work has used them for something else.
    takes_parameters: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a state stands: what containers need to compile the scopes inside."""

    #: Id of the state in its workflow, such as ``0/Ship``.
    id: str
    compile_scope: CompileScope


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """How a query language writes the values of the fields that both have."""

    language: str
    #: Compiles a value with expressions inside.
    value: Callable[[Part], Expression]
    #: Compiles a number: the state, its fields that are right, the field's name, and
    #: what number it must be, as in ``positive seconds``. None: it is not there.
    number: Callable[[Part, dict[str, Any], str, str], Expression | None]


def check_silence(part: Part, found: dict[str, Any]) -> None:
    """A task is silent for less time than it may take."""
    silence, limit = found.get("HeartbeatSeconds"), found.get("TimeoutSeconds")
    if isinstance(silence, int) and isinstance(limit, int) and silence >= limit:
        part["HeartbeatSeconds"].wrong("must be less than TimeoutSeconds")


def compile_work(part: Part, found: dict[str, Any], place: Place) -> Made:
    """Return the work of a state whose fields, as far as they are right, are given."""
    return _WORK[part["Type"].value](part, found, place)


def one_of(part: Part, *names: str, needed: bool = False) -> str:
    """Return which of the fields is there; only one of them may be."""
    there = [name for name in names if name in part]
    for name in there[1:]:
        part[name].wrong(f"{there[0]!r} is there already; remove one of them", at="key")
    if needed and not there:
        part.wrong(f"one of {', '.join(names)} is missing; add it")
    return there[0] if there else ""


def _constant_or_path(
    part: Part, found: dict[str, Any], name: str, what: str
) -> Expression | None:
    """Return a field that can be a constant ``name`` or a path ``namePath``."""
    one_of(part, name, f"{name}Path")
    if name in found:
        return Literal(value=found[name])
    if f"{name}Path" in found:
        return compile_field(part[f"{name}Path"], f"Field.{what.replace(' ', '_')}")
    return None


_WRITING = Writing(language=JSONPATH, value=compile_template, number=_constant_or_path)


def _task(part: Part, found: dict[str, Any], place: Place) -> Made:
    return compile_task(part, found, _WRITING)


def compile_task(part: Part, found: dict[str, Any], writing: Writing) -> Made:
    """Return a Task; the query languages differ in how its values are written."""
    request = compile_request(part, writing.language)
    role = compile_role(part, writing.language) if "Credentials" in found else None
    check_silence(part, found)
    work = model.Task(
        resource=request.resource,
        mode=request.mode,
        role=role,
        reading=request.reading,
        job=request.job,
        timeout=writing.number(part, found, "TimeoutSeconds", "positive seconds"),
        heartbeat=writing.number(part, found, "HeartbeatSeconds", "positive seconds"),
        at_most_once=found.get("AtMostOnce", False),
        label=request.label,
        fetched=request.fetched,
    )
    return Made(work=work, arguments=request.arguments, takes_parameters=True)


def _pass(part: Part, found: dict[str, Any], place: Place) -> Made:
    if "Result" in part:
        result = Literal(value=part["Result"].value)
        return Made(work=model.Pass(), arguments=result, takes_parameters=True)
    return Made(work=model.Pass())


def _choice(part: Part, found: dict[str, Any], place: Place) -> Made:
    default = found.get("Default")
    rules = compile_rules(part) if "Choices" in found else ()
    work = model.Choice(rules=rules, default=None if default is None else (default,))
    return Made(work=work)


_WAITS = ("Seconds", "SecondsPath", "Timestamp", "TimestampPath")


def _wait(part: Part, found: dict[str, Any], place: Place) -> Made:
    name = one_of(part, *_WAITS, needed=True)
    if name == "Timestamp" and name in found and instant(found[name]) is None:
        part[name].wrong("must be a time such as 2024-05-01T12:00:00Z")
    if name not in found:
        return Made(work=model.Wait())
    if name == "Seconds":
        return Made(work=model.Wait(seconds=Literal(value=found[name])))
    if name == "Timestamp":
        return Made(work=model.Wait(timestamp=Literal(value=found[name])))
    if name == "SecondsPath":
        seconds = compile_field(part[name], "Field.seconds")
        return Made(work=model.Wait(seconds=seconds))
    timestamp = compile_field(part[name], "Field.timestamp")
    return Made(work=model.Wait(timestamp=timestamp))


def _succeed(part: Part, found: dict[str, Any], place: Place) -> Made:
    return Made(work=model.Succeed())


def _fail(part: Part, found: dict[str, Any], place: Place) -> Made:
    error, cause = (_text_or_path(part, found, name) for name in ("Error", "Cause"))
    return Made(work=model.Fail(error=error, cause=cause))


def _text_or_path(part: Part, found: dict[str, Any], name: str) -> Expression | None:
    one_of(part, name, f"{name}Path")
    if name in found:
        return Literal(value=found[name])
    if f"{name}Path" not in found:
        return None
    path = compile_value(part[f"{name}Path"])
    return Call(name="Field.text", arguments=(path,), text=f"{name}Path")


def compile_parallel(part: Part, found: dict[str, Any], place: Place) -> Made:
    """Return a Parallel; both query languages write its branches alike."""
    branches = part["Branches"].elements() if "Branches" in found else ()
    scopes = (
        place.compile_scope(branch, BRANCH, f"{place.id}/{index}")
        for index, branch in enumerate(branches)
    )
    work = model.Parallel(branches=tuple(model.Branch(scope=each) for each in scopes))
    return Made(work=work)


def _map(part: Part, found: dict[str, Any], place: Place) -> Made:
    selector = one_of(part, "ItemSelector", "Parameters")
    work = compile_map(part, found, place, _WRITING)
    work = replace(
        work,
        items=_items(part, found, "pairs" if work.takes_pairs else "items"),
        item_input=compile_template(part[selector]) if selector else None,
    )
    return Made(work=work, takes_parameters=True)


def compile_map(
    part: Part, found: dict[str, Any], place: Place, writing: Writing
) -> model.Map:
    """Return a Map without items: for them, each language has fields of its own."""
    label = compile_label(part)
    return model.Map(
        scope=compile_processor(part, place),
        takes_pairs=bool(label),
        max_concurrency=writing.number(part, found, "MaxConcurrency", "count"),
        tolerated_count=writing.number(part, found, "ToleratedFailureCount", "count")
        or no_tolerance(part),
        tolerated_percentage=writing.number(
            part, found, "ToleratedFailurePercentage", "percentage"
        ),
        reader=compile_reader(part, writing.language),
        batcher=compile_batcher(part, writing.language),
        writer=compile_writer(part, writing.language),
        label=label,
        tells_failures=bool(label),
    )


def _items(part: Part, found: dict[str, Any], check: str) -> Expression:
    path = compile_path(part["ItemsPath"]) if "ItemsPath" in found else Path(text="$")
    return Call(name=f"Field.{check}", arguments=(path,), text="ItemsPath")


def compile_processor(part: Part, place: Place) -> model.Scope:
    """Return the scope of a Map; both query languages write it alike."""
    processor = part[one_of(part, "ItemProcessor", "Iterator", needed=True)]
    if "ProcessorConfig" in processor:
        _check_config(processor["ProcessorConfig"])
    return place.compile_scope(processor, PROCESSOR, place.id)


def _check_config(config: Part) -> None:
    config.read(PROCESSOR_CONFIG)
    if config["Mode"].value == "DISTRIBUTED" and "ExecutionType" not in config:
        # AWS, "ExecutionType (Required)" of a distributed Map.
        config.wrong("'ExecutionType' is missing; add STANDARD or EXPRESS")


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
