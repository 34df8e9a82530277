"""The official SDK of CloudFlow, unmodified, that talks to a stage of ours."""

import json
import re
from urllib.parse import urlsplit

from alibabacloud_fnf20190315 import models
from alibabacloud_fnf20190315.client import Client
from alibabacloud_tea_openapi.client import Client as GenericClient
from alibabacloud_tea_openapi.exceptions import ClientException, ServerException
from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions

VERSION = "2019-03-15"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class Refusal(Exception):
    """What the SDK raises, with what it says of the answer."""

    def __init__(self, error):
        super().__init__(str(error))
        self.code, self.status = error.code, error.status_code
        self.request_id = error.request_id


class Sdk:
    """``sdk("CreateFlow", Name=…)`` sends one request with the SDK's own method."""

    def __init__(self, url, key, **facts):
        key_id, _, secret = key.partition(".")
        self._client = Client(
            Config(
                access_key_id=key_id,
                access_key_secret=secret,
                protocol="http",
                endpoint=urlsplit(url).netloc,
                **facts,
            )
        )
        self._options = RuntimeOptions(read_timeout=40_000, no_proxy="127.0.0.1")

    def __call__(self, operation, **parameters):
        """Return the answer of an operation; raises ``Refusal``."""
        request = getattr(models, f"{operation}Request")()
        request.from_map(parameters)
        words = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
        send = getattr(self._client, f"{words}_with_options")
        answer = _sent(lambda: send(request, self._options)).body.to_map()
        assert answer["RequestId"]
        return answer

    def raw(self, action, *, version=VERSION, method="POST", query=None, **form):
        """Return the answer to a request that the SDK has no method for."""
        facts = Params(
            action=action,
            version=version,
            protocol="HTTP",
            pathname="/",
            method=method,
            auth_type="AK",
            style="RPC",
            req_body_type="formData",
            body_type="json",
        )
        request = OpenApiRequest(body=form or None, query=query)
        sent = _sent(lambda: self._client.call_api(facts, request, self._options))
        return sent["body"]


def generic(url, key, action, **query):
    """Return the answer to a generic client's request: it signs with ACS3."""
    key_id, _, secret = key.partition(".")
    config = Config(
        access_key_id=key_id,
        access_key_secret=secret,
        protocol="http",
        endpoint=urlsplit(url).netloc,
    )
    facts = Params(
        action=action,
        version=VERSION,
        protocol="HTTP",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    options = RuntimeOptions(no_proxy="127.0.0.1")
    request = OpenApiRequest(query=query)
    client = GenericClient(config)
    return _sent(lambda: client.call_api(facts, request, options))["body"]


def _sent(send):
    try:
        return send()
    except (ClientException, ServerException) as error:
        raise Refusal(error) from error


def a_flow(name, *states, start="Only"):
    """Return the text of a flow; JSON is YAML as well."""
    return json.dumps(
        {
            "Type": "StateMachine",
            "SpecVersion": "v1",
            "Name": name,
            "StartAt": start,
            "States": list(states),
        }
    )


def a_pass(name="Only", **facts):
    """Return a state that does nothing."""
    end = {} if "Next" in facts else {"End": True}
    return {"Type": "Pass", "Name": name, **end, **facts}


def a_call(function, name="Only", **facts):
    """Return a state that has a function called."""
    return {
        "Type": "Task",
        "Name": name,
        "Action": "FC:InvokeFunction",
        "Parameters": {
            "resourceArn": f"acs:fc:::functions/{function}",
            "invocationType": "Sync",
            "body.$": "$Input",
        },
        "End": True,
        **facts,
    }


def asking(box, name="Only", **facts):
    """Return a state that drops its token into ``box``, and waits for the answer."""
    parameters = {
        "resourceArn": "acs:fc:::functions/receive",
        "invocationType": "Sync",
        "body": {"box": box, "token.$": "$Context.Current.TaskToken"},
    }
    return a_call(
        "receive",
        name,
        TaskMode="WaitForCustomCallback",
        Parameters=parameters,
        **facts,
    )
