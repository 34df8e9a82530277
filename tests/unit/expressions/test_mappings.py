import pytest

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import evaluate
from chalicelib.expressions.scope import Facts, View
from chalicelib.model.expressions import (
    Condition,
    Jayway,
    Literal,
    Mapping,
    Mappings,
    When,
)

URL = "https://stage/flow/trigger.json?execution_id=e-1&task_name=cut"


def rule(source, target, *, strict=False):
    return Mapping(source=source, target=target, strict=strict)


def build_input(*rules, context=None):
    facts = Facts(trigger_urls={"cut": URL, "bare": "https://stage/bare"})
    view = View(variables=context or {}, facts=facts)
    return evaluate(Mappings(rules=rules, gives="input"), view)


def change_context(*rules, context=None, result=None):
    view = View(variables=context or {}, result=result)
    program = Mappings(rules=rules, gives="context", output="result")
    return evaluate(program, view)


class TestReading:
    def test_input_is_built_from_context_and_constants(self):
        found = build_input(
            rule("$.context.user", "$.input.user"),
            rule("007", "$.input.agent"),
            context={"user": {"name": "Ann"}},
        )

        assert found == {"user": {"name": "Ann"}, "agent": 7}

    def test_no_rules_give_an_empty_input(self):
        assert build_input(context={"user": "Ann"}) == {}

    def test_rule_sees_what_the_rules_before_it_wrote(self):
        found = build_input(
            rule("$.context.user", "$.context.spare"),
            rule("$.context.spare", "$.input.user"),
            rule("$.input.user", "$.input.again"),
            rule("$.context['user','spare']", "$.input.both"),
            context={"user": "Ann"},
        )

        assert found == {
            "user": "Ann",
            "again": "Ann",
            "both": {"user": "Ann", "spare": "Ann"},
        }

    def test_missing_source_leaves_the_target_as_it_is(self):
        found = build_input(
            rule("old", "$.input.x"),
            rule("$.context.gone.deeper", "$.input.x", strict=True),
            rule("$.nothing.x", "$.input.x"),
            rule("$.context.list[5]", "$.input.x"),
            rule("$.context.list.x", "$.input.x"),
            context={"list": [1]},
        )

        assert found == {"x": "old"}

    def test_null_is_never_written(self):
        found = build_input(rule("$.context.nil", "$.input.x"), context={"nil": None})

        assert found == {}

    def test_whole_roots_can_be_read(self):
        found = build_input(rule("$.context", "$.input.all"), context={"a": 1})

        assert found == {"all": {"a": 1}}

    def test_positions_of_the_context_are_nothing(self):
        assert build_input(rule("$.context[0]", "$.input.x"), context={"a": 1}) == {}

    def test_filters_see_the_whole_document(self):
        found = build_input(
            rule("$.context.items[?(@.n > $.context.least)].n", "$.input.n"),
            context={"items": [{"n": 1}, {"n": 3}], "least": 2},
        )

        assert found == {"n": [3]}

    @pytest.mark.parametrize("path", ["$.context.[", "$.context..", "$$"])
    def test_broken_path_is_left_out(self, path):
        found = build_input(rule(path, "$.input.x"), rule("y", "$.input.y"))

        assert found == {"y": "y"}


class TestTriggerUrls:
    @pytest.mark.parametrize(
        ("source", "url"),
        [
            ("$.tasks.cut.trigger_url", URL),
            ("$.tasks.cut.trigger_url?status=failed", f"{URL}&status=failed"),
            ("$.tasks.cut.trigger_url?a=1.5?b", f"{URL}&a=1.5"),
            ("$.tasks.bare.trigger_url?a=1", "https://stage/bare?a=1"),
        ],
    )
    def test_url_of_a_task(self, source, url):
        assert build_input(rule(source, "$.input.url")) == {"url": url}

    @pytest.mark.parametrize(
        "source",
        ["$.tasks.paste.trigger_url", "$.tasks.cut.output", "$.tasks.cut"],
    )
    def test_anything_else_of_tasks_is_nothing(self, source):
        assert build_input(rule(source, "$.input.url")) == {}


