"""What a task may use: see "Budgets" in docs/journal.md."""

import pytest

from chalicelib.values import size
from tests.budgets.spending import (
    CALLBACK,
    ORDER,
    PASS,
    TASK,
    Cold,
    chain,
    echo,
    next_step,
    per_state,
    spent,
)


def test_the_order_is_what_the_budgets_speak_of():
    assert 950 <= size(ORDER) <= 1024


FUNCTIONS = [
    pytest.param(echo, id="the same order"),
    pytest.param(next_step, id="another order"),
]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_synchronous_task_is_one_write_and_no_message(function):
    each = per_state(TASK, ORDER, function=function)
    assert (each.writes, each.messages, each.reads) == (1, 0, 0)


def test_a_chain_of_tasks_is_one_invocation():
    assert spent(chain(TASK, 20), ORDER, function=next_step).invocations == 1


@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_asynchronous_task_is_two_writes_and_a_message_at_most(function):
    def work(event):
        return {"order": function(event["order"])}

    each = per_state(CALLBACK, ORDER, function=work)
    assert each.writes <= 2
    assert (each.messages, each.reads) == (1, 0)


def test_cold_processes_read_and_warm_ones_do_not():
    def work(event):
        return {"order": event["order"]}

    cold = per_state(CALLBACK, ORDER, function=work, stage=Cold)
    warm = per_state(CALLBACK, ORDER, function=work)
    # The last record, by the process that takes the report and by the one that goes on.
    assert (cold.reads, warm.reads) == (2, 0)
    assert (cold.writes, cold.messages) == (warm.writes, warm.messages)


def test_pure_states_are_free():
    each = per_state(PASS, ORDER, long=100)
    assert (each.reads, each.messages) == (0, 0)
    assert each.writes <= 0.05


def test_an_execution_itself_is_four_writes_and_two_messages():
    whole, each = spent(chain(TASK, 10), ORDER), per_state(TASK, ORDER)
    assert whole.writes - 10 * each.writes <= 4
    assert whole.messages - 10 * each.messages <= 2
    assert whole.reads <= 1  # the workflow, by a process that never saw it


def test_a_million_tasks_are_a_dollar_at_list_prices():
    each = per_state(TASK, ORDER, function=next_step)
    assert 0 < each.usd * 1_000_000 <= 1.0


def test_the_longest_chains_cost_a_task_no_more_than_short_ones():
    each = per_state(TASK, ORDER, long=1_000, short=900, function=next_step)
    assert (each.writes, each.reads, each.messages) == (1, 0, 0)


def a_dag(length):
    """A Rill Flow DAG that remembers what each of its tasks answered."""
    names = [f"task{number}" for number in range(length)]
    tasks = [
        {
            "category": "function",
            "name": name,
            "resourceName": "lambda://do",
            "pattern": "task_sync",
            "inputMappings": [{"source": "$.context.order", "target": "$.input.order"}],
            "outputMappings": [
                {"source": "$.output.step", "target": f"$.context.{name}"}
            ],
            "next": following,
        }
        for name, following in zip(names, [*names[1:], ""], strict=True)
    ]
    del tasks[-1]["next"]
    return {
        "version": "1.0.0",
        "workspace": "shop",
        "dagName": "orders",
        "type": "flow",
        "tasks": tasks,
    }


def test_the_thousandth_task_of_a_dag_costs_what_the_tenth_did():
    def work(event):
        return {"step": {"of": event["order"]["order"]["id"], "weight": 2.45}}

    def used(length):
        order = {"order": ORDER}
        return spent(a_dag(length), order, function=work, format="rillflow").writes

    tenth = (used(30) - used(10)) / 20
    thousandth = (used(1_000) - used(700)) / 300
    assert thousandth <= 1.1 * tenth
