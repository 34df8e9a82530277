"""What the caller gets when something is refused."""

import inspect
import logging
import re
from pathlib import Path

import pytest

from chalicelib import errors
from chalicelib.api import problems
from chalicelib.errors import MillraceError
from tests.unit.api.fake_stage import Api, FakeStage, token


class Stricter(errors.PayloadTooLarge):
    """A child of an error that has a row."""


#: Errors that never leave the inside; if one does, it is a fault of ours.
INSIDE = {
    MillraceError,
    errors.TransitionError,
    errors.MessageRefused,
    errors.DeploymentRefused,
    errors.ValueNeeded,
    errors.LoanNeeded,
    errors.ValueLost,
    errors.EvaluationFailure,
    errors.QueryFailure,
}


@pytest.fixture
def api():
    return Api()


EVERY = {
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, MillraceError)
}
PAGE = Path(__file__).parents[3] / "docs" / "api.md"


def test_every_error_has_a_row_or_is_a_fault():
    assert set(problems.TABLE) | INSIDE >= EVERY


def test_the_page_has_every_problem_with_its_status():
    told = re.findall(r"(?m)^\| `([a-z-]+)` \| (\d{3}) \|", PAGE.read_text("utf-8"))
    rows = (*problems.TABLE.values(), problems.FAULT)

    assert set(told) == {(row.slug, str(row.status.value)) for row in rows}


def test_the_tree_of_errors_is_drawn_whole_and_with_the_same_status():
    drawn = dict(re.findall(r"(?m)── (\w+) .* (\S+)$", errors.__doc__))
    answered = {
        kind.__name__: str(row.status.value)
        for kind, row in problems.TABLE.items()
        if row.slug != "unavailable"  # the drawing says what becomes of the message
    }

    assert set(drawn) == {kind.__name__ for kind in EVERY} - {"MillraceError"}
    assert answered.items() <= drawn.items()


def test_a_child_is_answered_like_its_parent():
    assert problems.row_of(Stricter("a body", 2, 1)).slug == "payload-too-large"


def test_an_error_without_a_row_says_nothing_of_itself():
    document = problems.problem(errors.TransitionError("WAITING", "Secret"))
    assert document["status"] == 500
    assert "Secret" not in str(document)


def test_a_problem_of_a_definition_has_only_what_is_known():
    assert problems.problem_entry(errors.Problem(message="no")) == {"message": "no"}


def test_an_unknown_name_is_a_problem_document(api):
    answer = api.get("/v1/executions/order:o-1")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json_body == {
        "type": "urn:millrace:problem:execution-not-found",
        "title": "No such execution",
        "status": 404,
        "detail": "no execution 'order:o-1'",
    }


def test_without_a_key_nobody_enters(api):
    answer = api.get("/v1/workflows", key="")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="millrace"'
    assert answer.json_body["type"] == "urn:millrace:problem:not-authenticated"


def test_what_is_not_there_for_a_moment_may_be_asked_again():
    answer = Api(FakeStage(is_down=True)).get("/v1/executions/order:o-1")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert b"10.0.0.7" not in answer.body


def test_what_is_not_there_for_a_moment_is_logged(caplog):
    with caplog.at_level(logging.ERROR, "millrace"):
        Api(FakeStage(is_down=True)).get("/v1/executions/order%3Ao-1")
    assert "execution 'order:o-1': DynamoDB at 10.0.0.7" in caplog.text


def test_a_fault_is_answered_without_detail():
    answer = Api(FakeStage(is_broken=True)).get("/v1/executions/order:o-1")
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert b"secret" not in answer.body
    assert answer.json_body["title"] == "Internal Server Error"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/v1/executions/order%3Ao-1", id="named in the path"),
        pytest.param("POST", f"/v1/tasks/{token()}", id="named by the token"),
    ],
)
def test_a_fault_is_logged_with_its_execution(caplog, method, path):
    with caplog.at_level(logging.ERROR, "millrace"):
        Api(FakeStage(is_broken=True)).ask(method, path)
    assert "execution 'order:o-1'" in caplog.text


def test_a_fault_about_no_execution_is_logged_too(caplog):
    event = {"requestContext": {}}
    with caplog.at_level(logging.ERROR, "millrace"):
        answer = Api().app(event, None)
    assert answer["statusCode"] == 500
    assert "execution ''" in caplog.text


def test_a_token_never_gets_into_the_log(caplog):
    secret = token()
    with caplog.at_level(logging.DEBUG):
        Api(FakeStage(is_broken=True)).post(f"/v1/tasks/{secret}")
    assert caplog.text
    assert secret.rpartition(".")[2] not in caplog.text


def test_a_method_that_a_path_does_not_have_is_a_problem(api):
    answer = api.ask("DELETE", "/v1/workflows")
    assert answer.status_code == 405
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Allow"] == "POST, GET"
    assert answer.json_body["title"] == "Method Not Allowed"


def test_a_content_type_that_nobody_reads_is_a_problem(api):
    path = "/v1/workflows/order/executions"
    answer = api.ask("POST", path, b"{}", content_type="image/png")
    assert answer.status_code == 415
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json_body["detail"] == "Unsupported media type: image/png"
