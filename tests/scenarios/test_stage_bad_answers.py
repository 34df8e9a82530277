"""Functions that answer badly, late or not at all: errors that Retry and Catch know."""

import pytest

from tests.scenarios import mail
from tests.scenarios.desk import ANSWER_BYTES, a_flow, a_task, rescued

pytestmark = [pytest.mark.moto, pytest.mark.slow]

GATEWAY = "http://gateway"
TOO_LARGE = ANSWER_BYTES + 1
SAID_TOO_LARGE = f"the answer has more than {ANSWER_BYTES} bytes"

#: What is called, with what, and the error's name and cause; by whom it is carried.
OVER_LAMBDA = [
    ("unspeakable", {}, "Runtime.MarshalError", "is not JSON serializable"),
    ("size", {"bytes": TOO_LARGE}, "States.DataLimitExceeded", SAID_TOO_LARGE),
    ("hang", {"gate": "lambda"}, "States.Timeout", "no answer within 1 s"),
    ("fail", {"why": "no ink"}, "ValueError", '"errorMessage": "no ink"'),
    ("nobody", {}, "Lambda.ResourceNotFoundException", "no function 'nobody'"),
]
OVER_HTTP = [
    (
        f"{GATEWAY}/http/http_text",
        "Task.InvalidOutput",
        "the answer is not JSON: this is <b>not</b> JSON",
    ),
    (
        f"{GATEWAY}/http/http_size?bytes={TOO_LARGE}",
        "States.DataLimitExceeded",
        SAID_TOO_LARGE,
    ),
    (
        f"{GATEWAY}/http/http_hang?gate=http",
        "States.Timeout",
        "gateway: no answer within 1 s",
    ),
    (
        "http://127.0.0.1:1/closed",
        "States.Http.Socket",
        "127.0.0.1:1: no connection: Connection refused",
    ),
    (
        "http://169.254.169.254/latest/meta-data",
        "States.Permissions",
        "HTTP to 169.254.169.254:80 (169.254.169.254) is not allowed by this stage",
    ),
]


@pytest.mark.parametrize(("function", "given", "error", "cause"), OVER_LAMBDA)
def test_bad_answer_over_lambda_is_caught_by_its_name(
    desk, function, given, error, cause
):
    ended = desk.run(rescued(a_task(function, TimeoutSeconds=1), error), given)

    assert ended["status"] == "SUCCEEDED"
    assert ended["output"]["caught"]["Error"] == error
    assert cause in ended["output"]["caught"]["Cause"]


@pytest.mark.parametrize(("url", "error", "cause"), OVER_HTTP)
def test_bad_answer_over_http_is_caught_by_its_name(desk, url, error, cause):
    ended = desk.run(rescued(a_task(url, TimeoutSeconds=1), error), {"a": 1})

    assert ended["status"] == "SUCCEEDED"
    assert ended["output"] == {"a": 1, "caught": {"Error": error, "Cause": cause}}


@pytest.mark.parametrize("kind", ["hang", f"{GATEWAY}/http/http_hang?gate=uncaught"])
def test_timeout_that_nobody_catches_fails_the_execution_with_it(desk, kind):
    ended = desk.run(a_flow(a_task(kind, TimeoutSeconds=1)), {"gate": "uncaught"})

    assert (ended["status"], ended["error"]) == ("FAILED", "States.Timeout")
    assert "no answer within 1 s" in ended["cause"]


def test_answer_as_large_as_the_limit_is_taken(desk):
    longest = ANSWER_BYTES - len('{"text": ""}')

    ended = desk.run(a_flow(a_task("size")), {"bytes": longest})

    assert len(ended["output"]["text"]) == longest


def test_retry_by_name_asks_again_until_it_works(desk):
    retry = [{"ErrorEquals": ["ValueError"], "IntervalSeconds": 1, "BackoffRate": 1}]
    task = a_task("fickle", Retry=retry)

    ended = desk.run(a_flow(task), {"box": "fickle", "calls": 2})

    keys = {mail.take("fickle"), mail.take("fickle")}
    assert ended["output"] == {"calls": 2}
    assert len(keys) == 2, "each attempt has a key of its own"
    assert desk.types(ended["id"]).count("RetryScheduled") == 1


