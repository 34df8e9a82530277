"""How often may one access key ask?"""

import pytest

from chalicelib import rates
from chalicelib.errors import TooManyRequests
from chalicelib.rates import Rate, Rates


class Now:
    def __init__(self):
        self.at = 100.0

    def __call__(self):
        return self.at


@pytest.fixture
def now():
    return Now()


def let_through(made, who="k", own=None, asked=50):
    """Return how many of so many requests at once pass."""
    passed = 0
    for _ in range(asked):
        try:
            made.take(who, own)
        except TooManyRequests:
            continue
        passed += 1
    return passed


def test_a_burst_passes_and_then_what_the_rate_brings(now):
    made = Rates(Rate.of(2, 5), now)

    assert let_through(made) == 5
    now.at += 1.5
    assert let_through(made) == 3
    now.at += 3600
    assert let_through(made) == 5


def test_who_has_to_wait_is_told_for_how_long(now):
    made = Rates(Rate.of(0.1), now)
    made.take("k")
    now.at += 2

    with pytest.raises(TooManyRequests) as caught:
        made.take("k")

    assert caught.value.wait == 8
    now.at += 8
    made.take("k")


def test_each_key_has_a_bucket_of_its_own(now):
    made = Rates(Rate.of(1, 2), now)

    assert [let_through(made, who) for who in "ab"] == [2, 2]


def test_a_rate_of_its_own_goes_before_that_of_the_stage(now):
    made = Rates(Rate.of(1, 2), now)

    assert let_through(made, own=Rate.of(1, 7)) == 7
    assert let_through(Rates(None, now), own=Rate.of(1, 7)) == 7


@pytest.mark.parametrize("nothing", [0, -1])
def test_no_rate_is_no_limit(now, nothing):
    assert let_through(Rates(Rate.of(nothing), now)) == 50


def test_a_clock_that_goes_back_takes_nothing_away(now):
    made = Rates(Rate.of(1, 3), now)
    made.take("k")
    now.at -= 60

    assert let_through(made) == 2


def test_the_buckets_of_a_process_do_not_grow_for_ever(now):
    made = Rates(Rate.of(1, 1), now)
    for number in range(rates.MOST + 1):
        made.take(str(number))

    assert len(made._buckets) <= rates.MOST
