"""What do we show people about a transition?

A history event says what happened to a state, in neutral words; ``engine/faces`` of
later packages spell them as each format's users know them. Values in it are the same
objects as in the state after it, so a record keeps each only once.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from chalicelib.values import Json


class Happened(StrEnum):
    """The kinds of history event."""

    EXECUTION_STARTED = "ExecutionStarted"  # value: input
    EXECUTION_SUCCEEDED = "ExecutionSucceeded"  # value: output
    EXECUTION_FAILED = "ExecutionFailed"  # error, cause
    EXECUTION_TIMED_OUT = "ExecutionTimedOut"  # error, cause
    EXECUTION_ABORTED = "ExecutionAborted"  # error, cause
    SCOPE_STARTED = "ScopeStarted"  # a branch or an iteration; value: input
    SCOPE_SUCCEEDED = "ScopeSucceeded"  # value: output
    SCOPE_FAILED = "ScopeFailed"  # error, cause
    SCOPE_ABORTED = "ScopeAborted"  # error, cause
    STATE_ENTERED = "StateEntered"  # value: input
    STATE_EXITED = "StateExited"  # value: output
    STATE_FAILED = "StateFailed"  # nobody caught it; error, cause
    STATE_SKIPPED = "StateSkipped"  # value: a Skip; error, cause where it had failed
    STATE_DELAYED = "StateDelayed"  # value: seconds since the epoch
    STATE_DEGRADED = "StateDegraded"  # value: {current, followings}
    TASK_SCHEDULED = "TaskScheduled"  # value: payload; note: resource
    TASK_SUBMITTED = "TaskSubmitted"  # its answer will come from outside
    TASK_SUCCEEDED = "TaskSucceeded"  # value: output
    TASK_FAILED = "TaskFailed"  # error, cause; value: its answer, or null
    TASK_TIMED_OUT = "TaskTimedOut"  # error, cause
    TASK_HEARTBEAT = "TaskHeartbeat"
    TASK_WOKEN = "TaskWoken"  # value: what was brought
    RETRY_SCHEDULED = "RetryScheduled"  # value: seconds
    WAIT_STARTED = "WaitStarted"  # value: seconds since the epoch
    CHILDREN_STARTED = "ChildrenStarted"  # value: how many
    CHILDREN_JOINED = "ChildrenJoined"
    RUN_STARTED = "RunStarted"  # of a Map whose iterations count as executions
    RUN_SUCCEEDED = "RunSucceeded"
    RUN_FAILED = "RunFailed"  # error, cause
    ERRAND_STARTED = "ErrandStarted"  # of a Map; value: payload; note: resource
    ERRAND_ENDED = "ErrandEnded"  # value: how many items were read, or the answer


class Skip(StrEnum):
    """Why a state was skipped."""

    UNREACHED = "unreached"  # every edge to it is dead
    BYPASSED = "bypassed"  # it is degraded
    TOLERATED = "tolerated"  # it failed, and that is tolerated
    UNMET = "unmet"  # its conditions did not hold


#: How many events Step Functions shows for one of ours, where it is not one. A branch
#: has none of its own; an iteration has, and its container counts them.
SHOWN = {
    Happened.TASK_SCHEDULED: 2,
    Happened.TASK_HEARTBEAT: 0,
    Happened.TASK_WOKEN: 0,
    Happened.STATE_DELAYED: 0,
    Happened.STATE_DEGRADED: 0,
    Happened.RETRY_SCHEDULED: 0,
    Happened.WAIT_STARTED: 0,
    Happened.ERRAND_STARTED: 0,
    Happened.ERRAND_ENDED: 0,
    Happened.SCOPE_STARTED: 0,
    Happened.SCOPE_SUCCEEDED: 0,
    Happened.SCOPE_FAILED: 0,
    Happened.SCOPE_ABORTED: 0,
}


class HistoryEvent(NamedTuple):
    """One thing worth showing."""

    kind: Happened
    #: Seconds since the epoch.
    at: float
    state: str = ""
    #: Runtime id of the scope, when it is not the record's own (an inline child).
    scope: str = ""
    #: What the table above says.
    value: Json = None
    error: str = ""
    cause: str = ""
    #: Resource of a task.
    note: str = ""
    activation: int = 0
    attempt: int = 0
