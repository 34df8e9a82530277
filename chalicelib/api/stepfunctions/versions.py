"""What can be done with versions and aliases? AWS's versions are our releases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.api.stepfunctions.errors import Refused
from chalicelib.api.stepfunctions.face import Ask, following
from chalicelib.api.stepfunctions.lookup import missing, plain
from chalicelib.errors import WorkflowNotFound
from chalicelib.journal.releases import Alias
from chalicelib.values import Json

_NO_SUCH = "Request references a resource that does not exist."


def publish(ask: Ask) -> Json:
    """PublishStateMachineVersion: the same revision again is the same version."""
    workflow = plain(ask, ask.text("stateMachineArn"))
    version = ask.face.archive.current(workflow)
    wanted = ask.text("revisionId")
    if wanted and wanted != version:
        message = f"The current revision is {version}, not {wanted}"
        raise Refused("ConflictException", message)
    release = ask.releases.release(workflow, version, ask.text("description"))
    return {
        "stateMachineVersionArn": ask.arns.machine(workflow, release.number),
        "creationDate": release.created_at,
    }


def list_versions(ask: Ask) -> Json:
    """ListStateMachineVersions: the newest first."""
    workflow = plain(ask, ask.text("stateMachineArn"))
    after = ask.after(int)
    found = [
        release
        for release in ask.releases.releases(workflow)
        if after is None or release.number < after
    ]
    page = found[: ask.limit]
    rows = [
        {
            "stateMachineVersionArn": ask.arns.machine(workflow, release.number),
            "creationDate": release.created_at,
        }
        for release in page
    ]
    rest = following(page[-1].number if len(found) > len(page) else None)
    return {"stateMachineVersions": rows, **rest}


def delete(ask: Ask) -> Json:
    """DeleteStateMachineVersion: not while an alias leads to it."""
    arn = ask.text("stateMachineVersionArn")
    machine = ask.arns.read_machine(arn)
    ask.caller.require_workflow(machine.workflow)
    if not machine.number:
        raise Refused("ValidationException", f"'{arn}' names no version")
    for alias in ask.releases.aliases(machine.workflow):
        if machine.number in dict(alias.routes):
            message = f"Version {machine.number} is in use by alias {alias.name}"
            raise Refused("ConflictException", message)
    ask.releases.take_back(machine.workflow, machine.number)
    return {}


# -- aliases -----------------------------------------------------------------------


def create_alias(ask: Ask) -> Json:
    """CreateStateMachineAlias: the same again is the same one."""
    workflow, routes = _routes(ask)
    wanted = Alias(
        name=ask.text("name"), routes=routes, description=ask.text("description")
    )
    known = ask.releases.alias(workflow, wanted.name)
    if known is None:
        known = ask.releases.keep_alias(workflow, wanted)
    elif (known.routes, known.description) != (wanted.routes, wanted.description):
        message = f"Alias {wanted.name} exists, with another routing or description"
        raise Refused("ConflictException", message)
    return {
        "stateMachineAliasArn": ask.arns.machine(workflow, known.name),
        "creationDate": known.created_at,
    }


def _routes(ask: Ask) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the workflow of a routing configuration, and its routes.

    Raises:
        Refused: ValidationException, InvalidArn, or ResourceNotFound.
        NotAuthorized: the key does not see the workflow.
    """
    given = ask.given["routingConfiguration"]
    machines = [ask.arns.read_machine(each["stateMachineVersionArn"]) for each in given]
    weights = [each["weight"] for each in given]
    _require_routing([(each.workflow, each.number) for each in machines], weights)
    workflow = machines[0].workflow
    ask.caller.require_workflow(workflow)
    for machine in machines:
        if ask.releases.numbered(workflow, machine.number) is None:
            raise Refused("ResourceNotFound", _NO_SUCH)
    numbers = [machine.number for machine in machines]
    return workflow, tuple(zip(numbers, weights, strict=True))


def _require_routing(
    targets: Sequence[tuple[str, int]], weights: Sequence[int]
) -> None:
    wrong = ""
    if len(targets) not in (1, 2) or len(set(targets)) < len(targets):
        wrong = "Routing configuration must have one or two different versions"
    elif len({workflow for workflow, _ in targets}) > 1:
        wrong = "Routing configuration must be of versions of one state machine"
    elif not all(number for _, number in targets):
        wrong = "Routing configuration must name versions"
    elif sum(weights) != 100 or min(weights) < 0:
        wrong = "Sum of routing configuration weights must equal 100"
    if wrong:
        raise Refused("ValidationException", wrong)


def _known(ask: Ask) -> tuple[str, Alias]:
    arn = ask.text("stateMachineAliasArn")
    machine = ask.arns.read_machine(arn)
    ask.caller.require_workflow(machine.workflow)
    if not machine.alias:
        raise Refused("ValidationException", f"'{arn}' names no alias")
    alias = ask.releases.alias(machine.workflow, machine.alias)
    if alias is None:
        raise Refused("ResourceNotFound", _NO_SUCH)
    return machine.workflow, alias


def update_alias(ask: Ask) -> Json:
    """UpdateStateMachineAlias: what the request does not name stays as it is."""
    workflow, alias = _known(ask)
    if "routingConfiguration" in ask.given:
        routed, routes = _routes(ask)
        if routed != workflow:
            message = "Routing configuration must be of versions of one state machine"
            raise Refused("ValidationException", message)
        alias = replace(alias, routes=routes)
    if "description" in ask.given:
        alias = replace(alias, description=ask.text("description"))
    return {"updateDate": ask.releases.keep_alias(workflow, alias).updated_at}


def describe_alias(ask: Ask) -> Json:
    """DescribeStateMachineAlias."""
    workflow, alias = _known(ask)
    routing = [
        {
            "stateMachineVersionArn": ask.arns.machine(workflow, number),
            "weight": weight,
        }
        for number, weight in alias.routes
    ]
    return {
        "stateMachineAliasArn": ask.arns.machine(workflow, alias.name),
        "name": alias.name,
        "description": alias.description,
        "routingConfiguration": routing,
        "creationDate": alias.created_at,
        "updateDate": alias.updated_at,
    }


def list_aliases(ask: Ask) -> Json:
    """ListStateMachineAliases: of a workflow, or those that lead to a version."""
    arn = ask.text("stateMachineArn")
    machine = ask.arns.read_machine(arn)
    ask.caller.require_workflow(machine.workflow)
    try:
        ask.face.archive.current(machine.workflow)
    except WorkflowNotFound:
        raise missing(arn) from None
    found = [
        alias
        for alias in ask.releases.aliases(machine.workflow)
        if not machine.number or machine.number in dict(alias.routes)
    ]
    page, rest = ask.page(found, lambda alias: alias.name)
    rows = [
        {
            "stateMachineAliasArn": ask.arns.machine(machine.workflow, alias.name),
            "creationDate": alias.created_at,
        }
        for alias in page
    ]
    return {"stateMachineAliases": rows, **rest}


def delete_alias(ask: Ask) -> Json:
    """DeleteStateMachineAlias."""
    workflow, alias = _known(ask)
    ask.releases.drop_alias(workflow, alias.name)
    return {}
