from chalicelib.cli import bill
from tests.unit.cli.fake_stage import COST
from tests.unit.cli.histories import a_task, happened


def test_bill_without_transitions_has_no_comparison():
    assert "Step Functions" not in "".join(bill.lines(COST))


def test_what_was_not_used_is_not_listed():
    assert "S3" not in "".join(bill.lines(COST, 7))


def test_a_state_and_each_of_its_retries_is_a_transition():
    events = [*a_task("pay", 0, 1), happened("RetryScheduled", 1, "pay")]

    assert bill.transitions_in(events) == 2