class TestWriting:
    @pytest.mark.parametrize(
        ("target", "context", "changes"),
        [
            pytest.param("$.context.a", {}, {"a": "v"}, id="a new field"),
            pytest.param("$.context.a", {"a": [1]}, {"a": "v"}, id="in its place"),
            pytest.param("$.context.a.b.c", {}, {"a": {"b": {"c": "v"}}}, id="deep"),
            pytest.param("$.context.a.b", {"a": None}, {"a": {"b": "v"}}, id="null"),
            pytest.param(
                "$.context.a.b", {"a": {"c": 1}}, {"a": {"c": 1, "b": "v"}}, id="beside"
            ),
            pytest.param("$.context.a[2]", {"a": [1]}, {"a": [1, None, "v"]}),
            pytest.param("$.context.a[-1]", {"a": [1, 2]}, {"a": [1, "v"]}),
            pytest.param("$.context.a[1].b", {}, {"a": [None, {"b": "v"}]}),
            pytest.param("$.context.a[0]", {"a": {"k": 1}}, {"a": ["v"]}),
            pytest.param("$.context.a[*]", {"a": [1, 2]}, {"a": ["v", "v"]}),
            pytest.param("$.context.a.*", {"a": {"k": 1}}, {"a": {"k": "v"}}),
            pytest.param("$.context['a.b'].c", {}, {"a.b": {"c": "v"}}, id="quoted"),
            pytest.param("context.a", {}, {"a": "v"}, id="without a root"),
        ],
    )
    def test_value_is_put_where_the_target_says(self, target, context, changes):
        assert change_context(rule("v", target), context=context) == changes

    @pytest.mark.parametrize(
        "target",
        [
            pytest.param("$.context.text.x", id="through a text"),
            pytest.param("$.context.list.x", id="a name in a list"),
            pytest.param("$.context.gone[*]", id="every element of nothing"),
            pytest.param("$.context.gone[-1]", id="from the end of nothing"),
            pytest.param("$.context.gone[10001]", id="a list too long"),
            pytest.param("$.context[0]", id="a position of the context"),
            pytest.param("$.context.*", id="everything"),
            pytest.param("$.context.list[*].x", id="a fork on the way"),
            pytest.param("$.context.list[?(@.x)]", id="a filter"),
            pytest.param("$..x", id="anywhere"),
            pytest.param("$", id="the document"),
            pytest.param("$.*", id="every root"),
            pytest.param("$.context." + ".".join("x" * 70), id="too deep"),
        ],
    )
    def test_impossible_target_is_left_out_unless_it_is_strict(self, target):
        context = {"text": "t", "list": [1]}
        after = rule("after", "$.context.after")

        assert change_context(rule("v", target), after, context=context) == {
            "after": "after"
        }
        with pytest.raises(EvaluationFailure) as failed:
            change_context(rule("v", target, strict=True), after, context=context)
        assert failed.value.error == "mapping_failed"
        assert failed.value.cause.startswith(f"the mapping to {target} failed: ")

    @pytest.mark.parametrize("target", ["$.context", "$.other.x", "foo.bar"])
    def test_other_roots_and_whole_roots_are_forgotten(self, target):
        assert change_context(rule("v", target, strict=True), context={"a": 1}) == {}

    def test_only_changed_fields_of_the_context_are_given(self):
        found = change_context(
            rule("$.output.b", "$.context.b"),
            rule("$.context.a", "$.context.a"),
            rule("$.output.b", "$.output.c"),
            rule("$.output.c", "$.input.d"),
            rule("$.input.d", "$.context.e"),
            context={"a": {"k": 1}, "c": 3},
            result={"b": 2},
        )

        assert found == {"b": 2, "e": 2}

    def test_nothing_given_is_changed(self):
        context = {"a": {"list": [{"k": 1}], "other": {}}}
        result = {"v": [1]}

        found = change_context(
            rule("$.output.v", "$.context.a.list[0].v"),
            rule("9", "$.context.a.list[0].v[0]"),
            context=context,
            result=result,
        )

        assert found == {"a": {"list": [{"k": 1, "v": [9]}], "other": {}}}
        assert context == {"a": {"list": [{"k": 1}], "other": {}}}
        assert result == {"v": [1]}


class TestOutputs:
    def test_pass_task_reads_its_input_as_output(self):
        program = Mappings(
            rules=(rule("$.output.x", "$.context.y"), rule("$.input.x", "$.context.z")),
            gives="context",
            output="input",
        )

        assert evaluate(program, View(input={"x": 1})) == {"y": 1}

    @pytest.mark.parametrize("result", [None, {}])
    def test_choice_without_a_branch_maps_nothing(self, result):
        program = Mappings(
            rules=(rule("ran", "$.context.x"),),
            gives="context",
            output="result",
            skips_empty=True,
        )

        assert evaluate(program, View(result=result)) == {}
        assert evaluate(program, View(result={"k": 1})) == {"x": "ran"}

    def test_answer_without_anything_is_mapped(self):
        assert change_context(rule("ran", "$.context.x"), result={}) == {"x": "ran"}


