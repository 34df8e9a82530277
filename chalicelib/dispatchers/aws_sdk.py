"""How does a task call any action of AWS?

    aws-sdk:dynamodb:getItem    aws-sdk:s3:putObject    aws-sdk:sfn:sendTaskSuccess
    aws:glue:startJobRun        an integration that AWS has of its own

Rule 1  The request is held against the service's model first: an unknown, missing or
        mistyped field fails the task before anything is sent.
Rule 2  A client token that the author did not give is made from the idempotency key,
        so a call that is delivered twice is done once where the service knows how.
Rule 3  Fields of the answer are called as Step Functions calls them.
Rule 4  The integrations have been there for longer than ``aws-sdk``, and name errors as
        the SDK did that they began with: ``_OLDER``.
"""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.dispatchers.aws_calls import Calls, Style, misfit, newer, older
from chalicelib.dispatchers.aws_model import Action, NotInAws, find_action, java_name
from chalicelib.dispatchers.aws_shapes import fit
from chalicelib.dispatchers.seams import Clients, failed
from chalicelib.engine.events import Answer
from chalicelib.model.error_names import Kind
from chalicelib.ports import Call, Limits, Outcome

#: botocore's name of a service -> how its integration speaks; others: as ``aws-sdk``.
_OLDER = {
    "athena": older("Athena", "AmazonAthena"),
    "batch": older("Batch", "AWSBatch"),
    "codebuild": older("CodeBuild", "AWSCodeBuild"),
    "databrew": older("DataBrew", "AWSGlueDataBrew"),
    "ecs": older("ECS", "AmazonECS"),
    "eks": older("EKS", "AmazonEKS"),
    "emr": older("ElasticMapReduce", "AmazonElasticMapReduce"),
    "emr-containers": older("EMRContainers", "AmazonEMRContainers"),
    "glue": older("Glue", "AWSGlue"),
    "sagemaker": older("SageMaker", "AmazonSageMaker"),
}


class AwsSdkDispatcher:
    """Calls AWS. See ``ports.Dispatcher``."""

    def __init__(self, clients: Clients, *, limits: Limits | None = None) -> None:
        self._calls = Calls(clients, limits or Limits())

    def dispatch(self, call: Call, take: Callable[[bytes], bytes] = bytes) -> Outcome:
        """See ``Dispatcher``; ``take`` is that of ``Calls.make``."""
        prefix, _, called = call.resource.partition(":")
        service, _, name = called.partition(":")
        try:
            action = find_action(service, name)
        except NotInAws as error:
            return failed(Kind.RUNTIME, str(error))
        request = {} if call.payload is None else call.payload
        parameters, faults = fit(action.operation.input_shape, request)
        if faults:
            return misfit(request, faults)
        for member in action.operation.idempotent_members:
            parameters.setdefault(member, call.idempotency_key)
        return self._calls.make(
            action,
            parameters,
            _style(prefix, action),
            timeout=call.timeout,
            rename=java_name,
            take=take,
        )

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``; the resource is the action that stops what began."""
        return isinstance(self.dispatch(call), Answer)


def _style(prefix: str, action: Action) -> Style:
    own = _OLDER.get(action.client) if prefix == "aws" else None
    return newer(action.title) if own is None else own
