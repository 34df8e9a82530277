"""CloudFlow's older language (``type: flow``) -> model.

    paths, mappings     sources and targets -> expressions, in both dialects of path
    shapes              the fields of every object
    services, tasks     what a task step calls, and by which pattern
    policies            retry, catch and errorMappings
    steps, sequences    the graph, and the checks of it

The rule that gives the language its shape (CloudFlow, "Inputs and outputs"): every flow
and every step that has steps inside keeps a local variable, the union of what those
have given so far. A sequence of steps is a scope with two variables, ``input`` and
``local``; a step makes its input of them and adds its output to ``local`` (``assign``).
A choice is a Parallel that runs one branch, because its steps have a local variable of
their own, too. Decisions where the vendor's pages are silent are listed in
``docs/formats/cloudflow-steps.md``.
"""

from __future__ import annotations

from chalicelib.formats.cloudflow_steps.mappings import (
    FLOW_INPUT,
    FLOW_OUTPUT,
    compile_mappings,
)
from chalicelib.formats.cloudflow_steps.sequences import compile_sequence
from chalicelib.formats.cloudflow_steps.shapes import FLOW
from chalicelib.formats.document import Document
from chalicelib.formats.fields import Report
from chalicelib.model.expressions import Literal
from chalicelib.model.workflow import Workflow

__all__ = ["compile_document"]

_INPUT_SCHEMA = {"type": "object"}


def compile_document(document: Document, *, name: str) -> Workflow:
    """Return the workflow that ``document`` describes.

    ``name`` is for a document that does not say its own.

    Raises:
        DefinitionRefused: with every problem, each with line, column and way out.
    """
    report = Report(document)
    root = report.root()
    fields = root.read(FLOW)
    gives = compile_mappings(root["outputMappings"], FLOW_OUTPUT)
    scope = compile_sequence(root["steps"], "0", gives)
    receives = compile_mappings(root["inputMappings"], FLOW_INPUT)
    if not name and "name" not in root:
        root.wrong("'name' is missing in a flow; add it")
    report.require_none()
    timeout = fields.get("timeoutSeconds")
    return Workflow(
        name=fields.get("name", name),
        format="cloudflow",
        scope=scope,
        errors="cloudflow_steps",
        timeout=None if timeout is None else Literal(value=timeout),
        input=receives,
        input_schema=_INPUT_SCHEMA,
        description=fields.get("description") or "",
    )
