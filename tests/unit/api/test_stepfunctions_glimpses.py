"""What is read to tell of runs and their children: what is shown, and no more."""

import json
from dataclasses import asdict

import pytest

from chalicelib.api.stepfunctions.glimpses import Glimpse
from chalicelib.api.stepfunctions.runs import runs_of
from tests.unit.api.step_functions_stage import FUNCTION, States, a_machine

BASE = "arn:aws:states:eu-west-1:123456789012"
ARN = f"{BASE}:execution:order:one"
RUN = f"{BASE}:mapRun:order/Only:one.r.1.1"
CHILD = f"{BASE}:execution:order/Only:one.r.1.1-7"
WORKS = {"Type": "Task", "Resource": f"{FUNCTION}:work", "End": True}
FEW, MANY = 100, 2000


def work(event):
    if event == "bad":
        raise ValueError(event)
    return event


def a_map(state=WORKS, *, name="Each", is_run=True, **facts):
    each = {"StartAt": name, "States": {name: state}}
    if is_run:
        each["ProcessorConfig"] = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    return {"Type": "Map", "ItemProcessor": each, **facts}


@pytest.fixture(scope="module")
def two_sizes():
    """Executions of few children and of many, each with a large value."""
    with States({"work": work}) as few, States({"work": work}) as many:
        for states, children in ((few, FEW), (many, MANY)):
            machine = states.make(a_machine(a_map()))
            items = ["long " * 9000, *range(1, children)]
            states.run(machine, items, name="one")
        yield few, many


def spent(states, action, **given):
    """Return the units that an answer reads, and the answer."""
    states("DescribeMapRun", mapRunArn=RUN)  # the workflow is remembered
    before = states.reading.bill("asked").reads
    answer = states(action, **given)
    return states.reading.bill("asked").reads - before, answer


@pytest.mark.parametrize(
    ("action", "given"),
    [
        ("ListMapRuns", {"executionArn": ARN}),
        ("DescribeExecution", {"executionArn": CHILD}),
        ("DescribeStateMachineForExecution", {"executionArn": CHILD}),
        ("ListExecutions", {"mapRunArn": RUN, "maxResults": 20}),
        ("GetExecutionHistory", {"executionArn": CHILD}),
        ("GetExecutionHistory", {"executionArn": ARN}),
    ],
)
def test_an_answer_about_many_children_reads_no_more_than_about_few(
    two_sizes, action, given
):
    few, many = (spent(states, action, **given)[0] for states in two_sizes)

    # What differs is the list of items itself, in records and values of the Map.
    assert many <= few + 15
    assert few <= 20


def test_a_run_that_tolerated_nothing_is_counted_without_its_children(two_sizes):
    few, many = (spent(states, "DescribeMapRun", mapRunArn=RUN) for states in two_sizes)

    assert [each["itemCounts"]["succeeded"] for _, each in (few, many)] == [FEW, MANY]
    assert many[0] <= few[0] + 15
    assert few[0] <= 20


def test_children_are_counted_a_hundred_records_at_a_time():
    with States({"work": work}) as states:
        machine = states.make(a_machine(a_map(ToleratedFailureCount=1)))
        states.run(machine, ["bad", *range(299)], name="one")
        cost, answer = spent(states, "DescribeMapRun", mapRunArn=RUN)

    counts = answer["itemCounts"]
    assert (counts["succeeded"], counts["failed"]) == (299, 1)
    assert answer["toleratedFailureCount"] == 1
    assert cost <= 50


def test_every_page_of_children_costs_the_same(two_sizes):
    _, states = two_sizes
    given, costs, names = {"mapRunArn": RUN, "maxResults": 500}, [], []
    while True:
        cost, page = spent(states, "ListExecutions", **given)
        costs.append(cost)
        names += [each["name"] for each in page["executions"]]
        if "nextToken" not in page:
            break
        given["nextToken"] = page["nextToken"]

    assert names == [f"one.r.1.1-{number}" for number in reversed(range(MANY))]
    assert len(costs) == MANY // 500
    assert max(costs) <= 70


# -- a part of an execution tells what all of it does


def whole_and_parts(states):
    """Return the runs as all of the history tells them, and as parts of it do."""
    archive = states.service.journal
    head = archive.head("order:one")
    workflow = archive.workflow(head.workflow, head.version)
    whole = runs_of(archive.history(head.execution), workflow, head.execution)
    reads = Glimpse(archive=archive, workflow=workflow, execution=head.execution)
    return whole, reads


def facts(child):
    told = asdict(child)
    return {name: told[name] for name in told if name not in ("input", "output")}


