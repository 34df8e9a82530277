"""The secrets of a stage and of its connections, looked for in all that it writes.

Every request to DynamoDB, SQS, S3 and EventBridge is kept, so that also what was
deleted since is looked through: items, values, step messages, dead letters. Beside them
lie the answers of all four faces, the lines of the log, and the metrics. What workers
are sent is looked at as well: the secrets were there to be found.
"""

import json
import os
import zlib

import pytest

from chalicelib import bootstrap
from chalicelib.deployment.names import Names
from chalicelib.journal import records
from chalicelib.local import account
from tests.scenarios import mail, rill_client, step_functions
from tests.scenarios.cloudflow import Refusal, Sdk, a_call
from tests.scenarios.cloudflow import a_flow as a_cloudflow
from tests.scenarios.dags import GATEWAY, a_function
from tests.scenarios.desk import a_desk, a_flow, a_task
from tests.scenarios.test_stage_canary import listening

pytestmark = [pytest.mark.moto, pytest.mark.slow]

NAMES = Names(stage="dev")
WEBHOOK_SECRET = "cGxhbnRlZC1mb3ItdGhlLXdlYmhvb2tzLTEyMzQ1Njc4"
PASSWORD, API_KEY = "planted-for-basic-proof", "planted-for-a-header"
ALIBABA_SECRET = "planted-for-function-compute"
WRITTEN = ("dynamodb", "sqs", "s3", "events")


class Tap:
    """What a stage asks of AWS."""

    def __init__(self, stage):
        self.texts = []
        for service in WRITTEN:
            events = stage.clients(service).meta.events
            events.register(f"provide-client-params.{service}.*", self._keep)

    def _keep(self, params, model, **_):
        self.texts.append(f"{model.name} {' '.join(_texts(params))}")


def _texts(value):
    """Yield every text in a request, with what is compressed in it."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, bytes | bytearray):
        yield from _opened(bytes(value))
    else:
        yield str(value)


def _opened(content):
    yield content.decode("latin-1")
    for read in (records.unpack, zlib.decompress):
        try:
            found = read(content)
        except (ValueError, zlib.error):
            continue
        yield found.decode("latin-1") if isinstance(found, bytes) else json.dumps(found)


@pytest.fixture(scope="module")
def run():
    """The stage after its runs: its secrets, and what it has written and said."""
    environ = {
        "WEBHOOK_SECRETS": f"whsec_{WEBHOOK_SECRET}",
        "WEBHOOKS": f"{GATEWAY}/http/http_tell?box=notices",
        "ALIBABA_KEY": f"LTAIplanted:{ALIBABA_SECRET}",
        "ALIBABA_PLACE": "cn-hangzhou:123456789012",
        "FUNCTION_ENDPOINT": GATEWAY,
    }
    with listening() as lines, a_desk(**environ) as desk:
        parameter = {name: os.environ[name] for name in ("TOKEN_KEYS", "ACCESS_SECRET")}
        desk.stage.clients("ssm").put_parameter(
            Name=NAMES.secrets, Value=json.dumps(parameter), Type="SecureString"
        )
        with account.environment({**os.environ, "SECRETS_PARAMETER": NAMES.secrets}):
            bootstrap.use(clients=desk.stage.clients)
            tap = Tap(desk.stage)
            answers = _runs(desk)
            secrets = _secrets(desk, parameter, answers)
        yield secrets, tap.texts, answers, lines


def _secrets(desk, parameter, answers):
    wanted = {"scopes": ["read"], "rate": 100}
    issued = desk.ask("POST", "/v1/keys", wanted).json()
    rotated = desk.ask("POST", f"/v1/keys/{issued['id']}/rotate").json()
    for key in (issued, rotated):
        answers.append(desk.ask("GET", "/v1/workflows", key=key["bearer"]).text)
    answers.append(desk.ask("GET", "/v1/keys").text)
    return {
        "owner's key": desk.stage.secret,
        "issued key": issued["secret"],
        "rotated key": rotated["secret"],
        "token key": parameter["TOKEN_KEYS"].partition(":")[2],
        "access secret": parameter["ACCESS_SECRET"],
        "webhook secret": WEBHOOK_SECRET,
        "password of a connection": PASSWORD,
        "its proof": "cGxhbnRlZDpwbGFudGVkLWZvci1iYXNpYy1wcm9vZg==",
        "header of a connection": API_KEY,
        "key of Function Compute": ALIBABA_SECRET,
    }


def _runs(desk):
    return [
        *_connections(desk),
        *_functions(desk),
        *_cloudflow(desk),
        *_rillflow(desk),
        *_poison(desk),
        *_refusals(desk),
        *bootstrap.metrics().lines(0),
    ]


def _connections(desk):
    """HTTP with a connection, that answers and that does not."""
    header = {"Key": "X-Planted", "Value": API_KEY}
    made = desk.stage.clients("events").create_connection(
        Name="canary",
        AuthorizationType="BASIC",
        AuthParameters={
            "BasicAuthParameters": {"Username": "planted", "Password": PASSWORD},
            "InvocationHttpParameters": {"HeaderParameters": [header]},
        },
    )
    for name, url in (
        ("answered", f"{GATEWAY}/http/http_tell?box=connection"),
        ("silent", "http://127.0.0.1:9/none"),
        ("refused", f"{GATEWAY}/http/http_status?status=500"),
    ):
        parameters = {
            "ApiEndpoint": url,
            "Method": "POST",
            "Authentication": {"ConnectionArn": made["ConnectionArn"]},
        }
        state = {"Type": "Task", "Resource": "arn:aws:states:::http:invoke"}
        flow = a_flow({**state, "Parameters": parameters})
        yield from _seen(desk, desk.start(desk.publish(flow, name=name)))


def _functions(desk):
    """A sub-workflow, a function that fails, and a token that is answered twice."""
    desk.publish(a_flow(a_task("shout")), name="inner")
    around = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {"StateMachineArn": "inner", "Input": {"text": "a"}},
    }
    for name, state in (("outer", around), ("fails", a_task("fail"))):
        yield from _seen(desk, desk.start(desk.publish(a_flow(state), name=name)))


def _seen(desk, execution):
    """Yield what the native face and Step Functions' say of an execution."""
    desk.ended(execution)
    for part in ("", "/history", "/cost"):
        yield desk.ask("GET", f"/v1/executions/{execution}{part}").text
    states = step_functions.a_client(f"{desk.url}/states", desk.stage.key)
    workflow, _, name = execution.partition(":")
    arn = f"arn:aws:states:us-east-1:000000000000:execution:{workflow}:{name}"
    yield str(states.describe_execution(executionArn=arn))
    yield str(states.get_execution_history(executionArn=arn))


