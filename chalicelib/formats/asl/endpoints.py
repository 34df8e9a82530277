"""What does ``http:invoke`` ask for: which endpoint, and how is it written to?"""

from __future__ import annotations

from chalicelib.formats.asl.payloads import Payload
from chalicelib.formats.asl.requests import Request, needed, refuse_unknown, require
from chalicelib.formats.fields import Part, listed, mapping, one_of
from chalicelib.model.expressions import Expression, Literal, Object

_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")
_API_FIELDS = (
    "ApiEndpoint",
    "Method",
    "Headers",
    "Stage",
    "Path",
    "QueryParameters",
    "RequestBody",
    "AllowNullValues",
    "AuthType",
)


def api_invoke(payload: Payload, action: str, pattern: str) -> Request:
    """Return the request of ``apigateway:invoke``."""
    refuse_unknown(payload, *_API_FIELDS)
    require(payload, "ApiEndpoint")
    require(payload, "Method")
    _constant(payload, "Method", *_METHODS)
    _constant(payload, "AuthType", "NO_AUTH", "IAM_ROLE", "RESOURCE_POLICY")
    return Request(
        resource=Literal(value=action),
        arguments=payload.whole(),
        reading="apigateway",
    )


def _constant(payload: Payload, name: str, *allowed: str) -> None:
    """Add a problem where a field is written as a constant that is not allowed."""
    part = payload.part[name]
    if isinstance(payload.field(name), Literal) and part.value is not None:
        part.obeys(one_of(*allowed))


_HTTP_FIELDS = {
    "Method": "method",
    "Headers": "headers",
    "QueryParameters": "query",
    "RequestBody": "body",
}
_HTTP_OPTIONS = ("Authentication", "InvocationConfig", "Transform")
_ARRAYS = ("INDICES", "REPEAT", "COMMAS", "BRACKETS", "NONE")


def http_invoke(payload: Payload, action: str, pattern: str) -> Request:
    """Return the request of ``http:invoke``."""
    refuse_unknown(payload, "ApiEndpoint", *_HTTP_OPTIONS, *_HTTP_FIELDS)
    require(payload, "Method")
    _constant(payload, "Method", *_METHODS)
    arrays = _form(payload.part["Transform"])
    names = _HTTP_FIELDS if arrays is None else _HTTP_FIELDS | {"RequestBody": "form"}
    arguments = payload.renamed(names)
    if isinstance(arguments, Object):
        more: list[tuple[str, Expression]] = []
        if arrays is not None:
            more.append(("arrays", Literal(value=arrays)))
        connection = _connection(payload)
        if connection is not None:
            more.append(("connection", connection))
        arguments = Object(fields=(*arguments.fields, *more))
    return Request(
        resource=needed(payload, "ApiEndpoint"),
        arguments=arguments,
        reading="http_invoke",
    )


def _connection(payload: Payload) -> Expression | None:
    """Return the ARN of the connection, in the field of today or the one before it."""
    for name in ("Authentication", "InvocationConfig"):
        part = payload.part[name]
        if part.value is None or not part.obeys(mapping):
            continue
        for field, value in part.members():
            if field.removesuffix(".$") != "ConnectionArn":
                value.wrong(f"unknown field {field!r}; write ConnectionArn", at="key")
        config = payload.field(name)
        return _field_of(config, "ConnectionArn")
    return None


def _field_of(found: Expression | None, name: str) -> Expression | None:
    if isinstance(found, Object):
        return dict(found.fields).get(name)
    if isinstance(found, Literal) and name in found.value:
        return Literal(value=found.value[name])
    return None


def _form(part: Part) -> str | None:
    """Return how lists are written in a form; None where the body is no form."""
    if part.value is None or not part.obeys(mapping):
        return None
    _known(part, "RequestBodyEncoding", "RequestEncodingOptions")
    encoding = part["RequestBodyEncoding"]
    if encoding.value is None or not encoding.obeys(one_of("NONE", "URL_ENCODED")):
        return None
    arrays = "INDICES"
    options = part["RequestEncodingOptions"]
    if options.value is not None and options.obeys(mapping):
        _known(options, "ArrayFormat")
        written = options["ArrayFormat"]
        if written.value is not None and written.obeys(one_of(*_ARRAYS)):
            arrays = written.value
    return arrays if encoding.value == "URL_ENCODED" else None


def _known(part: Part, *names: str) -> None:
    for name, value in part.members():
        if name not in names:
            value.wrong(f"unknown field {name!r}; known are {listed(names)}", at="key")
