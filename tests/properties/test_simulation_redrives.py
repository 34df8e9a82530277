"""A redriven execution ends, in any weather, as one that never failed."""

import json
from collections import Counter

import pytest

from chalicelib.simulation.faults import Storm
from chalicelib.simulation.trial import Trial
from tests.machines import callback, each, machine, parallel, task, wait, workflow

DAG = """
workspace: shop
dagName: orders
alias: release
type: flow
tasks:
  - {name: first, category: function, resourceName: "lambda://echo",
     pattern: task_sync, next: "left,right,spread"}
  - {name: left, category: function, resourceName: "lambda://frail",
     pattern: task_sync, next: last, outputMappings:
       [{source: $.output.frail, target: $.context.left}]}
  - {name: right, category: function, resourceName: "lambda://later",
     pattern: task_async, next: last, outputMappings:
       [{source: $.output, target: $.context.right}]}
  - name: spread
    category: foreach
    next: last
    inputMappings: [{source: $.context.numbers, target: $.input.numbers}]
    iterationMapping: {collection: $.input.numbers, item: number}
    tasks:
      - {name: one, category: function, resourceName: "lambda://odd",
         pattern: task_sync, inputMappings:
           [{source: $.context.number, target: $.input.number}]}
  - {name: last, category: function, resourceName: "lambda://echo",
     pattern: task_sync}
"""


class Broken:
    """Functions, some of which fail until they are mended."""

    def __init__(self, *, is_mended=False):
        self.is_mended = is_mended
        self.began_mended = is_mended
        #: (function, event) -> how often it went well.
        self.went_well = Counter()

    def begin(self, *_):
        self.is_mended = self.began_mended
        self.went_well.clear()

    def _well(self, name, event, answer):
        self.went_well[name, json.dumps(event)] += 1
        return answer

    def echo(self, event):
        return self._well("echo", event, event)

    @staticmethod
    def later(event):
        return {"later": True}

    def frail(self, event):
        if not self.is_mended:
            raise ValueError("not mended")
        return self._well("frail", event, {"frail": True})

    def odd(self, event):
        number = event["number"] if isinstance(event, dict) else event
        if number % 2 and not self.is_mended:
            raise ValueError("odd")
        return self._well("odd", event, {"ten": number * 10})

    @property
    def functions(self):
        names = ("echo", "later", "frail", "odd")
        return {name: getattr(self, name) for name in names}


Broken.later.takes = 5.0


def redriven(broken, delay, in_vain=0):
    """Mend what is broken, and redrive the execution some seconds after its end.

    ``in_vain``: how often it is redriven before it is mended.
    """

    def mend(stage, execution):
        for number in range(in_vain + 1):
            broken.is_mended = number == in_vain
            _do(stage, delay, lambda: stage.redrive(execution, token=f"n{number}"))  # noqa: B023
            if not broken.is_mended:
                stage.settle(execution)

    return mend


def _do(stage, delay, deed):
    """Have something done after a while, and the world go on until it is."""
    done = []

    def marked():
        deed()
        done.append(True)

    stage.later(delay, marked)
    stage.loop.run(lambda: bool(done), stage.most_deeds)


def trials(definition, value, *, delay=0.0, in_vain=0, **facts):
    """The trial of a redrive, and the run that never failed."""
    broken, well = Broken(), Broken(is_mended=True)
    mend = redriven(broken, delay, in_vain)
    given = {"meddle": broken.begin, "mend": mend, **facts}
    trial = Trial(definition, value, functions=broken.functions, **given)
    never = Trial(definition, value, functions=well.functions, **facts)
    return trial, never, (broken, well)


def distributed(**facts):
    config = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    made = machine(each(task("echo"), task("odd"), **facts))
    made["States"]["s0"]["ItemProcessor"] |= config
    return made


