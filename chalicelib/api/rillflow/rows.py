"""Which routes has Rill Flow? One row for each; ``routes`` makes them."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.api.auth import Scope


class Row(NamedTuple):
    """What is asked where, of which function, by whom."""

    methods: str
    #: Behind ``/flow/``, without ``.json``.
    path: str
    #: Module, behind ``rill_``, and function.
    verb: str
    scope: Scope | None
    summary: str
    takes: str = ""


READ, START, OPERATE, ADMIN = Scope.READ, Scope.START, Scope.OPERATE, Scope.ADMIN
_MANAGE = "bg/manage/descriptor"

ROWS = (
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
    Row(
        "POST",
        f"{_MANAGE}/add_descriptor",
        "descriptors.add_descriptor",
        ADMIN,
        "Publish a DAG under an alias",
        "business_id feature_name alias",
    ),
    Row(
        "GET POST",
        f"{_MANAGE}/get_descriptor",
        "descriptors.get_descriptor",
        READ,
        "Show the text behind a descriptor id",
        "descriptor_id uid",
    ),
    Row(
        "GET",
        f"{_MANAGE}/get_version",
        "descriptors.get_version",
        READ,
        "List the texts of an alias",
        "business_id feature_name alias",
    ),
    *(
        row
        for what, names, more in (
            ("business", "business_id", ""),
            ("feature", "business_id feature_name", ""),
            ("alias", "business_id feature_name", " alias"),
            ("gray", "business_id feature_name", " alias gray_rule"),
        )
        for row in (
            Row(
                "POST",
                f"{_MANAGE}/modify_{what}",
                f"descriptors.modify_{what}",
                ADMIN,
                f"Add or remove: {what}",
                f"{names}{more} add",
            ),
            Row(
                "GET",
                f"{_MANAGE}/get_{what}",
                f"descriptors.get_{what}",
                READ,
                f"List what there is: {what}",
                names,
            ),
        )
    ),
    Row(
        "GET",
        f"{_MANAGE}/get_ab_key",
        "descriptors.get_choice_keys",
        READ,
        "List the A/B choices of a business",
        "business_id",
    ),
    Row(
        "POST",
        f"{_MANAGE}/modify_function_ab",
        "descriptors.modify_choice",
        ADMIN,
        "Say whose work goes to a resource",
        "business_id config_key resource_name ab_rule add",
    ),
    Row(
        "GET",
        f"{_MANAGE}/get_function_ab",
        "descriptors.get_choice",
        READ,
        "Show an A/B choice",
        "business_id config_key",
    ),
    Row("GET", "bg/get_descriptor", "ui.get_descriptor", READ, "Show a DAG", "id"),
    Row(
        "GET",
        "bg/get_descriptor_ids",
        "ui.get_descriptor_ids",
        READ,
        "List what is published",
        "current pageSize",
    ),
    Row(
        "GET",
        "bg/get_execution_ids",
        "ui.get_execution_ids",
        READ,
        "List executions",
        "id business feature rill_status code startTime endTime page pageSize",
    ),
    Row(
        "GET",
        "bg/get_execution",
        "ui.get_execution",
        READ,
        "Show an execution to the user interface",
        "id",
    ),
    Row("GET", "bg/get_business_options", "ui.get_businesses", READ, "List for a menu"),
    *(
        Row("GET", f"template/{path}", f"templates.{verb}", READ, summary, takes)
        for path, verb, summary, takes in (
            ("get_meta_data_list", "get_meta_data", "List kinds of task", ""),
            ("get_template_prototypes", "get_meta_data", "List what to begin with", ""),
            (
                "get_task_templates",
                "get_task_templates",
                "List templates of tasks",
                "page page_size id name category type node_type enable",
            ),
        )
    ),
    *(
        Row(
            "POST",
            f"template/{verb}_task_template",
            f"templates.{verb}",
            ADMIN,
            f"Templates: {verb} one",
            takes,
        )
        for verb, takes in (
            ("create", ""),
            ("update", ""),
            ("enable", "id"),
            ("disable", "id"),
        )
    ),
    Row(
        "POST",
        "trigger/add_trigger",
        "triggers.add_trigger",
        ADMIN,
        "Start a flow by the clock",
        "type descriptor_id",
    ),
    Row(
        "POST",
        "trigger/cancel_trigger",
        "triggers.cancel_trigger",
        ADMIN,
        "End a trigger",
        "type task_id",
    ),
    Row(
        "GET",
        "trigger/get_trigger_tasks",
        "triggers.get_trigger_tasks",
        READ,
        "List the triggers",
        "type",
    ),
)
