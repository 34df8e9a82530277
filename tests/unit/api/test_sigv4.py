"""Did the holder of an access key sign this request?"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from chalicelib.api import sigv4
from chalicelib.api.sigv4 import SignatureRefused, Signed
from chalicelib.values import compact

SECRET = "a-secret_of-43-characters"
BODY = compact({"name": "é"}).encode()
HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": "AWSStepFunctions.ListStateMachines",
}


def sent_at(date):
    """When botocore signed: it reads the clock itself, and writes what it read."""
    return datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()


def signed(url="https://x.test/api/states", *, region="us-east-1", token=None, **also):
    """Return a request as botocore signs it, and when it did."""
    asked = AWSRequest("POST", url, headers={**HEADERS, **also}, data=BODY)
    signer = SigV4Auth(Credentials("mr1", SECRET, token), "states", region)
    signer.add_auth(asked)
    headers = {"host": "x.test", **dict(asked.headers.items())}
    path = "/" + url.split("?")[0].partition("//")[2].partition("/")[2]
    query = dict(part.split("=") for part in url.partition("?")[2].split("&") if part)
    request = Signed(method="POST", path=path, query=query, headers=headers, body=BODY)
    return request, sent_at(headers["X-Amz-Date"])


def judge(request, at, secret=SECRET):
    found = sigv4.read(request.headers["Authorization"], "states")
    sigv4.require(found, request, secret, at)
    return found


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({}, id="as usual"),
        pytest.param({"region": "eu-west-1"}, id="any region"),
        pytest.param({"token": "a session"}, id="a session token is ignored"),
        pytest.param({"url": "https://x.test/"}, id="at the root"),
        pytest.param({"url": "https://x.test/a?b=1&a=2"}, id="with a query"),
        pytest.param({"X-Amz-Meta": "  two   spaces "}, id="spaces in a header"),
    ],
)
def test_what_botocore_signs_is_right(facts):
    request, at = signed(**facts)
    assert judge(request, at).key_id == "mr1"


@pytest.mark.parametrize("seconds", [-899, 899])
def test_a_request_is_good_for_fifteen_minutes(seconds):
    request, at = signed()
    assert judge(request, at + seconds)


@pytest.mark.parametrize("seconds", [-901, 901])
def test_and_no_longer(seconds):
    request, at = signed()
    with pytest.raises(SignatureRefused) as refused:
        judge(request, at + seconds)
    assert refused.value.code == "RequestExpired"


def without(request, name):
    return {key: value for key, value in request.headers.items() if key != name}


def header(name, value):
    return lambda request: replace(request, headers={**request.headers, name: value})


def authorization(old, new):
    def change(request):
        changed = request.headers["Authorization"].replace(old, new)
        return replace(request, headers={**request.headers, "Authorization": changed})

    return change


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda r: replace(r, body=BODY + b" "), id="another body"),
        pytest.param(lambda r: replace(r, method="PUT"), id="another method"),
        pytest.param(lambda r: replace(r, path="/states"), id="the stage left out"),
        pytest.param(lambda r: replace(r, query={"a": "1"}), id="another query"),
        pytest.param(header("X-Amz-Target", "AWSStepFunctions.Delete"), id="action"),
        pytest.param(header("host", "y.test"), id="another host"),
        pytest.param(header("X-Amz-Content-Sha256", "0" * 64), id="wrong hash of body"),
        pytest.param(authorization("us-east-1", "us-east-2"), id="another region"),
        pytest.param(authorization("host;", ""), id="host not signed"),
        pytest.param(authorization(";x-amz-target", ""), id="action not signed"),
    ],
)
def test_a_changed_request_is_not_what_was_signed(change):
    request, at = signed()
    with pytest.raises(SignatureRefused) as refused:
        judge(change(request), at)
    assert refused.value.code == "InvalidSignatureException"


def test_every_character_of_the_signature_counts():
    request, at = signed()
    value = request.headers["Authorization"]
    for position in range(len(value) - 64, len(value)):
        other = "0" if value[position] != "0" else "1"
        wrong = value[:position] + other + value[position + 1 :]
        with pytest.raises(SignatureRefused, match="does not match"):
            judge(header("Authorization", wrong)(request), at)


def test_another_secret_signs_otherwise():
    request, at = signed()
    with pytest.raises(SignatureRefused, match="does not match"):
        judge(request, at, secret="another")


@pytest.mark.parametrize("date", [None, "now", "20991301T000000Z", "20200101T000000Z"])
def test_without_a_date_of_the_signed_day_it_is_incomplete(date):
    request, at = signed()
    headers = without(request, "X-Amz-Date") | ({"X-Amz-Date": date} if date else {})
    with pytest.raises(SignatureRefused) as refused:
        judge(replace(request, headers=headers), at)
    assert refused.value.code == "IncompleteSignatureException"


def test_a_day_that_no_month_has_is_no_date():
    request, at = signed()
    day = request.headers["X-Amz-Date"][:8]
    moved = authorization(f"/{day}/", "/20230231/")(request)
    with pytest.raises(SignatureRefused, match="is not a date"):
        judge(header("X-Amz-Date", "20230231T000000Z")(moved), at)


CREDENTIAL = "Credential=k/20200101/r/states/aws4_request"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "MissingAuthenticationTokenException"),
        ("Bearer a.b", "MissingAuthenticationTokenException"),
        ("AWS4-HMAC-SHA256", "IncompleteSignatureException"),
        (f"AWS4-HMAC-SHA256 {CREDENTIAL}", "IncompleteSignatureException"),
        (
            "AWS4-HMAC-SHA256 Credential=k, SignedHeaders=host, Signature=0",
            "IncompleteSignatureException",
        ),
        (
            f"AWS4-HMAC-SHA256 {CREDENTIAL}s, SignedHeaders=host, Signature=0",
            "IncompleteSignatureException",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=k/1/r/s3/aws4_request, SignedHeaders=host, "
            "Signature=0",
            "InvalidSignatureException",
        ),
    ],
)
def test_a_header_that_is_no_signature_is_refused(text, code):
    with pytest.raises(SignatureRefused) as refused:
        sigv4.read(text, "states")
    assert refused.value.code == code
