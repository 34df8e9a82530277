"""What can be done with the versions of a flow? Each has the next number.

A version keeps the definition, the description, the environment and the role as they
were when it was published; every publishing makes one.
"""

from __future__ import annotations

from chalicelib.api.cloudflow.errors import Refused
from chalicelib.api.cloudflow.face import Ask, moment
from chalicelib.api.cloudflow.flows import (
    LONGEST_DESCRIPTION,
    facts_of,
    release_of,
)
from chalicelib.values import Json

#: Facts that a version keeps.
_KEPT = ("Environment", "roleArn")


def publish(ask: Ask) -> dict[str, Json]:
    """PublishFlowVersion."""
    name = ask.workflow()
    flow = ask.face.archive.definition(name)
    about = facts_of(ask, flow).about
    description = ask.text("Description", most=LONGEST_DESCRIPTION)
    release = ask.releases.release(
        name,
        flow.version,
        description,
        facts={each: about[each] for each in _KEPT if each in about},
    )
    return {
        "FlowName": name,
        "Version": str(release.number),
        "Description": release.description,
        "CreatedTime": moment(release.created_at),
    }


def list_versions(ask: Ask) -> dict[str, Json]:
    """ListFlowVersions: the newest first."""
    name = ask.flow()
    begin = ask.number("NextToken", 0, least=0, most=10**8)
    rest = [
        each
        for each in ask.releases.releases(name)
        if not begin or each.number <= begin
    ]
    limit = ask.limit()
    rows = [
        {
            "Version": str(each.number),
            "Description": each.description,
            "CreatedTime": moment(each.created_at),
        }
        for each in rest[:limit]
    ]
    following = str(rest[limit].number) if len(rest) > limit else ""
    return {"FlowVersions": rows, "NextToken": following}


def delete(ask: Ask) -> dict[str, Json]:
    """DeleteFlowVersion: not while an alias leads to it."""
    name = ask.flow()
    number = release_of(ask, name, ask.needed("FlowVersion")).number
    for alias in ask.releases.aliases(name):
        if number in dict(alias.routes):
            message = f"version {number} is in use by alias {alias.name}"
            raise Refused("ActionNotSupported", message)
    ask.releases.take_back(name, number)
    return {}
