"""Every exception this package raises on purpose.

    MillraceError
    ├── DefinitionRefused        the author's text is wrong              400
    ├── InputRefused             the caller's input is wrong             400
    ├── ScheduleRefused          nobody can tell when that is            400
    ├── PayloadTooLarge          more bytes than the stage takes         413
    ├── MediaRefused             a body that is not said to be JSON      415
    ├── NotAuthenticated         no key, or not one of ours              401
    ├── NotAuthorized            a key that may not do this              403
    ├── TooManyRequests          a key that asks too often               429
    ├── WorkflowNotFound         no workflow has that name               404
    ├── ActivityNotFound         no activity has that name               404
    ├── ExecutionNotFound        no execution has that id                404
    ├── TaskNotFound             no task of an execution has that name   404
    ├── NoticeNotFound           no such notice was given up             404
    ├── TaskEnded                what was said of a task comes too late  409
    ├── ExecutionRunning         it must have ended for that             409
    ├── ExecutionExists          that name ran with another input        409
    ├── NotRedrivable            it runs, has succeeded, or is too old   409
    ├── ScheduleNotFound         the workflow has no such schedule       404
    ├── ScheduleExists           the workflow has a schedule of that name 409
    ├── ScheduleChanged          somebody else changed it meanwhile      409
    ├── DeploymentRefused        a stage cannot be deployed like this     told
    ├── TokenRefused             forged, cut, foreign or expired token   401
    ├── TokenDecided             the attempt already has another outcome 409
    ├── TokenGone                timeout, stop or a newer attempt        410
    ├── TransitionError          the machine does not accept this event  bug
    ├── MessageRefused           a queue message nobody can read         dead letter
    ├── StaleRecord              somebody else committed first           retried
    ├── ValueNeeded              the engine needs a stored value         loaded
    │   └── LoanNeeded           … or what a task takes from elsewhere   looked up
    ├── ValueLost                a stored value is not there any more    task failure
    ├── Unavailable              the world did not answer; try again     redelivered
    └── EvaluationFailure        an expression has no value              task failure
        └── QueryFailure         its field cannot have that value        task failure

A workflow's own failure is not an exception: it travels as ``Failure`` in events.
Everything else imports this package, so it imports nothing but the standard library.
``refusals`` are told to somebody; ``faults`` are the machine's own business.
"""

from __future__ import annotations

from chalicelib.errors.faults import (
    EvaluationFailure,
    LoanNeeded,
    MessageRefused,
    QueryFailure,
    StaleRecord,
    TransitionError,
    Unavailable,
    ValueLost,
    ValueNeeded,
)
from chalicelib.errors.refusals import (
    ActivityNotFound,
    DefinitionRefused,
    DeploymentRefused,
    ExecutionExists,
    ExecutionNotFound,
    ExecutionRunning,
    InputRefused,
    MediaRefused,
    MillraceError,
    NotAuthenticated,
    NotAuthorized,
    NoticeNotFound,
    NotRedrivable,
    PayloadTooLarge,
    Problem,
    ScheduleChanged,
    ScheduleExists,
    ScheduleNotFound,
    ScheduleRefused,
    TaskEnded,
    TaskNotFound,
    TokenDecided,
    TokenGone,
    TokenRefused,
    TooManyRequests,
    WorkflowNotFound,
)

__all__ = [
    "ActivityNotFound",
    "DefinitionRefused",
    "DeploymentRefused",
    "EvaluationFailure",
    "ExecutionExists",
    "ExecutionNotFound",
    "ExecutionRunning",
    "InputRefused",
    "LoanNeeded",
    "MediaRefused",
    "MessageRefused",
    "MillraceError",
    "NotAuthenticated",
    "NotAuthorized",
    "NotRedrivable",
    "NoticeNotFound",
    "PayloadTooLarge",
    "Problem",
    "QueryFailure",
    "ScheduleChanged",
    "ScheduleExists",
    "ScheduleNotFound",
    "ScheduleRefused",
    "StaleRecord",
    "TaskEnded",
    "TaskNotFound",
    "TokenDecided",
    "TokenGone",
    "TokenRefused",
    "TooManyRequests",
    "TransitionError",
    "Unavailable",
    "ValueLost",
    "ValueNeeded",
    "WorkflowNotFound",
]
