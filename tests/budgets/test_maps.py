"""What a child of a Map may use, whatever the number of its siblings."""

import pytest

from tests.budgets.spending import fan_out, noise, orders, share, spent


def per_child(children, limit=0):
    """Return what each child uses, its share of the fan-out and the join included."""
    many = spent(fan_out(limit), orders(children))
    return share(many, spent(fan_out(limit), orders(0)), children)


@pytest.mark.parametrize("limit", [0, 1, 10, 40, 100])
@pytest.mark.parametrize("children", [100, 1_000])
def test_a_child_is_three_writes_and_a_message(children, limit):
    each = per_child(children, limit)
    assert each.writes <= 3
    assert each.messages <= 1.2
    assert each.reads <= 0.2


@pytest.mark.parametrize("limit", [0, 10])
def test_a_child_of_a_thousand_costs_no_more_than_one_of_a_hundred(limit):
    few, many = per_child(100, limit), per_child(1_000, limit)
    assert many.writes <= few.writes * 1.01
    assert many.messages <= few.messages * 1.01
    assert many.usd <= few.usd * 1.01


@pytest.mark.parametrize("limit", [200, 1_000])
def test_a_child_costs_the_same_however_many_run_at_once(limit):
    each = per_child(2_000, limit)
    assert each.writes <= 2.1
    assert each.messages <= 1.1
    assert each.reads <= 0.4


def test_a_child_costs_less_than_three_dollars_a_million():
    assert per_child(1_000).usd * 1_000_000 <= 3


#: Nearly as large as what an input may have and stay in its place.
PRICES = noise(1152)


def test_no_child_holds_the_input_of_the_execution():
    items = orders(12)["items"]
    with_prices = spent(fan_out(), {"items": items, "prices": PRICES})
    without = spent(fan_out(), {"items": items})

    assert with_prices.writes - without.writes <= 4


def test_a_child_sees_the_input_that_it_does_not_hold():
    price = {"sku.$": "$.sku", "prices.$": "$$.Execution.Input.prices"}
    each = {"Type": "Pass", "Parameters": price, "Next": "Step 1"}
    definition = fan_out()
    chained = definition["States"]["Each"]["ItemProcessor"]
    chained["StartAt"], chained["States"]["Price"] = "Price", each
    seen = []

    def look(event):
        seen.append(event)
        return event["sku"]

    value = {**orders(12), "prices": PRICES}
    spent(definition, value, function=look)

    assert [each["prices"] for each in seen] == [PRICES] * 12
