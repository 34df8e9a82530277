"""What does a stage consist of, as its account says? Each way makes the same."""

import json
import re


def of_stage(client, stack, functions, api):
    """Return what there is; names of the stage's own are ``*``.

    ``client``: service -> client. ``functions``: the template's names -> those in the
    account. ``api``: id of the API.
    """
    found = {
        "functions": {name: _function(client, at) for name, at in functions.items()},
        "api": _api(client("apigateway"), api),
        "alarms": _alarms(client("cloudwatch"), stack),
        "dashboard": _dashboard(client("cloudwatch"), stack),
        "queues": _queues(client("sqs"), stack),
        "table": _table(client("dynamodb"), stack),
    }
    text = json.dumps(found, sort_keys=True)
    for name, physical in functions.items():
        told = rf'"FunctionName", ("Value": )?"{physical}"'
        text = re.sub(told, f'"FunctionName", "{name}"', text)
    for own in (stack, stack.removeprefix("millrace-"), api):
        text = text.replace(own, "*")
    return json.loads(text.replace("localhost", "127.0.0.1"))


def _function(client, name):
    functions, logs = client("lambda"), client("logs")
    found = functions.get_function_configuration(FunctionName=name)
    kept = ("Timeout", "MemorySize", "Architectures", "TracingConfig", "Handler")
    [group, *_] = logs.describe_log_groups(
        logGroupNamePrefix=f"/aws/lambda/{name}", limit=1
    )["logGroups"]
    mappings = functions.list_event_source_mappings(FunctionName=name)
    loop = functions.get_function_recursion_config(FunctionName=name)
    return {
        **{key: found[key] for key in kept},
        "variables": found["Environment"]["Variables"],
        "loop": loop["RecursiveLoop"],
        "days": group["retentionInDays"],
        "mappings": [_mapping(each) for each in mappings["EventSourceMappings"]],
    }


def _mapping(found):
    kept = ("BatchSize", "EventSourceArn", "FunctionResponseTypes")
    return {key: found.get(key) or [] for key in kept}


def _api(gateway, api):
    resources = gateway.get_resources(restApiId=api, limit=500)["items"]
    return {
        "stages": {
            each["stageName"]: (each["tracingEnabled"], each["methodSettings"]["*/*"])
            for each in gateway.get_stages(restApiId=api)["item"]
        },
        "paths": sorted(each["path"] for each in resources),
    }


def _alarms(watch, stack):
    listed = watch.describe_alarms(AlarmNamePrefix=f"{stack}-")["MetricAlarms"]
    kept = (
        *("AlarmDescription", "Namespace", "MetricName", "Dimensions", "Statistic"),
        *("Period", "EvaluationPeriods", "Threshold", "ComparisonOperator"),
        *("TreatMissingData", "AlarmActions", "OKActions"),
    )
    made = [{key: each[key] for key in kept} for each in listed]
    for each in made:
        each["Dimensions"] = [[d["Name"], d["Value"]] for d in each["Dimensions"]]
    return sorted(made, key=lambda each: each["AlarmDescription"])


def _dashboard(watch, stack):
    return json.loads(watch.get_dashboard(DashboardName=stack)["DashboardBody"])


def _queues(sqs, stack):
    found = {}
    for name in (f"{stack}-steps", f"{stack}-dead-letters"):
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        says = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        found[name] = {
            key: json.loads(value) if key == "RedrivePolicy" else value
            for key, value in says["Attributes"].items()
            if "Timestamp" not in key and "Approximate" not in key
        }
    return found


def _table(dynamodb, stack):
    found = dynamodb.describe_table(TableName=stack)["Table"]
    backups = dynamodb.describe_continuous_backups(TableName=stack)
    expiry = dynamodb.describe_time_to_live(TableName=stack)
    return {
        "keys": found["KeySchema"],
        "indexes": [each["KeySchema"] for each in found["GlobalSecondaryIndexes"]],
        "billing": found["BillingModeSummary"]["BillingMode"],
        "is_protected": found["DeletionProtectionEnabled"],
        "is_restorable": backups["ContinuousBackupsDescription"][
            "PointInTimeRecoveryDescription"
        ]["PointInTimeRecoveryStatus"],
        "expiry": expiry["TimeToLiveDescription"],
    }
