"""Functions of every kind, at work: over HTTP, Lambda and queues, at once or later."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.scenarios import mail
from tests.scenarios.desk import ROOT, a_flow

pytestmark = [pytest.mark.moto, pytest.mark.slow]

GATEWAY = "http://gateway.openfaas.svc.cluster.local:8080"
WORKFLOWS = ROOT.parent / "workflows"


def a_dag(name, path, pattern, **facts):
    """Return a DAG of one function, which is sent the name of who is greeted."""
    task = {
        "name": "only",
        "category": "function",
        "resourceName": f"{GATEWAY}/{path}",
        "pattern": pattern,
        "inputMappings": [{"source": "$.context.name", "target": "$.input.name"}],
        "outputMappings": [{"source": "$.output", "target": "$.context.said"}],
        **facts,
    }
    return {"workspace": "tests", "dagName": name, "type": "flow", "tasks": [task]}


def token_in(letter):
    """Return the token of the callback URL that a function was sent."""
    url = urlsplit(letter["headers"]["x-callback-url"])
    return parse_qs(url.query)["token"][0]


def test_openfaas_function_answers_at_once_and_sees_path_and_query(desk):
    path = "function/greet/in/norwegian?formal=yes&formal=very"
    dag = a_dag("greets", path, "task_sync")

    ended = desk.run(dag, {"name": "Ann"})

    said = ended["output"]["said"]
    assert said["hello"] == "Ann"
    assert said["path"] == "/in/norwegian"
    assert said["query"]["formal"] == ["yes", "very"]
    # As in Rill Flow: the request names execution and task.
    name = ended["id"].removeprefix("tests-greets:")
    assert said["query"]["execution_id"] == f"tests:greets_c_{name}"
    assert said["query"]["name"] == "only"


def test_openfaas_function_answers_later_through_its_queue_worker(desk):
    dag = a_dag("greetsLater", "async-function/greet/later?in=norwegian", "task_async")

    ended = desk.run(dag, {"name": "Ann"})

    assert ended["status"] == "SUCCEEDED"
    assert ended["output"]["said"]["hello"] == "Ann"
    assert ended["output"]["said"]["path"] == "/later"


def test_failure_that_the_queue_worker_tells_of_fails_the_task(desk):
    dag = a_dag("failsLater", "async-function/fail", "task_async")

    ended = desk.run(dag, {"name": "Ann"})

    assert (ended["status"], ended["error"]) == ("FAILED", "failed")
    assert ended["cause"] == "ValueError: it is broken"


def test_http_function_reports_through_its_callback_url(desk):
    dag = a_dag("reports", "http/http_tell?box=reports", "task_async")
    execution = desk.start(desk.publish(dag), {"name": "Ann"})
    letter = mail.take("reports")

    url = letter["headers"]["x-callback-url"]
    answer = desk.ask("POST", url, {"result_type": "SUCCESS", "hello": "Ann"}, key="")

    assert url.startswith(f"{desk.url}/flow/trigger.json?")
    assert (letter["method"], letter["headers"]["x-mode"]) == ("POST", "async")
    assert letter["body"]["name"] == "Ann"
    assert answer.status_code == 200
    assert desk.ended(execution)["output"]["said"]["hello"] == "Ann"


def test_http_function_reports_its_failure_in_rill_flows_words(desk):
    dag = a_dag("regrets", "http/http_tell?box=regrets", "task_async")
    execution = desk.start(desk.publish(dag), {"name": "Ann"})
    url = mail.take("regrets")["headers"]["x-callback-url"]

    desk.ask("POST", url, {"result_type": "FAILED", "error_msg": "no ink"}, key="")

    ended = desk.ended(execution)
    assert (ended["status"], ended["cause"]) == ("FAILED", "no ink")


@pytest.mark.parametrize(
    ("options", "status"), [({}, "SUCCEEDED"), ({"status": "failed"}, "FAILED")]
)
def test_http_function_reports_by_rill_flows_trigger(desk, options, status):
    dag = a_dag("triggers", "http/http_tell?box=triggers", "task_async")
    execution = desk.start(desk.publish(dag), {"name": "Ann"})
    token = token_in(mail.take("triggers"))
    query = {"execution_id": execution, "task_name": "only", "token": token}

    answer = desk.ask(
        "POST", "/flow/trigger.json", {"hello": "Ann"}, key="", **query, **options
    )

    assert answer.json()["result"] == "ok"
    assert desk.ended(execution)["status"] == status


@pytest.mark.parametrize("query", [{}, {"token": "t1.a.b.c"}])
def test_trigger_without_its_token_opens_nothing(desk, query):
    answer = desk.ask(
        "POST", "/flow/trigger.json", {}, key="", execution_id="a:b", **query
    )

    assert answer.status_code == 401


def test_trigger_with_the_token_of_another_execution_opens_nothing(desk):
    dag = a_dag("guarded", "http/http_tell?box=guarded", "task_async")
    execution = desk.start(desk.publish(dag), {"name": "Ann"})
    token = token_in(mail.take("guarded"))

    answer = desk.ask(
        "GET", "/flow/trigger.json", key="", token=token, execution_id="guarded:other"
    )

    assert answer.status_code == 401
    assert desk.execution(execution)["status"] == "RUNNING"


def test_work_that_a_service_does_not_accept_fails_at_once(desk):
    dag = a_dag("refused", "http/http_status?status=503", "task_async")

    ended = desk.run(dag, {"name": "Ann"})

    assert ended["status"] == "FAILED"
    assert "status 503" in ended["cause"]


def invoked(function, pattern="", **facts):
    """Return a Task of Step Functions' own integration with Lambda."""
    return {
        "Type": "Task",
        "Resource": f"arn:aws:states:::lambda:invoke{pattern}",
        "Parameters": {"FunctionName": function, **facts},
    }


