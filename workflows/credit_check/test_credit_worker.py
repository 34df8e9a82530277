import json

import pytest

from workflows.credit_check.scoring import (
    ApplicationIsAbsurd,
    ApplicationIsIncomplete,
    check_credit,
    monthly_payment,
)
from workflows.credit_check.worker import ADDRESS, Bounds, answer_of, handle, serve

APPLICATION = {
    "name": "Tom Aske",
    "income": 36_000,
    "employed_years": 4,
    "late_payments": 0,
    "amount": 10_000,
    "months": 36,
}
URL = "http://127.0.0.1/v1/tasks/t1.k.c.m"


def a_message(body=None, url=URL, receipt="r-1"):
    attributes = {ADDRESS: {"DataType": "String", "StringValue": url}} if url else {}
    text = json.dumps({"application": APPLICATION}) if body is None else body
    return {"Body": text, "ReceiptHandle": receipt, "MessageAttributes": attributes}


class Answers:
    """Somebody who takes answers, with the status it is told to give."""

    def __init__(self, status=200):
        self.status = status
        self.given = []

    def __call__(self, url, answer):
        self.given.append((url, answer))
        return self.status


class SmallQueue:
    """A queue that hands out its messages once each, as SQS does for a while."""

    def __init__(self, *messages):
        self.messages = list(messages)
        self.deleted = []
        self.waits = []

    def receive_message(self, *, WaitTimeSeconds, **_):
        self.waits.append(WaitTimeSeconds)
        return {"Messages": [self.messages.pop(0)]} if self.messages else {}

    def delete_message(self, *, QueueUrl, ReceiptHandle):
        self.deleted.append(ReceiptHandle)


def test_steady_work_raises_the_score_and_missed_payments_lower_it():
    middle = check_credit(APPLICATION)["score"]

    assert check_credit({**APPLICATION, "employed_years": 9})["score"] > middle
    assert check_credit({**APPLICATION, "late_payments": 2})["score"] < middle


def test_a_better_score_has_a_better_rate():
    good = check_credit({**APPLICATION, "employed_years": 12})
    poor = check_credit({**APPLICATION, "late_payments": 3})

    assert good["rate"] < poor["rate"]
    assert good["payment"] < poor["payment"]


def test_a_score_stays_on_its_scale():
    worst = {**APPLICATION, "late_payments": 50, "employed_years": 0}

    assert check_credit(worst)["score"] == 300


def test_what_is_paid_back_is_the_loan_and_its_interest():
    left = 10_000.0
    for _ in range(36):
        left = left * (1 + 5 / 1200) - monthly_payment(10_000, 5.0, 36)

    assert left == pytest.approx(0, abs=0.5)


def test_every_missing_field_is_named_at_once():
    with pytest.raises(ApplicationIsIncomplete, match="name, months"):
        check_credit({**APPLICATION, "name": "", "months": None})


@pytest.mark.parametrize(
    ("field", "value"),
    [("income", 0), ("amount", -5), ("months", "12"), ("late_payments", True)],
)
def test_absurd_figures_are_refused(field, value):
    with pytest.raises(ApplicationIsAbsurd, match=field):
        check_credit({**APPLICATION, field: value})


def test_a_score_is_posted_to_the_address_in_the_message():
    answers = Answers()

    finished = handle(a_message(), answers)

    assert finished
    assert answers.given == [(URL, check_credit(APPLICATION))]


def test_a_failure_is_posted_as_one():
    answers = Answers()

    handle(a_message(json.dumps({"application": {}})), answers)

    [(url, answer)] = answers.given
    assert url == f"{URL}/failure"
    assert answer["error"] == "ApplicationIsIncomplete"
    assert "income" in answer["cause"]


@pytest.mark.parametrize("body", ["not JSON", "[]", "{}"])
def test_a_message_that_cannot_be_read_is_answered_and_does_not_stop_the_worker(body):
    succeeded, answer = answer_of(body)

    assert not succeeded
    assert set(answer) == {"error", "cause"}


def test_a_message_without_an_address_is_dropped():
    answers = Answers()

    assert handle(a_message(url=""), answers)
    assert answers.given == []


@pytest.mark.parametrize(
    ("status", "finished"),
    [
        pytest.param(200, True, id="taken"),
        pytest.param(409, True, id="decided otherwise"),
        pytest.param(410, True, id="too late"),
        pytest.param(500, False, id="the other side is in trouble"),
        pytest.param(0, False, id="nobody there"),
    ],
)
def test_a_message_is_kept_while_its_answer_may_still_be_taken(status, finished):
    assert handle(a_message(), Answers(status)) is finished


def test_the_worker_stops_after_so_many_messages():
    queue = SmallQueue(*(a_message(receipt=f"r-{i}") for i in range(5)))

    handled = serve(queue, "q", Answers(), bounds=Bounds(messages=2))

    assert handled == 2
    assert queue.deleted == ["r-0", "r-1"]


def test_the_worker_stops_after_so_long():
    times = iter([0.0, 0.0, 4.0, 9.0, 12.0])
    queue = SmallQueue(a_message())

    handled = serve(
        queue, "q", Answers(), bounds=Bounds(seconds=12), clock=lambda: next(times)
    )

    assert handled == 1
    assert queue.waits == [10, 8, 3]


def test_an_answer_that_was_not_taken_leaves_the_message_in_the_queue():
    queue = SmallQueue(a_message())

    serve(queue, "q", Answers(503), bounds=Bounds(messages=1))

    assert queue.deleted == []
