"""How does a template become a stack? Upload, change set, look, execute, wait.

Rule 1  The uploads are named by what is in them: the same again is not sent again.
Rule 2  A change set without changes is deleted, and nothing was done.
Rule 3  What fails rolls back; a first try that failed is cleared away before the next.
Rule 4  What an earlier stack left behind is taken over before anything else is made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.deployment.adoption import Kept, import_request
from chalicelib.deployment.names import Names
from chalicelib.deployment.package import Package
from chalicelib.deployment.provision import provide_bucket
from chalicelib.errors import DeploymentRefused
from chalicelib.values import short_hash

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
#: Seconds between two looks, and how many of them.
PAUSE, LOOKS = 3.0, 600
_FAILED_FIRST = ("ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS", "CREATE_FAILED")
_NOTHING = ("didn't contain changes", "No updates are to be performed")

Clients = Callable[[str], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of a change set."""

    action: str
    kind: str
    name: str
    #: Whether what is there is taken away and made anew.
    replaces: bool = False

    def __str__(self) -> str:
        signs = {"Add": "+", "Remove": "-"}
        note = "  (replaced)" if self.replaces else ""
        return f"{signs.get(self.action, '~')} {self.name}  {self.kind}{note}"


def new_beside(kept: Iterable[Kept], template: Mapping[str, Any]) -> list[Change]:
    """Return what a stack that does not exist yet makes beside what it takes over."""
    known = {each.name for each in kept}
    return [
        Change(action="Add", kind=resource["Type"], name=name)
        for name, resource in template["Resources"].items()
        if name not in known
    ]


