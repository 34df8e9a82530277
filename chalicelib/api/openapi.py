"""What is the API, for machines? OpenAPI 3.1, drawn from the tables of the faces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from chalicelib.api import problems
from chalicelib.api.parameters import PARAMETERS
from chalicelib.api.routes import ANY_MEDIA, Route
from chalicelib.api.schemas import SCHEMAS, TEXT
from chalicelib.values import Json

_SCHEMES: Json = {
    "accessKey": {"type": "http", "scheme": "bearer"},
    "signature": {"type": "http", "scheme": "AWS4-HMAC-SHA256"},
    "acs3": {"type": "http", "scheme": "ACS3-HMAC-SHA256"},
    "rpc": {
        "type": "apiKey",
        "in": "query",
        "name": "Signature",
        "description": "HMAC-SHA1 over all parameters, Alibaba Cloud's RPC 1.0",
    },
}
_IN_PATH = re.compile(r"{(\w+)}")


def document(faces: Mapping[str, Iterable[Route]], server: str) -> Json:
    """Return the description of every route of ``faces``, served at ``server``."""
    paths: dict[str, dict[str, Json]] = {}
    for face, table in faces.items():
        for route in table:
            operations = paths.setdefault(route.path, {})
            operations[route.method.lower()] = _operation(face, route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Millrace",
            "version": "1",
            "description": "Workflows that run as functions.",
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": _SCHEMES,
        },
    }


def _operation(face: str, route: Route) -> Json:
    in_path = [_path_parameter(name) for name in _IN_PATH.findall(route.path)]
    operation: dict[str, Json] = {
        "operationId": f"{face}_{route.method.lower()}_{route.verb.__name__}",
        "tags": [face],
        "summary": route.summary,
        "description": route.verb.__doc__,
        "parameters": [*in_path, *(PARAMETERS[name] for name in route.takes)],
        "responses": {
            str(int(route.status)): _answer(route.response, "application/json"),
            "default": _answer("Problem", problems.MEDIA_TYPE),
        },
        "security": _security(route),
    }
    if route.scope:
        operation["x-scope"] = route.scope
    if route.request:
        operation["requestBody"] = {"content": _request(route)}
    return operation


def _security(route: Route) -> Json:
    if route.signed_by:
        return [{name: []} for name in (*route.signed_by, "accessKey")]
    return [{"accessKey": []}] if route.scope else []


def _path_parameter(name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": TEXT}


def _request(route: Route) -> Json:
    media = ("application/json",) if route.media == ANY_MEDIA else route.media
    return {each: {"schema": _reference(route.request)} for each in media}


def _answer(schema: str, media: str) -> Json:
    return {"description": schema, "content": {media: {"schema": _reference(schema)}}}


def _reference(schema: str) -> Json:
    return {"$ref": f"#/components/schemas/{schema}"}