STEP = {name: each for name, each in WORKS.items() if name != "End"}
LONG = {f"Step {each}": {**STEP, "Next": f"Step {each + 1}"} for each in range(60)}
STEPS = {"StartAt": "Step 0", "States": {**LONG, "Step 60": WORKS}}
CONFIG = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
BRANCHES = [
    {"StartAt": f"Run {each}", "States": {f"Run {each}": {**state, "End": True}}}
    for each in "ab"
    for state in [a_map(name=f"Work {each}", ToleratedFailurePercentage=100)]
]
DEFINITIONS = {
    "tolerant": a_map(ToleratedFailurePercentage=100),
    "strict": a_map(),
    "one by one": a_map(MaxConcurrency=1),
    "batches": a_map(
        {**WORKS, "InputPath": "$.Items[0]"}, ItemBatcher={"MaxItemsPerBatch": 2}
    ),
    "long": a_map(ItemProcessor=STEPS | CONFIG, ToleratedFailurePercentage=100),
    "tried again": a_map(Retry=[{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]),
    "pure": a_map({"Type": "Pass", "End": True}),
    "within a branch": {"Type": "Parallel", "Branches": BRANCHES},
    "within a child": a_map(
        {**a_map(name="Work", ItemsPath="$$.Execution.Input"), "End": True},
        ToleratedFailurePercentage=100,
    ),
    "within an iteration": a_map(
        {**a_map(name="Work", ItemsPath="$$.Execution.Input"), "End": True},
        is_run=False,
    ),
}


@pytest.mark.parametrize("again", [False, True], ids=["once", "redriven"])
@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=DEFINITIONS)
def test_a_part_tells_what_all_of_the_history_does(definition, again):
    items = ["a", "bad", "b", "c"]
    with States({"work": work}) as states:
        states.run(states.make(a_machine(definition)), items, name="one")
        if again and states.stage.head("order:one").status == "FAILED":
            states("RedriveExecution", executionArn=ARN)
            states.stage.settle("order:one")
        whole, reads = whole_and_parts(states)
        assert whole
        for run in whole:
            alone = reads.run(run.name)
            counted = reads.counted(alone)
            seen = {each: facts(kid) for each, kid in sorted(run.children.items())}
            if not run.is_flawless:
                told = {each: facts(kid) for each, kid in counted.children.items()}
                assert told == seen
            page = reads.children(alone, range(run.total))
            assert [facts(child) for child in page] == list(seen.values())
            for scope, child in run.children.items():
                of, found = reads.child(scope, with_data=True)
                assert (of.name, asdict(found)) == (run.name, asdict(child))
            within = run.within[1] if run.within else "r"
            assert run.name in [each.name for each in reads.runs_in(within)]


def test_the_story_leaves_out_what_the_children_of_runs_tell():
    beside = a_map(name="Other", is_run=False)
    of_runs = DEFINITIONS["within an iteration"]
    first = {**of_runs, "Next": "Beside"}
    machine = a_machine(first, Beside={**beside, "End": True})
    with States({"work": work}) as states:
        states.run(states.make(machine), ["a", "b"], name="one")
        events = states("GetExecutionHistory", executionArn=ARN)["events"]

    types = [each["type"] for each in events]
    assert types.count("MapRunSucceeded") == 2
    assert types.count("MapIterationSucceeded") == 4
    assert types.count("LambdaFunctionSucceeded") == 2
    assert types[-1] == "ExecutionSucceeded"


# -- pages of a history


def large(event):
    """Answer something that lies apart, and that nothing else is like."""
    return f"{int(event[:9]) + 1:09}" * 1000


def a_chain(length, variables):
    def state(number):
        assign = {"Assign": {"kept.$": "$"}} if variables else {}
        return {**STEP, "Resource": f"{FUNCTION}:large", **assign}

    chain = {
        f"Large {n}": {**state(n), "Next": f"Large {n + 1}"} for n in range(length)
    }
    last = f"Large {length}"
    return {"StartAt": "Large 0", "States": {**chain, last: {"Type": "Succeed"}}}


@pytest.mark.parametrize("variables", [False, True], ids=["plain", "assigned"])
@pytest.mark.parametrize("reverse", [False, True], ids=["forward", "reverse"])
def test_a_page_of_a_history_reads_the_large_values_that_it_shows(reverse, variables):
    given = {"executionArn": ARN, "reverseOrder": reverse}
    with States({"large": large}) as states:
        states.run(states.make(a_chain(20, variables)), "0" * 9000, name="one")
        begun = states.reading.bill("asked").reads
        page = states("GetExecutionHistory", **given, maxResults=5)
        for_page = states.reading.bill("asked").reads - begun
        events = list(page["events"])
        while "nextToken" in page:
            token = page["nextToken"]
            page = states("GetExecutionHistory", **given, nextToken=token, maxResults=5)
            events += page["events"]
    with States({"large": large}) as states:
        states.run(states.make(a_chain(20, variables)), "0" * 9000, name="one")
        begun = states.reading.bill("asked").reads
        page = states("GetExecutionHistory", **given, maxResults=1000)
        for_all = states.reading.bill("asked").reads - begun

    whole = page["events"]
    assert events == whole
    assert len(whole) > 100
    outputs = [
        each["stateExitedEventDetails"]["output"]
        for each in whole
        if each["type"] == "TaskStateExited"
    ]
    assert sorted(len(each) for each in outputs) == [9002] * 20
    assert for_all - for_page >= 18


def test_children_that_few_are_shown_of_come_by_pages_all_the_same():
    with States({"work": work}) as states:
        tolerant = a_machine(DEFINITIONS["tolerant"])
        states.run(states.make(tolerant), ["bad", *range(30)], name="one")
        given = {"mapRunArn": RUN, "statusFilter": "FAILED", "maxResults": 3}
        page = states("ListExecutions", **given)

    assert [each["name"] for each in page["executions"]] == ["one.r.1.1-0"]
    assert "nextToken" not in page
    assert json.dumps(page)
