"""Resources that are named elsewhere: chosen by rules, or listed by a descriptor."""

from contextlib import suppress
from types import SimpleNamespace

import pytest

from chalicelib.errors import LoanNeeded, StaleRecord
from chalicelib.model.descriptors import resource_name
from chalicelib.orchestrator import loans
from chalicelib.stores.memory import MemoryTable
from tests.unit.api.rill_flow_stage import (
    MANAGE,
    Flows,
    a_call,
    a_dag,
    a_pass,
    into,
)


class Shop(Flows):
    """A stage whose functions ``left`` and ``right`` keep what they get."""

    def __init__(self):
        self.got = []
        functions = {name: self._keeper(name) for name in ("left", "right")}
        super().__init__(functions)

    def _keeper(self, name):
        def function(event):
            self.got.append((name, event))
            return {"side": name}

        return function

    def choose(self, resource, rule, key="side", **facts):
        names = {"business_id": "shop", "config_key": key, "resource_name": resource}
        self.post(f"{MANAGE}/modify_function_ab", **names, ab_rule=rule, **facts)

    def ended(self, *tasks, given=None, name="order", **facts):
        dag = a_dag(*tasks, name=name, **facts)
        return self.told(self.run(dag, given))


@pytest.mark.parametrize(
    ("resource", "request_", "name"),
    [
        ("https://shop.example/a", {"method": "POST"}, "https://shop.example/a"),
        ("workflow:shop-order:*", {}, "rillflow://shop:order"),
        ("sns:publish", {"TopicArn": "arn:x"}, "sns://arn:x"),
        ("events:putEvents", {"Entries": [{"EventBusName": "b"}]}, "eventbridge://b"),
        ("sqs:jobs", {}, "sqs://jobs"),
    ],
)
def test_a_resource_is_called_as_rill_flow_calls_it(resource, request_, name):
    assert resource_name(resource, request_) == name


def test_two_who_ask_at_once_are_lent_the_same():
    table, needed = MemoryTable(), LoanNeeded("attempt", {})

    class Other:
        def lend(self, question):
            # Somebody else was first, and asked when another rule held.
            with suppress(StaleRecord):
                loans.borrow(first, "w:1", "r", needed)
            return {"text": "second"}

    first = SimpleNamespace(
        table=table, lender=SimpleNamespace(lend=lambda question: {"text": "first"})
    )
    second = SimpleNamespace(table=table, lender=Other())

    assert loans.borrow(second, "w:1", "r", needed) == {"text": "first"}
    assert loans.borrow(first, "w:1", "r", needed) == {"text": "first"}


@pytest.fixture
def shop():
    with Shop() as made:
        yield made


def asking(resource, **facts):
    return a_call("ask", pattern="task_sync", resourceName=resource, **facts)


BY_UID = asking("ab://side", inputMappings=into("$.input.uid", "$.context.uid"))
LIST = {"workspace": "shop", "dagName": "prices", "type": "resource"}

PRICE = {
    "name": "price",
    "category": "lambda",
    "resourceName": "left",
    "parameters": {"currency": "EUR", "round": "up"},
    "input_mappings": [
        *into("$.input.sku", "$.context.sku"),
        *into("$.input.count", "1"),
    ],
}


def failure(told):
    task = told["tasks"]["ask"]
    return task["status"], task["invoke_msg"]["code"], task["invoke_msg"]["msg"]


