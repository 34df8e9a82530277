"""What goes with a stage that ``chalice delete`` has ended? What was made around it.

Chalice takes away what it has made: functions, roles, API, mappings. What provision and
finish made goes here, but for what holds data: table, values, dead letters, secrets.
What is not there any more is no fault.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.deployment import alarms, provision
from chalicelib.deployment.place import Place

Clients = Callable[[str], Any]


def remove(clients: Clients, place: Place) -> None:
    """Take alarms, dashboard, topic, logs and the step queue away."""
    names = place.names
    watch = clients("cloudwatch")
    made = [name for name in alarms.alarms(names) if name != "Alarms"]
    watch.delete_alarms(AlarmNames=[f"{names.stack}-{name}" for name in made])
    _gone(lambda: watch.delete_dashboards(DashboardNames=[names.stack]))
    clients("sns").delete_topic(TopicArn=place.arn("sns", f"{names.stack}-alarms"))
    logs = clients("logs")
    for function in place.functions.values():
        _forget_log(logs, f"/aws/lambda/{function}")
    provision.forget_steps(clients("sqs"), names)


def _forget_log(logs: Any, group: str) -> None:
    _gone(lambda: logs.delete_log_group(logGroupName=group))


def _gone(remove: Callable[[], object]) -> None:
    try:
        remove()
    except ClientError as error:
        if "NotFound" not in error.response["Error"]["Code"]:
            raise
