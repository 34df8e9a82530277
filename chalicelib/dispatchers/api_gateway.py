"""How does a task call an API of API Gateway?

    apigateway:invoke    ApiEndpoint, Stage and Path are the URL, IAM_ROLE a signature

It is an HTTP request like any other; with ``IAM_ROLE`` it is signed with the
credentials of the stage, or of the task's role, so it goes to API Gateway only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chalicelib.dispatchers.http import HttpDispatcher
from chalicelib.dispatchers.http_request import Request
from chalicelib.dispatchers.seams import failed, own_credentials
from chalicelib.model.error_names import Kind
from chalicelib.ports import Call, Outcome
from chalicelib.values import Json

_HOST = re.compile(r"[\w-]+\.execute-api\.([\w-]+)\.amazonaws\.com(\.cn)?", re.ASCII)
_PARTS = {
    "Method": "method",
    "Headers": "headers",
    "QueryParameters": "query",
    "RequestBody": "body",
}


class ApiGatewayDispatcher:
    """Calls APIs. See ``ports.Dispatcher``."""

    def __init__(
        self, http: HttpDispatcher, credentials: Callable[[], Any] = own_credentials
    ) -> None:
        self._http = http
        self._credentials = credentials

    def dispatch(self, call: Call) -> Outcome:
        """See ``Dispatcher``."""
        given = call.payload
        host = given.get("ApiEndpoint")
        if not isinstance(host, str) or not host or "/" in host:
            return failed(Kind.RUNTIME, f"ApiEndpoint must be a host, not {host!r}")
        if not given.get("AllowNullValues"):
            given = _without_nulls(given)
        request = {ours: given[name] for name, ours in _PARTS.items() if name in given}
        sent = replace(call, resource=_url(host, given), payload=request)
        if given.get("AuthType") != "IAM_ROLE":
            return self._http.dispatch(sent)
        found = _HOST.fullmatch(host)
        if found is None:
            cause = f"{host} is no host of API Gateway, so nothing is signed for it"
            return failed(Kind.FORBIDDEN, cause)
        return self._http.dispatch(sent, lambda each: self._signed(each, found[1]))

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``; an API has no word for it."""
        return False

    def _signed(self, request: Request, region: str) -> Request:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest

        url = f"{request.scheme}://{request.host}{request.target}"
        signed = AWSRequest(
            method=request.method, url=url, data=request.body, headers=request.headers
        )
        SigV4Auth(self._credentials(), "execute-api", region).add_auth(signed)
        return replace(request, headers=dict(signed.headers.items()))


def _url(host: str, given: dict[str, Json]) -> str:
    parts = [str(given.get(name) or "").strip("/") for name in ("Stage", "Path")]
    return "/".join([f"https://{host}", *(part for part in parts if part)])


def _without_nulls(value: Json) -> Json:
    if isinstance(value, dict):
        return {k: _without_nulls(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [_without_nulls(each) for each in value]
    return value
