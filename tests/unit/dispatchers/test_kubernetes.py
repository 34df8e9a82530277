"""How a task speaks to the Kubernetes API of a cluster: real requests, on loopback."""

import base64
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.credentials import Credentials

from chalicelib.dispatchers.http import HttpDispatcher
from chalicelib.dispatchers.kubernetes import KubernetesDispatcher
from chalicelib.dispatchers.policy import Policy
from chalicelib.model.error_names import Kind
from tests.unit.dispatchers.conftest import NAMES

HOST = NAMES[1]
JOBS = "/apis/batch/v1/namespaces/default/jobs"
JOB = {"kind": "Job", "metadata": {"name": "sum"}}


def nowhere(host, port):
    raise OSError("no network in tests")


@pytest.fixture
def cluster(secure_server, certificate, clock, a_call):
    """Ask the cluster, which is the loopback server."""
    policy = Policy(hosts={HOST: f"127.0.0.1:{secure_server.port}"}, resolver=nowhere)
    dispatcher = KubernetesDispatcher(
        HttpDispatcher(policy, clock), clock, lambda: Credentials("AK", "SK")
    )
    where = {
        "ClusterName": "night",
        "CertificateAuthority": base64.b64encode(certificate[0].read_bytes()).decode(),
        "Endpoint": f"https://{HOST}",
    }

    def ask(act, request=None, cancelled=False, **payload):
        given = {**where, **(request or {})}
        payload = (
            {**given, **payload} if request is None else {"Request": given} | payload
        )
        call = a_call(resource=f"eks:{act}", payload=payload)
        return dispatcher.cancel(call) if cancelled else dispatcher.dispatch(call)

    return ask


def answers(server, *said):
    """Let the server give these answers: a status, and JSON or a text."""
    left = list(said)

    def behave(request):
        status, body = left.pop(0)
        text = body if isinstance(body, str) else json.dumps(body)
        kind = "text/plain" if isinstance(body, str) else "application/json"
        request.reply(status, text.encode(), Content_Type=kind)

    server.behave = behave


def test_a_call_is_a_request_whose_answer_is_the_result(cluster, secure_server):
    answers(secure_server, (200, {"items": []}))

    answer = cluster(
        "call",
        Method="GET",
        Path="/api/v1/namespaces/default/pods",
        QueryParameters={"labelSelector": ["job-name=sum"]},
    )

    assert answer.payload == {"ResponseBody": {"items": []}, "StatusCode": 200}
    (seen,) = secure_server.seen
    assert seen.path == "/api/v1/namespaces/default/pods?labelSelector=job-name%3Dsum"


def test_who_asks_is_proven_by_a_request_of_sts_for_this_cluster(
    cluster, secure_server
):
    answers(secure_server, (200, {}))

    cluster("call", Method="GET", Path="/version")

    token = secure_server.seen[0].headers["Authorization"].removeprefix("Bearer ")
    kind, _, encoded = token.partition(".")
    assert (kind, "=" in encoded) == ("k8s-aws-v1", False)
    url = urlsplit(base64.urlsafe_b64decode(encoded + "==").decode())
    query = {name: each[0] for name, each in parse_qs(url.query).items()}
    assert url.netloc == "sts.eu-west-1.amazonaws.com"
    assert query["Action"] == "GetCallerIdentity"
    assert query["X-Amz-SignedHeaders"] == "host;x-k8s-aws-id"
    assert (query["X-Amz-Expires"], "X-Amz-Signature" in query) == ("60", True)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ([{"op": "remove", "path": "/a"}], "application/json-patch+json"),
        ({"a": None}, "application/merge-patch+json"),
    ],
)
def test_a_patch_says_what_it_is(cluster, secure_server, body, kind):
    answers(secure_server, (200, {}))

    cluster("call", Method="PATCH", Path="/x", RequestBody=body)

    assert secure_server.seen[0].headers["Content-Type"] == kind
    assert json.loads(secure_server.seen[0].body) == body


def test_a_refusal_is_named_by_its_status(cluster, secure_server):
    answers(secure_server, (404, {"reason": "NotFound"}))

    failure = cluster("call", Method="GET", Path="/x")

    assert (failure.error, failure.kind) == ("EKS.404", Kind.NOT_FOUND)
    assert failure.cause == '{"reason":"NotFound"}'


def test_a_refusal_in_words_is_the_cause(cluster, secure_server):
    answers(secure_server, (500, "etcd is down"))

    assert cluster("call", Method="GET", Path="/x").cause == "etcd is down"


def test_another_authority_than_the_clusters_is_not_believed(cluster, secure_server):
    other = base64.b64encode(b"no certificate").decode()

    failure = cluster("call", Method="GET", Path="/x", CertificateAuthority=other)

    assert failure.kind is Kind.UNREACHABLE
    assert secure_server.seen == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"Endpoint": "https://evil.example"}, "must be that of a cluster of EKS"),
        ({"Endpoint": f"http://{HOST}"}, "must be that of a cluster of EKS"),
        ({"Endpoint": f"https://evil.example/{HOST}"}, "must be that of a cluster"),
        ({"Endpoint": ""}, "Endpoint must be a text that is not empty"),
        ({"ClusterName": 7}, "ClusterName must be a text"),
        ({"CertificateAuthority": "no!"}, "must be a certificate in base64"),
        ({"Path": "version"}, "Path must begin with a slash"),
        ({"Path": None}, "Path must begin with a slash"),
    ],
)
def test_what_is_no_request_of_a_cluster_is_not_sent(
    cluster, secure_server, wrong, says
):
    failure = cluster("call", **{"Method": "GET", "Path": "/x", **wrong})

    assert (failure.kind, says in failure.cause) == (Kind.RUNTIME, True)
    assert secure_server.seen == []


