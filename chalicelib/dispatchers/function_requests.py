"""What is Function Compute asked over HTTP, and how does it know who asks?

    2.0, an ARN with a service
        /2016-08-15/services/<s>.<q>/functions/<f>/invocations      signed FC
        /2021-04-06/services/<s>/functions/<f>/…?qualifier=<q>      signed ACS3
    3.0, one without
        /2023-03-30/functions/<f>/…?qualifier=<q>                   signed ACS3

Rule 1  The id of an asynchronous task is made of the attempt: a request that comes
        twice is one task, and whoever stops the attempt knows what to stop.
Rule 2  What is signed is the request as it is sent; nothing is added behind that.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import formatdate
from types import MappingProxyType
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from chalicelib import acs3
from chalicelib.alibaba import AlibabaAccount
from chalicelib.dispatchers.function_names import FunctionName
from chalicelib.dispatchers.http_request import Request
from chalicelib.ports import Clock
from chalicelib.values import Json, short_hash

_VERSION_2 = "2016-08-15"
#: Of 2.0, too: whatever is asked about asynchronous tasks.
_VERSION_2_TASKS = "2021-04-06"
_VERSION_3 = "2023-03-30"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing to ask of a function; ``{id}`` is that of an asynchronous task."""

    method: str
    #: What ACS3 calls it, and what follows the function's own path: of 2.0, of 3.0.
    action_2: str
    path_2: str
    action_3: str
    path_3: str


INVOKE = Operation(
    method="POST",
    action_2="InvokeFunction",
    path_2="invocations",
    action_3="InvokeFunction",
    path_3="invocations",
)
STOP = Operation(
    method="PUT",
    action_2="StopStatefulAsyncInvocation",
    path_2="stateful-async-invocations/{id}",
    action_3="StopAsyncTask",
    path_3="async-tasks/{id}/stop",
)
DESTINATIONS = Operation(
    method="GET",
    action_2="GetFunctionAsyncInvokeConfig",
    path_2="async-invoke-config",
    action_3="GetAsyncInvokeConfig",
    path_3="async-invoke-config",
)

_TYPES: Mapping[bool, str] = MappingProxyType(
    {True: "application/octet-stream", False: "application/json"}
)


def task_id(idempotency_key: str) -> str:
    """Return the id of the asynchronous task that an attempt is."""
    return f"m{short_hash(idempotency_key, length=32)}"


def url(
    operation: Operation, name: FunctionName, account: AlibabaAccount, task: str = ""
) -> str:
    """Return where ``operation`` is asked of a function."""
    base = account.endpoint.format(
        region=name.region or account.region, account=name.account or account.id
    )
    function = quote(name.function, safe="")
    query = f"?qualifier={acs3.encoded(name.qualifier)}" if name.qualifier else ""
    if not name.service:
        path = operation.path_3.format(id=task)
        return f"{base}/{_VERSION_3}/functions/{function}/{path}{query}"
    path = f"functions/{function}/{operation.path_2.format(id=task)}"
    if operation is INVOKE:
        dotted = f"{name.service}.{name.qualifier}" if name.qualifier else name.service
        return f"{base}/{_VERSION_2}/services/{quote(dotted, safe='')}/{path}"
    service = quote(name.service, safe="")
    return f"{base}/{_VERSION_2_TASKS}/services/{service}/{path}{query}"


def payload(
    operation: Operation, name: FunctionName, *, task: str = "", event: Json = None
) -> Json:
    """Return the request as an HTTP task's payload; ``task``: the id of an Async one.

    No log is asked for: what a function logs is no part of its answer.
    """
    headers = {"Content-Type": _TYPES[isinstance(event, str)]}
    if operation is INVOKE:
        headers |= {
            "X-Fc-Invocation-Type": "Async" if task else "Sync",
            "X-Fc-Log-Type": "None",
        }
    if operation is INVOKE and task and name.service:
        headers["X-Fc-Stateful-Async-Invocation-Enable"] = "true"
        headers["X-Fc-Stateful-Async-Invocation-Id"] = task
    elif operation is INVOKE and task:
        headers["X-Fc-Async-Task-Id"] = task
    return {"method": operation.method, "headers": headers, "body": event}


class Signer:
    """Puts the account's name to requests."""

    def __init__(
        self, account: AlibabaAccount, clock: Clock, new_nonce: Callable[[], str]
    ) -> None:
        """``new_nonce``: a text that no other request has had."""
        self._account = account
        self._clock = clock
        self._new_nonce = new_nonce

    def sign(
        self, request: Request, operation: Operation, name: FunctionName
    ) -> Request:
        """Return ``request`` signed as its generation of the service wants it."""
        if name.service and operation is INVOKE:
            added = self._fc(request, name.account or self._account.id)
        elif name.service:
            added = self._acs3(request, operation.action_2, _VERSION_2_TASKS)
        else:
            added = self._acs3(request, operation.action_3, _VERSION_3)
        return replace(request, headers={**request.headers, **added})

    def _fc(self, request: Request, account: str) -> dict[str, str]:
        # Function Compute 2.0, "Signature authentication"; the MD5 may be left out.
        added = {
            "Date": formatdate(self._clock.now(), usegmt=True),
            "X-Fc-Account-Id": account,
        }
        headers = _lower({**request.headers, **added})
        named = sorted(each for each in headers if each.startswith("x-fc-"))
        text = "\n".join(
            (
                request.method,
                headers.get("content-md5", ""),
                headers.get("content-type", ""),
                headers["date"],
                *(f"{each}:{headers[each]}" for each in named),
                unquote(urlsplit(request.target).path),
            )
        )
        secret = self._account.secret.encode()
        mac = b64encode(hmac.digest(secret, text.encode(), hashlib.sha256)).decode()
        return {**added, "Authorization": f"FC {self._account.key_id}:{mac}"}

    def _acs3(self, request: Request, action: str, version: str) -> dict[str, str]:
        body = request.body or b""
        now = datetime.fromtimestamp(self._clock.now(), UTC)
        added = {
            "x-acs-action": action,
            "x-acs-version": version,
            "x-acs-date": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": self._new_nonce(),
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        }
        headers = _lower({**request.headers, **added})
        names = sorted(each for each in headers if _is_signed(each))
        target = urlsplit(request.target)
        signature = acs3.signature(
            names,
            method=request.method,
            path=target.path,
            query=dict(parse_qsl(target.query)),
            headers=headers,
            body=body,
            secret=self._account.secret,
        )
        return {
            **added,
            "Authorization": (
                f"{acs3.ALGORITHM} Credential={self._account.key_id},"
                f"SignedHeaders={';'.join(names)},Signature={signature}"
            ),
        }


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _is_signed(name: str) -> bool:
    return name in ("host", "content-type") or name.startswith(("x-acs-", "x-fc-"))
