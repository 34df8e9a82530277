"""What do ``eks:call`` and ``eks:runJob`` ask of the Kubernetes API of a cluster?"""

from __future__ import annotations

from chalicelib.formats.asl.job_rows import Row
from chalicelib.formats.asl.jobs import SYNC, waited
from chalicelib.formats.asl.payloads import Payload
from chalicelib.formats.asl.requests import Request, refuse_unknown, require
from chalicelib.formats.fields import listed, one_of
from chalicelib.model.expressions import Literal

_WHERE = ("ClusterName", "CertificateAuthority", "Endpoint")
_CALL = (*_WHERE, "Method", "Path", "QueryParameters", "RequestBody")
_RUN_JOB = (*_WHERE, "Namespace", "Job", "LogOptions")
_METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH")
_LOG_OPTIONS = ("RetrieveLogs", "RawLogs", "LogParameters")

_OF_JOB = {
    "Request": "request",
    "Namespace": "answer.metadata.namespace",
    "Name": "answer.metadata.name",
}
_JOB = Row(
    look="eks:lookAtJob",
    of=_OF_JOB,
    status="Status",
    succeeded=("Complete",),
    failed=("Failed",),
    result="Job",
    stop="eks:deleteJob",
    to_stop=_OF_JOB,
)


def call_cluster(payload: Payload, action: str, pattern: str) -> Request:
    """Return the request of ``eks:call``."""
    refuse_unknown(payload, *_CALL)
    for name in (*_WHERE, "Method", "Path"):
        require(payload, name)
    method = payload.part["Method"]
    if isinstance(payload.field("Method"), Literal) and method.value is not None:
        method.obeys(one_of(*_METHODS))
    return Request(
        resource=Literal(value=action), arguments=payload.whole(), reading="aws_sdk"
    )


def run_job(payload: Payload, action: str, pattern: str) -> Request:
    """Return the request of ``eks:runJob``; with ``.sync`` the job is waited for."""
    refuse_unknown(payload, *_RUN_JOB)
    for name in (*_WHERE, "Job"):
        require(payload, name)
    options = payload.part["LogOptions"]
    for name, value in options.members() if isinstance(options.value, dict) else ():
        if name.removesuffix(".$") not in _LOG_OPTIONS:
            known = listed(_LOG_OPTIONS)
            value.wrong(f"unknown field {name!r}; known are {known}", at="key")
    return Request(
        resource=Literal(value=action),
        arguments=payload.whole(),
        reading="aws_sdk",
        job=waited(_JOB, _JOB.look, _JOB.stop) if pattern == SYNC else None,
    )
