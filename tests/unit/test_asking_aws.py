"""What a failed call to AWS becomes: in the table, the blobs and the queue."""

from __future__ import annotations

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from chalicelib.errors import Unavailable
from chalicelib.ports import Message
from chalicelib.queues.sqs import SqsQueue
from chalicelib.stores.dynamodb import DynamoTable, create_table
from chalicelib.stores.s3 import S3Blobs

KEY = ("orders:run-1", "0#1")


def a_refusal(code, status=400):
    error = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(error, "Operation")


class Failing:
    """A client of which every operation fails in one way."""

    def __init__(self, error):
        self._error = error

    def __getattr__(self, name):
        def operation(**request):
            raise self._error

        return operation


PASSING = [
    pytest.param(a_refusal("ProvisionedThroughputExceededException"), id="throttled"),
    pytest.param(a_refusal("ThrottlingException"), id="throttled by on-demand"),
    pytest.param(a_refusal("SlowDown", 503), id="slow down"),
    pytest.param(a_refusal("InternalServerError", 500), id="AWS failed"),
    pytest.param(EndpointConnectionError(endpoint_url="http://x"), id="no connection"),
    pytest.param(ReadTimeoutError(endpoint_url="http://x"), id="no answer"),
]

CALLS = [
    pytest.param(lambda c: DynamoTable(c, "t").put({"pk": "a", "sk": "b"}), id="put"),
    pytest.param(lambda c: DynamoTable(c, "t").get(KEY), id="get"),
    pytest.param(lambda c: DynamoTable(c, "t").query("a"), id="query"),
    pytest.param(lambda c: DynamoTable(c, "t").delete(KEY), id="delete"),
    pytest.param(lambda c: DynamoTable(c, "t").add(KEY, frozenset({1})), id="add"),
    pytest.param(lambda c: DynamoTable(c, "t").claim(KEY, "0", 0), id="claim"),
    pytest.param(lambda c: S3Blobs(lambda: c, "b").put("n", b""), id="blob put"),
    pytest.param(lambda c: S3Blobs(lambda: c, "b").get("n"), id="blob get"),
    pytest.param(lambda c: SqsQueue(c, "q").send([Message(body=1)]), id="send"),
]


@pytest.mark.parametrize("error", PASSING)
@pytest.mark.parametrize("call", CALLS)
def test_a_failure_that_passes_is_unavailable(call, error):
    with pytest.raises(Unavailable) as raised:
        call(Failing(error))
    assert raised.value.__cause__ is error


@pytest.mark.parametrize("call", CALLS)
def test_a_fault_of_the_deployment_crashes(call):
    with pytest.raises(ClientError, match="AccessDenied"):
        call(Failing(a_refusal("AccessDeniedException", 403)))


def test_a_table_that_cannot_be_made_crashes():
    with pytest.raises(ClientError, match="LimitExceeded"):
        create_table(Failing(a_refusal("LimitExceededException")), "t")


class Interrupted:
    def get_object(self, **request):
        return {"Body": self}

    def read(self):
        raise ResponseStreamingError(error="cut")


def test_a_blob_that_is_cut_while_it_is_read_is_unavailable():
    with pytest.raises(Unavailable, match="bucket b"):
        S3Blobs(Interrupted, "b").get("n")


def test_the_client_of_the_blobs_is_made_once_and_only_when_it_is_used():
    made = []

    class Client:
        def __init__(self):
            made.append(self)

        def put_object(self, **request):
            pass

    blobs = S3Blobs(Client, "b")
    assert made == []
    blobs.put("n", b"")
    blobs.put("m", b"")
    assert len(made) == 1