class TestChoices:
    @pytest.mark.parametrize(
        ("uid", "side"), [(7, "left"), (8, "right"), ("8", "right")]
    )
    def test_the_rules_see_the_input_and_its_uid(self, shop, uid, side):
        shop.choose("lambda://left", "uid == 7")
        shop.choose("lambda://right", "default")

        told = shop.ended(BY_UID, given={"uid": uid})

        assert shop.got == [(side, {"uid": uid})]
        message = told["tasks"]["ask"]["invoke_msg"]
        assert message["ext"] == {"calculated_resource_name": f"lambda://{side}"}

    def test_each_attempt_asks_anew_and_keeps_its_choice(self, shop):
        shop.choose("lambda://left", "default")

        def broken(event):
            shop.got.append(("left", event))
            shop.choose("lambda://left", "default", add="false")
            shop.choose("lambda://right", "default")
            raise ValueError("broken")

        shop.stage.functions["left"] = broken

        told = shop.ended(asking("ab://side", retry={"maxRetryTimes": 1}))

        assert [name for name, _ in shop.got] == ["left", "right"]
        assert told["dag_status"] == "SUCCEED"

    def test_a_choice_may_be_a_flow(self, shop):
        shop.publish(a_dag(a_pass(), name="inner"))
        shop.choose("rillflow://shop:inner", "default")

        told = shop.ended(
            a_call("ask", pattern="flow_sync", resourceName="ab://side"), name="outer"
        )

        assert told["dag_status"] == "SUCCEED"
        message = told["tasks"]["ask"]["invoke_msg"]
        chosen = message["ext"]["calculated_resource_name"]
        assert chosen == "rillflow://shop:inner"

    def test_without_a_rule_the_task_fails(self, shop):
        status, code, said = failure(shop.ended(BY_UID))

        assert (status, code) == ("FAILED", "not_found")
        assert said == "no rule of 'shop' chooses a resource for 'side'"

    @pytest.mark.parametrize(
        ("resource", "said"),
        [
            ("rillflow://shop:order", "the task's pattern needs no flow"),
            ("ab://other", "is named elsewhere again"),
            ("resource://price", "is named elsewhere again"),
            ("nothing", "has no protocol"),
        ],
    )
    def test_a_choice_that_does_not_fit_fails_the_task(self, shop, resource, said):
        shop.choose(resource, "default")

        status, code, found = failure(shop.ended(BY_UID))

        assert (status, code) == ("FAILED", "not_found")
        assert said in found

    def test_a_resource_of_the_dag_may_be_chosen(self, shop):
        shop.choose("lambda://left", "default")
        mine = {"name": "mine", "resourceName": "ab://side", "parameters": {"n": 1}}

        shop.ended(asking("resource://mine"), resources=[mine])

        assert shop.got == [("left", {"n": 1})]


class TestLists:
    def publish(self, shop, *resources, alias="release", **facts):
        shop.publish({**LIST, "resources": list(resources), **facts}, alias=alias)

    def test_a_resource_of_another_descriptor_brings_all_that_it_says(self, shop):
        self.publish(shop, PRICE)
        task = asking(
            "resourceRef://shop:prices?name=price",
            parameters={"round": "down"},
            inputMappings=into("$.input.count", "5"),
        )

        told = shop.ended(task, given={"sku": "x"})

        sent = {"currency": "EUR", "round": "down", "sku": "x", "count": 5}
        assert shop.got == [("left", sent)]
        assert "ext" not in told["tasks"]["ask"]["invoke_msg"]

    def test_common_mappings_are_those_of_its_descriptor(self, shop):
        resource = {
            "name": "price",
            "resourceName": "lambda://left",
            "input_mappings": [{"reference": "all"}],
        }
        common = {"all": into("$.input.sku", "$.context.sku")}
        self.publish(shop, resource, commonMapping=common)

        shop.ended(asking("resourceRef://shop:prices?name=price"), given={"sku": "x"})

        assert shop.got == [("left", {"sku": "x"})]

    def test_an_alias_leads_to_its_version_and_a_rule_to_an_alias(self, shop):
        other = {"name": "price", "resourceName": "lambda://right"}
        self.publish(shop, PRICE)
        self.publish(shop, other, alias="canary")
        shop.ended(asking("resourceRef://shop:prices:canary?name=price"))
        names = {"business_id": "shop", "feature_name": "prices", "alias": "canary"}
        shop.post(f"{MANAGE}/modify_gray", **names, gray_rule="uid == 3")

        task = asking("resourceRef://shop:prices?name=price")
        shop.ended(task, given={"uid": 3}, name="ruled")
        shop.submit("shop:ruled", {"uid": 4})

        assert [name for name, _ in shop.got] == ["right", "right", "left"]

    @pytest.mark.parametrize(
        ("reference", "said"),
        [
            ("shop:nowhere?name=price", "there is no descriptor shop:nowhere"),
            ("shop:prices?name=prise", "no resource 'prise'; did you mean 'price'?"),
        ],
    )
    def test_what_is_not_there_fails_the_task(self, shop, reference, said):
        self.publish(shop, PRICE)

        status, code, found = failure(shop.ended(asking(f"resourceRef://{reference}")))

        assert (status, code) == ("FAILED", "not_found")
        assert said in found

    def test_a_descriptor_that_cannot_be_read_any_more_fails_the_task(self, shop):
        self.publish(shop, PRICE)
        kept = shop.face.archive.definition("shop-prices", "")
        workflow = shop.face.archive.workflow("shop-prices", kept.version)
        shop.face.archive.publish(workflow, "a: [")

        found = failure(shop.ended(asking("resourceRef://shop:prices?name=price")))

        assert "shop:prices cannot be read" in found[2]

    def test_resources_are_published_and_shown_and_cannot_be_started(self, shop):
        self.publish(shop, PRICE)

        shown = shop.get("bg/get_descriptor", id="shop:prices")["data"]
        listed = shop.get("bg/get_descriptor_ids", current=1, pageSize=10)["items"]
        checked = shop.get("status/check", descriptor_id="shop:prices")
        refused = shop.ask("POST", "submit", {}, descriptor_id="shop:prices")
        text = shop.get(f"{MANAGE}/get_descriptor", descriptor_id="shop:prices")

        assert (shown["type"], shown["tasks"]) == ("resource", {})
        assert [each["feature_id"] for each in listed] == ["prices"]
        assert checked["submit_status"] is False
        assert refused.status_code == 400
        assert "it cannot be started" in refused.json_body["error"]
        assert '"price"' in text["descriptor"]


