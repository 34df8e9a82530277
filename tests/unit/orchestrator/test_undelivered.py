"""A notice that was given up is seen, and sent once more when somebody asks for it."""

import json
from dataclasses import replace

import pytest

from chalicelib.engine.events import Answer
from chalicelib.errors import ExecutionNotFound, NoticeNotFound
from chalicelib.simulation.faults import Storm
from chalicelib.simulation.stage import Stage
from tests.machines import fail, machine, passes

URL = "https://ann:pass@hooks.example/orders?key=secret"
RUN = "workflow:run"
GONE, TAKEN = Answer(status=410), Answer(status=200)


class Receiver:
    """Answers everything as it is told to."""

    def __init__(self):
        self.answer = GONE
        self.calls = []

    def dispatch(self, call):
        self.calls.append(call)
        return self.answer

    def cancel(self, call):
        return False

    @property
    def told(self):
        """Ids and types of what it was told, in order."""
        bodies = [json.loads(call.payload["body"]) for call in self.calls]
        ids = [call.payload["headers"]["webhook-id"] for call in self.calls]
        return list(zip(ids, (each["type"] for each in bodies), strict=True))


def given_up(definition, *, given=None, weather=None):
    """Return a stage, and its receiver, who has refused all about one execution."""
    receiver = Receiver()
    stage = Stage(dispatcher=lambda _: receiver, weather=weather)
    stage.publish(definition)
    stage.start("workflow", given, name="run")
    stage.settle()
    return stage, receiver


def a_hooked(*states, **facts):
    return machine(*states, **{"x-webhooks": [URL]}, **facts)


def names(stage):
    return [each.name for each in stage.orchestrator.undelivered(RUN)]


def test_what_was_given_up_of_the_start_and_of_the_end_is_seen_apart():
    stage, _ = given_up(a_hooked(passes()))

    end, start = stage.orchestrator.undelivered(RUN)

    assert (end.name, end.is_of_start) == ("0", False)
    assert (start.name, start.is_of_start) == ("0-start", True)
    assert (end.tries, end.cause) == (1, "it was answered with status 410")


def test_a_receiver_is_seen_without_what_opens_it():
    stage, _ = given_up(a_hooked(passes()))

    assert stage.orchestrator.undelivered(RUN)[0].receiver == "https://hooks.example"


def test_a_bus_is_seen_by_its_name():
    stage, _ = given_up(a_hooked(passes()))
    world = stage.orchestrator.world
    stage.orchestrator.world = replace(world, announced=("orders",))

    assert stage.orchestrator.undelivered(RUN)[0].receiver == "orders"


def test_nothing_was_given_up_where_all_was_taken():
    stage, _ = given_up(machine(passes()))

    assert names(stage) == []


def test_an_execution_that_is_not_there_has_no_notices():
    with Stage() as stage, pytest.raises(ExecutionNotFound):
        stage.orchestrator.undelivered(RUN)


def test_a_reason_does_not_tell_what_is_redacted():
    stage, _ = given_up(
        a_hooked(passes(), **{"x-redact": ["$.card"]}), given={"card": "status 410"}
    )

    assert stage.orchestrator.undelivered(RUN)[0].cause == "it was answered with ***"


@pytest.mark.parametrize(
    ("name", "told"), [("0", "execution.succeeded"), ("0-start", "execution.running")]
)
def test_what_is_sent_again_is_the_same_notice_and_leaves_the_list(name, told):
    stage, receiver = given_up(a_hooked(passes()))
    receiver.answer = TAKEN
    before = list(receiver.told)

    stage.orchestrator.send_again(RUN, name)
    stage.settle()

    assert receiver.told[len(before) :] == [each for each in before if each[1] == told]
    assert name not in names(stage)


def test_what_is_refused_again_stays_with_one_more_try():
    stage, receiver = given_up(a_hooked(passes()))
    receiver.answer = Answer(status=503)

    stage.orchestrator.send_again(RUN, "0")
    stage.settle()

    end, _ = stage.orchestrator.undelivered(RUN)
    assert len(receiver.calls) == 3
    assert (end.tries, end.cause) == (2, "it was answered with status 503")


