import pytest

from chalicelib.formats import check_definition

END = {"Type": "Pass", "End": True}
TEST = {"Variable": "$.a", "IsNull": True}
JSONATA = "belongs to QueryLanguage JSONata, and here it is JSONPath"


def problems(choice):
    machine = {"StartAt": "S", "States": {"S": choice, "D": END}}
    return [(each.path, each.message) for each in check_definition(machine)]


@pytest.mark.parametrize(
    ("rule", "path", "says"),
    [
        ({"Next": "D"}, "", "no test in this rule; add one such as"),
        ({"Next": "D", "Variable": "$.a", "StringEqual": "x"}, "", "'StringEquals'?"),
        (TEST, "", "'Next' is missing in a rule"),
        ({"IsNull": True, "Next": "D"}, "", "'Variable' is missing in a rule"),
        ({**TEST, "Next": "X"}, "/Next", "there is no state 'X'"),
        ({**TEST, "Next": "D", "IsString": True}, "", "one test, and this has IsNull"),
        ({**TEST, "Next": "D", "End": True}, "/End", "unknown field 'End' in a rule"),
        ({**TEST, "Variable": "a", "Next": "D"}, "/Variable", "begins with $"),
        ({**TEST, "IsNull": 1, "Next": "D"}, "/IsNull", "must be true or false"),
        (
            {"Variable": "$.a", "NumericEquals": "1", "Next": "D"},
            "/NumericEquals",
            "must be a number",
        ),
        (
            {"Variable": "$.a", "TimestampEquals": "now", "Next": "D"},
            "/TimestampEquals",
            "must be a time such as",
        ),
        ({"And": [], "Next": "D"}, "/And", "must have at least 1 element"),
        ({"And": [5], "Next": "D"}, "/And", "each element must be an object"),
        ({"Not": 5, "Next": "D"}, "/Not", "must be an object"),
        ({"Not": {**TEST, "Next": "D"}, "Next": "D"}, "/Not/Next", "unknown field"),
        ({"Condition": "{% true %}", "Next": "D"}, "/Condition", JSONATA),
        ({**TEST, "Next": "D", "Output": 1}, "/Output", JSONATA),
        ({**TEST, "Condition": "{% true %}", "Next": "D"}, "/Condition", JSONATA),
    ],
)
def test_what_is_wrong_with_a_rule(rule, path, says):
    choice = {"Type": "Choice", "Choices": [rule], "Default": "D"}
    found = problems(choice)
    place = f"/States/S/Choices/0{path}"

    assert any(where == place and says in each for where, each in found), found


def test_a_choice_must_have_rules():
    found = problems({"Type": "Choice", "Choices": 5, "Default": "D"})

    assert ("/States/S/Choices", "must be an array, not 5") in found