def test_retry_by_another_name_does_not_ask_again(desk):
    retry = [{"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 1}]

    ended = desk.run(a_flow(a_task("fail", Retry=retry)), {})

    assert (ended["status"], ended["error"]) == ("FAILED", "ValueError")
    assert "RetryScheduled" not in desk.types(ended["id"])


def a_dag(name, url, **facts):
    task = {
        "name": "only",
        "category": "function",
        "resourceName": url,
        "pattern": "task_sync",
        **facts,
    }
    return {"workspace": "tests", "dagName": name, "type": "flow", "tasks": [task]}


@pytest.mark.parametrize(
    ("url", "error", "cause"),
    [
        (f"{GATEWAY}/http/http_text", "bad_output", "the answer is not JSON"),
        (
            f"{GATEWAY}/function/size",
            "http_status",
            "the answer has status 500: KeyError: 'bytes'",
        ),
        (
            f"{GATEWAY}/http/http_size?bytes={TOO_LARGE}",
            "too_large",
            SAID_TOO_LARGE,
        ),
        (f"{GATEWAY}/http/http_hang?gate=dag", "timeout", "no answer within 1 s"),
        (f"{GATEWAY}/function/nobody", "not_found", "no function 'nobody'"),
    ],
)
def test_bad_answer_fails_a_dag_by_its_name(desk, url, error, cause):
    dag = a_dag("badAnswer", url, timeline={"timeoutInSeconds": 1})

    ended = desk.run(dag, {})

    assert (ended["status"], ended["error"]) == ("FAILED", error)
    assert cause in ended["cause"]


def test_dag_whose_task_tolerates_goes_on(desk):
    dag = a_dag("tolerant", f"{GATEWAY}/http/http_text", tolerance=True, next="after")
    dag["tasks"].append({"name": "after", "category": "pass"})

    assert desk.run(dag, {})["status"] == "SUCCEEDED"


def fc(function, **body):
    arn = f"acs:fc:::functions/{function}/LATEST"
    return "FC:InvokeFunction", {"resourceArn": arn, "body": body}


def http(path):
    return "HTTP:Request", {"url": f"{GATEWAY}/http/{path}"}


@pytest.mark.parametrize(
    ("called", "code"),
    [
        (fc("unspeakable"), "FC.Unknown"),
        (fc("size", bytes=TOO_LARGE), "FnF.DataLimitExceeded"),
        (fc("hang", gate="flow"), "FnF.TaskTimeout"),
        (fc("nobody"), "FC.FunctionNotFound"),
        (http(f"http_size?bytes={TOO_LARGE}"), "FnF.DataLimitExceeded"),
        (http("http_hang?gate=flow"), "FnF.TaskTimeout"),
    ],
)
def test_bad_answer_is_caught_by_its_name_in_cloudflow(desk, called, code):
    action, parameters = called
    caught = {"OutputConstructor": {"code.$": "$Context.Current.Error.Code"}}
    # Seconds: what answers at once must not be too late on a busy machine.
    patience = {"FnF.TaskTimeout": 1}.get(code, 60)
    task = {"Type": "Task", "Name": "Only", "Action": action, "Timeout": patience}
    catch = {"Errors": [code], "Next": "Rescue", **caught}
    flow = {
        "Type": "StateMachine",
        "Name": "rescued",
        "SpecVersion": "v1",
        "StartAt": "Only",
        "States": [
            {**task, "Parameters": parameters, "Catch": [catch], "End": True},
            {"Type": "Pass", "Name": "Rescue", "End": True},
        ],
    }

    ended = desk.run(flow, {})

    assert (ended["status"], ended["output"]) == ("SUCCEEDED", {"code": code})
