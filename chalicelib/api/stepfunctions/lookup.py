"""Which workflow, which version of it, which execution does an ARN mean?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.api.stepfunctions.errors import Refused
from chalicelib.api.stepfunctions.face import Ask
from chalicelib.errors import ExecutionNotFound, WorkflowNotFound
from chalicelib.journal.heads import Head
from chalicelib.journal.releases import Facts
from chalicelib.values import Json

#: Members that AWS keeps beside a definition, with what they are by default.
KEPT: Mapping[str, Json] = {
    "type": "STANDARD",
    "roleArn": "",
    "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
    "tracingConfiguration": {"enabled": False},
    "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The version of a workflow that an ARN leads to."""

    workflow: str
    version: str
    #: Release and alias that led there; 0 and empty for none.
    number: int = 0
    alias: str = ""

    def is_of(self, number: int, alias: str) -> bool:
        """Whether what was started by that release and alias was started by this ARN.

        By a release also through any alias, by the workflow's own ARN in any way.
        """
        if self.alias:
            return alias == self.alias
        return self.number in (0, number)


def choose(ask: Ask, arn: str, key: str = "") -> Chosen:
    """Return the version behind an ARN; ``key`` decides where an alias has two routes.

    Raises:
        Refused: InvalidArn, ValidationException, or StateMachineDoesNotExist.
        NotAuthorized: the key does not see the workflow.
    """
    machine = ask.arns.read_machine(arn)
    ask.caller.require_workflow(machine.workflow)
    if machine.label:
        message = f"Invalid Arn: '{arn}' names a Map of a state machine"
        raise Refused("ValidationException", message)
    number = machine.number
    if machine.alias:
        alias = ask.releases.alias(machine.workflow, machine.alias)
        if alias is None:
            raise missing(arn)
        number = alias.route(key)
    if not number:
        version = _current(ask, machine.workflow, arn)
        return Chosen(workflow=machine.workflow, version=version)
    release = ask.releases.numbered(machine.workflow, number)
    if release is None:
        raise missing(arn)
    return Chosen(
        workflow=machine.workflow,
        version=release.version,
        number=number,
        alias=machine.alias,
    )


def _current(ask: Ask, workflow: str, arn: str) -> str:
    try:
        return ask.face.archive.current(workflow)
    except WorkflowNotFound:
        raise missing(arn) from None


def head_of(ask: Ask, arn: str) -> Head:
    """Return the execution that an ARN names.

    Raises:
        Refused: InvalidArn, ValidationException for a child of a Map, or
            ExecutionDoesNotExist.
        NotAuthorized: the key does not see its workflow.
    """
    if ask.arns.read_child(arn) is not None:
        message = f"Invalid Arn: '{arn}' is a child of a Map Run"
        raise Refused("ValidationException", message)
    execution = ask.arns.read_execution(arn)
    ask.caller.require_workflow(execution.rpartition(":")[0])
    try:
        return ask.face.archive.head(execution)
    except ExecutionNotFound:
        raise no_execution(arn) from None


def no_execution(arn: str) -> Refused:
    """Return the error for an execution that is not there."""
    message = f"Execution Does Not Exist: '{arn}'"
    return Refused("ExecutionDoesNotExist", message)


def missing(arn: str) -> Refused:
    """Return the error for a state machine that is not there."""
    message = f"State Machine Does Not Exist: '{arn}'"
    return Refused("StateMachineDoesNotExist", message)


def plain(ask: Ask, arn: str) -> str:
    """Return the workflow that an ARN without release and alias names.

    Raises:
        Refused: InvalidArn, ValidationException, or StateMachineDoesNotExist.
        NotAuthorized: the key does not see the workflow.
    """
    machine = ask.arns.read_machine(arn)
    ask.caller.require_workflow(machine.workflow)
    if not machine.is_plain:
        message = f"Invalid Arn: '{arn}' names a version, an alias or a Map"
        raise Refused("ValidationException", message)
    _current(ask, machine.workflow, arn)
    return machine.workflow


def facts_of(ask: Ask, workflow: str) -> Facts:
    """Return what is kept about a workflow; AWS's defaults where nothing is."""
    return filled(ask, ask.releases.facts(workflow))


def filled(ask: Ask, facts: Facts | None) -> Facts:
    """Return facts with AWS's defaults for what they do not say.

    Those that another face keeps are left out.
    """
    facts = facts or Facts()
    about = {name: facts.about[name] for name in KEPT if name in facts.about}
    role = {"roleArn": ask.arns.role()}
    return replace(facts, about={**KEPT, **role, **about})
