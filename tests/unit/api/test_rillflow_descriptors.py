"""DAGs published and named in Rill Flow's way."""

import pytest

from tests.unit.api.rill_flow_stage import MANAGE, Flows, a_dag, a_pass, into


@pytest.fixture
def flows():
    with Flows() as made:
        yield made


NAMES = {"business_id": "shop", "feature_name": "order"}


def saying(text, **facts):
    return a_dag(a_pass(outputMappings=into("$.context.said", text)), **facts)


def said(flows, descriptor, context=None, **query):
    execution = flows.submit(descriptor, context, **query)
    return flows.told(execution)["context"]["said"]


class TestPublish:
    def test_the_answer_names_the_text(self, flows):
        first, second = flows.publish(saying("a")), flows.publish(saying("b"))

        assert first.startswith("shop:order:md5_")
        assert len(first) == len("shop:order:md5_") + 32
        assert first != second
        assert flows.publish(saying("a")) == first

    @pytest.mark.parametrize(
        ("names", "status"),
        [
            ({"business_id": "shop", "feature_name": "other", "alias": "a"}, 400),
            ({"business_id": "my-shop", "feature_name": "order", "alias": "a"}, 400),
            ({"business_id": "shop", "feature_name": "order", "alias": "a b"}, 400),
            ({"business_id": "shop", "feature_name": "order"}, 422),
            ({"business_id": "shop", "alias": "a"}, 422),
        ],
    )
    def test_names_that_do_not_fit_publish_nothing(self, flows, names, status):
        answer = flows.ask("POST", f"{MANAGE}/add_descriptor", saying("a"), **names)

        assert answer.status_code == status
        assert flows.get(f"{MANAGE}/get_business") == {"business_ids": []}

    def test_every_problem_of_the_text_is_told_with_its_place(self, flows):
        text = "workspace: shop\ndagName: order\ntype: flow\ntasks:\n  - {name: a}\n"

        answer = flows.ask(
            "POST", f"{MANAGE}/add_descriptor", text, **NAMES, alias="release"
        )

        assert answer.status_code == 400
        assert answer.json_body["error_code"] == 30110
        assert answer.json_body["problems"][0]["line"] == 5

    def test_a_key_publishes_only_what_it_sees(self, flows):
        key = flows.key("admin", workflows=["billing-*"])

        answer = flows.ask(
            "POST",
            f"{MANAGE}/add_descriptor",
            saying("a"),
            key=key,
            **NAMES,
            alias="release",
        )

        assert answer.status_code == 403


class TestVersions:
    def test_every_kind_of_descriptor_id_leads_to_its_text(self, flows):
        first = flows.publish(saying("first"))
        flows.publish(saying("second"))
        flows.publish(saying("third"), alias="canary")

        assert said(flows, "shop:order") == "second"
        assert said(flows, "shop:order:release") == "second"
        assert said(flows, "shop:order:canary") == "third"
        assert said(flows, first) == "first"

    def test_a_flow_under_another_alias_alone_has_no_release(self, flows):
        flows.publish(saying("third"), alias="canary")

        answer = flows.ask("POST", "submit", {}, descriptor_id="shop:order")

        assert answer.status_code == 404
        assert said(flows, "shop:order:canary") == "third"

    def test_versions_of_an_alias_come_newest_first(self, flows):
        first = flows.publish(saying("first"))
        flows.stage.loop.pause(5)
        second = flows.publish(saying("second"))

        answer = flows.get(f"{MANAGE}/get_version", **NAMES, alias="release")

        assert [each["descriptor_id"] for each in answer["versions"]] == [second, first]
        newest, oldest = (each["create_time"] for each in answer["versions"])
        assert newest > oldest

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_the_text_is_given_back(self, flows, method):
        descriptor = flows.publish(saying("first"))

        answer = flows.ask(
            method, f"{MANAGE}/get_descriptor", descriptor_id=descriptor, uid="7"
        ).json_body

        assert answer["descriptor_id"] == descriptor
        assert answer["uid"] == "7"
        assert "first" in answer["descriptor"]

    def test_a_text_that_is_not_there_is_not_found(self, flows):
        answer = flows.ask("GET", f"{MANAGE}/get_descriptor", descriptor_id="shop:none")

        assert answer.status_code == 404
        assert answer.json_body["error_code"] == 30602


