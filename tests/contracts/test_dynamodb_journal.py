from itertools import count

import pytest

from chalicelib.stores.dynamodb import DynamoTable, create_table
from tests.contracts.aws_in_process import aws_client
from tests.contracts.journal_contract import JournalContract
from tests.contracts.journal_reach_contract import JournalReachContract

pytestmark = pytest.mark.moto

_numbers = count()


@pytest.fixture(scope="module")
def client():
    with aws_client("dynamodb") as made:
        yield made


class TestDynamoJournal(JournalContract, JournalReachContract):
    @pytest.fixture
    def table(self, client):
        name = f"journal-{next(_numbers)}"
        create_table(client, name)
        return DynamoTable(client, name)
