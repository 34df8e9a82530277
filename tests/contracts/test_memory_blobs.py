import pytest

from chalicelib.stores.blobs import MemoryBlobs
from tests.contracts.blobs_contract import BlobsContract


class TestMemoryBlobs(BlobsContract):
    @pytest.fixture
    def blobs(self):
        return MemoryBlobs()
