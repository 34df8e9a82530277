"""Lists of executions and definitions, as Rill Flow and its user interface ask."""

import pytest

from tests.unit.api.rill_flow_stage import Flows, a_call, a_dag, a_pass


@pytest.fixture
def flows():
    with Flows() as made:
        yield made


@pytest.fixture
def three(flows):
    """Three executions of one flow: failed, running, and well; oldest first."""
    descriptor = flows.publish(a_dag(a_call()))
    found = []
    for result in ("FAILED", None, "SUCCESS"):
        execution = flows.submit(descriptor)
        if result:
            named = {"execution_id": execution, "task_name": "pack"}
            flows.post("finish", {"result_type": result}, **named)
            flows.stage.settle()
        found.append(execution)
        flows.stage.loop.pause(60)
    return found


SERVICE = {"service_id": "shop:order"}


class TestExecutionIds:
    @pytest.mark.parametrize(
        ("kind", "position"), [("failed", 0), ("running", 1), ("succeed", 2)]
    )
    def test_executions_are_listed_by_how_they_are(self, flows, three, kind, position):
        answer = flows.get("get_execution_ids", **SERVICE, type=kind)

        (row,) = answer["execution_ids"]
        assert row["execution_id"] == three[position]
        assert answer["type"] == kind
        assert answer["next_page_available"] is False

    def test_pages_follow_each_other_newest_first(self, flows):
        descriptor = flows.publish(a_dag(a_pass()))
        made = []
        for _ in range(3):
            made.append(flows.submit(descriptor))
            flows.stage.loop.pause(1)

        pages = [
            flows.get("get_execution_ids", **SERVICE, count=2, page=page)
            for page in (1, 2)
        ]

        rows = [row["execution_id"] for page in pages for row in page["execution_ids"]]
        assert rows == made[::-1]
        assert [page["next_page_available"] for page in pages] == [True, False]

    def test_a_time_leaves_out_what_is_newer(self, flows, three):
        listed = flows.get("get_execution_ids", **SERVICE, type="failed")
        began = listed["execution_ids"][0]["submit_time"]

        before = flows.get(
            "get_execution_ids", **SERVICE, type="failed", time=began - 1000
        )

        assert before["execution_ids"] == []
        assert before["cursor_time"] == began - 1000

    def test_a_code_is_that_of_the_failure(self, flows, three):
        same = flows.get("get_execution_ids", **SERVICE, type="failed", code="failed")
        other = flows.get("get_execution_ids", **SERVICE, type="failed", code="late")

        assert len(same["execution_ids"]) == 1
        assert other["execution_ids"] == []

    @pytest.mark.parametrize(
        ("wrong", "status"),
        [
            ({}, 422),
            ({"service_id": "shop:order:release"}, 422),
            ({"service_id": "shop"}, 400),
            ({**SERVICE, "type": "odd"}, 400),
            ({**SERVICE, "count": 101}, 400),
            ({**SERVICE, "page": 0}, 400),
            ({**SERVICE, "time": "noon"}, 400),
        ],
    )
    def test_what_cannot_be_listed_is_refused(self, flows, wrong, status):
        assert flows.ask("GET", "get_execution_ids", **wrong).status_code == status


class TestCount:
    def test_executions_are_counted(self, flows, three):
        answer = flows.get("get_execution_count", **SERVICE)

        assert answer["dag"] == {"running": 1, "succeed": 1, "failed": 1}
        assert answer["code"] == {"failed": 1}

    def test_a_window_leaves_out_the_others(self, flows, three):
        answer = flows.get(
            "get_execution_count", **SERVICE, start_time_offset=1, end_time_offset=0
        )

        assert answer["dag"] == {"running": 0, "succeed": 1, "failed": 0}

    def test_half_a_window_is_refused(self, flows):
        answer = flows.ask("GET", "get_execution_count", **SERVICE, end_time_offset=1)

        assert answer.status_code == 422


class TestStatus:
    def test_what_is_published_can_be_started(self, flows):
        flows.publish(a_dag(a_pass()))

        assert flows.get("status/check", descriptor_id="shop:order") == {
            "descriptor_id": "shop:order",
            "submit_status": True,
            "related_resources": [],
        }

    def test_what_is_not_published_cannot(self, flows):
        answer = flows.ask("GET", "status/check", descriptor_id="shop:order")

        assert answer.status_code == 404

    def test_the_service_says_hello_to_anybody(self, flows):
        assert flows.ask("GET", "service_check", key="").json_body == {"ret": "ok"}


