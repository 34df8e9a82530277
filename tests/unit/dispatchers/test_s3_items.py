"""How items come from S3, and results get there."""

import gzip
import io
import json
from uuid import UUID

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.dispatchers.s3_items import S3ItemsDispatcher
from chalicelib.engine.events import Answer
from chalicelib.model.error_names import Kind
from chalicelib.ports import Limits
from chalicelib.simulation.objects import MemoryObjects, ObjectDispatcher
from chalicelib.values import short_hash

NAME = "run-1.r.1.1"
RUN = str(UUID(short_hash("orders:run-1", NAME, length=32)))
GET = {"Bucket": "b", "Key": "k"}


@pytest.fixture
def client():
    return MemoryObjects()


@pytest.fixture
def dispatcher(client, clock):
    return S3ItemsDispatcher(
        lambda _: client,
        clock,
        limits=Limits(answer_bytes=100_000),
        place="eu-west-1:1",
    )


@pytest.fixture
def read(dispatcher, a_call):
    def reading(config, request=None, action="getObject"):
        payload = {"action": action, "request": request or GET, "config": config}
        return dispatcher.dispatch(a_call(resource="s3:read", payload=payload))

    return reading


@pytest.fixture
def write(dispatcher, a_call):
    def writing(results, config=None, **request):
        payload = {
            "request": {"Bucket": "out", **request},
            "config": config or {},
            "label": "Each",
            "run": NAME,
            "results": results,
        }
        facts = {"execution": "orders:run-1"}
        call = a_call(resource="s3:write", payload=payload, **facts)
        return dispatcher.dispatch(call)

    return writing


# -- reading ------------------------------------------------------------------------


def test_the_items_of_an_object_are_the_answer(read, client):
    client.objects["b", "k"] = b"[1, 2, 3]"

    assert read({"InputType": "JSON"}) == Answer(
        payload={"items": [1, 2, 3], "sources": [["s3://b/k", 3]]}
    )


@pytest.mark.parametrize(
    ("most", "found"), [(0, [1, 2, 3]), (None, [1, 2, 3]), (2, [1, 2]), (9, [1, 2, 3])]
)
def test_no_more_items_are_read_than_wanted(read, client, most, found):
    client.objects["b", "k"] = b"1\n2\n3\n"

    assert read({"InputType": "JSONL", "MaxItems": most}).payload["items"] == found


def test_a_file_of_any_length_may_be_read_in_part(read, client):
    client.objects["b", "k"] = b"1\n" * 500_000

    assert read({"InputType": "JSONL", "MaxItems": 2}).payload["items"] == [1, 1]


def test_listed_objects_are_items(read, client):
    client.objects |= {("b", "p/1"): b"x", ("b", "q"): b"", ("c", "p/2"): b""}

    answer = read({}, {"Bucket": "b", "Prefix": "p/"}, "listObjectsV2")

    assert answer.payload["items"] == [
        {
            "Etag": '"9dd4e461268c8034f5c8564e155c67a6"',
            "Key": "p/1",
            "LastModified": 1767225600,
            "Size": 1,
            "StorageClass": "STANDARD",
        }
    ]


def test_a_list_may_have_pages(read, client):
    client.objects |= {("b", f"{number:04}"): b"" for number in range(1500)}

    answer = read({"MaxItems": 500}, {"Bucket": "b"}, "listObjectsV2")
    beyond = read({"MaxItems": 1200}, {"Bucket": "b"}, "listObjectsV2")

    assert len(answer.payload["items"]) == 500
    assert beyond.kind is Kind.BAD_OUTPUT  # more bytes than this stage takes


def test_nothing_listed_is_no_items(read):
    assert read({}, {"Bucket": "b"}, "listObjectsV2").payload["items"] == []


def test_listed_objects_may_be_read_themselves(read, client):
    client.objects |= {("b", "1"): b"[1]", ("b", "2"): b"[2, 3]"}
    config = {"InputType": "JSON", "Transformation": "LOAD_AND_FLATTEN"}

    assert read(config, {"Bucket": "b"}, "listObjectsV2").payload == {
        "items": [1, 2, 3],
        "sources": [["s3://b/1", 1], ["s3://b/2", 2]],
    }


def test_a_name_that_ends_in_gz_says_that_the_object_is_compressed(read, client):
    client.objects["b", "k.gz"] = gzip.compress(b"[1, 2]")

    found = read({"InputType": "JSON"}, {"Bucket": "b", "Key": "k.gz"}).payload

    assert found == {"items": [1, 2], "sources": [["s3://b/k.gz", 2]]}


def test_a_manifest_of_athena_is_followed(read, client):
    client.objects |= {("b", "k"): b"s3://c/1\ns3://c/2\n"}
    client.objects |= {("c", "1"): b"a\n1\n", ("c", "2"): b"a\n2\n"}
    config = {"InputType": "CSV", "ManifestType": "ATHENA_DATA"}

    assert read(config).payload["items"] == [{"a": "1"}, {"a": "2"}]


def test_an_inventory_is_followed(read, client):
    manifest = {
        "destinationBucket": "arn:aws:s3:::c",
        "fileFormat": "CSV",
        "fileSchema": "Bucket, Key",
        "files": [{"key": "1.csv.gz"}, {"key": "2.csv"}],
    }
    client.objects |= {
        ("b", "k"): json.dumps(manifest).encode(),
        ("c", "1.csv.gz"): gzip.compress(b'"b","x"\n'),
        ("c", "2.csv"): b'"b","y"\n',
    }

    assert read({"InputType": "MANIFEST"}).payload["items"] == [
        {"Bucket": "b", "Key": "x"},
        {"Bucket": "b", "Key": "y"},
    ]


