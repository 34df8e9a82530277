"""Whether a request fits an action, and what its answer is as JSON."""

from datetime import UTC, datetime

import pytest

from chalicelib.dispatchers.aws_model import find_action, java_name
from chalicelib.dispatchers.aws_shapes import as_json, fit


def shape(action):
    return find_action(*action.split(":")).operation.input_shape


def fitted(action, value, **given):
    found, faults = fit(shape(action), value, **given)
    assert faults == []
    return found


def faults(action, value, **given):
    return [str(each) for each in fit(shape(action), value, **given)[1]]


@pytest.mark.parametrize("name", ["DBInstanceIdentifier", "DbInstanceIdentifier"])
def test_a_field_is_written_as_java_or_the_service_has_it(name):
    found = fitted("rds:startDBInstance", {name: "d"})

    assert found == {"DBInstanceIdentifier": "d"}


@pytest.mark.parametrize("name", ["logGroupName", "loggroupname", "LOGGROUPNAME"])
def test_a_field_in_other_letters_is_not_known(name):
    _, faults = fit(shape("cloudwatchlogs:createLogGroup"), {name: "g"})

    assert "did you mean 'LogGroupName'?" in faults[0].advice


def test_fields_inside_are_found_by_their_javas_names():
    item = {"a": {"S": "x"}, "b": {"Nul": True}, "c": {"L": [{"N": "1"}]}}

    assert fitted("dynamodb:putItem", {"TableName": "t", "Item": item}) == {
        "TableName": "t",
        "Item": {"a": {"S": "x"}, "b": {"NULL": True}, "c": {"L": [{"N": "1"}]}},
    }


def test_null_is_a_field_that_is_not_given():
    assert fitted("sqs:listQueues", {"MaxResults": None}) == {}


@pytest.mark.parametrize(
    ("action", "given", "sent"),
    [
        ("sqs:listQueues", {"MaxResults": "7"}, {"MaxResults": 7}),
        ("sqs:listQueues", {"MaxResults": 7.0}, {"MaxResults": 7}),
        (
            "dynamodb:getItem",
            {"TableName": "t", "Key": {}, "ConsistentRead": "true"},
            {"TableName": "t", "Key": {}, "ConsistentRead": True},
        ),
        (
            "autoscaling:setDesiredCapacity",
            {
                "AutoScalingGroupName": "g",
                "DesiredCapacity": 1,
                "HonorCooldown": "false",
            },
            {
                "AutoScalingGroupName": "g",
                "DesiredCapacity": 1,
                "HonorCooldown": False,
            },
        ),
        (
            "autoscaling:putScalingPolicy",
            {
                "AutoScalingGroupName": "g",
                "PolicyName": "p",
                "TargetTrackingConfiguration": {"TargetValue": "1.5e1"},
            },
            {
                "AutoScalingGroupName": "g",
                "PolicyName": "p",
                "TargetTrackingConfiguration": {"TargetValue": 15.0},
            },
        ),
    ],
)
def test_numbers_and_truths_may_be_texts(action, given, sent):
    assert fitted(action, given) == sent


@pytest.mark.parametrize(
    ("body", "sent"),
    [("é", "é".encode()), ({"n": 1}, b'{"n":1}'), ([1], b"[1]")],
)
def test_bytes_are_a_text_or_json(body, sent):
    given = {"Bucket": "b", "Key": "k", "Body": body}

    assert fitted("s3:putObject", given)["Body"] == sent


def test_a_binary_attribute_is_written_in_base64():
    given = {"TableName": "t", "Key": {"k": {"B": "AAE="}}}

    assert fitted("dynamodb:getItem", given)["Key"] == {"k": {"B": b"\x00\x01"}}


@pytest.mark.parametrize("value", ["?", 5, [1], "é"])
def test_a_binary_attribute_that_is_no_base64_does_not_fit(value):
    given = {"TableName": "t", "Key": {"k": {"B": value}}}

    assert faults("dynamodb:getItem", given) == [
        "The value for the field 'B' must be a STRING"
    ]


def test_times_may_be_texts_or_numbers():
    given = {"LogGroupName": "g", "LogStreamName": "s", "LogEvents": []}
    assert fitted("cloudwatchlogs:putLogEvents", given)["logEvents"] == []

    entry = {"Time": "2024-05-01T12:00:00Z"}
    assert fitted("eventbridge:putEvents", {"Entries": [entry]}) == {"Entries": [entry]}


