from itertools import count

import pytest

from chalicelib.stores.dynamodb import DynamoTable, create_table
from tests.contracts.archive_contract import ArchiveContract
from tests.contracts.aws_in_process import aws_client

pytestmark = pytest.mark.moto

_numbers = count()


@pytest.fixture(scope="module")
def client():
    with aws_client("dynamodb") as made:
        yield made


class TestDynamoArchive(ArchiveContract):
    @pytest.fixture
    def table(self, client):
        name = f"archive-{next(_numbers)}"
        create_table(client, name)
        return DynamoTable(client, name)
