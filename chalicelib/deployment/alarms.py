"""What wakes people? Alarms on what should never be, and a dashboard of the rest.

``docs/operations.md`` says what to do for each.
"""

from __future__ import annotations

from typing import Any

from chalicelib.deployment.names import Names
from chalicelib.values import Json

#: Seconds; a step that waits longer than this is late.
LATE_STEP = 900
_MINUTES = 60


def alarms(names: Names) -> dict[str, Any]:
    """Return the alarms of a stage, and the topic that they tell."""
    return {
        "Alarms": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"TopicName": f"{names.stack}-alarms"},
        },
        "DeadLetterAlarm": _alarm(
            "A message failed every time it was delivered.",
            _queue("ApproximateNumberOfMessagesVisible", names.dead_letters),
        ),
        "LateStepAlarm": _alarm(
            "The oldest step message waits for more than 15 minutes.",
            _queue("ApproximateAgeOfOldestMessage", names.steps),
            above=LATE_STEP,
        ),
        "StepErrorAlarm": _alarm(
            "Invocations of the step function fail.",
            _function("Errors", "OnStep", "Sum"),
            above=5,
        ),
        "TickErrorAlarm": _alarm(
            "The minute tick fails: long timers and schedules are late.",
            _function("Errors", "OnTick", "Sum"),
            above=2,
        ),
        "TickSilentAlarm": _alarm(
            "The minute tick does not come.",
            _function("Invocations", "OnTick", "Sum"),
            above=0,
            is_below=True,
        ),
        "LoopAlarm": _alarm(
            "Lambda dropped messages of the step function as a loop.",
            _function("RecursiveInvocationsDropped", "OnStep", "Sum"),
        ),
        "ApiErrorAlarm": _alarm(
            "The API answers with faults.",
            _function("Errors", "APIHandler", "Sum"),
            above=5,
        ),
        "StuckAlarm": _alarm(
            "Executions were stuck and carried on by the watchdog.",
            {
                "Namespace": "Millrace",
                "MetricName": "ExecutionsMended",
                "Dimensions": [{"Name": "Stage", "Value": names.stage}],
                "Statistic": "Sum",
            },
        ),
    }


def _queue(metric: str, queue: str) -> dict[str, Json]:
    return {
        "Namespace": "AWS/SQS",
        "MetricName": metric,
        "Dimensions": [{"Name": "QueueName", "Value": queue}],
        "Statistic": "Maximum",
    }


def _function(metric: str, function: str, statistic: str) -> dict[str, Json]:
    return {
        "Namespace": "AWS/Lambda",
        "MetricName": metric,
        "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": function}}],
        "Statistic": statistic,
    }


def _alarm(
    description: str,
    metric: dict[str, Json],
    *,
    above: int = 0,
    is_below: bool = False,
) -> Json:
    operator = "LessThanOrEqualToThreshold" if is_below else "GreaterThanThreshold"
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": description,
            **metric,
            "Period": 5 * _MINUTES,
            "EvaluationPeriods": 1,
            "Threshold": above,
            "ComparisonOperator": operator,
            "TreatMissingData": "breaching" if is_below else "notBreaching",
            "AlarmActions": [{"Ref": "Alarms"}],
            "OKActions": [{"Ref": "Alarms"}],
        },
    }


def dashboard(names: Names) -> Json:
    """Return the dashboard of a stage."""
    widgets = ",".join(
        _widget(title, metrics, x, y)
        for (title, metrics), (x, y) in zip(
            _charts(names), ((0, 0), (12, 0), (0, 6), (12, 6)), strict=True
        )
    )
    return {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": names.stack,
            "DashboardBody": {"Fn::Sub": f'{{"widgets":[{widgets}]}}'},
        },
    }


def _charts(names: Names) -> list[tuple[str, str]]:
    statuses = ("Started", "Succeeded", "Failed", "TimedOut", "Aborted")
    own = ",".join(
        f'["Millrace","Executions{each}","Stage","{names.stage}"]' for each in statuses
    )
    queue = "ApproximateNumberOfMessagesVisible"
    return [
        ("Executions", own),
        (
            "Step queue",
            f'["AWS/SQS","{queue}","QueueName","{names.steps}"],'
            f'["AWS/SQS","{queue}","QueueName","{names.dead_letters}"]',
        ),
        (
            "Functions",
            '["AWS/Lambda","Duration","FunctionName","${OnStep}"],'
            '["AWS/Lambda","Duration","FunctionName","${APIHandler}"]',
        ),
        (
            "Table",
            f'["AWS/DynamoDB","ConsumedWriteCapacityUnits","TableName","{names.table}"]'
            f',["AWS/DynamoDB","ConsumedReadCapacityUnits","TableName","{names.table}"]',
        ),
    ]


def _widget(title: str, metrics: str, x: int, y: int) -> str:
    return (
        f'{{"type":"metric","x":{x},"y":{y},"width":12,"height":6,"properties":'
        f'{{"title":"{title}","region":"${{AWS::Region}}","stat":"Sum","period":60,'
        f'"metrics":[{metrics}]}}}}'
    )
