"""What do the functions lack after ``chalice deploy``? Said here, each time anew.

Chalice sets a function's environment as its configuration says it, which says
``PARTIAL_BATCH=0``. So the safe way to answer is in force until this has made sure that
the mapping listens to the other one; the next `chalice deploy` brings it back.

Rule 1  First the mapping listens, then the function speaks.
Rule 2  Settings that a function has are kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.deployment import alarms, template
from chalicelib.deployment.place import Place
from chalicelib.deployment.stack import LOOKS, PAUSE
from chalicelib.errors import DeploymentRefused

Clients = Callable[[str], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What ``chalice deploy`` has made."""

    #: UUID of the step queue's mapping.
    mapping: str
    api_id: str
    url: str


def read_deployed(text: str) -> Deployed:
    """Return what ``.chalice/deployed/<stage>.json`` says.

    Raises:
        DeploymentRefused: it does not say all that is needed.
    """
    by_type: dict[str, list[dict[str, str]]] = {}
    for each in resources_in(text):
        by_type.setdefault(each["resource_type"], []).append(each)
    mappings = [
        each["event_uuid"]
        for each in by_type.get("sqs_event", [])
        if each["lambda_arn"].endswith("-on_step")
    ]
    apis = by_type.get("rest_api", [])
    if not mappings or not apis:
        raise DeploymentRefused(
            "`chalice deploy` has not made the API and the step queue's mapping yet; "
            "run it again"
        )
    return Deployed(
        mapping=mappings[0],
        api_id=apis[0]["rest_api_id"],
        url=apis[0]["rest_api_url"].rstrip("/"),
    )


def resources_in(text: str) -> list[dict[str, str]]:
    """Return what ``.chalice/deployed/<stage>.json`` lists: nothing once deleted.

    >>> resources_in('{"resources": [], "schema_version": "2.0"}')
    []
    """
    found: list[dict[str, str]] = json.loads(text)["resources"]
    return found


def finish(
    clients: Clients,
    place: Place,
    deployed: Deployed,
    callback_url: str,
    sleep: Callable[[float], None],
) -> None:
    """Bring the functions to what the template says."""
    functions = clients("lambda")
    _listen(functions, deployed.mapping, sleep)
    step = place.functions["OnStep"]
    functions.put_function_recursion_config(FunctionName=step, RecursiveLoop="Allow")
    for name in place.functions.values():
        told = {"CALLBACK_URL": callback_url}
        _set(functions, name, told | ({"PARTIAL_BATCH": "1"} if name == step else {}))
    _set_stage(clients("apigateway"), deployed)
    _keep_logs(clients("logs"), place)
    _watch(clients, place)


def _listen(functions: Any, mapping: str, sleep: Callable[[float], None]) -> None:
    """Have the mapping take the names of failed messages; wait until it does."""
    functions.update_event_source_mapping(
        UUID=mapping, FunctionResponseTypes=["ReportBatchItemFailures"]
    )
    for _ in range(LOOKS):
        found = functions.get_event_source_mapping(UUID=mapping)
        if found["State"] in ("Enabled", "Disabled"):
            return
        sleep(PAUSE)
    raise DeploymentRefused(f"the mapping {mapping} takes too long; look again")


def _set(functions: Any, name: str, told: Mapping[str, str]) -> None:
    waiter = functions.get_waiter("function_updated_v2")
    waiter.wait(FunctionName=name)
    found = functions.get_function_configuration(FunctionName=name)
    variables = found.get("Environment", {}).get("Variables", {})
    if variables | told != variables:
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": {**variables, **told}}
        )
        waiter.wait(FunctionName=name)


def _set_stage(gateway: Any, deployed: Deployed) -> None:
    """Trace the requests of the API, and bound them."""
    wanted = {
        "/tracingEnabled": "true",
        "/*/*/throttling/rateLimit": str(template.THROTTLE["ThrottlingRateLimit"]),
        "/*/*/throttling/burstLimit": str(template.THROTTLE["ThrottlingBurstLimit"]),
    }
    gateway.update_stage(
        restApiId=deployed.api_id,
        stageName=deployed.url.rpartition("/")[2],
        patchOperations=[
            {"op": "replace", "path": path, "value": value}
            for path, value in wanted.items()
        ],
    )


def _keep_logs(logs: Any, place: Place) -> None:
    for name in place.functions.values():
        group = f"/aws/lambda/{name}"
        try:
            logs.create_log_group(logGroupName=group)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
                raise
        logs.put_retention_policy(
            logGroupName=group, retentionInDays=template.KEPT_LOGS
        )


def _watch(clients: Clients, place: Place) -> None:
    """Make the alarms, the topic that they tell, and the dashboard."""
    watch, names = clients("cloudwatch"), place.names
    topic = clients("sns").create_topic(Name=f"{names.stack}-alarms")["TopicArn"]
    here = replace(place, known={**place.known, "Alarms": topic})
    for name, made in alarms.alarms(names).items():
        if made["Type"] == "AWS::CloudWatch::Alarm":
            wanted = here.filled(made["Properties"])
            watch.put_metric_alarm(AlarmName=f"{names.stack}-{name}", **wanted)
    board = here.filled(alarms.dashboard(names)["Properties"])
    watch.put_dashboard(**board)