def test_a_missing_object_is_not_found(read, client):
    client.objects["b", "other"] = b""

    failure = read({"InputType": "JSON"})

    assert failure.error == "S3.NoSuchKey"
    assert "The specified key does not exist" in failure.cause


def test_a_file_that_cannot_be_read_says_why(read, client):
    client.objects["b", "k"] = b"{}"

    failure = read({"InputType": "JSON"})

    assert failure.kind is Kind.BAD_OUTPUT
    assert failure.cause == "Attempting to map over non-iterable node."


def test_a_file_larger_than_the_stage_takes_is_refused(read, client):
    client.objects["b", "k"] = b'["' + b"x" * 100_000 + b'"]'

    assert "more than 100000 bytes were read of 'k'" in read({}).cause


def test_items_larger_than_the_stage_takes_are_refused(read, client):
    rows = b"\n".join(b"1" for _ in range(2000))
    client.objects["b", "k"] = b"a" * 60 + b"\n" + rows

    failure = read({"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"})

    assert "the items have more than 100000 bytes" in failure.cause


def test_reading_takes_no_longer_than_the_attempt_may(read, client, clock):
    client.objects["b", "k"] = b"1\n"
    clock.pace = 3.0

    assert read({"InputType": "JSONL"}).payload["items"] == [1]
    clock.pace = 6.0
    assert read({"InputType": "JSONL"}).kind is Kind.TIMEOUT


def test_listing_takes_no_longer_than_the_attempt_may(read, client, clock):
    client.objects |= {("b", f"{number:04}"): b"" for number in range(1001)}
    clock.pace = 6.0

    assert read({}, {"Bucket": "b"}, "listObjectsV2").kind is Kind.BAD_OUTPUT


def test_a_listing_of_empty_pages_ends(a_call, clock):
    class Endless:
        def list_objects_v2(self, **_):
            return {"IsTruncated": True, "NextContinuationToken": "t"}

    clock.pace = 2.0
    dispatcher = S3ItemsDispatcher(lambda _: Endless(), clock)
    payload = {"action": "listObjectsV2", "request": {"Bucket": "b"}, "config": {}}

    outcome = dispatcher.dispatch(a_call(resource="s3:read", payload=payload))

    assert outcome.kind is Kind.TIMEOUT


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (
            ClientError(
                {
                    "Error": {"Code": "AccessDenied"},
                    "ResponseMetadata": {"HTTPStatusCode": 403},
                },
                "GetObject",
            ),
            Kind.FORBIDDEN,
        ),
        (EndpointConnectionError(endpoint_url="http://s3"), Kind.UNREACHABLE),
    ],
)
def test_what_s3_refuses_is_a_failure(a_call, clock, error, kind):
    class Refusing:
        def get_object(self, **_):
            raise error

    dispatcher = S3ItemsDispatcher(lambda _: Refusing(), clock)
    payload = {"action": "getObject", "request": GET, "config": {}}

    outcome = dispatcher.dispatch(a_call(resource="s3:read", payload=payload))

    assert outcome.kind is kind


def test_the_body_is_read_in_chunks(a_call, clock):
    asked = []

    class Body(io.BytesIO):
        def read(self, most=-1):
            asked.append(most)
            return super().read(most)

    class Client:
        def get_object(self, **_):
            return {"Body": Body(b"[1]")}

    dispatcher = S3ItemsDispatcher(lambda _: Client(), clock)
    payload = {"action": "getObject", "request": GET, "config": {}}
    dispatcher.dispatch(a_call(resource="s3:read", payload=payload))

    assert len(asked) == 2
    assert min(asked) > 0


# -- writing ------------------------------------------------------------------------


def test_results_and_a_manifest_are_written_under_a_run(write, client):
    answer = write([{"input": 1, "output": 2}], Prefix="jobs/")

    arn = f"arn:aws:states:eu-west-1:1:mapRun:orders/Each:{NAME}"
    assert answer.payload == {
        "MapRunArn": arn,
        "ResultWriterDetails": {"Bucket": "out", "Key": f"jobs/{RUN}/manifest.json"},
    }
    results = client.objects["out", f"jobs/{RUN}/SUCCEEDED_0.json"]
    assert json.loads(client.objects["out", f"jobs/{RUN}/manifest.json"]) == {
        "DestinationBucket": "out",
        "MapRunArn": arn,
        "ResultFiles": {
            "FAILED": [],
            "PENDING": [],
            "SUCCEEDED": [
                {"Key": f"jobs/{RUN}/SUCCEEDED_0.json", "Size": len(results)}
            ],
        },
    }


def test_a_second_delivery_writes_the_same_again(write, client):
    first = write([{"input": 1, "output": 2}])
    written = dict(client.objects)

    assert write([{"input": 1, "output": 2}]) == first
    assert client.objects == written


def test_without_a_prefix_the_run_is_the_folder(write):
    details = write([]).payload["ResultWriterDetails"]

    assert details == {"Bucket": "out", "Key": f"{RUN}/manifest.json"}


# -- what is neither ------------------------------------------------------------------


def test_other_errands_are_not_known(dispatcher, a_call):
    assert dispatcher.dispatch(a_call(resource="s3:copy")).kind is Kind.NOT_FOUND


def test_nothing_is_cancelled(dispatcher, a_call, client, clock):
    assert not dispatcher.cancel(a_call(resource="s3:read"))
    in_memory = ObjectDispatcher(client, clock, Limits())
    assert not in_memory.cancel(a_call(resource="s3:read"))
