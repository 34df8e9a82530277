"""What is wrong with one task of a DAG?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from chalicelib.errors import EvaluationFailure
from chalicelib.formats import fields
from chalicelib.formats.fields import Part, Shape
from chalicelib.formats.rillflow import codes, shapes, shared
from chalicelib.formats.rillflow.resources import Resource, resource
from chalicelib.formats.rillflow.shapes import text_of
from chalicelib.formats.rillflow.trigger_urls import check_source
from chalicelib.model import aviator_grammar
from chalicelib.model.aviator_tree import NotAviator
from chalicelib.model.jayway import plain_steps
from chalicelib.model.jayway_grammar import parse

PATTERNS = ("task_sync", "task_async", "task_scheduler", "flow_sync", "flow_async")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_LATER_CATEGORIES = {
    "answer": "answer is not supported; use a function",
}
_DELAYS = {
    "suspenseTimestamp": "milliseconds since 1970",
    "suspenseIntervalSeconds": "seconds",
}


def check_task(task: Part, common: Collection[str]) -> None:
    """Report everything wrong with ``task``; ``common`` names the common mappings."""
    if not task.obeys(fields.mapping):
        return
    category = task["category"].value
    if category in _LATER_CATEGORIES:
        task["category"].wrong(_LATER_CATEGORIES[category])
    elif category not in shapes.TASKS:
        known = ", ".join(shapes.TASKS)
        found = fields.described(category)
        task["category"].wrong(f"category must be one of {known}, not {found}")
    else:
        _check_common(task, common)
        with task.report.coded(codes.OF_CATEGORY.get(category, codes.SHAPE)):
            shapes.read(task, shapes.TASKS[category])
            _CHECKS[category](task)


def _check_common(task: Part, common: Collection[str]) -> None:
    for name in ("inputMappings", "outputMappings"):
        check_rules(task[name], common)
    check_short(task["input"])
    _read(task["degrade"], shapes.DEGRADE)
    _check_timeline(task["timeline"])


def _read(part: Part, shape: Shape) -> None:
    if isinstance(part.value, dict):
        shapes.read(part, shape)


def _check_timeline(timeline: Part) -> None:
    check_timeout(timeline, "input")
    for name, unit in _DELAYS.items():
        _check_number(
            timeline[name], f"a whole number of {unit}, or a path $.input.…", 0
        )


def check_rules(rules: Part, common: Collection[str]) -> None:
    """Report what is wrong with a mapping list."""
    for rule in rules.elements():
        shapes.read(rule, shapes.RULE)
        _check_rule(rule)
        reference = rule["reference"]
        if text_of(reference.value).strip():
            with rules.report.coded(codes.GRAPH):
                name = text_of(reference.value)
                reference.require_known(name, common, "common mapping")


def _check_rule(rule: Part) -> None:
    check_source(rule["source"])
    # Any other rule with a broken path or script is left out when it is its turn.
    if text_of(rule["tolerance"].value) == "false":
        _check_transform(rule["transform"])
        source, target = rule["source"], rule["target"]
        if text_of(source.value).startswith("$"):
            _check_path(source)
        if text_of(target.value).strip():
            _check_path(target)


def _check_transform(transform: Part) -> None:
    text = text_of(transform.value)
    if text.strip():
        try:
            aviator_grammar.parse(text)
        except NotAviator as error:
            transform.wrong(f"transform is no Aviator: {error} of the script")


def check_short(inputs: Part) -> None:
    """Report what is wrong with the short form of a mapping list."""
    for _, value in inputs.members():
        if isinstance(value.value, dict):
            shapes.read(value, shapes.RULE)
            _check_rule(value)
        elif value.value is not None:
            value.obeys(shapes.scalar)
            check_source(value)


def _check_path(part: Part) -> None:
    try:
        parse(text_of(part.value))
    except EvaluationFailure as failure:
        part.wrong(f"this is no path: {failure.cause}")


def _check_conditions(conditions: Part) -> None:
    for condition in conditions.elements():
        if condition.obeys(shapes.filled):
            _check_path(condition)


def check_timeout(timeline: Part, root: str) -> None:
    """Report what is wrong with a timeline's timeout; its paths begin at ``root``."""
    _read(timeline, shapes.TIMELINE)
    part = timeline["timeoutInSeconds"]
    _check_number(part, f"a whole number of seconds above 0, or a path $.{root}.…")


