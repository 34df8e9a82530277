"""Which Lambda function stands for a function of Function Compute."""

import io

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.dispatchers.function_compute import (
    FunctionComputeDispatcher,
    function_name,
)
from chalicelib.model.error_names import TABLES, Kind

RULE = "{service}-{function}"


@pytest.mark.parametrize(
    ("arn", "rule", "name"),
    [
        ("acs:fc:::services/shop/functions/pay", RULE, "shop-pay"),
        ("acs:fc:::services/shop.LATEST/functions/pay", RULE, "shop-pay"),
        ("acs:fc:::services/shop.prod/functions/pay", RULE, "shop-pay:prod"),
        ("acs:fc:cn-x:12:services/shop/functions/pay", "{function}", "pay"),
        ("acs:fc:cn-x:12:services/s/functions/f", "x_{service}_{function}", "x_s_f"),
        ("acs:fc:::functions/pay", RULE, "pay"),
        ("acs:fc:cn-x:12:functions/pay/LATEST", RULE, "pay"),
        ("acs:fc:cn-x:12:functions/pay/3", RULE, "pay:3"),
        ("acs:fc:::functions/", RULE, ""),
        ("acs:fnf:::flow/pay", RULE, ""),
    ],
)
def test_the_rule_names_the_function(arn, rule, name):
    assert function_name(arn, rule) == name


class FakeLambda:
    def __init__(self, body, **given):
        self.given = given | {"Payload": io.BytesIO(body)}
        self.names = []

    def invoke(self, **parameters):
        self.names.append(parameters["FunctionName"])
        return self.given


def dispatcher(client):
    return FunctionComputeDispatcher(lambda service: client, rule=RULE)


def test_the_function_behind_the_arn_is_invoked(a_call):
    client = FakeLambda(b'{"a":1}')
    call = a_call(resource="acs:fc:::services/shop.LATEST/functions/pay")

    assert dispatcher(client).dispatch(call).payload == {"a": 1}
    assert client.names == ["shop-pay"]


def test_errors_have_names_of_function_compute(a_call):
    client = FakeLambda(b"{}", FunctionError="Unhandled")
    call = a_call(resource="acs:fc:::functions/pay")

    assert dispatcher(client).dispatch(call).error == "FC.Unknown"


def test_an_arn_of_something_else_is_not_found(a_call):
    call = a_call(resource="acs:fc:::triggers/x")

    assert dispatcher(FakeLambda(b"")).dispatch(call).kind is Kind.NOT_FOUND


def test_function_compute_cannot_cancel(a_call):
    assert dispatcher(FakeLambda(b"")).cancel(a_call()) is False


def refusal(code, status, **facts):
    answer = {
        "Error": {"Code": code, "Message": "no"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError({**answer, **facts}, "Invoke")


THROTTLED = "TooManyRequestsException"


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (refusal(THROTTLED, 429), "FC.ResourceThrottled"),
        (
            refusal(THROTTLED, 429, Reason="ConcurrentInvocationLimitExceeded"),
            "FC.ResourceThrottled",
        ),
        (
            refusal(THROTTLED, 429, Reason="ConcurrentSnapshotCreateLimitExceeded"),
            "FC.ResourceExhausted",
        ),
        (
            refusal(THROTTLED, 429, Reason="InstanceQuotaReached"),
            "FC.InstanceQuotaReached",
        ),
        (refusal("ENILimitReachedException", 502), "FC.ResourceExhausted"),
        (refusal("InvalidRequestContentException", 400), "FC.InvalidArgument"),
        (refusal("RecursiveInvocationException", 400), "FC.InvalidArgument"),
        (refusal("KMSAccessDeniedException", 502), "FC.AccessDenied"),
        (refusal("AccessDeniedException", 403), "FC.AccessDenied"),
        (refusal("ResourceNotFoundException", 404), "FC.FunctionNotFound"),
        (refusal("ServiceException", 500), "FC.InternalServerError"),
        (refusal("ServiceException", 400), "FC.InvalidArgument"),
        (refusal("InvalidRuntimeException", 502), "FC.InternalServerError"),
        (
            refusal("ResourceConflictException", 409),
            "FC.ResourceConflictException",
        ),
        (EndpointConnectionError(endpoint_url="http://x"), "FC.SdkClientException"),
    ],
)
def test_what_lambda_refuses_has_the_name_that_flows_match(a_call, error, name):
    class Refusing:
        def invoke(self, **parameters):
            raise error

    failure = dispatcher(Refusing()).dispatch(a_call(resource="acs:fc:::functions/pay"))

    assert (failure.error or TABLES["cloudflow"][failure.kind]) == name
