import pytest

from chalicelib.formats import check_definition

END = {"Type": "Pass", "End": True}
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:resize"
TASK = {"Type": "Task", "Resource": FUNCTION, "End": True}
BODY = {"StartAt": "I", "States": {"I": END}}
MAP = {"Type": "Map", "ItemProcessor": BODY, "End": True}
JSONPATH = "belongs to QueryLanguage JSONPath, and here it is JSONata"


def problems(state, **others):
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "S",
        "States": {"S": state, **others},
    }
    return [(each.path, each.message) for each in check_definition(definition)]


@pytest.mark.parametrize(
    ("state", "path", "says"),
    [
        ({**TASK, "InputPath": "$"}, "/InputPath", JSONPATH),
        ({**TASK, "Parameters": {}}, "/Parameters", "use Arguments"),
        ({**TASK, "ResultSelector": {}}, "/ResultSelector", "use Output"),
        ({**TASK, "ResultPath": "$"}, "/ResultPath", JSONPATH),
        ({**TASK, "OutputPath": "$"}, "/OutputPath", JSONPATH),
        ({**TASK, "TimeoutSecondsPath": "$"}, "/TimeoutSecondsPath", JSONPATH),
        ({**TASK, "TimeoutSeconds": "soon"}, "/TimeoutSeconds", "or an expression in"),
        ({**TASK, "TimeoutSeconds": 0}, "/TimeoutSeconds", "must be a whole number"),
        (
            {**TASK, "TimeoutSeconds": 5, "HeartbeatSeconds": 5},
            "/HeartbeatSeconds",
            "must be less than TimeoutSeconds",
        ),
        ({**TASK, "Credentials": {"Role": 1}}, "/Credentials", "'RoleArn' is missing"),
        (
            {**TASK, "Catch": [{"ErrorEquals": ["E"], "Next": "S", "ResultPath": "$"}]},
            "/Catch/0/ResultPath",
            JSONPATH,
        ),
        ({**END, "Result": 1}, "/Result", "use Output"),
        ({**END, "Outptu": 1}, "/Outptu", "did you mean 'Output'?"),
        ({**END, "Assign": {"states": 1}}, "/Assign/states", "cannot be the name"),
        ({"Type": "Wait", "SecondsPath": "$.s", "End": True}, "/SecondsPath", JSONPATH),
        ({"Type": "Wait", "End": True}, "", "one of Seconds, Timestamp is missing"),
        (
            {"Type": "Wait", "Timestamp": "soon", "End": True},
            "/Timestamp",
            "must be a time such as",
        ),
        ({"Type": "Fail", "ErrorPath": "$.e"}, "/ErrorPath", JSONPATH),
        ({**MAP, "ItemsPath": "$.a"}, "/ItemsPath", "use Items"),
        ({**MAP, "Items": {"a": 1}}, "/Items", "must be an array, or an expression"),
        ({**MAP, "MaxConcurrencyPath": "$.a"}, "/MaxConcurrencyPath", JSONPATH),
        ({**MAP, "ToleratedFailurePercentage": 101}, "", "at most 100"),
        ({**MAP, "ItemReader": {}}, "/ItemReader", "'Resource' is missing"),
        ({**END, "QueryLanguage": "SQL"}, "/QueryLanguage", "'JSONPath', 'JSONata'"),
        (
            {**END, "QueryLanguage": "JSONPath"},
            "/QueryLanguage",
            "every state is of JSONata",
        ),
        (
            {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True},
            "",
            "lambda:invoke needs Arguments",
        ),
        (
            {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Arguments": {"FunctoinName": "f"},
                "End": True,
            },
            "/Arguments/FunctoinName",
            "unknown field 'FunctoinName' in Arguments; did you mean 'FunctionName'?",
        ),
        (
            {
                "Type": "Task",
                "Resource": "arn:aws:states:::sqs:sendMessage",
                "Arguments": {"QueueUrl": "q"},
                "End": True,
            },
            "/Arguments",
            "'MessageBody' is missing in Arguments",
        ),
        (
            {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Arguments": "{% 1 + %}",
                "End": True,
            },
            "/Arguments",
            "is not a JSONata expression",
        ),
    ],
)
def test_what_is_wrong_with_a_state(state, path, says):
    found = problems(state)
    place = f"/States/S{path}"
    assert any(where.startswith(place) and says in each for where, each in found), found


