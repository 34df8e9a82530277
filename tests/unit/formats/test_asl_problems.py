import pytest

from chalicelib.formats import check_definition

END = {"Type": "Pass", "End": True}
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
BODY = {"StartAt": "I", "States": {"I": END}}
JSONATA = "belongs to QueryLanguage JSONata, and here it is JSONPath"


def problems(definition):
    return [(each.path, each.message) for each in check_definition(definition)]


def machine(state, **others):
    return {"StartAt": "S", "States": {"S": state, **others}}


def test_a_problem_has_its_line_and_column():
    text = (
        "StartAt: Pack\n"
        "States:\n"
        "  Pack:\n"
        "    Type: Pass\n"
        "    Next: Shop\n"
        "  Ship:\n"
        "    Type: Pas\n"
    )

    assert [str(each) for each in check_definition(text, file="ship.yaml")] == [
        "ship.yaml:3:3 /States: no state ends this; add End: true to the last one",
        "ship.yaml:5:11 /States/Pack/Next: there is no state 'Shop' here; "
        "did you mean 'Ship'?",
        "ship.yaml:6:3 /States/Ship: nothing leads to the state 'Ship'; "
        "lead to it, or remove it",
        "ship.yaml:7:11 /States/Ship/Type: there is no type of state 'Pas'; "
        "did you mean 'Pass'?",
    ]


@pytest.mark.parametrize(
    ("definition", "path", "says"),
    [
        ({"States": {"S": END}}, "", "'StartAt' is missing"),
        ({"StartAt": "S", "States": {}}, "/States", "there are no states"),
        ({"StartAt": "S", "States": 5}, "/States", "must be an object"),
        ({"StartAt": "X", "States": {"S": END}}, "/StartAt", "there is no state 'X'"),
        ({**machine(END), "Stats": 1}, "/Stats", "did you mean 'States'?"),
        ({**machine(END), "Version": "2"}, "/Version", "must be '1.0'"),
        ({**machine(END), "TimeoutSeconds": 0}, "/TimeoutSeconds", "at least 1"),
        ({**machine(END), "QueryLanguage": "SQL"}, "/QueryLanguage", "must be"),
        (
            {**machine(END), "InputSchema": {"properties": {"a": {"oneOf": []}}}},
            "/InputSchema/properties/a/oneOf",
            "'oneOf' is not supported here",
        ),
        (machine(5), "/States/S", "must be an object, not 5"),
        (machine({"End": True}), "/States/S", "'Type' is missing; add one of Choice"),
        (machine({"Type": 5}), "/States/S/Type", "no type of state 5; known are"),
        (machine({"Type": "Pass"}), "/States/S", "where does this lead?"),
        (machine({**END, "Next": "S"}), "/States/S/End", "does not end; remove one"),
        (machine({**END, "End": "yes"}), "/States/S/End", "must be true or false"),
        (machine({**END, "Next": 5}), "/States/S/Next", "must be a text"),
        (machine(END, T=END), "/States/T", "nothing leads to the state 'T'"),
        ({"StartAt": "", "States": {"": END}}, "/States/", "1 to 80 characters"),
        (machine({**END, "OutputPath": 5}), "/States/S/OutputPath", "must be a text"),
        (machine({**END, "InputPath": "a"}), "/States/S/InputPath", "begins with $"),
        (
            machine({**END, "InputPath": "States.UUID()"}),
            "/States/S/InputPath",
            "begins with $",
        ),
        (machine({**END, "ResultPath": 5}), "/States/S/ResultPath", "must be a text"),
        (machine({**END, "ResultPath": "$v"}), "/States/S/ResultPath", "one place"),
        (machine({**END, "ResultPath": "$$.a"}), "/States/S/ResultPath", "one place"),
        (machine({**END, "ResultPath": "$.a[*]"}), "/States/S/ResultPath", "one place"),
        (
            machine({**END, "Parameters": {"a.$": 5}}),
            "/States/S/Parameters/a.$",
            "must be a path that begins with $",
        ),
        (
            machine({**END, "Parameters": {"b": {"a.$": "x"}}}),
            "/States/S/Parameters/b/a.$",
            "must be a path that begins with $",
        ),
        (
            machine({**END, "Parameters": {"a": 1, "a.$": "$.b"}}),
            "/States/S/Parameters/a.$",
            "'a' is given twice",
        ),
        (
            machine({**END, "Assign": {"1x": 1}}),
            "/States/S/Assign/1x",
            "cannot be the name of a variable",
        ),
        (
            machine({**END, "Assign": {"states.$": "$"}}),
            "/States/S/Assign/states.$",
            "cannot be the name of a variable",
        ),
        (machine({"Type": "Wait", "End": True}), "/States/S", "one of Seconds, Secon"),
        (
            machine({"Type": "Wait", "End": True, "Seconds": 1, "SecondsPath": "$.a"}),
            "/States/S/SecondsPath",
            "'Seconds' is there already",
        ),
        (
            machine({"Type": "Wait", "End": True, "Seconds": -1}),
            "/States/S/Seconds",
            "at least 0",
        ),
        (
            machine({"Type": "Wait", "End": True, "Timestamp": "soon"}),
            "/States/S/Timestamp",
            "must be a time such as",
        ),
        (
            machine({"Type": "Wait", "End": True, "Seconds": 1, "Parameters": {}}),
            "/States/S/Parameters",
            "unknown field 'Parameters' in a Wait state",
        ),
        (
            machine({"Type": "Fail", "Cause": "c", "CausePath": "$.c"}),
            "/States/S/CausePath",
            "'Cause' is there already",
        ),
        (
            machine({"Type": "Parallel", "Branches": [], "End": True}),
            "/States/S/Branches",
            "must have at least 1 element",
        ),
        (
            machine({"Type": "Parallel", "Branches": [{}], "End": True}),
            "/States/S/Branches/0",
            "'StartAt' is missing in a branch",
        ),
        (
            machine({"Type": "Map", "End": True}),
            "/States/S",
            "one of ItemProcessor, Iterator is missing",
        ),
        (
            machine(
                {"Type": "Map", "End": True, "ItemProcessor": BODY, "Iterator": BODY}
            ),
            "/States/S/Iterator",
            "'ItemProcessor' is there already",
        ),
        (
            machine(
                {
                    "Type": "Map",
                    "End": True,
                    "ItemProcessor": {**BODY, "ProcessorConfig": {"Mode": "FAST"}},
                }
            ),
            "/States/S/ItemProcessor/ProcessorConfig/Mode",
            "must be one of 'INLINE', 'DISTRIBUTED'",
        ),
        (
            machine(
                {"Type": "Map", "End": True, "ItemProcessor": BODY, "ItemReader": {}}
            ),
            "/States/S/ItemReader",
            "'Resource' is missing",
        ),
        (
            machine({"Type": "Map", "End": True, "ItemProcessor": {**BODY}}, I=END),
            "/States/S/ItemProcessor/States/I",
            "there is a state 'I' elsewhere",
        ),
    ],
)
def test_what_is_wrong_is_said_in_its_place(definition, path, says):
    found = problems(definition)

    assert any(where == path and says in message for where, message in found), found


