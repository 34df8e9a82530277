"""A stage in memory that answers as Step Functions does, and a client of it."""

import json
from datetime import UTC, datetime

import pytest
from botocore.validate import ParamValidator

from chalicelib.api.keyring import AccessKeys
from chalicelib.api.routes import Call
from chalicelib.api.service import Service
from chalicelib.api.stepfunctions import actions as sfn_actions
from chalicelib.api.stepfunctions import face as sfn_face
from chalicelib.api.stepfunctions import shapes as sfn_shapes
from chalicelib.api.stepfunctions.arns import Arns
from chalicelib.express import Express
from chalicelib.formats import compile_definition
from chalicelib.journal.activities import Activities
from chalicelib.journal.archive import Archive
from chalicelib.journal.releases import Releases
from chalicelib.journal.values import Values
from chalicelib.meter import Meter, MeteredTable
from chalicelib.simulation.stage import Stage
from chalicelib.stores.memory import MemoryTable

ARNS = Arns(account="123456789012", region="eu-west-1")
ROLE = "arn:aws:iam::123456789012:role/any"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function"


class Refusal(Exception):
    """A typed error, as the client gets it."""

    def __init__(self, status, body):
        super().__init__(body["message"])
        self.status = status
        self.code = body["__type"]


def refused(code, ask, *args, **given):
    """Ask in vain; return what the refusal says."""
    with pytest.raises(Refusal) as caught:
        ask(*args, **given)
    assert (caught.value.status, caught.value.code) == (400, code)
    return str(caught.value)


class States:
    """``ask`` sends an action's name and its input; ``stage`` is what answers."""

    def __init__(self, functions=None, **facts):
        self.stage = Stage(functions, **facts)
        clock = self.stage.loop.clock
        #: What is read to answer, all of it at the expense of "asked".
        self.reading = Meter()
        kept = MeteredTable(self.stage.plain_table, self.reading, payer="asked")
        archive = Archive(kept, Values(kept, self.stage.plain_blobs), clock)
        self.keys = AccessKeys(MemoryTable(), secret=b"s" * 32)
        self.key = self.keys.issue(["admin"], at=0).bearer
        self.service = Service(
            orchestrator=self.stage.orchestrator,
            journal=archive,
            meter=self.stage.meter,
            compile=compile_definition,
            tokens=self.stage.tokens,
            keys=self.keys,
            clock=clock,
            planning=self.stage.planning,
            checkup=None,
        )
        self.releases = Releases(MemoryTable(), clock)
        self.activities = Activities(kept, clock)
        self.face = sfn_face.Face(
            service=self.service,
            archive=archive,
            releases=self.releases,
            activities=self.activities,
            arns=ARNS,
            express=self._express,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stage.close()

    def _express(self):
        return Express(
            dispatcher=self.stage.dispatcher,
            clock=self.stage.loop.clock,
            tokens=self.stage.tokens,
            new_name=lambda: "drawn",
            chance=lambda: 0.5,
            limits=self.stage.limits,
        )

    def __call__(self, action, **given):
        """Return the output of an action, held to the service's model."""
        return self.ask(action, json.dumps(given).encode())

    def ask(self, action, body, *, key=None, headers=None):
        bearer = {"authorization": f"Bearer {self.key if key is None else key}"}
        call = Call(
            service=self.service,
            caller=None,
            parameters={},
            query={},
            headers={
                "content-type": "application/x-amz-json-1.0",
                "x-amz-target": f"AWSStepFunctions.{action}",
                **(bearer if headers is None else headers),
            },
            body=body,
            method="POST",
            path="/api/states",
        )
        sfn_face.face.use(self.face)
        try:
            reply = sfn_actions.act(call)
        finally:
            sfn_face.face.use(None)
        if reply.status != 200:
            raise Refusal(reply.status, reply.body)
        require_shape(reply.body, sfn_shapes.operations()[action].output_shape)
        return json.loads(json.dumps(reply.body))

    def make(self, definition, name="order", **facts):
        """Create a state machine; return its ARN."""
        text = definition if isinstance(definition, str) else json.dumps(definition)
        made = self(
            "CreateStateMachine", name=name, definition=text, roleArn=ROLE, **facts
        )
        return made["stateMachineArn"]

    def run(self, machine, value=None, **facts):
        """Start an execution, and let everything happen until it has ended."""
        begun = self(
            "StartExecution",
            stateMachineArn=machine,
            input=json.dumps({} if value is None else value),
            **facts,
        )
        arn = begun["executionArn"]
        self.stage.settle(ARNS.read_execution(arn))
        return arn


def require_shape(body, shape):
    """Fail unless ``body`` is what the service's model says, and nothing more."""
    if shape is None:
        assert body == {}
        return
    known = _parsed(body, shape, shape.name)
    report = ParamValidator().validate(known, shape)
    assert not report.has_errors(), report.generate_report()


def _parsed(value, shape, path):
    if shape.type_name == "structure":
        unknown = set(value) - set(shape.members)
        assert not unknown, f"{path}: {unknown}"
        return {
            name: _parsed(each, shape.members[name], f"{path}.{name}")
            for name, each in value.items()
        }
    if shape.type_name == "list":
        return [_parsed(each, shape.member, path) for each in value]
    if shape.type_name == "timestamp":
        return datetime.fromtimestamp(value, UTC)
    return value


def a_machine(state, **others):
    first = state if "Next" in state else {**state, "End": True}
    return {"StartAt": "Only", "States": {"Only": first, **others}}


def a_task(name="greet", **facts):
    return {"Type": "Task", "Resource": f"{FUNCTION}:{name}", **facts}


PASS = a_machine({"Type": "Pass"})
