"""How is it known that a job of AWS has ended, and how it ended?

A row of ``JOBS`` says it for ``.sync``: what to ask, where the answer has the status,
and which statuses are the end. Paths lead into the answers, whose fields are called as
in the SDK for Java; ``request.`` leads into what the author asked for. A test holds
each row against the models of the services.
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
    #: The part of the last answer that is the result; empty: all of it.
    result: str = ""
    #: ... and the name that the part has in the result.
    named: str = ""
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


def _application(succeeded: str, id: str) -> Row:
    return Row(
        look="getApplication",
        of={"ApplicationId": id},
        status="Application.State",
        succeeded=(succeeded,),
        failed=tuple({"TERMINATED"} - {succeeded}),
    )


_BUILD = {"Id": "answer.Build.Id"}
_BATCH_OF_BUILDS = {"Id": "answer.BuildBatch.Id"}
_ENDED_BUILD = ("FAILED", "FAULT", "TIMED_OUT", "STOPPED")
_DATABREW = {"Name": "request.Name", "RunId": "answer.RunId"}
_ON_EKS = {"Id": "answer.Id", "VirtualClusterId": "answer.VirtualClusterId"}
_SERVERLESS = {"ApplicationId": "answer.ApplicationId", "JobRunId": "answer.JobRunId"}

#: What ``.sync`` waits for; AWS, "Run a job", and the services' own status values.
JOBS: Mapping[str, Row] = MappingProxyType(
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
            result="Builds[0]",
            named="Build",
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
                result="BuildBatches[0]",
                named="BuildBatch",
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
        "eks:createCluster": Row(
            look="describeCluster",
            of={"Name": "request.Name"},
            status="Cluster.Status",
            succeeded=("ACTIVE",),
            failed=("FAILED", "DELETING"),
        ),
        "eks:createFargateProfile": Row(
            look="describeFargateProfile",
            of={
                "ClusterName": "request.ClusterName",
                "FargateProfileName": "request.FargateProfileName",
            },
            status="FargateProfile.Status",
            succeeded=("ACTIVE",),
            failed=("CREATE_FAILED", "DELETING"),
        ),
        "eks:createNodegroup": Row(
            look="describeNodegroup",
            of={
                "ClusterName": "request.ClusterName",
                "NodegroupName": "request.NodegroupName",
            },
            status="Nodegroup.Status",
            succeeded=("ACTIVE",),
            failed=("CREATE_FAILED", "DELETING"),
        ),
        "emr-containers:deleteVirtualCluster": Row(
            look="describeVirtualCluster",
            of={"Id": "answer.Id"},
            status="VirtualCluster.State",
            succeeded=("TERMINATED",),
            failed=("ARRESTED",),
        ),
        "emr-containers:startJobRun": Row(
            look="describeJobRun",
            of=_ON_EKS,
            status="JobRun.State",
            succeeded=("COMPLETED",),
            failed=("FAILED", "CANCELLED"),
            stop="cancelJobRun",
            to_stop=_ON_EKS,
        ),
        "emr-serverless:cancelJobRun": Row(
            look="getJobRun",
            of=_SERVERLESS,
            status="JobRun.State",
            succeeded=("CANCELLED",),
            failed=("FAILED", "SUCCESS"),
        ),
        "emr-serverless:createApplication": _application(
            "CREATED", "answer.ApplicationId"
        ),
        "emr-serverless:deleteApplication": _application(
            "TERMINATED", "request.ApplicationId"
        ),
        "emr-serverless:startApplication": _application(
            "STARTED", "request.ApplicationId"
        ),
        "emr-serverless:stopApplication": _application(
            "STOPPED", "request.ApplicationId"
        ),
        "emr-serverless:startJobRun": Row(
            look="getJobRun",
            of=_SERVERLESS,
            status="JobRun.State",
            succeeded=("SUCCESS",),
            failed=("FAILED", "CANCELLED"),
            stop="cancelJobRun",
            to_stop=_SERVERLESS,
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
