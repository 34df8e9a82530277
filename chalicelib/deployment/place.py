"""What do the references of the template stand for, where no stack fills them in?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.deployment.names import Names
from chalicelib.values import Json

#: The functions as ``chalice deploy`` names them, behind the stack's name.
_HANDLERS = {
    "APIHandler": "",
    "OnStep": "-on_step",
    "OnDeadLetter": "-on_dead_letter",
    "OnTick": "-on_tick",
}
_REFERENCE = re.compile(r"\$\{([^}]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An account and a region of AWS, and a stage's names in it."""

    names: Names
    account: str
    region: str
    partition: str = "aws"
    #: What is known besides, by the template's names: ``Steps`` is the queue's URL.
    known: Mapping[str, str] = field(default_factory=dict)

    @property
    def functions(self) -> dict[str, str]:
        """What ``chalice deploy`` calls the functions, by the template's names."""
        stack = self.names.stack
        return {name: f"{stack}{rest}" for name, rest in _HANDLERS.items()}

    def arn(self, service: str, name: str) -> str:
        """Return the ARN of something here."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{name}"

    def filled(self, value: Json) -> Any:
        """Return a part of the template with its references filled in."""
        match value:
            case {"Ref": str(name)}:
                return self._all[name]
            case {"Fn::Sub": str(text)}:
                return _REFERENCE.sub(lambda found: self._all[found[1]], text)
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                return self._all[f"{name}.{attribute}"]
            case dict():
                return {name: self.filled(each) for name, each in value.items()}
            case list():
                return [self.filled(each) for each in value]
            case _:
                return value

    @property
    def _all(self) -> dict[str, str]:
        names, bucket = self.names, self.names.values(self.account, self.region)
        return {
            "AWS::AccountId": self.account,
            "AWS::Region": self.region,
            "AWS::Partition": self.partition,
            "Table": names.table,
            "Table.Arn": self.arn("dynamodb", f"table/{names.table}"),
            "Values": bucket,
            "Values.Arn": f"arn:{self.partition}:s3:::{bucket}",
            "Steps.Arn": self.arn("sqs", names.steps),
            "DeadLetters.Arn": self.arn("sqs", names.dead_letters),
            **self.functions,
            **self.known,
        }


def place_of(sts: Any, names: Names) -> Place:
    """Return the account and the region that ``sts`` speaks for."""
    found = sts.get_caller_identity()
    return Place(
        names=names,
        account=found["Account"],
        region=sts.meta.region_name,
        partition=found["Arn"].split(":")[1],
    )
