"""How far are the children of a run, and the items that they are about?

run, with the children that have begun --counts--> AWS's counts by name
"""

from __future__ import annotations

from chalicelib.api.stepfunctions.runs import Run
from chalicelib.engine.state import Status
from chalicelib.values import Json

#: What counts of a run tell apart; a run of ours has none that timed out.
_COUNTED = {
    Status.RUNNING: "running",
    Status.SUCCEEDED: "succeeded",
    Status.FAILED: "failed",
    Status.TIMED_OUT: "timedOut",
    Status.ABORTED: "aborted",
}
#: What a redrive would take up.
_UNDONE = ("failed", "timedOut", "aborted")


def counts(run: Run, *, of_items: bool, is_final: bool = False) -> dict[str, Json]:
    """Return how many children, or how many of their items, are how far.

    ``is_final``: no redrive can take up what failed.
    """
    found = dict.fromkeys(("pending", *_COUNTED.values(), "pendingRedrive"), 0)
    total = run.items if of_items else run.total
    if run.is_flawless:
        found["succeeded"] = total
    for child in () if run.is_flawless else run.children.values():
        counted = "pendingRedrive" if child.is_awaited else _COUNTED[child.status]
        found[counted] += child.items if of_items else 1
    # What has not begun when the run is over never will.
    left = "pending" if run.status is Status.RUNNING else "aborted"
    found[left] += total - sum(found.values())
    written = total if run.has_written else 0
    final = sum(found[each] for each in _UNDONE) if is_final else 0
    more = {"resultsWritten": written, "failuresNotRedrivable": final}
    return {**found, "total": total, **more}
