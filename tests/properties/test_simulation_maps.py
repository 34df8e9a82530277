"""A Map that reads its items and writes its results, in any weather."""

import json

import pytest

from chalicelib.orchestrator import slots
from chalicelib.simulation.faults import Fault, Storm
from chalicelib.simulation.trial import Trial
from tests.machines import CAUGHT as CATCHER
from tests.machines import FUNCTIONS, each, fail, machine, only, passes, task

ROWS = "\n".join(f"{number},{'x' * 40}" for number in range(90))
#: Items enough to be kept beside the journal.
OBJECTS = {("lists", "rows.csv"): f"n,text\n{ROWS}\n".encode()}


def a_map(**facts):
    task = {"Type": "Task", "Resource": "arn:aws:lambda:::function:echo", "End": True}
    each = {
        "Type": "Map",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "Parameters": {"Bucket": "lists", "Key.$": "$.key"},
            "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
        },
        "ItemBatcher": {"MaxItemsPerBatch": 20},
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Work",
            "States": {"Work": task},
        },
        "ResultWriter": {
            "Resource": "arn:aws:states:::s3:putObject",
            "Parameters": {"Bucket": "results"},
            "WriterConfig": {"Transformation": "COMPACT", "OutputType": "JSON"},
        },
        "End": True,
    }
    machine = {"StartAt": "Each", "States": {"Each": each | facts}}
    given = {"functions": FUNCTIONS, "objects": OBJECTS}
    return Trial(json.dumps(machine), {"key": "rows.csv"}, **given)


def assert_none(report):
    assert report.failed == [], str(report)


LIMITED = {"MaxConcurrency": 2}
CAUGHT = {
    "ItemReader": {
        "Resource": "arn:aws:states:::s3:getObject",
        "Parameters": {"Bucket": "lists", "Key": "nowhere"},
        "ReaderConfig": {"InputType": "JSON"},
    },
    "Retry": [{"ErrorEquals": ["States.ItemReaderFailed"], "MaxAttempts": 1}],
}


@pytest.mark.parametrize("facts", [{}, LIMITED, CAUGHT], ids=["all", "two", "lost"])
def test_it_ends_alike_in_any_storm(facts):
    assert_none(a_map(**facts).storms(range(8)))


def test_it_ends_alike_whatever_goes_wrong_once():
    report = a_map(MaxConcurrency=2).every_fault()

    assert_none(report)
    assert report.runs > 50


def test_the_storms_end_as_they_should():
    run = a_map().run(Storm(3))

    assert run.head.status == "SUCCEEDED"
    assert run.head.output["ResultWriterDetails"]["Bucket"] == "results"


@pytest.mark.parametrize("limit", [0, 2])
def test_a_tolerance_is_exceeded_alike_whatever_goes_wrong(limit):
    tolerant = {"limit": limit, "ToleratedFailureCount": 1, **CATCHER}
    each_fails_but_the_first = (only(0), task("echo"), fail())
    definition = machine(each(*each_fails_but_the_first, **tolerant), passes(1))
    trial = Trial(json.dumps(definition), [0, 1, 2, 3], functions=FUNCTIONS)

    assert_none(trial.storms(range(8)))
    assert_none(trial.every_fault())


@pytest.fixture
def pairs(monkeypatch):
    """Two slots share an item, so that there are several of them."""
    monkeypatch.setattr(slots, "SIZE", 2)


#: Groups of slots that end unevenly: the children of the first take their time.
UNEVEN = {"Type": "Wait", "SecondsPath": "$.nap"}
NAPS = [{"nap": 9 if number < 5 else 1} for number in range(15)]


#: What may go wrong where slots change.
_OF_SLOTS = {
    "table.claim": [Fault.CRASH_BEFORE, Fault.CRASH_AFTER],
    "table.put": [Fault.CRASH_AFTER],
}


def in_groups(count):
    definition = machine(each(UNEVEN, task("echo"), limit=5))
    return Trial(json.dumps(definition), NAPS[:count], functions=FUNCTIONS)


@pytest.mark.no_cover
def test_children_of_several_groups_of_slots_end_alike_in_any_storm(pairs):
    assert_none(in_groups(15).storms(range(12)))


@pytest.mark.no_cover
def test_children_of_several_groups_of_slots_end_alike_whatever_goes_wrong_once(pairs):
    def kinds(place):
        return _OF_SLOTS.get(place, [])

    report = in_groups(7).every_fault(kinds)

    assert_none(report)
    assert report.faults["table.claim: crash after"] == 7
