"""What does the emulator lack of API Gateway? What ``chalice deploy`` makes an API by.

    ImportRestApi   POST  /restapis?mode=import          a new API from OpenAPI
    PutRestApi      PUT   /restapis/<id>?mode=overwrite  what OpenAPI says, in its place
    UpdateRestApi   PATCH /restapis/<id>                 "" takes a number away

The emulator has all of it, for CloudFormation only. Run by the emulator's own Python,
this starts it with the two ways joined. Functions are there at once, besides: Chalice
looks every five seconds.
"""

import json

from ministack.app import main
from ministack.services import apigateway_v1 as gateway
from ministack.services import lambda_svc

_handle = gateway.handle_request


async def handle_request(method, path, headers, body, query):
    _, _, api = path.strip("/").partition("/")
    mode = query.get("mode")
    if "mode" not in query and method != "PATCH":
        return await _handle(method, path, headers, body, query)
    given = json.loads(body)
    if mode in ("import", ["import"]):
        return gateway._get_rest_api(gateway._import_rest_api(given))
    if mode in ("overwrite", ["overwrite"]):
        return _overwrite(api, given)
    kept = [each for each in given.get("patchOperations", ()) if each["value"] != ""]
    changed = json.dumps({"patchOperations": kept}).encode()
    return await _handle(method, path, headers, changed, query)


def _overwrite(api, spec):
    """Take all resources but the root away, and make them as ``spec`` says."""
    if api in gateway._rest_apis:
        known = gateway._resources[api]
        root = next(each for each in known.values() if each["path"] == "/")
        root["resourceMethods"] = {}
        gateway._resources[api] = {root["id"]: root}
        schemes = gateway._import_security_schemes(api, spec)
        for path, item in spec["paths"].items():
            gateway._import_path_item(api, path, item, schemes, spec.get("security"))
    return gateway._get_rest_api(api)


if __name__ == "__main__":
    gateway.handle_request = handle_request
    lambda_svc._LAMBDA_STATE_TRANSITION_DELAY = 0
    main()
