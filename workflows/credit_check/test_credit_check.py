import json
from pathlib import Path

import pytest

from chalicelib.testing import run
from workflows.credit_check import scoring

HERE = Path(scoring.__file__).parent
FLOW = (HERE / "credit_check.yaml").read_text("utf-8")
SOLID = json.loads((HERE / "input.json").read_text("utf-8"))["application"]


def decided(**changes):
    """Run the workflow with a worker that answers as worker.py does."""
    application = {**SOLID, **changes}
    functions = {
        "credit-checks": lambda body: scoring.check_credit(body["application"])
    }
    return run(FLOW, {"application": application}, functions=functions)


@pytest.mark.parametrize(
    ("changes", "decision"),
    [
        pytest.param({}, "approved", id="the example"),
        pytest.param({"late_payments": 1}, "review", id="one missed payment"),
        pytest.param({"late_payments": 4}, "declined", id="several"),
        pytest.param({"amount": 40_000, "months": 24}, "review", id="a heavy loan"),
        pytest.param({"amount": 90_000, "months": 24}, "declined", id="too heavy"),
    ],
)
def test_the_score_decides(changes, decision):
    done = decided(**changes)

    assert done.status == "SUCCEEDED"
    assert done.output["decision"] == decision
    assert done.output["name"] == "Mara Lindqvist"


def test_an_approval_carries_amount_and_rate():
    output = decided().output

    assert output["amount"] == 18000
    assert output["credit"] == scoring.check_credit(SOLID)


@pytest.mark.parametrize(
    ("changes", "question"),
    [
        pytest.param({"income": None}, "please also tell us: income", id="missing"),
        pytest.param({"months": -3}, "months cannot be -3", id="absurd"),
    ],
)
def test_a_failure_that_the_worker_reports_goes_back_to_the_applicant(
    changes, question
):
    done = decided(**changes)

    assert done.status == "SUCCEEDED"
    assert done.output["decision"] == "returned"
    assert question in done.output["question"]


def test_an_error_that_nobody_catches_fails_the_application():
    def broken(body):
        raise ZeroDivisionError("oops")

    done = run(FLOW, {"application": SOLID}, functions={"credit-checks": broken})

    assert done.status == "FAILED"
    assert done.error == "ZeroDivisionError"
