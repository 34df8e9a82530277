"""Which HTTP request is a task?

A payload that says ``method``, and nothing but the parts of a request (``method``,
``headers``, ``query``, ``body``, ``form``; ``arrays``, which says how a form writes
lists; ``timeouts``, in seconds), is that request. Any other payload is POSTed as JSON.

Rule 1  What the author wrote wins over every header that is added here.
Rule 2  Headers that belong to the connection, and ``Host``, are not the author's.
Rule 3  One parser decides what the host is; what it could misread is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from chalicelib.dispatchers.forms import encode, text
from chalicelib.dispatchers.seams import failed
from chalicelib.engine.events import TaskFailed
from chalicelib.model.error_names import Kind
from chalicelib.ports import Call
from chalicelib.traces import headers as headers_of
from chalicelib.values import Json, compact

PARTS = frozenset({"method", "headers", "query", "body", "form", "arrays", "timeouts"})
FORM = "application/x-www-form-urlencoded"
_PORTS = {"http": 80, "https": 443}

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
#: RFC 9110, "Field Values", less what has no place in Latin-1.
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_CONNECTION_HEADERS = frozenset(
    {
        "connection",
        "content-length",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
#: Characters that parsers disagree about; a URL with one is refused.
_AMBIGUOUS = re.compile(r"[\x00-\x1f\x7f\\]")
_KEPT = "/%:@!$&'()*+,;=~-._?"
_TYPE = "content-type"
_PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request, ready to be sent."""

    method: str
    scheme: str
    host: str
    port: int
    #: Path and query.
    target: str
    headers: Mapping[str, str]
    body: bytes | None
    #: Seconds for a connection (``connect``) and for a silence (``read``), where the
    #: task says so.
    timeouts: Mapping[str, float] = field(default_factory=dict)
    #: Certificates, one of which must have signed the server's; empty: the stage's.
    authorities: str = ""
    #: Whether its answer stays a text, also where that is JSON.
    as_text: bool = False


class _Refused(ValueError):
    """A task that is no HTTP request; says why."""


def build(call: Call) -> Request | TaskFailed:
    """Return the request that ``call`` is, or why it is none."""
    try:
        return _build(call)
    except ValueError as error:
        return failed(Kind.RUNTIME, f"{call.resource!r} cannot be called: {error}")


def _build(call: Call) -> Request:
    url = _split(call.resource)
    host = _host(url)
    port = url.port or _PORTS[url.scheme]
    parts = _parts(call.payload)
    headers = _headers(call, parts)
    body = _body(parts, headers)
    headers["Host"] = _authority(host, port, url.scheme)
    return Request(
        method=_method(parts),
        scheme=url.scheme,
        host=host,
        port=port,
        target=_target(url, parts.get("query")),
        headers=headers,
        body=body,
        timeouts=parts.get("timeouts", {}),
    )


def _split(resource: str) -> SplitResult:
    if _AMBIGUOUS.search(resource):
        raise _Refused("the URL has a control character or a backslash")
    url = urlsplit(resource)
    if url.scheme not in _PORTS:
        raise _Refused("only http and https are spoken here")
    if "@" in url.netloc:
        raise _Refused("user and password have no place in a URL; use a header")
    return url


def _host(url: SplitResult) -> str:
    host = url.hostname or ""
    if not host or "%" in host or " " in host:
        raise _Refused("the URL has no host")
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _authority(host: str, port: int, scheme: str) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port == _PORTS[scheme] else f"{name}:{port}"


def _parts(payload: Json) -> dict[str, Json]:
    if isinstance(payload, dict) and "method" in payload and payload.keys() <= PARTS:
        return payload
    headers = {"Content-Type": "application/json"}
    return {"method": "POST", "headers": headers, "body": compact(payload)}


def _method(parts: Mapping[str, Json]) -> str:
    method = parts["method"]
    if not isinstance(method, str) or not _TOKEN.fullmatch(method):
        raise _Refused(f"{compact(method)} is not a method")
    return method.upper()


def _target(url: SplitResult, query: Json) -> str:
    path = quote(url.path or "/", safe=_KEPT)
    asked = [quote(url.query, safe=_KEPT)] if url.query else []
    if query:
        asked.append(urlencode(list(_pairs(query, "query"))))
    return f"{path}?{'&'.join(asked)}" if asked else path


def _pairs(given: Json, what: str) -> Iterator[tuple[str, str]]:
    if not isinstance(given, dict):
        raise _Refused(f"{what} must be an object")
    for name, value in given.items():
        for each in value if isinstance(value, list) and what == "query" else [value]:
            if each is not None:
                yield name, text(each)


def _headers(call: Call, parts: Mapping[str, Json]) -> dict[str, str]:
    added = {
        "Accept-Encoding": "identity",
        "User-Agent": "millrace",
        "Idempotency-Key": call.idempotency_key,
        **headers_of(call.trace),
        # Rill Flow, "Headers sent".
        "X-Flow-Server": call.server,
    }
    if call.callback_url:
        added["X-Callback-Url"] = call.callback_url
        added["X-Mode"] = "async"
        added["X-FnF-Http-Callback-Task-Token"] = call.token
    written = dict(_written_headers(parts.get("headers")))
    theirs = {name.lower() for name in written}
    ours = {
        name: value
        for name, value in added.items()
        if value and name.lower() not in theirs
    }
    return ours | written


def _written_headers(given: Json) -> Iterator[tuple[str, str]]:
    for name, value in _pairs(given or {}, "headers"):
        if not _TOKEN.fullmatch(name) or not _FIELD_VALUE.fullmatch(value):
            raise _Refused(f"header {name!r} has a character that headers do not have")
        if name.lower() not in _CONNECTION_HEADERS:
            yield name, value


def _body(parts: Mapping[str, Json], headers: dict[str, str]) -> bytes | None:
    """Return the body; the header that says what it is joins ``headers``."""
    kind = next((headers[name] for name in headers if name.lower() == _TYPE), "")
    body = parts.get("body")
    if "form" in parts:
        body, kind = parts["form"], FORM
        headers.setdefault("Content-Type", FORM)
    if body is None:
        return None
    if kind.partition(";")[0].strip().lower() == FORM and isinstance(body, dict):
        return encode(body, str(parts.get("arrays", "")))
    if not kind:
        is_text = isinstance(body, str)
        headers["Content-Type"] = _PLAIN if is_text else "application/json"
    # Half a surrogate pair has no UTF-8; JSON's own escape for it is spelled alike.
    return text(body).encode("utf-8", "backslashreplace")
