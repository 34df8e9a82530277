import pytest

from chalicelib.stores.memory import MemoryTable
from tests.contracts.journal_contract import JournalContract
from tests.contracts.journal_reach_contract import JournalReachContract


class TestMemoryJournal(JournalContract, JournalReachContract):
    @pytest.fixture
    def table(self):
        return MemoryTable()
