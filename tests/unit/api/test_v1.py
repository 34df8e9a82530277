"""The native face: start, look, stop."""

import json

import pytest

from tests.unit.api.fake_stage import Api

#: The fake clock's now.
THEN = "2023-11-14T22:13:20.000Z"


@pytest.fixture
def api():
    found = Api()
    found.post("/v1/workflows?name=order", b"{}")
    return found


def started(api, name="o-1", body=b'{"n": 1}', **headers):
    return api.post(f"/v1/workflows/order/executions?name={name}", body, **headers)


def test_an_execution_starts(api):
    answer = started(api)
    assert answer.status_code == 201
    assert answer.headers["Location"] == "../../executions/order:o-1"
    assert answer.json_body == {
        "id": "order:o-1",
        "workflow": "order",
        "version": "v1",
        "name": "o-1",
        "status": "RUNNING",
        "startedAt": THEN,
        "stoppedAt": None,
        "redriveCount": 0,
        "redrivenAt": None,
    }


def test_without_a_name_each_start_is_another_execution(api):
    path = "/v1/workflows/order/executions"
    ids = {api.post(path, b"{}").json_body["id"] for _ in range(2)}
    assert len(ids) == 2


def test_the_same_name_and_input_is_the_same_execution(api):
    started(api)
    again = started(api)
    assert again.status_code == 200
    assert again.json_body["id"] == "order:o-1"


def test_the_same_name_with_another_input_is_a_conflict(api):
    started(api)
    again = started(api, body=b'{"n": 2}')
    assert again.status_code == 409
    assert again.json_body["type"] == "urn:millrace:problem:execution-exists"


def test_an_idempotency_key_does_what_a_name_does(api):
    path = "/v1/workflows/order/executions"
    first = api.post(path, b"{}", Idempotency_Key='"any / text"')
    again = api.post(path, b"{}", Idempotency_Key='"any / text"')
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json_body["id"] == again.json_body["id"]


def test_no_body_is_an_empty_object(api):
    started(api, body=b" ")
    assert api.get("/v1/executions/order:o-1").json_body["input"] == {}


def test_a_trace_is_handed_on(api):
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    started(api, traceparent=trace)
    assert api.stage.traces == [trace]


def test_a_trace_of_another_shape_is_left_behind(api):
    started(api, traceparent="<script>")
    assert api.stage.traces == [""]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        pytest.param(b"{", "the input is not JSON", id="not JSON"),
        pytest.param(b'{"n": NaN}', "NaN is not JSON", id="not a number"),
        pytest.param(b'"\\ud83d"', "half a surrogate pair", id="half a character"),
        pytest.param(b"[" * 900, "not JSON", id="never closed"),
    ],
)
def test_an_input_that_is_not_json_is_refused(api, body, detail):
    answer = started(api, body=body)
    assert answer.status_code == 400
    assert detail in answer.json_body["detail"]
    assert api.stage.started == {}


def test_an_input_that_is_too_large_is_refused(api):
    answer = started(api, body=json.dumps("x" * 1000).encode())
    assert answer.status_code == 413
    assert answer.json_body["detail"] == (
        "the input has 1002 bytes; this stage accepts 1000"
    )


@pytest.mark.parametrize("name", ["a%20b", "a%2Fb", "a%3Ab", "%00", "a" * 129, "a%25"])
def test_a_name_that_no_execution_can_have_is_refused(api, name):
    answer = started(api, name=name)
    assert answer.status_code == 400
    assert answer.json_body["path"] == "name"


def test_an_unknown_workflow_does_not_start(api):
    assert api.post("/v1/workflows/nothing/executions").status_code == 404


@pytest.mark.parametrize("execution", ["order:o-1", "order%3Ao-1"])
def test_an_execution_is_found_by_its_id_encoded_or_not(api, execution):
    started(api)
    answer = api.get(f"/v1/executions/{execution}")
    assert answer.json_body["input"] == {"n": 1}
    assert answer.json_body["error"] is None


def test_executions_are_listed_in_pages(api):
    for name in ("a", "b", "c"):
        started(api, name=name)
    first = api.get("/v1/executions?workflow=order&limit=2").json_body
    rest = api.get(f"/v1/executions?workflow=order&next={first['next']}").json_body
    assert [each["name"] for each in first["executions"]] == ["a", "b"]
    assert [each["name"] for each in rest["executions"]] == ["c"]
    assert rest["next"] is None


