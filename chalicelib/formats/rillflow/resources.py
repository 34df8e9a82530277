"""Which resource of ours does a function task name?

    http://…, https://…               as it is
    lambda://name[:qualifier]         lambda:name[:qualifier]
    sqs://queue                       sqs:queue
    sns://arn:aws:sns:…               sns:publish, to that topic
    eventbridge://bus                 events:putEvents, on that bus; "" is the default
    rillflow://business:feature       workflow:business-feature
    rillflow://business:feature:v     workflow:business-feature:v, an alias or md5_…
    anything://else                   anything:else, for a stage's own dispatchers

``resourceProtocol`` says the part before ``://`` where the name has none, and wins
where the name has one; a URL of the web stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from chalicelib.model.descriptors import RELEASE, workflow_name

_NAME = re.compile(r"[A-Za-z0-9]{1,100}")
#: Protocols of Rill Flow whose resources come from elsewhere.
_LATER = frozenset({"resourceRef", "ab"})
_LATER_WAY_OUT = "name the resource itself, or put it under the DAG's resources"
_TOPIC = re.compile(r"arn:[\w-]+:sns:[\w-]*:\d*:[\w.-]+")
_VERSION = re.compile(r"[A-Za-z0-9]{1,100}|md5_[0-9a-f]{32}")


class Resource(NamedTuple):
    """A resource of ours, and how a request to it is built."""

    #: How its request is built: a kind of ``RillRequest``.
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
    if spoken in _LATER:
        return f"{spoken}:// is not supported yet; {_LATER_WAY_OUT}"
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
    business, _, rest = descriptor.partition(":")
    feature, separator, version = rest.partition(":")
    if not (_NAME.fullmatch(business) and _NAME.fullmatch(feature)):
        return f"{descriptor!r} names no flow; write rillflow://business:feature"
    if separator and not _VERSION.fullmatch(version):
        return (
            f"{version!r} is no version of a flow; write an alias, or md5_ and "
            "32 hexadecimal digits"
        )
    named = f":{version}" if version not in ("", RELEASE) else ""
    return Resource("workflow", f"workflow:{workflow_name(business, feature)}{named}")


def _bus(name: str) -> Resource:
    return Resource("eventbridge", "events:putEvents", name or "default")


_OWN: Mapping[str, Callable[[str], Resource | str]] = {
    "rillflow": _flow,
    "sns": _topic,
    "eventbridge": _bus,
}