class TestUserInterface:
    def test_a_definition_is_shown_as_a_graph(self, flows):
        flows.publish(a_dag(a_pass(next="pack"), a_call()))

        answer = flows.get("bg/get_descriptor", id="shop:order")

        assert answer["success"] is True
        assert answer["message"] == ""
        assert answer["data"]["dagName"] == "order"
        assert answer["data"]["tasks"]["note"]["next"] == ["pack"]
        assert answer["data"]["tasks"]["pack"]["task"]["category"] == "function"

    def test_definitions_are_listed_by_page(self, flows):
        release = flows.publish(a_dag(a_pass()))
        flows.publish(a_dag(a_pass(), name="other"), alias="canary")

        first = flows.get("bg/get_descriptor_ids", current=1, pageSize=1)
        second = flows.get("bg/get_descriptor_ids", current=2, pageSize=1)

        assert first["total"] == 2
        assert first["items"][0]["descriptor_id"] == release
        assert first["items"][0]["alias"] == "release"
        assert second["items"][0]["feature_id"] == "other"
        times = {"create_time", "update_time"}
        assert times < second["items"][0].keys()

    def test_executions_of_all_flows_are_listed_newest_first(self, flows, three):
        other = flows.run(a_dag(a_pass(), name="other"))

        everything = flows.get("bg/get_execution_ids")
        failed = flows.get("bg/get_execution_ids", business="shop", status="FAILED")
        one = flows.get("bg/get_execution_ids", business="shop", feature="other")

        assert [row["id"] for row in everything["items"]] == [other, *three[::-1]]
        assert everything["total"] == 4
        assert [row["execution_id"] for row in failed["items"]] == [three[0]]
        assert one["items"][0]["feature_id"] == "other"
        assert one["items"][0]["status"] == "succeed"

    def test_one_execution_is_listed_by_its_id(self, flows, three):
        answer = flows.get("bg/get_execution_ids", id=three[1])

        assert answer["total"] == 1
        assert answer["items"][0]["status"] == "running"

    def test_an_unknown_status_is_refused(self, flows):
        assert flows.ask("GET", "bg/get_execution_ids", status="odd").status_code == 400

    def test_an_execution_is_shown(self, flows, three):
        answer = flows.get("bg/get_execution", id=three[0])

        assert answer["data"]["dag_status"] == "FAILED"
        assert answer["success"] is True

    def test_businesses_are_offered(self, flows, three):
        answer = flows.get("bg/get_business_options")

        assert answer == {"business_ids": [{"id": "shop", "name": "shop"}]}

    def test_a_key_sees_only_its_own(self, flows, three):
        key = flows.key("read", workflows=["billing-*"])

        listed = flows.ask("GET", "bg/get_descriptor_ids", key=key).json_body
        ran = flows.ask("GET", "bg/get_execution_ids", key=key).json_body

        assert (listed["total"], ran["total"]) == (0, 0)


BODY = {"cron": "0 30 6 * * *", "context": {"n": 1}}
CRON = {"type": "cron", "descriptor_id": "shop:order"}


