"""A Rill Flow DAG -> the model.

    document --checks--> problems, all of them, or none
                          └--short--> every mapping in its long form --build--> workflow

``checks`` and ``task_checks`` ask what is wrong, so that ``short`` and ``build`` never
have to. Modules here speak Rill Flow's words (DAG, task, mapping); ``build`` and
``functions`` turn them into ours.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.formats import fields
from chalicelib.formats.document import Document
from chalicelib.formats.rillflow import codes
from chalicelib.formats.rillflow.build import workflow
from chalicelib.formats.rillflow.checks import LIBRARY, check_dag
from chalicelib.formats.rillflow.shared import filled_in
from chalicelib.formats.rillflow.short import written_out
from chalicelib.model.workflow import Workflow
from chalicelib.values import Json

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
    return workflow(written_out(filled_in(_with_tasks(document.value))), name)


def _with_tasks(dag: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return a checked DAG; one that only lends resources has no tasks."""
    is_library = dag["type"] == LIBRARY
    return {**dag, "tasks": [], "output": None} if is_library else dag
