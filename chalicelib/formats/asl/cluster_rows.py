"""How is it known that work on a cluster, or of making one, has ended?

EMR, EMR on EKS, EMR Serverless and EKS; rows as in ``job_rows``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from chalicelib.formats.asl.job_rows import Row

_ON_EKS = {"Id": "answer.Id", "VirtualClusterId": "answer.VirtualClusterId"}
_SERVERLESS = {"ApplicationId": "answer.ApplicationId", "JobRunId": "answer.JobRunId"}


def _application(succeeded: str, id: str) -> Row:
    return Row(
        look="getApplication",
        of={"ApplicationId": id},
        status="Application.State",
        succeeded=(succeeded,),
        failed=tuple({"TERMINATED"} - {succeeded}),
    )


_GONE = "ResourceNotFoundException"


def _of_eks(kind: str, failed: str, not_deleted: str, *names: str) -> dict[str, Row]:
    """Return how what EKS calls ``kind`` is made, and how it is deleted."""
    look, status = f"describe{kind}", f"{kind}.Status"
    of = {name: f"request.{name}" for name in names}
    ended = (failed, "DELETING")
    made = Row(look=look, of=of, status=status, succeeded=("ACTIVE",), failed=ended)
    # What is deleted is not there to say so.
    gone = Row(
        look=look, of=of, status=status, succeeded=(), failed=(not_deleted,), gone=_GONE
    )
    return {f"eks:create{kind}": made, f"eks:delete{kind}": gone}


_CLUSTER = {"ClusterId": "answer.ClusterId"}
_STEP = {"ClusterId": "request.ClusterId", "StepId": "answer.StepId"}
#: Whose cluster it was is known from the answer alone, as EMR describes it.
_OWN_ID = {"ClusterId": "Cluster.Id", "Cluster": "Cluster"}

CLUSTER_JOBS: Mapping[str, Row] = MappingProxyType(
    {
        # Step Functions, "EMR": a cluster that was made is ready for steps.
        "elasticmapreduce:createCluster": Row(
            look="describeCluster",
            of=_CLUSTER,
            status="Cluster.Status.State",
            succeeded=("WAITING",),
            failed=("TERMINATED", "TERMINATED_WITH_ERRORS"),
            result=_OWN_ID,
        ),
        "elasticmapreduce:terminateCluster": Row(
            look="describeCluster",
            of={"ClusterId": "request.ClusterId"},
            status="Cluster.Status.State",
            succeeded=("TERMINATED", "TERMINATED_WITH_ERRORS"),
            failed=(),
            result=_OWN_ID,
        ),
        "elasticmapreduce:addStep": Row(
            look="describeStep",
            of=_STEP,
            status="Step.Status.State",
            succeeded=("COMPLETED",),
            failed=("CANCELLED", "FAILED", "INTERRUPTED"),
            result={"StepId": "Step.Id", "Step": "Step"},
            stop="cancelSteps",
            to_stop={"ClusterId": "request.ClusterId", "StepIds": ["answer.StepId"]},
        ),
        **_of_eks("Cluster", "FAILED", "FAILED", "Name"),
        **_of_eks(
            "FargateProfile",
            "CREATE_FAILED",
            "DELETE_FAILED",
            "ClusterName",
            "FargateProfileName",
        ),
        **_of_eks(
            "Nodegroup",
            "CREATE_FAILED",
            "DELETE_FAILED",
            "ClusterName",
            "NodegroupName",
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
    }
)
