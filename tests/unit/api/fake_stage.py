"""A stage without a machine: what the API asks for, in memory, and what was asked."""

from collections import Counter
from dataclasses import dataclass, field, replace

from chalice import Chalice
from chalice.config import Config
from chalice.local import LocalGateway
from chalice.test import HTTPResponse

from chalicelib.api import current, faces, problems
from chalicelib.api.keyring import AccessKeys
from chalicelib.api.service import Service
from chalicelib.engine.state import Status
from chalicelib.errors import (
    DefinitionRefused,
    ExecutionExists,
    ExecutionNotFound,
    ExecutionRunning,
    NotRedrivable,
    Problem,
    TokenDecided,
    TokenGone,
    Unavailable,
    WorkflowNotFound,
)
from chalicelib.model.workflow import Scope, State, Succeed, Workflow
from chalicelib.ports import Limits
from chalicelib.prices import Bill
from chalicelib.settings import InlineKey
from chalicelib.simulation.stage import Stage
from chalicelib.stores.memory import MemoryTable
from chalicelib.tokens import Heartbeat, Tokens

NOW = 1_700_000_000.0
TOKENS = Tokens("millrace-test", {"k1": b"k" * 32}, "k1")
LIMITS = Limits(input_bytes=1000, answer_bytes=1000)


@dataclass(frozen=True, kw_only=True)
class FakeHead:
    execution: str
    workflow: str
    name: str
    version: str = "v1"
    status: Status = Status.RUNNING
    started_at: float = NOW
    stopped_at: float | None = None
    input: object = None
    output: object = None
    error: str = ""
    cause: str = ""
    redrives: int = 0
    redriven_at: float | None = None


@dataclass(frozen=True, kw_only=True)
class FakePublished:
    name: str
    version: str
    text: str
    format: str = "asl"
    published_at: float = NOW


class FakeClock:
    def __init__(self, api):
        self._api = api

    def now(self):
        return self._api.time

    def sleep(self, seconds):
        raise AssertionError("nobody sleeps here")


@dataclass
class FakeStage:
    """Orchestrator, journal and meter of the API's Protocols in one object."""

    published: dict = field(default_factory=dict)
    started: dict = field(default_factory=dict)
    #: What was reported, by attempt.
    reports: dict = field(default_factory=dict)
    #: Attempts that are over, with the reason.
    over: dict = field(default_factory=dict)
    traces: list = field(default_factory=list)
    asked: Counter = field(default_factory=Counter)
    is_broken: bool = False
    is_down: bool = False

    # -- orchestrator

    def start(
        self,
        workflow,
        input,
        *,
        name="",
        version="",
        trace="",
        parent="",
        notices=None,
    ):
        self.definition(workflow, version)
        self.traces.append(trace)
        execution = f"{workflow}:{name or len(self.started) + 1}"
        known = self.started.get(execution)
        if known and known.input != input:
            raise ExecutionExists(execution)
        head = FakeHead(
            execution=execution,
            workflow=workflow,
            name=execution.rpartition(":")[2],
            input=input,
        )
        return self.started.setdefault(execution, head)

    def delete(self, execution):
        if self.head(execution).status == Status.RUNNING:
            raise ExecutionRunning(execution)
        del self.started[execution]

    def stop(self, execution, *, error="", cause=""):
        head = self.head(execution)
        if head.status == Status.RUNNING:
            self.started[execution] = replace(
                head,
                status=Status.ABORTED,
                stopped_at=NOW,
                error=error,
                cause=cause,
            )
        return self.started[execution]

    def redrive(self, execution, *, token=""):
        head = self.head(execution)
        if head.status != Status.ABORTED:
            raise NotRedrivable(execution, f"Execution is {head.status}")
        self.asked[f"redrive {token}"] += 1
        again = {"status": Status.RUNNING, "stopped_at": None, "redriven_at": NOW}
        self.started[execution] = replace(head, redrives=head.redrives + 1, **again)
        return self.started[execution]

    def report(self, claims, report):
        self.asked["report"] += 1
        if self.is_broken:
            raise ZeroDivisionError("a secret of ours")
        if claims.attempt in self.over:
            raise TokenGone(self.over[claims.attempt])
        if isinstance(report, Heartbeat):
            return "accepted"
        known = self.reports.setdefault(claims.attempt, report)
        if known != report:
            raise TokenDecided
        return "replayed" if known is not report else "accepted"

    # -- journal

    def head(self, execution):
        self.asked["head"] += 1
        if self.is_broken:
            raise ZeroDivisionError("a secret of ours")
        if self.is_down:
            raise Unavailable("DynamoDB at 10.0.0.7")
        if execution not in self.started:
            raise ExecutionNotFound(execution)
        return self.started[execution]

    def heads(self, workflow, *, status=None, limit, after=None):
        found = [
            head
            for head in self.started.values()
            if head.workflow == workflow and status in (None, head.status)
        ]
        begin = int(after or 0)
        following = str(begin + limit) if len(found) > begin + limit else None
        return found[begin : begin + limit], following

    def history(self, execution):
        return [
            {
                "id": number,
                "previousEventId": number - 1,
                "type": kind,
                "timestamp": NOW + number,
                "state": "Pack",
            }
            for number, kind in enumerate(
                ["StateEntered", "TaskScheduled", "StateExited"], start=1
            )
        ]

    def publish(self, workflow, text):
        version = f"v{len(self.published) + 1}"
        self.published[workflow.name] = FakePublished(
            name=workflow.name, version=version, text=text
        )
        return version

    def definition(self, name, version=""):
        found = self.published.get(name)
        if found is None or version not in ("", found.version):
            raise WorkflowNotFound(name, version)
        return found

    def definitions(self):
        return list(self.published.values())

    # -- meter

    def bill(self, execution):
        return Bill(writes=3, queue_requests=6)


