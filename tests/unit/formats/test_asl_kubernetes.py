"""What ``eks:call`` and ``eks:runJob`` may say, and what is refused at publish time."""

import pytest

from tests.unit.formats.test_asl_services import problems, task

CLUSTER = {
    "ClusterName": "night",
    "CertificateAuthority": "Y2VydA==",
    "Endpoint": "https://night.example",
}
JOBS = {**CLUSTER, "Method": "GET", "Path": "/apis/batch/v1/jobs"}
LOGS = {"RetrieveLogs": True, "LogParameters.$": "$.logs"}


@pytest.mark.parametrize(
    ("action", "given"),
    [
        ("eks:call", JOBS),
        ("eks:runJob", {**CLUSTER, "Job": {}}),
        ("eks:runJob.sync", {**CLUSTER, "Job": {}, "LogOptions": LOGS}),
    ],
)
def test_what_a_cluster_is_asked_is_taken(action, given):
    assert problems(action, given) == []


def test_only_a_job_that_is_waited_for_is_looked_at():
    given = {**CLUSTER, "Job": {}}

    assert task("eks:runJob.sync", given).work.job is not None
    assert task("eks:runJob", given).work.job is None


@pytest.mark.parametrize(
    ("action", "given", "path", "says"),
    [
        ("call", {**JOBS, "Method": "LIST"}, "/Method", "must be one of 'GET', "),
        ("call", {**CLUSTER, "Path": "/"}, "", "'Method' is missing"),
        ("call", {**JOBS, "Pth": "/"}, "/Pth", "did you mean 'Path'?"),
        ("runJob", CLUSTER, "", "'Job' is missing"),
        (
            "runJob.sync",
            {**CLUSTER, "Job": {}, "LogOptions": {"RetrieveLog": True}},
            "/LogOptions/RetrieveLog",
            "known are LogParameters, RawLogs, RetrieveLogs",
        ),
    ],
)
def test_what_a_cluster_cannot_be_asked_is_refused(action, given, path, says):
    ((found, message),) = problems(f"eks:{action}", given)

    assert found == f"/Parameters{path}"
    assert says in message