def _cloudflow(desk):
    """HTTP, and a function of Function Compute, which here knows nothing of it."""
    sdk = Sdk(desk.url, desk.stage.key)
    http = {
        "Type": "Task",
        "Name": "Only",
        "Action": "HTTP:Request",
        "Parameters": {"url": f"{GATEWAY}/http/http_tell?box=cf", "method": "GET"},
        "End": True,
    }
    for name, state in (("canary-flow", http), ("canary-calls", a_call("shop$pack"))):
        names = {"Name": name, "Type": "FDL", "Description": "d"}
        yield str(sdk("CreateFlow", Definition=a_cloudflow(name, state), **names))
        run = {"FlowName": name, "ExecutionName": "one"}
        yield str(sdk("StartExecution", Input="{}", **run))
        desk.ended(f"{name}:one")
        yield str(sdk("DescribeExecution", **run))
        yield str(sdk("GetExecutionHistory", **run))
    try:
        sdk("DescribeExecution", FlowName="canary-flow", ExecutionName="none")
    except Refusal as refused:
        yield str(refused)


def _rillflow(desk):
    for name, task in (
        ("canaryTells", a_function("only", "http/http_tell?box=rill")),
        ("canaryFails", a_function("only", "http/http_status?status=500")),
    ):
        descriptor = rill_client.publish(desk, rill_client.a_dag(name, task))
        execution = rill_client.submit(desk, descriptor)
        yield str(rill_client.ended(desk, execution))


def _poison(desk):
    """A message that fails each time, and becomes a dead letter."""
    sqs = desk.stage.clients("sqs")
    url = sqs.get_queue_url(QueueName=NAMES.steps)["QueueUrl"]
    body = {"v": 1, "do": "dance", "x": "fails:none", "s": "r"}
    dead = sqs.get_queue_url(QueueName=NAMES.dead_letters)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body))
    sqs.send_message(QueueUrl=dead, MessageBody=json.dumps(body))
    desk.agree(lambda: desk.left("steps") == desk.left("dead-letters") == 0)
    yield desk.ask("GET", "/v1/checkup").text


def _refusals(desk):
    """Yield the answers to requests whose keys are wrong in part."""
    secret = desk.stage.secret
    for key in (f"local.{secret}x", f"nobody.{secret}", secret):
        for path in ("/v1/workflows", "/flow/get.json?execution_id=x", "/?Action=x"):
            yield desk.ask("GET", path, key=key).text
    for headers in ({"x-api-key": secret}, {"x-api-key": f"local.{secret}x"}):
        yield desk.ask("POST", "/states", "{", key="", headers=headers).text
        yield desk.ask("POST", "/", "{", key="", headers=headers).text


SECRETS = (
    *("owner's key", "issued key", "rotated key", "token key", "access secret"),
    *("webhook secret", "password of a connection", "its proof"),
    *("header of a connection", "key of Function Compute"),
)


@pytest.mark.parametrize("name", SECRETS)
def test_nothing_that_is_written_has_it(run, name):
    secrets, written, _, _ = run

    # EventBridge itself was told of the connection, by the test.
    asked = [each for each in written if not each.startswith("CreateConnection")]
    assert [each for each in asked if secrets[name] in each] == []


@pytest.mark.parametrize("name", SECRETS)
def test_nothing_that_is_said_has_it(run, name):
    secrets, _, answers, lines = run

    assert [each for each in (*answers, *lines) if secrets[name] in each] == []


def test_the_canaries_were_there_to_be_found(run):
    secrets, written, answers, lines = run
    letter = mail.take("connection")

    assert set(secrets) == set(SECRETS)
    assert secrets["its proof"] in letter["headers"]["authorization"]
    assert letter["headers"]["x-planted"] == API_KEY
    assert "v1," in mail.take("notices")["headers"]["webhook-signature"]
    kinds = {each.partition(" ")[0] for each in written}
    assert kinds >= {"PutItem", "SendMessageBatch", "SendMessage"}
    assert any(
        "TaskScheduled" in each or "ExecutionStarted" in each for each in written
    )
    assert any("canary-flow" in each for each in answers)
    assert any("TaskFailed" in each and "shop$pack" in each for each in answers)
    assert any("dance" in each for each in lines)
