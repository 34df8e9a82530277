"""Which routes has Rill Flow for what is kept? Descriptors, templates, triggers.

With them, what its user interface asks. ``rows`` has those for executions.
"""

from __future__ import annotations

from chalicelib.api.rillflow.rows import ADMIN, READ, Row

_MANAGE = "bg/manage/descriptor"

CATALOGUE = (
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
