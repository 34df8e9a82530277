"""What does a verb of Rill Flow's face work with? The stage, and a request's names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.api.current import Answering
from chalicelib.api.rillflow.errors import DATA_FORMAT, Refused, missing
from chalicelib.api.routes import Call, read_json, workflow_of
from chalicelib.errors import InputRefused
from chalicelib.journal.archive import Archive
from chalicelib.journal.descriptors import Descriptors, first_true
from chalicelib.journal.scopes import Journal
from chalicelib.journal.templates import Templates
from chalicelib.model import descriptors
from chalicelib.values import Json

_NAME = re.compile(r"[A-Za-z0-9]{1,100}")
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A stage, as Rill Flow's clients see it."""

    archive: Archive
    scopes: Journal
    descriptors: Descriptors
    templates: Templates
    #: Callbacks need neither token nor key.
    allows_unsigned: bool = False


def _of_this_stage() -> Face:
    from chalicelib import bootstrap

    return Face(
        archive=bootstrap.journal(),
        scopes=bootstrap.scopes(),
        descriptors=bootstrap.descriptors(),
        templates=bootstrap.templates(),
        allows_unsigned=bootstrap.settings().allow_unsigned_triggers,
    )


#: The face that answers.
face = Answering(_of_this_stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """``business:feature``, and which version of it."""

    business: str
    feature: str
    #: An alias or ``md5_…``; empty where nobody says.
    version: str = ""

    @property
    def workflow(self) -> str:
        """Our name of it."""
        return descriptors.workflow_name(self.business, self.feature)

    def text(self) -> str:
        """Return the id as Rill Flow writes it."""
        parts = (self.business, self.feature, self.version)
        return ":".join(part for part in parts if part)


def required(call: Call, name: str) -> str:
    """Return a parameter of the query.

    Raises:
        Refused: it is missing or empty.
    """
    value = call.query.get(name, "")
    if not value:
        raise missing(name)
    return value


def name_in(call: Call, parameter: str) -> str:
    """Return the name of a business, a feature or an alias.

    Raises:
        Refused: it is missing, or no such name.
    """
    return require_name(required(call, parameter), parameter)


def require_name(text: str, what: str) -> str:
    """Return ``text`` if it may be a name.

    Raises:
        InputRefused: it may not.
    """
    if not _NAME.fullmatch(text):
        raise InputRefused(f"{text!r} is not 1 to 100 letters and digits", path=what)
    return text


def flag(call: Call, name: str, default: bool | None = None) -> bool:
    """Return a parameter that is ``true`` or ``false``.

    Raises:
        Refused: it is neither, or missing where there is no default.
    """
    text = call.query.get(name, "")
    if not text and default is not None:
        return default
    if (text or required(call, name)).lower() not in _FLAGS:
        reason = f"{name}: {text!r} is neither true nor false"
        raise Refused(422, DATA_FORMAT, reason)
    return _FLAGS[text.lower()]


def read_descriptor(text: str) -> Descriptor:
    """Return what a descriptor id names.

    Raises:
        InputRefused: it is none.
    """
    business, _, rest = text.partition(":")
    feature, _, version = rest.partition(":")
    is_named = _NAME.fullmatch(business) and _NAME.fullmatch(feature)
    if not is_named or not re.fullmatch(r"\w{0,100}", version, re.ASCII):
        reason = (
            f"{text!r} is no descriptor id; write business:feature, "
            "business:feature:alias or business:feature:md5_…"
        )
        raise InputRefused(reason, path="descriptor_id")
    return Descriptor(business=business, feature=feature, version=version)


def descriptor_in(call: Call, parameter: str = "descriptor_id") -> Descriptor:
    """Return the descriptor that a request names.

    Raises:
        Refused: it is missing.
        InputRefused: it is no descriptor id.
        NotAuthorized: the key does not see its workflow.
    """
    found = read_descriptor(required(call, parameter))
    call.caller.require_workflow(found.workflow)
    return found


def service_in(call: Call, parameter: str = "service_id") -> Descriptor:
    """Return the flow that a request names, without a version.

    Raises:
        Refused: it is missing, or says a version.
        InputRefused: it is no descriptor id.
        NotAuthorized: the key does not see its workflow.
    """
    found = descriptor_in(call, parameter)
    if found.version:
        reason = f"{parameter}: write business:feature, without a version"
        raise Refused(422, DATA_FORMAT, reason)
    return found


def execution_in(call: Call, parameter: str = "execution_id") -> str:
    """Return the execution that a request names, by our own id.

    Raises:
        Refused: it is missing.
        NotAuthorized: the key does not see its workflow.
    """
    execution = descriptors.read_execution(required(call, parameter))
    call.caller.require_workflow(workflow_of(execution))
    return execution


def json_in(call: Call, name: str) -> Json:
    """Return the JSON that a parameter of the query spells; None where it is absent.

    Raises:
        InputRefused: it is not JSON.
    """
    text = call.query.get(name, "")
    return read_json(text, name) if text else None


def context_in(call: Call) -> dict[str, Json]:
    """Return the object in the body; an empty one where there is no body.

    Raises:
        InputRefused: the body is something else.
        PayloadTooLarge: it has more bytes than the stage takes.
    """
    body = call.json("the body", limit=call.service.limits.input_bytes, default={})
    if not isinstance(body, Mapping):
        raise InputRefused("the body is not a JSON object")
    return dict(body)


def version_of(found: Descriptor, uid: str, context: Mapping[str, Json]) -> str:
    """Return the version behind a descriptor id; empty for the current one.

    Who does not say which is asked for by the feature's gray rules, in the order of
    their aliases; where none is true, ``release`` is meant.
    """
    kept = face().descriptors
    alias = found.version or first_true(kept.rules(found.workflow), uid, context)
    return kept.version(found.workflow, alias)
