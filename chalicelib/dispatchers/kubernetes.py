"""How does a task speak to the Kubernetes API of a cluster of EKS?

    eks:call       any request; its answer
    eks:runJob     makes a job of batch/v1; the job
    eks:lookAtJob  how that job is, with its logs once it has ended
    eks:deleteJob  deletes it, and its pods

Rule 1  The proof of who asks is a request to STS, signed by the stage and never sent by
        it: the cluster sends it. So it goes to hosts of EKS only, over TLS that the
        cluster's own authority has signed, through the stage's policy like all HTTP.
Rule 2  A job is begun once for an attempt: it carries the attempt's key, and a job of
        that name with that key is the one that was asked for.
Rule 3  Logs are best effort: what cannot be read has ``error`` and ``cause`` instead.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from chalicelib.dispatchers.http import HttpDispatcher
from chalicelib.dispatchers.http_request import Request
from chalicelib.dispatchers.kubernetes_jobs import (
    NotAJob,
    containers,
    ended,
    is_true,
    key_of,
    log,
    to_make,
    unread,
)
from chalicelib.dispatchers.seams import failed, own_credentials
from chalicelib.engine.answers import STATUS_KINDS
from chalicelib.engine.events import Answer, TaskFailed
from chalicelib.model.error_names import Kind
from chalicelib.ports import Call, Clock, Outcome
from chalicelib.values import Json, compact, short_hash

#: EKS, "Cluster API server endpoint": of IPv4, and of clusters of both families.
_ENDPOINT = re.compile(
    r"https://[\w.-]+\.(?:([a-z0-9-]+)\.eks\.amazonaws\.com(?:\.cn)?"
    r"|eks-cluster\.([a-z0-9-]+)\.(?:api\.aws|api\.amazonwebservices\.com\.cn))/?",
    re.ASCII | re.IGNORECASE,
)
#: Seconds that a proof is good for; aws-iam-authenticator asks for at most 900.
_PROVEN = 60
#: Containers whose logs are read of one job.
_MOST_LOGS = 100


class KubernetesDispatcher:
    """Calls clusters. See ``ports.Dispatcher``."""

    def __init__(
        self,
        http: HttpDispatcher,
        clock: Clock,
        credentials: Callable[[], Any] = own_credentials,
    ) -> None:
        self._http = http
        self._clock = clock
        self._credentials = credentials

    def dispatch(self, call: Call) -> Outcome:
        """See ``Dispatcher``."""
        act = _ACTS.get(call.resource)
        if act is None:
            known = ", ".join(sorted(_ACTS))
            cause = f"no call of a cluster is {call.resource!r}; there are: {known}"
            return failed(Kind.RUNTIME, cause)
        try:
            return act(self, call)
        except (_Refused, NotAJob) as error:
            return failed(Kind.RUNTIME, str(error))

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``; the resource is what stops the job."""
        return isinstance(self.dispatch(call), Answer)

    def _call(self, call: Call) -> Outcome:
        given = call.payload
        method, body = given.get("Method"), given.get("RequestBody")
        is_patch = str(method).upper() == "PATCH"
        headers = {"Content-Type": _patch(body)} if is_patch else None
        outcome = self._ask(
            call,
            given,
            method=method,
            path=given.get("Path"),
            query=given.get("QueryParameters"),
            headers=headers,
            body=body,
        )
        if isinstance(outcome, TaskFailed):
            return outcome
        told = {"ResponseBody": outcome.payload, "StatusCode": outcome.status}
        return replace(outcome, payload=told)

    def _run_job(self, call: Call) -> Outcome:
        given = call.payload
        key = short_hash(call.idempotency_key, length=16)
        job = to_make(given.get("Job"), key)
        jobs = _jobs(given.get("Namespace") or "default")
        made = self._ask(call, given, method="POST", path=jobs, body=job)
        if not isinstance(made, TaskFailed) or made.error != "EKS.409":
            return made
        path = f"{jobs}/{quote(str(job['metadata'].get('name')), safe='')}"
        found = self._ask(call, given, method="GET", path=path)
        is_ours = isinstance(found, Answer) and key_of(found.payload) == key_of(job)
        return found if is_ours else made

    def _look_at_job(self, call: Call) -> Outcome:
        given, request = call.payload, call.payload["Request"]
        found = self._ask(call, request, method="GET", path=_place(given))
        if isinstance(found, TaskFailed):
            return found
        job = found.payload if isinstance(found.payload, dict) else {}
        status = ended(job)
        options = request.get("LogOptions")
        if status and isinstance(options, dict) and is_true(options, "RetrieveLogs"):
            job = {**job, "logs": self._logs(call, given, options)}
        return replace(found, payload={"Status": status or "Running", "Job": job})

    def _delete_job(self, call: Call) -> Outcome:
        given = call.payload
        query = {"propagationPolicy": "Background"}
        path = _place(given)
        return self._ask(
            call, given["Request"], method="DELETE", path=path, query=query
        )

    def _logs(
        self, call: Call, given: Mapping[str, Json], options: Mapping[str, Json]
    ) -> Json:
        """Return what the containers of a job wrote, by pod and by container."""
        request, ends_at = given["Request"], self._clock.now() + call.timeout
        pods = f"/api/v1/namespaces/{quote(given['Namespace'], safe='')}/pods"
        query = {"labelSelector": f"job-name={given['Name']}"}
        listed = self._ask(call, request, method="GET", path=pods, query=query)
        if isinstance(listed, TaskFailed):
            return {"pods": unread(listed)}
        found: dict[str, Json] = {}
        for number, (pod, name) in enumerate(containers(listed.payload)):
            left = ends_at - self._clock.now()
            if number >= _MOST_LOGS or left <= 0:
                break
            said = self._ask(
                replace(call, timeout=left),
                request,
                method="GET",
                path=f"{pods}/{quote(pod, safe='')}/log",
                query={**(options.get("LogParameters") or {}), "container": name},
                as_text=True,
            )
            of_pod = found.setdefault(pod, {"containers": {}})
            of_pod["containers"][name] = log(said, options)
        return {"pods": found}

    def _ask(
        self,
        call: Call,
        given: Mapping[str, Json],
        *,
        method: Json,
        path: Json,
        query: Json = None,
        headers: Json = None,
        body: Json = None,
        as_text: bool = False,
    ) -> Outcome:
        """Make one request of the cluster that ``given`` names; refuse what it does."""
        endpoint, region = _endpoint(given)
        if not isinstance(path, str) or not path.startswith("/"):
            raise _Refused(f"Path must begin with a slash, not be {compact(path)}")
        cluster = _text(given, "ClusterName")
        authorities = _authorities(_text(given, "CertificateAuthority"))
        asked = {"method": method, "query": query, "headers": headers, "body": body}
        sent = replace(call, resource=f"{endpoint}{path}", payload=asked)

        def signed(request: Request) -> Request:
            token = self._token(cluster, region)
            proof = {"Authorization": f"Bearer {token}"}
            return replace(
                request,
                headers={**request.headers, **proof},
                authorities=authorities,
                as_text=as_text,
            )

        outcome = self._http.dispatch(sent, signed)
        if isinstance(outcome, TaskFailed) or outcome.status < 300:
            return outcome
        return _refusal(outcome)

    def _token(self, cluster: str, region: str) -> str:
        """Return who the stage is, as a cluster wants it proven.

        EKS, "aws eks get-token": a presigned request of STS for the caller's identity.
        """
        from botocore.auth import SigV4QueryAuth
        from botocore.awsrequest import AWSRequest

        suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        url = f"https://sts.{region}.{suffix}/?Action=GetCallerIdentity&Version=2011-06-15"
        asked = AWSRequest(method="GET", url=url, headers={"x-k8s-aws-id": cluster})
        SigV4QueryAuth(self._credentials(), "sts", region, expires=_PROVEN).add_auth(
            asked
        )
        encoded = base64.urlsafe_b64encode(asked.url.encode()).decode("ascii")
        return f"k8s-aws-v1.{encoded.rstrip('=')}"


