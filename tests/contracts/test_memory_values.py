import pytest

from chalicelib.stores.blobs import MemoryBlobs
from chalicelib.stores.memory import MemoryTable
from tests.contracts.values_contract import ValuesContract


class TestMemoryValues(ValuesContract):
    @pytest.fixture
    def tiers(self):
        return MemoryTable(), MemoryBlobs()
