"""What a large value may cost: it is written once."""

import pytest

from tests.budgets.spending import ORDER, PASS, TASK, chain, noise, per_state, spent

KILOBYTE = 1024


def carry(event):
    """Change a small part; carry the large one along."""
    return {**event, "step": event["step"] + 1}


@pytest.mark.parametrize("kilobytes", [2, 4, 16, 64, 200, 256])
@pytest.mark.parametrize("function", [dict, carry], ids=["the same", "another step"])
def test_a_task_costs_the_same_whatever_is_carried_along(kilobytes, function):
    value = {**ORDER, "scan": noise(kilobytes * KILOBYTE)}
    each = per_state(TASK, value, long=20, function=function)
    assert (each.writes, each.reads, each.messages) == (1, 0, 0)


@pytest.mark.parametrize("state", [TASK, PASS], ids=["tasks", "pure states"])
def test_a_value_of_200_kilobytes_is_written_once_on_its_way_through_ten_states(state):
    large = {**ORDER, "scan": noise(200 * KILOBYTE)}
    used, ordinary = (spent(chain(state, 10), value) for value in (large, ORDER))
    # 200 KB of hexadecimal compress to a good half.
    assert 100 <= used.writes - ordinary.writes <= 125


def test_many_small_parts_are_written_once_together():
    rows = [{"id": n, "text": noise(KILOBYTE)[n : n + 100]} for n in range(900)]
    large = {**ORDER, "rows": rows}
    each = per_state(TASK, large, long=20, function=carry)
    assert (each.writes, each.reads) == (1, 0)
