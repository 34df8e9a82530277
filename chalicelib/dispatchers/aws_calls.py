"""How is one action of AWS called, and what are its refusals called?

    AwsSdkDispatcher, DynamoDbDispatcher …   say what the request is
    Calls                                    makes it, and tells what came of it

Names of errors are those of Step Functions, which calls AWS by two SDKs for Java: the
newer one for ``aws-sdk:…``, the older one for the integrations it has had for longer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

from chalicelib.dispatchers.aws_model import Action
from chalicelib.dispatchers.aws_shapes import Fault, as_json
from chalicelib.dispatchers.patience import within
from chalicelib.dispatchers.refusals import AWS_ERRORS, aws_failure, refusal_kind
from chalicelib.dispatchers.seams import Clients, failed
from chalicelib.engine.events import Answer, TaskFailed
from chalicelib.model.error_names import Kind
from chalicelib.ports import Limits, Outcome
from chalicelib.values import Json, compact


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How an SDK speaks of a service."""

    #: Begins the names of errors: ``DynamoDb``.
    title: str
    #: The error that has no class of its own.
    plain: str
    #: What a cause calls the service.
    service: str
    #: Whether it is the older SDK, which says more.
    is_older: bool = False
    #: Whether an error is called by the service's code, and not by a class of the SDK.
    by_code: bool = False

    def cause(self, error: ClientError) -> str:
        """Return the service's message, and the SDK's words behind it."""
        said, facts = error.response.get("Error", {}), _facts(error)
        words = [
            f"Service: {self.service}",
            f"Status Code: {facts.get('HTTPStatusCode', 0)}",
            f"Request ID: {facts.get('RequestId', 'null')}",
        ]
        if self.is_older:
            words.insert(2, f"Error Code: {said.get('Code', '')}")
            words.append("Proxy: null")
        joint = "; " if self.is_older else ", "
        return f"{said.get('Message', '')} ({joint.join(words)})"


def _facts(error: ClientError) -> Any:
    return error.response.get("ResponseMetadata", {})


def older(title: str, service: str) -> Style:
    """Return how the older SDK speaks of a service, which it calls ``service``.

    >>> older("SNS", "AmazonSNS").plain
    'AmazonSNSException'
    """
    plain = f"{service.removesuffix('v2')}Exception"
    return Style(title=title, plain=plain, service=service, is_older=True)


def newer(title: str) -> Style:
    """Return how the newer SDK speaks of a service.

    >>> newer("DynamoDb").plain
    'DynamoDbException'
    """
    return Style(title=title, plain=f"{title}Exception", service=title)


def misfit(request: Json, faults: Sequence[Fault]) -> TaskFailed:
    """Return that a request does not fit, as Step Functions says it."""
    cause = (
        f"The Parameters '{compact(request)}' could not be used to start the Task: "
        f"[{', '.join(str(fault) for fault in faults)}]"
    )
    return failed(Kind.RUNTIME, cause)


def refusal(error: Exception, action: Action, style: Style) -> TaskFailed:
    """Return the failure that an error of botocore is."""
    if isinstance(error, ParamValidationError):
        return failed(Kind.RUNTIME, str(error))
    if not isinstance(error, ClientError):
        return aws_failure(error, style.title)
    said = error.response.get("Error", {})
    # What SQS, say, was asked by its newer protocol it refuses by the older code.
    codes = (str(said.get(name, "")) for name in ("QueryErrorCode", "Code"))
    named = str if style.by_code else action.error_name
    names = (named(code) for code in codes if code)
    name = next((each for each in names if each), style.plain)
    kind = refusal_kind(error)
    return failed(kind, style.cause(error), error=f"{style.title}.{name}")


@dataclass(frozen=True, slots=True)
class Calls:
    """Makes calls of AWS."""

    clients: Clients
    limits: Limits = field(default_factory=Limits)

    def make(
        self,
        action: Action,
        parameters: Any,
        style: Style,
        *,
        timeout: float,
        rename: Callable[[str], str] = str,
        take: Callable[[bytes], bytes] = bytes,
    ) -> Outcome:
        """Make one request.

        ``rename`` says what the answer's members are called, ``take`` gets the bytes
        of its stream and says what stands in their place.
        """
        try:
            given = within(timeout, lambda: self._ask(action, parameters, take))
        except TimeoutError:
            return failed(Kind.TIMEOUT, f"no answer within {timeout:g} s")
        except AWS_ERRORS as error:
            return refusal(error, action, style)
        except ValueError as error:  # such as a text that is no time
            return failed(Kind.RUNTIME, str(error))
        if given is None:
            limit = self.limits.answer_bytes
            return failed(Kind.TOO_LARGE, f"the answer has more than {limit} bytes")
        return _answer(action, given, rename)

    def _ask(
        self, action: Action, parameters: Any, take: Callable[[bytes], bytes]
    ) -> dict[str, Any] | None:
        """Return the answer with its stream read; None where that is too long."""
        from botocore import xform_name

        client = self.clients(action.client)
        method = getattr(client, xform_name(action.operation.name))
        given: dict[str, Any] = method(**parameters)
        if action.operation.has_streaming_output:
            name = action.operation.output_shape.serialization["payload"]
            body = given[name].read(self.limits.answer_bytes + 1)
            if len(body) > self.limits.answer_bytes:
                return None
            given[name] = take(body)
        return given


def _answer(
    action: Action, given: dict[str, Any], rename: Callable[[str], str]
) -> Answer:
    shape = action.operation.output_shape
    metadata = given.get("ResponseMetadata", {})
    return Answer(
        payload={} if shape is None else as_json(shape, given, rename),
        status=metadata.get("HTTPStatusCode", 200),
        headers=metadata.get("HTTPHeaders", {}),
        facts={"RequestId": metadata.get("RequestId", "")},
    )
