"""A Rill Flow DAG -> the model.

    document --checks--> problems, all of them, or none
                          └--short--> every mapping in its long form --build--> workflow

``checks`` and ``task_checks`` ask what is wrong, so that ``short`` and ``build`` never
have to. Modules here speak Rill Flow's words (DAG, task, mapping); ``build`` and
``functions`` turn them into ours.
"""

from __future__ import annotations

from chalicelib.formats import fields
from chalicelib.formats.document import Document
from chalicelib.formats.rillflow import codes
from chalicelib.formats.rillflow.build import workflow
from chalicelib.formats.rillflow.checks import check_dag
from chalicelib.formats.rillflow.shared import filled_in
from chalicelib.formats.rillflow.short import written_out
from chalicelib.model.workflow import Workflow

__all__ = ["compile_document"]


def compile_document(document: Document, *, name: str) -> Workflow:
    """Return the workflow of a DAG; ``name`` is for one without a ``dagName``.

    Raises:
        DefinitionRefused: with every problem of the definition.
    """
    report = fields.Report(document)
    dag = report.root()
    with report.coded(codes.SHAPE):
        if dag.obeys(fields.mapping):
            check_dag(dag)
    report.require_none()
    return workflow(written_out(filled_in(document.value)), name)
