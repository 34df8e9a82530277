"""A client of Rill Flow: DAGs, and what it asks of a whole stage over HTTP."""

MANAGE = "/flow/bg/manage/descriptor"


def a_dag(name, *tasks, **facts):
    names = {"workspace": "tests", "dagName": name, "type": "flow"}
    return {**names, "tasks": list(tasks), **facts}


def a_note(text):
    rule = {"source": text, "target": "$.context.said"}
    return {"name": "note", "category": "pass", "outputMappings": [rule]}


def publish(flows, dag, alias="release"):
    names = {"business_id": dag["workspace"], "feature_name": dag["dagName"]}
    path = f"{MANAGE}/add_descriptor.json"
    answer = flows.ask("POST", path, dag, **names, alias=alias)
    assert answer.status_code == 200, answer.text
    return answer.json()["descriptor_id"]


def submit(flows, descriptor, context=None):
    answer = flows.ask(
        "POST", "/flow/submit.json", context or {}, descriptor_id=descriptor
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["execution_id"]


def told(flows, execution):
    return flows.ask("GET", "/flow/get.json", execution_id=execution).json()["ret"]


def ended(flows, execution):
    flows.agree(lambda: told(flows, execution)["dag_status"] != "RUNNING")
    return told(flows, execution)
