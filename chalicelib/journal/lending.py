"""What does a name mean now that is decided elsewhere: a version, or a resource?

    ab://key                                   what the A/B rules of the business choose
    resourceRef://shop:prices?name=price       a resource of another descriptor

Aliases, rules and resources change at any time; who needs an answer to stay keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.errors import DefinitionRefused, WorkflowNotFound
from chalicelib.journal.archive import Archive
from chalicelib.journal.descriptors import Descriptors, first_true
from chalicelib.model.descriptors import BY_RULE, service_id
from chalicelib.values import Json

Question = Mapping[str, Any]
#: What is lent, or why it is not.
_Found = dict[str, Json] | str


class Lender:
    """Looks up versions and resources for who is about to use them."""

    def __init__(self, descriptors: Descriptors, archive: Archive) -> None:
        self._descriptors = descriptors
        self._archive = archive

    def version(self, workflow: str, named: str, given: Json) -> str:
        """Return the version that is meant by a name; empty: the current one.

        ``named``: an alias, ``md5_…``, a version, or ``*``: what the gray rules of the
        workflow say of who brings ``given``, which may be ``release``.
        """
        if not named:
            return ""
        if named == BY_RULE:
            fields = given if isinstance(given, Mapping) else {}
            rules = self._descriptors.rules(workflow)
            named = first_true(rules, _uid(fields), fields)
        return self._descriptors.version(workflow, named)

    def lend(self, question: Question) -> Json:
        """Return a loan; see ``expressions.rill_loans``."""
        protocol, _, rest = question["name"].partition("://")
        found = _PROTOCOLS[protocol](self, rest, question)
        if isinstance(found, str):
            return {"error": found}
        if (found["kind"] == "workflow") != question["is_flow"]:
            wanted = "a flow" if question["is_flow"] else "no flow"
            reason = f"the task's pattern needs {wanted}, not {found['text']}"
            return {"error": f"{question['name']}: {reason}"}
        return found

    def _chosen(self, key: str, question: Question) -> _Found:
        # Here: a stage without such tasks reads no definitions.
        from chalicelib.formats.rillflow import lending

        business, given = question["business"], question["input"]
        name = self._descriptors.resource_for(business, key, _uid(given), given)
        if name:
            return lending.named(name)
        return f"no rule of {business!r} chooses a resource for {key!r}"

    def _referred(self, rest: str, question: Question) -> _Found:
        from chalicelib.formats.rillflow import lending, resources

        reference = resources.read_reference(rest)
        assert isinstance(reference, resources.Reference)  # noqa: S101 - it was checked
        version = self.version(reference.workflow, reference.version, question["input"])
        try:
            text = self._archive.definition(reference.workflow, version).text
            return lending.listed(text, reference)
        except WorkflowNotFound:
            return f"there is no descriptor {service_id(reference.workflow)}"
        except DefinitionRefused as refused:
            return f"{service_id(reference.workflow)} cannot be read: {refused}"


def _uid(fields: Mapping[str, Json]) -> str:
    found = fields.get("uid")
    is_scalar = isinstance(found, str | int) and not isinstance(found, bool)
    return str(found) if is_scalar else ""


_PROTOCOLS: Mapping[str, Callable[[Lender, str, Question], _Found]] = {
    "ab": Lender._chosen,
    "resourceRef": Lender._referred,
}
