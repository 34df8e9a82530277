"""When is work stopped that nobody waits for now, and what if it cannot be?"""

import pytest

from chalicelib.engine.commands import CancelTask
from chalicelib.errors import Unavailable
from chalicelib.orchestrator.cancelling import stopping
from chalicelib.simulation.stage import Stage
from chalicelib.simulation.trial import Trial

CATCH = [{"Errors": ["FnF.ALL"], "Next": "Rescue"}]
RESCUE = {"Type": "Pass", "Name": "Rescue", "OutputConstructor": {}, "End": True}


def flow(*states, start, name="film"):
    head = {"Type": "StateMachine", "SpecVersion": "v1", "Name": name}
    return {**head, "StartAt": start, "States": list(states)}


def task(name, action, parameters, **facts):
    return {
        "Type": "Task",
        "Name": name,
        "Action": action,
        "Parameters": parameters,
        "End": True,
        **facts,
    }


def sub(**facts):
    parameters = {"resourceArn": "acs:fnf:::flow/mix", "executionName": "kid"}
    mode = {"TaskMode": "WaitForSystemCallback"}
    return task("Sub", "FNF:StartExecution", parameters, **mode, **facts)


def render(**facts):
    parameters = {"resourceArn": "acs:fc:::functions/render", "body": {}}
    mode = {"TaskMode": "WaitForSystemCallback"}
    return task("Render", "FC:InvokeFunction", parameters, **mode, **facts)


def gate():
    return task("Gate", "FC:InvokeFunction", {"resourceArn": "acs:fc:::functions/gate"})


def parallel(*branches, **facts):
    made = [{"StartAt": each["Name"], "States": [each]} for each in branches]
    return {"Type": "Parallel", "Name": "All", "Branches": made, **facts}


#: Each item is a sub-flow, or fails after a while.
EACH = {
    "Type": "Map",
    "Name": "Each",
    "ItemsPath": "$Input.list",
    "Processor": {
        "StartAt": "Which",
        "States": [
            {
                "Type": "Choice",
                "Name": "Which",
                "Branches": [{"Condition": '$Input.is == "sub"', "Next": "Sub"}],
                "Default": "Gate",
            },
            sub(),
            gate(),
        ],
    },
    "End": True,
}
MIX = flow(
    {"Type": "Wait", "Name": "Mix", "Seconds": 90000, "End": True},
    start="Mix",
    name="mix",
)
ITEMS = {"list": [{"is": "sub"}, {"is": "gate"}]}


def long_work(event):
    return {}


long_work.takes = 90000.0


def broken(event):
    raise ValueError("shut")


broken.takes = 60.0
FUNCTIONS = {"render": long_work, "gate": broken}


def a_stage(definition, **facts):
    stage = Stage(FUNCTIONS, **facts)
    stage.publish(MIX)
    stage.publish(definition)
    return stage


def ended(definition, value=None):
    """Return a stage in which an execution has ended, before a day is over."""
    stage = a_stage(definition)
    execution = stage.start("film", value or {})
    limit = stage.loop.now + 80000
    has_ended = lambda: stage.head(execution).status != "RUNNING"  # noqa: E731
    stage.loop.run(lambda: stage.loop.now > limit or has_ended(), 100_000)
    stage.loop.run(lambda: stage.loop.now > limit, 100_000)
    return stage, stage.head(execution)


def not_cancelled(stage, execution):
    return [
        (event["state"], event["resource"])
        for event in stage.history(execution)
        if event["type"] == "TaskNotCancelled"
    ]


def test_stopping_a_flow_stops_its_sub_flows_and_tells_of_its_functions():
    stage = a_stage(flow(parallel(sub(), render(), End=True), start="All"))
    execution = stage.start("film", {})
    stage.later(100.0, lambda: stage.stop(execution))

    stage.settle(execution)
    stage.settle("mix:kid")
    stage.loop.run(lambda: stage.loop.now > stage.head(execution).stopped_at + 60, 999)

    assert stage.head(execution).status == "ABORTED"
    assert stage.head("mix:kid").status == "ABORTED"
    assert not_cancelled(stage, execution) == [("Render", "acs:fc:::functions/render")]


def test_a_branch_that_fails_stops_the_sub_flow_of_another_one():
    all_ = parallel(sub(), gate(), Catch=CATCH, End=True)

    stage, head = ended(flow(all_, RESCUE, start="All"))

    assert (head.status, head.output) == ("SUCCEEDED", {})
    assert stage.head("mix:kid").status == "ABORTED"
    assert not_cancelled(stage, head.execution) == []


def test_an_iteration_that_fails_stops_the_sub_flow_of_another_one():
    stage, head = ended(flow(EACH, start="Each"), ITEMS)

    assert (head.status, head.error) == ("FAILED", "ValueError")
    assert stage.head("mix:kid").status == "ABORTED"


@pytest.mark.parametrize(
    ("definition", "ending"),
    [
        (flow(parallel(sub(), gate(), End=True), start="All"), "FAILED"),
        (flow({**EACH, "Catch": CATCH}, RESCUE, start="Each"), "SUCCEEDED"),
    ],
    ids=["nobody catches the branch's error", "the Map catches the iteration's error"],
)
def test_who_catches_the_error_that_a_sibling_did_not_is_all_the_same(
    definition, ending
):
    stage, head = ended(definition, ITEMS)

    assert head.status == ending
    assert stage.head("mix:kid").status == "ABORTED"


class Obedient:
    """The dispatcher of a stage whose services stop what they are told to."""

    def __init__(self, stage):
        self._made = stage._own_dispatcher()
        self.begun, self.stopped = {}, []

    def dispatch(self, call):
        self.begun[call.resource] = call.idempotency_key
        return self._made.dispatch(call)

    def cancel(self, call):
        is_known = self.begun[call.resource] == call.idempotency_key
        self.stopped.append(call.resource)
        return is_known and (self._made.cancel(call) or True)

    @property
    def calls(self):
        return self._made.calls


