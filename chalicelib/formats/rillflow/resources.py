"""Which resource of ours does a function task name?

    http://…, https://…               as it is
    lambda://name[:qualifier]         lambda:name[:qualifier]
    sqs://queue                       sqs:queue
    sns://arn:aws:sns:…               sns:publish, to that topic
    eventbridge://bus                 events:putEvents, on that bus; "" is the default
    rillflow://business:feature       workflow:business-feature:*, by the gray rules
    rillflow://business:feature:v     workflow:business-feature:v, an alias or md5_…
    ab://key                          a loan: what the A/B rules choose
    resourceRef://business:feature?name=x   a loan: what that descriptor lists
    anything://else                   anything:else, for a stage's own dispatchers

``resourceProtocol`` says the part before ``://`` where the name has none, and wins
where the name has one; a URL of the web stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from chalicelib.model.descriptors import BY_RULE, workflow_name

_NAME = re.compile(r"[A-Za-z0-9]{1,100}")
_TOPIC = re.compile(r"arn:[\w-]+:sns:[\w-]*:\d*:[\w.-]+")
_KEY = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_VERSION = re.compile(r"[A-Za-z0-9]{1,100}|md5_[0-9a-f]{32}")


#: Kind of what is looked up when an attempt begins; its text is the author's.
LOAN = "loan"


class Resource(NamedTuple):
    """A resource of ours, and how a request to it is built."""

    #: How its request is built: a kind of ``RillRequest``, or ``LOAN``.
    kind: str
    text: str
    #: What the request names, where the resource does not: a topic, a bus.
    target: str = ""


def resource(name: str, protocol: str) -> Resource | str:
    """Return the resource, or what is wrong with it.

    >>> resource("lambda://resize:live", "")
    Resource(kind='plain', text='lambda:resize:live', target='')
    """
    scheme, separator, rest = name.partition("://")
    if not separator:
        scheme, rest = "", name
    spoken = protocol or scheme
    if not spoken:
        return f"resourceName {name!r} has no protocol; write https://, lambda:// or so"
    if spoken in ("http", "https"):
        return _web(name, scheme)
    if spoken in _OWN:
        return _OWN[spoken](rest)
    return Resource("plain", f"{spoken}:{rest}")


def _topic(arn: str) -> Resource | str:
    if _TOPIC.fullmatch(arn):
        return Resource("sns", "sns:publish", arn)
    return f"{arn!r} is no topic; write sns:// and its ARN, arn:aws:sns:…"


def _web(name: str, scheme: str) -> Resource | str:
    if scheme in ("http", "https"):
        return Resource("http", name)
    return f"resourceName {name!r} is no URL; begin it with http:// or https://"


def _flow(descriptor: str) -> Resource | str:
    found = read_flow(descriptor)
    if isinstance(found, str):
        return found
    return Resource("workflow", f"workflow:{found.workflow}:{found.version}")


class Flow(NamedTuple):
    """A descriptor id, read."""

    workflow: str
    #: An alias, ``md5_…``, or ``*`` where nobody says.
    version: str


def read_flow(descriptor: str) -> Flow | str:
    """Return what a descriptor id in a definition means, or what is wrong with it."""
    business, _, rest = descriptor.partition(":")
    feature, separator, version = rest.partition(":")
    if not (_NAME.fullmatch(business) and _NAME.fullmatch(feature)):
        return f"{descriptor!r} names no descriptor; write business:feature"
    if separator and not _VERSION.fullmatch(version):
        return (
            f"{version!r} is no version of a flow; write an alias, or md5_ and "
            "32 hexadecimal digits"
        )
    return Flow(workflow_name(business, feature), version or BY_RULE)


class Reference(NamedTuple):
    """Which resource of which descriptor is meant."""

    workflow: str
    #: As a ``Flow`` has it.
    version: str
    name: str


def read_reference(text: str) -> Reference | str:
    """Return what is behind ``resourceRef://``, or what is wrong with it.

    >>> read_reference("shop:prices?name=price")
    Reference(workflow='shop-prices', version='*', name='price')
    """
    descriptor, _, query = text.partition("?")
    found = read_flow(descriptor)
    if isinstance(found, str):
        return found
    key, _, name = query.partition("=")
    if key != "name" or not name:
        return f"{text!r} names no resource; write business:feature?name=resource"
    return Reference(found.workflow, found.version, name)


def _reference(text: str) -> Resource | str:
    found = read_reference(text)
    return found if isinstance(found, str) else Resource(LOAN, f"resourceRef://{text}")


def _choice(key: str) -> Resource | str:
    if _KEY.fullmatch(key):
        return Resource(LOAN, f"ab://{key}")
    return f"{key!r} is no key of a choice; write ab:// and its config_key"


def _bus(name: str) -> Resource:
    return Resource("eventbridge", "events:putEvents", name or "default")


_OWN: Mapping[str, Callable[[str], Resource | str]] = {
    "rillflow": _flow,
    "sns": _topic,
    "eventbridge": _bus,
    "ab": _choice,
    "resourceRef": _reference,
}
