"""How is it known that a job of AWS has ended, and how it ended?

A row says it for ``.sync``: what to ask, where the answer has the status,
and which statuses are the end. Paths lead into the answers, whose fields are called as
in the SDK for Java; ``request.`` leads into what the author asked for. A test holds
each row against the models of the services. Jobs of clusters are ``cluster_rows``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How a job is asked for, and what ends it."""

    #: The action that tells how the job is, with the fields of its request.
    look: str
    of: Mapping[str, str | list[str]]
    status: str
    succeeded: tuple[str, ...]
    failed: tuple[str, ...]
    #: The part of the last answer that is the result, or its parts by the names that
    #: they have in it; empty: all of it.
    result: str | Mapping[str, str] = ""
    #: The refusal of a look that is success: nothing is found any more.
    gone: str = ""
    codes: str = ""
    #: The action that stops the job, with the fields of its request.
    stop: str = ""
    to_stop: Mapping[str, str | list[str]] = field(default_factory=dict)


def _sagemaker(kind: str) -> Row:
    name = {f"{kind}Name": f"request.{kind}Name"}
    return Row(
        look=f"describe{kind}",
        of=name,
        status=f"{kind}Status",
        succeeded=("Completed",),
        failed=("Failed", "Stopped"),
        stop=f"stop{kind}",
        to_stop=name,
    )


_BUILD = {"Id": "answer.Build.Id"}
_BATCH_OF_BUILDS = {"Id": "answer.BuildBatch.Id"}
_ENDED_BUILD = ("FAILED", "FAULT", "TIMED_OUT", "STOPPED")
_DATABREW = {"Name": "request.Name", "RunId": "answer.RunId"}

#: What ``.sync`` waits for; AWS, "Run a job", and the services' own status values.
SERVICE_JOBS: Mapping[str, Row] = MappingProxyType(
    {
        "athena:startQueryExecution": Row(
            look="getQueryExecution",
            of={"QueryExecutionId": "answer.QueryExecutionId"},
            status="QueryExecution.Status.State",
            succeeded=("SUCCEEDED",),
            failed=("FAILED", "CANCELLED"),
            stop="stopQueryExecution",
            to_stop={"QueryExecutionId": "answer.QueryExecutionId"},
        ),
        "batch:submitJob": Row(
            look="describeJobs",
            of={"Jobs": ["answer.JobId"]},
            status="Jobs[0].Status",
            succeeded=("SUCCEEDED",),
            failed=("FAILED",),
            result="Jobs[0]",
            stop="terminateJob",
            to_stop={"JobId": "answer.JobId", "Reason": "'nobody waits for it'"},
        ),
        "bedrock:createModelCustomizationJob": Row(
            look="getModelCustomizationJob",
            of={"JobIdentifier": "answer.JobArn"},
            status="Status",
            succeeded=("Completed",),
            failed=("Failed", "Stopped"),
            stop="stopModelCustomizationJob",
            to_stop={"JobIdentifier": "answer.JobArn"},
        ),
        "codebuild:startBuild": Row(
            look="batchGetBuilds",
            of={"Ids": ["answer.Build.Id"]},
            status="Builds[0].BuildStatus",
            succeeded=("SUCCEEDED",),
            failed=_ENDED_BUILD,
            result={"Build": "Builds[0]"},
            stop="stopBuild",
            to_stop=_BUILD,
        ),
        **{
            f"codebuild:{name}": Row(
                look="batchGetBuildBatches",
                of={"Ids": ["answer.BuildBatch.Id"]},
                status="BuildBatches[0].BuildBatchStatus",
                succeeded=("SUCCEEDED",),
                failed=_ENDED_BUILD,
                result={"BuildBatch": "BuildBatches[0]"},
                stop="stopBuildBatch",
                to_stop=_BATCH_OF_BUILDS,
            )
            for name in ("startBuildBatch", "retryBuildBatch")
        },
        "databrew:startJobRun": Row(
            look="describeJobRun",
            of=_DATABREW,
            status="State",
            succeeded=("SUCCEEDED",),
            failed=("FAILED", "STOPPED", "TIMEOUT"),
            stop="stopJobRun",
            to_stop=_DATABREW,
        ),
        "ecs:runTask": Row(
            look="describeTasks",
            of={
                "Cluster": "answer.Tasks[0].ClusterArn",
                "Tasks": ["answer.Tasks[0].TaskArn"],
            },
            status="Tasks[0].LastStatus",
            succeeded=("STOPPED",),
            failed=(),
            result="Tasks[0]",
            codes="Tasks[0].Containers[*].ExitCode",
            stop="stopTask",
            to_stop={
                "Cluster": "answer.Tasks[0].ClusterArn",
                "Task": "answer.Tasks[0].TaskArn",
            },
        ),
        "glue:startJobRun": Row(
            look="getJobRun",
            of={"JobName": "request.JobName", "RunId": "answer.JobRunId"},
            status="JobRun.JobRunState",
            succeeded=("SUCCEEDED",),
            failed=("FAILED", "STOPPED", "TIMEOUT", "ERROR", "EXPIRED"),
            result="JobRun",
            stop="batchStopJobRun",
            to_stop={"JobName": "request.JobName", "JobRunIds": ["answer.JobRunId"]},
        ),
        "mediaconvert:createJob": Row(
            look="getJob",
            of={"Id": "answer.Job.Id"},
            status="Job.Status",
            succeeded=("COMPLETE",),
            failed=("ERROR", "CANCELED"),
            stop="cancelJob",
            to_stop={"Id": "answer.Job.Id"},
        ),
        **{
            f"sagemaker:create{kind}": _sagemaker(kind)
            for kind in (
                "HyperParameterTuningJob",
                "LabelingJob",
                "ProcessingJob",
                "TrainingJob",
                "TransformJob",
            )
        },
    }
)