_ACTS: Mapping[str, Callable[[KubernetesDispatcher, Call], Outcome]] = MappingProxyType(
    {
        "eks:call": KubernetesDispatcher._call,
        "eks:runJob": KubernetesDispatcher._run_job,
        "eks:lookAtJob": KubernetesDispatcher._look_at_job,
        "eks:deleteJob": KubernetesDispatcher._delete_job,
    }
)


class _Refused(ValueError):
    """What a task gives is no request of a cluster; says why."""


def _text(given: Mapping[str, Json], name: str) -> str:
    found = given.get(name)
    if not isinstance(found, str) or not found:
        raise _Refused(f"{name} must be a text that is not empty")
    return found


def _endpoint(given: Mapping[str, Json]) -> tuple[str, str]:
    """Return where the cluster answers, and its region."""
    endpoint = _text(given, "Endpoint").rstrip("/")
    found = _ENDPOINT.fullmatch(endpoint)
    if found is None:
        raise _Refused(f"Endpoint must be that of a cluster of EKS, not {endpoint}")
    return endpoint, found[1] or found[2]


def _authorities(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise _Refused("CertificateAuthority must be a certificate in base64") from None


def _jobs(namespace: str) -> str:
    return f"/apis/batch/v1/namespaces/{quote(namespace, safe='')}/jobs"


def _place(given: Mapping[str, Json]) -> str:
    return f"{_jobs(given['Namespace'])}/{quote(given['Name'], safe='')}"


def _patch(body: Json) -> str:
    # Kubernetes, "Patch": a list is a JSON Patch, an object is merged.
    kind = "json-patch" if isinstance(body, list) else "merge-patch"
    return f"application/{kind}+json"


def _refusal(answer: Answer) -> TaskFailed:
    """Return the failure that a cluster's refusal is: ``EKS.409``."""
    kind = STATUS_KINDS.get(answer.status, Kind.SERVICE)
    said = answer.payload
    cause = said if isinstance(said, str) else compact(said)
    return failed(kind, cause, error=f"EKS.{answer.status}", output=said)
