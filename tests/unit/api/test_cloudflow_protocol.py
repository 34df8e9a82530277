"""What every request to CloudFlow's face goes through."""

import inspect
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from chalicelib.api import acs_signatures
from chalicelib.api.cloudflow.face import NAME, moment
from chalicelib.api.cloudflow.operations import MOST_BYTES, OPERATIONS
from chalicelib.api.cloudflow.parameters import PARAMETERS
from chalicelib.api.sigv4 import SKEW
from chalicelib.errors import Unavailable
from tests.unit.api.cloudflow_stage import Flows, Refusal, a_pass, a_task

REGIONS = {"Action": "DescribeRegions", "Version": "2019-03-15"}


@pytest.fixture
def flows():
    with Flows({"work": lambda event: event}) as made:
        yield made


def signed(flows, nonce="n-1", **given):
    """Return the parameters of a request that the key of the stage has signed."""
    parameters = {
        **REGIONS,
        "Timestamp": moment(flows.stage.loop.now).replace(".000Z", "Z"),
        "SignatureNonce": nonce,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "AccessKeyId": flows.key.key.id,
        **given,
    }
    made = acs_signatures.rpc_signature("POST", parameters, flows.key.secret)
    return {**parameters, "Signature": made}


def refused(ask, *args, **given):
    with pytest.raises(Refusal) as caught:
        ask(*args, **given)
    return caught.value.code, caught.value.status


def test_there_are_all_operations_of_the_service():
    from alibabacloud_fnf20190315 import models

    known = {name.removesuffix("Request") for name in dir(models)}
    known = {name for name in known if f"{name}ResponseBody" in dir(models)}
    assert known == OPERATIONS.keys()


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_an_operation_takes_what_the_sdk_sends(operation):
    from alibabacloud_fnf20190315 import models

    request = inspect.signature(getattr(models, f"{operation}Request"))
    sent = {word.replace("_", "") for word in request.parameters}
    ours = {"signatureversion", "requestid"}  # the protocol's

    assert sent - ours == {each.lower() for each in PARAMETERS[operation]}


def test_a_parameter_that_an_operation_does_not_have_is_refused(flows):
    flows.make(a_pass("P"))

    with pytest.raises(Refusal, match="did you mean 'ExecutionName'") as caught:
        flows("StartExecution", FlowName="order", executionname="o1")
    assert caught.value.code == "InvalidArgument"
    with pytest.raises(Refusal, match="DeleteFlow has no parameter 'X'; it takes Name"):
        flows("DeleteFlow", Name="order", X="1")
    assert flows("ListExecutions", FlowName="order")["Executions"] == []


def test_a_report_with_a_parameter_too_many_changes_nothing(flows):
    flows.make(a_task("Ask", mode="WaitForCustomCallback"))
    flows.start()
    flows.until("TaskSubmitted")
    body = urlencode({"TaskToken": flows.token(), "Output": "{}", "Status": "ok"})

    asked = refused(flows.send, {}, body.encode(), report="ReportTaskSucceeded")
    assert asked == ("InvalidArgument", 400)
    assert flows.stage.head("order:o1").status == "RUNNING"


#: What may be asked twice with one signature: it changes nothing, or not twice.
AGAIN = {"StartExecution", "ReportTaskSucceeded", "ReportTaskFailed", "DescribeRegions"}
CHANGING = sorted(
    name
    for name in OPERATIONS
    if not name.startswith(("Describe", "List", "Get")) and name not in AGAIN
)


@pytest.mark.parametrize("action", CHANGING)
def test_a_request_that_changes_something_is_taken_once(flows, action):
    flows.make(a_pass("P"))
    request = signed(flows, Action=action)

    first, _ = refused(flows.send, request)
    assert first != "SignatureNonceUsed"  # it named nothing, and got so far
    assert refused(flows.send, request) == ("SignatureNonceUsed", 400)


