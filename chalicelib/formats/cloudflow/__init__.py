"""CloudFlow's new language (``Type: StateMachine``) -> model.

    syntax, tokens, signatures, sight   text of an expression -> node
    constructors, environment           names that end in ``.$`` -> expressions
    shapes                              the fields of every object
    action, actions, services, tasks    what a Task calls, and in which mode
    distributed                         what a Map has done outside
    policies                            Retry and Catch
    states, scopes                      the graph, and the checks of it

A definition is walked once, everything wrong with it is collected, and only a whole
one leaves as a workflow. Decisions where the vendor's pages are silent are listed in
``docs/formats/cloudflow.md``.
"""

from __future__ import annotations

from chalicelib.formats.cloudflow.scopes import compile_scope
from chalicelib.formats.cloudflow.shapes import ENVIRONMENT, FLOW, VARIABLE
from chalicelib.formats.document import Document
from chalicelib.formats.fields import Part, Report
from chalicelib.model.workflow import Workflow

__all__ = ["compile_document"]

#: CloudFlow, "Data transfer": inputs are objects.
_INPUT_SCHEMA = {"type": "object"}


def compile_document(document: Document, *, name: str) -> Workflow:
    """Return the workflow that ``document`` describes.

    ``name`` is for a document that does not say its own.

    Raises:
        DefinitionRefused: with every problem, each with line, column and way out.
    """
    report = Report(document)
    root = report.root()
    _check_environment(root)
    scope = compile_scope(root, FLOW, "0")
    if not name and "Name" not in root:
        root.wrong("'Name' is missing in a flow; add it")
    report.require_none()
    return Workflow(
        name=root["Name"].value or name,
        format="cloudflow",
        scope=scope,
        errors="cloudflow",
        input_schema=_INPUT_SCHEMA,
        description=root["Description"].value or "",
    )


def _check_environment(flow: Part) -> None:
    """Report what is wrong with a flow's variables."""
    environment = flow["Environment"]
    if not isinstance(environment.value, dict):
        return
    environment.read(ENVIRONMENT)
    seen: set[str] = set()
    for each in environment["Variables"].elements():
        each.read(VARIABLE)
        name = each["Name"]
        if isinstance(name.value, str) and name.value in seen:
            name.wrong(f"there is a variable {name.value!r} above; remove one of them")
        seen.add(str(name.value))
