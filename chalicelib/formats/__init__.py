"""Text of a definition -> model.

    text --document--> value with places --(format)--> model, or all its problems

``document`` reads JSON and YAML, ``fields`` checks objects against a table of their
fields, ``checks`` looks at graphs; each format has a package that says the rest. The
format is found from the definition itself: ``_FORMATS`` is the table.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, NoReturn

from chalicelib.errors import DefinitionRefused, Problem
from chalicelib.formats import document as documents
from chalicelib.formats import keeping, schedules
from chalicelib.formats.document import Document
from chalicelib.model.workflow import Workflow
from chalicelib.values import Json

__all__ = ["FORMATS", "check_definition", "compile_definition"]


def _is_asl(value: Mapping[str, Json]) -> bool:
    return "States" in value and not _is_cloudflow(value)


def _is_cloudflow(value: Mapping[str, Json]) -> bool:
    is_newer = value.get("Type") == "StateMachine"
    return is_newer or isinstance(value.get("States"), list) or _has_steps(value)


def _has_steps(value: Mapping[str, Json]) -> bool:
    """Whether it is of CloudFlow's older language; a DAG has a type, too."""
    is_flow = "steps" in value or value.get("type") == "flow"
    return is_flow and not _is_rillflow(value)


def _is_rillflow(value: Mapping[str, Json]) -> bool:
    return "tasks" in value or ("workspace" in value and "dagName" in value)


#: Format -> how its definitions are recognised; the first that does decides.
_FORMATS: Mapping[str, Callable[[Mapping[str, Json]], bool]] = MappingProxyType(
    {"cloudflow": _is_cloudflow, "asl": _is_asl, "rillflow": _is_rillflow}
)
#: The formats, as callers name them.
FORMATS = tuple(sorted(_FORMATS))
_HOW_TO_BEGIN = (
    "write StartAt and States (Amazon States Language), Type: StateMachine or "
    "type: flow (CloudFlow), or workspace, dagName and tasks (Rill Flow)"
)


def compile_definition(
    source: str | bytes | dict[str, Any],
    *,
    file: str = "",
    format: str | None = None,
    name: str = "",
    environment: Mapping[str, str] | None = None,
) -> Workflow:
    """Return the workflow that ``source``, a text or its value, defines.

    ``name`` is for definitions without a name of their own; without it the file's
    name is taken. ``environment``: variables by name, besides those that a flow of
    CloudFlow has itself; these win. Other languages have none.

    Raises:
        DefinitionRefused: with every problem found, in the order of the text.
    """
    if isinstance(source, str | bytes):
        document = documents.read(source, file=file)
    else:
        document = documents.of(source, file=file)
    found = _format_of(document) if format is None else format
    if found not in _FORMATS:
        known = ", ".join(_FORMATS)
        _refuse(document, f"there is no format {found!r}; known are {known}")
    # Loaded when it is met: a stage mostly runs one format.
    package = _package_of(found, document)
    if package == "cloudflow":
        document = _with_environment(document, environment or {})
    return _compiled(package, document, name or _stem(file))


def _compiled(package: str, document: Document, name: str) -> Workflow:
    """Return the workflow of a document in one language, and what stands beside it.

    Raises:
        DefinitionRefused: with the problems of both.
    """
    compiler = importlib.import_module(f"chalicelib.formats.{package}")
    proper, planned, problems = schedules.split(document)
    proper, kept, unreadable = keeping.split(proper)
    problems += unreadable
    try:
        workflow: Workflow = compiler.compile_document(proper, name=name)
    except DefinitionRefused as refused:
        raise DefinitionRefused([*refused.problems, *problems]) from None
    if problems:
        raise DefinitionRefused(problems)
    named = tuple(replace(each, workflow=workflow.name) for each in planned)
    beside = {**kept, **({"schedules": named} if named else {})}
    return replace(workflow, **beside) if beside else workflow


def _with_environment(document: Document, environment: Mapping[str, str]) -> Document:
    value = document.value
    if not environment or not isinstance(value, dict):
        return document
    given = [{"Name": name, "Value": each} for name, each in environment.items()]
    own = value.get("Environment")
    written = own.get("Variables") if isinstance(own, dict) else None
    kept = [
        each
        for each in (written if isinstance(written, list) else [])
        if not isinstance(each, dict) or each.get("Name") not in environment
    ]
    return document.with_value({**value, "Environment": {"Variables": kept + given}})


def check_definition(
    source: str | bytes | dict[str, Any],
    *,
    file: str = "",
    format: str | None = None,
) -> list[Problem]:
    """Return what is wrong with a definition; nothing when it can be published."""
    try:
        compile_definition(source, file=file, format=format)
    except DefinitionRefused as refused:
        return list(refused.problems)
    return []


def _format_of(document: Document) -> str:
    value = document.value
    if not isinstance(value, dict):
        _refuse(document, f"a definition is an object; {_HOW_TO_BEGIN}")
    for name, is_format in _FORMATS.items():
        if is_format(value):
            return name
    # StartAt without States is far more likely a slip than another language.
    if "StartAt" in value:
        return "asl"
    _refuse(document, f"this is no definition of a known format; {_HOW_TO_BEGIN}")


def _package_of(format: str, document: Document) -> str:
    """Return who compiles a format; CloudFlow has two languages."""
    value = document.value
    is_older = format == "cloudflow" and isinstance(value, dict) and _has_steps(value)
    return "cloudflow_steps" if is_older else format


def _refuse(document: Document, message: str) -> NoReturn:
    raise DefinitionRefused([document.problem((), message)])


def _stem(file: str) -> str:
    """Return the name of a file without its endings.

    >>> _stem("workflows/orders/ship.asl.json")
    'ship'
    """
    return PurePath(file).name.partition(".")[0]
