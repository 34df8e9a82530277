"""The short way to write mappings -> the long way.

    tasks:                              inputMappings of pay:
      - name: pay                         $.context.quote.price -> $.input.amount
        input:                          outputMappings of quote:
          amount: $.quote.price           $.output.price -> $.context.quote.price
    output:
      paid: $.pay.id                    a last pass task ``endTask``

A path that begins with the name of a task of its level is about that task's answer,
which is put into the context under the task's name. What a path forks into (``[*]``)
is put there whole, from the part before the fork.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.errors import EvaluationFailure
from chalicelib.formats.rillflow import graph
from chalicelib.formats.rillflow.shapes import text_of
from chalicelib.model.jayway import plain_steps
from chalicelib.model.jayway_grammar import parse
from chalicelib.values import Json

END_TASK = "endTask"
_ROOTS = frozenset({"context", "input", "output", "tasks"})


def written_out(dag: Mapping[str, Json]) -> dict[str, Json]:
    """Return a checked DAG with every mapping in its long form."""
    output = dag.get("output")
    tasks = _with_end(dag["tasks"], output) if output else dag["tasks"]
    return {**dag, "tasks": _level(tasks)}


def _with_end(tasks: Sequence[Json], output: Mapping[str, Json]) -> list[Json]:
    names = {text_of(task["name"]) for task in tasks}
    wanted = {_task_of(_source(value), names) for value in output.values()} - {""}
    # An output of the context alone comes after everything else.
    before = wanted or {text_of(each["name"]) for each in tasks if not _leads_on(each)}
    end = {
        "name": END_TASK,
        "category": "pass",
        "input": output,
        "outputMappings": [
            {"source": f"$.output.{name}", "target": f"$.context.{name}"}
            for name in output
        ],
    }
    return [
        *(
            _followed(task) if text_of(task["name"]) in before else task
            for task in tasks
        ),
        end,
    ]


def _leads_on(task: Mapping[str, Json]) -> bool:
    return bool(graph.following(task))


def _followed(task: Mapping[str, Json]) -> Json:
    return {**task, "next": ",".join((*graph.following(task), END_TASK))}


def _level(tasks: Sequence[Json]) -> list[Json]:
    names = {text_of(task["name"]) for task in tasks}
    answers: dict[str, list[Json]] = {name: [] for name in names}
    found = [_with_rules(_with_levels(task), names, answers) for task in tasks]
    return [_with_answers(task, answers[text_of(task["name"])]) for task in found]


def _with_levels(task: Mapping[str, Json]) -> Mapping[str, Json]:
    if task["category"] == "foreach":
        return {**task, "tasks": _level(task["tasks"])}
    if task["category"] == "choice":
        choices = [{**each, "tasks": _level(each["tasks"])} for each in task["choices"]]
        return {**task, "choices": choices}
    return task


def _with_rules(
    task: Mapping[str, Json], names: set[str], answers: dict[str, list[Json]]
) -> Mapping[str, Json]:
    inputs = task.get("input")
    if not inputs:
        return task
    rules = list(task.get("inputMappings") or ())
    for name, value in inputs.items():
        source = _source(value)
        other = _task_of(source, names)
        if other:
            answers[other].append(_answer(source))
            source = f"$.context{source[1:]}"
        rule = value if isinstance(value, dict) else {}
        rules.append({**rule, "source": source, "target": f"$.input.{name}"})
    return {**task, "inputMappings": rules}


def _source(value: Json) -> str:
    return text_of(value.get("source") if isinstance(value, dict) else value)


def _task_of(source: str, names: set[str]) -> str:
    """Return the name of the task whose answer ``source`` is about, if it is."""
    steps = _plain_steps(source) if source.startswith("$") else []
    is_task = steps and steps[0] in names and steps[0] not in _ROOTS
    return str(steps[0]) if is_task else ""


def _plain_steps(source: str) -> list[str | int]:
    """Return the names and positions that a path begins with."""
    try:
        tokens = parse(source).tokens
    except EvaluationFailure:
        return []
    steps: list[str | int] = []
    for token in tokens:
        step = plain_steps((token,))
        if step is None:
            break
        steps += step
    return steps


def _answer(source: str) -> Json:
    """Return the rule that puts an answer where ``source`` looks for it."""
    task, *below = _plain_steps(source)
    place = "".join(_bracketed(step) for step in below)
    return {
        "source": f"$.output{place}",
        "target": f"$.context{_bracketed(task)}{place}",
    }


def _bracketed(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    escaped = step.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"


def _with_answers(
    task: Mapping[str, Json], answers: Sequence[Json]
) -> Mapping[str, Json]:
    if not answers:
        return task
    rules = list(task.get("outputMappings") or ())
    taken = {_steps_of(rule) for rule in rules}
    for rule in answers:
        if _steps_of(rule) not in taken:
            taken.add(_steps_of(rule))
            rules.append(rule)
    return {**task, "outputMappings": rules}


def _steps_of(rule: Mapping[str, Json]) -> tuple[str | int, ...]:
    return tuple(_plain_steps(text_of(rule.get("target"))))
