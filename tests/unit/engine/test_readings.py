"""What the answer of a resource means to a task."""

import ast
from pathlib import Path

import pytest

from chalicelib.engine.answers import EXCERPT, Reading
from chalicelib.engine.events import Answer
from chalicelib.engine.readings import READERS, read_answer, read_error
from chalicelib.engine.state import Failure
from chalicelib.engine.subexecutions import SUBEXECUTIONS, read_failure
from chalicelib.model.arns import Naming
from chalicelib.model.error_names import TABLES

FORMATS = Path(__file__).parents[3] / "chalicelib" / "formats"
ASL, CLOUDFLOW, RILLFLOW = TABLES["asl"], TABLES["cloudflow"], TABLES["rillflow"]

STARTED = Answer(
    payload={"execution": "e-1", "workflow": "ship", "name": "n-1"},
    facts={"started_at": 1_700_000_000.25},
)


def names_of_readings(tree):
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="reading", value=ast.Constant(value=str(name))):
                yield name
            case ast.Tuple(
                elts=[
                    ast.Attribute(value=ast.Name(id="Mode")),
                    ast.Constant(value=str(name)),
                ]
            ):
                yield name


def test_every_reading_that_a_format_names_is_a_row():
    trees = [ast.parse(path.read_text()) for path in FORMATS.rglob("*.py")]

    named = {name for tree in trees for name in names_of_readings(tree)}

    assert named <= {*READERS, *SUBEXECUTIONS}


def test_the_search_for_names_sees_both_ways_of_writing_them():
    tree = ast.parse('Task(reading="a"), (Mode.REQUEST, "b"), (1, "c")')

    assert sorted(names_of_readings(tree)) == ["a", "b"]


def test_payload_is_the_json_of_the_answer():
    assert read_answer("payload", Answer(payload=[1]), ASL) == Reading(output=[1])


def test_payload_of_an_answer_without_content_is_null():
    answer = Answer(payload="", status=204, is_json=False)

    assert read_answer("payload", answer, ASL) == Reading()


def test_payload_that_is_not_json_fails_by_the_name_of_the_format():
    answer = Answer(payload="<html>", is_json=False)

    cause = "the answer is not JSON: <html>"
    assert read_answer("payload", answer, ASL).failure == Failure(
        error="Task.InvalidOutput", cause=cause
    )


@pytest.mark.parametrize(
    ("status", "error"),
    [
        pytest.param(302, "http_status", id="a redirect is not followed"),
        pytest.param(401, "forbidden", id="who are you"),
        pytest.param(403, "forbidden", id="you may not"),
        pytest.param(404, "not_found", id="nobody there"),
        pytest.param(413, "too_large", id="too much"),
        pytest.param(429, "throttled", id="too often"),
        pytest.param(503, "http_status", id="the service's own failure"),
    ],
)
def test_a_refusing_status_is_a_failure_named_by_its_kind(status, error):
    answer = Answer(payload={"why": "no"}, status=status)

    cause = f'the answer has status {status}: {{"why":"no"}}'
    assert read_answer("payload", answer, RILLFLOW) == Reading(
        output={"why": "no"}, failure=Failure(error=error, cause=cause)
    )


def test_a_cause_quotes_no_more_than_an_excerpt():
    answer = Answer(payload="x" * (EXCERPT + 1), status=500, is_json=False)

    reading = read_answer("payload", answer, ASL)

    assert reading.failure.cause == f"the answer has status 500: {'x' * EXCERPT}…"
    assert reading.output is None


@pytest.mark.parametrize(("payload", "output"), [({"id": 1}, {"id": 1}), ("", {})])
def test_an_acceptance_gives_its_object_or_an_empty_one(payload, output):
    answer = Answer(payload=payload, status=202)

    assert read_answer("accepted", answer, CLOUDFLOW) == Reading(output=output)


def test_a_refused_acceptance_is_a_failure():
    answer = Answer(payload="", status=429, is_json=False)

    failure = read_answer("accepted", answer, CLOUDFLOW).failure
    assert failure.error == "FC.ResourceThrottled"


def test_lambda_invoke_has_the_shape_of_the_optimised_integration():
    answer = Answer(
        payload={"ok": True},
        headers={"Content-Type": "application/json"},
        facts={"ExecutedVersion": "3", "RequestId": "r-1"},
    )

    assert read_answer("lambda_invoke", answer, ASL) == Reading(
        output={
            "ExecutedVersion": "3",
            "Payload": {"ok": True},
            "SdkHttpMetadata": {
                "AllHttpHeaders": {"Content-Type": ["application/json"]},
                "HttpHeaders": {"Content-Type": "application/json"},
                "HttpStatusCode": 200,
            },
            "SdkResponseMetadata": {"RequestId": "r-1"},
            "StatusCode": 200,
        }
    )