class Stack:
    """The CloudFormation stack of one stage."""

    def __init__(
        self, clients: Clients, names: Names, sleep: Callable[[float], None]
    ) -> None:
        self._clients = clients
        self._names = names
        self._sleep = sleep
        self._formation = clients("cloudformation")

    def upload(self, package: Package) -> str:
        """Upload zip and template; return the template's URL."""
        s3 = self._clients("s3")
        account = self._clients("sts").get_caller_identity()["Account"]
        bucket = self._names.uploads(account, s3.meta.region_name)
        provide_bucket(s3, bucket)
        code = f"{package.digest}.zip"
        _put(s3, bucket, code, package.zip.read_bytes())
        for resource in package.template["Resources"].values():
            if "CodeUri" in resource.get("Properties", {}):
                resource["Properties"]["CodeUri"] = f"s3://{bucket}/{code}"
        text = json.dumps(package.template, indent=1, sort_keys=True)
        name = f"{short_hash(text, length=32)}.json"
        _put(s3, bucket, name, text.encode())
        url: str = s3.generate_presigned_url(
            "get_object", Params={"Bucket": bucket, "Key": name}
        )
        return url.partition("?")[0]

    def plan(self, template_url: str) -> list[Change]:
        """Make a change set; return what it would change, nothing for nothing.

        Raises:
            DeploymentRefused: CloudFormation refuses the template.
        """
        status = self.settled()
        if status:
            self._forget_change_set()
        return self._changes(
            ChangeSetType="UPDATE" if status else "CREATE",
            TemplateURL=template_url,
            Capabilities=CAPABILITIES,
        )

    def adopt(self, kept: Sequence[Kept], template: Mapping[str, Any]) -> None:
        """Begin the stack with what an earlier one left behind.

        Raises:
            DeploymentRefused: CloudFormation does not take it over.
        """
        self._changes(**import_request(kept, template))
        self.execute()

    def settled(self) -> str:
        """Return the stack's status once nothing is under way; nothing for no stack.

        A first try that failed is cleared away.
        """
        for _ in range(LOOKS):
            status = self.status()
            if status in _FAILED_FIRST:
                self.delete()
                return ""
            if not status.endswith("_IN_PROGRESS"):
                return status
            self._sleep(PAUSE)
        raise DeploymentRefused(f"{self._names.stack} is still {status}; look again")

    def _changes(self, **asked: Any) -> list[Change]:
        """Make a change set; return what it would change."""
        self._formation.create_change_set(
            StackName=self._names.stack, ChangeSetName=self._names.stack, **asked
        )
        found = self._until(self._change_set, ("CREATE_COMPLETE", "FAILED"), "Status")
        if found["Status"] == "FAILED":
            return self._refused(found.get("StatusReason", ""))
        return [_change(each["ResourceChange"]) for each in found.get("Changes", [])]

    def _forget_change_set(self) -> None:
        """Delete the change set of an earlier try, if there is one."""
        try:
            self._formation.delete_change_set(
                StackName=self._names.stack, ChangeSetName=self._names.stack
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ChangeSetNotFound":
                raise

    def _refused(self, reason: str) -> list[Change]:
        self._forget_change_set()
        if any(word in reason for word in _NOTHING):
            return []
        raise DeploymentRefused(f"CloudFormation refuses the template: {reason}")

    def execute(self) -> Mapping[str, str]:
        """Carry the change set out, wait, and return the stack's outputs.

        Raises:
            DeploymentRefused: it failed and was rolled back; with the reasons.
        """
        self._formation.execute_change_set(
            StackName=self._names.stack, ChangeSetName=self._names.stack
        )
        found = self._until(self._described, _ENDS, "StackStatus")
        if found["StackStatus"] not in _DONE:
            reasons = "\n".join(self._failures())
            raise DeploymentRefused(
                f"the stack is {found['StackStatus']}; nothing has changed:\n{reasons}"
            )
        return self.outputs()

    def outputs(self) -> Mapping[str, str]:
        """Return the stack's outputs by their names."""
        listed = (self._described() or {}).get("Outputs", [])
        return {each["OutputKey"]: each["OutputValue"] for each in listed}

    def status(self) -> str:
        """Return the stack's status; nothing where there is no stack."""
        found = self._described()
        return str(found["StackStatus"]) if found else ""

    def delete(self) -> None:
        """Delete the stack and wait; what holds data stays."""
        self._formation.delete_stack(StackName=self._names.stack)
        for _ in range(LOOKS):
            found = self._described()
            if found is None or found["StackStatus"] == "DELETE_COMPLETE":
                return
            if found["StackStatus"] == "DELETE_FAILED":
                raise DeploymentRefused("\n".join(self._failures()))
            self._sleep(PAUSE)
        raise DeploymentRefused(f"{self._names.stack} is not deleted yet; look again")

    def _described(self) -> dict[str, Any] | None:
        try:
            answer = self._formation.describe_stacks(StackName=self._names.stack)
        except ClientError as error:
            if "does not exist" not in str(error):
                raise
            return None
        stacks: list[dict[str, Any]] = answer["Stacks"]
        return stacks[0] if stacks else None

    def _change_set(self) -> dict[str, Any]:
        found: dict[str, Any] = self._formation.describe_change_set(
            StackName=self._names.stack, ChangeSetName=self._names.stack
        )
        return found

    def _until(
        self,
        look: Callable[[], dict[str, Any] | None],
        ends: Iterable[str],
        field: str,
    ) -> dict[str, Any]:
        for _ in range(LOOKS):
            found = look()
            if found is not None and found[field] in ends:
                return found
            self._sleep(PAUSE)
        raise DeploymentRefused(f"{self._names.stack} takes too long; look again")

    def _failures(self) -> list[str]:
        answer = self._formation.describe_stack_events(StackName=self._names.stack)
        said = [
            f"  {each['LogicalResourceId']}: {each['ResourceStatusReason']}"
            for each in answer["StackEvents"]
            if each["ResourceStatus"].endswith("_FAILED")
            and "ResourceStatusReason" in each
        ]
        # What is refused before anything is made has its reasons elsewhere.
        return [*said, *(self._refusals() if "DescribeEvents" in str(said) else ())]

    def _refusals(self) -> list[str]:
        answer = self._formation.describe_events(
            StackName=self._names.stack, Filters={"FailedEvents": True}
        )
        return [
            f"  {each['LogicalResourceId']}: {each['ValidationStatusReason']}"
            for each in answer["OperationEvents"]
            if "ValidationStatusReason" in each
        ]


_DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")
_ENDS = (
    *_DONE,
    "CREATE_FAILED",
    "IMPORT_ROLLBACK_COMPLETE",
    "IMPORT_ROLLBACK_FAILED",
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_COMPLETE",
    "UPDATE_ROLLBACK_FAILED",
)


def _change(found: Mapping[str, Any]) -> Change:
    return Change(
        action=found["Action"],
        kind=found["ResourceType"],
        name=found["LogicalResourceId"],
        replaces=found.get("Replacement") == "True",
    )


def _put(s3: Any, bucket: str, name: str, content: bytes) -> None:
    try:
        s3.head_object(Bucket=bucket, Key=name)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        s3.put_object(Bucket=bucket, Key=name, Body=content)
