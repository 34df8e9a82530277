"""Requests as API Gateway sends them, in the shape that Lambda receives."""

import json
from pathlib import Path

import pytest

from chalicelib.tokens import Failed
from tests.unit.api.fake_stage import Api, FakeHead, token

EVENTS = Path(__file__).parents[2] / "events"


@pytest.fixture
def api():
    return Api()


def event(name, bearer="", **parameters):
    found = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    found["pathParameters"].update(parameters)
    if bearer:
        found["headers"]["Authorization"] = f"Bearer {bearer}"
    return found


def call(api, sent):
    with api:
        answer = api.app(sent, None)
    return answer["statusCode"], json.loads(answer["body"])


def test_path_parameters_come_decoded(api):
    head = FakeHead(execution="order:o-1", workflow="order", name="o-1")
    api.stage.started["order:o-1"] = head
    status, body = call(api, event("http_get_execution", api.bearer))
    assert (status, body["id"]) == (200, "order:o-1")


def test_the_query_comes_as_lists(api):
    api.stage.publish(type("W", (), {"name": "order"}), "{}")
    status, body = call(api, event("http_start", api.bearer))
    assert (status, body["id"]) == (201, "order:o-1")


def test_a_request_without_a_key_ends_at_the_door(api):
    status, body = call(api, event("http_start"))
    assert (status, body["status"]) == (401, 401)


def test_openfaas_calls_back_through_the_gateway(api):
    status, body = call(api, event("http_callback", token=token()))
    assert (status, body) == (200, {"replayed": False})
    assert api.stage.reports[1] == Failed(cause="no disk")
