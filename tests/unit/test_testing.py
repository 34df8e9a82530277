"""The kit that authors test their workflows with."""

import threading

import pytest

from chalicelib.errors import DefinitionRefused, InputRefused
from chalicelib.ports import Limits
from chalicelib.testing import check, run
from tests.machines import callback, machine, parallel, task, wait, workflow

YEAR = 365 * 86400
GREETS = {"greet": lambda event: f"Hello, {event['name']}"}


def test_a_workflow_runs_with_the_functions_it_is_given():
    done = run(machine(task("greet")), {"name": "Ada"}, functions=GREETS)

    assert (done.status, done.output) == ("SUCCEEDED", "Hello, Ada")
    assert (done.error, done.cause) == (None, None)


def test_a_failure_has_its_name_and_no_output():
    def greet(event):
        raise KeyError("name")

    done = run(machine(task("greet")), functions={"greet": greet})

    assert (done.status, done.output, done.error) == ("FAILED", None, "KeyError")
    assert "name" in done.cause


def test_a_function_that_was_not_given_is_named():
    done = run(machine(task("greet")))

    assert done.status == "FAILED"
    assert "greet" in done.cause


def test_a_task_that_waits_is_answered_with_what_its_function_returns():
    done = run(machine(callback("ask")), 1, functions={"ask": lambda event: "yes"})

    assert done.output == "yes"


def test_what_nobody_answers_runs_on():
    assert run(machine(callback("ask"))).status == "RUNNING"


def test_a_wait_of_a_year_takes_no_time_and_is_counted():
    done = run(machine(wait(YEAR // 12), wait(YEAR // 12)))

    assert done.status == "SUCCEEDED"
    assert done.duration == pytest.approx(YEAR / 6, abs=2)


def test_a_function_may_seem_to_take_its_time():
    def slow(event):
        return 1

    slow.takes = 30
    branches = parallel([task("slow")], [wait(20)])

    assert run(machine(branches), functions={"slow": slow}).duration == 30


def test_the_same_call_gives_the_same_result():
    def again():
        return run(
            machine(parallel([task("greet")], [wait(5)]), callback("greet")),
            {"name": "Ada"},
            functions={"greet": lambda event: "Hello"},
        )

    assert again() == again()


def test_history_and_cost_come_with_the_result():
    done = run(machine(task("greet")), {"name": "Ada"}, functions=GREETS)

    assert done.history[0]["type"] == "ExecutionStarted"
    assert done.history[-1]["type"] == "ExecutionSucceeded"
    assert done.cost.writes > 0
    assert done.cost.dispatches == 1


def test_other_workflows_may_be_started():
    below = machine(task("greet"))

    done = run(
        machine(workflow("below")),
        functions={"greet": lambda event: event["from"]},
        workflows={"below": below},
    )

    assert done.output == {"below": "above"}


def test_budgets_may_be_smaller():
    limits = Limits(transitions_per_scope=1)

    assert run(machine(wait(1), wait(1)), limits=limits).status == "FAILED"


def test_a_definition_with_problems_is_refused():
    definition = machine(task("greet", Surprise=1))

    with pytest.raises(DefinitionRefused, match="Surprise"):
        run(definition)
    assert ["Surprise" in str(each) for each in check(definition)] == [True]
    assert check(machine(task("greet"))) == []


def test_an_input_that_breaks_the_schema_is_refused():
    schema = {"required": ["who"]}

    with pytest.raises(InputRefused, match="who"):
        run(machine(wait(1), InputSchema=schema), {})


def test_no_thread_is_left():
    before = threading.active_count()

    run(machine(callback("ask")))

    assert threading.active_count() == before


def test_an_express_execution_times_out_after_five_minutes():
    slow = machine(wait(301))

    done = run(slow, {}, express=True)

    assert (done.status, done.error) == ("TIMED_OUT", "States.Timeout")
    assert done.duration == 300


def test_an_express_execution_that_is_quick_is_like_any_other():
    assert run(machine(wait(9)), {"n": 1}, express=True).output == {"n": 1}
