import pytest

from chalicelib.ports import Message
from chalicelib.simulation.faults import RECEIVES, Chances, Storm, Weather
from chalicelib.simulation.loop import BEGINNING, Loop
from chalicelib.simulation.mailbox import INVISIBLE, WATCHED, Mailbox

QUIET = {"crash_before": 0.0, "crash_after": 0.0, "error": 0.0, "lost_answer": 0.0}


class Handler:
    """Fails each message as many times as it is told."""

    def __init__(self, weather=None, fails=0):
        self.loop = Loop()
        self.fails = fails
        self.batches, self.buried = [], []
        self.mailbox = Mailbox(
            self.loop, weather or Weather(), self.handle, self.buried.extend
        )

    def handle(self, deliveries):
        self.batches.append([(each.body, each.receives) for each in deliveries])
        self.at = self.loop.now
        return [each.id for each in deliveries if each.receives <= self.fails]

    def run(self):
        while self.loop.wanted and self.loop.step():
            pass
        self.loop.close()
        return self


@pytest.fixture
def handler():
    return Handler()


def test_a_message_is_delivered_when_its_delay_is_over(handler):
    handler.mailbox.send([Message(body={"do": "timer"}, delay=30)])

    handler.run()

    assert handler.batches == [[('{"do":"timer"}', 1)]]
    assert handler.at == BEGINNING + 30


def test_a_message_that_failed_comes_again_when_it_is_visible_again():
    handler = Handler(fails=1)
    handler.mailbox.post("text")

    handler.run()

    assert handler.batches == [[("text", 1)], [("text", 2)]]
    assert handler.at == BEGINNING + INVISIBLE


def test_a_message_that_fails_each_time_is_buried():
    handler = Handler(fails=RECEIVES)
    handler.mailbox.post("text")

    handler.run()

    assert len(handler.batches) == RECEIVES
    assert handler.mailbox.dead == ["text"]
    assert [(each.body, each.receives) for each in handler.buried] == [
        ("text", RECEIVES)
    ]


def test_in_a_storm_messages_come_in_batches_and_each_at_least_once():
    storm = Storm(5, Chances(duplicate=0.5, **QUIET))
    handler = Handler(storm)
    for number in range(30):
        handler.mailbox.post(str(number))

    handler.run()

    bodies = [body for batch in handler.batches for body, _ in batch]
    assert set(bodies) == {str(number) for number in range(30)}
    assert len(bodies) > 30
    assert max(map(len, handler.batches)) > 1


def test_a_copy_may_be_counted_as_a_delivery_of_its_own():
    handler = Handler(Storm(5, Chances(duplicate=1.0, late=0.0, **QUIET)))
    for number in range(20):
        handler.mailbox.post(str(number))

    handler.run()

    counted = {receives for batch in handler.batches for _, receives in batch}
    assert counted == {1, 2}


def test_the_watchdog_alone_keeps_nothing_going(handler):
    handler.mailbox.send([Message(body={"do": "watch"})])

    handler.run()

    assert handler.batches == []


def test_where_messages_vanish_the_watchdog_is_waited_for_a_while():
    handler = Handler(Storm(1, Chances(lost=0.1, duplicate=0.0, late=0.0, **QUIET)))
    handler.mailbox.send([Message(body={"do": "watch"}, delay=300)])
    handler.mailbox.post('{"do":"watch"}', WATCHED)

    handler.run()

    assert handler.batches == [[('{"do":"watch"}', 1)]]
