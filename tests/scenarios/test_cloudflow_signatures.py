"""Signatures of CloudFlow's clients over HTTP: what is refused, and changes nothing.

Signed here by the words of the vendor's pages, not by the code that verifies.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import pytest

from tests.scenarios.cloudflow import MOMENT, VERSION, a_flow, a_pass

pytestmark = [pytest.mark.moto, pytest.mark.slow]

FLOW = "signed"


def encoded(text):
    return quote(text, safe="~")


def rpc(desk, action, *, away=0.0, nonce, secret="", **given):
    """The parameters of a request that is signed by RPC 1.0."""
    key_id, _, own = desk.stage.key.partition(".")
    at = datetime.now(UTC) + timedelta(seconds=away)  # noqa: TID251 - a client's clock
    query = {
        "Action": action,
        "Version": VERSION,
        "Timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "SignatureNonce": nonce,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "AccessKeyId": key_id,
        **given,
    }
    pairs = "&".join(f"{encoded(k)}={encoded(v)}" for k, v in sorted(query.items()))
    mac = hmac.new(f"{secret or own}&".encode(), digestmod=hashlib.sha1)
    mac.update(f"POST&%2F&{encoded(pairs)}".encode())
    return {**query, "Signature": base64.b64encode(mac.digest()).decode()}


def send(desk, query):
    """Return status and code of the answer to a request, and the answer."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    path = f"/?{urlencode(query)}"
    answer = desk.ask("POST", path, "", key="", headers=headers)
    return (answer.status_code, answer.json().get("Code")), answer.json()


@pytest.fixture(scope="module")
def flow(desk):
    given = {"Name": FLOW, "Definition": a_flow(FLOW, a_pass()), "Type": "FDL"}
    answer, _ = send(desk, rpc(desk, "CreateFlow", nonce="made", **given))
    assert answer == (200, None)
    return FLOW


def is_there(desk):
    answer, _ = send(desk, rpc(desk, "DescribeFlow", nonce="look", Name=FLOW))
    return answer == (200, None)


def delete(desk, **facts):
    return rpc(desk, "DeleteFlow", Name=FLOW, **facts)


@pytest.mark.parametrize("away", [-16 * 60, 16 * 60])
def test_a_clock_that_is_sixteen_minutes_off_is_refused(desk, flow, away):
    answer, _ = send(desk, delete(desk, nonce="skew", away=away))

    assert answer == (400, "InvalidTimeStamp.Expired")
    assert is_there(desk)


@pytest.mark.parametrize("away", [-14 * 60, 14 * 60])
def test_a_clock_that_is_fourteen_minutes_off_will_do(desk, flow, away):
    query = rpc(desk, "DescribeFlow", nonce="near", away=away, Name=FLOW)

    assert send(desk, query)[0] == (200, None)


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"Signature": None}, (400, "IncompleteSignature")),
        ({"SignatureNonce": None}, (400, "IncompleteSignature")),
        ({"AccessKeyId": None}, (400, "IncompleteSignature")),
        ({"SignatureMethod": "HMAC-MD5"}, (400, "IncompleteSignature")),
        ({"Signature": "d3Jvbmc="}, (400, "SignatureDoesNotMatch")),
        ({"Name": "another"}, (400, "SignatureDoesNotMatch")),
        ({"More": "1"}, (400, "SignatureDoesNotMatch")),
        ({"Timestamp": "yesterday"}, (400, "InvalidTimeStamp.Format")),
        ({"AccessKeyId": "nobody"}, (404, "InvalidAccessKeyId.NotFound")),
    ],
)
def test_a_request_that_is_not_rightly_signed_changes_nothing(
    desk, flow, change, answer
):
    query = delete(desk, nonce="wrong") | change
    query = {name: value for name, value in query.items() if value is not None}

    assert send(desk, query)[0] == answer
    assert is_there(desk)


def test_a_change_is_made_once_and_each_answer_has_an_id_of_its_own(desk, flow):
    query = rpc(desk, "UpdateFlow", nonce="once", Name=FLOW, Description="one")
    first, told = send(desk, query)
    other = rpc(desk, "UpdateFlow", nonce="then", Name=FLOW, Description="two")
    send(desk, other)
    again, refused = send(desk, query)

    assert (first, again) == ((200, None), (400, "SignatureNonceUsed"))
    assert told["RequestId"] != refused["RequestId"]
    assert MOMENT.fullmatch(told["LastModifiedTime"])
    query = rpc(desk, "DescribeFlow", nonce="look", Name=FLOW)
    assert send(desk, query)[1]["Description"] == "two"
