"""What does a function see of an HTTP request, and what may it answer?"""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.message import Message
from urllib.parse import parse_qsl, unquote, urlsplit

from chalicelib.errors import InputRefused
from chalicelib.values import Json, compact, parse

_ROUTE = re.compile(r"/(function|async-function|http)/([^/]+)(/.*)?")
#: Seconds to wait for the stage to take an answer.
_POST_TIMEOUT = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the first line of a request asks for."""

    #: ``function/NAME``, ``async-function/NAME`` or ``http/NAME``.
    route: str
    #: The path behind the name; at least ``/``.
    path: str = "/"
    #: A value for each name; a list where a name comes more than once.
    query: Mapping[str, str | list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request, as a function sees it."""

    method: str
    target: Target
    #: By name, in any case of letters.
    headers: Message
    body: bytes = b""

    @property
    def route(self) -> str:
        """Kind and name of the function."""
        return self.target.route

    @property
    def path(self) -> str:
        """The path behind the function's name."""
        return self.target.path

    @property
    def query(self) -> Mapping[str, str | list[str]]:
        """What stands behind the question mark."""
        return self.target.query

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Json:
        """The body as JSON; null where there is none.

        Raises:
            InputRefused: the body is not JSON.
        """
        return parse(self.body) if self.body else None

    @property
    def event(self) -> Json:
        """The body as JSON if it is that, else as text."""
        try:
            return self.json
        except InputRefused:
            return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer."""

    status: int
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)

    def with_headers(self, more: Mapping[str, str]) -> Reply:
        """Return the same answer with more headers."""
        return replace(self, headers={**self.headers, **more})

    def all_headers(self) -> dict[str, str]:
        """Return the headers, those of the body included."""
        about_body = {"Content-Length": str(len(self.body))}
        if self.body:
            about_body["Content-Type"] = self.kind
        return about_body | dict(self.headers)


def read_target(line: str) -> Target | None:
    """Return what the path and query of ``line`` ask for; None: nothing that is here.

    >>> read_target("/function/shout/v2?lang=en")
    Target(route='function/shout', path='/v2', query={'lang': 'en'})
    """
    url = urlsplit(line)
    found = _ROUTE.fullmatch(url.path)
    if found is None:
        return None
    query: dict[str, str | list[str]] = {}
    for name, value in parse_qsl(url.query, keep_blank_values=True):
        before = query.get(name)
        if before is None:
            query[name] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            query[name] = [before, value]
    route = f"{found[1]}/{unquote(found[2])}"
    return Target(route=route, path=found[3] or "/", query=query)


def reply_with(status: int, value: Json | bytes) -> Reply:
    """Return ``value`` as an answer: bytes and text as they are, the rest as JSON.

    Raises:
        TypeError: ``value`` is not JSON.
        ValueError: it holds a number that is not JSON.
    """
    if value is None:
        return Reply(status=status)
    if isinstance(value, bytes):
        return Reply(status=status, body=value, kind="application/octet-stream")
    if isinstance(value, str):
        return Reply(status=status, body=value.encode("utf-8", "replace"))
    text = compact(value).encode("utf-8", "backslashreplace")
    return Reply(status=status, body=text, kind="application/json")


def post(url: str, reply: Reply) -> str:
    """POST ``reply`` to ``url``; return "" when it was taken, else the problem.

    An answer of 4xx, other than 429, is a decision: asking again changes nothing.
    """
    place = urlsplit(url)
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    if place.scheme not in kinds or not place.hostname:
        return "not a URL that can be posted to"
    connection = kinds[place.scheme](place.hostname, place.port, timeout=_POST_TIMEOUT)
    target = (place.path or "/") + (f"?{place.query}" if place.query else "")
    try:
        connection.request("POST", target, body=reply.body, headers=reply.all_headers())
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    return f"status {status}" if status >= 500 or status == 429 else ""