def test_http_invoke_has_the_shape_of_the_http_task():
    answer = Answer(payload={"id": 7}, status=201, headers={"ETag": "x"})

    assert read_answer("http_invoke", answer, ASL) == Reading(
        output={
            "Headers": {"ETag": ["x"]},
            "ResponseBody": {"id": 7},
            "StatusCode": 201,
            "StatusText": "Created",
        }
    )


@pytest.mark.parametrize("kind", ["image/png", "Application/Octet-Stream"])
def test_http_invoke_takes_no_answer_that_is_no_text(kind):
    answer = Answer(payload="?", headers={"Content-Type": kind})

    failure = read_answer("http_invoke", answer, ASL).failure

    assert failure.error == "States.Runtime"
    assert kind.lower() in failure.cause


def test_http_invoke_names_the_status_in_the_error():
    answer = Answer(payload="gone", status=404, is_json=False)

    assert read_answer("http_invoke", answer, ASL).failure == Failure(
        error="States.Http.StatusCode.404", cause="404 Not Found: gone"
    )


def test_http_invoke_knows_statuses_that_have_no_phrase():
    reading = read_answer("http_invoke", Answer(payload="?", status=599), ASL)

    assert reading.output["StatusText"] == ""


def test_http_of_cloudflow_succeeds_whatever_the_status():
    answer = Answer(payload="no", status=500, headers={"A": "b"}, is_json=False)

    assert read_answer("http_cloudflow", answer, CLOUDFLOW) == Reading(
        output={"Header": {"A": "b"}, "Code": 500, "Body": "no"}
    )


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({"a": 1}, id="an object passes through"),
        pytest.param('{"a":1}', id="a text of JSON is unwrapped"),
    ],
)
def test_function_compute_gives_an_object(payload):
    reading = read_answer("fc", Answer(payload=payload), CLOUDFLOW)

    assert reading == Reading(output={"a": 1})


@pytest.mark.parametrize("payload", ["not JSON", "[1]", [1], None, 5])
def test_function_compute_refuses_what_is_not_an_object(payload):
    failure = read_answer("fc", Answer(payload=payload), CLOUDFLOW).failure

    assert failure.error == CLOUDFLOW["bad output"]
    assert "not a JSON object" in failure.cause


def test_function_compute_says_what_a_status_means():
    failure = read_answer("fc", Answer(payload={}, status=500), CLOUDFLOW).failure

    assert failure.error == "FC.InternalServerError"


def test_a_started_flow_is_named_as_cloudflow_names_it():
    output = read_answer("fnf_started", STARTED, CLOUDFLOW).output

    assert output["FlowName"] == "ship"
    assert output["ExecutionName"] == "n-1"
    assert len(output["RequestID"]) == 32


def test_the_output_of_a_flow_is_its_own():
    answer = Answer(payload={"x": 1})

    assert read_answer("fnf_output", answer, CLOUDFLOW) == Reading(output={"x": 1})


NAMING = Naming(prefix="arn:aws:states:r:1")


def test_a_started_execution_has_an_arn_and_a_date():
    output = read_answer("execution_started", STARTED, ASL, NAMING).output

    assert output["ExecutionArn"] == "arn:aws:states:r:1:execution:ship:n-1"
    assert output["StartDate"] == "2023-11-14T22:13:20.250Z"
    assert output["SdkHttpMetadata"]["HttpStatusCode"] == 200


ENDED = Answer(
    payload={"sum": 3},
    facts={
        "execution": "e-1",
        "input": {"n": 1},
        "name": "n-1",
        "started_at": 1.5,
        "stopped_at": 2.0,
        "workflow": "ship",
    },
)


def test_the_output_of_an_execution_is_a_text():
    assert read_answer("execution_output", ENDED, ASL).output == {
        "ExecutionArn": "ship:n-1",
        "Input": '{"n":1}',
        "InputDetails": {"Included": True},
        "Name": "n-1",
        "Output": '{"sum":3}',
        "OutputDetails": {"Included": True},
        "StartDate": 1500,
        "StateMachineArn": "ship",
        "Status": "SUCCEEDED",
        "StopDate": 2000,
    }


