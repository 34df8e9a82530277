"""Credentials of a Task -> the role that its requests are made in.

AWS, "Task state fields", Credentials: one field, the role's ARN, as it is or computed.
It is the requests of the stage that the role is for, so a task without such has none.
"""

from __future__ import annotations

from chalicelib.formats.asl.expressions import compile_expression, or_expression
from chalicelib.formats.asl.templates import compile_field
from chalicelib.formats.asl.vocabulary import JSONATA, JSONPATH
from chalicelib.formats.fields import Field, Part, Shape, name_text, text
from chalicelib.model.expressions import Expression

_FIELDS = {
    JSONATA: {"RoleArn": Field(or_expression(name_text))},
    JSONPATH: {"RoleArn": Field(name_text), "RoleArn.$": Field(text)},
}


def compile_role(state: Part, language: str) -> Expression | None:
    """Return what evaluates to the role's ARN; None where there is a problem."""
    part = state["Credentials"]
    found = part.read(Shape("Credentials", _FIELDS[language]))
    _require_requests(state)
    if "RoleArn" not in part and "RoleArn.$" not in part:
        part.wrong("'RoleArn' is missing in Credentials; add it")
    if not found:
        return None
    if language == JSONATA:
        return compile_expression(part["RoleArn"], "string")
    return compile_field(part, "RoleArn")


def _require_requests(state: Part) -> None:
    """Add a problem where the stage makes no request of AWS for the task."""
    resource = state["Resource"].value
    if not isinstance(resource, str):
        return
    if not resource.startswith("arn:"):
        way_out = "call http:invoke, whose connection is read in the role"
        state["Credentials"].wrong(f"no request to a URI has a role; {way_out}")
    elif ":activity:" in resource:
        state["Credentials"].wrong(
            "a worker comes for the task of an activity, so no request has a role; "
            "remove Credentials"
        )
