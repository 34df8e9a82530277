"""A DAG without problems -> our model.

DAG           scope: join ALL, failure DRAIN, its context = the scope's variables
function      Task            foreach   Map over groups
pass          Pass            choice    Parallel of the branches that match
return        Choice: all conditions hold -> no edge is taken, else all are
switch        Choice: the edges of every match, up to a ``break``
suspense      Gate
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.formats.rillflow import graph
from chalicelib.formats.rillflow.callback import notices
from chalicelib.formats.rillflow.functions import (
    conditions,
    function,
    positive,
    request,
    retriers,
)
from chalicelib.formats.rillflow.rules import mapping_rules
from chalicelib.formats.rillflow.shapes import is_on, text_of
from chalicelib.formats.rillflow.timelines import delay, suspense, timeout
from chalicelib.formats.rillflow.trigger_urls import addressed_in
from chalicelib.model import expressions as nodes
from chalicelib.model.descriptors import workflow_name
from chalicelib.model.jayway_grammar import parse
from chalicelib.model.workflow import (
    Branch,
    Choice,
    Join,
    Map,
    OnFailure,
    Parallel,
    Pass,
    Rule,
    Scope,
    State,
    Work,
    Workflow,
)
from chalicelib.values import Json

_NOTHING: Mapping[str, Json] = {}


@dataclass(frozen=True, slots=True)
class Level:
    """Where a list of tasks stands."""

    scope: str
    #: The groups around it, outermost first, as ``RillRequest`` names them.
    groups: tuple[str, ...]
    #: The common mapping lists.
    common: Mapping[str, Sequence[Json]]
    #: Tasks whose callback URL somebody is told.
    addressed: frozenset[str] = frozenset()


def workflow(dag: Mapping[str, Json], name: str) -> Workflow:
    """Return the workflow of a DAG that was checked."""
    dag_name = text_of(dag.get("dagName")) or text_of(dag.get("service"))
    workspace = text_of(dag.get("workspace")) or text_of(dag.get("namespace"))
    defaults = dag.get("defaultContext") or {}
    timer = dag.get("timer") or dag.get("timeline") or _NOTHING
    top = Level("0", (), dag.get("commonMapping") or {}, addressed_in(dag))
    return Workflow(
        notices=notices(dag, top.common),
        name=workflow_name(workspace, dag_name) if dag_name else name,
        format="rillflow",
        scope=_scope(dag["tasks"], top),
        errors="rillflow",
        timeout=positive(timer.get("timeoutInSeconds"), "context"),
        input=nodes.DagContext(
            defaults=tuple(
                (key, text_of(value))
                for key, value in defaults.items()
                if value is not None
            )
        ),
        description=f"{workspace}:{dag_name}",
    )


def _scope(tasks: Sequence[Json], level: Level) -> Scope:
    states = (_state(task, level) for task in tasks)
    return Scope(
        id=level.scope,
        start=graph.roots(tasks),
        states={state.name: state for state in states},
        join=Join.ALL,
        failure=OnFailure.DRAIN,
        shares_variables=True,
    )


def _state(task: Mapping[str, Json], level: Level) -> State:
    category = task["category"]
    degrade = task.get("degrade") or _NOTHING
    is_function = category == "function"
    return State(
        name=text_of(task["name"]),
        work=_WORKS[category](task, level),
        next=graph.following(task),
        input=nodes.Mappings(
            rules=mapping_rules(task.get("inputMappings"), level.common), gives="input"
        ),
        arguments=_arguments(task, level),
        result=_RESULTS.get(category),
        assign=_assign(task, level),
        retry=retriers(task.get("retry") or _NOTHING) if is_function else (),
        tolerant=is_function and is_on(task.get("tolerance")),
        assign_on_failure=_maps_failures(task),
        bypassed=is_on(degrade.get("current")),
        cuts_followers=is_on(degrade.get("followings")),
        delay=delay(task),
        writes_stream=_is_stream(task.get("outputType")),
        reads_stream=_is_stream(task.get("inputType")),
    )


def _is_stream(kind: Json) -> bool:
    return text_of(kind).strip().lower() == "stream"


def _assign(task: Mapping[str, Json], level: Level) -> nodes.Mappings | None:
    category = task["category"]
    rules = mapping_rules(task.get("outputMappings"), level.common)
    if not rules or category in ("return", "switch"):
        return None
    return nodes.Mappings(
        rules=rules,
        gives="context",
        output="input" if category == "pass" else "result",
        skips_empty=category == "choice",
    )


def _maps_failures(task: Mapping[str, Json]) -> bool:
    """Whether outputMappings run also when the task failed."""
    if task["category"] != "function":
        return task["category"] in ("foreach", "choice")
    has_conditions = bool(task.get("successConditions") or task.get("failConditions"))
    is_called_back = text_of(task["pattern"]) in ("task_async", "task_scheduler")
    return is_on(task.get("tolerance")) or (has_conditions and is_called_back)


def _arguments(task: Mapping[str, Json], level: Level) -> nodes.RillRequest | None:
    return request(task, level.groups) if task["category"] == "function" else None


def _inside(task: Mapping[str, Json], level: Level, branch: int | None = None) -> Level:
    name = text_of(task["name"])
    scope, group = f"{level.scope}/{name}", name
    if branch is not None:
        scope, group = f"{scope}/{branch}", f"{name}_{branch}"
    return replace(level, scope=scope, groups=(*level.groups, group))


def _foreach(task: Mapping[str, Json], level: Level) -> Map:
    iteration = task["iterationMapping"]
    collection = text_of(iteration["collection"])
    steps = parse(collection).steps or ()
    are_names = all(isinstance(step, str) for step in steps)
    return Map(
        scope=_scope(task["tasks"], _inside(task, level)),
        items=nodes.Jayway(text=collection, root="input", kind="list"),
        item_input=nodes.GroupContext(
            collection=steps[1:] if are_names else (),
            item=text_of(iteration["item"]),
            index=text_of(iteration.get("index")),
        ),
        max_concurrency=_limit(task.get("synchronization") or _NOTHING),
        failure=OnFailure.DRAIN,
        skip_when_empty=True,
        timeout=timeout(task),
    )


def _limit(synchronization: Mapping[str, Json]) -> nodes.Expression | None:
    most = positive(synchronization.get("maxConcurrency"), "input")
    when = conditions(synchronization.get("conditions"), "input")
    return nodes.When(conditions=when, value=most) if most and when else most


def _choice(task: Mapping[str, Json], level: Level) -> Parallel:
    # Groups are numbered in the order of their conditions' texts.
    choices = sorted(task["choices"], key=lambda each: _condition(each).lower())
    return Parallel(
        branches=tuple(
            Branch(
                scope=_scope(each["tasks"], _inside(task, level, index)),
                condition=nodes.Condition(text=_condition(each)),
            )
            for index, each in enumerate(choices)
        ),
        failure=OnFailure.DRAIN,
        timeout=timeout(task),
    )


def _condition(part: Mapping[str, Json]) -> str:
    return text_of(part["condition"]).strip()


def _return(task: Mapping[str, Json], level: Level) -> Choice:
    rules = conditions(task["conditions"], "input")
    return Choice(
        rules=(Rule(condition=nodes.And(rules=rules), next=()),),
        default=graph.following(task),
        default_skips=True,
    )


def _switch(task: Mapping[str, Json], level: Level) -> Choice:
    rules: list[Rule] = []
    default: list[str] = []
    for each in task["switches"]:
        if _condition(each) == "default":
            default += graph.targets(each)
        else:
            condition = nodes.Condition(text=_condition(each))
            is_final = is_on(each.get("break"))
            targets = graph.targets(each)
            rules.append(Rule(condition=condition, next=targets, final=is_final))
    return Choice(rules=tuple(rules), default=tuple(dict.fromkeys(default)))


_WORKS: Mapping[str, Callable[[Mapping[str, Json], Level], Work]] = {
    "function": lambda task, level: function(
        task, is_addressed=text_of(task["name"]) in level.addressed
    ),
    "foreach": _foreach,
    "choice": _choice,
    "switch": _switch,
    "return": _return,
    "pass": lambda task, level: Pass(),
    "suspense": lambda task, level: suspense(task),
}
_RESULTS: Mapping[str, nodes.Expression] = {
    "foreach": nodes.Object(fields=(("sub_context", nodes.Path(text="$")),)),
    "choice": nodes.Merge(),
}
