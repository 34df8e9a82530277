"""The native face: whose key may do what."""

import pytest

from tests.unit.api.fake_stage import Api


@pytest.fixture
def api():
    found = Api()
    found.post("/v1/workflows?name=order", b"{}")
    return found


@pytest.mark.parametrize(
    ("scope", "method", "path", "status"),
    [
        ("read", "GET", "/v1/workflows", 200),
        ("read", "POST", "/v1/workflows/validate", 200),
        ("read", "POST", "/v1/workflows", 403),
        ("read", "POST", "/v1/workflows/order/executions", 403),
        ("start", "POST", "/v1/workflows/order/executions", 201),
        ("start", "GET", "/v1/workflows", 403),
        ("start", "POST", "/v1/executions/order:o-1/stop", 403),
        ("operate", "POST", "/v1/executions/order:o-1/stop", 404),
        ("operate", "GET", "/v1/executions/order:o-1", 403),
    ],
)
def test_a_key_may_what_its_scope_says(api, scope, method, path, status):
    assert api.ask(method, path, key=api.key(scope)).status_code == status


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/workflows?name=order"),
        ("GET", "/v1/workflows/order"),
        ("POST", "/v1/workflows/order/executions"),
        ("GET", "/v1/executions?workflow=order"),
        ("GET", "/v1/executions/order:o-1"),
        ("GET", "/v1/executions/order%3Ao-1/history"),
        ("GET", "/v1/executions/order:o-1/cost"),
        ("POST", "/v1/executions/order:o-1/stop"),
    ],
)
def test_a_key_for_other_workflows_sees_nothing_of_this_one(api, method, path):
    key = api.key("admin", workflows=["media-*"])
    answer = api.ask(method, path, b"{}" if method == "POST" else b"", key=key)
    assert answer.status_code == 403
    assert answer.json_body["type"] == "urn:millrace:problem:not-authorized"


def test_a_key_for_other_workflows_does_not_see_this_one_listed(api):
    key = api.key("read", workflows=["media-*"])
    assert api.get("/v1/workflows", key=key).json_body == {"workflows": []}


def test_health_needs_no_key(api):
    assert api.get("/health", key="").json_body == {
        "status": "ok",
        "stage": "test",
        "parts": {},
    }
