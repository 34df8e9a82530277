"""What do Step Functions call the things of a stage? Names in ARNs, there and back.

    arn:aws:states:<region>:<account>:stateMachine:<workflow>[:<release or alias>]
    arn:aws:states:<region>:<account>:execution:<workflow>:<name>
    arn:aws:states:<region>:<account>:express:<workflow>:<name>:<hash>
    arn:aws:states:<region>:<account>:activity:<activity>
    arn:aws:states:<region>:<account>:mapRun:<workflow>/<label>:<run>

A child of a distributed Map is an execution too: of <workflow>/<label>, with the name
that ``engine.runs`` gives it.

Rule 1  Partition, region and account of an ARN that comes in are not looked at: a
        client may have configured others, and this stage has no second account.
Rule 2  A colon in the name of a workflow is written ``%3A``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from chalicelib.api.stepfunctions.errors import Refused
from chalicelib.model.arns import Naming, written

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
    #: Of a distributed Map in it.
    label: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether the ARN names neither a release, an alias nor a Map."""
        return not (self.number or self.alias or self.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class InMap:
    """A run of a distributed Map, or a child of one, by its name."""

    workflow: str
    label: str
    name: str


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

    def activity(self, name: str) -> str:
        """Return the ARN of an activity."""
        return self._arn("activity", name)

    def within(self, workflow: str, label: str) -> str:
        """Return the ARN of what the children of a distributed Map run."""
        return self._arn("stateMachine", f"{written(workflow)}/{written(label)}")

    def map_run(self, workflow: str, label: str, name: str) -> str:
        """Return the ARN of the run of a distributed Map."""
        return self._arn("mapRun", f"{written(workflow)}/{written(label)}:{name}")

    def child(self, workflow: str, label: str, name: str) -> str:
        """Return the ARN of a child of a distributed Map."""
        return self._arn("execution", f"{written(workflow)}/{written(label)}:{name}")

    def _arn(self, kind: str, name: str) -> str:
        return f"arn:aws:states:{self.region}:{self.account}:{kind}:{name}"

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
        name, has_label, label = name.partition("/")
        if not name or ":" in qualifier or arn.endswith(":") or "/" in label:
            raise _wrong(arn)
        if has_label:
            if not label or qualifier:
                raise _wrong(arn)
            return Machine(workflow=unquote(name), label=unquote(label))
        if qualifier.isdigit():
            return Machine(workflow=unquote(name), number=int(qualifier))
        return Machine(workflow=unquote(name), alias=qualifier)

    def is_activity(self, arn: str) -> bool:
        """Whether an ARN is one of an activity, well-formed or not."""
        return ":activity:" in arn

    def read_activity(self, arn: str) -> str:
        """Return the name of the activity that an ARN names.

        Raises:
            Refused: InvalidArn.
        """
        name = _read(arn, "activity")
        if not _NAME.fullmatch(name):
            raise _wrong(arn)
        return name

    def read_map_run(self, arn: str) -> InMap:
        """Return what the ARN of a run of a Map names.

        Raises:
            Refused: InvalidArn.
        """
        found = _in_map(_read(arn, "mapRun"))
        if found is None:
            raise _wrong(arn)
        return found

    def read_child(self, arn: str) -> InMap | None:
        """Return the child of a Map that an ARN names; None: another execution.

        Raises:
            Refused: InvalidArn.
        """
        return _in_map(_read(arn, "execution", "express"))

    def read_execution(self, arn: str) -> str:
        """Return the id of the execution that an ARN names.

        Raises:
            Refused: InvalidArn.
        """
        parts = _read(arn, "execution", "express").split(":")
        if len(parts) not in (2, 3) or not all(parts):
            raise _wrong(arn)
        return f"{unquote(parts[0])}:{parts[1]}"


def _in_map(text: str) -> InMap | None:
    found = re.fullmatch(r"([^/:]+)/([^/:]+):([^:]+)", text)
    if found is None:
        return None
    workflow, label = unquote(found[1]), unquote(found[2])
    return InMap(workflow=workflow, label=label, name=found[3])


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
