"""What is lent to a task: a resource that is named elsewhere, in the model's words?

    ab://key                                   a rule chooses a resource's name
    resourceRef://shop:prices?name=price       a resource of another descriptor

A loan is what ``expressions.rill_loans`` says. Each function here returns one, or a
text that says why there is none.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.formats import document
from chalicelib.formats.fields import suggestion
from chalicelib.formats.rillflow.resources import LOAN, Reference, Resource, resource
from chalicelib.formats.rillflow.rules import mapping_rules
from chalicelib.formats.rillflow.shapes import text_of
from chalicelib.model import codec
from chalicelib.values import Json

#: As ``expressions.rill_loans`` says.
Loan = dict[str, Json]


def named(name: str) -> Loan | str:
    """Return the loan of a resource that a rule has chosen by its name."""
    return _loan({"resourceName": name}, {})


def listed(text: str, reference: Reference) -> Loan | str:
    """Return the loan of a resource that a descriptor's text lists.

    Raises:
        DefinitionRefused: the text cannot be read.
    """
    dag = document.read(text).value
    found = {text_of(each.get("name")): each for each in dag.get("resources") or ()}
    if reference.name not in found:
        hint = suggestion(reference.name, found) or f"there are: {', '.join(found)}"
        return f"there is no resource {reference.name!r}; {hint}"
    return _loan(found[reference.name], dag.get("commonMapping") or {})


def _loan(said: Mapping[str, Json], common: Mapping[str, Json]) -> Loan | str:
    name = text_of(said.get("resourceName")).strip()
    found = resource(name, text_of(said.get("category")).strip())
    if not isinstance(found, Resource):
        return found
    if found.kind == LOAN or found.text.startswith("resource:"):
        return f"{name} is named elsewhere again; a resource is to name itself"
    return {
        "text": found.text,
        "kind": found.kind,
        "target": found.target,
        "method": text_of(said.get("requestType")).strip().upper(),
        "parameters": said.get("parameters") or {},
        "rules": codec.encode(mapping_rules(said.get("input_mappings"), common)),
    }
