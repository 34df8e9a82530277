"""Who takes a task to its resource?

A resource begins with a prefix: ``lambda:resize``, ``https://…``, ``sqs:jobs``. The
longest prefix that fits finds the row below; a stage's own rows come first. Nothing is
imported or connected before the first task that needs it.

To speak another protocol: a module with its dispatcher, and its row in ``ROWS``.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from chalicelib.dispatchers.acting import Acting, is_acted
from chalicelib.dispatchers.seams import Outside, failed
from chalicelib.errors import InputRefused
from chalicelib.model.error_names import Kind
from chalicelib.ports import Call, Dispatcher, Outcome

if TYPE_CHECKING:
    from chalicelib.dispatchers.destinations import Destinations
    from chalicelib.dispatchers.http import HttpDispatcher

__all__ = ["ROWS", "Dispatchers", "Outside"]

Maker = Callable[[Outside], Dispatcher]

_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")


def _lambda(outside: Outside) -> Dispatcher:
    from chalicelib.dispatchers.aws_lambda import LambdaDispatcher

    return LambdaDispatcher(
        outside.clients, limits=outside.limits, destinations=_destinations(outside)
    )


def _destinations(outside: Outside) -> Destinations:
    from chalicelib.dispatchers.destinations import Destinations, to_queue

    ask = to_queue(outside.clients, outside.step_queue_url)
    return Destinations(outside.clock, ask)


def _function_compute(outside: Outside) -> Dispatcher:
    if outside.alibaba is not None:
        from chalicelib.dispatchers.function_service import FunctionService

        return FunctionService(_http(outside), outside.alibaba, outside.clock)
    from chalicelib.dispatchers.function_compute import FunctionComputeDispatcher

    return FunctionComputeDispatcher(
        outside.clients,
        rule=outside.function_rule,
        limits=outside.limits,
        destinations=_destinations(outside),
    )


def _http(outside: Outside) -> HttpDispatcher:
    from chalicelib.dispatchers.http import HttpDispatcher

    return HttpDispatcher(
        outside.policy,
        outside.clock,
        limits=outside.limits,
        authorities=outside.authorities,
        clients=outside.clients,
    )


def _api_gateway(outside: Outside) -> Dispatcher:
    from chalicelib.dispatchers.api_gateway import ApiGatewayDispatcher

    return ApiGatewayDispatcher(_http(outside), outside.credentials)


def _bedrock(outside: Outside) -> Dispatcher:
    from chalicelib.dispatchers.bedrock import BedrockDispatcher

    return BedrockDispatcher(outside.clients, limits=outside.limits)


def _emr(outside: Outside) -> Dispatcher:
    from chalicelib.dispatchers.emr import EmrDispatcher

    return EmrDispatcher(outside.clients, limits=outside.limits)


def _kubernetes(outside: Outside) -> Dispatcher:
    from chalicelib.dispatchers.kubernetes import KubernetesDispatcher

    return KubernetesDispatcher(_http(outside), outside.clock, outside.credentials)


def _sqs(outside: Outside) -> Dispatcher:
    from chalicelib.dispatchers.sqs import SqsDispatcher

    return SqsDispatcher(outside.clients)


def _mns(outside: Outside) -> Dispatcher:
    from chalicelib.dispatchers.mns import MnsDispatcher

    return MnsDispatcher(
        _sqs(outside),
        _sns(outside),
        rule=outside.queue_rule,
        place=f"{outside.region}:{outside.account}",
    )


def _alibaba_apis(outside: Outside) -> Dispatcher:
    from chalicelib.dispatchers.alibaba_apis import AlibabaApis

    return AlibabaApis(outside.clients, limits=outside.limits)


def _dynamodb(outside: Outside) -> Dispatcher:
    from chalicelib.dispatchers.dynamodb import DynamoDbDispatcher

    return DynamoDbDispatcher(outside.clients, limits=outside.limits)


def _sns(outside: Outside) -> Dispatcher:
    from chalicelib.dispatchers.sns import SnsDispatcher

    return SnsDispatcher(outside.clients, limits=outside.limits)


def _events(outside: Outside) -> Dispatcher:
    from chalicelib.dispatchers.events import EventsDispatcher

    return EventsDispatcher(outside.clients, limits=outside.limits)


def _aws_sdk(outside: Outside) -> Dispatcher:
    from chalicelib.dispatchers.aws_sdk import AwsSdkDispatcher

    return AwsSdkDispatcher(outside.clients, limits=outside.limits)


def _activity(outside: Outside) -> Dispatcher:
    from chalicelib.dispatchers.activity import ActivityDispatcher

    return ActivityDispatcher(outside.wait_for_worker)


def _s3(outside: Outside) -> Dispatcher:
    from chalicelib.dispatchers.s3_items import S3ItemsDispatcher

    return S3ItemsDispatcher(
        outside.clients,
        outside.clock,
        limits=outside.limits,
        place=f"{outside.region}:{outside.account}",
    )


def _workflow(outside: Outside) -> Dispatcher:
    from chalicelib.dispatchers.workflow import WorkflowDispatcher

    return WorkflowDispatcher(
        outside.start, outside.stop, outside.clock, limits=outside.limits
    )


ROWS: Mapping[str, Maker] = MappingProxyType(
    {
        "lambda": _lambda,
        "lambda.invoke": _lambda,
        "acs:fc": _function_compute,
        "acs:mns": _mns,
        "acs:api": _alibaba_apis,
        "http": _http,
        "https": _http,
        "apigateway": _api_gateway,
        "bedrock": _bedrock,
        "s3": _s3,
        "sqs": _sqs,
        "sns": _sns,
        "events": _events,
        "dynamodb": _dynamodb,
        "aws-sdk": _aws_sdk,
        "aws": _aws_sdk,
        "elasticmapreduce": _emr,
        "eks": _kubernetes,
        "activity": _activity,
        "workflow": _workflow,
    }
)


class Dispatchers:
    """The dispatcher of all resources. See ``ports.Dispatcher``."""

    def __init__(self, outside: Outside, *, rows: Mapping[str, Maker] = ROWS) -> None:
        """Look over the rows.

        Raises:
            InputRefused: a row that the stage adds does not name a class, or its
                rule for Function Compute has a part that is not known.
        """
        for prefix, name in outside.added.items():
            _require_class_name(prefix, name)
        _require_rule(outside.function_rule)
        added = {prefix: partial(_made, name) for prefix, name in outside.added.items()}
        self._outside = outside
        self._makers: Mapping[str, Maker] = {**rows, **added}
        self._longest_first = sorted(self._makers, key=len, reverse=True)
        self._made: dict[str, Dispatcher] = {}
        self._acting = Acting(outside, partial(Dispatchers, rows=rows))

    def dispatch(self, call: Call) -> Outcome:
        """See ``Dispatcher``."""
        if is_acted(call):
            return self._acting.dispatch(call)
        try:
            dispatcher = self._find(call.resource)
        except (ImportError, AttributeError) as error:
            cause = f"the dispatcher of {call.resource!r} cannot be loaded: {error}"
            return failed(Kind.NOT_FOUND, cause)
        if dispatcher is None:
            known = ", ".join(sorted(self._makers))
            cause = f"no dispatcher for {call.resource!r}; there are: {known}"
            return failed(Kind.NOT_FOUND, cause)
        return dispatcher.dispatch(call)

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``."""
        if is_acted(call):
            return self._acting.cancel(call)
        try:
            dispatcher = self._find(call.resource)
        except (ImportError, AttributeError):
            return False
        return dispatcher is not None and dispatcher.cancel(call)

    def _find(self, resource: str) -> Dispatcher | None:
        for prefix in self._longest_first:
            if resource.startswith(f"{prefix}:"):
                if prefix not in self._made:
                    self._made[prefix] = self._makers[prefix](self._outside)
                return self._made[prefix]
        return None


def _require_class_name(prefix: str, name: str) -> None:
    path = f"dispatchers/{prefix}"
    if not prefix or prefix.endswith(":"):
        raise InputRefused("a prefix is the text before the colon", path=path)
    if not _DOTTED.fullmatch(name):
        raise InputRefused(
            f"{name!r} is not of the form package.module:Class", path=path
        )


def _require_rule(rule: str) -> None:
    try:
        rule.format(service="service", function="function")
    except (KeyError, IndexError, ValueError):
        reason = f"{rule!r} may have the parts {{service}} and {{function}} only"
        raise InputRefused(reason, path="dispatchers/acs:fc") from None


def _made(name: str, _outside: Outside) -> Dispatcher:
    module, _, class_name = name.partition(":")
    found: Dispatcher = getattr(importlib.import_module(module), class_name)()
    return found