def test_the_output_of_an_execution_may_be_wanted_as_json():
    output = read_answer("execution_output_json", ENDED, ASL).output

    assert (output["Input"], output["Output"]) == ({"n": 1}, {"sum": 3})


def test_facts_that_nobody_brought_are_left_out():
    answer = Answer(payload=1)

    assert read_answer("execution_output", answer, ASL).output == {
        "Output": "1",
        "OutputDetails": {"Included": True},
        "Status": "SUCCEEDED",
    }


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_url_is_refused_by_the_name_of_its_status(status):
    answer = Answer(payload={"why": "x"}, status=status)

    reading = read_answer("http", answer, ASL)

    assert reading.failure.error == f"States.Http.StatusCode.{status}"
    assert reading.output == {"why": "x"}


def test_a_url_answers_with_json():
    assert read_answer("http", Answer(payload=[1]), ASL) == Reading(output=[1])


def test_a_sent_message_is_described_as_by_step_functions():
    answer = Answer(payload={"MessageId": "m"}, facts={"RequestId": "r"})

    output = read_answer("sqs", answer, ASL).output

    assert output["MessageId"] == "m"
    assert output["SdkResponseMetadata"] == {"RequestId": "r"}


@pytest.mark.parametrize("reading", ["sns", "events", "dynamodb"])
def test_the_integrations_of_services_bring_the_metadata(reading):
    answer = Answer(payload={"A": 1}, headers={"h": "v"}, facts={"RequestId": "r"})

    assert read_answer(reading, answer, ASL).output == {
        "A": 1,
        "SdkHttpMetadata": {
            "AllHttpHeaders": {"h": ["v"]},
            "HttpHeaders": {"h": "v"},
            "HttpStatusCode": 200,
        },
        "SdkResponseMetadata": {"RequestId": "r"},
    }


def test_any_other_call_of_aws_gives_its_answer_alone():
    answer = Answer(payload={"A": 1}, facts={"RequestId": "r"})

    assert read_answer("aws_sdk", answer, ASL) == Reading(output={"A": 1})


@pytest.mark.parametrize(
    ("body", "shown"), [('{"n":1}', {"n": 1}), ("no JSON", "no JSON")]
)
def test_what_a_model_said_is_shown_as_json_where_it_is(body, shown):
    answer = Answer(payload={"Body": body, "ContentType": "application/json"})

    assert read_answer("bedrock_model", answer, ASL).output == {
        "Body": shown,
        "ContentType": "application/json",
    }


def test_the_end_of_a_functions_log_is_shown_where_it_was_asked_for():
    answer = Answer(payload=1, facts={"LogResult": "bG9n"})

    assert read_answer("lambda_invoke", answer, ASL).output["LogResult"] == "bG9n"


def test_an_api_refuses_by_a_name_of_its_own():
    reading = read_answer("apigateway", Answer(payload="no", status=403), ASL)

    assert reading.failure.error == "ApiGateway.403"
    assert reading.output["StatusText"] == "Forbidden"


def test_an_execution_that_was_stopped_without_words_is_described():
    failure = read_failure("execution_output", Failure(error=""), {}, Naming())

    assert failure.cause == '{"Status":"FAILED"}'


@pytest.mark.parametrize(
    ("payload", "digest"),
    [
        ({"MessageId": "m-1", "MD5OfMessageBody": "ab"}, "ab"),
        ({"MessageId": "m-1"}, ""),
    ],
)
def test_a_message_that_was_sent_is_told_in_the_words_of_mns(payload, digest):
    answer = Answer(payload=payload, facts={"RequestId": "r-1"})

    assert read_answer("mns", answer, CLOUDFLOW).output == {
        "MessageId": "m-1",
        "RequestId": "r-1",
        "MessageBodyMD5": digest,
    }


@pytest.mark.parametrize(
    ("reading", "error", "expected"),
    [
        ("fc", "Runtime.ExitError", "FC.Unknown"),
        ("fc", "Sandbox.Timedout", "FC.Unknown"),
        ("fc", "NoFilm", "NoFilm"),
        ("payload", "Runtime.ExitError", "Runtime.ExitError"),
    ],
)
def test_what_ended_a_function_from_outside_is_unknown_to_cloudflow(
    reading, error, expected
):
    failure = read_error(reading, Failure(error=error, cause="so"), TABLES["cloudflow"])

    assert failure == Failure(error=expected, cause="so")
