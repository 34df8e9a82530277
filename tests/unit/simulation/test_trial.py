import threading

import pytest

from chalicelib.simulation.faults import Chances, Fault, Plan, Storm
from chalicelib.simulation.trial import Report, Trial
from tests.builders import a_task, a_workflow
from tests.machines import (
    FUNCTIONS,
    callback,
    each,
    machine,
    parallel,
    task,
    wait,
    workflow,
)

MIXED = machine(
    parallel([task("slow")], [callback()], [wait(2000)]), each(task(), limit=2)
)


def a_trial(definition, given=None, functions=FUNCTIONS, **facts):
    return Trial(definition, given or {"a": 1}, functions=functions, **facts)


@pytest.mark.parametrize("seed", [3, 4])
def test_the_same_seed_is_the_same_run(seed):
    first, second = (a_trial(MIXED).run(Storm(seed)) for _ in range(2))

    assert first.weather.places == second.weather.places
    assert first.weather.faults == second.weather.faults
    assert first.head == second.head


def test_another_seed_is_another_run():
    trial = a_trial(MIXED)

    assert trial.run(Storm(3)).weather.places != trial.run(Storm(4)).weather.places


def test_a_report_says_what_was_done_and_what_went_wrong():
    report = a_trial(machine(task())).storms(range(5), Chances(error=0.5, most=1))

    assert report.runs == 5
    assert str(report).startswith(f"5 runs, {report.deeds} I/Os, 5 faults\n")
    assert str(report).endswith("violations: none")


def test_reports_add_up():
    trial = a_trial(machine(task()))

    both = trial.storms([1, 2]) + trial.storms([3])

    assert both.runs == 3
    assert both.deeds == trial.storms([1, 2, 3]).deeds


def test_every_fault_is_tried_at_every_place():
    trial = a_trial(machine(task()))

    report = trial.every_fault(lambda place: [Fault.ERROR])

    assert report.runs == report.faults.total() == len(trial.calm.weather.places)


def test_a_run_that_ends_otherwise_is_reported_with_what_repeats_it():
    calls = []

    def forgetful(event):
        calls.append(event)
        return len(calls)

    trial = a_trial(machine(task("forgetful")), functions={"forgetful": forgetful})
    assert trial.calm.head.output == 1

    report = trial.report([Plan({})])

    assert "Plan({}): outcome: output is 2, should be 1" in str(report)


def test_where_there_are_two_ends_only_the_invariants_count():
    calls = []
    functions = {"counts": lambda event: calls.append(event) or len(calls)}

    trial = a_trial(machine(task("counts")), functions=functions, has_one_end=False)

    assert trial.calm.head.output == 1
    assert trial.run(Plan({})).violations == ()


def test_what_never_ends_is_wrong():
    run = a_trial(machine(callback("nobody"))).run(Storm(1))

    assert "ended: it never did" in run.violations
    assert "scopes: r still runs" in run.violations


def test_users_may_meddle():
    def meddle(stage, execution):
        stage.later(10, lambda: stage.stop(execution, error="Enough"))

    run = a_trial(machine(callback("nobody")), meddle=meddle).run(Storm(1))

    assert (run.head.status, run.head.error) == ("ABORTED", "Enough")
    assert run.violations == ()


def test_other_workflows_may_be_started():
    trial = a_trial(
        machine(workflow("below")), workflows={"below": machine(task("echo"))}
    )

    assert trial.calm.head.output == {"below": {"from": "above"}}


def test_no_thread_outlives_its_run():
    before = threading.active_count()

    a_trial(machine(callback("nobody"), wait(10))).storms(range(5))

    assert threading.active_count() == before


def test_an_empty_report_adds_nothing():
    report = a_trial(machine(task())).storms([1])

    assert str(Report() + report) == str(report)


@pytest.mark.parametrize(("careful", "is_wrong"), [(True, True), (False, False)])
def test_what_is_at_most_once_is_known_from_the_model(careful, is_wrong):
    """Of two tasks of one resource, both must be careful for it to count."""
    flow = a_workflow(
        a_task("one", "two", task={"at_most_once": True}),
        a_task("two", task={"at_most_once": careful}),
    )
    trial = Trial(flow, functions={"work": lambda event: event})

    assert (trial._once == {"lambda:work"}) is is_wrong
    assert trial.calm.violations == ()