class TestConditions:
    @pytest.mark.parametrize(
        ("text", "answer"),
        [
            ("$.input.flag", True),
            ("$.input.nil", True),
            ("$.input.gone", False),
            ("$.input.[?(@.num < 5)]", True),
            ("$.input[?(@.num > 5)]", False),
            ("$.context.num", False),
            ("$.output", False),
            ("$$$", False),
            ("num == 4", False),
        ],
    )
    def test_condition_holds_when_its_path_leads_somewhere(self, text, answer):
        view = View({"flag": False, "nil": None, "num": 4})

        assert evaluate(Condition(text=text), view) is answer

    def test_condition_about_an_output(self):
        condition = Condition(text="$.output.[?(@.ok == true)]", root="output")

        assert evaluate(condition, View({"ok": True})) is True

    def test_value_is_there_when_every_condition_holds(self):
        conditions = (Condition(text="$.input.a"), Condition(text="$.input.b"))
        node = When(conditions=conditions, value=Literal(value=5))

        assert evaluate(node, View({"a": 1, "b": 2})) == 5
        assert evaluate(node, View({"a": 1})) is None


class TestPaths:
    @pytest.mark.parametrize(
        ("value", "number"),
        [
            (3, 3),
            ("12", 12),
            ("9" * 99, 10**15 - 1),
            *((each, None) for each in (0, -1, True, "1.5", 2.0, None, [1])),
        ],
    )
    def test_positive_number_or_null(self, value, number):
        node = Jayway(text="$.input.x", kind="positive")

        assert evaluate(node, View({"x": value})) == number

    @pytest.mark.parametrize("value", [[1, 2], [], None])
    def test_list_or_null(self, value):
        node = Jayway(text="$.input.x", kind="list")

        assert evaluate(node, View({"x": value})) == value

    def test_object_is_no_list(self):
        with pytest.raises(EvaluationFailure, match="is not a list"):
            evaluate(Jayway(text="$.input.x", kind="list"), View({"x": {"a": 1}}))

    def test_any_value(self):
        assert evaluate(Jayway(text="$.input.x"), View({"x": "v"})) == "v"


def script(transform, target, source="", *, strict=False):
    return Mapping(source=source, transform=transform, target=target, strict=strict)


class TestTransforms:
    def test_script_sees_its_source_and_the_roots(self):
        found = build_input(
            rule("3", "$.input.a"),
            script("source + input.a + context.b", "$.input.c", "$.context.b"),
            context={"b": 1},
        )

        assert found == {"a": 3, "c": 5}

    def test_source_that_is_blank_is_nil(self):
        assert build_input(script("source == nil", "$.input.a", " ")) == {"a": True}

    def test_nil_writes_nothing(self):
        assert build_input(script("nil", "$.input.a")) == {}

    def test_changes_of_a_script_count_for_the_rules_that_follow(self):
        found = build_input(
            script("input.a = 1; context.b = 2; output.c = 3; nil", "$.input.none"),
            script("seq.list(input.a, context.b, output.c)", "$.input.all"),
        )

        assert found == {"a": 1, "all": [1, 2, 3]}

    def test_script_changes_only_what_it_changed(self):
        changed = change_context(
            script("context.a = 1; context.b.c = 2; seq.remove(context, 'd')", "$.x"),
            context={"a": 1, "b": {"c": 1}, "d": 1},
        )

        assert changed == {"b": {"c": 2}}

    def test_change_of_the_source_is_forgotten(self):
        changed = change_context(
            script("source.n = 2; nil", "$.context.x", "$.context.a"),
            context={"a": {"n": 1}},
        )

        assert changed == {}

    def test_script_that_fails_leaves_its_rule_out(self):
        found = build_input(
            script("input.b = 1; nil + 1", "$.input.a"), script("1 +", "$.input.a")
        )

        assert found == {}

    def test_strict_script_that_fails_fails_the_task(self):
        with pytest.raises(EvaluationFailure) as raised:
            build_input(script("nil + 1", "$.input.a", strict=True))

        assert raised.value.error == "mapping_failed"
        assert "ExpressionRuntimeException in line 1" in raised.value.cause

    def test_two_targets_draw_other_chances(self):
        found = build_input(
            script("rand()", "$.input.a"), script("rand()", "$.input.b")
        )

        assert found["a"] != found["b"]
        assert found == build_input(
            script("rand()", "$.input.a"), script("rand()", "$.input.b")
        )
