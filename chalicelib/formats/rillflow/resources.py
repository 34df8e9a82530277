"""Which resource of ours does a function task name?

    http://…, https://…               as it is
    lambda://name[:qualifier]         lambda:name[:qualifier]
    sqs://queue                       sqs:queue
    rillflow://business:feature       workflow:business-feature
    rillflow://business:feature:v     workflow:business-feature:v, an alias or md5_…
    anything://else                   anything:else, for a stage's own dispatchers

``resourceProtocol`` says the part before ``://`` where the name has none, and wins
where the name has one; a URL of the web stays whole.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from chalicelib.model.descriptors import RELEASE, workflow_name

_NAME = re.compile(r"[A-Za-z0-9]{1,100}")
_VERSION = re.compile(r"[A-Za-z0-9]{1,100}|md5_[0-9a-f]{32}")


class Resource(NamedTuple):
    """A resource of ours, and how a request to it is built."""

    #: ``http``, ``workflow`` or ``plain``.
    kind: str
    text: str


def resource(name: str, protocol: str) -> Resource | str:
    """Return the resource, or what is wrong with it.

    >>> resource("lambda://resize:live", "")
    Resource(kind='plain', text='lambda:resize:live')
    """
    scheme, separator, rest = name.partition("://")
    if not separator:
        scheme, rest = "", name
    if not (protocol or scheme):
        return f"resourceName {name!r} has no protocol; write https://, lambda:// or so"
    if (protocol or scheme) in ("http", "https"):
        return _web(name, scheme)
    if (protocol or scheme) == "rillflow":
        return _flow(rest)
    return Resource("plain", f"{protocol or scheme}:{rest}")


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