@pytest.mark.parametrize("answer", [TAKEN, GONE], ids=["taken", "refused"])
def test_who_asks_twice_has_one_try_made(answer):
    stage, receiver = given_up(a_hooked(passes()))
    receiver.answer = answer

    stage.orchestrator.send_again(RUN, "0")
    stage.orchestrator.send_again(RUN, "0")
    stage.settle()

    assert len(receiver.calls) == 3


def test_a_try_that_is_overtaken_by_another_delivery_changes_nothing():
    stage, receiver = given_up(a_hooked(passes()))
    table = stage.plain_table

    def overtaken(call):
        table.delete((RUN, "notice#0"))  # the other one was acknowledged
        return GONE

    receiver.dispatch = overtaken
    stage.orchestrator.send_again(RUN, "0")
    stage.settle()

    assert names(stage) == ["0-start"]


def test_a_notice_that_was_not_given_up_is_not_sent_again():
    stage, receiver = given_up(a_hooked(passes()))

    with pytest.raises(NoticeNotFound, match="'7' of 'workflow:run' was not given up"):
        stage.orchestrator.send_again(RUN, "7")

    stage.settle()
    assert len(receiver.calls) == 2


def test_a_notice_is_not_sent_to_a_receiver_that_is_not_there_any_more():
    stage, receiver = given_up(a_hooked(passes()))
    item = stage.plain_table.get((RUN, "notice#0"))
    stage.plain_table.put({**item, "sk": "notice#5"})

    assert stage.orchestrator.undelivered(RUN)[-1].receiver is None
    with pytest.raises(NoticeNotFound, match="has no receiver any more"):
        stage.orchestrator.send_again(RUN, "5")
    assert len(receiver.calls) == 2


def test_an_end_that_was_followed_by_another_is_nobodys_any_more():
    stage, receiver = given_up(a_hooked(fail("Broken")))
    receiver.answer = TAKEN

    stage.redrive(RUN)
    stage.settle()

    assert names(stage) == ["0-start"]


def test_the_end_of_a_redrive_is_sent_again_with_its_own_id():
    stage, receiver = given_up(a_hooked(fail("Broken")))
    stage.redrive(RUN)
    stage.settle()
    receiver.answer = TAKEN

    stage.orchestrator.send_again(RUN, "0")
    stage.settle()

    *_, again, last = receiver.told
    assert again == last
    assert names(stage) == ["0-start"]


def test_a_message_about_an_earlier_end_is_late():
    stage, receiver = given_up(a_hooked(fail("Broken")))
    stage.orchestrator.send_again(RUN, "0")
    stage.redrive(RUN)
    stage.settle()

    assert len(receiver.calls) == 3  # the start, the end, the end of the redrive


def test_a_record_of_an_earlier_release_is_sent_again():
    stage, receiver = given_up(a_hooked(passes()))
    item = stage.plain_table.get((RUN, "notice#0"))
    del item["run"]
    stage.plain_table.put(item)
    receiver.answer = TAKEN

    stage.orchestrator.send_again(RUN, "0")
    stage.settle()

    assert names(stage) == ["0-start"]


def test_deleting_an_execution_removes_its_records():
    stage, _ = given_up(a_hooked(passes()))

    stage.orchestrator.delete(RUN)
    stage.settle()

    assert stage.plain_table.query(RUN, prefix="notice#") == []


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(10))
def test_it_is_told_in_any_storm(seed):
    stage, receiver = given_up(a_hooked(passes()), weather=Storm(seed))
    receiver.answer = TAKEN
    stage._insist(lambda here: here.orchestrator.send_again(RUN, "0"))
    stage.settle()

    with stage.weather.paused():
        assert names(stage) == ["0-start"]
    assert receiver.told[-1][1] == "execution.succeeded"
