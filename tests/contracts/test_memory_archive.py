import pytest

from chalicelib.stores.memory import MemoryTable
from tests.contracts.archive_contract import ArchiveContract


class TestMemoryArchive(ArchiveContract):
    @pytest.fixture
    def table(self):
        return MemoryTable()