@pytest.mark.parametrize(
    ("fields", "path", "says"),
    [
        (
            {"TimeoutSeconds": 5, "HeartbeatSeconds": 5},
            "/HeartbeatSeconds",
            "less than",
        ),
        (
            {"TimeoutSeconds": 5, "TimeoutSecondsPath": "$.a"},
            "/TimeoutSecondsPath",
            "'TimeoutSeconds' is there already",
        ),
        ({"TimeoutSecondsPath": "a"}, "/TimeoutSecondsPath", "must be a path"),
        (
            {"Credentials": {"RoleArn.$": "x"}},
            "/Credentials/RoleArn.$",
            "must be a path",
        ),
        ({"Retry": [5]}, "/Retry/0", "must be an object"),
        ({"Retry": [{}]}, "/Retry/0", "'ErrorEquals' is missing in a retrier"),
        (
            {"Retry": [{"ErrorEquals": []}]},
            "/Retry/0/ErrorEquals",
            "at least 1 element",
        ),
        (
            {"Retry": [{"ErrorEquals": [True]}]},
            "/Retry/0/ErrorEquals",
            "each element must be a text",
        ),
        (
            {"Retry": [{"ErrorEquals": ["A"], "BackoffRate": 0.5}]},
            "/Retry/0/BackoffRate",
            "must be a number, at least 1, not 0.5",
        ),
        (
            {"Retry": [{"ErrorEquals": ["A"], "JitterStrategy": "SOME"}]},
            "/Retry/0/JitterStrategy",
            "must be one of 'FULL', 'NONE'",
        ),
        (
            {
                "Retry": [
                    {"ErrorEquals": ["A"], "IntervalSeconds": 5, "MaxDelaySeconds": 5}
                ]
            },
            "/Retry/0/MaxDelaySeconds",
            "must be greater than IntervalSeconds",
        ),
        (
            {"Retry": [{"ErrorEquals": ["States.ALL", "A"]}]},
            "/Retry/0/ErrorEquals",
            "must be the only name",
        ),
        (
            {"Retry": [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["A"]}]},
            "/Retry/0/ErrorEquals",
            "must be in the last clause",
        ),
        (
            {"Catch": [{"ErrorEquals": ["A"], "Next": "X"}]},
            "/Catch/0/Next",
            "there is no state 'X'",
        ),
        (
            {"Catch": [{"ErrorEquals": ["A"], "Next": "S", "Output": 1}]},
            "/Catch/0/Output",
            JSONATA,
        ),
        ({"Catch": 5}, "/Catch", "must be an array"),
        ({"Arguments": {}}, "/Arguments", JSONATA),
        (
            {"InputPath": "$states.input"},
            "/InputPath",
            "is there for QueryLanguage JSONata",
        ),
        ({"Credentials": {"Role": "x"}}, "/Credentials", "'RoleArn' is missing"),
    ],
)
def test_what_is_wrong_with_a_task(fields, path, says):
    task = {"Type": "Task", "Resource": FUNCTION, "End": True, **fields}
    found = problems(machine(task))

    assert any(where == f"/States/S{path}" and says in each for where, each in found), (
        found
    )


def test_a_loop_without_an_end_is_refused():
    found = problems(machine({"Type": "Pass", "Next": "S"}))

    assert found == [("/States", "no state ends this; add End: true to the last one")]


def test_all_problems_are_found_at_once():
    task = {"Type": "Task", "Resource": "x", "InputPath": "y", "Retry": [{}]}

    assert len(problems({**machine(task), "More": 1})) == 6