FRAIL = machine(task("echo"), task("frail"), task("echo"))
BRANCHES = machine(
    task("echo"),
    parallel([task("echo"), task("frail")], [task("echo"), callback()], [wait(3)]),
    task("echo"),
)
ITERATIONS = machine(each(task("echo"), task("odd")), task("echo"))
SLOTS = machine(each(task("echo"), task("odd"), limit=2))
NESTED = machine(each(parallel([task("odd")], [task("echo"), callback()]), limit=1))
STARTER = machine(task("echo"), workflow("below"))
BELOW = {"below": machine(task("frail"))}
TOLERANT = distributed(ToleratedFailureCount=1)
CASES = {
    "task": (FRAIL, {"n": 1}),
    "parallel": (BRANCHES, {"n": 1}),
    "map": (ITERATIONS, [1, 2, 3, 4]),
    "slots": (SLOTS, [1, 2, 3]),
    "nested": (NESTED, [1, 2]),
    "distributed": (TOLERANT, [1, 2, 3]),
    "distributed slots": (distributed(limit=2), [2, 1, 4, 3]),
    "workflow": (STARTER, {"n": 1}),
    "dag": (DAG, {"numbers": [1, 2, 3]}),
}


def trial_of(name, delay=0.0, in_vain=0):
    definition, value = CASES[name]
    facts = {"workflows": BELOW} if name == "workflow" else {}
    facts |= {"format": "rillflow"} if name == "dag" else {}
    return trials(definition, value, delay=delay, in_vain=in_vain, **facts)


def assert_none(report):
    assert report.failed == [], str(report)


@pytest.mark.parametrize("delay", [0.0, 60.0])
@pytest.mark.parametrize("name", CASES)
def test_it_ends_as_one_that_never_failed(name, delay):
    trial, never, (broken, well) = trial_of(name, delay)

    assert trial.calm.violations == ()
    assert trial.calm.head.redrives == 1
    assert trial.calm.head.status == "SUCCEEDED"
    assert trial.calm.head.output == never.calm.head.output
    assert broken.went_well == well.went_well


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_it_ends_alike_whatever_goes_wrong_once(name):
    trial, _, _ = trial_of(name)

    assert_none(trial.every_fault())


@pytest.mark.parametrize("delay", [0.0, 2.0])
@pytest.mark.parametrize("name", CASES)
def test_it_ends_alike_in_any_storm(name, delay):
    trial, _, _ = trial_of(name, delay)

    assert_none(trial.storms(range(15)))


@pytest.mark.parametrize("name", CASES)
def test_it_can_be_redriven_until_it_is_mended(name):
    trial, never, (broken, well) = trial_of(name, in_vain=2)

    assert trial.calm.head.redrives == 3
    assert trial.calm.head.output == never.calm.head.output
    assert broken.went_well == well.went_well
    assert_none(trial.storms(range(100, 108)))


# -- tasks done anew ------------------------------------------------------------------


def redone(broken, *tasks):
    """Mend what is broken, and have tasks done anew."""

    def mend(stage, execution):
        broken.is_mended = True
        _do(stage, 0.0, lambda: stage.redo(execution, tasks))

    return mend


def a_redo(*tasks):
    broken = Broken()
    facts = {"functions": broken.functions, "format": "rillflow"}
    given = {"meddle": broken.begin, "mend": redone(broken, *tasks)}
    return Trial(DAG, {"numbers": [1, 2, 3]}, **facts, **given)


@pytest.mark.parametrize("tasks", [(), ("left", "spread_1-one"), ("first",)])
def test_a_redo_ends_alike_in_any_weather(tasks):
    trial = a_redo(*tasks)
    _, never, _ = trial_of("dag")

    assert trial.calm.head.output == never.calm.head.output
    assert trial.calm.head.redrives == 1
    assert_none(trial.storms(range(15)))


@pytest.mark.slow
@pytest.mark.parametrize("tasks", [(), ("left", "spread_1-one")])
def test_a_redo_ends_alike_whatever_goes_wrong_once(tasks):
    assert_none(a_redo(*tasks).every_fault())


def test_a_redo_of_a_running_execution_ends_alike_in_any_weather():
    well = Broken(is_mended=True)

    def meddle(stage, execution):
        for seconds in (1.0, 3.0):
            stage.later(seconds, lambda: stage.redo(execution, ["right"]))

    facts = {"functions": well.functions, "format": "rillflow", "meddle": meddle}
    trial = Trial(DAG, {"numbers": [1, 2, 3]}, **facts)

    assert trial.calm.head.status == "SUCCEEDED"
    assert trial.calm.head.redrives == 0
    assert_none(trial.storms(range(15)))


def test_a_storm_is_repeated_by_its_name():
    trial, _, _ = trial_of("parallel")

    assert trial.run(Storm(5)).head.output == trial.calm.head.output
