from itertools import count

import pytest

from chalicelib.orchestrator import slots
from chalicelib.orchestrator.pools import Pool
from chalicelib.stores.dynamodb import DynamoTable, create_table
from tests.contracts.aws_in_process import aws_client
from tests.contracts.table_contract import TableContract, letters

__all__ = ["letters"]

pytestmark = pytest.mark.moto

_numbers = count()


@pytest.fixture(scope="module")
def client():
    with aws_client("dynamodb") as made:
        yield made


@pytest.fixture
def name(client):
    made = f"table-{next(_numbers)}"
    create_table(client, made)
    yield made
    client.delete_table(TableName=made)


class TestDynamoTable(TableContract):
    @pytest.fixture
    def table(self, client, name):
        return DynamoTable(client, name)


def test_a_table_that_is_there_is_left_as_it_is(client, name):
    DynamoTable(client, name).put({"pk": "a", "sk": "b"})
    create_table(client, name)
    assert DynamoTable(client, name).get(("a", "b")) == {"pk": "a", "sk": "b"}


def test_the_table_deletes_what_has_expired(client, name):
    found = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert found == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}


def test_a_query_goes_on_over_every_page(client, name):
    table = DynamoTable(client, name)
    # A page has 1 MB.
    for number in range(7):
        table.put({"pk": "a", "sk": f"{number}", "z": bytes(300_000)})
    assert [item["sk"] for item in table.query("a")] == list("0123456")
    last = table.query("a", after="0", before="6", descending=True, limit=5)
    assert [item["sk"] for item in last] == list("54321")


class World:
    """What the slots of a container ask of the world."""

    def __init__(self, table):
        self.table = table


def test_slots_in_groups_give_every_child_its_turn(client, name, monkeypatch):
    monkeypatch.setattr(slots, "SIZE", 2)
    pool = Pool(World(DynamoTable(client, name)), "w:1", "r.1.1", 11)
    runs = list(pool.start(3).items())
    for code, child in runs:
        after = pool.give(code, child)
        runs.extend([after.runs] if after.runs else [])

    assert sorted(child for _, child in runs) == list(range(11))
    assert after.is_dry