class TestGrayRules:
    def test_a_sub_flow_without_an_alias_is_chosen_by_the_rules(self, shop):
        shop.publish(
            a_dag(a_pass(outputMappings=into("$.context.v", "1")), name="inner")
        )
        shop.publish(
            a_dag(a_pass(outputMappings=into("$.context.v", "2")), name="inner"),
            alias="canary",
        )
        names = {"business_id": "shop", "feature_name": "inner", "alias": "canary"}
        shop.post(f"{MANAGE}/modify_gray", **names, gray_rule="uid == 3")
        calls = [
            a_call(
                name,
                pattern="flow_sync",
                resourceName=f"rillflow://shop:inner{version}",
                inputMappings=into("$.input.uid", uid),
                outputMappings=into(f"$.context.{name}", "$.output.v"),
            )
            for name, version, uid in (
                ("ruled", "", "3"),
                ("other", "", "true"),
                ("released", ":release", "3"),
            )
        ]

        context = shop.ended(*calls, name="outer")["context"]

        assert (context["ruled"], context["other"]) == (2, 1)
        assert context["released"] == 1


class TestRoutes:
    def test_a_sub_flow_tells_who_started_it(self, shop):
        shop.publish(a_dag(a_pass(), name="leaf"))
        inner = a_call(
            "down", pattern="flow_async", resourceName="rillflow://shop:leaf"
        )
        shop.publish(a_dag(inner, name="inner"))
        outer = a_call("go", pattern="flow_sync", resourceName="rillflow://shop:inner")

        top = shop.ended(outer, name="outer")
        (row,) = shop.get("get_execution_ids", service_id="shop:leaf")["execution_ids"]
        (middle,) = shop.get("get_execution_ids", service_id="shop:inner")[
            "execution_ids"
        ]

        leaf = shop.told(row["execution_id"])
        assert leaf["dag_invoke_msg"]["dag_execution_routes"] == [
            {
                "index": 1,
                "execution_id": top["execution_id"],
                "task_info_name": "go",
                "execution_type": "flow_sync",
            },
            {
                "index": 2,
                "execution_id": middle["execution_id"],
                "task_info_name": "down",
                "execution_type": "flow_async",
            },
        ]
        assert "dag_execution_routes" not in top["dag_invoke_msg"]


class TestTriggers:
    def test_an_alias_and_the_rules_are_asked_when_it_is_due(self, shop):
        newer = a_dag(a_pass(outputMappings=into("$.context.v", "2")), name="due")
        shop.publish(a_dag(a_pass(), name="due"))
        shop.publish(a_dag(a_pass(), name="due"), alias="canary")
        body = {"cron": "0 0 1 * *", "context": {"uid": 3}}
        for descriptor in ("shop:due", "shop:due:canary"):
            query = {"type": "cron", "descriptor_id": descriptor}
            shop.post("trigger/add_trigger", body, **query)
        unknown = shop.ask(
            "POST",
            "trigger/add_trigger",
            body,
            type="cron",
            descriptor_id="shop:due:nobody",
        )
        listed = shop.get("trigger/get_trigger_tasks", type="cron")["data"].values()
        names = {"business_id": "shop", "feature_name": "due", "alias": "canary"}
        shop.post(f"{MANAGE}/modify_gray", **names, gray_rule="uid == 3")
        shop.publish(newer, alias="canary")

        shop.stage.loop.run(lambda: len(self._started(shop)) == 2, 10_000)
        rows = self._started(shop)

        assert unknown.status_code == 404
        assert sorted(each["descriptor_id"] for each in listed) == [
            "shop:due",
            "shop:due:canary",
        ]
        contexts = [shop.told(each["execution_id"])["context"] for each in rows]
        assert [each["v"] for each in contexts] == [2, 2]

    def _started(self, shop):
        return shop.get("get_execution_ids", service_id="shop:due")["execution_ids"]
