"""What do Step Functions call the things of a stage? Names in ARNs, there and back.

    arn:aws:states:<region>:<account>:stateMachine:<workflow>[:<release or alias>]
    arn:aws:states:<region>:<account>:execution:<workflow>:<name>
    arn:aws:states:<region>:<account>:express:<workflow>:<name>:<hash>

Rule 1  Partition, region and account of an ARN that comes in are not looked at: a
        client may have configured others, and this stage has no second account.
Rule 2  A colon in the name of a workflow is written ``%3A``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from chalicelib.api.sfn_errors import Refused
from chalicelib.model.arns import Naming

_ARN = re.compile(r"arn:[\w-]+:states:[\w-]*:\d*:(\w+):(.+)", re.ASCII | re.DOTALL)
#: AWS, CreateStateMachine, "name": no white space, brackets, wildcards, other special
#: characters, control characters, or halves of characters.
_NAME = re.compile(
    r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]{1,80}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The workflow that an ARN names, and what follows its name."""

    workflow: str
    #: Number of a release; 0 for none.
    number: int = 0
    alias: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether the ARN names neither a release nor an alias."""
        return not (self.number or self.alias)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arns:
    """Writes ARNs of one stage; reads those of any."""

    account: str
    region: str

    def machine(self, workflow: str, qualifier: str | int = "") -> str:
        """Return the ARN of a workflow, or of a release or alias of it."""
        tail = f":{qualifier}" if qualifier else ""
        return f"{self.naming().machine(workflow)}{tail}"

    def execution(self, workflow: str, name: str) -> str:
        """Return the ARN of an execution."""
        return self.naming().execution(workflow, name, 0)

    def express(self, workflow: str, name: str, started_at: float) -> str:
        """Return the ARN of an express execution; each start has one of its own."""
        return self.naming(is_express=True).execution(workflow, name, started_at)

    def role(self) -> str:
        """Return a role for workflows that were published without one."""
        return f"arn:aws:iam::{self.account}:role/millrace"

    def naming(self, *, is_express: bool = False) -> Naming:
        """Return what the stage's context objects name things by."""
        prefix = f"arn:aws:states:{self.region}:{self.account}"
        return Naming(prefix=prefix, is_express=is_express)

    def read_machine(self, arn: str) -> Machine:
        """Return what the ARN of a state machine names.

        Raises:
            Refused: InvalidArn.
        """
        name, _, qualifier = _read(arn, "stateMachine").partition(":")
        if not name or ":" in qualifier or arn.endswith(":"):
            raise _wrong(arn)
        if qualifier.isdigit():
            return Machine(workflow=unquote(name), number=int(qualifier))
        return Machine(workflow=unquote(name), alias=qualifier)

    def read_execution(self, arn: str) -> str:
        """Return the id of the execution that an ARN names.

        Raises:
            Refused: InvalidArn.
        """
        parts = _read(arn, "execution", "express").split(":")
        if len(parts) not in (2, 3) or not all(parts):
            raise _wrong(arn)
        return f"{unquote(parts[0])}:{parts[1]}"


def require_name(name: str) -> None:
    """Pass if AWS lets something be called ``name``.

    Raises:
        Refused: InvalidName.
    """
    if not _NAME.fullmatch(name):
        raise Refused("InvalidName", f"Invalid Name: '{name}'")


def _read(arn: str, *kinds: str) -> str:
    found = _ARN.fullmatch(arn)
    if found is None:
        raise _wrong(arn)
    if found[1] not in kinds:
        reason = f"Resource type not valid in this context: {found[1]}"
        raise Refused("InvalidArn", f"Invalid Arn: '{reason}'")
    return found[2]


def _wrong(arn: str) -> Refused:
    return Refused("InvalidArn", f"Invalid Arn: '{arn}'")
