"""What is a route? A row of a face's table; ``mount`` hands the rows to Chalice.

    Chalice request --Call.of--> Call --verb--> Reply --> Chalice response

Rule 1  Who asks is known before anything else is looked at.
Rule 2  A path parameter ``workflow`` or ``execution`` is a matter of the key's
        workflow patterns; ``mount`` checks them, the verbs need not.
Rule 3  API Gateway decodes path parameters and ``chalice local`` does not: they are
        decoded here, once more at most. No name contains a ``%``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, field
from http import HTTPStatus
from typing import cast
from urllib.parse import unquote

from chalice.app import Authorizer, Blueprint, Request, Response

from chalicelib import logs
from chalicelib.api import current, problems, tracing
from chalicelib.api.auth import ANYBODY, AccessKey, Scope
from chalicelib.api.service import Service
from chalicelib.errors import InputRefused, MillraceError, PayloadTooLarge
from chalicelib.frozen import dataclass
from chalicelib.values import Json, compact, parse

JSON_MEDIA = ("application/json",)
#: What people and tools send a definition as. None of them is a binary type of the
#: API: Chalice does not deploy a route that mixes the two.
DEFINITION_MEDIA = (
    "application/json",
    "application/yaml",
    "application/x-yaml",
    "text/yaml",
    "text/x-yaml",
    "text/plain",
    "application/octet-stream",
    "application/x-www-form-urlencoded",
)
#: Functions answer with whatever they like; only the body counts.
ANY_MEDIA = ("*/*",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, as a verb sees it."""

    service: Service
    caller: AccessKey
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    method: str = ""
    #: As the client wrote it: with the stage in front, where there is one.
    path: str = ""

    @classmethod
    def of(
        cls,
        request: Request,
        parameters: Mapping[str, str],
        service: Service,
        scope: Scope | None,
    ) -> Call:
        """Return the call, once it is known who makes it.

        Raises:
            NotAuthenticated: there is no valid access key, and one is needed.
            NotAuthorized: the key lacks ``scope``, or does not see the workflow.
        """
        decoded = {name: unquote(value) for name, value in parameters.items()}
        caller = ANYBODY
        if scope is not None:
            caller = service.keys.authenticate(authorization(request.headers))
            caller.require(scope)
            _require_workflow(caller, decoded)
        return cls(
            service=service,
            caller=caller,
            parameters=decoded,
            query=dict(request.query_params or {}),
            headers=request.headers,
            body=cast(bytes, request.raw_body),
            method=request.method,
            path=request.context.get("path", ""),
        )

    def text(self, what: str) -> str:
        """Return the body as text.

        Raises:
            InputRefused: it is not UTF-8.
        """
        try:
            return self.body.decode()
        except UnicodeDecodeError as error:
            reason = f"{what} is not UTF-8 text: byte {error.start} is wrong"
            raise InputRefused(reason) from None

    def json(self, what: str, *, limit: int, default: Json = None) -> Json:
        """Return the body as JSON; ``default`` where it is empty.

        Raises:
            InputRefused: it is not JSON, or has half a character in a string.
            PayloadTooLarge: it has more than ``limit`` bytes.
        """
        self.require_size(what, limit)
        return read_json(self.body, what) if self.body.strip() else default

    def require_size(self, what: str, limit: int) -> None:
        """Pass if the body has at most ``limit`` bytes.

        Raises:
            PayloadTooLarge: it has more.
        """
        if len(self.body) > limit:
            raise PayloadTooLarge(what, len(self.body), limit)

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        """Return a whole number of the query, from ``least`` to ``most``.

        Raises:
            InputRefused: it is something else.
        """
        text = self.query.get(name, str(default))
        is_number = text.isascii() and text.isdigit() and len(text) < 16
        if not is_number or not least <= int(text) <= most:
            reason = f"{text!r} is not a whole number from {least} to {most}"
            raise InputRefused(reason, path=name)
        return int(text)

    def choice(self, name: str, known: Iterable[str]) -> str:
        """Return a word of the query, or nothing.

        Raises:
            InputRefused: it is not one of ``known``.
        """
        text, words = self.query.get(name, ""), tuple(known)
        if text and text not in words:
            raise InputRefused(f"{text!r} is not one of {', '.join(words)}", path=name)
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a verb answers."""

    body: Json
    #: None: the route's own.
    status: HTTPStatus | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


Verb = Callable[[Call], Reply]
#: (error, path parameters) -> response
Refuse = Callable[[MillraceError, Mapping[str, str]], Response]


@dataclass(frozen=True, slots=True)
class Route:
    """A row: what is asked where, by whom, and what comes back."""

    method: str
    path: str
    verb: Verb
    #: None: no access key is needed.
    scope: Scope | None
    summary: str
    _: KW_ONLY
    #: Names of schemas, see ``schemas``; an empty request has no body.
    request: str = ""
    response: str
    #: Names of query parameters and headers, see ``schemas``.
    takes: tuple[str, ...] = ()
    status: HTTPStatus = HTTPStatus.OK
    media: tuple[str, ...] = JSON_MEDIA
    #: The verb finds out who asks: requests may be signed, in the ways that the schemes
    #: of these names describe (``openapi``), instead of bearing a key.
    signed_by: tuple[str, ...] = ()
    #: What is answered where the verb refuses; None: problem details.
    refuse: Refuse | None = None


def mount(
    blueprint: Blueprint,
    face: str,
    table: Iterable[Route],
    authorizer: Authorizer | None = None,
) -> None:
    """Register every route of ``table``; what needs a key is behind ``authorizer``."""
    for route in table:
        name = f"{face}_{route.method.lower()}_{route.verb.__name__}"
        register = blueprint.route(
            route.path,
            methods=[route.method],
            content_types=list(route.media),
            name=name,
            authorizer=None if route.scope is None else authorizer,
        )
        register(_view(blueprint, route, name))


def _view(blueprint: Blueprint, route: Route, name: str) -> Callable[..., Response]:
    def view(**parameters: str) -> Response:
        request = blueprint.current_request
        with (
            tracing.of(request.headers) as trace,
            logs.about(trace=trace, **_facts(request, parameters)),
        ):
            try:
                call = Call.of(request, parameters, current.service(), route.scope)
                return _response(route.verb(call), route)
            except MillraceError as error:
                return (route.refuse or problems.response)(error, parameters)

    view.__name__ = name
    return view


def _facts(request: Request, parameters: Mapping[str, str]) -> dict[str, str]:
    """Return what is on every line that is logged about a request."""
    return {
        "execution": problems.subject(parameters),
        "request": str(request.context.get("requestId", "")),
    }


def authorization(headers: Mapping[str, str]) -> str:
    """Return the header that says who asks; ``X-Api-Key`` is a bearer key as it is."""
    key = headers.get("x-api-key", "")
    return headers.get("authorization", "") or (f"Bearer {key}" if key else "")


def _response(reply: Reply, route: Route) -> Response:
    return Response(
        body=reply.body,
        status_code=int(reply.status or route.status),
        headers={"Content-Type": "application/json", **reply.headers},
    )


def workflow_of(execution: str) -> str:
    """Return the workflow that an execution id names.

    >>> workflow_of("media:text-to-video:run-1")
    'media:text-to-video'
    """
    return execution.rpartition(":")[0]


def _require_workflow(caller: AccessKey, parameters: Mapping[str, str]) -> None:
    if "execution" in parameters:
        caller.require_workflow(workflow_of(parameters["execution"]))
    elif "workflow" in parameters:
        caller.require_workflow(parameters["workflow"])


def read_json(body: bytes | str, what: str) -> Json:
    """Return the JSON value that ``body`` spells, if it can be kept as UTF-8.

    Raises:
        InputRefused: it is not JSON, or has half a character in a string.
    """
    value = parse(body, what=what)
    try:
        compact(value).encode()
    except UnicodeEncodeError:
        reason = f"{what} has half a surrogate pair in a string"
        raise InputRefused(reason) from None
    return value
