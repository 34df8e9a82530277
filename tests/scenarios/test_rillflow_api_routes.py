"""Every route of Rill Flow answers over HTTP, and refuses as its clients expect."""

import json

import pytest

from chalicelib.api.rillflow.routes import ROWS
from tests.scenarios import mail
from tests.scenarios.desk import a_desk
from tests.scenarios.rill_client import (
    MANAGE,
    a_dag,
    a_note,
    ended,
    publish,
    submit,
    told,
)

GATEWAY = "http://gateway:8080/http/http_tell"
RULES = [{"source": "$.context.n", "target": "$.input.n"}]
SHOWN = {"descriptor_id": "tests:shown"}
FEATURE = {"business_id": "tests", "feature_name": "shown"}
CHOICE = {"business_id": "tests", "config_key": "side"}
CRON = {"type": "cron", "descriptor_id": "tests:shown"}


class Client:
    """A desk that remembers what was asked."""

    def __init__(self, desk):
        self._desk = desk
        self.key, self.agree = desk.stage.key, desk.agree
        self.asked = set()

    def ask(self, method, path, body=None, **options):
        self.asked.add(f"{method} {path}")
        return self._desk.ask(method, path, body, **options)

    def get(self, path, **query):
        return self._good("GET", path, **query)

    def post(self, path, body=None, **query):
        return self._good("POST", path, body, **query)

    def _good(self, method, path, body=None, **query):
        answer = self.ask(method, f"/flow/{path}.json", body, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def flows():
    with a_desk(ALLOW_UNSIGNED_TRIGGERS="1") as made:
        yield Client(made)


def each_of(*tasks):
    return {
        "name": "each",
        "category": "foreach",
        "inputMappings": [{"source": "$.context.list", "target": "$.input.list"}],
        "iterationMapping": {"collection": "$.input.list", "item": "one"},
        "tasks": list(tasks),
    }


def asking(box, name="ask", pattern="task_async", **facts):
    return {
        "name": name,
        "category": "function",
        "pattern": pattern,
        "resourceName": f"{GATEWAY}?box={box}",
        **facts,
    }


GATE = {
    "name": "gate",
    "category": "suspense",
    "conditions": ["$.input.[?(@.go == true)]"],
    "inputMappings": [{"source": "$.context.go", "target": "$.input.go"}],
    "outputMappings": [{"source": "$.output.go", "target": "$.context.go"}],
}


@pytest.fixture(scope="module")
def shown(flows):
    """An execution of ``tests:shown`` that has ended."""
    note = {**a_note("$.context.one"), "name": "inner"}
    dag = a_dag("shown", {**a_note("hello"), "next": "each"}, each_of(note))
    execution = submit(flows, publish(flows, dag), {"list": [1, 2], "n": 3})
    assert ended(flows, execution)["dag_status"] == "SUCCEED"
    return execution


def waiting(flows, name, *tasks):
    """Start a DAG; return its id."""
    return submit(flows, publish(flows, a_dag(name, *tasks)))


def named(execution, task):
    return {"execution_id": execution, "task_name": task}


class TestLooking:
    def test_an_execution_and_its_groups(self, flows, shown):
        whole = flows.get("get", execution_id=shown)["ret"]
        brief = flows.get("get", execution_id=shown, brief="true")["ret"]
        group = {"execution_id": shown, "parent": "each", "group_index": 1}
        tasks = flows.get("get_by_parent", **group)["ret"]["tasks"]

        assert whole["tasks"]["each"]["sub_group_index_to_status"] == {
            "0": "SUCCEED",
            "1": "SUCCEED",
        }
        assert "tasks" not in brief
        assert brief["context"] == flows.get("get_context", execution_id=shown)["ret"]
        assert tasks["each_1-inner"]["status"] == "SUCCEEDED"
        assert flows.get("get_sub_context", **group)["ret"]["said"] == 2

    def test_the_executions_of_a_flow(self, flows, shown):
        listed = flows.get("get_execution_ids", service_id="tests:shown")
        counted = flows.get("get_execution_count", service_id="tests:shown")

        assert [each["execution_id"] for each in listed["execution_ids"]] == [shown]
        assert counted["dag"]["succeed"] == 1

    def test_a_flow_can_be_started_and_a_stage_is_there(self, flows, shown):
        assert flows.get("status/check", **SHOWN)["submit_status"] is True
        assert flows.get("service_check") == {"ret": "ok"}

    def test_what_the_user_interface_shows(self, flows, shown):
        dag = flows.get("bg/get_descriptor", id="tests:shown")["data"]
        ids = flows.get("bg/get_descriptor_ids", current=1, pageSize=100)["items"]
        runs = flows.get(
            "bg/get_execution_ids", business="tests", feature="shown", page=1
        )
        run = flows.get("bg/get_execution", id=shown)["data"]
        menu = flows.get("bg/get_business_options")["business_ids"]

        assert dag["tasks"]["note"]["next"] == ["each"]
        assert "shown" in [each["feature_id"] for each in ids]
        assert [each["execution_id"] for each in runs["items"]] == [shown]
        assert run["dag_status"] == "SUCCEED"
        assert {"id": "tests", "name": "tests"} in menu


class TestTrying:
    def test_a_dag_is_shown_without_being_published(self, flows):
        found = flows.post("convert", a_dag("tried", a_note("x")))["ret"]

        assert found["tasks"]["note"]["status"] == "NOT_STARTED"

    def test_mappings_are_evaluated(self, flows):
        found = flows.post(
            "mapping_evaluation",
            {"context": {"n": 3}},
            type="input_eva",
            mapping_rules=json.dumps(RULES),
        )

        assert found["ret"]["input"] == {"n": 3}

    def test_a_request_is_shown(self, flows):
        body = {
            "resource_name": "https://shop.example/price?a=1",
            "input_mapping_rules": RULES,
            "context": {"n": 3},
        }

        found = flows.post("function_dispatch_params", body)["ret"]

        assert found["method"] == "POST"
        assert found["url"].startswith("https://shop.example/price?a=1&")
        assert found["body"]["n"] == 3

    def test_dependencies_are_listed(self, flows):
        dag = a_dag("asks", asking("none"))
        publish(flows, dag)
        row = {"resource_name": f"{GATEWAY}?box=none", "names": ["ask"]}

        published = flows.get("dependency_check", descriptor_id="tests:asks")["ret"]
        given = flows.post("dependency_check", dag)["ret"]

        assert published == given == {"dependencies": [row]}


class TestRunning:
    def test_a_task_is_finished_by_its_result_type(self, flows):
        execution = waiting(flows, "finished", asking("finished"))
        letter = mail.take("finished")

        done = flows.post(
            "finish", {"result_type": "FAILED", "n": 1}, **named(execution, "ask")
        )

        assert done["result"] == "ok"
        task = ended(flows, execution)["tasks"]["ask"]
        assert (task["status"], task["invoke_msg"]["output"]["n"]) == ("FAILED", 1)
        assert letter["headers"]["x-mode"] == "async"
        assert letter["headers"]["x-callback-url"].startswith(
            letter["headers"]["x-flow-server"]
        )

    @pytest.mark.parametrize("body", ["{", "[1]"])
    def test_a_report_that_is_no_json_object_changes_nothing(self, flows, body):
        execution = waiting(flows, "misread", asking("misread"))
        mail.take("misread")

        answer = flows.ask("POST", "/flow/finish.json", body, **named(execution, "ask"))

        assert (answer.status_code, answer.json()["error_code"]) == (400, 30109)
        assert told(flows, execution)["tasks"]["ask"]["status"] == "RUNNING"
        flows.post("complete", execution_id=execution)

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_a_task_is_triggered(self, flows, method):
        execution = waiting(flows, f"triggered{method}", asking(f"trigger{method}"))
        mail.take(f"trigger{method}")
        query = {"status": "success", "context": '{"n": 2}'}

        answer = flows.ask(
            method, "/flow/trigger.json", **named(execution, "ask"), **query
        )

        assert answer.json()["result"] == "ok"
        task = ended(flows, execution)["tasks"]["ask"]
        assert task["invoke_msg"]["output"] == {"n": 2}

    def test_a_suspended_task_is_woken(self, flows):
        execution = waiting(flows, "woken", GATE)
        flows.agree(
            lambda: told(flows, execution)["tasks"]["gate"]["status"] == "RUNNING"
        )

        assert flows.post("wakeup", {"go": True}, **named(execution, "gate")) == {
            "result": "ok",
            "replayed": False,
        }
        assert ended(flows, execution)["dag_status"] == "SUCCEED"

    def test_a_task_is_left_out(self, flows):
        gate = {**GATE, "next": "note"}
        execution = waiting(flows, "degraded", gate, a_note("x"))
        flags = {
            "degrade_current_task": "true",
            "degrade_following_tasks": "false",
        }

        assert flows.post("task_degrade", **named(execution, "note"), **flags) == {
            "result": "ok"
        }
        flows.post("wakeup", {"go": True}, **named(execution, "gate"))
        assert ended(flows, execution)["tasks"]["note"]["status"] == "SKIPPED"

    def test_an_execution_is_completed_once(self, flows):
        execution = waiting(flows, "completed", GATE)

        first = flows.post("complete", execution_id=execution, success="false")
        again = flows.post("complete", execution_id=execution)

        assert (first["code"], again["code"]) == ("0", "-1")
        assert told(flows, execution)["dag_status"] == "FAILED"

    @pytest.mark.parametrize("route", ["redo", "multi_redo"])
    def test_what_has_failed_is_done_anew(self, flows, route):
        box = route.replace("_", "")
        execution = waiting(flows, box, asking(box))
        mail.take(box)
        flows.post("finish", {"result_type": "FAILED"}, **named(execution, "ask"))
        assert ended(flows, execution)["dag_status"] == "FAILED"
        which = {
            "redo": {"execution_id": execution},
            "multi_redo": {"service_id": f"tests:{box}", "type": "failed"},
        }

        assert flows.post(route, {}, **which[route]) == {"result": "ok"}

        mail.take(box)
        flows.post("finish", {}, **named(execution, "ask"))
        assert ended(flows, execution)["dag_status"] == "SUCCEED"

    def test_a_rule_chooses_whose_work_it_is(self, flows):
        for box, rule in (("few", "uid == 7"), ("many", "default")):
            flows.post(
                "bg/manage/descriptor/modify_function_ab",
                **CHOICE,
                resource_name=f"{GATEWAY}?box={box}",
                ab_rule=rule,
            )
        mapping = [{"source": "$.context.uid", "target": "$.input.uid"}]
        task = asking("", resourceName="ab://side", inputMappings=mapping)
        descriptor = publish(flows, a_dag("chosen", task))
        keys = flows.get("bg/manage/descriptor/get_ab_key", business_id="tests")
        rules = flows.get("bg/manage/descriptor/get_function_ab", **CHOICE)

        executions = [submit(flows, descriptor, {"uid": uid}) for uid in (7, 8)]

        for box, execution in zip(("few", "many"), executions, strict=True):
            assert mail.take(box)["query"]["execution_id"] == execution
            flows.post("finish", {}, **named(execution, "ask"))
            message = ended(flows, execution)["tasks"]["ask"]["invoke_msg"]
            chosen = message["ext"]["calculated_resource_name"]
            assert chosen == f"{GATEWAY}?box={box}"
        assert keys["config_keys"] == ["side"]
        assert rules["default_resource_name"] == f"{GATEWAY}?box=many"

    def test_a_resource_of_another_descriptor_is_asked(self, flows):
        mappings = [{"source": "$.context.n", "target": "$.input.n"}]
        resource = {
            "name": "tell",
            "category": "http",
            "resourceName": f"{GATEWAY}?box=lent",
            "input_mappings": mappings,
        }
        library = a_dag("library", type="resource", resources=[resource])
        publish(flows, {key: each for key, each in library.items() if key != "tasks"})
        task = asking("", resourceName="resourceRef://tests:library?name=tell")

        execution = submit(flows, publish(flows, a_dag("lent", task)), {"n": 5})

        assert mail.take("lent")["body"]["n"] == 5
        flows.post("complete", execution_id=execution)


class TestManaging:
    def test_a_descriptor_and_its_versions(self, flows, shown):
        path = f"{MANAGE}/get_descriptor.json"
        read = flows.ask("GET", path, **SHOWN).json()
        asked = flows.ask("POST", path, {"n": 1}, uid="5", **SHOWN).json()
        versions = flows.get(
            "bg/manage/descriptor/get_version", **FEATURE, alias="release"
        )["versions"]

        assert read["descriptor"] == asked["descriptor"]
        assert asked["uid"] == "5"
        assert versions[0]["descriptor_id"].startswith("tests:shown:md5_")

    @pytest.mark.parametrize(
        ("what", "listed", "names", "value"),
        [
            ("business", "business_ids", {"business_id": "extra"}, "extra"),
            (
                "feature",
                "features",
                {"business_id": "tests", "feature_name": "extra"},
                "extra",
            ),
            ("alias", "aliases", {**FEATURE, "alias": "extra"}, "extra"),
            (
                "gray",
                "gray",
                {**FEATURE, "alias": "extra", "gray_rule": "uid == 1"},
                "extra",
            ),
        ],
    )
    def test_what_there_is_is_changed_and_listed(
        self, flows, shown, what, listed, names, value
    ):
        def there():
            found = flows.get(f"bg/manage/descriptor/get_{what}", **names)
            return value in found[listed]

        flows.post(f"bg/manage/descriptor/modify_{what}", **names, add="true")
        assert there()
        flows.post(f"bg/manage/descriptor/modify_{what}", **names, add="false")
        assert not there()

    def test_triggers(self, flows, shown):
        body = {"cron": "0 0 1 1 *", "context": {"n": 1}}
        task = flows.post("trigger/add_trigger", body, **CRON)["data"]["task_id"]

        listed = flows.get("trigger/get_trigger_tasks", type="cron")["data"]
        ended_ = flows.post("trigger/cancel_trigger", type="cron", task_id=task)

        assert listed[task]["descriptor_id"] == "tests:shown"
        assert ended_ == {"code": 0}

    def test_templates(self, flows):
        template = {"name": "pack", "type": 0, "task_yaml": "category: pass"}
        number = flows.post("template/create_task_template", template)["data"]["id"]
        flows.post("template/update_task_template", {"id": number, "name": "wrap"})
        flows.post("template/disable_task_template", id=number)
        flows.post("template/enable_task_template", id=number)

        listed = flows.get("template/get_task_templates", node_type="template")["data"]
        kinds = flows.get("template/get_meta_data_list")["data"]
        begun = flows.get("template/get_template_prototypes")["data"]

        assert [each["name"] for each in listed] == ["wrap"]
        assert "switch" in [each["category"] for each in kinds]
        assert begun


class TestRefusals:
    UNKNOWN = "tests:shown_c_00000000-0000-1000-8000-000000000000"

    @pytest.mark.parametrize(
        ("route", "query"),
        [
            ("GET get", {}),
            ("GET get_context", {}),
            ("GET get_by_parent", {"parent": "each", "group_index": 0}),
            ("GET get_sub_context", {"parent": "each", "group_index": 0}),
            ("POST complete", {}),
            ("POST redo", {}),
            ("POST finish", {"task_name": "ask"}),
            ("POST trigger", {"task_name": "ask"}),
            ("POST wakeup", {"task_name": "gate"}),
        ],
    )
    def test_an_unknown_execution(self, flows, shown, route, query):
        method, path = route.split()

        answer = flows.ask(
            method, f"/flow/{path}.json", {}, execution_id=self.UNKNOWN, **query
        )

        assert answer.status_code == 404, answer.text
        assert answer.json()["error_code"] == 30605
        assert "shown" in answer.json()["error"]

    @pytest.mark.parametrize(
        ("route", "query"),
        [
            ("POST submit", {"descriptor_id": "tests:nobody"}),
            ("POST submit", {"descriptor_id": "tests:shown:nobody"}),
            ("GET status/check", {"descriptor_id": "tests:nobody"}),
            ("GET bg/get_descriptor", {"id": "tests:nobody"}),
        ],
    )
    def test_an_unknown_flow(self, flows, shown, route, query):
        method, path = route.split()

        answer = flows.ask(method, f"/flow/{path}.json", **query)

        assert (answer.status_code, answer.json()["error_code"]) == (404, 30602)

    @pytest.mark.parametrize(
        ("route", "query", "name"),
        [
            ("POST submit", {}, "descriptor_id"),
            ("GET get", {}, "execution_id"),
            ("GET get", {"execution_id": "a:b_c_1", "brief": "maybe"}, "brief"),
            ("POST complete", {"execution_id": "a:b_c_1", "success": "2"}, "success"),
            ("GET get_execution_ids", {}, "service_id"),
            ("POST trigger/add_trigger", {"descriptor_id": "tests:shown"}, "type"),
            (
                "POST bg/manage/descriptor/modify_gray",
                {**FEATURE, "alias": "a"},
                "gray_rule",
            ),
        ],
    )
    def test_a_parameter_that_is_missing_or_no_flag(self, flows, route, query, name):
        method, path = route.split()

        answer = flows.ask(method, f"/flow/{path}.json", **query)

        assert (answer.status_code, answer.json()["error_code"]) == (422, 30109)
        assert name in answer.json()["error"]
        assert answer.json()["pass_through"] is True

    @pytest.mark.parametrize(
        ("path", "query"),
        [
            ("submit", SHOWN),
            ("mapping_evaluation", {"type": "input_eva", "mapping_rules": "[]"}),
            ("function_dispatch_params", {}),
            ("trigger/add_trigger", CRON),
            ("template/create_task_template", {}),
        ],
    )
    @pytest.mark.parametrize("body", ["{", "[1]", "text"])
    def test_a_body_that_is_no_json_object(self, flows, shown, path, query, body):
        answer = flows.ask("POST", f"/flow/{path}.json", body, **query)

        assert (answer.status_code, answer.json()["error_code"]) == (400, 30109)

    def test_a_definition_with_problems_says_where(self, flows):
        dag = a_dag("broken", {"name": "a", "category": "pass", "next": "nobody"})
        names = {"business_id": "tests", "feature_name": "broken", "alias": "release"}

        answer = flows.ask("POST", f"{MANAGE}/add_descriptor.json", dag, **names)

        assert (answer.status_code, answer.json()["error_code"]) == (400, 30110)
        (problem,) = answer.json()["problems"]
        assert problem["path"] == "/tasks/0/next"

    @pytest.mark.parametrize("key", ["", "nobody.0000"])
    def test_no_key_or_a_wrong_one(self, flows, key):
        answer = flows.ask("GET", "/flow/get_context.json", key=key, execution_id="a")

        assert (answer.status_code, answer.json()["error_code"]) == (401, 30104)


def test_every_route_was_asked(flows):
    rows = {
        f"{method} /flow/{row.path}.json"
        for row in ROWS
        for method in row.methods.split()
    }

    assert rows - flows.asked == set()
