"""Every fault at every I/O, one at a time: each run ends as if nothing had happened.

The I/Os of the calm run are numbered; ``Plan({17: Fault.CRASH_AFTER})`` is the run in
which the process ends right after the eighteenth of them was done.
"""

import logging
import random

import pytest

from chalicelib.model.expressions import Literal
from chalicelib.model.workflow import Mode, Scope, State, Task, Workflow
from chalicelib.ports import Limits
from chalicelib.simulation.faults import Fault, Plan, possible
from chalicelib.simulation.trial import Trial
from tests.machines import (
    CAUGHT,
    FUNCTIONS,
    callback,
    each,
    fail,
    machine,
    only,
    parallel,
    passes,
    retried,
    task,
    wait,
    workflow,
)

ITEMS = [1, 2, 3, 4, 5]
LOOP = {
    "StartAt": "Add",
    "States": {
        "Add": {
            "Type": "Pass",
            "Parameters": {"n.$": "States.MathAdd($.n, 1)"},
            "Next": "Enough",
        },
        "Enough": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.n", "NumericLessThan": 30, "Next": "Add"}],
            "Default": "Done",
        },
        "Done": {"Type": "Succeed"},
    },
}


def a_trial(*states, given=None, **facts):
    given = {"a": 1} if given is None else given
    return Trial(machine(*states), given, functions=FUNCTIONS, **facts)


def stopped_after(seconds):
    def meddle(stage, execution):
        stage.later(seconds, lambda: stage.stop(execution, error="E", cause="enough"))

    return meddle


def careful(mode):
    """A task that must not be called twice."""
    work = Task(resource=Literal(value="lambda:later"), mode=mode, at_most_once=True)
    states = {
        "careful": State(name="careful", work=work, next=("then",)),
        "then": State(name="then", work=Task(resource=Literal(value="lambda:echo"))),
    }
    scope = Scope(id="0", start=("careful",), states=states)
    flow = Workflow(name="careful", format="asl", scope=scope)
    # What became of a call that was begun and lost cannot be known: it has two ends.
    return Trial(flow, {"of": 1}, functions=FUNCTIONS, has_one_end=False)


SMALL = {
    "three tasks": a_trial(task(), task(), task()),
    "three callbacks": a_trial(callback(), callback(), callback()),
    "retries": a_trial(task("bad", **retried(2), **CAUGHT), passes(3)),
    "nobody answers": a_trial(
        callback("nobody", TimeoutSeconds=50, **retried(1), **CAUGHT), passes(3)
    ),
    "a silent worker": a_trial(
        callback("nobody", HeartbeatSeconds=40, **CAUGHT), passes(3)
    ),
    "a Map one at a time": a_trial(each(task(), limit=1), given=[1, 2, 3]),
    "a branch fails": a_trial(
        parallel([task("bad")], [callback("nobody")], [wait(500_000)], **CAUGHT),
        passes(1),
    ),
    "an iteration fails": a_trial(
        each(only(2), fail(), callback("nobody"), limit=2, **CAUGHT),
        passes(1),
        given=ITEMS,
    ),
    "a loop over several turns": Trial(
        LOOP, {"n": 0}, limits=Limits(transitions_per_turn=7)
    ),
    "an execution times out": Trial(
        machine(callback("nobody"), TimeoutSeconds=100), functions=FUNCTIONS
    ),
    "a sub-workflow": a_trial(
        workflow("below"), task(), workflows={"below": machine(task(), wait(5))}
    ),
    "a sub-workflow fails": a_trial(
        workflow("below", **CAUGHT), passes(2), workflows={"below": machine(fail())}
    ),
    "at most once, asked": careful(Mode.REQUEST),
    "at most once, told": careful(Mode.CALLBACK),
}
LARGER = {
    "slow tasks": a_trial(*[task("slow")] * 4),
    "a bit of all": a_trial(
        task(), callback(), wait(30), task("large"), wait(2000), callback()
    ),
    "a Parallel": a_trial(
        parallel([task()], [callback()], [wait(20), task()], [task("slow")]), task()
    ),
    "a Map": a_trial(each(task(), callback()), task(), given=ITEMS),
    "a Map with a limit": a_trial(
        task(), each(task(), callback(), limit=2), task(), given=ITEMS
    ),
    "a Map begun by ranges": a_trial(
        each(task()), given=ITEMS, limits=Limits(spawn_batch=2)
    ),
    "a Map cancelled by ranges": a_trial(
        each(only(3), fail(), callback("nobody"), **CAUGHT),
        passes(1),
        given=ITEMS,
        limits=Limits(spawn_batch=2),
    ),
    "containers in containers": a_trial(
        each(parallel([task()], [each(callback())]), limit=2), given=[[1, 2], [3], []]
    ),
    "a sub-workflow is cancelled": a_trial(
        parallel([workflow("below")], [wait(50), fail()]),
        workflows={"below": machine(wait(40_000))},
    ),
    "stopped from outside": a_trial(
        task(),
        parallel([callback("nobody")], [each(callback("nobody"), limit=2)]),
        given=ITEMS,
        meddle=stopped_after(1000),
    ),
}


#: The same lines, thousands of times: others count whether they are covered.
pytestmark = pytest.mark.no_cover


@pytest.fixture(autouse=True, scope="module")
def quiet():
    """Thousands of faults are logged, each as it should be; nobody reads that."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def assert_none(report):
    assert report.runs
    assert not report.failed, f"\n{report}"


@pytest.mark.parametrize("name", SMALL)
def test_each_fault_at_each_place_changes_nothing(name):
    assert_none(SMALL[name].every_fault())


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGER)
def test_each_fault_at_each_place_of_a_larger_workflow_changes_nothing(name):
    assert_none(LARGER[name].every_fault())


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_two_faults_change_nothing_either(name):
    trial, chance = SMALL[name], random.Random(name)  # noqa: S311 - repeatable
    places = trial.calm.weather.places

    def fault():
        number = chance.randrange(len(places))
        return number, chance.choice(possible(places[number]))

    assert_none(trial.report(Plan(dict([fault(), fault()])) for _ in range(100)))


#: One message of each vanishes: what an operator does who purges the queue.
MENDED = {
    name: (SMALL | LARGER)[name]
    for name in (
        "three tasks",
        "retries",
        "nobody answers",
        "a silent worker",
        "a Map one at a time",
        "a loop over several turns",
        "an execution times out",
        "a sub-workflow",
        "a sub-workflow fails",
        "a Parallel",
        "a Map with a limit",
        "a Map begun by ranges",
    )
}


def vanishes(place):
    return [Fault.LOST] if place == "queue.send" else []


@pytest.mark.parametrize("name", MENDED)
def test_a_message_that_vanishes_is_made_good_by_the_watchdog(name):
    assert_none(MENDED[name].every_fault(vanishes))