def test_a_job_is_made_in_its_namespace_and_carries_the_attempt(cluster, secure_server):
    answers(secure_server, (201, {"metadata": {"name": "sum"}}))

    made = cluster("runJob", Namespace="nights", Job=json.dumps(JOB))

    assert made.payload == {"metadata": {"name": "sum"}}
    (seen,) = secure_server.seen
    assert seen.path == "/apis/batch/v1/namespaces/nights/jobs"
    sent = json.loads(seen.body)["metadata"]
    assert sent["name"] == "sum"
    assert sent["annotations"].keys() == {"millrace/attempt"}


def made_twice(cluster, secure_server, found):
    """Make a job whose name is taken by ``found``, which is told what was sent."""
    sent = []

    def behave(request):
        if request.command == "POST":
            sent.append(json.loads(request.body))
            request.reply(409, b'{"reason":"AlreadyExists"}')
        else:
            request.reply(200, json.dumps(found(sent[0])).encode())

    secure_server.behave = behave
    return cluster("runJob", Job={"metadata": {"generateName": "sum-"}})


def test_a_job_that_this_attempt_has_made_before_is_the_job(cluster, secure_server):
    answer = made_twice(cluster, secure_server, lambda sent: sent)

    name = answer.payload["metadata"]["name"]
    assert name.startswith("sum-")
    assert secure_server.seen[1].path == f"{JOBS}/{name}"


def test_a_job_of_somebody_else_keeps_its_name(cluster, secure_server):
    failure = made_twice(cluster, secure_server, lambda sent: {"metadata": {}})

    assert failure.error == "EKS.409"


@pytest.mark.parametrize(
    ("job", "says"),
    [
        ("{", "a text, but not one of JSON"),
        ([], "must be an object"),
        (None, "must be"),
    ],
)
def test_what_is_no_job_is_not_made(cluster, job, says):
    assert says in cluster("runJob", Job=job).cause


PLACE = {"Namespace": "default", "Name": "sum"}


@pytest.mark.parametrize(
    ("conditions", "status"),
    [
        (None, "Running"),
        ([{"type": "Suspended", "status": "True"}], "Running"),
        ([{"type": "Complete", "status": "False"}], "Running"),
        ([{"type": "Complete", "status": "True"}], "Complete"),
        ([{"type": "Failed", "status": "True"}], "Failed"),
    ],
)
def test_conditions_say_whether_a_job_has_ended(
    cluster, secure_server, conditions, status
):
    job = {"status": {"conditions": conditions}}
    answers(secure_server, (200, job))

    seen = cluster("lookAtJob", request={}, **PLACE)

    assert seen.payload == {"Status": status, "Job": job}


ENDED = {"status": {"conditions": [{"type": "Complete", "status": "True"}]}}
PODS = {
    "items": [
        {
            "metadata": {"name": "sum-1"},
            "spec": {"containers": [{"name": "a"}, {"name": "b"}]},
        }
    ]
}


def logs(cluster, **options):
    request = {"LogOptions": {"RetrieveLogs": True, **options}}
    return cluster("lookAtJob", request=request, **PLACE).payload["Job"]["logs"]


def test_logs_of_a_job_that_ended_are_json_where_they_are(cluster, secure_server):
    said = ((200, ENDED), (200, PODS), (200, '{"n": 1.0}'), (200, "two words"))
    answers(secure_server, *said)

    found = logs(cluster, LogParameters={"tailLines": ["6"]})

    written = {"a": {"log": {"n": 1.0}}, "b": {"log": "two words"}}
    assert found == {"pods": {"sum-1": {"containers": written}}}
    path = "/api/v1/namespaces/default/pods"
    assert [each.path for each in secure_server.seen[1:3]] == [
        f"{path}?labelSelector=job-name%3Dsum",
        f"{path}/sum-1/log?tailLines=6&container=a",
    ]


def test_raw_logs_keep_every_character(cluster, secure_server):
    answers(secure_server, (200, ENDED), (200, PODS), (200, '{"n": 1.00}'), (200, ""))

    found = logs(cluster, RawLogs="true")

    assert found["pods"]["sum-1"]["containers"]["a"] == {"log": '{"n": 1.00}'}


def test_a_log_that_cannot_be_read_says_why_in_its_place(cluster, secure_server):
    answers(secure_server, (200, ENDED), (200, PODS), (200, "x"), (400, "starting"))

    found = logs(cluster)["pods"]["sum-1"]["containers"]

    assert found["b"] == {"error": "EKS.400", "cause": "starting"}


def test_pods_that_cannot_be_listed_say_why_in_their_place(cluster, secure_server):
    answers(secure_server, (200, ENDED), (403, "no"))

    assert logs(cluster) == {"pods": {"error": "EKS.403", "cause": "no"}}


def test_logs_are_read_for_as_long_as_the_look_may_take(cluster, secure_server, clock):
    answers(secure_server, (200, ENDED), (200, PODS))
    clock.pace = 1.3

    assert logs(cluster) == {"pods": {}}


def test_a_job_that_is_not_there_cannot_be_looked_at(cluster, secure_server):
    answers(secure_server, (404, "gone"))

    assert cluster("lookAtJob", request={}, **PLACE).error == "EKS.404"


def test_a_job_is_deleted_with_its_pods(cluster, secure_server):
    answers(secure_server, (200, {}))

    assert cluster("deleteJob", request={}, cancelled=True, **PLACE) is True
    (seen,) = secure_server.seen
    assert (seen.command, seen.path) == (
        "DELETE",
        f"{JOBS}/sum?propagationPolicy=Background",
    )


def test_an_act_that_nobody_knows_fails_the_task(cluster):
    failure = cluster("watch")

    assert "there are: eks:call, eks:deleteJob" in failure.cause
