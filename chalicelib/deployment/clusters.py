"""Which grants does work with clusters of EMR and EKS need?

Service Authorization Reference, "Amazon Elastic MapReduce", "Amazon Elastic Kubernetes
Service": what is being made has no name to be granted by, everything else has. Whom a
cluster works as is a role that must be passed to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalicelib.deployment.permissions import Grant
from chalicelib.deployment.services import ARN, Given, Grants, arn, capital, one

#: Calls of EMR's integration -> its actions; then those that look, and that stop.
_ON_CLUSTER: Mapping[str, tuple[str, ...]] = {
    "addStep": ("AddJobFlowSteps",),
    "cancelStep": ("CancelSteps",),
    "modifyInstanceFleetByName": ("ListInstanceFleets", "ModifyInstanceFleet"),
    "modifyInstanceGroupByName": ("ListInstanceGroups", "ModifyInstanceGroups"),
    "setClusterTerminationProtection": ("SetTerminationProtection",),
    "terminateCluster": ("TerminateJobFlows",),
    "cancelSteps": ("CancelSteps",),
    "describeCluster": ("DescribeCluster",),
    "describeStep": ("DescribeStep",),
}
_EMR_ROLES = ("ServiceRole", "JobFlowRole", "AutoScalingRole")
#: What EKS calls the parts of a cluster -> the field with the role that each works as.
_PARTS = {"Nodegroup": "NodeRole", "FargateProfile": "PodExecutionRoleArn"}
_EKS = re.compile(r"(create|describe|delete)(Cluster|Nodegroup|FargateProfile)")
_ROLE = re.compile(r"(arn:[\w-]+:iam::\d{12}:role/)?[\w+=,.@/-]+", re.ASCII)


def emr(action: str, given: Given) -> Grants | None:
    """Return what a call of EMR needs, or a look at what it began."""
    if action == "createCluster":
        roles = _roles(given, *_EMR_ROLES)
        if roles is None:
            return None
        return (*one("elasticmapreduce:RunJobFlow", "*"), *_passed(roles))
    called = _ON_CLUSTER.get(action)
    # The cluster that is looked at after it was made: nobody knows its id yet.
    is_new = action == "describeCluster" and "ClusterId" not in given
    cluster = "*" if is_new else given.get("ClusterId")
    if called is None or not isinstance(cluster, str):
        return None
    place = arn("elasticmapreduce", f"cluster/{cluster}")
    return (
        Grant(
            actions=tuple(f"elasticmapreduce:{each}" for each in called),
            resources=(place,),
        ),
    )


def eks(action: str, given: Given) -> Grants | None:
    """Return what making, deleting and looking at clusters and their parts needs."""
    found = _EKS.fullmatch(action)
    if found is None:
        return None
    verb, kind = found.groups()
    if kind == "Cluster":
        return _cluster(verb, action, given)
    cluster, name = given.get("ClusterName"), given.get(f"{kind}Name")
    if not isinstance(cluster, str):
        return None
    if verb == "create":
        return _part(kind, cluster, given)
    if not isinstance(name, str):
        return None
    place = arn("eks", f"{kind.lower()}/{cluster}/{name}/*")
    return one(f"eks:{capital(action)}", place)


def _cluster(verb: str, action: str, given: Given) -> Grants | None:
    if verb == "create":
        roles = _roles(given, "RoleArn")
        return (*one("eks:CreateCluster", "*"), *_passed(roles)) if roles else None
    name = given.get("Name")
    if not isinstance(name, str):
        return None
    return one(f"eks:{capital(action)}", arn("eks", f"cluster/{name}"))


def _part(kind: str, cluster: str, given: Given) -> Grants | None:
    roles = _roles(given, _PARTS[kind])
    if not roles:
        return None
    made = one(f"eks:Create{kind}", arn("eks", f"cluster/{cluster}"))
    if kind == "FargateProfile":
        return (*made, *_passed(roles))
    # Step Functions, "IAM policies for Amazon EKS": a group of nodes is looked over.
    looks = Grant(
        actions=("iam:GetRole", "iam:ListAttachedRolePolicies"), resources=roles
    )
    return (*made, *one("ec2:DescribeSubnets", "*"), looks, *_passed(roles))


def _roles(given: Given, *fields: str) -> tuple[str, ...] | None:
    """Return the ARNs of the roles in these fields; None where one is not known."""
    if not given:
        return None
    names = [given[name] for name in fields if name in given]
    if not all(isinstance(name, str) and _ROLE.fullmatch(name) for name in names):
        return None
    own = f"{ARN}:iam::${{AWS::AccountId}}:role/"
    texts = sorted({str(name) for name in names})
    return tuple(name if name.startswith("arn:") else own + name for name in texts)


def _passed(roles: tuple[str, ...]) -> Grants:
    return one("iam:PassRole", *roles) if roles else ()
