"""A stage in memory that answers as CloudFlow does, and a client of it."""

import json
from contextlib import contextmanager
from urllib.parse import urlencode

from chalicelib.api.cloudflow import face as cloudflow_face
from chalicelib.api.cloudflow import operations as cloudflow_operations
from chalicelib.api.keyring import AccessKeys
from chalicelib.api.nonces import Nonces
from chalicelib.api.routes import Call
from chalicelib.api.service import Service
from chalicelib.formats import compile_definition
from chalicelib.journal.archive import Archive
from chalicelib.journal.releases import Releases
from chalicelib.journal.values import Values
from chalicelib.simulation.stage import Stage
from chalicelib.stores.memory import MemoryTable

FORM = "application/x-www-form-urlencoded"


class Refusal(Exception):
    """What a client is refused with."""

    def __init__(self, status, body):
        super().__init__(body["Message"])
        self.status, self.code = status, body["Code"]


class _Patience:
    """Lets the clock of a stage go on, instead of waiting; knows for how long."""

    def __init__(self, clock):
        self._clock = clock
        self.pauses = []

    @contextmanager
    def listening(self, _execution):
        yield self

    def wait(self, seconds):
        self.pauses.append(seconds)
        self._clock.sleep(seconds)


class Flows:
    """``ask`` sends an operation and its parameters; ``stage`` is what answers."""

    def __init__(self, functions=None, **facts):
        self.stage = Stage(functions, **facts)
        clock = self.stage.loop.clock
        kept = self.stage.plain_table
        self.archive = Archive(kept, Values(kept, self.stage.plain_blobs), clock)
        self.keys = AccessKeys(MemoryTable(), secret=b"s" * 32)
        self.key = self.keys.issue(["admin"], at=0)
        self.service = Service(
            orchestrator=self.stage.orchestrator,
            journal=self.archive,
            meter=self.stage.meter,
            compile=compile_definition,
            tokens=self.stage.tokens,
            keys=self.keys,
            clock=clock,
            planning=self.stage.planning,
            checkup=None,
        )
        self.patience = _Patience(clock)
        self.nonces = MemoryTable()
        self.face = cloudflow_face.Face(
            service=self.service,
            archive=self.archive,
            releases=Releases(MemoryTable(), clock),
            nonces=Nonces(self.nonces, clock),
            region="eu-west-1",
            bell=self.patience,
            express=lambda: None,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stage.close()

    def __call__(self, action, **given):
        """Return the answer of an operation, asked for with a bearer key."""
        texts = {
            name: each if isinstance(each, str) else json.dumps(each)
            for name, each in given.items()
        }
        query = {"Action": action, "Version": cloudflow_operations.VERSION}
        bearer = {"authorization": f"Bearer {self.key.bearer}"}
        return self.send(query, urlencode(texts).encode(), bearer)

    def send(self, query, body=b"", headers=None, *, report=""):
        """Return the answer to a request; ``report``: to a worker's plain one."""
        call = Call(
            service=self.service,
            caller=None,
            parameters={},
            query=query,
            headers={"host": "x.test", "content-type": FORM, **(headers or {})},
            body=body,
            method="POST",
            path="/",
        )
        cloudflow_face.face.use(self.face)
        try:
            if report:
                reply = cloudflow_operations.report(call, report)
            else:
                reply = cloudflow_operations.operate(call)
        finally:
            cloudflow_face.face.use(None)
        assert reply.body["RequestId"]
        if reply.status is not None:
            raise Refusal(reply.status, reply.body)
        return json.loads(json.dumps(reply.body))

    def make(self, *states, name="order", **facts):
        """Create a flow that begins with the first of ``states``."""
        definition = {
            "Type": "StateMachine",
            "SpecVersion": "v1",
            "Name": name,
            "StartAt": states[0]["Name"],
            "States": list(states),
        }
        return self("CreateFlow", Name=name, Definition=definition, **facts)

    def start(self, given=None, *, name="order", execution="o1", **facts):
        """Start an execution; return what names it."""
        this = {"FlowName": name, "ExecutionName": execution}
        self("StartExecution", **this, Input=given or {}, **facts)
        return this

    def run(self, given=None, **facts):
        """Start an execution, and let everything happen until nothing moves it."""
        this = self.start(given, **facts)
        self.stage.settle(f"{this['FlowName']}:{this['ExecutionName']}")
        return this

    def until(self, told, execution="order:o1"):
        """Let things happen until ``told`` is in the history of an execution."""
        while told not in str(self.stage.history(execution)):
            assert self.stage.loop.step(), f"{told} never happened"

    def token(self, scope="r", activation=1, attempt=1, execution="order:o1"):
        """Return the token of an attempt: in what is kept, it is masked."""
        expires_at = self.stage.loop.now + 600
        return self.stage.tokens.mint(execution, scope, activation, attempt, expires_at)

    def told(self, name="order", execution="o1"):
        """Return the history of an execution."""
        this = {"FlowName": name, "ExecutionName": execution}
        return self("GetExecutionHistory", **this, Limit=999)["Events"]


def a_pass(name, **facts):
    return {"Type": "Pass", "Name": name, **({} if "Next" in facts else END), **facts}


END = {"End": True}


def a_task(name, function="work", mode="RequestComplete", **facts):
    parameters = {"resourceArn": f"acs:fc:::functions/{function}", "body.$": "$Input"}
    if mode == "WaitForCustomCallback":
        parameters["body"] = {"token.$": "$Context.Current.TaskToken"}
        del parameters["body.$"]
    return {
        "Type": "Task",
        "Name": name,
        "Action": "FC:InvokeFunction",
        "TaskMode": mode,
        "Parameters": parameters,
        **({} if "Next" in facts else END),
        **facts,
    }


def a_map(*states):
    processor = {"StartAt": states[0]["Name"], "States": list(states)}
    return {
        "Type": "Map",
        "Name": "Each",
        "ItemsPath": "$Input.items",
        "Processor": processor,
        "End": True,
    }
