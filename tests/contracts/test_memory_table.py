import pytest

from chalicelib.stores.memory import MemoryTable
from tests.contracts.table_contract import TableContract, letters

__all__ = ["letters"]


class TestMemoryTable(TableContract):
    @pytest.fixture
    def table(self):
        return MemoryTable()
