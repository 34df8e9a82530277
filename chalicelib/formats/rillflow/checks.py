"""What is wrong with this DAG, apart from its single tasks?

Names are unique over all levels together, ``next`` stays on its level and leads to no
circle, and levels are at most three deep.
"""

from __future__ import annotations

import re

from chalicelib.formats import fields
from chalicelib.formats.fields import Part, suggestion
from chalicelib.formats.rillflow import codes, graph, shapes
from chalicelib.formats.rillflow.callback import NAMES, check_callback
from chalicelib.formats.rillflow.shapes import text_of
from chalicelib.formats.rillflow.shared import check_resources
from chalicelib.formats.rillflow.short import END_TASK
from chalicelib.formats.rillflow.task_checks import (
    check_rules,
    check_short,
    check_task,
    check_timeout,
)

MAX_LEVELS = 3
_NAME = re.compile(r"[a-zA-Z0-9]{1,100}").fullmatch


def check_dag(dag: Part) -> None:
    """Report everything wrong with a DAG."""
    with dag.report.coded(codes.SHAPE if dag["tasks"].value else codes.NO_TASKS):
        shapes.read(dag, shapes.DAG)
    _check_type(dag["type"])
    check_resources(dag["resources"])
    taken = {}
    for names in (("workspace", "namespace"), ("dagName", "service")):
        part = named(dag, *names)
        if _check_name(part):
            taken[text_of(part.value)] = part
    _check_parts(dag)
    for tasks, trail in graph.levels(dag["tasks"]):
        _check_level(tasks, trail, taken)


def named(dag: Part, name: str, legacy: str) -> Part:
    """Return the field ``name``; where it is blank, the one it was called before."""
    is_legacy = not text_of(dag[name].value).strip() and legacy in dag
    return dag[legacy if is_legacy else name]


def _check_type(part: Part) -> None:
    message = ""
    if part.value == "resource":
        message = "a DAG of type resource is not supported yet; use type: flow"
    elif part.value != "flow":
        message = f"type must be flow, not {fields.described(part.value)}"
    if message:
        part.wrong(message, code=codes.TYPE)


def _check_name(part: Part) -> bool:
    name = text_of(part.value)
    if _NAME(name):
        return True
    field = part.path[-1]
    way_out = "use up to 100 letters and digits"
    what = f"is invalid: {name[:120]!r}" if name else "is missing or empty"
    part.wrong(f"{field} {what}; {way_out}", code=codes.NAME)
    return False


def _check_parts(dag: Part) -> None:
    for name, text in dag["defaultContext"].members():
        if text.value is not None and shapes.scalar(text.value):
            text.wrong(f"{name} must be a text; write objects and lists as JSON text")
    for _, rules in dag["commonMapping"].members():
        if rules.obeys(fields.sequence):
            check_rules(rules, ())
    check_short(dag["output"])
    for task in dag["tasks"].elements():
        if dag["output"].value and task["name"].value == END_TASK:
            task["name"].wrong(f"{END_TASK} is the task that output makes; rename it")
    _check_around(dag)


def _check_around(dag: Part) -> None:
    common = [name for name, _ in dag["commonMapping"].members()]
    for each in dag["resources"].elements():
        check_rules(each["input_mappings"], common)
    for name in NAMES:
        check_callback(dag[name], common)
    for name in ("timer", "timeline"):
        check_timeout(dag[name], "context")


def _check_level(tasks: Part, trail: tuple[str, ...], taken: dict[str, Part]) -> None:
    if len(trail) == MAX_LEVELS:
        tasks.wrong(
            f"tasks are nested more than {MAX_LEVELS} levels deep: "
            f"{'->'.join(trail)}; move the inner ones to a flow of their own",
            code=codes.GRAPH,
        )
    common = [name for name, _ in tasks.report.root()["commonMapping"].members()]
    level: list[Part] = []
    for task in tasks.elements():
        if isinstance(task.value, dict) and _check_name(task["name"]):
            _check_unique(task["name"], taken)
            level.append(task)
        check_task(task, common)
    _check_edges(level)


def _check_unique(part: Part, taken: dict[str, Part]) -> None:
    name = text_of(part.value)
    first = taken.setdefault(name, part)
    if first is not part:
        place = "/".join(str(step) for step in first.path)
        part.wrong(
            f"task name duplicated: {name!r} is at {place} already; "
            "names are unique over all levels",
            code=codes.DUPLICATE_NAME,
        )


def _check_edges(level: list[Part]) -> None:
    tasks = {text_of(task["name"].value): task for task in level}
    for task in level:
        for after in graph.following(task.value):
            if after not in tasks:
                _edge(task).wrong(_unknown(after, tasks), code=codes.NEXT)
    edges = {name: graph.following(task.value) for name, task in tasks.items()}
    circle = graph.circle(edges)
    if circle:
        way_out = "a DAG has no circles; remove one next"
        message = f"circle found: {'->'.join(circle)}; {way_out}"
        _edge(tasks[circle[0]]).wrong(message, code=codes.GRAPH)


def _edge(task: Part) -> Part:
    return task["switches" if task["category"].value == "switch" else "next"]


def _unknown(name: str, level: dict[str, Part]) -> str:
    message = f"next task {name!r} does not exist on this level"
    if name.strip() in level:
        return f"{message}; write names with a comma and no blank between them"
    hint = suggestion(name, level) or f"known are {fields.listed(level)}"
    return f"{message}; {hint}"
