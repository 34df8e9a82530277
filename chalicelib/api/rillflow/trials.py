"""What would a DAG, a mapping or a request be? Looked at, without running anything.

What is to be tried becomes the one task of a DAG, which is compiled and evaluated as
any other: a mistake is refused with its place, and what is right gives what it would.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from urllib.parse import urlencode

from chalicelib.api.rillflow.errors import DATA_FORMAT, Refused, missing
from chalicelib.api.rillflow.face import (
    context_in,
    descriptor_in,
    execution_in,
    face,
    required,
)
from chalicelib.api.rillflow.runs import dag_of, view_of
from chalicelib.api.rillflow.story import Story
from chalicelib.api.rillflow.view import View, walk_tasks
from chalicelib.api.routes import Call, Reply
from chalicelib.errors import InputRefused
from chalicelib.expressions import Facts, evaluate
from chalicelib.expressions import View as Sight
from chalicelib.journal.heads import Head
from chalicelib.model import descriptors
from chalicelib.model.workflow import State, Workflow
from chalicelib.values import Json, compact

_PARTS = {"input_eva": "inputMappings", "output_eva": "outputMappings"}
#: The task that is tried, where the caller does not name it.
_TASK = "tried"


def convert(call: Call) -> Reply:
    """Show what a DAG would look like as an execution that has not begun."""
    text = call.text("the definition")
    workflow = call.service.compile(text, format="rillflow", name="")
    call.caller.require_workflow(workflow.name)
    head = Head(
        execution="",
        workflow=workflow.name,
        version="",
        name="",
        started_at=call.service.clock.now(),
    )
    view = View(
        head=head,
        workflow=workflow,
        tell=Story,
        recall=dict,
        dag=dag_of(text),
        at=head.started_at,
    )
    shown = {**view.whole(), "dag_status": "NOT_STARTED"}
    left_out = ("execution_id", "dag_invoke_msg", "context")
    return Reply(
        body={"ret": {key: each for key, each in shown.items() if key not in left_out}}
    )


def evaluate_mapping(call: Call) -> Reply:
    """Show what mapping rules make of a context, an input and an output."""
    kind = call.choice("type", _PARTS) or required(call, "type")
    given = context_in(call)
    context = _object(given, "context")
    rules = _rules(call, _PARTS[kind])
    state = _tried(call, {_PARTS[kind]: rules})
    found = {name: given[name] for name in ("input", "output") if name in given}
    sight = Sight(
        given.get("output"),
        input=given.get("input", {}),
        result=given.get("output"),
        variables=context,
    )
    program = state.input if kind == "input_eva" else state.assign
    made = evaluate(program, sight) if program else {}
    if kind == "input_eva":
        found["input"] = made
    else:
        context = {**context, **made}
    return Reply(body={"ret": {**found, "context": context}})


def _rules(call: Call, part: str) -> Json:
    """Return the rules of the query, or those of the task that it names."""
    from chalicelib.formats import document

    text = call.query.get("mapping_rules", "")
    if text:
        return document.read(text).value
    if "task_name" not in call.query:
        raise missing("mapping_rules")
    execution, name = execution_in(call), required(call, "task_name")
    task = view_of(execution).definitions.get(name.rpartition("-")[2])
    if task is None:
        raise Refused(400, DATA_FORMAT, f"there is no task {name!r}")
    return task.get(part) or []


def evaluate_request(call: Call) -> Reply:
    """Show the request that a function task would make."""
    given = context_in(call)
    resource = given.get("resource_name")
    if not isinstance(resource, str) or not resource:
        raise InputRefused("a text is expected", path="resource_name")
    is_flow = resource.startswith("rillflow://")
    state = _tried(
        call,
        {
            "resourceName": resource,
            "pattern": "flow_sync" if is_flow else "task_sync",
            "inputMappings": given.get("input_mapping_rules") or [],
        },
    )
    sight = _sight(call, _object(given, "context"), state.name)
    sight.input = evaluate(state.input, sight) if state.input else {}
    asked = evaluate(state.arguments, sight) if state.arguments else sight.input
    return Reply(body={"ret": _request(resource, asked)})


def _sight(call: Call, context: Mapping[str, Json], task: str) -> Sight:
    named = descriptors.read_execution(call.query.get("execution_id", ""))
    workflow, _, name = named.rpartition(":")
    facts = Facts(execution=named, execution_name=name, workflow=workflow, state=task)
    return Sight({}, raw_input={}, variables=context, facts=facts)


def _request(resource: str, asked: Json) -> Json:
    if not isinstance(asked, dict) or "method" not in asked:
        return {"url": resource, "body": asked}
    query = urlencode(asked.get("query") or {})
    joint = "&" if "?" in resource else "?"
    found: dict[str, Json] = {
        "url": f"{resource}{joint}{query}" if query else resource,
        "method": asked["method"],
        "headers": asked.get("headers") or {},
    }
    return {**found, "body": asked["body"]} if "body" in asked else found


def _tried(call: Call, facts: Mapping[str, Json]) -> State:
    """Return the state of a task with ``facts``.

    Raises:
        DefinitionRefused: the task has problems.
    """
    name = call.query.get("task_name", "").rpartition("-")[2] or _TASK
    is_function = "resourceName" in facts or "outputMappings" in facts
    base: Mapping[str, Json] = {"category": "pass"}
    if is_function:
        base = {
            "category": "function",
            "resourceName": "https://tried.invalid",
            "pattern": "task_sync",
        }
    dag = {
        "workspace": "trial",
        "dagName": f"of{name}"[:100],
        "type": "flow",
        "tasks": [{"name": name, **base, **facts}],
    }
    workflow: Workflow = call.service.compile(compact(dag), format="rillflow", name="")
    return workflow.scope.states[name]


def _object(given: Mapping[str, Json], name: str) -> dict[str, Json]:
    value = given.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InputRefused("a JSON object is expected", path=name)
    return value


def check_dependencies(call: Call) -> Reply:
    """List what the tasks of a DAG call."""
    if "descriptor_id" in call.query:
        found = descriptor_in(call)
        version = face().descriptors.version(found.workflow, found.version)
        text = face().archive.definition(found.workflow, version).text
    else:
        text = call.text("the definition")
        call.service.compile(text, format="rillflow", name="")
    names: dict[str, list[str]] = defaultdict(list)
    for task in walk_tasks(dag_of(text)):
        if task.get("resourceName"):
            names[str(task["resourceName"])].append(str(task["name"]))
    rows = [{"resource_name": each, "names": names[each]} for each in names]
    return Reply(body={"ret": {"dependencies": rows}})
