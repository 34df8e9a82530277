"""CloudFlow, "Service integration modes": each thing that page says, on a real stage.

Handlers, queues, HTTP and functions are those of the local stage. Elsewhere are:

    programs of their own behind a queue, the page's two patterns    test_stage_workers
    the three cases in which work is cancelled, and no other;        unit/orchestrator/
    sub-flows before functions; what a cancel that fails leaves      test_cancelling
    each service's modes                                             unit/formats/
                                                                     test_cloudflow_*
    the same with the official SDK                                   test_cloudflow_sdk
"""

import pytest

from tests.scenarios import mail

pytestmark = [pytest.mark.moto, pytest.mark.slow]

ARN = "acs:fc:::services/scenarios.LATEST/functions"
SYSTEM, CUSTOM = "WaitForSystemCallback", "WaitForCustomCallback"


def invoke(function, mode=None, *, kind="Sync", **facts):
    """Return a Task as the page writes it: two colons, a service, a qualifier."""
    parameters = {
        "resourceArn": f"{ARN}/{function}",
        "invocationType": kind,
        "body.$": "$Input",
    }
    task = {
        "Name": "Call",
        "Type": "Task",
        "Action": "FC::InvokeFunction",
        "Parameters": parameters,
    }
    end = {} if "Next" in facts else {"End": True}
    return task | ({"TaskMode": mode} if mode else {}) | end | facts


def flow(*states, name="probe"):
    head = {"Type": "StateMachine", "Name": name, "SpecVersion": "v1"}
    return {**head, "StartAt": states[0]["Name"], "States": list(states)}


def ask(**facts):
    """Return a Task whose function gets its token, and leaves the answer to others."""
    body = {"box.$": "$Input.box", "token.$": "$Context.Current.TaskToken"}
    made = invoke("receive", CUSTOM, kind="Async", **facts)
    del made["Parameters"]["body.$"]
    return made | {"Parameters": {**made["Parameters"], "body": body}}


def report(desk, how, token, **facts):
    """Return the answer to a report as a worker without an SDK makes it."""
    body = {"TaskToken": token, **facts}
    return desk.ask("POST", f"/cloudflow/ReportTask{how}", body, key="")


@pytest.mark.parametrize("mode", [None, "RequestComplete"])
def test_a_request_is_complete_when_its_answer_is_there(desk, mode):
    after = {"Type": "Pass", "Name": "After", "End": True}

    ended = desk.run(flow(invoke("shout", mode, Next="After"), after), {"text": "boat"})

    assert ended["output"] == {"text": "BOAT"}


def test_an_asynchronous_request_is_complete_when_it_is_accepted(desk):
    box = "accepted"

    ended = desk.run(flow(invoke("hold", kind="Async")), {"box": box})

    assert (ended["status"], ended["output"]) == ("SUCCEEDED", {})
    mail.open_gate(box)


def test_the_system_calls_back_when_an_asynchronous_function_has_ended(desk):
    box = "system"
    execution = desk.start(
        desk.publish(flow(invoke("hold", SYSTEM, kind="Async"))), {"box": box}
    )
    mail.take(box)
    # The function is at work, and nobody's invocation waits for it.
    desk.agree(lambda: desk.left("steps") == 0)
    assert desk.execution(execution)["status"] == "RUNNING"

    mail.open_gate(box)

    ended = desk.ended(execution)
    assert (ended["status"], ended["output"]) == ("SUCCEEDED", {"at": "last"})


def test_the_system_calls_back_with_the_functions_failure(desk):
    caught = [{"Errors": ["ValueError"], "Next": "Rescue"}]
    rescue = {
        "Type": "Pass",
        "Name": "Rescue",
        "OutputConstructor": {"code.$": "$Input.Code"},
        "End": True,
    }

    ended = desk.run(
        flow(invoke("fail", SYSTEM, kind="Async", Catch=caught), rescue), {}
    )

    assert ended["output"] == {"code": "ValueError"}


