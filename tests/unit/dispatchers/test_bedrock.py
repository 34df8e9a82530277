"""How a model is invoked whose input, or output, is an object of S3."""

import io

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from chalicelib.dispatchers.bedrock import BedrockDispatcher
from chalicelib.model.error_names import Kind
from chalicelib.ports import Limits

IMAGE = b"\x89PNG\xff"


@pytest.fixture
def keys():
    return {
        "region_name": "eu-west-1",
        "aws_access_key_id": "a",
        "aws_secret_access_key": "b",
    }


@pytest.fixture
def invoke(a_call, keys):
    """Invoke a model that says ``says``; the calls of it are written down."""
    with mock_aws():
        s3 = boto3.client("s3", **keys)
        place = {"LocationConstraint": "eu-west-1"}
        s3.create_bucket(Bucket="art", CreateBucketConfiguration=place)
        s3.put_object(Bucket="art", Key="in.json", Body=b'{"prompt":"a boat"}')

        def to(says=b'{"text":"x"}', asked=None, limits=None, **given):
            model = boto3.client("bedrock-runtime", **keys)
            stub = Stubber(model)
            answer = {"body": io.BytesIO(says), "contentType": "application/json"}
            stub.add_response("invoke_model", answer, asked)
            stub.activate()
            clients = {"s3": s3, "bedrock-runtime": model}
            dispatcher = BedrockDispatcher(clients.__getitem__, limits=limits)
            payload = {"ModelId": "m", **given}
            call = a_call(resource="bedrock:invokeModel", payload=payload)
            return dispatcher.dispatch(call), s3

        yield to


@pytest.mark.moto
class TestBedrock:
    def test_the_input_may_be_an_object(self, invoke):
        asked = {"modelId": "m", "body": b'{"prompt":"a boat"}'}

        answer, _ = invoke(asked=asked, Input={"S3Uri": "s3://art/in.json"})

        assert answer.payload["Body"] == '{"text":"x"}'

    @pytest.mark.parametrize("says", [IMAGE, b'{"text":"x"}', b"abcd"])
    def test_the_output_may_be_an_object(self, invoke, says):
        output = {"S3Uri": "s3://art/out/1"}

        answer, s3 = invoke(says, Body={"prompt": "a boat"}, Output=output)

        assert answer.payload["Body"] == "s3://art/out/1"
        assert s3.get_object(Bucket="art", Key="out/1")["Body"].read() == says

    @pytest.mark.parametrize("name", ["Input", "Output"])
    @pytest.mark.parametrize("place", [1, {}, {"S3Uri": "s3://art"}, {"S3Uri": "x"}])
    def test_a_place_is_a_bucket_and_a_key(self, invoke, name, place):
        answer, _ = invoke(**{"Body": "{}", name: place})

        assert answer.kind is Kind.RUNTIME

    def test_an_object_that_is_not_there_fails_the_task(self, invoke):
        answer, _ = invoke(Input={"S3Uri": "s3://nowhere/x"})

        assert answer.error == "S3.NoSuchBucketException"

    def test_a_model_that_refuses_writes_nothing(self, invoke):
        answer, _ = invoke(ModelId=7, Output={"S3Uri": "s3://art/out"}, Body="{}")

        assert answer.kind is Kind.RUNTIME

    def test_a_place_that_takes_nothing_fails_the_task(self, invoke):
        answer, _ = invoke(Body="{}", Output={"S3Uri": "s3://nowhere/x"})

        assert answer.error == "S3.NoSuchBucketException"

    def test_an_input_that_is_too_large_fails_the_task(self, invoke):
        answer, _ = invoke(
            limits=Limits(answer_bytes=4), Input={"S3Uri": "s3://art/in.json"}
        )

        assert answer.kind is Kind.TOO_LARGE


def test_what_a_model_has_said_is_not_unsaid(a_call):
    assert not BedrockDispatcher(None).cancel(a_call())
