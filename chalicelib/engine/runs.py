"""What is the run of a Map called, and what is each of its children?

    order-17.r.3.1        the run that began with activation 3, attempt 1, in the top
                          scope of the execution named order-17
    order-17.r.4.1-250    child 250 of it

A run is called by what leads to it, so that nothing needs to be kept to find it again.
"""

from __future__ import annotations

import re

from chalicelib.frozen import dataclass

_SCOPE = r"r(?:\.\d+\.\d+-\d+)*"
_RUN = re.compile(rf"(.+)\.({_SCOPE})\.(\d+)\.(\d+)", re.DOTALL)
_CHILD = re.compile(r"(.+)\.(r(?:\.\d+\.\d+-\d+)+)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunName:
    """Where a run began."""

    #: Execution id.
    execution: str
    #: Runtime id of the scope that the Map is in.
    scope: str
    #: Of the Map, when its run began: an errand renumbers it.
    activation: int
    attempt: int

    @property
    def text(self) -> str:
        """What the run is called within its workflow."""
        name = self.execution.rpartition(":")[2]
        return f"{name}.{self.scope}.{self.activation}.{self.attempt}"


def read_run(workflow: str, text: str) -> RunName | None:
    """Return the run of ``workflow`` that ``text`` names; None where it names none.

    >>> run = RunName(execution="orders:17", scope="r", activation=3, attempt=1)
    >>> read_run("orders", run.text) == run, read_run("orders", "17")
    (True, None)
    """
    found = _RUN.fullmatch(text)
    if found is None:
        return None
    return RunName(
        execution=f"{workflow}:{found[1]}",
        scope=found[2],
        activation=int(found[3]),
        attempt=int(found[4]),
    )


def child_name(execution: str, scope: str) -> str:
    """Return what a child is called, as an execution of its own.

    >>> child_name("orders:17", "r.4.1-250")
    '17.r.4.1-250'
    """
    return f"{execution.rpartition(':')[2]}.{scope}"


def read_child(workflow: str, name: str) -> tuple[str, str] | None:
    """Return the execution and the runtime id of a child by its name; None for none.

    >>> read_child("orders", "17.r.4.1-250"), read_child("orders", "17")
    (('orders:17', 'r.4.1-250'), None)
    """
    found = _CHILD.fullmatch(name)
    return None if found is None else (f"{workflow}:{found[1]}", found[2])
