"""What does the face of CloudFlow offer? One route, and all of its operations.

The official SDK (``alibabacloud_fnf20190315``) works as it is, with an access key of
the stage for credentials and the stage's host for an endpoint. ``operations``
has the table of operations; docs/cloudflow-api.md says what is there and what differs.

Workers without an SDK report at two routes that need the task token and nothing else.
"""

from __future__ import annotations

from chalicelib.api.routes import ANY_MEDIA, Call, Reply, Route


def operate(call: Call) -> Reply:
    """Do what a client of CloudFlow asks for, in its own protocol."""
    # Here: most requests of a stage are none of these, and need not load them.
    from chalicelib.api.cloudflow import operations

    return operations.operate(call)


def report_succeeded(call: Call) -> Reply:
    """Take the output of a task, from a worker that has its token."""
    from chalicelib.api.cloudflow import operations

    return operations.report(call, "ReportTaskSucceeded")


def report_failed(call: Call) -> Reply:
    """Take the error of a task, from a worker that has its token."""
    from chalicelib.api.cloudflow import operations

    return operations.report(call, "ReportTaskFailed")


ROUTES = (
    *(
        Route(
            method,
            "/",
            operate,
            None,
            "Do what a client of CloudFlow asks for",
            request=request,
            response="Operated",
            media=ANY_MEDIA,
            signed_by=("rpc", "acs3"),
        )
        for method, request in (("GET", ""), ("POST", "Operation"))
    ),
)
#: Of workers without an SDK.
REPORTS = (
    Route(
        "POST",
        "/cloudflow/ReportTaskSucceeded",
        report_succeeded,
        None,
        "Report that a task succeeded, as CloudFlow's workers do",
        request="Operation",
        response="Operated",
        media=ANY_MEDIA,
    ),
    Route(
        "POST",
        "/cloudflow/ReportTaskFailed",
        report_failed,
        None,
        "Report that a task failed, as CloudFlow's workers do",
        request="Operation",
        response="Operated",
        media=ANY_MEDIA,
    ),
)
