"""Tasks whose requests are made in a role of their own."""

from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.dispatchers import Dispatchers, Outside
from chalicelib.dispatchers.acting import Acting, session_of
from chalicelib.engine.events import Answer
from chalicelib.model.error_names import Kind
from chalicelib.simulation.stage import Stage

ROLE = "arn:aws:iam::222222222222:role/films"


class Echo:
    """A dispatcher that says as whom it is asked."""

    def __init__(self, outside):
        self.outside = outside

    def dispatch(self, call):
        return Answer(payload=[self.outside.clients("sqs"), call.role])

    def cancel(self, call):
        return call.role == ""


class Roles:
    """Assumes every role, unless it is told what goes wrong."""

    def __init__(self, error=None):
        self.error = error
        self.assumed = []

    def __call__(self, role, session):
        self.assumed.append((role, session))
        return SimpleNamespace(
            clients=lambda service: f"{service} of {role}",
            credentials=self.credentials,
        )

    def credentials(self):
        if self.error:
            raise self.error
        return "keys"


def refused(code, status=403):
    response = {
        "Error": {"Code": code, "Message": "no"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "AssumeRole")


@pytest.fixture
def outside(clock):
    def make(**given):
        known = {"clients": lambda service: f"own {service}", "policy": None}
        known |= {"clock": clock, "start": None, "stop": None}
        return Outside(**known | given)

    return make


@pytest.fixture
def acting(outside):
    def make(roles):
        rows = dict.fromkeys(("sqs", "workflow", "activity"), Echo)
        return Dispatchers(outside(assume=roles), rows=rows)

    return make


def test_a_task_with_a_role_is_asked_by_clients_of_the_role(acting, a_call):
    dispatchers = acting(Roles())

    own = dispatchers.dispatch(a_call(resource="sqs:jobs"))
    other = dispatchers.dispatch(a_call(resource="sqs:jobs", role=ROLE))

    assert own.payload == ["own sqs", ""]
    assert other.payload == [f"sqs of {ROLE}", ""]
    assert dispatchers.cancel(a_call(resource="sqs:jobs", role=ROLE))


@pytest.mark.parametrize("resource", ["workflow:ship", "activity:paint"])
def test_what_the_stage_does_itself_needs_no_role(acting, a_call, resource):
    roles = Roles()

    outcome = acting(roles).dispatch(a_call(resource=resource, role=ROLE))

    assert outcome.payload == ["own sqs", ROLE]
    assert roles.assumed == []


def test_a_role_s_session_is_kept_and_has_the_name_of_the_workflow(acting, a_call):
    roles = Roles()
    dispatchers = acting(roles)

    for execution in ("ship:1", "ship:2", "pay:1"):
        call = a_call(resource="sqs:jobs", role=ROLE, execution=execution)
        dispatchers.dispatch(call)

    assert roles.assumed == [(ROLE, "millrace-ship"), (ROLE, "millrace-pay")]


@pytest.mark.parametrize(
    ("execution", "expected"),
    [
        ("ship:1", "millrace-ship"),
        ("é ship/2:1", "millrace---ship-2"),
        ("x" * 90 + ":1", "millrace-" + "x" * 55),
        ("nameless", "millrace-"),
    ],
)
def test_a_session_has_a_name_that_sts_takes(a_call, execution, expected):
    assert session_of(a_call(execution=execution)) == expected


def test_only_so_many_roles_are_kept(outside, a_call):
    roles = Roles()
    acting = Acting(outside(assume=roles), Echo)

    for number in (*range(33), 32, 0):
        acting.dispatch(a_call(role=f"{ROLE}{number}"))

    assert len(roles.assumed) == 34  # the last one is known, the first is forgotten


@pytest.mark.parametrize(
    "error",
    [refused("AccessDenied"), refused("ValidationError", 400), refused("Odd", 500)],
)
def test_a_role_that_may_not_be_assumed_is_forbidden(acting, a_call, error):
    dispatchers = acting(Roles(error))
    call = a_call(resource="sqs:jobs", role=ROLE)

    failure = dispatchers.dispatch(call)

    # Without a name of its own: ASL calls it States.Permissions.
    assert (failure.kind, failure.error) == (Kind.FORBIDDEN, "")
    assert failure.cause.startswith(f"the stage may not assume the role {ROLE}: ")
    assert dispatchers.cancel(call) is False


@pytest.mark.parametrize(
    ("error", "kind", "name"),
    [
        (refused("Throttling", 429), Kind.THROTTLED, "Throttling"),
        (
            EndpointConnectionError(endpoint_url="https://sts.example"),
            Kind.UNREACHABLE,
            "SdkClientException",
        ),
    ],
)
def test_what_passes_is_no_refusal_of_the_role(acting, a_call, error, kind, name):
    failure = acting(Roles(error)).dispatch(a_call(resource="sqs:jobs", role=ROLE))

    assert failure.kind is kind
    assert failure.error == f"SecurityTokenService.{name}"


def test_a_stage_without_a_name_of_its_own_assumes_no_role(outside, a_call):
    dispatchers = Dispatchers(outside(), rows={"sqs": Echo})
    call = a_call(resource="sqs:jobs", role=ROLE)

    assert dispatchers.dispatch(call).kind is Kind.FORBIDDEN
    assert dispatchers.cancel(call) is False


def test_a_role_that_may_not_be_assumed_can_be_caught(acting):
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": {"QueueUrl": "jobs", "MessageBody": "x"},
        "Credentials": {"RoleArn": ROLE},
        "Catch": [{"ErrorEquals": ["States.Permissions"], "Next": "Say"}],
        "End": True,
    }
    states = {"Send": task, "Say": {"Type": "Pass", "End": True}}
    refusing = acting(Roles(refused("AccessDenied")))

    with Stage(dispatcher=lambda stage: refusing) as stage:
        workflow = stage.publish({"StartAt": "Send", "States": states}, name="w")
        head = stage.run(workflow)

    assert head.status == "SUCCEEDED"
    assert head.output["Error"] == "States.Permissions"
    assert ROLE in head.output["Cause"]
