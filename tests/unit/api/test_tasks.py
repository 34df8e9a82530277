"""What a worker may say: every callback, and every answer to one."""

import json

import pytest

from chalicelib.ports import Limits
from chalicelib.tokens import Failed, Succeeded
from tests.unit.api.fake_stage import NOW, Api, FakeStage, token

COMPLETE = f"/v1/tasks/{token()}"
SUCCESS, FAILURE = f"{COMPLETE}/success", f"{COMPLETE}/failure"
HEARTBEAT = f"{COMPLETE}/heartbeat"
TRIGGER = f"/flow/trigger.json?token={token()}"
ALL = (COMPLETE, SUCCESS, FAILURE, HEARTBEAT, TRIGGER)


@pytest.fixture
def api():
    return Api()


def reported(api, path, body=b"", **headers):
    answer = api.post(path, body, key="", **headers)
    assert answer.status_code == 200, answer.body
    return api.stage.reports[1]


# -- how work ended


@pytest.mark.parametrize(
    ("path", "body", "report"),
    [
        pytest.param(COMPLETE, b'{"n": 1}', Succeeded(output={"n": 1}), id="JSON"),
        pytest.param(COMPLETE, b"", Succeeded(), id="nothing"),
        pytest.param(COMPLETE, b"null", Succeeded(), id="null"),
        pytest.param(COMPLETE + "?status=success", b"1", Succeeded(output=1), id="ok"),
        pytest.param(
            COMPLETE + "?status=FAILED",
            b'{"n": 1}',
            Failed(cause='{"n":1}', output={"n": 1}),
            id="the query says failed",
        ),
        pytest.param(
            COMPLETE + "?status=failed", b"", Failed(), id="failed without a word"
        ),
        pytest.param(
            COMPLETE + "?status=failed",
            b'"no disk"',
            Failed(cause="no disk", output="no disk"),
            id="failed with a text",
        ),
        pytest.param(
            COMPLETE,
            b'{"result_type": "FAILED", "error_msg": "no disk"}',
            Failed(
                cause="no disk",
                output={"result_type": "FAILED", "error_msg": "no disk"},
            ),
            id="the body says failed",
        ),
        pytest.param(
            COMPLETE + "?status=success",
            b'{"result_type": "FAILED"}',
            Succeeded(output={"result_type": "FAILED"}),
            id="the query comes before the body",
        ),
        pytest.param(
            COMPLETE,
            b'{"result_type": "SUCCESS"}',
            Succeeded(output={"result_type": "SUCCESS"}),
            id="the body says success",
        ),
        pytest.param(
            COMPLETE,
            b'{"result_type": 7}',
            Succeeded(output={"result_type": 7}),
            id="a field that happens to have that name",
        ),
        pytest.param(
            SUCCESS,
            b'{"result_type": "FAILED"}',
            Succeeded(output={"result_type": "FAILED"}),
            id="success is success",
        ),
        pytest.param(
            FAILURE,
            b'{"error": "E", "cause": "c"}',
            Failed(error="E", cause="c"),
            id="failure with reasons",
        ),
        pytest.param(FAILURE, b"", Failed(), id="failure without reasons"),
    ],
)
def test_a_worker_says_how_its_work_ended(api, path, body, report):
    assert reported(api, path, body) == report


@pytest.mark.parametrize(
    ("status", "body", "report"),
    [
        pytest.param("200", b"[1]", Succeeded(output=[1]), id="JSON"),
        pytest.param("202", b"done", Succeeded(output="done"), id="a text"),
        pytest.param("200", b"", Succeeded(), id="nothing"),
        pytest.param("399", b"1", Succeeded(output=1), id="just below"),
        pytest.param("400", b"1", Failed(cause="1"), id="just there"),
        pytest.param("500", b"no disk", Failed(cause="no disk"), id="a text"),
        pytest.param(
            "503",
            b"",
            Failed(cause="the function answered with status 503"),
            id="nothing but a status",
        ),
        pytest.param(
            "200",
            b'{"result_type": "failed"}',
            Failed(cause='{"result_type":"failed"}', output={"result_type": "failed"}),
            id="the function's own word",
        ),
    ],
)
def test_openfaas_passes_on_what_its_function_answered(api, status, body, report):
    sent = reported(api, COMPLETE, body, x_function_status=status)
    assert sent == report


