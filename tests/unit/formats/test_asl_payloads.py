from chalicelib.formats import compile_definition
from chalicelib.model.expressions import Call, Jsonata, Literal, Object

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:resize"
INVOKE = "arn:aws:states:::lambda:invoke"


def ask(text, field):
    return Jsonata(text=text, field=field)


def request(resource, arguments):
    task = {"Type": "Task", "Resource": resource, "Arguments": arguments, "End": True}
    definition = {"QueryLanguage": "JSONata", "StartAt": "S", "States": {"S": task}}
    found = compile_definition(definition).scope.states["S"]
    return found.work.resource, found.arguments


def test_the_fields_of_a_request():
    resource, arguments = request(
        INVOKE,
        {
            "FunctionName": "{% $f %}",
            "Qualifier": "{% $q %}",
            "Payload": {"a": "{% 1 %}"},
        },
    )

    assert resource == Call(
        name="States.Format",
        arguments=(
            Literal(value="lambda:{}:{}"),
            ask("$f", "Arguments/FunctionName"),
            ask("$q", "Arguments/Qualifier"),
        ),
    )
    assert arguments == Object(fields=(("a", ask("1", "Arguments/Payload/a")),))
    assert request(INVOKE, {"FunctionName": "f"})[1] == Literal(value={})


def test_the_other_fields_of_a_request():
    sqs = "arn:aws:states:::sqs:sendMessage"
    resource, arguments = request(sqs, {"QueueUrl": "q", "MessageBody": "{% $b %}"})
    assert resource == Literal(value="sqs:q")
    assert arguments == Object(
        fields=(("MessageBody", ask("$b", "Arguments/MessageBody")),)
    )

    start = "arn:aws:states:::states:startExecution"
    _, arguments = request(start, {"StateMachineArn": "m", "Input": {"a": 1}})
    assert arguments == Object(fields=(("input", Literal(value={"a": 1})),))


def test_a_request_made_by_one_expression():
    resource, arguments = request(INVOKE, "{% $states.input %}")
    name = ask("($states.input).FunctionName", "Arguments/FunctionName")
    assert resource.arguments == (Literal(value="lambda:{}"), name)
    assert arguments.name == "Field.event"
    assert arguments.arguments[0].text == (
        "($given := ($states.input).Payload; $exists($given) ? $given : {})"
    )

    start = "arn:aws:states:::states:startExecution"
    _, arguments = request(start, "{% $r %}")
    assert arguments.text == (
        '($given := ($r); {"input": $given.Input, "name": $given.Name})'
    )

    sqs = "arn:aws:states:::sqs:sendMessage"
    _, arguments = request(sqs, "{% $r %}")
    assert arguments.text == (
        '$sift($r, function($_, $name) { $not($name in ["QueueUrl"]) })'
    )

    assert request(FUNCTION, "{% $r %}")[1] == ask("$r", "Arguments")


def test_a_qualifier_that_is_known():
    found = {"FunctionName": "f", "Qualifier": "live"}
    assert request(INVOKE, found)[0] == Literal(value="lambda:f:live")
