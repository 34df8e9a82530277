"""Did the holder of an access key sign this request, in one of Alibaba's two ways?"""

from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from alibabacloud_tea_openapi.utils import Utils

from chalicelib.api import acs_signatures
from chalicelib.api.sigv4 import SKEW, SignatureRefused, Signed

SECRET = "a-secret_of-43-characters"
DATE, AT = "2030-01-31T08:00:00Z", 1_896_076_800.0
FORM = {"Input": '{"text": "a b*~é+/="}', "Description": ""}
RPC = {
    "Action": "StartExecution",
    "Version": "2019-03-15",
    "Timestamp": DATE,
    "SignatureNonce": "n-1",
    "SignatureMethod": "HMAC-SHA1",
    "SignatureVersion": "1.0",
    "SignatureType": "",
    "AccessKeyId": "mr1",
    **FORM,
}
HEADERS = {
    "host": "x.test",
    "x-acs-action": "StartExecution",
    "x-acs-version": "2019-03-15",
    "x-acs-date": DATE,
    "x-acs-signature-nonce": "n-1",
    "x-acs-content-sha256": "any",
}
PLAIN = Signed(method="POST", path="/", headers={})


def by_rpc(method="POST", secret=SECRET, **changes):
    """Return a request, and its parameters as the SDK's own code signs them."""
    given = {**RPC, **changes}
    given = {name: each for name, each in given.items() if each is not None}
    given["Signature"] = Utils.get_rpcsignature(given, method, secret)
    return replace(PLAIN, method=method), given


class _Request:
    """What the SDK's own code signs."""

    def __init__(self, query, headers):
        self.method, self.pathname = "POST", "/"
        self.query, self.headers = query, headers


def by_acs3(body=b"Name=x", query=None, **changes):
    """Return a request as the SDK's own code for generic clients signs it."""
    headers = {**HEADERS, **{n.replace("_", "-"): each for n, each in changes.items()}}
    headers = {name: each for name, each in headers.items() if each is not None}
    digest = Utils.hash(body, "ACS3-HMAC-SHA256").hex()
    asked = _Request(query or {}, headers)
    headers["Authorization"] = Utils.get_authorization(
        asked, "ACS3-HMAC-SHA256", digest, "mr1", SECRET
    )
    return Signed(
        method="POST", path="/", query=query or {}, headers=headers, body=body
    ), {}


def judge(request, parameters, at=AT, secret=SECRET):
    found = acs_signatures.read(request, parameters)
    acs_signatures.require(found, request, parameters, secret, at)
    return found


def refusal(request, parameters, **facts):
    with pytest.raises(SignatureRefused) as caught:
        judge(request, parameters, **facts)
    return caught.value.code


@pytest.mark.parametrize(
    "signed",
    [
        pytest.param(by_rpc(), id="rpc"),
        pytest.param(by_rpc("GET"), id="rpc, GET"),
        pytest.param(by_rpc(SecurityToken="of a session"), id="rpc, session"),
        pytest.param(by_acs3(), id="acs3"),
        pytest.param(by_acs3(query={"b": "é +", "a": ""}), id="acs3, query"),
        pytest.param(by_acs3(body=b""), id="acs3, no body"),
    ],
)
def test_what_the_sdk_signs_is_right(signed):
    found = judge(*signed)
    assert (found.key_id, found.nonce, found.date) == ("mr1", "n-1", DATE)


@pytest.mark.parametrize("made", [by_rpc, by_acs3])
def test_another_secret_makes_another_signature(made):
    assert refusal(*made(), secret="other") == "SignatureDoesNotMatch"


def test_a_changed_parameter_is_noticed():
    request, given = by_rpc()
    changed = {**given, "Input": "{}"}
    assert refusal(request, changed) == "SignatureDoesNotMatch"


def test_an_added_parameter_is_noticed():
    request, given = by_rpc()
    assert refusal(request, {**given, "New": "1"}) == "SignatureDoesNotMatch"


def test_another_method_is_noticed():
    request, given = by_rpc()
    other = replace(request, method="GET")
    assert refusal(other, given) == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    "change",
    [
        {"body": b"Name=y"},
        {"query": {"Name": "y"}},
        {"path": "/other"},
        {"method": "GET"},
    ],
)
def test_acs3_covers_the_whole_request(change):
    request, _ = by_acs3()
    assert refusal(replace(request, **change), {}) == "SignatureDoesNotMatch"


@pytest.mark.parametrize("name", ["x-acs-action", "x-acs-date", "x-acs-version"])
def test_acs3_covers_its_headers(name):
    request, _ = by_acs3()
    headers = {**request.headers, name: DATE.replace("00Z", "01Z")}
    changed = replace(request, headers=headers)
    assert refusal(changed, {}) == "SignatureDoesNotMatch"


@pytest.mark.parametrize("made", [by_rpc, by_acs3])
@pytest.mark.parametrize("away", [SKEW, -SKEW])
def test_a_request_is_good_for_fifteen_minutes(made, away):
    assert judge(*made(), at=AT + away)
    expired = refusal(*made(), at=AT + away * 1.01)
    assert expired == "InvalidTimeStamp.Expired"


@pytest.mark.parametrize("date", ["", "yesterday", "20300131T080000Z"])
def test_a_date_that_cannot_be_read_is_refused(date):
    assert refusal(*by_rpc(Timestamp=date)) == "InvalidTimeStamp.Format"


@pytest.mark.parametrize(
    "signed",
    [
        pytest.param((PLAIN, {}), id="nothing"),
        pytest.param((PLAIN, {"Signature": "x"}), id="a signature alone"),
        pytest.param(by_rpc(SignatureNonce=None), id="no nonce"),
        pytest.param(by_rpc(SignatureNonce="two words"), id="a space in the nonce"),
        pytest.param(by_rpc(SignatureNonce="n" * 129), id="a long nonce"),
        pytest.param(by_rpc(AccessKeyId=None), id="no key"),
        pytest.param(by_rpc(SignatureMethod="NONE"), id="another method"),
        pytest.param(by_rpc(SignatureVersion="2.0"), id="another version"),
        pytest.param(by_acs3(x_acs_signature_nonce=None), id="acs3, no nonce"),
        pytest.param(by_acs3(host=None), id="acs3, no host"),
        pytest.param(by_acs3(x_acs_date=None), id="acs3, no date"),
    ],
)
def test_an_incomplete_signature_is_refused(signed):
    assert refusal(*signed) == "IncompleteSignature"


def test_what_acs3_says_to_cover_must_be_there():
    request, _ = by_acs3()
    headers = {name: each for name, each in request.headers.items() if name != "host"}
    missing = replace(request, headers=headers)
    assert refusal(missing, {}) == "IncompleteSignature"


def test_an_empty_parameter_is_signed_too():
    request, given = by_rpc()
    without = dict(parse_qsl("&".join(f"{n}={v}" for n, v in given.items())))
    assert "SignatureType" not in without
    assert refusal(request, without) == "SignatureDoesNotMatch"
