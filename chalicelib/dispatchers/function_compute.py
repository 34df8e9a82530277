"""Which Lambda function stands for a function of Function Compute?

A stage's rule makes the name; where the ARN has no service, the rule's part for it, and
the separator beside that, fall away. ``LATEST`` is what Lambda takes unasked; any other
qualifier is a version or an alias there too.
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.dispatchers.aws_lambda import PREFIX, LambdaDispatcher
from chalicelib.dispatchers.destinations import Destinations
from chalicelib.dispatchers.function_errors import function_refusal
from chalicelib.dispatchers.function_names import read_arn
from chalicelib.dispatchers.seams import Clients, failed
from chalicelib.model.error_names import Kind
from chalicelib.ports import Call, Limits, Outcome


def function_name(arn: str, rule: str) -> str:
    """Return the Lambda function that ``arn`` means, or "" if it is no such ARN.

    >>> function_name("acs:fc:::services/shop.LATEST/functions/pay",
    ...               "{service}-{function}")
    'shop-pay'
    >>> function_name("acs:fc:cn-x:1:functions/pay/prod", "{service}-{function}")
    'pay:prod'
    """
    found = read_arn(arn)
    if found is None:
        return ""
    name = rule.format(service=found.service, function=found.function).strip("-_")
    return f"{name}:{found.qualifier}" if found.qualifier else name


class FunctionComputeDispatcher:
    """Invokes the Lambda function behind an ARN. See ``ports.Dispatcher``."""

    def __init__(
        self,
        clients: Clients,
        *,
        rule: str,
        limits: Limits | None = None,
        destinations: Destinations | None = None,
    ) -> None:
        self._rule = rule
        self._lambda = LambdaDispatcher(
            clients,
            service="FC",
            refuse=function_refusal,
            limits=limits,
            destinations=destinations,
        )

    def dispatch(self, call: Call) -> Outcome:
        """See ``Dispatcher``."""
        name = function_name(call.resource, self._rule)
        if not name:
            cause = f"{call.resource!r} is not the ARN of a function"
            return failed(Kind.NOT_FOUND, cause)
        return self._lambda.dispatch(replace(call, resource=PREFIX + name))

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``; Lambda has no way to stop an invocation."""
        return False
