"""What does ``http:invoke`` ask for: which endpoint, and how is it written to?"""

from __future__ import annotations

from chalicelib.formats.asl.payloads import Payload
from chalicelib.formats.asl.requests import Request, needed, refuse_unknown, require
from chalicelib.formats.fields import Part, listed, mapping, one_of
from chalicelib.model.expressions import Literal, Object

_HTTP_FIELDS = {
    "Method": "method",
    "Headers": "headers",
    "QueryParameters": "query",
    "RequestBody": "body",
}
_HTTP_OPTIONS = ("Authentication", "InvocationConfig", "Transform")
_NO_CONNECTION = (
    "connections of EventBridge are not kept here; "
    "put what they would add into Headers or QueryParameters"
)
_ARRAYS = ("INDICES", "REPEAT", "COMMAS", "BRACKETS", "NONE")


def http_invoke(payload: Payload, action: str, pattern: str) -> Request:
    """Return the request of ``http:invoke``."""
    refuse_unknown(payload, "ApiEndpoint", *_HTTP_OPTIONS, *_HTTP_FIELDS)
    require(payload, "Method")
    _refuse_connections(payload.part)
    arrays = _form(payload.part["Transform"])
    names = _HTTP_FIELDS if arrays is None else _HTTP_FIELDS | {"RequestBody": "form"}
    arguments = payload.renamed(names)
    if arrays is not None and isinstance(arguments, Object):
        how = ("arrays", Literal(value=arrays))
        arguments = Object(fields=(*arguments.fields, how))
    return Request(
        resource=needed(payload, "ApiEndpoint"),
        arguments=arguments,
        reading="http_invoke",
    )


def _refuse_connections(part: Part) -> None:
    if "Authentication" in part:
        part["Authentication"].wrong(_NO_CONNECTION, at="key")
    config = part["InvocationConfig"]
    if "InvocationConfig" in part and config.obeys(mapping):
        for name, value in config.members():
            plain = name.removesuffix(".$")
            is_known = plain == "ConnectionArn"
            message = _NO_CONNECTION if is_known else f"unknown field {name!r}"
            value.wrong(message, at="key")


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
