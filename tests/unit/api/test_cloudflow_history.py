"""How CloudFlow tells what happened: its types, its details, its ids."""

import json
from dataclasses import replace

import pytest

from chalicelib.journal.archive import Archive
from chalicelib.journal.values import Values
from tests.unit.api.cloudflow_stage import Flows, a_map, a_pass, a_task

BAD = {"Type": "Fail", "Name": "Bad", "Code": "Bad", "Detail": "because"}


@pytest.fixture
def flows():
    with Flows({"work": lambda event: event, "break": broken}) as made:
        yield made


def broken(_event):
    raise ValueError("worn out")


def shown(events):
    """Return types and steps in a line."""
    return [f"{each['Type']} {each['StepName']}".strip() for each in events]


def details(events, kind):
    return [
        json.loads(each["EventDetail"] or "null")
        for each in events
        if each["Type"] == kind
    ]


def told(flows, *states, given=None, **facts):
    flows.make(*states)
    flows.run(given, **facts)
    return flows.told()


def test_a_step_is_entered_and_exited(flows):
    events = told(flows, a_pass("One", Next="Two"), a_pass("Two"), given={"n": 1})

    assert shown(events) == [
        "ExecutionStarted",
        "StepEntered One",
        "StepExited One",
        "StepEntered Two",
        "StepExited Two",
        "ExecutionSucceeded",
    ]
    assert details(events, "ExecutionStarted") == [{"input": {"n": 1}}]
    assert details(events, "StepExited") == [{"output": {"n": 1}}] * 2
    assert [each["ScheduleEventId"] for each in events] == [0, 2, 2, 4, 4, 0]


def test_what_is_large_is_told_whole(flows):
    given = {"text": "long " * 9000}

    events = told(flows, a_pass("One"), given=given)

    assert details(events, "ExecutionStarted") == [{"input": given}]
    assert details(events, "StepExited") == [{"output": given}]


def test_a_wait_is_started(flows):
    events = told(flows, {"Type": "Wait", "Name": "W", "Seconds": 3, "End": True})
    assert "StepStarted W" in shown(events)


def test_branches_are_entered_and_exited(flows):
    branches = [{"StartAt": "P", "States": [a_pass("P")]}] * 2
    both = {"Type": "Parallel", "Name": "Both", "Branches": branches, "End": True}
    events = told(flows, both)

    assert shown(events)[:4] == [
        "ExecutionStarted",
        "StepEntered Both",
        "StepStarted Both",
        "BranchEntered Both",
    ]
    assert shown(events).count("BranchExited Both") == 2
    assert shown(events)[-3:] == [
        "StepSucceeded Both",
        "StepExited Both",
        "ExecutionSucceeded",
    ]
    of_branches = [each for each in events if each["Type"].startswith("Branch")]
    assert {each["ScheduleEventId"] for each in of_branches} == {2}


def test_iterations_are_told_with_their_index(flows):
    events = told(flows, a_map(a_pass("P")), given={"items": [{"n": 1}, {"n": 2}]})

    entered = [{"input": {"n": 1}, "index": 0}, {"input": {"n": 2}, "index": 1}]
    assert details(events, "IterationEntered") == entered
    assert details(events, "IterationExited") == [
        {"output": {"n": 1}},
        {"output": {"n": 2}},
    ]


def test_a_failed_iteration_says_why(flows):
    events = told(flows, a_map(BAD), given={"items": [{}]})

    why = {"error": "Bad", "cause": "because"}
    assert details(events, "IterationExited") == [why]
    assert details(events, "StepFailed")[0] == why
    assert details(events, "ExecutionFailed") == [why]


def test_a_step_fails_once(flows):
    events = told(flows, a_pass("P", OutputConstructor={"x.$": "$Input.no"}))

    assert shown(events).count("StepFailed P") == 1
    assert shown(events)[-1] == "ExecutionFailed"


def test_a_retry_schedules_the_task_again(flows):
    rule = {"Errors": ["FnF.ALL"], "MaxAttempts": 1, "IntervalSeconds": 1}
    events = told(flows, a_task("T", "break", Retry=[rule]))

    assert shown(events) == [
        "ExecutionStarted",
        "StepEntered T",
        "TaskScheduled T",
        "TaskStarted T",
        "TaskFailed T",
        "TaskScheduled T",
        "TaskStarted T",
        "TaskFailed T",
        "StepFailed T",
        "ExecutionFailed",
    ]
    ids = [each["ScheduleEventId"] for each in events]
    assert ids == [0, 2, 3, 3, 3, 6, 6, 6, 2, 0]


def test_a_task_that_is_awaited_is_submitted_and_may_time_out(flows):
    waiting = a_task("Ask", "nobody", "WaitForCustomCallback", Timeout=5)
    events = told(flows, waiting)

    assert shown(events)[2:] == [
        "TaskScheduled Ask",
        "TaskStarted Ask",
        "TaskSubmitted Ask",
        "TaskTimedOut Ask",
        "StepFailed Ask",
        "ExecutionFailed",
    ]


def test_a_request_that_was_refused_was_never_submitted(flows):
    parameters = {"resourceArn": "acs:fnf:::flow/nobody"}
    flows.make(
        {
            "Type": "Task",
            "Name": "Sub",
            "Action": "FNF:StartExecution",
            "TaskMode": "WaitForSystemCallback",
            "Parameters": parameters,
            "Retry": [{"Errors": ["FnF.ALL"], "MaxAttempts": 1, "IntervalSeconds": 1}],
            "End": True,
        }
    )
    flows.run()

    told = ["TaskScheduled Sub", "TaskStarted Sub", "TaskSubmitFailed Sub"]
    assert shown(flows.told())[2:8] == told * 2
    (first, _) = details(flows.told(), "TaskSubmitFailed")
    assert first["error"] == "fnf.FlowNotExists"


def test_nothing_comes_after_the_end_of_a_stopped_execution(flows):
    branches = [
        {"StartAt": "A", "States": [a_task("A", "nobody", "WaitForCustomCallback")]}
    ] * 2
    both = {"Type": "Parallel", "Name": "Both", "Branches": branches, "End": True}
    flows.make(both)
    this = flows.start()
    flows.until("TaskSubmitted")
    flows("StopExecution", **this, Error="Enough", Cause="said somebody")
    flows.stage.settle()

    assert shown(flows.told())[-1] == "ExecutionStopped"
    why = {"error": "Enough", "cause": "said somebody"}
    assert details(flows.told(), "ExecutionStopped") == [why]


class OfLongHistories(Archive):
    """An archive of executions with more records than anybody would read."""

    def is_long(self, _execution, _records):
        return True


def test_long_histories_have_no_ids_for_reports(flows):
    flows.make(a_task("Ask", "nobody", "WaitForCustomCallback"))
    flows.start()
    flows.until("TaskSubmitted")
    table, blobs = flows.stage.plain_table, flows.stage.plain_blobs
    clock = flows.service.clock
    archive = OfLongHistories(table, Values(table, blobs), clock)
    flows.face = replace(flows.face, archive=archive)
    report = flows("ReportTaskSucceeded", TaskToken=flows.token(), Output="{}")

    assert report["EventId"] == 0


def test_an_archive_knows_which_history_is_long(flows):
    flows.make(a_pass("P"))
    flows.run()

    assert flows.archive.is_long("order:o1", 0)
    assert not flows.archive.is_long("order:o1", 100)
