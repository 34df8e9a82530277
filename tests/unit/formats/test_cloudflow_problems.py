import pytest

from tests.unit.formats.cloudflow_texts import HEAD, facts, problems

MAP = """\
- Type: Map
  Name: S
  End: true
  ItemsPath: $Input.list
  Processor: {StartAt: A, States: [{Type: Pass, Name: A, End: true}]}
"""


@pytest.mark.parametrize(
    ("states", "place", "pointer", "message"),
    [
        pytest.param(
            "- {Type: Pass, Name: S}",
            (6, 3),
            "/States/0",
            "this state leads nowhere; add 'Next: <state>' or 'End: true'",
            id="neither next nor end",
        ),
        pytest.param(
            "- {Type: Pass, Name: S, End: false}",
            (6, 3),
            "/States/0",
            "this state leads nowhere",
            id="an end that is none",
        ),
        pytest.param(
            "- {Type: Pass, Name: S, Next: S, End: true}",
            (6, 34),
            "/States/0/End",
            "a state has Next or End, not both; remove one",
            id="next and end",
        ),
        pytest.param(
            "- {Type: Pass, Name: S, Next: Shp}\n- {Type: Pass, Name: Ship, Next: S}",
            (6, 31),
            "/States/0/Next",
            "there is no state 'Shp' here; did you mean 'Ship'?",
            id="unknown next",
        ),
        pytest.param(
            "- {Type: Pass, End: true}",
            (6, 3),
            "/States/0",
            "'Name' is missing in a Pass state; add it",
            id="no name",
        ),
        pytest.param(
            "- {Name: S, End: true}",
            (6, 3),
            "/States/0",
            "'Type' is missing in a state; add it",
            id="no type",
        ),
        pytest.param(
            "- {Type: Activity, Name: S, End: true}",
            (6, 10),
            "/States/0/Type",
            "there is no type of state 'Activity' here; known are Choice, Fail",
            id="unknown type",
        ),
        pytest.param(
            "- {Type: Pass, Name: S, End: true}\n- {Type: Pass, Name: S, End: true}",
            (7, 22),
            "/States/1/Name",
            "a state 'S' stands above; rename one of them",
            id="two states of one name",
        ),
        pytest.param(
            "- {Type: Pass, Name: S, End: true}\n- {Type: Pass, Name: T, Next: S}",
            (7, 3),
            "/States/1",
            "nothing leads to 'T'; name it in a Next or remove it",
            id="unreachable state",
        ),
        pytest.param(
            "- {Type: Pass, Name: S, End: true, OutputConstrutor: {}}",
            (6, 36),
            "/States/0/OutputConstrutor",
            "unknown field 'OutputConstrutor' in a Pass state; "
            "did you mean 'OutputConstructor'?",
            id="unknown field",
        ),
        pytest.param(
            "- {Type: Pass, Name: S, End: true, Retry: []}",
            (6, 36),
            "/States/0/Retry",
            "only Task, Parallel and Map states can fail",
            id="retry where nothing fails",
        ),
        pytest.param(
            "- {Type: Wait, Name: S, Seconds: 1, End: true, Catch: []}",
            (6, 48),
            "/States/0/Catch",
            "only Task, Parallel and Map states can fail",
            id="catch where nothing fails",
        ),
        pytest.param(
            "- {Type: Wait, Name: S, End: true}",
            (6, 3),
            "/States/0",
            "'Seconds' is missing in a Wait state; add it",
            id="wait without a time",
        ),
        pytest.param(
            "- {Type: Wait, Name: S, Seconds: soon, End: true}",
            (6, 34),
            "/States/0/Seconds",
            "must be a number, at least 0 (in seconds), not 'soon'",
            id="wait for no time",
        ),
        pytest.param(
            "- {Type: Wait, Name: S, Seconds: 1, Seconds.$: $Input.s, End: true}",
            (6, 37),
            "/States/0/Seconds.$",
            "'Seconds' is given twice, with and without '.$'",
            id="a time given twice",
        ),
        pytest.param(
            "- {Type: Choice, Name: S, Branches: [{Condition: 'true', Next: S}]}",
            (6, 3),
            "/States/0",
            "'Default' is missing in a Choice state; add it",
            id="choice without default",
        ),
        pytest.param(
            "- {Type: Choice, Name: S, Default: S}",
            (6, 3),
            "/States/0",
            "'Branches' is missing in a Choice state; add it",
            id="choice without branches",
        ),
        pytest.param(
            "- {Type: Choice, Name: S, Default: S, Branches: [{Next: S}]}",
            (6, 50),
            "/States/0/Branches/0",
            "'Condition' is missing in a branch of a Choice state; add it",
            id="branch without condition",
        ),
        pytest.param(
            "- {Type: Choice, Name: S, Default: S, Branches: "
            "[{Condition: $Input.a = 1, Next: X}], End: true}",
            (6, 62),
            "/States/0/Branches/0/Condition",
            "'=' is not part of an expression; remove it (character 10)",
            id="condition that is none",
        ),
        pytest.param(
            "- {Type: Parallel, Name: S, End: true}",
            (6, 3),
            "/States/0",
            "'Branches' is missing in a Parallel state; add it",
            id="parallel without branches",
        ),
        pytest.param(
            "- {Type: Parallel, Name: S, End: true, "
            "Branches: [{StartAt: A, States: []}]}",
            (6, 72),
            "/States/0/Branches/0/States",
            "must have at least 1 element, not an array",
            id="branch without states",
        ),
        pytest.param(
            "- {Type: Parallel, Name: S, End: true, Branches: [{StartAt: A, "
            "States: [{Type: Pass, Name: A, Next: S}]}]}",
            (6, 101),
            "/States/0/Branches/0/States/0/Next",
            "there is no state 'S' here; known are A",
            id="a way out of a branch",
        ),
        pytest.param(
            MAP.replace("  ItemsPath: $Input.list\n", ""),
            (6, 3),
            "/States/0",
            "'ItemsPath' is missing in a Map state; add it",
            id="map without items",
        ),
        pytest.param(
            MAP.replace("$Input.list", "list"),
            (9, 14),
            "/States/0/ItemsPath",
            "'list' means nothing here",
            id="items that are no expression",
        ),
        pytest.param(
            MAP[: MAP.index("  Processor")],
            (6, 3),
            "/States/0",
            "'Processor' is missing in a Map state; add it",
            id="map without processor",
        ),
        pytest.param(
            MAP + "  MaxConcuccency: 2\n  MaxConcurrency: 3\n",
            (12, 3),
            "/States/0/MaxConcurrency",
            "MaxConcuccency and MaxConcurrency are the same; remove one",
            id="both spellings",
        ),
        pytest.param(
            MAP + "  ItemReader: {}\n",
            (11, 3),
            "/States/0/ItemReader",
            "ItemsPath brings the items already; remove one",
            id="a reader of items",
        ),
        pytest.param(
            MAP.replace("{StartAt", "{ProcessorConfig: {ExecutionMode: Fast}, StartAt"),
            (10, 48),
            "/States/0/Processor/ProcessorConfig/ExecutionMode",
            "must be one of 'Express', 'Standard', not 'Fast'",
            id="unknown execution mode",
        ),
        pytest.param(
            "- {Type: Fail, Name: S, Next: S}",
            (6, 25),
            "/States/0/Next",
            "a Fail state ends its scope; remove this field",
            id="a way on from a failure",
        ),
    ],
)
def test_problem_has_its_place_and_a_way_out(states, place, pointer, message):
    found = problems(HEAD + states)

    assert any(
        (line, column) == place and path == pointer and message in says
        for line, column, path, says in facts(found)
    ), facts(found)
