"""What does each format call the errors that the platform itself raises?

The engine speaks neutral kinds; this table says them in the author's language, so
that Retry and Catch clauses match what the author wrote.
"""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Errors with a name of their own in every format."""

    TIMEOUT = "timeout"  # the task did not answer in time
    HEARTBEAT = "heartbeat"  # the task was silent for too long
    EXECUTION_TIMEOUT = "execution timeout"  # the whole execution took too long
    FUNCTION = "function"  # the function failed; the name is the function's own
    BAD_OUTPUT = "bad output"  # the answer is not JSON, or not of the needed shape
    TOO_LARGE = "too large"  # the answer is larger than the stage takes
    THROTTLED = "throttled"  # the service asks for fewer requests
    SERVICE = "service"  # the service answered with an error of its own
    UNREACHABLE = "unreachable"  # no answer: refused, reset, unknown host
    FORBIDDEN = "forbidden"  # the stage's policy or the account does not allow it
    NOT_FOUND = "not found"  # no such function or queue
    NO_WORKFLOW = "no workflow"  # no such workflow to start
    NAME_TAKEN = "name taken"  # another execution has the name that one is started by
    NO_INPUT = "no input"  # what another execution is started with is no input of it
    NO_CHOICE = "no choice"  # no rule of a Choice held and there is no default
    BRANCH = "branch"  # a branch failed without a name
    TOLERANCE = "tolerance"  # more children failed than the Map tolerates
    READER = "reader"  # the items of a Map could not be read
    WRITER = "writer"  # the results of a Map could not be written
    RUNTIME = "runtime"  # data the state cannot work with
    BUDGET = "budget"  # more transitions than an execution may have
    POISON = "poison"  # a message that failed every time it was delivered
    UNKNOWN_OUTCOME = "unknown outcome"  # an at-most-once attempt that may have run
    VALUE_LOST = "value lost"  # a stored value is gone
    ABORTED = "aborted"  # stopped from outside
    INTERRUPTED = "interrupted"  # an interruption of a Gate held
    DEPTH = "depth"  # executions that start executions, too many levels of them


_ASL = {
    Kind.TIMEOUT: "States.Timeout",
    Kind.HEARTBEAT: "States.HeartbeatTimeout",
    Kind.EXECUTION_TIMEOUT: "States.Timeout",
    Kind.FUNCTION: "States.TaskFailed",
    Kind.BAD_OUTPUT: "Task.InvalidOutput",
    Kind.TOO_LARGE: "States.DataLimitExceeded",
    Kind.THROTTLED: "Lambda.TooManyRequestsException",
    Kind.SERVICE: "Lambda.ServiceException",
    Kind.UNREACHABLE: "States.Http.Socket",
    Kind.FORBIDDEN: "States.Permissions",
    Kind.NOT_FOUND: "Lambda.ResourceNotFoundException",
    Kind.NO_WORKFLOW: "StepFunctions.StateMachineDoesNotExistException",
    Kind.NAME_TAKEN: "StepFunctions.ExecutionAlreadyExistsException",
    Kind.NO_INPUT: "StepFunctions.InvalidExecutionInputException",
    Kind.NO_CHOICE: "States.NoChoiceMatched",
    Kind.BRANCH: "States.BranchFailed",
    Kind.TOLERANCE: "States.ExceedToleratedFailureThreshold",
    Kind.READER: "States.ItemReaderFailed",
    Kind.WRITER: "States.ResultWriterFailed",
    Kind.RUNTIME: "States.Runtime",
    Kind.BUDGET: "Millrace.BudgetExceeded",
    Kind.POISON: "Millrace.PoisonMessage",
    Kind.UNKNOWN_OUTCOME: "Millrace.UnknownOutcome",
    Kind.VALUE_LOST: "Millrace.ValueLost",
    Kind.ABORTED: "Millrace.Aborted",
    Kind.INTERRUPTED: "Millrace.Interrupted",
    Kind.DEPTH: "Millrace.DepthExceeded",
}
_CLOUDFLOW = _ASL | {
    Kind.TIMEOUT: "FnF.TaskTimeout",
    Kind.HEARTBEAT: "FnF.TaskTimeout",
    Kind.EXECUTION_TIMEOUT: "FnF.Timeout",
    Kind.FUNCTION: "FC.Unknown",
    Kind.BAD_OUTPUT: "FnF.InvalidLocal",
    Kind.TOO_LARGE: "FnF.DataLimitExceeded",
    Kind.THROTTLED: "FC.ResourceThrottled",
    Kind.SERVICE: "FC.InternalServerError",
    Kind.UNREACHABLE: "FnF.ConnectionError",
    Kind.FORBIDDEN: "FC.AccessDenied",
    Kind.NOT_FOUND: "FC.FunctionNotFound",
    Kind.NO_WORKFLOW: "fnf.FlowNotExists",
    Kind.NAME_TAKEN: "fnf.ExecutionAlreadyExists",
    Kind.NO_INPUT: "fnf.InvalidArgument",
    Kind.NO_CHOICE: "FnF.NoChoiceMatched",
    Kind.BRANCH: "FnF.BranchFailed",
    Kind.TOLERANCE: "FnF.ExceedToleratedFailureThreshold",
    Kind.RUNTIME: "FnF.RuntimeError",
}
#: CloudFlow's older language: a result that is no object cannot be a local variable.
_CLOUDFLOW_STEPS = _CLOUDFLOW | {Kind.BAD_OUTPUT: "FnF.InvalidLocal"}
_RILLFLOW = _ASL | {
    Kind.TIMEOUT: "timeout",
    Kind.HEARTBEAT: "timeout",
    Kind.EXECUTION_TIMEOUT: "timeout",
    Kind.FUNCTION: "failed",
    Kind.BAD_OUTPUT: "bad_output",
    Kind.TOO_LARGE: "too_large",
    Kind.THROTTLED: "throttled",
    Kind.SERVICE: "http_status",
    Kind.UNREACHABLE: "connection",
    Kind.FORBIDDEN: "forbidden",
    Kind.NOT_FOUND: "not_found",
    Kind.NO_WORKFLOW: "not_found",
    Kind.NAME_TAKEN: "already_exists",
    Kind.NO_INPUT: "bad_input",
    Kind.BRANCH: "sub_task_failed",
    Kind.RUNTIME: "mapping_failed",
    Kind.INTERRUPTED: "interruption",
    Kind.DEPTH: "exceed_max_depth",
}

TABLES: dict[str, dict[Kind, str]] = {
    "asl": _ASL,
    "cloudflow": _CLOUDFLOW,
    "cloudflow_steps": _CLOUDFLOW_STEPS,
    "rillflow": _RILLFLOW,
}

_CLOUDFLOW_CAUSES = {
    Kind.TIMEOUT: "the task did not end in time",
    Kind.HEARTBEAT: "the task sent no heartbeat in time",
    Kind.EXECUTION_TIMEOUT: "the execution did not end in time",
}
#: Causes of errors that the platform raises by itself, where a language has a text.
CAUSES: dict[str, dict[Kind, str]] = {
    "asl": {
        Kind.TOLERANCE: "The specified tolerated failure threshold was exceeded",
    },
    "cloudflow": _CLOUDFLOW_CAUSES,
    "cloudflow_steps": _CLOUDFLOW_CAUSES,
    "rillflow": {
        Kind.TIMEOUT: "timeout",
        Kind.HEARTBEAT: "timeout",
        Kind.EXECUTION_TIMEOUT: "timeout",
        Kind.INTERRUPTED: "interruption",
    },
}

#: What a cause begins with where a state's data has no value for it.
PREFIXES: dict[str, str] = {
    "asl": (
        "An error occurred while executing the state '{state}' "
        "(entered at the event id #{event}). "
    ),
    "cloudflow": "",
    "cloudflow_steps": "",
    "rillflow": "",
}

#: Names that match every error, by format; ASL's exceptions to that rule follow.
WILDCARDS = {
    "asl": "States.ALL",
    "cloudflow": "FnF.ALL",
    "cloudflow_steps": "FnF.ALL",
    "rillflow": "*",
}
#: ASL, "Errors": no clause matches these, whatever it names.
NEVER_CAUGHT = frozenset({"States.Runtime"})
#: ASL, "Errors": matches nearly every error of a task.
TASK_FAILED = "States.TaskFailed"
#: What it does not match.
NO_TASK_FAILED = frozenset({"States.Timeout", "States.QueryEvaluationError"})
