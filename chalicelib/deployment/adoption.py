"""What did an earlier stack leave behind, and how does the next one take it over?

CloudFormation would find a table and a bucket by their names on its own, but no queue:
it knows a queue by its URL only. So all of it is imported, by a change set of its own.

Rule 1  An import makes nothing new: the rest of the stack comes with the next change.
Rule 2  CloudFormation takes the template's word for what it imports. So that is first
        brought to what the template says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.deployment import provision
from chalicelib.deployment.place import Place

Clients = Callable[[str], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A resource that is there, without a stack."""

    #: Its name in the template.
    name: str
    kind: str
    #: What CloudFormation knows it by: ``{"QueueUrl": "https://…"}``.
    identifier: Mapping[str, str]

    def __str__(self) -> str:
        return f"= {self.name}  {self.kind}  (taken over)"


def left_behind(clients: Clients, template: Mapping[str, Any]) -> list[Kept]:
    """Return what of ``template`` is there already."""
    found = []
    for name, (service, key, _) in _HOLDING_DATA.items():
        resource = template["Resources"][name]
        identifier = provision.found(clients(service), resource["Properties"])
        if identifier:
            kept = {key: identifier}
            found.append(Kept(name=name, kind=resource["Type"], identifier=kept))
    return found


def refresh(
    clients: Clients, place: Place, kept: Iterable[Kept], template: Mapping[str, Any]
) -> None:
    """Bring what was left behind to what ``template`` says."""
    for each in kept:
        service, _, provide = _HOLDING_DATA[each.name]
        provide(clients(service), place, template["Resources"][each.name]["Properties"])


def import_request(
    kept: Iterable[Kept], template: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return what CreateChangeSet is to be told."""
    known = list(kept)
    resources = {each.name: template["Resources"][each.name] for each in known}
    return {
        "ChangeSetType": "IMPORT",
        "TemplateBody": json.dumps({"Resources": resources}),
        "ResourcesToImport": [
            {
                "ResourceType": each.kind,
                "LogicalResourceId": each.name,
                "ResourceIdentifier": dict(each.identifier),
            }
            for each in known
        ],
    }


#: Name in the template -> service, what CloudFormation knows it by, how it is made.
_HOLDING_DATA: Mapping[str, tuple[str, str, Callable[..., object]]] = {
    "Table": ("dynamodb", "TableName", provision.provide_table),
    "Values": ("s3", "BucketName", provision.provide_values),
    "DeadLetters": ("sqs", "QueueUrl", provision.provide_queue),
}