def test_a_status_that_is_none_is_refused(api):
    answer = api.post(COMPLETE, b"1", x_function_status="fine")
    assert answer.status_code == 400
    assert answer.json_body["path"] == "X-Function-Status"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (FAILURE, json.dumps({"cause": "c" * 40_000}).encode()),
        (f"{COMPLETE}?status=failed", json.dumps("c" * 40_000).encode()),
    ],
)
def test_a_long_cause_is_cut_at_the_length_of_a_cause(path, body):
    report = reported(Api(limits=Limits()), path, body)
    assert report.cause == "c" * 32_768


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "image/png", "?"]
)
def test_only_the_body_counts_not_what_it_is_called(api, media):
    sent = reported(api, COMPLETE, b'{"n": 1}', content_type=media)
    assert sent == Succeeded(output={"n": 1})


# -- the answers


def test_the_first_answer_decides(api):
    answer = api.post(COMPLETE, b"1", key="")
    assert answer.status_code == 200
    assert answer.json_body == {"replayed": False}


def test_the_same_again_is_replayed(api):
    api.post(COMPLETE, b'{"a": 1, "b": 2}')
    answer = api.post(SUCCESS, b'{"b": 2, "a": 1}')
    assert answer.status_code == 200
    assert answer.json_body == {"replayed": True}


def test_a_different_outcome_is_a_conflict(api):
    api.post(COMPLETE, b"1")
    answer = api.post(COMPLETE, b"2")
    assert answer.status_code == 409
    assert api.stage.reports[1] == Succeeded(output=1)


@pytest.mark.parametrize("path", ALL)
def test_an_attempt_that_is_over_is_gone(path):
    answer = Api(FakeStage(over={1: "timed out"})).post(path)
    assert answer.status_code == 410
    said = answer.json_body
    assert said.get("detail", said.get("error")) == "this attempt is over: timed out"


def test_a_heartbeat_decides_nothing(api):
    answer = api.post(HEARTBEAT, b"not read at all")
    assert answer.json_body == {"replayed": False}
    assert api.stage.reports == {}


@pytest.mark.parametrize("path", ALL)
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param("t1.k1.e30.AAAA", id="forged"),
        pytest.param(token()[:-5], id="cut"),
        pytest.param(token(expires_at=NOW), id="expired"),
        pytest.param("%F0%9F%98%80", id="nothing of the kind"),
    ],
)
def test_a_token_that_is_not_valid_is_refused_before_anything_is_read(api, path, wrong):
    answer = api.post(path.replace(token(), wrong), b"{broken" + b"x" * 2000, key="")
    assert answer.status_code == 401
    said = answer.json_body
    assert said.get("detail", said.get("error")) == "this task token is not valid"
    assert not api.stage.asked


@pytest.mark.parametrize("path", [COMPLETE, SUCCESS, FAILURE, TRIGGER])
def test_a_body_that_is_not_json_changes_nothing(api, path):
    answer = api.post(path, b"{broken")
    assert answer.status_code == 400
    assert not api.stage.asked


@pytest.mark.parametrize("path", [COMPLETE, SUCCESS, FAILURE, TRIGGER])
def test_a_body_that_is_too_large_changes_nothing(api, path):
    answer = api.post(path, json.dumps("x" * 1000).encode())
    assert answer.status_code == 413
    assert not api.stage.asked


def test_an_answer_that_openfaas_passes_on_may_be_too_large_as_well(api):
    answer = api.post(COMPLETE, b"x" * 1001, x_function_status="200")
    assert answer.status_code == 413


def test_an_answer_that_openfaas_passes_on_must_be_text(api):
    answer = api.post(COMPLETE, b"\xff", x_function_status="200")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        (COMPLETE + "?status=done", b"", "status"),
        (FAILURE, b'{"reason": "r"}', "reason"),
        (FAILURE, b'{"error": 404}', "error"),
        (FAILURE, json.dumps({"error": "e" * 257}).encode(), "error"),
    ],
)
def test_what_makes_no_sense_changes_nothing(api, path, body, place):
    answer = api.post(path, body)
    assert answer.status_code == 400
    assert answer.json_body["path"] == place
    assert not api.stage.asked


# -- Rill Flow


