"""A stage of canned answers, over real HTTP."""

from chalice import Chalice, Response

from tests.unit.cli.histories import a_task, happened, numbered

KEY = "k.secret"


def an_execution(status, **facts):
    """Return an execution as the stage answers it."""
    found = {
        "id": "greet:one",
        "workflow": "greet",
        "version": "0123456789abcdef",
        "name": "one",
        "status": status,
        "startedAt": "1970-01-01T12:00:00.000Z",
        "stoppedAt": None if status == "RUNNING" else "1970-01-01T12:00:01.500Z",
    }
    return found | facts


COST = {
    "lines": [
        {"label": "DynamoDB write units", "amount": 8, "usd": 0.000005},
        {"label": "S3 writes", "amount": 0, "usd": 0},
    ],
    "usd": 0.000005,
}


class FakeStage:
    """What was asked, and how the execution ends."""

    def __init__(self):
        self.asked = []
        self.ending = an_execution("SUCCEEDED", output={"greeting": "hello"})
        #: How often the execution is still found running.
        self.runs = 1
        self.notices = []
        self.app = _app(self)


def _refused(status, **problem):
    headers = {"Content-Type": "application/problem+json"}
    return Response({"status": status, **problem}, headers, status)


def _app(stage):
    app = Chalice("fake")

    def asked():
        request = app.current_request
        body = (request.raw_body or b"").decode()
        query = dict(request.query_params or {})
        stage.asked.append((request.method, request.context["path"], query, body))
        return query, body

    _workflow_routes(app, asked)
    _execution_routes(app, asked, stage)
    _notice_routes(app, asked, stage)
    _deletion_route(app, asked)
    _checkup_routes(app, asked)
    return app


def _workflow_routes(app, asked):
    text = ["application/json", "text/plain"]

    @app.route("/v1/workflows", methods=["POST"], content_types=text)
    def publish():
        if "wrong" in asked()[1]:
            found = {"line": 2, "column": 3, "path": "/States", "message": "is wrong"}
            return _refused(400, title="It has problems", problems=[found])
        return {"name": "greet", "version": "0123456789abcdef"}

    @app.route("/v1/workflows/validate", methods=["POST"], content_types=text)
    def validate():
        wrong = [{"message": "is wrong"}] if "wrong" in asked()[1] else []
        return {"valid": not wrong, "problems": wrong}

    @app.route("/v1/workflows")
    def workflows():
        return {"workflows": [{"name": "greet"}, {"name": "part"}]}

    @app.route("/v1/workflows/{name}")
    def workflow(name):
        return {"name": name}

    @app.route("/v1/workflows/{name}/executions", methods=["POST"])
    def start(name):
        asked()
        if name == "nobody":
            detail = "no workflow 'nobody'"
            return _refused(404, title="No such workflow", detail=detail)
        return an_execution("RUNNING")


def _execution_routes(app, asked, stage):
    @app.route("/v1/executions")
    def executions():
        query, _ = asked()
        row = an_execution("SUCCEEDED", workflow=query["workflow"])
        return {"executions": [row], "next": None}

    @app.route("/v1/executions/{execution}")
    def execution(execution):
        if execution == "broken":
            return Response("not JSON at all", {"Content-Type": "text/html"}, 500)
        stage.runs -= 1
        return stage.ending if stage.runs < 0 else an_execution("RUNNING")

    @app.route("/v1/executions/{execution}/history")
    def history(execution):
        query, _ = asked()
        events = [each for each in HISTORY if each["id"] > int(query["after"])]
        page = events[:4]
        return {"events": page, "next": page[-1]["id"] if events[4:] else None}

    @app.route("/v1/executions/{execution}/stop", methods=["POST"])
    def stop(execution):
        asked()
        return an_execution("ABORTED")

    @app.route("/v1/executions/{execution}/redrive", methods=["POST"])
    def redrive(execution):
        asked()
        return an_execution("RUNNING")

    @app.route("/v1/executions/{execution}/cost")
    def cost(execution):
        return COST


def _notice_routes(app, asked, stage):
    @app.route("/v1/executions/{execution}/notices")
    def notices(execution):
        asked()
        return {"notices": stage.notices}

    @app.route("/v1/executions/{execution}/notices/{notice}/retry", methods=["POST"])
    def retry(execution, notice):
        asked()
        return next(each for each in stage.notices if each["notice"] == notice)


def _checkup_routes(app, asked):
    @app.route("/v1/checkup")
    def look():
        query, _ = asked()
        if "after" not in query:
            return a_page([FINDING], "executions/greet/1")
        return a_page([], "" if query["after"].endswith("1") else "timers/5")

    @app.route("/v1/checkup/redrive", methods=["POST"])
    def redrive():
        asked()
        return a_page([{**FINDING, "isMended": True}], "")


def a_page(findings, following):
    is_complete = not following
    page = {"findings": findings, "lookedAt": 7, "next": following or None}
    return {**page, "isComplete": is_complete}


FINDING = {
    "kind": "execution",
    "subject": "greet:one",
    "says": "it has never begun",
    "wayOut": "--redrive helps",
    "isMended": False,
}


def _deletion_route(app, asked):
    @app.route("/v1/executions/{execution}", methods=["DELETE"])
    def delete(execution):
        asked()
        return {"id": execution.replace("%3A", ":"), "deleted": True}


HISTORY = numbered(
    [
        happened("ExecutionStarted", 0),
        *a_task("hello", 0, 1),
        happened("TaskFailed", 1, "hello", "r.1.1-0", error="Bad", cause="luck"),
        happened("ExecutionSucceeded", 1.5),
    ]
)
