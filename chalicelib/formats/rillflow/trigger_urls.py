"""Which tasks is somebody told the callback URL of? ``$.tasks.NAME.trigger_url``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chalicelib.formats.fields import Part, suggestion
from chalicelib.formats.rillflow import graph
from chalicelib.formats.rillflow.shapes import text_of
from chalicelib.values import Json

#: Patterns, and the category, of tasks that wait for somebody's answer.
_WAITING = frozenset({"task_async", "task_scheduler"})
_ENDLESS = "suspense"


def addressed(source: str) -> str:
    """Return the task whose callback URL a source is; empty where it is none.

    >>> addressed("$.tasks.sign.trigger_url?status=failed"), addressed("$.tasks.sign")
    ('sign', '')
    """
    parts = source.split(".")
    if len(parts) < 4 or parts[:2] != ["$", "tasks"]:
        return ""
    is_url = parts[3].partition("?")[0] == "trigger_url"
    return parts[2] if is_url else ""


def addressed_in(dag: Json) -> frozenset[str]:
    """Return every task whose callback URL some text of the DAG is."""
    return frozenset(name for text in _texts(dag) if (name := addressed(text)))


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def check_source(source: Part) -> None:
    """Report a callback URL of a task that is not there, or that nobody answers."""
    name = addressed(text_of(source.value))
    if not name:
        return
    tasks = _tasks(source.report.root())
    if name not in tasks:
        hint = suggestion(name, tasks) or "name a task of this DAG"
        source.wrong(f"$.tasks.{name}: there is no such task; {hint}")
    elif not _waits(tasks[name]):
        source.wrong(
            f"task {name!r} waits for nobody's answer, so it has no trigger_url; "
            "give it pattern task_async"
        )


def _tasks(dag: Part) -> dict[str, Part]:
    return {
        text_of(task["name"].value): task
        for tasks, _ in graph.levels(dag["tasks"])
        for task in tasks.elements()
        if isinstance(task.value, dict)
    }


def _waits(task: Part) -> bool:
    pattern = text_of(task["pattern"].value)
    return pattern in _WAITING or task["category"].value == _ENDLESS