def test_executions_are_listed_by_status(api):
    started(api)
    path = "/v1/executions?workflow=order&status="
    assert len(api.get(path + "RUNNING").json_body["executions"]) == 1
    assert api.get(path + "FAILED").json_body["executions"] == []


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("", "workflow"),
        ("workflow=order&status=DONE", "status"),
        ("workflow=order&limit=0", "limit"),
        ("workflow=order&limit=1001", "limit"),
        ("workflow=order&limit=-1", "limit"),
        ("workflow=order&limit=%C2%B2", "limit"),
        ("workflow=order&limit=99999999999999999999", "limit"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused(api, query, path):
    answer = api.get(f"/v1/executions?{query}")
    assert answer.status_code == 400
    assert answer.json_body["path"] == path


def test_history_is_told_in_order(api):
    started(api)
    history = api.get("/v1/executions/order:o-1/history").json_body
    assert [each["id"] for each in history["events"]] == [1, 2, 3]
    assert history["events"][0]["timestamp"] == "2023-11-14T22:13:21.000Z"
    assert history["events"][0]["state"] == "Pack"
    assert history["next"] is None


def test_history_goes_on_behind_an_event(api):
    started(api)
    path = "/v1/executions/order:o-1/history"
    first = api.get(f"{path}?limit=2").json_body
    rest = api.get(f"{path}?after={first['next']}").json_body
    assert [each["id"] for each in rest["events"]] == [3]


def test_the_history_of_nothing_is_not_found(api):
    assert api.get("/v1/executions/order:o-1/history").status_code == 404


def test_an_execution_is_stopped_with_a_reason(api):
    started(api)
    body = b'{"error": "Changed.Mind", "cause": "no need"}'
    assert api.post("/v1/executions/order:o-1/stop", body).status_code == 200
    found = api.get("/v1/executions/order:o-1").json_body
    assert found["status"] == "ABORTED"
    assert (found["error"], found["cause"]) == ("Changed.Mind", "no need")
    assert found["stoppedAt"] == THEN


def test_an_execution_is_stopped_without_a_reason(api):
    started(api)
    answer = api.post("/v1/executions/order:o-1/stop")
    assert answer.json_body["status"] == "ABORTED"


def test_an_execution_is_redriven(api):
    started(api)
    api.post("/v1/executions/order:o-1/stop")

    once = {"Idempotency-Key": "once"}
    answer = api.post("/v1/executions/order:o-1/redrive", **once)

    assert answer.status_code == 200
    assert answer.json_body["status"] == "RUNNING"
    assert (answer.json_body["redriveCount"], answer.json_body["redrivenAt"]) == (
        1,
        THEN,
    )
    assert api.stage.asked["redrive once"] == 1


def test_an_execution_that_runs_is_not_redriven(api):
    started(api)

    answer = api.post("/v1/executions/order:o-1/redrive")

    assert answer.status_code == 409
    assert answer.json_body["detail"] == "Execution is RUNNING"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"[]", None),
        (b'{"errors": "a"}', "errors"),
        (b'{"cause": 1}', "cause"),
        (json.dumps({"error": "e" * 257}).encode(), "error"),
    ],
)
def test_a_stop_that_makes_no_sense_is_refused(api, body, path):
    started(api)
    answer = api.post("/v1/executions/order:o-1/stop", body)
    assert answer.status_code == 400
    assert answer.json_body.get("path") == path
    assert api.get("/v1/executions/order:o-1").json_body["status"] == "RUNNING"


def test_an_execution_that_has_ended_is_deleted(api):
    started(api)
    api.post("/v1/executions/order:o-1/stop")
    answer = api.ask("DELETE", "/v1/executions/order:o-1")
    assert answer.json_body == {"id": "order:o-1", "deleted": True}
    assert api.get("/v1/executions/order:o-1").status_code == 404
    assert api.ask("DELETE", "/v1/executions/order:o-1").status_code == 404


def test_one_that_runs_is_not_deleted(api):
    started(api)
    answer = api.ask("DELETE", "/v1/executions/order:o-1")
    assert answer.status_code == 409
    assert answer.json_body["type"] == "urn:millrace:problem:execution-running"


def test_only_admins_delete(api):
    started(api)
    key = api.key("operate")
    answer = api.ask("DELETE", "/v1/executions/order:o-1", key=key)
    assert answer.status_code == 403


def test_cost_is_shown(api):
    started(api)
    cost = api.get("/v1/executions/order:o-1/cost").json_body
    assert (cost["writes"], cost["queueRequests"]) == (3, 6)
    assert cost["usd"] == pytest.approx(3 * 0.625e-6 + 6 * 0.4e-6)
    assert cost["lines"][0]["label"] == "DynamoDB write units"
    assert cost["lines"][0]["amount"] == 3


def test_nothing_has_no_cost(api):
    assert api.get("/v1/executions/order:o-1/cost").status_code == 404
