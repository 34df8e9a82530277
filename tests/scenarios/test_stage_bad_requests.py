"""What a caller gets wrong, said over HTTP by a whole stage."""

import pytest

from chalicelib import bootstrap
from chalicelib.api.keyring import AccessKeys
from tests.scenarios.desk import INPUT_BYTES, a_flow

pytestmark = [pytest.mark.moto, pytest.mark.slow]

PASS = a_flow({"Type": "Pass"})
ADDRESSED = {
    **PASS,
    "InputSchema": {
        "type": "object",
        "required": ["to"],
        "properties": {"to": {"type": "string"}, "count": {"type": "integer"}},
    },
}
START = "/v1/workflows/pass/executions"


@pytest.fixture(scope="module", autouse=True)
def published(desk):
    desk.publish(PASS, "pass")
    desk.publish(ADDRESSED, "addressed")


def is_problem(answer, status, slug):
    document = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, document["status"]) == (status, status)
    assert document["type"] == f"urn:millrace:problem:{slug}"
    return document


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/workflows/nowhere"),
        ("POST", "/v1/workflows/nowhere/executions"),
        ("GET", "/v1/workflows/pass?version=0123456789ab"),
        ("POST", "/v1/workflows/pass/executions?version=0123456789ab"),
    ],
)
def test_unknown_workflow_is_not_found(desk, method, path):
    found = is_problem(desk.ask(method, path), 404, "workflow-not-found")

    assert "'nowhere'" in found["detail"] or "'0123456789ab'" in found["detail"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("GET", "/history"), ("GET", "/cost"), ("POST", "/stop")],
)
def test_unknown_execution_is_not_found(desk, method, path):
    answer = desk.ask(method, f"/v1/executions/pass:nobody{path}")

    found = is_problem(answer, 404, "execution-not-found")
    assert found["detail"] == "no execution 'pass:nobody'"


@pytest.mark.parametrize("workflow", ["nowhere", "x" * 3000])
def test_executions_of_an_unknown_workflow_are_none(desk, workflow):
    answer = desk.ask("GET", "/v1/executions", workflow=workflow)

    assert answer.json() == {"executions": [], "next": None}


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("/v1/workflows/{}", "workflow-not-found"),
        ("/v1/workflows/pass?version={}", "workflow-not-found"),
        ("/v1/executions/{}", "execution-not-found"),
        ("/v1/executions/pass:{}/history", "execution-not-found"),
    ],
)
def test_id_that_nothing_can_have_is_not_found(desk, path, slug):
    is_problem(desk.ask("GET", path.format("x" * 3000)), 404, slug)


def test_page_after_nothing_is_refused(desk):
    answer = desk.ask("GET", "/v1/executions", workflow="pass", next="x" * 3000)

    assert is_problem(answer, 400, "input-refused")["path"] == "next"


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "many"])
def test_page_of_an_odd_size_is_refused(desk, limit):
    answer = desk.ask("GET", "/v1/executions", workflow="pass", limit=limit)

    found = is_problem(answer, 400, "input-refused")
    assert found["detail"] == f"limit: {limit!r} is not a whole number from 1 to 1000"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"to": "Ann"', "line 1"),
        ('{"to":\n "Ann",}', "line 2"),
        ("to: Ann", "line 1"),
        ('{"to": NaN}', "NaN"),
        ('{"to": "\\ud800"}', "half a surrogate pair"),
    ],
)
def test_input_that_is_not_json_is_refused_with_its_place(desk, body, said):
    found = is_problem(desk.ask("POST", START, body), 400, "input-refused")

    assert found["detail"].startswith("the input ")
    assert said in found["detail"]


def test_input_that_is_too_large_is_refused_with_both_numbers(desk):
    body = {"text": "x" * INPUT_BYTES}

    found = is_problem(desk.ask("POST", START, body), 413, "payload-too-large")

    assert str(INPUT_BYTES) in found["detail"]


@pytest.mark.parametrize(
    ("body", "place", "reason"),
    [
        ({}, "input", "'to' is missing"),
        ([], "input", "must be of type object"),
        ({"to": 1}, "/to", "must be of type string"),
        ({"to": "Ann", "count": 1.5}, "/count", "must be of type integer"),
    ],
)
def test_input_that_breaks_the_schema_is_refused_with_its_place(
    desk, body, place, reason
):
    answer = desk.ask("POST", "/v1/workflows/addressed/executions", body)

    found = is_problem(answer, 400, "input-refused")
    assert found["path"] == place
    assert reason in found["detail"]


