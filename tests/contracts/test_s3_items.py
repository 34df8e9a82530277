"""The objects in memory of the test kit do as S3 does, for what Maps need of it."""

import hashlib
import io

import pytest

from chalicelib.dispatchers.s3_items import S3ItemsDispatcher
from chalicelib.engine.events import Answer
from chalicelib.model.workflow import Mode
from chalicelib.ports import Call
from chalicelib.simulation.objects import MemoryObjects
from tests.contracts.aws_in_process import aws_client

pytestmark = pytest.mark.moto


class Clock:
    def now(self):
        return 0.0


@pytest.fixture(scope="module")
def s3():
    with aws_client("s3") as made:
        made.create_bucket(Bucket="lists")
        yield made


@pytest.fixture(params=["moto", "memory"])
def client(request, s3):
    made = s3 if request.param == "moto" else MemoryObjects({("lists", "z"): b""})
    made.put_object(Bucket="lists", Key="p/1.csv", Body=b"a,b\n1,2\n")
    made.put_object(Bucket="lists", Key="p/2.csv", Body=b"a,b\n3\n")
    return made


@pytest.fixture
def dispatch(client):
    dispatcher = S3ItemsDispatcher(lambda _: client, Clock())

    def to(resource, **payload):
        call = Call(
            resource=resource,
            payload=payload,
            mode=Mode.REQUEST,
            idempotency_key="0" * 32,
            timeout=5.0,
            execution="w:e",
            task="Each",
        )
        return dispatcher.dispatch(call)

    return to


CSV = {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}


def test_an_object_is_read(dispatch):
    request = {"Bucket": "lists", "Key": "p/1.csv"}

    outcome = dispatch("s3:read", action="getObject", request=request, config=CSV)

    sources = [["s3://lists/p/1.csv", 1]]
    items = [{"a": "1", "b": "2"}]
    assert outcome == Answer(payload={"items": items, "sources": sources})


@pytest.mark.parametrize(
    ("bucket", "error"), [("lists", "S3.NoSuchKey"), ("nowhere", "S3.NoSuchBucket")]
)
def test_what_is_not_there_is_refused(dispatch, bucket, error):
    request = {"Bucket": bucket, "Key": "k"}

    outcome = dispatch("s3:read", action="getObject", request=request, config=CSV)

    assert outcome.error == error
    assert "does not exist" in outcome.cause


def test_objects_are_listed_in_order_with_what_is_known_of_them(dispatch):
    request = {"Bucket": "lists", "Prefix": "p/"}

    (one, two) = dispatch(
        "s3:read", action="listObjectsV2", request=request, config={}
    ).payload["items"]

    assert (one["Key"], two["Key"]) == ("p/1.csv", "p/2.csv")
    digest = hashlib.md5(b"a,b\n1,2\n", usedforsecurity=False).hexdigest()
    assert one["Etag"] == f'"{digest}"'
    assert (one["Size"], one["StorageClass"]) == (8, "STANDARD")
    assert one["LastModified"] > 0
    assert one.keys() == {"Etag", "Key", "LastModified", "Size", "StorageClass"}


def test_listed_objects_are_read(dispatch):
    request = {"Bucket": "lists", "Prefix": "p/"}
    config = {**CSV, "Transformation": "LOAD_AND_FLATTEN"}

    outcome = dispatch(
        "s3:read", action="listObjectsV2", request=request, config=config
    )

    assert outcome.payload == {
        "items": [{"a": "1", "b": "2"}, {"a": "3", "b": ""}],
        "sources": [["s3://lists/p/1.csv", 1], ["s3://lists/p/2.csv", 1]],
    }


def test_results_are_written(dispatch, client):
    outcome = dispatch(
        "s3:write",
        request={"Bucket": "lists", "Prefix": "out"},
        config={"Transformation": "COMPACT"},
        label="Each",
        run="1",
        results=[{"input": 1, "output": {"n": 2}}],
    )

    key = outcome.payload["ResultWriterDetails"]["Key"]
    folder, _, name = key.rpartition("/")
    assert (folder[:4], name) == ("out/", "manifest.json")
    body = client.get_object(Bucket="lists", Key=f"{folder}/SUCCEEDED_0.json")["Body"]
    assert isinstance(body, io.IOBase)
    assert body.read() == b'[{"n":2}]'