@pytest.mark.parametrize(
    ("rule", "path", "says"),
    [
        ({"Next": "D"}, "", "'Condition' is missing in a rule"),
        ({"Condition": "true", "Next": "D"}, "/Condition", "must be true or false, or"),
        ({"Condition": 1, "Next": "D"}, "/Condition", "must be true or false, or"),
        ({"Condition": True, "Next": "X"}, "/Next", "there is no state 'X'"),
        ({"Condition": True}, "", "'Next' is missing in a rule"),
        (
            {"Variable": "$.a", "IsNull": True, "Next": "D"},
            "/Variable",
            "use Condition",
        ),
        ({"And": [], "Next": "D"}, "/And", "use Condition"),
        (
            {"Condition": True, "Next": "D", "Assign": {"a-b": 1}},
            "/Assign/a-b",
            "cannot be the name",
        ),
    ],
)
def test_what_is_wrong_with_a_rule(rule, path, says):
    choice = {"Type": "Choice", "Choices": [rule], "Default": "D"}
    found = problems(choice, D=END)
    place = f"/States/S/Choices/0{path}"
    assert any(where == place and says in each for where, each in found), found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{% 1", "is half an expression"),
        ("1 %}", "is half an expression"),
        ("{%}", "is half an expression"),
        (" {% 1 %}", "is half an expression"),
        ("{% 1 %} ", "is half an expression"),
        ("{% %}", "is not a JSONata expression: it is empty"),
        ("{% 420. %}", "is not a JSONata expression"),
        ("{% 'a %}", "is not a JSONata expression"),
        ("{% /(/ %}", "is not a JSONata expression"),
        ("{% /+/ %}", "has nothing to repeat"),
        ("{% $eval('1') %}", "there is no $eval; read JSON with $parse"),
        ("{% ['1'].$eval($) %}", "there is no $eval"),
        ("{% $ %}", "$ has no value at the top of an expression"),
        ("{% $.id %}", "$ has no value at the top"),
        ("{% $$.id %}", "$$ has no value at the top"),
        ("{% id %}", "nothing has a field id here; write $states.input.id"),
        ("{% order.id %}", "nothing has a field order here"),
        ("{% * %}", "nothing has a field * here"),
        ("{% **.id %}", "nothing has a field ** here"),
        ("{% $sum(prices) %}", "nothing has a field prices here"),
        ("{% sum($p) %}", "nothing has a field sum here"),
        ("{% $a ? b : $c %}", "nothing has a field b here"),
        ("{% $a ? $b : c %}", "nothing has a field c here"),
        ("{% a ? 1 %}", "nothing has a field a here"),
        ("{% ($x := a; $x) %}", "nothing has a field a here"),
        ("{% [a] %}", "nothing has a field a here"),
        ("{% {'k': a} %}", "nothing has a field a here"),
        ("{% {a: 1} %}", "nothing has a field a here"),
        ("{% -a %}", "nothing has a field a here"),
        ("{% $x & a %}", "nothing has a field a here"),
        ("{% function($v) { a } %}", "nothing has a field a here"),
        ("{% $map($x, function($v) { $ }) %}", "$ has no value at the top"),
        ("{% $x ~> f %}", "nothing has a field f here"),
        ("{% $f(?, a) %}", "nothing has a field a here"),
        (
            "{% $states.result %}",
            "$states.result is there for the Output and Assign of",
        ),
        ("{% $x[$states.result.a] %}", "$states.result is there for"),
        ("{% $states.errorOutput %}", "Output and Assign of a Catch only"),
    ],
)
def test_what_is_wrong_with_an_expression(text, says):
    ((path, message),) = problems({**END, "Output": {"deep": [text]}})
    assert path == "/States/S/Output/deep/0"
    assert says in message


@pytest.mark.parametrize(
    "text",
    [
        "{% $x.(a) %}",
        "{% $x.a[b = 1]^(c){d: e} %}",
        "{% $x{a: b} %}",
        "{% ($x)[a]{b: c} %}",
        "{% $x.$ %}",
        "{% $x[$ > 1] %}",
        "{% $x[$$.a] %}",
        "{% $x#$i.(a + $i) %}",
        "{% $x.a#$i[b]#$j %}",
        "{% $x ~> |a|{'b': c}, d| %}",
        "{% $x ~> |a|{'b': c}| %}",
        "{% $x.a.(%.b) %}",
        "{% $f(?, 1) %}",
        "{% $filter($x, function($v) { $v.a }) %}",
        "{% $exists($states) %}",
        "{% $states.input.result %}",
        "{% $states.* %}",
        "{% $states[0] %}",
        "{% '{% 1 %}' %}",
    ],
)
def test_what_is_right_in_an_expression(text):
    assert problems({**END, "Output": text}) == []


