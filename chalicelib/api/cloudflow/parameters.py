"""Which parameters does each operation of CloudFlow take?

Those of the official SDK's requests. One that an operation does not have is refused: a
name that is spelled otherwise would do something else than was meant, without a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chalicelib.api.cloudflow.errors import Refused

#: Parameters of the protocol; no operation sees them.
PROTOCOL = frozenset(
    {
        "Action",
        "Version",
        "Format",
        "Timestamp",
        "Signature",
        "SignatureMethod",
        "SignatureNonce",
        "SignatureVersion",
        "SignatureType",
        "AccessKeyId",
        "SecurityToken",
        "BearerToken",
        "RegionId",
        # Of the client's own making; the answer has another one.
        "RequestId",
    }
)

_FLOW = "Name Definition Description Type RoleArn Environment"
_ALIAS = "FlowName Name Description RoutingConfigurations"
_EXECUTION = "FlowName ExecutionName"
_SCHEDULE = "FlowName ScheduleName CronExpression Description Enable Payload"
_RUN = f"{_EXECUTION} MapRunName"
_LIST = "FlowName Limit NextToken"

#: Parameters by operation, without those of the protocol.
PARAMETERS: Mapping[str, frozenset[str]] = {
    name: frozenset(names.split())
    for name, names in {
        "CreateFlow": f"{_FLOW} ExecutionMode ExternalStorageLocation ResourceGroupId",
        "UpdateFlow": _FLOW,
        "DescribeFlow": "Name FlowVersion",
        "ListFlows": "Limit NextToken ResourceGroupId",
        "DeleteFlow": "Name",
        "PublishFlowVersion": "FlowName Description",
        "ListFlowVersions": _LIST,
        "DeleteFlowVersion": "FlowName FlowVersion",
        "CreateFlowAlias": _ALIAS,
        "UpdateFlowAlias": _ALIAS,
        "DescribeFlowAlias": "FlowName Name",
        "ListFlowAliases": _LIST,
        "DeleteFlowAlias": "FlowName Name",
        "StartExecution": f"{_EXECUTION} Input Qualifier CallbackFnFTaskToken",
        "StartSyncExecution": f"{_EXECUTION} Input Qualifier",
        "StopExecution": f"{_EXECUTION} Error Cause",
        "DescribeExecution": f"{_EXECUTION} WaitTimeSeconds",
        "ListExecutions": (
            f"{_LIST} ExecutionNamePrefix MapRunName MetadataOnly Qualifier "
            "StartedTimeBegin StartedTimeEnd Status"
        ),
        "GetExecutionHistory": f"{_EXECUTION} Limit NextToken",
        "ReportTaskSucceeded": "TaskToken Output",
        "ReportTaskFailed": "TaskToken Error Cause",
        "CreateSchedule": _SCHEDULE,
        "UpdateSchedule": _SCHEDULE,
        "DescribeSchedule": "FlowName ScheduleName",
        "ListSchedules": _LIST,
        "DeleteSchedule": "FlowName ScheduleName",
        "DescribeMapRun": _RUN,
        "UpdateMapRun": (
            f"{_RUN} Concurrency ToleratedFailedCount ToleratedFailedPercentage"
        ),
        "DescribeRegions": "AcceptLanguage",
    }.items()
}


def without_protocol(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters that are meant for the operation."""
    return {name: parameters[name] for name in parameters.keys() - PROTOCOL}


def require_known(operation: str, given: Iterable[str]) -> None:
    """Pass if an operation takes every parameter that is ``given``.

    Raises:
        Refused: InvalidArgument, with what may have been meant.
    """
    known = PARAMETERS[operation]
    for name in sorted(set(given) - known):
        # Here: hardly any request needs it.
        from chalicelib.formats.fields import listed, suggestion

        hint = suggestion(name, sorted(known)) or f"it takes {listed(sorted(known))}"
        message = f"{operation} has no parameter {name[:80]!r}; {hint}"
        raise Refused("InvalidArgument", message)
