"""Amazon States Language -> model.

    vocabulary     the fields of every object of the language
    paths          JSONPath, ``$$`` and ``$variable`` texts -> nodes
    intrinsics     ``States.…(…)`` texts -> nodes
    templates      names that end in ``.$`` -> expressions
    dataflow       InputPath … OutputPath -> the stations of a state
    resources      a Task's Resource -> what is called, and in which mode
    recovery       Retry and Catch
    choices        the rules of a Choice
    states, scopes the graph, and the checks of it

The query language is JSONPath. A definition is walked once, everything wrong with it
is collected, and only a whole one leaves as a workflow.
"""

from __future__ import annotations

from chalicelib.formats.asl.scopes import compile_scope
from chalicelib.formats.asl.vocabulary import JSONATA, TOP
from chalicelib.formats.document import Document
from chalicelib.formats.fields import Report
from chalicelib.model.expressions import Literal
from chalicelib.model.schema import check_schema
from chalicelib.model.workflow import Workflow

__all__ = ["compile_document"]


def compile_document(document: Document, *, name: str) -> Workflow:
    """Return the workflow that ``document`` describes, called ``name``.

    Raises:
        DefinitionRefused: with every problem, each with line, column and way out.
    """
    report = Report(document)
    root = report.root()
    if root["QueryLanguage"].value == "JSONata":
        root["QueryLanguage"].wrong(JSONATA)
        report.require_none()
    found = root.read(TOP)
    scope = compile_scope(root, "0", set())
    for path, message in check_schema(found.get("InputSchema")):
        part = root["InputSchema"]
        for step in path:
            part = part[step]
        part.wrong(message)
    report.require_none()
    timeout = found.get("TimeoutSeconds")
    return Workflow(
        name=name or "workflow",
        format="asl",
        scope=scope,
        timeout=None if timeout is None else Literal(value=timeout),
        input_schema=found.get("InputSchema"),
        description=found.get("Comment", ""),
    )
