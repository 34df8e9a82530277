"""Which resource of ours does a function task name?

    http://…, https://…               as it is
    lambda://name[:qualifier]         lambda:name[:qualifier]
    sqs://queue                       sqs:queue
    rillflow://business:feature       workflow:feature
    anything://else                   anything:else, for a stage's own dispatchers

``resourceProtocol`` says the part before ``://`` where the name has none, and wins
where the name has one; a URL of the web stays whole.
"""

from __future__ import annotations

from typing import NamedTuple

#: A flow's own alias; its latest version has it.
_LATEST = "release"


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
    parts = descriptor.split(":")
    if len(parts) not in (2, 3) or not all(parts):
        return f"{descriptor!r} names no flow; write rillflow://business:feature"
    if parts[2:] not in ([], [_LATEST]):
        return (
            f"the version {parts[2]!r} of a flow cannot be named yet; "
            f"write rillflow://{parts[0]}:{parts[1]}"
        )
    return Resource("workflow", f"workflow:{parts[1]}")