@pytest.mark.parametrize("action", sorted(OPERATIONS.keys() - set(CHANGING)))
def test_a_request_that_changes_nothing_costs_no_write(flows, action):
    with suppress(Refusal):
        flows.send(signed(flows, Action=action))

    assert not flows.nonces._items


def test_a_copy_of_a_start_starts_nothing(flows):
    flows.make(a_pass("P"))
    request = signed(flows, Action="StartExecution", FlowName="order")
    first = flows.send(request)

    assert refused(flows.send, request) == ("SignatureNonceUsed", 400)
    flows.stage.settle()
    assert refused(flows.send, request) == ("SignatureNonceUsed", 400)
    found = flows("ListExecutions", FlowName="order")["Executions"]
    assert [each["Name"] for each in found] == [first["Name"]]


def test_starts_without_names_are_different_ones(flows):
    flows.make(a_pass("P"))
    names = {
        flows.send(signed(flows, nonce, Action="StartExecution", FlowName="order"))[
            "Name"
        ]
        for nonce in ("n-1", "n-2")
    }

    assert len(names) == 2


def test_a_copy_of_a_report_is_answered_as_the_first(flows):
    flows.make(a_task("Ask", mode="WaitForCustomCallback"))
    flows.start()
    flows.until("TaskSubmitted")
    what = {"TaskToken": flows.token(), "Output": "{}"}
    request = signed(flows, Action="ReportTaskSucceeded", **what)

    assert flows.send(request)["EventId"] == flows.send(request)["EventId"]


def test_a_replayed_request_changes_nothing(flows):
    flows.make(a_pass("P"))
    request = signed(flows, Action="DeleteFlow", Name="order")
    flows.send(request)
    flows.make(a_pass("P"))

    assert refused(flows.send, request) == ("SignatureNonceUsed", 400)
    assert flows("DescribeFlow", Name="order")["Name"] == "order"


def test_a_nonce_is_kept_for_as_long_as_its_request_is_good(flows):
    flows.make(a_pass("P"))
    flows.send(signed(flows, Action="DeleteFlow", Name="order"))
    (item,) = flows.nonces._items.values()
    assert item["expires_at"] > flows.stage.loop.now + 2 * SKEW


def test_a_wrong_signature_uses_no_nonce_up(flows):
    flows.make(a_pass("P"))
    request = signed(flows, Action="DeleteFlow", Name="order")

    wrong = {**request, "Signature": "wrong"}
    assert refused(flows.send, wrong) == ("SignatureDoesNotMatch", 400)
    assert not flows.nonces._items
    assert flows.send(request)["RequestId"]


def test_nothing_is_done_for_those_who_do_not_sign(flows):
    assert refused(flows.send, REGIONS) == ("IncompleteSignature", 400)


def test_a_bearer_key_may_come_as_the_sdk_sends_one(flows):
    bearer = {"SignatureType": "BEARERTOKEN", "BearerToken": flows.key.bearer}

    assert flows.send({**REGIONS, **bearer})["Regions"]
    wrong = {**REGIONS, **bearer, "BearerToken": "mr1.wrong"}
    assert refused(flows.send, wrong) == ("InvalidAccessKeyId.NotFound", 404)


def test_the_operation_may_stand_in_headers_as_with_acs3(flows):
    headers = {
        "x-acs-action": "DescribeRegions",
        "x-acs-version": "2019-03-15",
        "authorization": f"Bearer {flows.key.bearer}",
    }
    assert flows.send({}, headers=headers)["Regions"]


def bearing(flows):
    return {"authorization": f"Bearer {flows.key.bearer}"}