def test_a_document_is_passed_as_it_is():
    given = {
        "ModelId": "m",
        "AdditionalModelRequestFields": {"top": [1, {"k": None}]},
    }

    assert fitted("bedrockruntime:converse", given) == {
        "modelId": "m",
        "additionalModelRequestFields": {"top": [1, {"k": None}]},
    }


@pytest.mark.parametrize(
    ("action", "given", "says"),
    [
        (
            "dynamodb:getItem",
            {"TabelName": "t", "Key": {"k": {"S": 1}}},
            [
                "The field 'TabelName' is not supported by Step Functions",
                "The value for the field 'S' must be a STRING",
                "The field 'TableName' is required but was missing",
            ],
        ),
        ("sqs:listQueues", [], ["The value for the field 'Parameters' must be an OBJ"]),
        ("sqs:listQueues", {"MaxResults": 1.5}, ["'MaxResults' must be an INTEGER"]),
        ("sqs:listQueues", {"MaxResults": True}, ["'MaxResults' must be an INTEGER"]),
        ("sqs:listQueues", {"MaxResults": "x"}, ["'MaxResults' must be an INTEGER"]),
        ("eventbridge:putEvents", {"Entries": 1}, ["'Entries' must be an ARRAY"]),
        ("eventbridge:putEvents", {"Entries": [1]}, ["'[0]' must be an OBJECT"]),
        (
            "eventbridge:putEvents",
            {"Entries": [{"Time": [], "Detail": {}}]},
            ["'Time' must be a TIMESTAMP", "'Detail' must be a STRING"],
        ),
        ("s3:listBuckets", {"Zzz": 1}, ["The field 'Zzz' is not supported"]),
    ],
)
def test_what_does_not_fit_is_said_in_step_functions_words(action, given, says):
    found = faults(action, given)

    assert len(found) == len(says)
    assert all(said in each for said, each in zip(says, found, strict=True))


def test_an_action_without_parameters_takes_none():
    action = find_action("ecr", "describeRegistry")
    empty = find_action("sts", "getCallerIdentity")

    assert fit(action.operation.input_shape, {}) == ({}, [])
    assert fit(empty.operation.input_shape, {}) == ({}, [])
    assert [str(each) for each in fit(None, {"A": 1})[1]] == [
        "The field 'A' is not supported by Step Functions"
    ]


@pytest.mark.parametrize(("detail", "sent"), [({"n": 1}, '{"n":1}'), ("x", "x")])
def test_a_loose_text_may_be_json(detail, sent):
    given = {"Entries": [{"Detail": detail}]}

    found = fitted("eventbridge:putEvents", given, loose=frozenset({"Detail"}))

    assert found == {"Entries": [{"Detail": sent}]}


def test_what_is_computed_says_nothing_and_is_not_missing():
    given = {"TableName.$": "$.a", "Key": {"k.$": "$.b"}}

    def computed(name, value):
        return name.endswith(".$")

    assert faults("dynamodb:getItem", given, computed=computed) == []
    assert faults("dynamodb:getItem", given)[0].startswith("The field 'TableName.$'")


def test_the_advice_names_what_was_meant():
    given = {"TableName": "t", "Key": {}, "ConsistendRead": True}
    (found,) = fit(shape("dynamodb:getItem"), given)[1]

    assert (
        found.advice == "unknown field 'ConsistendRead'; did you mean 'ConsistentRead'?"
    )
    assert found.path == ("ConsistendRead",)


def output(action):
    return find_action(*action.split(":")).operation.output_shape


def test_an_answer_is_json_with_javas_names():
    given = {
        "Item": {"a": {"NULL": True}, "b": {"B": b"\x00"}, "c": {"SS": ["x"]}},
        "ConsumedCapacity": None,
    }

    assert as_json(output("dynamodb:getItem"), given, java_name) == {
        "Item": {"a": {"Nul": True}, "b": {"B": "AA=="}, "c": {"Ss": ["x"]}}
    }


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2024, 5, 1, 12, tzinfo=UTC), "2024-05-01T12:00:00Z"),
        (datetime(2024, 5, 1, 12, 0, 0, 250000, UTC), "2024-05-01T12:00:00.250Z"),
    ],
)
def test_times_of_an_answer_are_texts(moment, text):
    given = {"LastModified": moment}

    assert as_json(output("s3:headObject"), given, str) == {"LastModified": text}


@pytest.mark.parametrize(
    ("content", "text"), [(b"caf\xc3\xa9", "café"), (b"\xff\x00", "/wA=")]
)
def test_bytes_of_an_answer_are_a_text_or_base64(content, text):
    assert as_json(output("s3:getObject"), {"Body": content}, str) == {"Body": text}
