"""What are the parts of a stage called? The same for the template and for people."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chalicelib.errors import DeploymentRefused

_STAGE = re.compile(r"[a-z][a-z0-9-]{0,19}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of one stage's parts."""

    stage: str

    def __post_init__(self) -> None:
        if not _STAGE.fullmatch(self.stage):
            raise DeploymentRefused(
                f"{self.stage!r} is no name of a stage: write 1 to 20 small letters, "
                "digits and '-', beginning with a letter"
            )

    @property
    def stack(self) -> str:
        """The CloudFormation stack, and what its parts begin with."""
        return f"millrace-{self.stage}"

    @property
    def table(self) -> str:
        """The DynamoDB table."""
        return self.stack

    @property
    def steps(self) -> str:
        """The step queue."""
        return f"{self.stack}-steps"

    @property
    def dead_letters(self) -> str:
        """The dead-letter queue."""
        return f"{self.stack}-dead-letters"

    @property
    def secrets(self) -> str:
        """The parameter with what nobody else may know."""
        return f"/millrace/{self.stage}/secrets"

    def values(self, account: str, region: str) -> str:
        """Return the bucket with the values that are too large for the table."""
        return f"{self.stack}-data-{account}-{region}"

    def uploads(self, account: str, region: str) -> str:
        """Return the bucket that packages are uploaded to; stages share it."""
        return f"millrace-uploads-{account}-{region}"