@pytest.mark.parametrize(
    ("query", "body", "report"),
    [
        pytest.param("", b'{"a": 1}', Succeeded(output={"a": 1}), id="body"),
        pytest.param(
            "&context=%7B%22a%22:2%7D", b"", Succeeded(output={"a": 2}), id="c"
        ),
        pytest.param(
            "&context=%7B%22a%22:2%7D",
            b'{"a": 1, "b": 1}',
            Succeeded(output={"a": 2, "b": 1}),
            id="the context lies over the body",
        ),
        pytest.param("&status=SUCCESS", b"1", Succeeded(output=1), id="in capitals"),
        pytest.param("&status=failed", b"", Failed(output={}), id="failed"),
        pytest.param("&status=oops", b"", Failed(output={}), id="no success"),
        pytest.param(
            "&execution_id=order:o-1&task_name=Pack",
            b"",
            Succeeded(output={}),
            id="all there",
        ),
    ],
)
def test_a_trigger_ends_a_task(api, query, body, report):
    assert reported(api, TRIGGER + query, body) == report


@pytest.mark.parametrize(
    ("body", "report"),
    [
        ('{"result_type": "success"}', Succeeded),
        ('{"result_type": null}', Succeeded),
        ('{"result_type": "skip"}', Succeeded),
        ('{"result_type": "FAILED"}', Failed),
        ('{"result_type": "anything else"}', Failed),
    ],
)
def test_a_trigger_s_body_says_how_the_work_ended(api, body, report):
    sent = reported(api, TRIGGER, body.encode())
    assert isinstance(sent, report)
    assert getattr(sent, "is_skipped", False) == ("skip" in body)


def test_the_status_of_a_trigger_comes_before_its_body(api):
    sent = reported(api, f"{TRIGGER}&status=success", b'{"result_type": "FAILED"}')
    assert isinstance(sent, Succeeded)


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_trigger_s_body_must_be_called_json(api, media):
    answer = api.post(TRIGGER, b"{}", content_type=media)
    assert answer.status_code == 415
    assert not api.stage.asked


def test_a_trigger_that_openfaas_makes_may_carry_anything(api):
    headers = {"content_type": "text/plain", "x_function_status": "200"}
    assert reported(api, TRIGGER, b"a film", **headers) == Succeeded(output="a film")


FINISH = f"/flow/finish.json?token={token()}"


@pytest.mark.parametrize(
    ("body", "report"),
    [
        ({"a": 1}, Succeeded(output={"a": 1})),
        ({"result_type": "FAILED", "msg": "no ink"}, Failed),
        ({"passthrough": {}, "response": {"a": 1}}, Succeeded(output={"a": 1})),
    ],
)
def test_finish_takes_the_whole_body_or_the_response_of_an_envelope(api, body, report):
    sent = reported(api, FINISH, json.dumps(body).encode())
    assert sent == report if report is not Failed else isinstance(sent, Failed)


def test_finish_finds_the_token_in_the_envelope(api):
    body = {"passthrough": {"token": token()}, "response": 1, "result_type": "SUCCESS"}
    sent = reported(api, "/flow/finish.json", json.dumps(body).encode())
    assert sent == Succeeded(output=1)


def test_finish_wants_an_object(api):
    assert api.post(FINISH, b"[1]").status_code == 400
    assert not api.stage.asked


def test_a_trigger_may_be_a_get(api):
    answer = api.get(f"{TRIGGER}&context=%5B1%5D", key="")
    assert answer.json_body == {"result": "ok", "replayed": False}
    assert api.stage.reports[1] == Succeeded(output=[1])


def test_a_trigger_for_another_execution_than_its_token_is_refused(api):
    assert api.get(f"{TRIGGER}&execution_id=order:o-2").status_code == 401
    assert not api.stage.asked


def test_a_context_that_is_no_json_counts_for_nothing(api):
    assert reported(api, f"{TRIGGER}&context=%7B", b'{"a": 1}') == Succeeded(
        output={"a": 1}
    )


@pytest.mark.parametrize("context", ["1"])
def test_a_context_that_cannot_be_laid_over_the_body_is_refused(api, context):
    answer = api.post(f"{TRIGGER}&context={context}", b'{"a": 1}')
    assert answer.status_code == 400
    assert not api.stage.asked
