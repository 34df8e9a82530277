"""What can be done with state machines? They are the workflows of a stage.

Rule 1  Every workflow is a state machine, also one that was published otherwise: then
        it is STANDARD, and has a role of which nobody makes use.
Rule 2  What AWS keeps beside the definition (type, role, logging, tracing, tags) is
        kept and shown; this stage logs in its own way and needs no role.
Rule 3  A revision is a version of the workflow, named by its content.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from chalicelib.api.stepfunctions.arns import require_name
from chalicelib.api.stepfunctions.definitions import require_express
from chalicelib.api.stepfunctions.errors import Refused
from chalicelib.api.stepfunctions.face import Ask
from chalicelib.api.stepfunctions.lookup import (
    KEPT,
    Chosen,
    choose,
    facts_of,
    filled,
    plain,
)
from chalicelib.api.stepfunctions.variables import references
from chalicelib.errors import WorkflowNotFound
from chalicelib.journal.archive import Published
from chalicelib.journal.releases import Facts, Release
from chalicelib.values import Json

#: AWS, "Quotas": tags of one resource.
MOST_TAGS = 50
#: Two requests to create are the same when these are (AWS: not the role, not the tags).
_COMPARED = [name for name in KEPT if name != "roleArn"]


def create(ask: Ask) -> Json:
    """CreateStateMachine: the same again is the same one."""
    name = ask.text("name")
    require_name(name)
    require_encryption(ask)
    _require_role(ask)
    _require_publish_for_description(ask)
    before = _published(ask, name)
    given = {key: ask.given[key] for key in KEPT if key in ask.given}
    if before is not None:
        _require_same(ask, before, given)
    else:
        before = _create(ask, name, given)
    facts = facts_of(ask, name)
    return {
        "stateMachineArn": ask.arns.machine(name),
        "creationDate": facts.created_at or before.published_at,
        **_released(ask, name),
    }


def _create(ask: Ask, name: str, given: Mapping[str, Json]) -> Published:
    """Make a workflow that was not there; what is kept about it comes first."""
    kind = given.get("type", "STANDARD")
    _require_definition(ask, name, kind, "asl")
    facts = Facts(about=given, tags=tags_of(ask), created_at=ask.service.clock.now())
    ask.releases.change(name, lambda _before: facts)
    return _publish(ask, name, "asl")


def _require_same(ask: Ask, before: Published, given: Mapping[str, Json]) -> None:
    known = facts_of(ask, before.name).about
    wanted = {**KEPT, **given}
    is_same = all(known[name] == wanted[name] for name in _COMPARED)
    if not is_same or before.text != ask.text("definition"):
        arn = ask.arns.machine(before.name)
        message = f"State Machine Already Exists: '{arn}'"
        raise Refused("StateMachineAlreadyExists", message)


def _published(ask: Ask, name: str) -> Published | None:
    ask.caller.require_workflow(name)
    try:
        return ask.face.archive.definition(name)
    except WorkflowNotFound:
        return None


def _require_definition(ask: Ask, name: str, kind: str, format: str) -> None:
    workflow = ask.service.compile(ask.text("definition"), format=format, name=name)
    if kind == "EXPRESS":
        require_express(workflow)


def _publish(ask: Ask, name: str, format: str) -> Published:
    return ask.service.publish(
        ask.text("definition"),
        format=format,
        name=name,
        may_publish=ask.caller.require_workflow,
    )


#: AWS, "Role ARNs": who the machine would act as; here it is kept, and not used.
_ROLE = re.compile(r"arn:[\w-]+:iam::\d*:role/.+")


def _require_role(ask: Ask) -> None:
    role = ask.text("roleArn")
    if role and not _ROLE.fullmatch(role):
        raise Refused("InvalidArn", f"Invalid Role Arn: '{role}'")


def _require_publish_for_description(ask: Ask) -> None:
    if ask.text("versionDescription") and not ask.given.get("publish"):
        message = "Version description can only be set when publish is true"
        raise Refused("ValidationException", message)


def _released(ask: Ask, workflow: str) -> dict[str, Json]:
    """Give the current version a number, where the request wants that."""
    if not ask.given.get("publish"):
        return {}
    version = ask.face.archive.current(workflow)
    release = ask.releases.release(workflow, version, ask.text("versionDescription"))
    return {"stateMachineVersionArn": ask.arns.machine(workflow, release.number)}


def require_encryption(ask: Ask) -> None:
    """Pass unless the request wants a key of the customer's, and names none.

    Raises:
        Refused: InvalidEncryptionConfiguration.
    """
    given = ask.given.get("encryptionConfiguration", {})
    if given.get("type") == "CUSTOMER_MANAGED_KMS_KEY" and not given.get("kmsKeyId"):
        message = "Invalid Encryption Configuration: 'kmsKeyId is missing'"
        raise Refused("InvalidEncryptionConfiguration", message)


def tags_of(
    ask: Ask, before: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """Return the tags ``before``, with those of the request.

    Raises:
        Refused: TooManyTags.
    """
    given = ask.given.get("tags", ())
    tags = {**before, **{each["key"]: each.get("value", "") for each in given}}
    if len(tags) > MOST_TAGS:
        raise Refused("TooManyTags", f"A resource has at most {MOST_TAGS} tags")
    return tags


_CHANGED = ("definition", "roleArn", "loggingConfiguration", "tracingConfiguration")


def update(ask: Ask) -> Json:
    """UpdateStateMachine: what the request does not name stays as it is."""
    workflow = plain(ask, ask.text("stateMachineArn"))
    require_encryption(ask)
    _require_role(ask)
    _require_publish_for_description(ask)
    given = {key: ask.given[key] for key in KEPT if key in ask.given}
    if not given and "definition" not in ask.given:
        message = f"At least one of {', '.join(_CHANGED)} must be specified"
        raise Refused("MissingRequiredParameter", message)
    before = ask.face.archive.definition(workflow)
    if "definition" in ask.given:
        kind = facts_of(ask, workflow).about["type"]
        _require_definition(ask, workflow, kind, before.format)
        _publish(ask, workflow, before.format)
    facts = ask.releases.change(
        workflow,
        lambda facts: replace(
            facts,
            about={**facts.about, **given},
            created_at=facts.created_at or before.published_at,
        ),
    )
    return {
        "updateDate": facts.updated_at,
        "revisionId": ask.face.archive.current(workflow),
        **_released(ask, workflow),
    }


def delete(ask: Ask) -> Json:
    """DeleteStateMachine: executions under way are stopped. Again is fine."""
    machine = ask.arns.read_machine(ask.text("stateMachineArn"))
    ask.caller.require_workflow(machine.workflow)
    if not machine.is_plain:
        message = "A version or an alias is deleted by an action of its own"
        raise Refused("ValidationException", message)
    cause = "its state machine was deleted"
    ask.service.orchestrator.withdraw(machine.workflow, cause)
    ask.releases.forget(machine.workflow)
    return {}


def describe(ask: Ask) -> Json:
    """DescribeStateMachine: of the workflow, or of a release or alias of it."""
    arn = ask.text("stateMachineArn")
    chosen = choose(ask, arn)
    release = None
    if chosen.number:
        release = ask.releases.numbered(chosen.workflow, chosen.number)
    return described(ask, chosen, release)


def described(ask: Ask, chosen: Chosen, release: Release | None) -> dict[str, Json]:
    """Return everything that is known of a version of a workflow."""
    found = ask.face.archive.definition(chosen.workflow, chosen.version)
    facts = facts_of(ask, chosen.workflow)
    with_data = ask.text("includedData") != "METADATA_ONLY"
    read = references(ask.face.archive.workflow(chosen.workflow, chosen.version))
    number = release.number if release else ""
    details: dict[str, Json] = {
        "stateMachineArn": ask.arns.machine(chosen.workflow, number),
        "name": chosen.workflow,
        "status": "ACTIVE",
        # AWS: without the data it is there, and an empty object.
        "definition": found.text if with_data else "{}",
        **facts.about,
        "creationDate": facts.created_at or found.published_at,
        "revisionId": chosen.version,
    }
    if with_data and read:
        details["variableReferences"] = read
    if release is not None:
        details["creationDate"] = release.created_at
        if release.description:
            details["description"] = release.description
    return details


def list_machines(ask: Ask) -> Json:
    """ListStateMachines: those that the key sees, by name."""
    found = ask.face.archive.definitions()
    seen = [each for each in found if ask.caller.sees(each.name)]
    page, rest = ask.page(
        sorted(seen, key=lambda each: each.name), lambda each: each.name
    )
    facts = ask.releases.all_facts()
    return {"stateMachines": [_row(ask, each, facts) for each in page], **rest}


def _row(ask: Ask, found: Published, kept: Mapping[str, Facts]) -> Json:
    facts = filled(ask, kept.get(found.name))
    return {
        "stateMachineArn": ask.arns.machine(found.name),
        "name": found.name,
        "type": facts.about["type"],
        "creationDate": facts.created_at or found.published_at,
    }
