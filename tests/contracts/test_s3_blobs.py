import pytest

from chalicelib.stores.s3 import S3Blobs
from tests.contracts.aws_in_process import aws_client
from tests.contracts.blobs_contract import BlobsContract

pytestmark = pytest.mark.moto


@pytest.fixture(scope="module")
def client():
    with aws_client("s3") as made:
        made.create_bucket(Bucket="values")
        yield made


class TestS3Blobs(BlobsContract):
    @pytest.fixture
    def blobs(self, client):
        return S3Blobs(lambda: client, "values")