def compile_named(source, /, *, format, name, environment=None):
    """Compile any text but a bad one."""
    if "bad" in source:
        raise DefinitionRefused(
            [
                Problem(message="no such state", line=3, column=9, path="/StartAt"),
                Problem(message="nothing ends here"),
            ]
        )
    only = State(name="End", work=Succeed())
    scope = Scope(id="0", start=("End",), states={"End": only})
    return Workflow(name=name, format=format or "asl", scope=scope)


class Api:
    """The faces on a Chalice app, with a key for every scope."""

    def __init__(self, stage=None, limits=LIMITS):
        self.stage = stage or FakeStage()
        self.limits = limits
        #: Of a stage of its own: it knows nothing of ``stage``.
        self.simulated = Stage()
        self.planning = self.simulated.planning
        self.time = NOW
        self.keys = AccessKeys(MemoryTable(), secret=b"s" * 32, now=lambda: self.time)
        self.bearer = self.key("admin")
        app = Chalice("millrace-test", configure_logs=False)
        app.api.binary_types = []
        app.register_middleware(problems.as_problems, "http")
        app.register_blueprint(faces.blueprint())
        self.app = app
        self._gateway = LocalGateway(app, Config.create(lambda_timeout=29))

    def add_inline(self, key_id):
        """Have a key come with the stage."""
        key = InlineKey(id=key_id, digest="0" * 64, scopes=("read",))
        table = self.keys._table
        self.keys = AccessKeys(table, [key], secret=b"s" * 32, now=lambda: self.time)

    def key(self, *scopes, workflows=()):
        return self.keys.issue(scopes, workflows=workflows, at=NOW).bearer

    def ask(self, method, path, body=b"", *, key=None, **headers):
        bearer = self.bearer if key is None else key
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if bearer:
            given["authorization"] = f"Bearer {bearer}"
        given.setdefault("content-type", "application/json")
        with self:
            answer = self._gateway.handle_request(method, path, given, body)
        return HTTPResponse.create_from_dict(answer)

    def get(self, path, **given):
        return self.ask("GET", path, **given)

    def post(self, path, body=b"", **given):
        return self.ask("POST", path, body, **given)

    def __enter__(self):
        current.service.use(
            Service(
                orchestrator=self.stage,
                journal=self.stage,
                meter=self.stage,
                compile=compile_named,
                tokens=TOKENS,
                keys=self.keys,
                clock=FakeClock(self),
                planning=self.planning,
                checkup=None,
                limits=self.limits,
                stage="test",
            )
        )
        return self

    def __exit__(self, *_):
        current.service.use(None)


def token(attempt=1, expires_at=NOW + 60):
    return TOKENS.mint("order:o-1", "r", 1, attempt, expires_at)
