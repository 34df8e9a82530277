"""What stands in front of the API? Nothing, unless the stage says otherwise.

    CORS_ORIGIN   https://app.example or *: pages from there may ask, else none may
    AUTHORIZER    iam, or the ARN of a Cognito user pool: asked first, by API Gateway

An authorizer takes the ``Authorization`` header for itself: the access key comes in
``X-Api-Key`` then. Routes that need no key of their own, callbacks among them, and
those whose requests are signed with one, are not behind it.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalice.app import Authorizer, CognitoUserPoolAuthorizer, CORSConfig, IAMAuthorizer

from chalicelib.settings import SettingRefused

#: Headers that a page may send.
HEADERS = ("Authorization", "X-Api-Key", "Idempotency-Key", "traceparent", "tracestate")
#: Seconds for which a browser need not ask again.
MAX_AGE = 600


def cors(environ: Mapping[str, str]) -> CORSConfig | None:
    """Return what pages of other origins may do.

    Raises:
        SettingRefused: that is no origin.
    """
    origin = environ.get("CORS_ORIGIN", "").strip()
    if not origin:
        return None
    if origin != "*" and not origin.startswith(("https://", "http://")):
        raise SettingRefused("CORS_ORIGIN", "* or an origin such as https://a.example")
    return CORSConfig(
        allow_origin=origin.rstrip("/"), allow_headers=list(HEADERS), max_age=MAX_AGE
    )


def authorizer(environ: Mapping[str, str]) -> Authorizer | None:
    """Return what API Gateway asks before the stage does.

    Raises:
        SettingRefused: there is no such authorizer.
    """
    named = environ.get("AUTHORIZER", "").strip()
    if not named:
        return None
    if named == "iam":
        return IAMAuthorizer()
    if named.startswith("arn:") and ":userpool/" in named:
        return CognitoUserPoolAuthorizer("users", provider_arns=[named])
    raise SettingRefused("AUTHORIZER", "iam, or the ARN of a Cognito user pool")