def test_sub_flows_are_stopped_before_functions_and_by_the_key_of_their_attempt():
    made = []

    def dispatcher(stage):
        made.append(Obedient(stage))
        return made[0]

    all_ = parallel(render(), gate(), sub(), Catch=CATCH, End=True)
    stage = a_stage(flow(all_, RESCUE, start="All"), dispatcher=dispatcher)
    execution = stage.start("film", {})
    limit = stage.loop.now + 3600
    stage.loop.run(lambda: stage.loop.now > limit, 10_000)

    assert made[0].stopped == ["workflow:mix", "acs:fc:::functions/render"]
    assert not_cancelled(stage, execution) == []


@pytest.mark.parametrize(
    "definition",
    [
        pytest.param(
            flow(sub(Timeout=60, Catch=CATCH), RESCUE, start="Sub"), id="out of time"
        ),
        pytest.param(
            flow(
                parallel(
                    sub(),
                    gate() | {"Catch": [{"Errors": ["FnF.ALL"], "Next": "Rescue"}]},
                    End=True,
                ),
                start="All",
            ),
            id="an error that the branch itself catches",
        ),
        pytest.param(
            flow({**EACH, "ToleratedFailureCount": 1}, start="Each"),
            id="a failure that the Map tolerates",
        ),
    ],
)
def test_in_any_other_case_a_sub_flow_goes_on(definition):
    for branch in definition["States"][0].get("Branches", ()):
        branch["States"].append(RESCUE) if "Catch" in branch["States"][0] else None

    stage, _ = ended(definition, ITEMS)

    assert stage.head("mix:kid").status == "RUNNING"


class Deaf:
    """The dispatcher of a stage whose services hear of no stop."""

    def __init__(self, stage):
        self._made = stage._own_dispatcher()

    def dispatch(self, call):
        return self._made.dispatch(call)

    def cancel(self, call):
        raise Unavailable("whoever could stop it")

    @property
    def calls(self):
        return self._made.calls


def test_a_stop_that_fails_is_told_of_and_holds_nobody_up():
    stage = a_stage(flow(sub(), start="Sub"), dispatcher=Deaf)
    execution = stage.start("film", {})
    stage.later(100.0, lambda: stage.stop(execution))

    stage.settle(execution)
    stage.loop.run(lambda: stage.loop.now > stage.head(execution).stopped_at + 60, 999)

    (told,) = [
        event
        for event in stage.history(execution)
        if event["type"] == "TaskNotCancelled"
    ]
    assert stage.head(execution).status == "ABORTED"
    assert told["resource"] == "workflow:mix"
    assert "whoever could stop it" in told["cause"]
    assert stage.head("mix:kid").status == "RUNNING"


def stopped(definition):
    def meddle(stage, execution):
        stage.later(120.0, lambda: stage.stop(execution, error="Enough"))

    return Trial(
        definition, ITEMS, functions=FUNCTIONS, workflows={"mix": MIX}, meddle=meddle
    )


@pytest.mark.no_cover
def test_a_stop_has_one_end_in_any_storm():
    trial = stopped(flow(parallel(sub(), render(), End=True), start="All"))

    report = trial.storms(range(6))

    assert not report.failed, str(report)


@pytest.mark.no_cover
def test_a_failed_iteration_has_one_end_whatever_goes_wrong_once():
    each = {**EACH, "Catch": CATCH}
    trial = Trial(
        flow(each, RESCUE, start="Each"),
        ITEMS,
        functions=FUNCTIONS,
        workflows={"mix": MIX},
    )

    report = trial.every_fault()

    assert not report.failed, str(report)


@pytest.mark.no_cover
@pytest.mark.parametrize("facts", [{}, {"Catch": CATCH}], ids=["uncaught", "caught"])
def test_a_failed_branch_has_one_end_in_any_storm(facts):
    all_ = parallel(sub(), render(), gate(), **facts, End=True)
    trial = Trial(
        flow(all_, *([RESCUE] if facts else []), start="All"),
        {},
        functions=FUNCTIONS,
        workflows={"mix": MIX},
    )

    report = trial.storms(range(4))

    assert not report.failed, str(report)


def test_a_job_is_begun_and_looked_at_in_the_role_of_its_task():
    role = "arn:aws:iam::222222222222:role/sorter"
    job = {
        "Type": "Task",
        "Resource": "arn:aws:states:::glue:startJobRun.sync",
        "Parameters": {"JobName": "sort"},
        "Credentials": {"RoleArn.$": "$.role"},
        "TimeoutSeconds": 5,
        "End": True,
    }
    functions = {
        "glue:startJobRun": lambda event: {"JobRunId": "r-1"},
        "glue:getJobRun": lambda event: {"JobRun": {"JobRunState": "RUNNING"}},
    }
    with Stage(functions) as stage:
        workflow = stage.publish({"StartAt": "Sort", "States": {"Sort": job}}, name="w")
        head = stage.run(workflow, {"role": role})
        stage.settle()

        assert head.error == "States.Timeout"
        made = [call.resource.rpartition(":")[2] for call in stage.dispatcher.calls]
        assert set(made) == {"startJobRun", "getJobRun"}
        assert {call.role for call in stage.dispatcher.calls} == {role}


def test_work_is_stopped_in_the_role_that_it_was_begun_in():
    stop = CancelTask(
        activation=1, attempt=1, resource="aws:stop", payload={}, role="a role"
    )

    assert stopping(stop).role == "a role"
