"""What does a definition ask of AWS that AWS does not have?

A format knows how a task names a service; which services, actions and fields there are
only botocore knows. So whoever publishes asks here, beside the format's compiler, and
the author gets both lists of problems as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.dispatchers.alibaba_check import check_flow, check_steps
from chalicelib.dispatchers.aws_model import NotInAws, find_action
from chalicelib.dispatchers.aws_shapes import LOOSE, Computed, Fault, Wrong, fit
from chalicelib.dispatchers.emr_rows import request_shape
from chalicelib.errors import DefinitionRefused, Problem
from chalicelib.formats import compile_definition as _compile
from chalicelib.formats import document as documents
from chalicelib.formats.asl.jobs import ACTIONS, EMR, OWN_FIELDS, sdk_service
from chalicelib.formats.asl.services import INTEGRATIONS
from chalicelib.formats.document import Document, Place
from chalicelib.model.workflow import Workflow
from chalicelib.values import Json

_CHECKED = ("asl", "cloudflow")
#: One of them is in every definition that could have something to find.
_HINTS = (":states:::", "StateMachine", "action")
_CALL = re.compile(
    r"arn:[\w-]+:states:::(?:aws-sdk:)?([\w-]+):(\w+)(?:\.waitForTaskToken|\.sync)?",
    re.ASCII,
)
#: Services with integrations of their own, whose requests are those of the SDK -> its
#: ids, as far as they differ.
_OWN = {
    **dict.fromkeys(ACTIONS, ""),
    "dynamodb": "",
    "events": "eventbridge",
    "sns": "",
    "sqs": "",
}


def compile_definition(
    source: str | bytes | dict[str, Any],
    *,
    file: str = "",
    format: str | None = None,
    name: str = "",
    environment: Mapping[str, str] | None = None,
) -> Workflow:
    """Return the workflow of a definition that asks AWS for what there is.

    See ``formats.compile_definition``.

    Raises:
        DefinitionRefused: with every problem found, in the order of the text.
    """
    try:
        workflow = _compile(
            source, file=file, format=format, name=name, environment=environment
        )
    except DefinitionRefused as refused:
        known = {each.path for each in refused.problems}
        more = [each for each in check(source, file=file) if each.path not in known]
        raise DefinitionRefused(_in_order([*refused.problems, *more])) from None
    found = check(source, file=file) if workflow.format in _CHECKED else []
    if found:
        raise DefinitionRefused(_in_order(found))
    return workflow


def check_definition(
    source: str | bytes | dict[str, Any], *, format: str | None = None
) -> list[Problem]:
    """Return what is wrong with a definition; nothing when it can be published."""
    try:
        compile_definition(source, format=format)
    except DefinitionRefused as refused:
        return list(refused.problems)
    return []


def _in_order(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda each: (each.line, each.column))


def check(source: str | bytes | dict[str, Any], *, file: str = "") -> list[Problem]:
    """Return the calls of a definition that AWS would not take."""
    try:
        document = _document(source, file)
    except DefinitionRefused:  # the format says why
        return []
    if document is None or not isinstance(document.value, dict):
        return []
    if document.value.get("Type") == "StateMachine":
        return check_flow(document)
    if "steps" in document.value:
        return check_steps(document)
    language = str(document.value.get("QueryLanguage", "JSONPath"))
    problems: list[Problem] = []
    for task in _tasks(document.value, (), language):
        problems.extend(_problems(document, task))
    return problems


def _document(source: str | bytes | dict[str, Any], file: str) -> Document | None:
    if isinstance(source, str | bytes):
        text = source if isinstance(source, str) else source.decode("utf-8", "replace")
        is_worth_it = any(hint in text for hint in _HINTS)
        return documents.read(source, file=file) if is_worth_it else None
    return documents.of(source, file=file)


@dataclass(frozen=True, slots=True)
class _Task:
    """A Task state, where it stands, and the language of its fields."""

    state: dict[str, Json]
    place: Place
    is_jsonata: bool


def _tasks(scope: Json, place: Place, language: str) -> Iterator[_Task]:
    states = scope.get("States") if isinstance(scope, dict) else None
    for name, state in states.items() if isinstance(states, dict) else ():
        if not isinstance(state, dict):
            continue
        here = (*place, "States", name)
        spoken = state.get("QueryLanguage", language)
        if state.get("Type") == "Task":
            yield _Task(state, here, spoken == "JSONata")
        for inner, at in _inside(state, here):
            yield from _tasks(inner, at, language)


def _inside(state: dict[str, Json], place: Place) -> Iterator[tuple[Json, Place]]:
    branches = state.get("Branches")
    for index, branch in enumerate(branches if isinstance(branches, list) else ()):
        yield branch, (*place, "Branches", index)
    for name in ("ItemProcessor", "Iterator"):
        if name in state:
            yield state[name], (*place, name)


def _problems(document: Document, task: _Task) -> Iterator[Problem]:
    resource = task.state.get("Resource")
    found = _CALL.fullmatch(resource) if isinstance(resource, str) else None
    if found is None or not isinstance(resource, str):
        return
    service, name = found.groups()
    is_sdk = ":::aws-sdk:" in resource
    if not is_sdk and not _is_checked(service, name):
        return
    try:
        shape = _shape(service, name, is_sdk=is_sdk)
    except NotInAws as error:
        yield document.problem((*task.place, "Resource"), str(error))
        return
    holder = "Arguments" if task.is_jsonata else "Parameters"
    request = task.state.get(holder, {} if is_sdk else None)
    if not isinstance(request, dict):  # made by an expression, or the format says so
        return
    request = _without_own(request, "" if is_sdk else f"{service}:{name}")
    computed: Computed = _in_braces if task.is_jsonata else _by_path
    loose = frozenset() if is_sdk else LOOSE.get(service, frozenset())
    for fault in fit(shape, request, loose=loose, computed=computed)[1]:
        yield _problem(document, (*task.place, holder), fault)


def _is_checked(service: str, name: str) -> bool:
    """Whether a call is of a service's own action, or wraps one."""
    is_known = service in _OWN and f"{service}:{name}" in INTEGRATIONS
    return is_known and (service != "eks" or name in ACTIONS[service])


def _shape(service: str, name: str, *, is_sdk: bool) -> Any:
    if service == EMR and not is_sdk:
        return request_shape(name)
    called = service if is_sdk else _own(service, name)
    return find_action(called, name).operation.input_shape


def _without_own(request: dict[str, Json], action: str) -> dict[str, Json]:
    own = OWN_FIELDS.get(action, frozenset())
    return {k: v for k, v in request.items() if k.removesuffix(".$") not in own}


def _own(service: str, name: str) -> str:
    return _OWN[service] or sdk_service(f"{service}:{name}")


def _problem(document: Document, holder: Place, fault: Fault) -> Problem:
    path = (*holder, *fault.path)
    if fault.wrong is Wrong.UNKNOWN:
        return document.problem(path, fault.advice, at="key")
    return document.problem(path, fault.advice)


def _by_path(name: str, value: Json) -> bool:
    return name.endswith(".$")


def _in_braces(name: str, value: Json) -> bool:
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}")
