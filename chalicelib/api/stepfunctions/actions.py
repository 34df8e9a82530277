"""Which actions of Step Functions are there? ``ACTIONS`` is the table.

X-Amz-Target: AWSStepFunctions.<action>
  --who asks--> caller --shapes--> input --action--> output
                                    or an error --errors--> typed answer
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from chalicelib.api import sigv4
from chalicelib.api.auth import ANYBODY, AccessKey, Scope
from chalicelib.api.problems import told_to_wait
from chalicelib.api.routes import Call, Reply, read_json
from chalicelib.api.stepfunctions import (
    activities,
    definitions,
    executions,
    express,
    face,
    machines,
    map_runs,
    shapes,
    tags,
    tasks,
    trials,
    versions,
)
from chalicelib.api.stepfunctions.errors import Refused, answer
from chalicelib.api.stepfunctions.face import Ask
from chalicelib.errors import InputRefused, MillraceError
from chalicelib.values import Json

PREFIX = "AWSStepFunctions."
SERVICE = "states"
#: Where the face is.
ROUTE = "/states"


@dataclass(frozen=True, slots=True)
class Action:
    """A row: what is done, and what a key needs for it."""

    act: Callable[[Ask], Json]
    #: None: no key is needed, the request carries a task token.
    scope: Scope | None


ACTIONS: Mapping[str, Action] = {
    "CreateStateMachine": Action(machines.create, Scope.ADMIN),
    "UpdateStateMachine": Action(machines.update, Scope.ADMIN),
    "DeleteStateMachine": Action(machines.delete, Scope.ADMIN),
    "DescribeStateMachine": Action(machines.describe, Scope.READ),
    "ListStateMachines": Action(machines.list_machines, Scope.READ),
    "PublishStateMachineVersion": Action(versions.publish, Scope.ADMIN),
    "ListStateMachineVersions": Action(versions.list_versions, Scope.READ),
    "DeleteStateMachineVersion": Action(versions.delete, Scope.ADMIN),
    "CreateStateMachineAlias": Action(versions.create_alias, Scope.ADMIN),
    "UpdateStateMachineAlias": Action(versions.update_alias, Scope.ADMIN),
    "DescribeStateMachineAlias": Action(versions.describe_alias, Scope.READ),
    "ListStateMachineAliases": Action(versions.list_aliases, Scope.READ),
    "DeleteStateMachineAlias": Action(versions.delete_alias, Scope.ADMIN),
    "CreateActivity": Action(activities.create, Scope.ADMIN),
    "DeleteActivity": Action(activities.delete, Scope.ADMIN),
    "DescribeActivity": Action(activities.describe, Scope.READ),
    "ListActivities": Action(activities.list_activities, Scope.READ),
    "GetActivityTask": Action(activities.get_task, Scope.OPERATE),
    "DescribeMapRun": Action(map_runs.describe, Scope.READ),
    "ListMapRuns": Action(map_runs.list_runs, Scope.READ),
    "UpdateMapRun": Action(map_runs.update, Scope.OPERATE),
    "TagResource": Action(tags.tag, Scope.ADMIN),
    "UntagResource": Action(tags.untag, Scope.ADMIN),
    "ListTagsForResource": Action(tags.list_tags, Scope.READ),
    "StartExecution": Action(executions.start, Scope.START),
    "StartSyncExecution": Action(express.start, Scope.START),
    "StopExecution": Action(executions.stop, Scope.OPERATE),
    "RedriveExecution": Action(executions.redrive, Scope.OPERATE),
    "DescribeExecution": Action(executions.describe, Scope.READ),
    "ListExecutions": Action(executions.list_executions, Scope.READ),
    "GetExecutionHistory": Action(executions.history, Scope.READ),
    "DescribeStateMachineForExecution": Action(executions.describe_machine, Scope.READ),
    "SendTaskSuccess": Action(tasks.succeed, None),
    "SendTaskFailure": Action(tasks.fail, None),
    "SendTaskHeartbeat": Action(tasks.beat, None),
    "ValidateStateMachineDefinition": Action(definitions.validate, Scope.READ),
    "TestState": Action(trials.test_state, Scope.ADMIN),
}


def act(call: Call) -> Reply:
    """Do what a request asks for, and answer as the service does."""
    headers = {"Content-Type": call.headers["content-type"]}
    try:
        return Reply(body=_answer(call), status=HTTPStatus.OK, headers=headers)
    except MillraceError as error:
        status, body = answer(error)
        headers |= told_to_wait(error)
    return Reply(body=body, status=status, headers=headers)


def _answer(call: Call) -> Json:
    name = call.headers.get("x-amz-target", "").removeprefix(PREFIX)
    action = ACTIONS.get(name)
    caller = ANYBODY
    if action is None or action.scope is not None:
        caller = _caller(call)
    if action is None:
        raise _unknown(name)
    if action.scope is not None:
        caller.require(action.scope)
    given = shapes.require(name, _body(call))
    return action.act(Ask(face=face.face(), caller=caller, given=given))


def _unknown(name: str) -> Refused:
    """Return the error for an action that is not there: AWS's, or nobody's at all."""
    if name in shapes.operations():
        message = f"This stage does not support {name}"
        return Refused("UnsupportedOperationException", message)
    return Refused("UnknownOperationException", f"There is no operation {name!r}")


def _body(call: Call) -> Json:
    try:
        return read_json(call.body, "the body") if call.body else {}
    except InputRefused as refused:
        raise Refused("SerializationException", str(refused)) from None


def _caller(call: Call) -> AccessKey:
    """Return who asks: by a bearer key, or by whose key signed the request.

    Raises:
        NotAuthenticated: the bearer key is not one of ours.
        Refused: the signature's key is not one of ours.
        SignatureRefused: the signature is missing, wrong or old.
        TooManyRequests: the key asks too often.
    """
    header = call.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        return call.service.keys.authenticate(header)
    signature = sigv4.read(header, SERVICE)
    known = call.service.keys.known(signature.key_id)
    if known is None or not known.secret:
        message = "The security token included in the request is invalid."
        raise Refused("UnrecognizedClientException", message)
    _require_signed(call, signature, known.secret)
    return call.service.keys.admitted(known.key)


def _require_signed(call: Call, signature: sigv4.Signature, secret: str) -> None:
    """Pass if the path that the client asked for is signed.

    A gateway in front may not say all of it: what it leaves out is in the stage's own
    address.
    """
    refused: sigv4.SignatureRefused | None = None
    for path in dict.fromkeys((call.path, f"{call.service.base_path}{ROUTE}")):
        request = sigv4.Signed(
            method=call.method,
            path=path,
            query=call.query,
            headers=call.headers,
            body=call.body,
        )
        try:
            sigv4.require(signature, request, secret, call.service.clock.now())
        except sigv4.SignatureRefused as error:
            refused = error
        else:
            return
    assert refused is not None  # noqa: S101 - there is one path at least
    raise refused
