"""Which services stand for MNS, EventBridge and OSS, and what of every other API?

The ARNs of MNS, and ``acs:api:<product>:<api>``, are resources: which queue, topic or
action of AWS stands for one is for its dispatcher to know.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.formats.asl.jobs import job_of
from chalicelib.formats.cloudflow.action import (
    ANSWERS,
    REQUEST_COMPLETE,
    SYSTEM_CALLBACK,
    Action,
    constant,
    filled,
    some,
)
from chalicelib.formats.cloudflow.constructors import compile_template
from chalicelib.formats.cloudflow.shapes import parameter, parameters, seconds
from chalicelib.formats.cloudflow.sight import Sight
from chalicelib.formats.fields import Part, Shape, every, mapping, name_text
from chalicelib.model.expressions import Expression
from chalicelib.model.workflow import Mode

_SENT = {**ANSWERS, REQUEST_COMPLETE: (Mode.REQUEST, "mns")}

SERVICES: Mapping[str, Action] = {
    "MNS:SendMessage": Action(
        parameters=parameters(
            "MNS:SendMessage",
            parameter("queueName", name_text),
            parameter("messageBody"),
            parameter("delaySeconds", seconds(least=0)),
        ),
        needed=("queueName", "messageBody"),
        manners=_SENT,
        resource=filled("acs:mns:::/queues/{queueName}/messages"),
        arguments=some({"messageBody": "MessageBody", "delaySeconds": "DelaySeconds"}),
    ),
    "MNS:PublishMessage": Action(
        parameters=parameters(
            "MNS:PublishMessage",
            parameter("topicName", name_text),
            parameter("messageBody"),
            parameter("messageTag", name_text),
            parameter("messageAttributes", mapping),
        ),
        needed=("topicName", "messageBody"),
        manners=_SENT,
        resource=filled("acs:mns:::/topics/{topicName}/messages"),
        arguments=some(
            {
                "messageBody": "MessageBody",
                "messageTag": "MessageTag",
                "messageAttributes": "MessageAttributes",
            }
        ),
    ),
    "EventBridge:PutEvents": Action(
        parameters=parameters(
            "EventBridge:PutEvents",
            parameter("eventBusName", name_text),
            parameter("eventList", every(mapping, least=1)),
        ),
        needed=("eventList",),
        manners=ANSWERS,
        resource=constant("acs:api:EventBridge:PutEvents"),
        arguments=some({"eventBusName": "eventBusName", "eventList": "eventList"}),
    ),
    "OSS:PutObject": Action(
        parameters=parameters(
            "OSS:PutObject",
            parameter("bucketName", name_text),
            parameter("objectName", name_text),
            parameter("body"),
            parameter("contentType", name_text),
        ),
        needed=("bucketName", "objectName", "body"),
        manners={REQUEST_COMPLETE: (Mode.REQUEST, "payload")},
        resource=constant("acs:api:OSS:PutObject"),
        arguments=some(
            {each: each for each in ("bucketName", "objectName", "body", "contentType")}
        ),
    ),
}


def api(name: str) -> Action:
    """Return the action ``<Product>:<Api>``: that of AWS, under AWS's own name.

    Whether there is one, and what its request looks like, is checked by those who
    publish: only botocore knows.
    """
    product, _, operation = name.partition(":")
    service = product.lower()
    job = job_of(f"{service}:{operation[:1].lower()}{operation[1:]}")
    waits = {SYSTEM_CALLBACK: (Mode.REQUEST, "payload")} if job else {}
    return Action(
        parameters=Shape(f"the Parameters of {name}", {}),
        manners={**ANSWERS, **waits},
        resource=constant(f"acs:api:{name}"),
        arguments=_everything,
        job=job,
    )


def _everything(part: Part, sight: Sight) -> Expression:
    return compile_template(part, sight)
