"""The API for machines: drawn from the tables, and complete."""

import re
from pathlib import Path

import pytest

from chalicelib.api import faces
from chalicelib.api.parameters import PARAMETERS
from chalicelib.api.schemas import SCHEMAS
from tests.unit.api.fake_stage import Api

#: What is needed where it is no scope.
OTHERS = {
    "tasks": "token",
    "stage": "none",
    "stepfunctions": "key",
    "cloudflow": "key",
    "cloudflow_tasks": "token",
    "rillflow": "token or operate",
    "/flow/service_check.json": "none",
}
#: Where a face has a page of its own.
PAGES = {"rillflow": "docs/rillflow-api.md"}
ROUTES = [
    pytest.param(face, route, id=f"{route.method} {route.path}")
    for face, table in faces.TABLES.items()
    for route in table
]


@pytest.fixture(scope="module")
def document():
    return Api().get("/openapi.json", key="").json_body


def references(part):
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "$ref")
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from references(each)


def test_every_route_that_is_mounted_is_described(document):
    mounted = {
        (path, method.lower())
        for path, methods in Api().app.routes.items()
        for method in methods
    }
    described = {
        (path, method) for path, item in document["paths"].items() for method in item
    }
    assert described == mounted


@pytest.mark.parametrize(("face", "route"), ROUTES)
def test_a_route_names_its_parameters(document, face, route):
    operation = document["paths"][route.path][route.method.lower()]
    in_path = [each["name"] for each in operation["parameters"] if each["in"] == "path"]
    assert in_path == re.findall(r"{(\w+)}", route.path)
    assert operation["tags"] == [face]


def test_every_reference_leads_somewhere(document):
    known = {f"#/components/schemas/{name}" for name in SCHEMAS}
    assert set(references(document)) <= known


def test_nothing_is_described_that_nobody_uses(document):
    used = {reference.rpartition("/")[2] for reference in references(document)}
    takes = {name for _, route in (p.values for p in ROUTES) for name in route.takes}
    assert used == set(SCHEMAS)
    assert takes == set(PARAMETERS)


def test_operations_have_names_of_their_own(document):
    names = [
        operation["operationId"]
        for item in document["paths"].values()
        for operation in item.values()
    ]
    assert len(names) == len(set(names))


def test_only_callbacks_and_the_stage_itself_need_no_key(document):
    open_paths = {
        path
        for path, item in document["paths"].items()
        for operation in item.values()
        if not operation["security"]
    }
    assert open_paths == {
        "/cloudflow/ReportTaskFailed",
        "/cloudflow/ReportTaskSucceeded",
        "/flow/finish.json",
        "/flow/service_check.json",
        "/flow/trigger.json",
        "/flow/wakeup.json",
        "/health",
        "/openapi.json",
        "/v1/function-ends",
        "/v1/tasks/{token}",
        "/v1/tasks/{token}/failure",
        "/v1/tasks/{token}/heartbeat",
        "/v1/tasks/{token}/success",
    }


@pytest.mark.parametrize(("face", "route"), ROUTES)
def test_the_documentation_has_a_row_for_every_route(face, route):
    text = Path(PAGES.get(face, "docs/api.md")).read_text(encoding="utf-8")
    scope = route.scope or OTHERS.get(route.path, OTHERS.get(face))
    row = rf"\| `{route.method} {re.escape(route.path)}` \| {scope} \|"
    assert re.search(row, text)


def test_a_signed_route_says_how(document):
    schemes = document["components"]["securitySchemes"]
    asked = document["paths"]["/"]["post"]["security"]

    assert asked == [{"rpc": []}, {"acs3": []}, {"accessKey": []}]
    assert {name for each in asked for name in each} <= schemes.keys()
