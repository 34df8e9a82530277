import pytest

from chalicelib.queues.memory import MemoryQueue
from tests.contracts.queue_contract import QueueContract


class Noon:
    def now(self):
        return 43_200.0

    def sleep(self, seconds):
        raise AssertionError(seconds)


class TestMemoryQueue(QueueContract):
    @pytest.fixture
    def queue(self):
        return MemoryQueue(Noon())

    @pytest.fixture
    def receive(self, queue):
        return lambda: [message.body for message in queue.receive(43_200.0, limit=100)]
