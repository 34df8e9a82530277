"""Which action of EMR is a call of Step Functions, and what is its request?

Step Functions, "EMR": its calls wrap those of EMR. A cluster is its ``ClusterId``, a
call is about one step, and fleets and groups have names. A row says what a field is
called and whether it stands for a list of one; the shapes of requests follow from it,
so that what is published is held against the same row as what is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from types import MappingProxyType
from typing import Any

from chalicelib.dispatchers.aws_model import NotInAws, find_action
from chalicelib.dispatchers.aws_shapes import Structure
from chalicelib.formats.fields import listed, suggestion
from chalicelib.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What the call knows by its name, and EMR by an id."""

    #: The field with the name, and the one with what is to be changed.
    name: str
    holder: str
    #: The field of the holder that EMR wants the id in.
    id: str
    #: The action that lists names and ids, and the part of its answer.
    lists: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Which action of EMR a call is."""

    action: str
    #: Fields of EMR's request -> what they are called here; ``[]``: here it is one.
    fields: Mapping[str, str] = field(default_factory=dict)
    #: The same for its answer.
    answer: Mapping[str, str] = field(default_factory=dict)
    #: Fields of EMR that are not there.
    without: tuple[str, ...] = ()
    named: Named | None = None


_FLEET = Named(
    name="InstanceFleetName",
    holder="InstanceFleet",
    id="InstanceFleetId",
    lists="listInstanceFleets",
    part="InstanceFleets",
)
_GROUP = Named(
    name="InstanceGroupName",
    holder="InstanceGroup",
    id="InstanceGroupId",
    lists="listInstanceGroups",
    part="InstanceGroups",
)

ROWS: Mapping[str, Row] = MappingProxyType(
    {
        "addStep": Row(
            action="addJobFlowSteps",
            fields={"JobFlowId": "ClusterId", "Steps[]": "Step"},
            answer={"StepIds[]": "StepId"},
        ),
        "cancelStep": Row(
            action="cancelSteps",
            fields={"StepIds[]": "StepId"},
            answer={"CancelStepsInfoList[]": "CancelStepsInfo"},
        ),
        "createCluster": Row(
            action="runJobFlow",
            answer={"JobFlowId": "ClusterId"},
            without=("Steps",),
        ),
        "modifyInstanceFleetByName": Row(action="modifyInstanceFleet", named=_FLEET),
        "modifyInstanceGroupByName": Row(
            action="modifyInstanceGroups",
            fields={"InstanceGroups[]": "InstanceGroup"},
            named=_GROUP,
        ),
        "setClusterTerminationProtection": Row(
            action="setTerminationProtection", fields={"JobFlowIds[]": "ClusterId"}
        ),
        "terminateCluster": Row(
            action="terminateJobFlows", fields={"JobFlowIds[]": "ClusterId"}
        ),
    }
)


def row_of(name: str) -> Row:
    """Return the row of a call.

    Raises:
        NotInAws: there is none of that name.
    """
    if name not in ROWS:
        hint = suggestion(name, ROWS) or f"there are {listed(ROWS)}"
        raise NotInAws(f"elasticmapreduce has no action {name!r}; {hint}")
    return ROWS[name]


def request_shape(name: str) -> Structure:
    """Return the shape of a call's request; ``NotInAws`` as ``row_of``."""
    row = row_of(name)
    shape = find_action("emr", row.action).operation.input_shape
    found = _renamed(shape, row)
    return found if row.named is None else _by_name(found, shape, row.named)


def answer_shape(name: str) -> Structure:
    """Return the shape of a call's answer; ``NotInAws`` as ``row_of``."""
    row = row_of(name)
    shape = find_action("emr", row.action).operation.output_shape
    return _renamed(shape or Structure(), replace(row, fields=row.answer))


def _renamed(shape: Any, row: Row) -> Structure:
    members, required = {}, []
    for name, member in shape.members.items():
        if name in row.without:
            continue
        ours = row.fields.get(f"{name}[]")
        if ours:
            member = member.member
        ours = ours or row.fields.get(name, name)
        members[ours] = member
        if name in shape.required_members:
            required.append(ours)
    return Structure(members=members, required_members=tuple(required))


def _by_name(found: Structure, shape: Any, named: Named) -> Structure:
    holder = found.members[named.holder]
    inner = _renamed(holder, Row(action="", without=(named.id,)))
    text = shape.members["ClusterId"]
    return Structure(
        members={**found.members, named.name: text, named.holder: inner},
        required_members=("ClusterId", named.name, named.holder),
    )