class TestCatalogue:
    def test_publishing_fills_it(self, flows):
        flows.publish(saying("a"), alias="canary")

        assert flows.get(f"{MANAGE}/get_business") == {"business_ids": ["shop"]}
        features = flows.get(f"{MANAGE}/get_feature", business_id="shop")
        assert features == {"business_id": "shop", "features": ["order"]}
        aliases = flows.get(f"{MANAGE}/get_alias", **NAMES)
        assert aliases["aliases"] == ["canary"]

    def test_names_are_added_and_removed(self, flows):
        for add in ("true", "false"):
            flows.post(f"{MANAGE}/modify_feature", **NAMES, add=add)
            flows.post(f"{MANAGE}/modify_alias", **NAMES, alias="canary", add=add)
        flows.post(f"{MANAGE}/modify_business", business_id="shop", add="false")

        assert flows.get(f"{MANAGE}/get_business")["business_ids"] == []
        features = flows.get(f"{MANAGE}/get_feature", business_id="shop")
        assert features["features"] == []
        assert flows.get(f"{MANAGE}/get_alias", **NAMES)["aliases"] == []

    def test_an_alias_that_leads_nowhere_starts_nothing(self, flows):
        flows.publish(saying("a"))
        flows.post(f"{MANAGE}/modify_alias", **NAMES, alias="canary")

        answer = flows.ask("POST", "submit", {}, descriptor_id="shop:order:canary")

        assert answer.status_code == 404

    def test_adding_an_alias_again_changes_nothing(self, flows):
        flows.publish(saying("a"), alias="canary")

        flows.post(f"{MANAGE}/modify_alias", **NAMES, alias="canary")

        assert said(flows, "shop:order:canary") == "a"


class TestGray:
    RULE = 'uid > 100 && input.kind == "gift"'

    def test_the_first_rule_that_is_true_chooses_the_alias(self, flows):
        flows.publish(saying("all"))
        flows.publish(saying("few"), alias="canary")
        flows.post(
            f"{MANAGE}/modify_gray", **NAMES, alias="canary", gray_rule=self.RULE
        )

        assert said(flows, "shop:order", {"kind": "gift"}, uid=101) == "few"
        assert said(flows, "shop:order", {"kind": "gift"}, uid=99) == "all"
        assert said(flows, "shop:order", {"kind": "gift"}) == "all"
        assert said(flows, "shop:order:release", {"kind": "gift"}, uid=101) == "all"

    def test_rules_are_shown_and_removed(self, flows):
        rule = {**NAMES, "alias": "canary"}
        flows.post(f"{MANAGE}/modify_gray", **rule, gray_rule=self.RULE)
        shown = flows.get(f"{MANAGE}/get_gray", **NAMES)["gray"]
        flows.post(f"{MANAGE}/modify_gray", **rule, add="false")

        assert shown == {"canary": self.RULE}
        assert flows.get(f"{MANAGE}/get_gray", **NAMES)["gray"] == {}

    def test_a_text_that_is_no_rule_is_refused(self, flows):
        answer = flows.ask(
            "POST", f"{MANAGE}/modify_gray", **NAMES, alias="a", gray_rule="uid >"
        )

        assert answer.status_code == 400
        assert flows.get(f"{MANAGE}/get_gray", **NAMES)["gray"] == {}


KEY = {"business_id": "shop", "config_key": "paint"}


class TestChoices:
    def test_the_first_rule_that_is_true_chooses_the_resource(self, flows):
        for resource, rule in (
            ("lambda://blue", "default"),
            ("lambda://red", "uid == 7"),
        ):
            flows.post(
                f"{MANAGE}/modify_function_ab",
                **KEY,
                resource_name=resource,
                ab_rule=rule,
            )

        chosen = flows.descriptors.resource_for
        assert chosen("shop", "paint", "7", {}) == "lambda://red"
        assert chosen("shop", "paint", "8", {}) == "lambda://blue"
        assert chosen("shop", "other", "7", {}) == ""
        assert flows.get(f"{MANAGE}/get_function_ab", **KEY) == {
            **KEY,
            "default_resource_name": "lambda://blue",
            "ab": {"lambda://red": "uid == 7"},
        }
        keys = flows.get(f"{MANAGE}/get_ab_key", business_id="shop")
        assert keys == {"business_id": "shop", "config_keys": ["paint"]}

    def test_a_resource_is_removed(self, flows):
        named = {**KEY, "resource_name": "lambda://red"}
        flows.post(f"{MANAGE}/modify_function_ab", **named, ab_rule="true")

        flows.post(f"{MANAGE}/modify_function_ab", **named, add="false")

        assert flows.get(f"{MANAGE}/get_function_ab", **KEY)["ab"] == {}

    def test_a_text_that_is_no_rule_is_refused(self, flows):
        answer = flows.ask(
            "POST",
            f"{MANAGE}/modify_function_ab",
            **KEY,
            resource_name="lambda://red",
            ab_rule="(",
        )

        assert answer.status_code == 400