def test_the_system_calls_back_when_a_sub_flow_has_ended(desk):
    desk.publish(flow(invoke("shout"), name="below"))
    start = {
        "Name": "Start",
        "Type": "Task",
        "Action": "FNF::StartExecution",
        "TaskMode": SYSTEM,
        "Parameters": {"resourceArn": "acs:fnf:::flow/below", "input.$": "$Input"},
        "End": True,
    }

    ended = desk.run(flow(start), {"text": "deep"})

    assert ended["output"] == {"text": "DEEP"}


def test_stopping_a_flow_stops_its_sub_flows_and_then_tells_of_its_functions(desk):
    box = "stopped"
    desk.publish(
        flow({"Type": "Wait", "Name": "W", "Seconds": 600, "End": True}, name="slow")
    )
    start = {
        "Name": "Start",
        "Type": "Task",
        "Action": "FNF:StartExecution",
        "TaskMode": SYSTEM,
        "Parameters": {"resourceArn": "acs:fnf:::flow/slow", "executionName": "kid"},
        "End": True,
    }
    branches = [
        {"StartAt": each["Name"], "States": [each]}
        for each in (start, invoke("hold", SYSTEM, kind="Async"))
    ]
    both = {"Type": "Parallel", "Name": "Both", "Branches": branches, "End": True}
    execution = desk.start(desk.publish(flow(both)), {"box": box})
    mail.take(box)
    desk.reached("slow:kid", "WaitStarted")

    desk.ask("POST", f"/v1/executions/{execution}/stop", {})

    assert desk.ended("slow:kid")["status"] == "ABORTED"
    assert desk.ended(execution)["status"] == "ABORTED"
    desk.reached(execution, "TaskNotCancelled")
    mail.open_gate(box)


def test_a_flow_waits_until_somebody_reports_success_for_its_token(desk):
    execution = desk.start(desk.publish(flow(ask())), {"box": "wanted"})
    token = mail.take("wanted")["token"]
    assert desk.execution(execution)["status"] == "RUNNING"

    answer = report(desk, "Succeeded", token, Output='{"approved": true}')

    assert answer.status_code == 200
    assert desk.ended(execution)["output"] == {"approved": True}


def test_a_failure_that_somebody_reports_has_the_name_that_they_gave(desk):
    execution = desk.start(desk.publish(flow(ask())), {"box": "refused"})
    token = mail.take("refused")["token"]

    report(desk, "Failed", token, Error="NotApproved", Cause="too dear")

    ended = desk.ended(execution)
    assert (ended["status"], ended["error"]) == ("FAILED", "NotApproved")


def test_a_token_that_was_used_is_used_up(desk):
    execution = desk.start(desk.publish(flow(ask())), {"box": "used"})
    token = mail.take("used")["token"]
    report(desk, "Succeeded", token, Output="{}")
    desk.ended(execution)

    again = report(desk, "Failed", token, Error="Late", Cause="")

    assert again.status_code >= 400
    assert desk.execution(execution)["status"] == "SUCCEEDED"


def test_a_mode_that_a_service_does_not_have_is_refused(desk):
    store = {
        "Name": "Store",
        "Type": "Task",
        "Action": "OSS:PutObject",
        "TaskMode": CUSTOM,
        "Parameters": {"bucketName": "b", "objectName": "o", "body": "x"},
        "End": True,
    }

    answer = desk.ask("POST", "/v1/workflows", flow(store))

    assert answer.status_code == 400
    assert "OSS:PutObject has no mode WaitForCustomCallback" in answer.text


def test_a_mode_that_is_written_without_its_space_is_refused_and_named(desk):
    text = """
Type: StateMachine
SpecVersion: v1
Name: slip
StartAt: 呼叫
States:
  - Name: 呼叫
    Type: Task
    TaskMode:RequestComplete
    Action: FC::InvokeFunction
"""
    answer = desk.ask("POST", "/v1/workflows", text)

    (problem,) = answer.json()["problems"]
    assert (problem["line"], problem["column"]) == (9, 14)
    assert "a space is missing behind 'TaskMode:'" in problem["message"]


def test_an_api_that_nobody_has_is_refused(desk):
    call = {
        "Name": "Call",
        "Type": "Task",
        "Action": "Moon:Land",
        "Parameters": {},
        "End": True,
    }

    answer = desk.ask("POST", "/v1/workflows", flow(call))

    assert answer.status_code == 400
    assert "AWS has no service 'moon'" in answer.text
