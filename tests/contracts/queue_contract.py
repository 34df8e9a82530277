"""What every step queue must do; a test module subclasses this.

``receive()`` gives the bodies of all messages that are visible now.
"""

from __future__ import annotations

import pytest

from chalicelib.ports import Message


class QueueContract:
    @pytest.fixture
    def queue(self):
        raise NotImplementedError

    @pytest.fixture
    def receive(self):
        raise NotImplementedError

    def test_nothing_sent_is_nothing_received(self, queue, receive):
        queue.send([])
        assert receive() == []

    @pytest.mark.parametrize(
        "body",
        [
            {"execution": "orders:run-1", "seq": 3, "at": 0.5, "x": [None, True]},
            "Grüße, 世界 \U0001f600 \u0000 \ufffe \ud800",
            None,
        ],
    )
    def test_a_body_comes_back_as_it_was_sent(self, queue, receive, body):
        queue.send([Message(body=body)])
        assert receive() == [body]

    def test_more_messages_than_a_batch_holds_all_arrive(self, queue, receive):
        queue.send([Message(body=number) for number in range(23)])
        assert sorted(receive()) == list(range(23))

    def test_messages_larger_than_a_batch_together_all_arrive(self, queue, receive):
        queue.send([Message(body=[number, "x" * 90_000]) for number in range(5)])
        assert sorted(number for number, _ in receive()) == [0, 1, 2, 3, 4]

    def test_a_delayed_message_is_not_visible_yet(self, queue, receive):
        queue.send([Message(body="later", delay=900), Message(body="now")])
        assert receive() == ["now"]