@pytest.mark.parametrize(
    ("state", "fits"),
    [
        ({**TASK, "Output": "{% $states.result %}"}, True),
        ({**TASK, "Assign": {"a": "{% $states.result.a %}"}}, True),
        ({**MAP, "Output": ["{% $states.result %}"]}, True),
        ({**TASK, "Arguments": "{% $states.result %}"}, False),
        ({**MAP, "Items": "{% $states.result %}"}, False),
        ({**END, "Output": "{% $states.result %}"}, False),
    ],
)
def test_where_there_is_a_result(state, fits):
    assert (problems(state) == []) is fits


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ({"Output": "{% $states.errorOutput %}"}, True),
        ({"Assign": {"a": "{% $states.errorOutput.Error %}"}}, True),
        ({"Output": "{% $states.result %}"}, False),
    ],
)
def test_what_a_catch_sees(fields, fits):
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "D", **fields}]
    assert (problems({**TASK, "Catch": catch}, D=END) == []) is fits


def _assigning(**inner):
    return {"StartAt": "I", "States": {"I": {**END, **inner}}}


@pytest.mark.parametrize(
    ("outer", "inner", "fits"),
    [
        ({"x": 1}, {"Assign": {"y": 1}}, True),
        ({"x": 1}, {"Assign": {"x": 1}}, False),
        ({}, {"Assign": {"x": 1}}, True),
        (
            {"x": 1},
            {
                **TASK,
                "Catch": [{"ErrorEquals": ["E"], "Next": "I", "Assign": {"x": 1}}],
            },
            False,
        ),
    ],
)
def test_a_variable_is_assigned_in_one_scope(outer, inner, fits):
    before = {"Type": "Pass", "Assign": outer, "Next": "P"}
    parallel = {"Type": "Parallel", "Branches": [_assigning(**inner)], "End": True}
    found = problems(before, P=parallel)
    assert (found == []) is fits
    assert all("is assigned outside of this" in each for _, each in found)


def test_what_is_assigned_after_a_branch_is_nothing_to_it():
    parallel = {"Type": "Parallel", "Branches": [_assigning(Assign={"x": 1})]}
    after = {**parallel, "Assign": {"x": 1}, "Next": "A"}
    assert problems(after, A={**END, "Assign": {"x": 2}}) == []


def test_a_way_back_leads_to_a_branch_again():
    again = {"Condition": "{% $x = 1 %}", "Next": "S"}
    choice = {"Type": "Choice", "Choices": [again], "Default": "E"}
    parallel = {"Type": "Parallel", "Branches": [_assigning(Assign={"x": 1})]}
    found = problems({**parallel, "Assign": {"x": 1}, "Next": "C"}, C=choice, E=END)
    assert [path for path, _ in found] == ["/States/S/Branches/0/States/I/Assign/x"]


def test_only_the_way_that_leads_to_a_branch_counts():
    caught = {"ErrorEquals": ["E"], "Next": "P"}
    parallel = {"Type": "Parallel", "Branches": [_assigning(Assign={"x": 1})]}
    task = {**TASK, "Assign": {"x": 1}, "Catch": [caught]}
    assert problems(task, P={**parallel, "End": True}) == []


def test_two_branches_may_have_variables_of_one_name():
    one, other = _assigning(Assign={"x": 1}), _assigning(Assign={"x": 2})
    other = {"StartAt": "J", "States": {"J": other["States"]["I"]}}
    parallel = {"Type": "Parallel", "Branches": [one, other], "End": True}
    assert problems(parallel) == []


def test_around_a_distributed_map_variables_count_too():
    body = {
        **_assigning(Assign={"x": 1}),
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    }
    before = {"Type": "Pass", "Assign": {"x": 1}, "Next": "M"}
    found = problems(before, M={**MAP, "ItemProcessor": body})
    assert [path for path, _ in found] == ["/States/M/ItemProcessor/States/I/Assign/x"]


def test_rules_assign_variables_too():
    rule = {"Condition": True, "Next": "J", "Assign": {"x": 1}}
    choice = {"Type": "Choice", "Choices": [rule], "Default": "J"}
    body = {"StartAt": "I", "States": {"I": choice, "J": END}}
    before = {"Type": "Pass", "Assign": {"x": 1}, "Next": "M"}
    found = problems(before, M={**MAP, "ItemProcessor": body})
    assert [path for path, _ in found] == [
        "/States/M/ItemProcessor/States/I/Choices/0/Assign/x"
    ]


def test_what_states_does_not_have_is_refused():
    ((path, message),) = problems({**END, "Output": "{% $states.inputs %}"})
    assert path == "/States/S/Output"
    assert "$states has no inputs; known are" in message
