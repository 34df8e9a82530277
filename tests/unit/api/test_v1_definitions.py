"""The native face: publish, validate, show."""

import pytest

from tests.unit.api.fake_stage import Api

#: The fake clock's now.
THEN = "2023-11-14T22:13:20.000Z"


@pytest.fixture
def api():
    found = Api()
    found.post("/v1/workflows?name=order", b"{}")
    return found


@pytest.mark.parametrize(
    "media",
    [
        "application/json",
        "application/yaml; charset=utf-8",
        "application/x-yaml",
        "text/yaml",
        "text/plain",
        "application/octet-stream",
        "application/x-www-form-urlencoded",
    ],
)
def test_a_definition_is_published_however_it_is_sent(media):
    answer = Api().post(
        "/v1/workflows?name=order&format=asl", b"{}", content_type=media
    )
    assert answer.status_code == 201
    assert answer.json_body == {
        "name": "order",
        "version": "v1",
        "format": "asl",
        "publishedAt": THEN,
    }


def test_a_definition_with_problems_names_all_of_them(api):
    answer = api.post("/v1/workflows", b"bad")
    assert answer.status_code == 400
    assert answer.json_body["type"] == "urn:millrace:problem:definition-refused"
    assert answer.json_body["problems"] == [
        {"message": "no such state", "line": 3, "column": 9, "path": "/StartAt"},
        {"message": "nothing ends here"},
    ]


def test_a_definition_that_is_not_text_is_refused(api):
    answer = api.post("/v1/workflows", b"abc\xff")
    assert answer.status_code == 400
    assert answer.json_body["detail"] == (
        "the definition is not UTF-8 text: byte 3 is wrong"
    )


def test_an_unknown_format_is_refused(api):
    answer = api.post("/v1/workflows?format=bpmn", b"{}")
    assert answer.status_code == 400
    assert answer.json_body["path"] == "format"


@pytest.mark.parametrize("name", ["", "a/b", "a b", "a%23", "n" * 202])
def test_a_name_that_no_workflow_can_have_is_refused(api, name):
    answer = api.post(f"/v1/workflows?name={name}", b"{}")
    assert answer.status_code == 400
    assert "cannot be the name" in answer.json_body["problems"][0]["message"]


def test_a_workflow_may_have_a_colon_in_its_name(api):
    api.post("/v1/workflows?name=media:film", b"{}")
    answer = api.post("/v1/workflows/media%3Afilm/executions?name=f-1", b"{}")
    assert answer.json_body["id"] == "media:film:f-1"


def test_a_good_definition_is_valid(api):
    answer = api.post("/v1/workflows/validate", b"{}")
    assert answer.json_body == {"valid": True, "problems": []}


def test_a_definition_is_judged_without_being_published(api):
    answer = api.post("/v1/workflows/validate?name=other", b"bad")
    assert answer.status_code == 200
    assert answer.json_body["valid"] is False
    assert answer.json_body["problems"][0]["line"] == 3
    assert api.get("/v1/workflows/other").status_code == 404


def test_published_workflows_are_listed(api):
    (only,) = api.get("/v1/workflows").json_body["workflows"]
    assert only["name"] == "order"


def test_a_workflow_is_shown_with_its_text(api):
    assert api.get("/v1/workflows/order?version=v1").json_body["text"] == "{}"


def test_an_unknown_version_is_not_found(api):
    answer = api.get("/v1/workflows/order?version=v9")
    assert answer.status_code == 404
    assert "'v9'" in answer.json_body["detail"]
