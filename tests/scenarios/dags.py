"""DAGs of Rill Flow for the scenarios, and executions of them that wait."""

from tests.scenarios import mail

GATEWAY = "http://gateway.openfaas.svc.cluster.local:8080"


def a_function(name, path, pattern="task_sync", **facts):
    return {
        "name": name,
        "category": "function",
        "resourceName": path if "://" in path else f"{GATEWAY}/{path}",
        "pattern": pattern,
        **facts,
    }


def maps(source, target):
    return {"source": source, "target": target}


def a_dag(name, *tasks, **facts):
    names = {"workspace": "seed", "dagName": name, "type": "flow"}
    return {**names, "tasks": list(tasks), **facts}


KEPT = {"outputMappings": [maps("$.output", "$.context.said")]}


def asking(box, name="only", **facts):
    """A task whose function tells the test what it was sent, and answers later."""
    path = f"http/http_tell?box={box}"
    return a_function(name, path, "task_async", **KEPT | facts)


class Waiting:
    """An execution of a DAG, one task of which waits for its answer."""

    def __init__(self, desk, box, *tasks, given=None):
        dag = a_dag(box, *(tasks or [asking(box)]))
        self.desk = desk
        self.id = desk.start(desk.publish(dag), given)
        self.letter = mail.take(box)
        self.url = self.letter["headers"]["x-callback-url"]

    def answer(self, method="POST", body=None, url="", headers=None, **query):
        return self.desk.ask(
            method, url or self.url, body, key="", headers=headers, **query
        )

    @property
    def said(self):
        ended = self.desk.ended(self.id)
        assert ended["status"] == "SUCCEEDED", ended
        return ended["output"]["said"]
