"""Which calls of AWS have integrations of their own, and what do they ask for?

With ``.sync`` such a call begins a job; ``job_rows`` says how its end is known. They
are resources of the prefix ``aws``: called as ``aws-sdk`` is, with errors that have the
names of an older SDK. Those of EMR are not actions of EMR's own, and requests to the
API of a cluster are ``kubernetes``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from chalicelib.formats.asl.cluster_rows import CLUSTER_JOBS
from chalicelib.formats.asl.job_rows import SERVICE_JOBS, Row
from chalicelib.formats.asl.paths import to_path
from chalicelib.formats.asl.payloads import Payload
from chalicelib.formats.asl.requests import Request
from chalicelib.model.expressions import Array, Expression, Literal, Object
from chalicelib.model.workflow import Job, Mode

SYNC = ".sync"
#: What ``.sync`` waits for, by the call that begins it.
JOBS: Mapping[str, Row] = MappingProxyType({**SERVICE_JOBS, **CLUSTER_JOBS})
#: Its calls are not those of the service: a dispatcher makes one of the other.
EMR = "elasticmapreduce"
#: Integration -> what AWS's SDK calls its service.
_SERVICES: Mapping[str, str] = MappingProxyType(
    {
        "bedrock:invokeModel": "bedrockruntime",
        EMR: "emr",
        "emr-containers": "emrcontainers",
        "emr-serverless": "emrserverless",
    }
)
#: Prefixes of resources: calls of integrations, and of the SDK.
_OWN, _SDK = "aws", "aws-sdk"
#: Services whose integrations are the younger ones: their results are plain answers.
_YOUNGER = frozenset({"bedrock", "emr-serverless", "mediaconvert"})

#: Integration -> fields that AWS itself does not have: a dispatcher of its own does.
OWN_FIELDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {"bedrock:invokeModel": frozenset({"Input", "Output"})}
)

#: Service -> actions that have an integration of their own.
ACTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "athena": (
            "startQueryExecution",
            "stopQueryExecution",
            "getQueryExecution",
            "getQueryResults",
        ),
        "batch": ("submitJob",),
        "bedrock": ("invokeModel", "createModelCustomizationJob"),
        "codebuild": (
            "startBuild",
            "stopBuild",
            "batchDeleteBuilds",
            "batchGetReports",
            "startBuildBatch",
            "stopBuildBatch",
            "retryBuildBatch",
            "deleteBuildBatch",
        ),
        "databrew": ("startJobRun",),
        "ecs": ("runTask",),
        "eks": (
            "createCluster",
            "createFargateProfile",
            "createNodegroup",
            "deleteCluster",
            "deleteFargateProfile",
            "deleteNodegroup",
        ),
        EMR: (
            "addStep",
            "cancelStep",
            "createCluster",
            "modifyInstanceFleetByName",
            "modifyInstanceGroupByName",
            "setClusterTerminationProtection",
            "terminateCluster",
        ),
        "emr-containers": (
            "createVirtualCluster",
            "deleteVirtualCluster",
            "startJobRun",
        ),
        "emr-serverless": (
            "cancelJobRun",
            "createApplication",
            "deleteApplication",
            "startApplication",
            "startJobRun",
            "stopApplication",
        ),
        "glue": ("startJobRun",),
        "mediaconvert": ("createJob",),
        "sagemaker": (
            "createEndpoint",
            "createEndpointConfig",
            "createHyperParameterTuningJob",
            "createLabelingJob",
            "createModel",
            "createProcessingJob",
            "createTrainingJob",
            "createTransformJob",
            "updateEndpoint",
        ),
    }
)


def sdk_service(action: str) -> str:
    """Return what AWS's SDK calls the service of an integration.

    >>> sdk_service("bedrock:invokeModel"), sdk_service("glue:startJobRun")
    ('bedrockruntime', 'glue')
    """
    service = action.partition(":")[0]
    return _SERVICES.get(action) or _SERVICES.get(service, service)


def compile_job(payload: Payload, action: str, pattern: str) -> Request:
    """Return a call that AWS has an integration of its own for; ``.sync`` waits."""
    is_own = not OWN_FIELDS.get(action, frozenset()).isdisjoint(payload.names())
    if not is_own and not action.startswith(EMR):
        resource = _resource(_OWN, action, action.partition(":")[2])
    else:
        resource = action
    return Request(
        resource=Literal(value=resource),
        arguments=payload.whole(),
        mode=Mode.REQUEST,
        reading=_reading(action),
        job=_job(_OWN, action, JOBS[action]) if pattern == SYNC else None,
    )


def _reading(action: str) -> str:
    if action == "bedrock:invokeModel":
        return "bedrock_model"
    return "aws_sdk" if action.partition(":")[0] in _YOUNGER else "aws"


def _resource(prefix: str, action: str, name: str) -> str:
    return f"{prefix}:{sdk_service(action)}:{name}"


def _job(prefix: str, action: str, row: Row) -> Job:
    look = _resource(prefix, action, row.look)
    stop = _resource(prefix, action, row.stop) if row.stop else ""
    return waited(row, look, stop)


def waited(row: Row, look: str, stop: str) -> Job:
    """Return how a job is waited for that these resources look at and stop."""
    return Job(
        look=look,
        request=_request(row.of),
        status=_path(row.status),
        succeeded=row.succeeded,
        failed=row.failed,
        result=_result(row.result),
        gone=row.gone,
        codes=_path(row.codes) if row.codes else None,
        stop=stop,
        stop_request=_request(row.to_stop) if stop else None,
    )


def _result(parts: str | Mapping[str, str]) -> Expression | None:
    if isinstance(parts, str):
        return _path(parts) if parts else None
    return Object(fields=tuple((name, _path(each)) for name, each in parts.items()))


def job_of(action: str) -> Job | None:
    """Return how the job is waited for that an action of AWS's SDK begins.

    >>> job_of("glue:startJobRun").look, job_of("glue:getJobRun")
    ('aws-sdk:glue:getJobRun', None)
    """
    found = {
        f"{sdk_service(each)}:{each.partition(':')[2]}": each
        for each in JOBS
        if not each.startswith(EMR)
    }
    return _job(_SDK, found[action], JOBS[found[action]]) if action in found else None


def _path(text: str) -> Expression:
    return to_path(f"$.{text}")


def _request(fields: Mapping[str, str | list[str]]) -> Expression:
    return Object(fields=tuple((name, _value(each)) for name, each in fields.items()))


def _value(written: str | list[str]) -> Expression:
    if isinstance(written, list):
        return Array(items=tuple(_value(each) for each in written))
    return Literal(value=written[1:-1]) if written[:1] == "'" else _path(written)