class TestTriggers:
    def test_a_trigger_starts_its_flow_when_it_is_due(self, flows):
        flows.publish(a_dag(a_pass()))
        added = flows.post("trigger/add_trigger", BODY, **CRON)
        task = added["data"]["task_id"]
        listed = flows.get("trigger/get_trigger_tasks", type="cron")

        flows.stage.loop.run(
            lambda: flows.get("bg/get_execution_ids")["total"] > 0, 10_000
        )

        assert added["code"] == 0
        assert listed["data"] == {
            task: {**BODY, "descriptor_id": "shop:order"},
        }
        (row,) = flows.get("bg/get_execution_ids")["items"]
        assert flows.told(row["id"])["context"]["n"] == 1

    def test_a_trigger_is_cancelled_once(self, flows):
        flows.publish(a_dag(a_pass()))
        added = flows.post("trigger/add_trigger", BODY, **CRON)
        named = {"type": "cron", "task_id": added["data"]["task_id"]}

        first = flows.post("trigger/cancel_trigger", **named)
        second = flows.post("trigger/cancel_trigger", **named)

        assert (first, second) == ({"code": 0}, {"code": -1})
        assert flows.get("trigger/get_trigger_tasks", type="cron")["data"] == {}

    def test_what_is_no_trigger_is_not_cancelled(self, flows):
        answer = flows.post("trigger/cancel_trigger", type="cron", task_id="7")

        assert answer == {"code": -1}

    @pytest.mark.parametrize(
        ("body", "query", "status"),
        [
            ({}, {}, 400),
            ({"cron": "often"}, {}, 400),
            ({"cron": "@daily", "context": 1}, {}, 400),
            (BODY, {"callback": "{}"}, 400),
            (BODY, {"type": "kafka"}, 400),
            (BODY, {"descriptor_id": "shop:none"}, 404),
        ],
    )
    def test_a_trigger_that_cannot_be_is_refused(self, flows, body, query, status):
        flows.publish(a_dag(a_pass()))

        answer = flows.ask("POST", "trigger/add_trigger", body, **CRON | query)

        assert answer.status_code == status
        assert flows.get("trigger/get_trigger_tasks", type="cron")["data"] == {}


class TestTemplates:
    def create(self, flows, **facts):
        body = {"name": "resize", "type": 0, "task_yaml": "category: pass", **facts}
        return flows.post("template/create_task_template", body)["data"]["id"]

    def listed(self, flows, **query):
        return flows.get("template/get_task_templates", **query)["data"]

    @pytest.mark.parametrize("path", ["get_meta_data_list", "get_template_prototypes"])
    def test_the_kinds_of_task_are_listed_with_their_fields(self, flows, path):
        kinds = flows.get(f"template/{path}")["data"]

        foreach = next(each for each in kinds if each["category"] == "foreach")
        assert "iterationMapping" in foreach["schema"]["required"]
        assert foreach["node_type"] == "meta"

    def test_a_template_is_kept_and_changed(self, flows):
        number = self.create(flows)
        flows.stage.loop.pause(5)

        update = {"id": number, "name": "shrink", "schema": "{}"}
        answer = flows.post("template/update_task_template", update)

        (kept,) = self.listed(flows, node_type="template")
        assert answer == {"code": 0}
        assert (kept["id"], kept["name"], kept["schema"]) == (number, "shrink", "{}")
        assert kept["task_yaml"] == "category: pass"
        assert kept["update_time"] > kept["create_time"]
        self.create(flows, name="resize")

    def test_a_name_is_used_once(self, flows):
        self.create(flows)
        other = self.create(flows, name="other")

        again = flows.ask("POST", "template/create_task_template", {"name": "resize"})
        renamed = flows.ask(
            "POST", "template/update_task_template", {"id": other, "name": "resize"}
        )

        assert (again.status_code, renamed.status_code) == (400, 400)
        names = [each["name"] for each in self.listed(flows, node_type="template")]
        assert names == ["resize", "other"]

    def test_a_template_is_offered_or_not(self, flows):
        number = self.create(flows)

        flows.post("template/disable_task_template", id=number)
        without = self.listed(flows, enable=1, node_type="template")
        flows.post("template/enable_task_template", id=number)
        with_it = self.listed(flows, enable=1, name="resize")

        assert without == []
        assert [each["id"] for each in with_it] == [number]

    @pytest.mark.parametrize("verb", ["enable", "disable"])
    def test_a_template_that_is_not_there_is_said_so(self, flows, verb):
        assert flows.post(f"template/{verb}_task_template", id=9) == {"code": 1}

    @pytest.mark.parametrize(
        ("verb", "body"),
        [
            ("create", {}),
            ("create", {"name": 7}),
            ("create", {"name": "a", "type": 5}),
            ("update", {"name": "a"}),
            ("update", {"id": 1, "name": ""}),
        ],
    )
    def test_what_is_no_template_is_refused(self, flows, verb, body):
        answer = flows.ask("POST", f"template/{verb}_task_template", body)

        assert answer.status_code == 400
        assert self.listed(flows, node_type="template") == []
