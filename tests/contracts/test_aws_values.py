from itertools import count

import pytest

from chalicelib.stores.dynamodb import DynamoTable, create_table
from chalicelib.stores.s3 import S3Blobs
from tests.contracts.aws_in_process import aws_clients
from tests.contracts.values_contract import ValuesContract

pytestmark = pytest.mark.moto

_numbers = count()


@pytest.fixture(scope="module")
def clients():
    with aws_clients("dynamodb", "s3") as made:
        yield made


class TestAwsValues(ValuesContract):
    @pytest.fixture
    def tiers(self, clients):
        dynamodb, s3 = clients
        name = f"values-{next(_numbers)}"
        create_table(dynamodb, name)
        s3.create_bucket(Bucket=name)
        return DynamoTable(dynamodb, name), S3Blobs(lambda: s3, name)
