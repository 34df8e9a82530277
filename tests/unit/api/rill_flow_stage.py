"""A stage in memory that answers Rill Flow's clients, over its own routes."""

import json
from contextlib import contextmanager
from urllib.parse import urlencode

from chalice import Chalice
from chalice.config import Config
from chalice.local import LocalGateway
from chalice.test import HTTPResponse

from chalicelib.api import current, faces, problems
from chalicelib.api.keyring import AccessKeys
from chalicelib.api.rillflow import face as rill_face
from chalicelib.api.service import Service
from chalicelib.formats import compile_definition
from chalicelib.journal.archive import Archive
from chalicelib.journal.descriptors import Descriptors
from chalicelib.journal.releases import Releases
from chalicelib.journal.scopes import Journal
from chalicelib.journal.templates import Templates
from chalicelib.journal.values import Values
from chalicelib.simulation.stage import Stage
from chalicelib.stores.memory import MemoryTable

MANAGE = "bg/manage/descriptor"


class Flows:
    """``ask`` sends a request and returns its answer."""

    def __init__(self, functions=None, *, allows_unsigned=False):
        self.stage = Stage(functions)
        clock, kept = self.stage.loop.clock, self.stage.plain_table
        values = Values(kept, self.stage.plain_blobs)
        archive = Archive(kept, values, clock)
        self.keys = AccessKeys(MemoryTable(), secret=b"s" * 32)
        self.bearer = self.key("admin")
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
            limits=self.stage.limits,
        )
        self.descriptors = Descriptors(kept, Releases(kept, clock), clock)
        self.face = rill_face.Face(
            archive=archive,
            scopes=Journal(kept, values),
            descriptors=self.descriptors,
            templates=Templates(kept, clock),
            allows_unsigned=allows_unsigned,
        )
        app = Chalice("millrace-test", configure_logs=False)
        app.api.binary_types = []
        app.register_middleware(problems.as_problems, "http")
        app.register_blueprint(faces.blueprint())
        self._gateway = LocalGateway(app, Config.create(lambda_timeout=29))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stage.close()

    def key(self, *scopes, workflows=()):
        return self.keys.issue(scopes, workflows=workflows, at=0).bearer

    def ask(self, method, path, body=None, *, key=None, **query):
        """Return the answer to ``/flow/<path>.json``; a body is a text, or JSON."""
        bearer = self.bearer if key is None else key
        headers = {"content-type": "application/json"}
        if bearer:
            headers["x-api-key"] = bearer
        if not isinstance(body, str | None):
            body = json.dumps(body)
        asked = f"?{urlencode(query)}" if query else ""
        with self._answering():
            answer = self._gateway.handle_request(
                method, f"/flow/{path}.json{asked}", headers, (body or "").encode()
            )
        return HTTPResponse.create_from_dict(answer)

    @contextmanager
    def _answering(self):
        current.service.use(self.service)
        rill_face.face.use(self.face)
        try:
            yield
        finally:
            current.service.use(None)
            rill_face.face.use(None)

    def get(self, path, **query):
        """Return the body of a good answer to a GET."""
        return _good(self.ask("GET", path, **query))

    def post(self, path, body=None, **query):
        """Return the body of a good answer to a POST."""
        return _good(self.ask("POST", path, body, **query))

    def publish(self, dag, alias="release"):
        """Publish a DAG; return its descriptor id."""
        names = {"business_id": dag["workspace"], "feature_name": dag["dagName"]}
        answer = self.post(f"{MANAGE}/add_descriptor", dag, **names, alias=alias)
        assert answer["ret"] is True
        return answer["descriptor_id"]

    def submit(self, descriptor, context=None, **query):
        """Start a flow and let everything happen that can; return its id."""
        answer = self.post("submit", context or {}, descriptor_id=descriptor, **query)
        self.stage.settle()
        return answer["execution_id"]

    def run(self, dag, context=None):
        """Publish and start a DAG; return its id."""
        return self.submit(self.publish(dag), context)

    def told(self, execution):
        """Return ``ret`` of get.json."""
        return self.get("get", execution_id=execution)["ret"]


def _good(answer):
    assert answer.status_code == 200, answer.json_body
    return answer.json_body


def a_dag(*tasks, name="order", **facts):
    return {
        "workspace": "shop",
        "dagName": name,
        "type": "flow",
        "tasks": list(tasks),
        **facts,
    }


def a_pass(name="note", **facts):
    return {"name": name, "category": "pass", **facts}


def a_call(name="pack", **facts):
    """Return a task that somebody answers later."""
    return {
        "name": name,
        "category": "function",
        "pattern": "task_async",
        "resourceName": f"lambda://{name}",
        **facts,
    }


def into(target, source):
    return [{"source": source, "target": target}]
