"""Amazon States Language -> model.

    vocabulary     the fields of every object of the language
    paths          JSONPath, ``$$`` and ``$variable`` texts -> nodes
    intrinsics     ``States.…(…)`` texts -> nodes
    templates      names that end in ``.$`` -> expressions
    dataflow       InputPath … OutputPath -> the stations of a state
    resources      a Task's Resource -> what is called, and in which mode
    recovery       Retry and Catch
    choices        the rules of a Choice
    expressions    texts in ``{% %}`` -> nodes
    payloads       a Task's request in either query language
    variables      which of them a scope may assign
    dialects       the two query languages: ``states``, ``states_jsonata``
    scopes         the graph, and the checks of it

A definition is walked once, everything wrong with it is collected, and only a whole
one leaves as a workflow.
"""

from __future__ import annotations

from chalicelib.formats.asl.scopes import compile_machine
from chalicelib.formats.asl.vocabulary import TOP
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
    found = root.read(TOP)
    scope = compile_machine(root)
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
