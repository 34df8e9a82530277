"""Which routes has Rill Flow for executions? One row for each; see ``routes``."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.api.auth import Scope


class Row(NamedTuple):
    """What is asked where, of which function, by whom."""

    methods: str
    #: Behind ``/flow/``, without ``.json``.
    path: str
    #: Module of this package, and function.
    verb: str
    scope: Scope | None
    summary: str
    takes: str = ""


READ, START, OPERATE, ADMIN = Scope.READ, Scope.START, Scope.OPERATE, Scope.ADMIN

EXECUTIONS = (
    Row(
        "POST",
        "submit",
        "runs.submit",
        START,
        "Start a flow",
        "descriptor_id uid callback",
    ),
    Row(
        "POST",
        "finish",
        "tasks.finish",
        None,
        "Report the end of a task by its result_type",
        "token execution_id task_name",
    ),
    Row(
        "POST",
        "wakeup",
        "tasks.wake_up",
        None,
        "Wake a suspended task",
        "execution_id task_name",
    ),
    Row(
        "POST",
        "task_degrade",
        "tasks.degrade",
        OPERATE,
        "Leave out a task, or what is behind it",
        "execution_id task_name degrade_current_task degrade_following_tasks",
    ),
    Row(
        "POST",
        "complete",
        "runs.complete",
        OPERATE,
        "End an execution, well or badly",
        "execution_id success",
    ),
    Row(
        "POST",
        "redo",
        "redos.redo",
        OPERATE,
        "Do tasks anew, and all behind them",
        "execution_id task_names",
    ),
    Row(
        "POST",
        "multi_redo",
        "redos.redo_many",
        OPERATE,
        "Do tasks of many executions anew",
        "service_id type code offset_in_minute count task_names rate_limit",
    ),
    Row("GET", "get", "runs.get", READ, "Show an execution", "execution_id brief"),
    Row(
        "GET",
        "get_by_parent",
        "runs.get_by_parent",
        READ,
        "Show the tasks of one group",
        "execution_id parent group_index",
    ),
    Row(
        "GET",
        "get_context",
        "runs.get_context",
        READ,
        "Show the context of an execution",
        "execution_id",
    ),
    Row(
        "GET",
        "get_sub_context",
        "runs.get_sub_context",
        READ,
        "Show the context of one group",
        "execution_id parent group_index",
    ),
    Row(
        "GET",
        "get_execution_ids",
        "lists.get_execution_ids",
        READ,
        "List executions of a flow, newest first",
        "service_id type code time page count",
    ),
    Row(
        "GET",
        "get_execution_count",
        "lists.get_execution_count",
        READ,
        "Count the executions of a flow",
        "service_id type code start_time_offset end_time_offset",
    ),
    Row(
        "GET",
        "status/check",
        "lists.check_status",
        READ,
        "Say whether a flow can be started",
        "descriptor_id",
    ),
    Row("GET", "service_check", "lists.check_service", None, "Say hello"),
    Row("POST", "convert", "trials.convert", READ, "Show a DAG that is not published"),
    Row(
        "POST",
        "mapping_evaluation",
        "trials.evaluate_mapping",
        READ,
        "Show what mapping rules would give",
        "type mapping_rules execution_id task_name",
    ),
    Row(
        "POST",
        "function_dispatch_params",
        "trials.evaluate_request",
        READ,
        "Show the request of a function task",
        "execution_id task_name",
    ),
    Row(
        "GET POST",
        "dependency_check",
        "trials.check_dependencies",
        READ,
        "List what the tasks of a DAG call",
        "descriptor_id",
    ),
)