@pytest.mark.parametrize(
    ("query", "body", "answer"),
    [
        pytest.param(
            {**REGIONS, "Version": ""},
            b"",
            ("APIVersionNotSupported", 400),
            id="no version",
        ),
        pytest.param(
            {**REGIONS, "Action": ""}, b"", ("ActionNotSupported", 400), id="no action"
        ),
        pytest.param(REGIONS, b"\xff=1", ("InvalidArgument", 400), id="not UTF-8"),
        pytest.param(
            REGIONS,
            b"x" * (MOST_BYTES + 1),
            ("EntityTooLarge", 400),
            id="too many bytes",
        ),
        pytest.param(
            REGIONS, b"&".join([b"a=1"] * 300), ("InvalidArgument", 400), id="many"
        ),
    ],
)
def test_a_request_that_cannot_be_read_is_refused(flows, query, body, answer):
    assert refused(flows.send, query, body, bearing(flows)) == answer


def test_a_parameter_of_the_form_wins_over_one_of_the_query(flows):
    flows.make(a_pass("P"))
    query = {"Action": "DescribeFlow", "Version": "2019-03-15", "Name": "other"}
    body = urlencode({"Name": "order"}).encode()
    assert flows.send(query, body, bearing(flows))["Name"] == "order"


class Broken:
    """An archive of which every part fails alike."""

    def __init__(self, error):
        self._error = error

    def __getattr__(self, _name):
        raise self._error


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        pytest.param(ZeroDivisionError("x=1"), "InternalServerError", 500, id="bug"),
        pytest.param(Unavailable("10.0.0.7"), "ServiceUnavailable", 503, id="outage"),
    ],
)
def test_a_fault_of_ours_is_answered_in_the_same_shape(flows, error, code, status):
    flows.face = replace(flows.face, archive=Broken(error))
    with pytest.raises(Refusal) as caught:
        flows("ListFlows")

    assert (caught.value.code, caught.value.status) == (code, status)
    assert str(error) not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("order", True), ("_x-1", True), ("1x", False), ("é", False), ("", False)],
)
def test_names_are_those_of_the_service(text, is_one):
    assert bool(NAME.fullmatch(text)) is is_one


# -- waiting -----------------------------------------------------------------------


def test_a_long_wait_looks_rarely_and_ends_before_the_gateway_gives_up(flows):
    flows.make(a_task("Ask", "nobody", "WaitForCustomCallback"))
    this = flows.start()
    flows.until("TaskSubmitted")
    begun = flows.stage.loop.now

    assert (
        flows("DescribeExecution", **this, WaitTimeSeconds="60")["Status"] == "Running"
    )
    assert flows.stage.loop.now - begun == pytest.approx(25)
    assert flows.patience.pauses[:4] == [0.25, 0.5, 1.0, 2.0]
    assert len(flows.patience.pauses) == 15


def test_nobody_waits_for_what_has_ended(flows):
    flows.make(a_pass("P"))
    this = flows.run()

    ended = flows("DescribeExecution", **this, WaitTimeSeconds="60")
    assert (ended["Status"], flows.patience.pauses) == ("Succeeded", [])


# -- workers without an SDK ----------------------------------------------------------


@pytest.fixture
def token(flows):
    flows.make(a_task("Ask", "nobody", "WaitForCustomCallback"))
    flows.start()
    flows.until("TaskSubmitted")
    return flows.token()


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"Output": {}}'])
def test_a_plain_report_that_cannot_be_read_changes_nothing(flows, token, body):
    report = {"query": {"TaskToken": token}, "report": "ReportTaskSucceeded"}

    wrong = refused(flows.send, body=body, headers=JSON, **report)
    assert wrong == ("InvalidArgument", 400)
    assert flows.send(body=b'{"Output": "{}"}', headers=JSON, **report)["EventId"] > 0


@pytest.mark.parametrize(
    ("given", "code"),
    [("forged", "InvalidTaskToken"), ("", "InvalidArgument")],
)
def test_a_plain_report_needs_a_token_of_this_stage(flows, given, code):
    query = {"TaskToken": given, "Error": "E"}
    wrong = refused(flows.send, query, report="ReportTaskFailed")
    assert wrong == (code, 400)
