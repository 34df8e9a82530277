"""What do dispatchers need of the stage that they run in?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, Protocol

from chalicelib.alibaba import AlibabaAccount
from chalicelib.engine.events import TaskFailed
from chalicelib.errors import InputRefused
from chalicelib.frozen import dataclass
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Mode
from chalicelib.ports import Call, Clock, Limits
from chalicelib.values import Json, compact


class Clients(Protocol):
    """Makes clients of AWS services, or hands out those it has made."""

    def __call__(self, service: str) -> Any:
        """Return a boto3 client, or what stands in for one.

        That of ``lambda`` must have been made with ``aws_lambda.CLIENT_CONFIG``.
        """
        ...


def no_clients(service: str) -> Any:
    """Refuse to make a client: this stage has none.

    Raises:
        InputRefused: always.
    """
    raise InputRefused(f"this stage has no client of {service!r}")


class Identity(Protocol):
    """In whose name requests of AWS are made."""

    @property
    def clients(self) -> Clients:
        """Return what makes clients that sign in this name."""
        ...

    def credentials(self) -> Any:
        """Return botocore's credentials, good for some minutes at least.

        Raises:
            botocore.exceptions.ClientError: the role may not be assumed.
            botocore.exceptions.BotoCoreError: STS cannot be reached.
        """
        ...


class Assume(Protocol):
    """Finds out who a role is."""

    def __call__(self, role: str, session: str) -> Identity:
        """Return the identity of a role; it is assumed on first use.

        ``session`` names it in the account of the role: 2 to 64 of ``\\w+=,.@-``.
        """
        ...


def no_roles(role: str, session: str) -> Identity:
    """Refuse to assume a role: this stage has no name of its own.

    Raises:
        InputRefused: always.
    """
    raise InputRefused(f"this stage cannot assume the role {role!r}")


def own_credentials() -> Any:
    """Return the credentials that botocore finds for this process."""
    from botocore.session import get_session

    return get_session().get_credentials()


class Start(Protocol):
    """Starts an execution."""

    def __call__(
        self,
        workflow: str,
        input: Json,
        *,
        name: str,
        parent_token: str,
        depth: int,
        trace: str,
        caller: Json,
    ) -> str:
        """Return the id of the execution called ``name``; the same one, if it is there.

        ``workflow`` may carry behind a colon a version, the number of a release, an
        alias, or ``*``, which leaves it to the gray rules; the name decides where an
        alias has two routes. ``caller``: execution, task and mode of who asks, a list.

        Raises:
            WorkflowNotFound: nothing of that name is published.
            ExecutionExists: the name was used with another input.
            InputRefused: the workflow does not take this input.
            PayloadTooLarge: the input has more bytes than the stage takes.
        """
        ...


class Stop(Protocol):
    """Stops an execution."""

    def __call__(self, workflow: str, name: str, cause: str) -> None:
        """Stop the execution of ``workflow`` called ``name``; see ``Start``.

        Raises:
            ExecutionNotFound: there is none.
        """
        ...


class WaitForWorker(Protocol):
    """Keeps a task until a worker of its activity asks for work."""

    def __call__(self, activity: str, call: Call) -> None:
        """Keep ``call`` for the workers of ``activity``.

        Raises:
            ActivityNotFound: there is no such activity.
            PayloadTooLarge: its input is larger than a waiting task may be.
        """
        ...


def no_workers(activity: str, call: Call) -> None:
    """Refuse to keep a task: this stage has no place for it.

    Raises:
        InputRefused: always.
    """
    raise InputRefused(f"no worker can ask this stage for tasks of {activity!r}")


class Door(Protocol):
    """Says which addresses a host stands for; ``policy.Policy`` is the real one."""

    def find(self, host: str, port: int) -> Target | TaskFailed:
        """Return where to connect, or why not."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to connect for a host: addresses that were checked."""

    addresses: tuple[str, ...]
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the stage lends to its dispatchers."""

    clients: Clients
    policy: Door
    clock: Clock
    start: Start
    stop: Stop
    wait_for_worker: WaitForWorker = no_workers
    limits: Limits = field(default_factory=Limits)
    #: Signs what is no call of a client.
    credentials: Callable[[], Any] = own_credentials
    assume: Assume = no_roles
    #: The stage's own, as they stand in ARNs.
    region: str = ""
    account: str = ""
    #: Where Lambda tells of the ends of functions; empty: nowhere.
    step_queue_url: str = ""
    #: Lambda function for a Function Compute ARN: ``{service}``, ``{function}``.
    function_rule: str = "{service}-{function}"
    #: Whose functions are called in Function Compute; None: Lambda's stand for them.
    alibaba: AlibabaAccount | None = None
    #: Queue, or topic, for one of MNS: ``{name}``.
    queue_rule: str = "{name}"
    #: Prefix of resources -> ``package.module:Class``, the stage's own dispatchers.
    added: Mapping[str, str] = field(default_factory=dict)
    #: File of certificate authorities; empty: those of the machine.
    authorities: str = ""


def invited(call: Call, payload: Json) -> Json:
    """Return the event that a worker gets, who must be able to answer.

    An object of a CALLBACK task that has the token nowhere gets ``taskToken`` and
    ``callbackUrl`` beside its own keys.
    """
    if call.mode is not Mode.CALLBACK or not isinstance(payload, dict):
        return payload
    if not call.token or call.token in compact(payload):
        return payload
    return {"taskToken": call.token, "callbackUrl": call.callback_url} | payload


def failed(
    kind: Kind, cause: str, *, error: str = "", output: Json = None
) -> TaskFailed:
    """Return why an attempt has no answer; the orchestrator says which attempt."""
    return TaskFailed(
        at=0.0,
        activation=0,
        attempt=0,
        error=error,
        cause=cause,
        kind=kind,
        output=output,
    )
