"""What may the holder of an access key do?

Rule 1  A scope grants what it names; ``admin`` grants everything.
Rule 2  A key with workflow patterns sees only workflows whose name matches one.
Rule 3  Nobody hands on more than he has: a key that sees some workflows issues keys
        for those only.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from fnmatch import fnmatchcase

from chalicelib.errors import NotAuthorized
from chalicelib.frozen import dataclass
from chalicelib.rates import Rate


class Scope(StrEnum):
    """What a key may do."""

    READ = "read"  # see workflows, executions, histories, costs
    START = "start"  # start executions
    OPERATE = "operate"  # stop executions, hold schedules
    ADMIN = "admin"  # publish workflows, issue keys, and all of the above


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """A key as the stage knows it: everything but its secret."""

    id: str
    scopes: frozenset[Scope]
    #: Patterns such as ``billing-*``; none means every workflow.
    workflows: tuple[str, ...] = ()
    #: Seconds since the epoch; 0 for a key that came with the stage.
    issued_at: float = 0.0
    #: It opens nothing from then on; 0: it does not expire.
    expires_at: float = 0.0
    #: What it is for.
    description: str = ""
    #: How often it may ask; None: as often as the stage lets every key.
    rate: Rate | None = None
    #: It came with the stage, and goes with its settings only.
    is_inline: bool = False

    def sees(self, workflow: str) -> bool:
        """Whether the key has to do with ``workflow`` at all.

        >>> AccessKey(id="k", scopes=frozenset(), workflows=("a-*",)).sees("b-1")
        False
        """
        return not self.workflows or any(
            fnmatchcase(workflow, pattern) for pattern in self.workflows
        )

    def require(self, scope: Scope) -> None:
        """Pass if the key has ``scope``.

        Raises:
            NotAuthorized: it has not.
        """
        if not self.scopes & {scope, Scope.ADMIN}:
            raise NotAuthorized(scope.value)

    def require_grant(self, workflows: Sequence[str]) -> None:
        """Pass if the key may issue a key for ``workflows``; none means every one.

        Raises:
            NotAuthorized: that would be more than it sees itself.
        """
        if self.workflows and not (workflows and set(workflows) <= set(self.workflows)):
            raise NotAuthorized(f"workflows:{','.join(workflows) or '*'}")

    def require_workflow(self, workflow: str) -> None:
        """Pass if the key sees ``workflow``.

        Raises:
            NotAuthorized: it does not.
        """
        if not self.sees(workflow):
            raise NotAuthorized(f"workflow:{workflow}")


#: Who asks where no key is asked for; may do nothing else.
ANYBODY = AccessKey(id="", scopes=frozenset())