def test_lambda_function_answers_at_once(desk):
    task = invoked("shout", Payload={"text.$": "$.text"})

    output = desk.run(a_flow(task), {"text": "hello"})["output"]

    assert (output["Payload"], output["StatusCode"]) == ({"text": "HELLO"}, 200)


def test_lambda_event_is_not_waited_for(desk):
    task = invoked("receive", Payload={"box": "event"}, InvocationType="Event")

    ended = desk.run(a_flow(task))

    assert ended["output"]["StatusCode"] == 202
    assert mail.take("event") == {"box": "event"}


def test_lambda_function_answers_later_with_its_token(desk):
    payload = {"box": "token", "token.$": "$$.Task.Token"}
    task = invoked("receive", ".waitForTaskToken", Payload=payload)
    execution = desk.start(desk.publish(a_flow(task), "later"))

    desk.report(mail.take("token")["token"], {"hello": "Ann"}, "/success")

    assert desk.ended(execution)["output"] == {"hello": "Ann"}


def test_lambda_function_that_was_given_no_token_finds_one_in_its_event(desk):
    flow = {
        "Type": "StateMachine",
        "Name": "unasked",
        "SpecVersion": "v1",
        "StartAt": "Only",
        "States": [
            {
                "Type": "Task",
                "Name": "Only",
                "Action": "FC:InvokeFunction",
                "TaskMode": "WaitForCustomCallback",
                "Parameters": {
                    "resourceArn": "acs:fc:::functions/receive/LATEST",
                    "body": {"box": "unasked"},
                },
                "End": True,
            }
        ],
    }
    execution = desk.start(desk.publish(flow))
    letter = mail.take("unasked")

    answer = desk.ask("POST", letter["callbackUrl"], {"hello": "Ann"}, key="")

    assert letter["callbackUrl"].endswith(letter["taskToken"])
    assert answer.status_code == 200
    assert desk.ended(execution)["output"] == {"hello": "Ann"}
