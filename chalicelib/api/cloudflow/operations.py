"""Which operations of CloudFlow are there? ``OPERATIONS`` is the table.

Action=<operation>&…
  --who signed--> caller --parameters--> Ask --operation--> answer, with a RequestId
                                      or an error --errors--> code, message

Rule 1  The operation and the API's version stand in the query, or in ``x-acs-action``
        and ``x-acs-version``; a parameter may stand in the query or in the form.
Rule 2  A signed request of an operation that would do more the second time is good for
        one time (``is_once``); others cost no write.
Rule 3  Whatever happens, the answer is a JSON object with a RequestId: clients cannot
        read anything else.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl

from chalicelib.api import acs_signatures, problems
from chalicelib.api.acs_signatures import Claim
from chalicelib.api.auth import ANYBODY, AccessKey, Scope
from chalicelib.api.cloudflow import (
    aliases,
    executions,
    flows,
    histories,
    lists,
    regions,
    runs,
    schedules,
    sync,
    tasks,
    versions,
)
from chalicelib.api.cloudflow.errors import Refused, answer, told_to_wait
from chalicelib.api.cloudflow.face import Ask, dashed, face
from chalicelib.api.cloudflow.parameters import require_known, without_protocol
from chalicelib.api.routes import Call, Reply, read_json
from chalicelib.api.sigv4 import Signed
from chalicelib.errors import InputRefused, MillraceError, PayloadTooLarge
from chalicelib.values import Json

VERSION = "2019-03-15"
#: CloudFlow, "Limits": a request has at most 1024 KiB.
MOST_BYTES = 1024 * 1024
#: What a worker gets its task token in, where the HTTP integration sends it.
TOKEN_HEADER = "x-fnf-http-callback-task-token"


@dataclass(frozen=True, slots=True)
class Operation:
    """A row: what is done, and what a key needs for it."""

    do: Callable[[Ask], dict[str, Json]]
    #: None: any key; the request carries a task token, or asks for nothing secret.
    scope: Scope | None
    #: The same request again does nothing again: it changes nothing, or what it began.
    is_repeatable: bool = False

    @property
    def is_once(self) -> bool:
        """Whether a signed request is good for one time, and its nonce written down."""
        return not self.is_repeatable and self.scope is not Scope.READ


OPERATIONS: Mapping[str, Operation] = {
    "CreateFlow": Operation(flows.create, Scope.ADMIN),
    "UpdateFlow": Operation(flows.update, Scope.ADMIN),
    "DescribeFlow": Operation(flows.describe, Scope.READ),
    "ListFlows": Operation(flows.list_flows, Scope.READ),
    "DeleteFlow": Operation(flows.delete, Scope.ADMIN),
    "PublishFlowVersion": Operation(versions.publish, Scope.ADMIN),
    "ListFlowVersions": Operation(versions.list_versions, Scope.READ),
    "DeleteFlowVersion": Operation(versions.delete, Scope.ADMIN),
    "CreateFlowAlias": Operation(aliases.create, Scope.ADMIN),
    "UpdateFlowAlias": Operation(aliases.update, Scope.ADMIN),
    "DescribeFlowAlias": Operation(aliases.describe, Scope.READ),
    "ListFlowAliases": Operation(aliases.list_aliases, Scope.READ),
    "DeleteFlowAlias": Operation(aliases.delete, Scope.ADMIN),
    "StartExecution": Operation(executions.start, Scope.START, is_repeatable=True),
    "StartSyncExecution": Operation(sync.start, Scope.START),
    "StopExecution": Operation(executions.stop, Scope.OPERATE),
    "DescribeExecution": Operation(executions.describe, Scope.READ),
    "ListExecutions": Operation(lists.list_executions, Scope.READ),
    "GetExecutionHistory": Operation(histories.history, Scope.READ),
    "ReportTaskSucceeded": Operation(tasks.succeed, None, is_repeatable=True),
    "ReportTaskFailed": Operation(tasks.fail, None, is_repeatable=True),
    "CreateSchedule": Operation(schedules.create, Scope.ADMIN),
    "UpdateSchedule": Operation(schedules.update, Scope.ADMIN),
    "DescribeSchedule": Operation(schedules.describe, Scope.READ),
    "ListSchedules": Operation(schedules.list_schedules, Scope.READ),
    "DeleteSchedule": Operation(schedules.delete, Scope.ADMIN),
    "DescribeMapRun": Operation(runs.describe, Scope.READ),
    "UpdateMapRun": Operation(runs.update, Scope.OPERATE),
    "DescribeRegions": Operation(regions.describe, None, is_repeatable=True),
}


def operate(call: Call) -> Reply:
    """Do what a request asks for, and answer as the service does."""
    return _replied(call, lambda: _operate(call))


def report(call: Call, name: str) -> Reply:
    """Take a report about a task; its token is all that is needed."""
    return _replied(call, lambda: _report(call, name))


def _replied(call: Call, answered: Callable[[], dict[str, Json]]) -> Reply:
    request = {"RequestId": dashed(secrets.token_hex(16).upper())}
    headers: dict[str, str] = {}
    try:
        return Reply(body={**answered(), **request})
    except MillraceError as error:
        status, code, message = answer(error)
        headers = told_to_wait(error)
    except Exception:  # Rule 3; what it was is for the log
        problems.LOG.exception("cloudflow: request %s failed", request["RequestId"])
        status, code = HTTPStatus.INTERNAL_SERVER_ERROR, "InternalServerError"
        message = "this stage made a mistake"
    host = {"HostId": call.headers.get("host", "")}
    body = {**request, **host, "Code": code, "Message": message}
    return Reply(body=body, status=status, headers=headers)


def _operate(call: Call) -> dict[str, Json]:
    stage = face()
    parameters = {**call.query, **_form(call)}
    caller, claim = _caller(call, parameters)
    name = _named(call, parameters)
    operation, given = OPERATIONS[name], without_protocol(parameters)
    if operation.scope is not None:
        caller.require(operation.scope)
    require_known(name, given)
    if claim and operation.is_once:
        stage.nonces.spend(claim.key_id, claim.nonce)
    drawn = dashed(claim.drawn) if claim else ""
    return operation.do(Ask(face=stage, caller=caller, given=given, drawn=drawn))


def _named(call: Call, parameters: Mapping[str, str]) -> str:
    """Return the operation that a request names.

    Raises:
        Refused: ActionNotSupported, or APIVersionNotSupported.
    """
    version = parameters.get("Version") or call.headers.get("x-acs-version", "")
    if version != VERSION:
        message = f"there is no version {version[:40]!r} of this API, only {VERSION}"
        raise Refused("APIVersionNotSupported", message)
    name = parameters.get("Action") or call.headers.get("x-acs-action", "")
    if name not in OPERATIONS:
        raise Refused("ActionNotSupported", f"there is no operation {name[:80]!r}")
    return name


def _form(call: Call) -> dict[str, str]:
    """Return the parameters in the body.

    Raises:
        PayloadTooLarge: the body is larger than CloudFlow takes.
        Refused: InvalidArgument, it is not a form.
    """
    if len(call.body) > MOST_BYTES:
        raise PayloadTooLarge("the request", len(call.body), MOST_BYTES)
    try:
        text = call.body.decode()
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        raise Refused("InvalidArgument", "the body is not a form in UTF-8") from None
    return dict(pairs)


def _caller(
    call: Call, parameters: Mapping[str, str]
) -> tuple[AccessKey, Claim | None]:
    """Return who asks: by a bearer key, or by whose key signed the request, and how.

    Raises:
        NotAuthenticated: the bearer key is not one of ours.
        Refused: the key of the signature is not one of ours.
        SignatureRefused: the signature is missing, wrong, or old.
        TooManyRequests: the key asks too often.
    """
    keys, header = call.service.keys, call.headers.get("authorization", "")
    if parameters.get("SignatureType") == "BEARERTOKEN":
        header = f"Bearer {parameters.get('BearerToken', '')}"
    if header.lower().startswith("bearer "):
        return keys.authenticate(header), None
    return _signer(call, parameters)


def _signer(call: Call, parameters: Mapping[str, str]) -> tuple[AccessKey, Claim]:
    """Return whose key signed the request, and how; see ``_caller``."""
    keys = call.service.keys
    request = Signed(
        method=call.method,
        path=call.path,
        query=call.query,
        headers=call.headers,
        body=call.body,
    )
    claim = acs_signatures.read(request, parameters)
    known = keys.known(claim.key_id)
    if known is None or not known.secret:
        message = "this stage has no such access key, or none that signs"
        raise Refused("InvalidAccessKeyId.NotFound", message)
    now = call.service.clock.now()
    acs_signatures.require(claim, request, parameters, known.secret, now)
    keys.admitted(known.key)
    return known.key, claim


def _report(call: Call, name: str) -> dict[str, Json]:
    given = without_protocol({**call.query, **_reported(call)})
    require_known(name, given)
    if TOKEN_HEADER in call.headers:
        given.setdefault("TaskToken", call.headers[TOKEN_HEADER])
    ask = Ask(face=face(), caller=ANYBODY, given=given)
    return OPERATIONS[name].do(ask)


def _reported(call: Call) -> dict[str, str]:
    """Return what the body says: a form, or a JSON object with the same names."""
    if "json" not in call.headers.get("content-type", ""):
        return _form(call)
    try:
        found = read_json(call.body, "the body")
    except InputRefused as refused:
        raise Refused("InvalidArgument", str(refused)) from None
    match found:
        case dict() if all(isinstance(each, str) for each in found.values()):
            return found
    raise Refused("InvalidArgument", "the body is a JSON object of texts")
