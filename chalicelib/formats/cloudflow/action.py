"""What is an action, and how do its Parameters become a request?

``actions`` and ``services`` have the rows; what their columns are made of is here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from chalicelib.formats.cloudflow.constructors import compile_twin
from chalicelib.formats.cloudflow.folding import object_of
from chalicelib.formats.cloudflow.sight import Sight
from chalicelib.formats.fields import Part, Shape
from chalicelib.model.expressions import Call, Expression, Literal
from chalicelib.model.workflow import Job, Mode
from chalicelib.values import Json

#: The words of the language for the model's modes.
REQUEST_COMPLETE = "RequestComplete"
SYSTEM_CALLBACK = "WaitForSystemCallback"
CUSTOM_CALLBACK = "WaitForCustomCallback"
TASK_MODES = (REQUEST_COMPLETE, SYSTEM_CALLBACK, CUSTOM_CALLBACK)

#: Mode, and how the answer of the request is read.
Manner = tuple[Mode, str]
#: Who answers the token decides; of the request only its refusal counts.
CALLBACK: Manner = (Mode.CALLBACK, "accepted")
EMPTY = Literal(value={})

Build = Callable[[Part, Sight], Expression]
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A row: one operation of one service."""

    parameters: Shape
    #: Parameters without which there is no request.
    needed: tuple[str, ...] = ()
    #: By TaskMode; a mode that is not here is one the service does not have.
    manners: Mapping[str, Manner]
    #: By TaskMode and invocationType, where that makes a difference.
    by_invocation: Mapping[tuple[str, Json], Manner] = field(default_factory=dict)
    resource: Build
    arguments: Build
    #: Seconds after which a WaitForSystemCallback that names no Timeout is over.
    patience: float | None = None
    #: What WaitForSystemCallback looks at.
    job: Job | None = None


#: The modes of a service whose requests are done when they are answered.
ANSWERS: Mapping[str, Manner] = MappingProxyType(
    {REQUEST_COMPLETE: (Mode.REQUEST, "payload"), CUSTOM_CALLBACK: CALLBACK}
)


def given(part: Part, name: str, sight: Sight) -> Expression:
    """Return a parameter; an empty object where there is none."""
    found = compile_twin(part, name, sight)
    return EMPTY if found is None else found


def whole(name: str) -> Build:
    """Build what one parameter says."""
    return lambda part, sight: given(part, name, sight)


def some(names: Mapping[str, str], **defaults: Json) -> Build:
    """Build an object of the parameters that are given: name -> its new name."""

    def build(part: Part, sight: Sight) -> Expression:
        fields: dict[str, Expression] = {
            name: Literal(value=value) for name, value in defaults.items()
        }
        for name, new in names.items():
            found = compile_twin(part, name, sight)
            fields |= {} if found is None else {new: found}
        return object_of(fields)

    return build


def constant(text: str) -> Build:
    """Build a text that no parameter changes."""
    return lambda _part, _sight: Literal(value=text)


def filled(text: str) -> Build:
    """Build a text with one parameter in it, whose name stands in braces."""
    (name,) = _PLACE.findall(text)

    def build(part: Part, sight: Sight) -> Expression:
        found = given(part, name, sight)
        if isinstance(found, Literal):
            return Literal(value=_PLACE.sub(lambda _: str(found.value), text))
        pattern = Literal(value=_PLACE.sub("{}", text))
        return Call(name="CloudFlow.format", arguments=(pattern, found))

    return build
