"""What do we show people about a transition?

A history event says what happened to a state, in neutral words; ``engine/faces`` of
later packages spell them as each format's users know them. Values in it are the same
objects as in the state after it, so a record keeps each only once.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    EXECUTION_REDRIVEN = "ExecutionRedriven"  # value: how many times by now
    SCOPE_STARTED = "ScopeStarted"  # a branch or an iteration; value: input
    SCOPE_SUCCEEDED = "ScopeSucceeded"  # value: output
    SCOPE_FAILED = "ScopeFailed"  # error, cause
    SCOPE_ABORTED = "ScopeAborted"  # error, cause
    SCOPE_REDRIVEN = "ScopeRedriven"  # value: how many times by now
    STATE_ENTERED = "StateEntered"  # value: input
    STATE_EXITED = "StateExited"  # value: output
    STATE_FAILED = "StateFailed"  # nobody caught it; error, cause
    EVALUATION_FAILED = "EvaluationFailed"  # an expression had no value; error, cause
    STATE_SKIPPED = "StateSkipped"  # value: a Skip; error, cause where it had failed
    STATE_DELAYED = "StateDelayed"  # value: seconds since the epoch
    STATE_DEGRADED = "StateDegraded"  # value: {current, followings}
    STATE_RESET = "StateReset"  # it, too, is to be done anew, as if it never was
    STATE_REDRIVEN = "StateRedriven"  # goes on, or is tried again; was entered before
    TASK_SCHEDULED = "TaskScheduled"  # value: payload; note: resource
    TASK_SUBMITTED = "TaskSubmitted"  # its answer will come from outside
    TASK_TAKEN = "TaskTaken"  # a worker came for it; note: what it calls itself
    TASK_SUCCEEDED = "TaskSucceeded"  # value: output
    # error, cause; value: its answer, or null; note: ``request`` where that failed
    TASK_FAILED = "TaskFailed"
    TASK_TIMED_OUT = "TaskTimedOut"  # error, cause
    TASK_HEARTBEAT = "TaskHeartbeat"
    TASK_NOT_CANCELLED = "TaskNotCancelled"  # it goes on; cause; note: resource
    TASK_WOKEN = "TaskWoken"  # value: what was brought
    RETRY_SCHEDULED = "RetryScheduled"  # value: seconds
    WAIT_STARTED = "WaitStarted"  # value: seconds since the epoch
    CHILDREN_STARTED = "ChildrenStarted"  # value: how many; note: items in batches
    CHILDREN_JOINED = "ChildrenJoined"
    CHILDREN_REDRIVEN = "ChildrenRedriven"  # those that did not succeed
    # Of a Map whose iterations count as executions; value: its limits by name.
    RUN_STARTED = "RunStarted"
    RUN_CHANGED = "RunChanged"  # value: the limits that somebody changed
    RUN_SUCCEEDED = "RunSucceeded"
    RUN_FAILED = "RunFailed"  # error, cause
    RUN_REDRIVEN = "RunRedriven"  # value: how many times by now
    ERRAND_STARTED = "ErrandStarted"  # of a Map; value: payload; note: resource
    ERRAND_ENDED = "ErrandEnded"  # value: how many items were read, or the answer


class Skip(StrEnum):
    """Why a state was skipped."""

    UNREACHED = "unreached"  # every edge to it is dead
    BYPASSED = "bypassed"  # it is degraded
    TOLERATED = "tolerated"  # it failed, and that is tolerated
    UNMET = "unmet"  # its conditions did not hold


#: How many events Step Functions shows for one of ours, where it is not one. A branch
#: has none of its own; an iteration has, and its container counts them, as it does the
#: event of its own end: an attempt that is tried again has none.
SHOWN = {
    Happened.TASK_SCHEDULED: 2,
    Happened.TASK_TAKEN: 0,  # the second of those two
    Happened.TASK_HEARTBEAT: 0,
    Happened.TASK_NOT_CANCELLED: 0,
    Happened.TASK_WOKEN: 0,
    Happened.STATE_DELAYED: 0,
    Happened.STATE_DEGRADED: 0,
    Happened.STATE_RESET: 0,
    Happened.RETRY_SCHEDULED: 0,
    Happened.WAIT_STARTED: 0,
    Happened.CHILDREN_JOINED: 0,
    Happened.RUN_CHANGED: 0,
    Happened.ERRAND_STARTED: 0,
    Happened.ERRAND_ENDED: 0,
    Happened.SCOPE_STARTED: 0,
    Happened.SCOPE_SUCCEEDED: 0,
    Happened.SCOPE_FAILED: 0,
    Happened.SCOPE_ABORTED: 0,
    Happened.SCOPE_REDRIVEN: 0,
    Happened.STATE_REDRIVEN: 0,
    Happened.CHILDREN_REDRIVEN: 0,
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
    #: Resource of a task; name of the worker that took it; items of a batched Map.
    note: str = ""
    activation: int = 0
    attempt: int = 0
    #: By name, (slots): the variables that a state assigned as it was left; how long a
    #: task may take, where that is not written in the definition.
    beside: Mapping[str, Json] | None = None