def _check_number(part: Part, sentence: str, least: int = 1) -> None:
    text = text_of(part.value).strip()
    if text.startswith("$"):
        _check_path(part)
    elif text and not (text.isascii() and text.isdigit() and int(text[:15]) >= least):
        part.wrong(f"{part.path[-1]} must be {sentence}, not {text!r}")


def _check_function(task: Part) -> None:
    pattern = text_of(task["pattern"].value)
    if pattern.strip() and pattern not in PATTERNS:
        hint = fields.suggestion(pattern, PATTERNS) or f"use {', '.join(PATTERNS)}"
        task["pattern"].wrong(f"pattern {pattern!r} is not known; {hint}")
    method = text_of(task["requestType"].value)
    if method.strip() and method.strip().upper() not in _METHODS:
        way_out = f"use one of {', '.join(_METHODS)}"
        task["requestType"].wrong(f"requestType {method!r} is not known; {way_out}")
    _check_resource(task, pattern)
    for name in ("successConditions", "failConditions"):
        _check_conditions(task[name])
    _read(task["retry"], shapes.RETRY)
    _check_conditions(task["retry"]["conditions"])


def _check_resource(task: Part, pattern: str) -> None:
    name = text_of(task["resourceName"].value).strip()
    protocol = text_of(task["resourceProtocol"].value).strip()
    if isinstance(task["resource"].value, dict):
        shared.check_resource(task["resource"])
        check_rules(task["resource"]["input_mappings"], ())
    lent = shared.lent(task)
    if isinstance(lent, Resource):
        _check_pattern(task["pattern"], pattern, lent)
    elif lent is not None:
        task["resourceName"].wrong(lent)
    elif task["resource"].value:
        task["resource"].obeys(fields.mapping)
    elif not (name or protocol):
        task.wrong("resourceName is missing in a function task; add it")
    else:
        found = resource(name, protocol)
        if isinstance(found, Resource):
            _check_pattern(task["pattern"], pattern, found)
        else:
            task["resourceName"].wrong(found)


def _check_pattern(part: Part, pattern: str, found: Resource) -> None:
    if found.kind == "workflow" and pattern.startswith("task_"):
        part.wrong("a flow is called with pattern flow_sync or flow_async")
    if found.kind != "workflow" and pattern.startswith("flow_"):
        part.wrong(f"{pattern} calls a flow; name it as rillflow://business:feature")


def _check_foreach(task: Part) -> None:
    iteration = task["iterationMapping"]
    _read(iteration, shapes.ITERATION)
    collection = text_of(iteration["collection"].value)
    if collection.strip():
        _check_collection(iteration["collection"], collection)
    synchronization = task["synchronization"]
    _read(synchronization, shapes.SYNCHRONIZATION)
    _check_conditions(synchronization["conditions"])
    sentence = "a whole number above 0, or a path $.input.…"
    _check_number(synchronization["maxConcurrency"], sentence)


def _check_collection(part: Part, text: str) -> None:
    try:
        steps = plain_steps(parse(text).tokens[:1])
    except EvaluationFailure:
        steps = ()
    if steps != ("input",):
        part.wrong(f"collection must be a path that begins with $.input., not {text!r}")


def _check_choice(task: Part) -> None:
    for choice in task["choices"].elements():
        _read(choice, shapes.CHOICE)


def _check_switch(task: Part) -> None:
    for switch in task["switches"].elements():
        _read(switch, shapes.SWITCH)


def _check_return(task: Part) -> None:
    _check_conditions(task["conditions"])


def _check_suspense(task: Part) -> None:
    _check_conditions(task["conditions"])
    _check_conditions(task["interruptions"])


_CHECKS: Mapping[str, Callable[[Part], None]] = {
    "function": _check_function,
    "foreach": _check_foreach,
    "choice": _check_choice,
    "switch": _check_switch,
    "return": _check_return,
    "suspense": _check_suspense,
    "pass": lambda task: None,
}