def test_every_place_that_breaks_the_schema_is_said_at_once(desk):
    body = {"to": 1, "count": "two"}

    answer = desk.ask("POST", "/v1/workflows/addressed/executions", body)

    assert "/to" in answer.json()["detail"]
    assert "/count" in answer.json()["detail"]


def test_refused_input_starts_nothing(desk):
    desk.ask("POST", "/v1/workflows/addressed/executions", {}, name="never")

    assert desk.ask("GET", "/v1/executions/addressed:never").status_code == 404


def test_same_name_and_input_is_the_same_execution(desk):
    first = desk.ask("POST", START, {"a": 1, "b": 2}, name="twice")
    desk.ended(first.json()["id"])

    again = desk.ask("POST", START, '{"b": 2, "a": 1}', name="twice")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["startedAt"] == first.json()["startedAt"]
    assert desk.types("pass:twice").count("ExecutionStarted") == 1


def test_same_name_with_other_input_is_a_conflict(desk):
    desk.start("pass", {"a": 1}, name="taken")

    answer = desk.ask("POST", START, {"a": 2}, name="taken")

    found = is_problem(answer, 409, "execution-exists")
    assert "'pass:taken'" in found["detail"]
    assert desk.ended("pass:taken")["input"] == {"a": 1}


def test_same_idempotency_key_and_input_is_the_same_execution(desk):
    headers = {"Idempotency-Key": "order 17, please"}

    first = desk.ask("POST", START, {"a": 1}, headers=headers)
    again = desk.ask("POST", START, {"a": 1}, headers=headers)
    other = desk.ask("POST", START, {"a": 2}, headers=headers)

    codes = [each.status_code for each in (first, again, other)]
    assert codes == [201, 200, 409]
    assert again.json()["id"] == first.json()["id"]


@pytest.mark.parametrize("name", ["a b", "a:b", "a/b", "x" * 129])
def test_name_that_an_execution_cannot_have_is_refused(desk, name):
    found = is_problem(desk.ask("POST", START, {}, name=name), 400, "input-refused")

    assert found["path"] == "name"


@pytest.mark.parametrize("key", ["-", "local", "local.wrong", "nobody.secret"])
def test_without_a_key_of_this_stage_nobody_enters(desk, key):
    answer = desk.ask("GET", "/v1/workflows", key=key)

    is_problem(answer, 401, "not-authenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_without_any_key_nobody_enters(desk):
    answer = desk.ask("POST", START, {}, key="")

    assert is_problem(answer, 401, "not-authenticated")["detail"] == (
        "an access key of this stage is required"
    )


def a_key(*scopes, workflows=()):
    secret = bootstrap.settings().access_secret
    keys = AccessKeys(bootstrap.table(), secret=secret)
    return keys.issue(scopes, at=bootstrap.clock().now(), workflows=workflows).bearer


@pytest.mark.parametrize(
    ("scope", "method", "path", "needed"),
    [
        ("read", "POST", START, "start"),
        ("read", "POST", "/v1/workflows", "admin"),
        ("start", "GET", "/v1/workflows/pass", "read"),
        ("start", "POST", "/v1/executions/pass:any/stop", "operate"),
    ],
)
def test_key_without_the_scope_may_not(desk, scope, method, path, needed):
    answer = desk.ask(method, path, {}, key=a_key(scope))

    found = is_problem(answer, 403, "not-authorized")
    assert found["detail"] == f"this access key lacks the scope {needed!r}"


def test_key_with_the_scope_may(desk):
    assert desk.ask("POST", START, {}, key=a_key("start")).status_code == 201


def test_key_for_other_workflows_does_not_see_this_one(desk):
    key = a_key("read", workflows=("billing-*",))

    is_problem(desk.ask("GET", "/v1/workflows/pass", key=key), 403, "not-authorized")
    assert desk.ask("GET", "/v1/workflows", key=key).json() == {"workflows": []}


def test_method_that_a_route_does_not_have_is_a_problem_document(desk):
    answer = desk.ask("DELETE", "/v1/workflows")

    assert answer.status_code == 405
    assert answer.headers["Content-Type"] == "application/problem+json"
