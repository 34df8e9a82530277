"""ItemReader, ItemBatcher and ResultWriter of a Map."""

import pytest

from chalicelib.expressions import evaluate
from chalicelib.expressions.scope import View
from chalicelib.formats import check_definition, compile_definition
from chalicelib.model.expressions import Literal

PROCESSOR = {
    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
    "StartAt": "P",
    "States": {"P": {"Type": "Pass", "End": True}},
}
GET = {
    "Resource": "arn:aws:states:::s3:getObject",
    "Parameters": {"Bucket": "b", "Key.$": "$.key"},
    "ReaderConfig": {"InputType": "JSON"},
}
LIST = {
    "Resource": "arn:aws:states:::s3:listObjectsV2",
    "Parameters": {"Bucket": "b"},
}
PUT = {
    "Resource": "arn:aws:states:::s3:putObject",
    "Parameters": {"Bucket": "out", "Prefix": "p"},
}


def machine(state, **top):
    each = {"Type": "Map", "ItemProcessor": PROCESSOR, "End": True} | state
    return {"StartAt": "Each", "States": {"Each": each}} | top


def compiled(state, **top):
    flow = compile_definition(machine(state, **top), name="w")
    return flow.scope.states["Each"].work


def value(expression, data=None):
    return evaluate(expression, View(data, raw_input=data, input=data))


def problems(state, **top):
    return [
        (each.path, each.message) for each in check_definition(machine(state, **top))
    ]


# -- what it becomes ------------------------------------------------------------------


def test_an_object_is_asked_for_with_the_request_of_s3():
    reader = compiled({"ItemReader": GET}).reader

    assert reader.resource == "s3:read"
    assert value(reader.arguments, {"key": "k"}) == {
        "action": "getObject",
        "request": {"Bucket": "b", "Key": "k"},
        "config": {"InputType": "JSON"},
    }


def test_a_list_of_objects_needs_no_configuration():
    reader = compiled({"ItemReader": LIST}).reader

    assert value(reader.arguments) == {
        "action": "listObjectsV2",
        "request": {"Bucket": "b"},
        "config": {},
    }


@pytest.mark.parametrize(
    ("config", "most"),
    [
        ({"MaxItems": 7}, 7),
        ({"MaxItemsPath": "$.most"}, 9),
    ],
)
def test_the_most_items_may_be_a_number_or_a_path(config, most):
    reader = compiled({"ItemReader": {**LIST, "ReaderConfig": config}}).reader

    assert value(reader.arguments, {"most": "9"})["config"] == {"MaxItems": most}


def test_jsonata_writes_the_same_with_expressions():
    reader = {
        "Resource": GET["Resource"],
        "Arguments": {"Bucket": "b", "Key": "{% $states.input.key %}"},
        "ReaderConfig": {"InputType": "JSONL", "MaxItems": "{% 1 + 1 %}"},
    }
    batcher = {
        "MaxItemsPerBatch": "{% 3 %}",
        "MaxInputBytesPerBatch": 50,
        "BatchInput": "{% $states.input.key %}",
    }
    writer = {"Resource": PUT["Resource"], "Arguments": {"Bucket": "out"}}
    state = {"ItemReader": reader, "ItemBatcher": batcher, "ResultWriter": writer}

    work = compiled(state, QueryLanguage="JSONata")

    assert value(work.reader.arguments, {"key": "k"}) == {
        "action": "getObject",
        "request": {"Bucket": "b", "Key": "k"},
        "config": {"InputType": "JSONL", "MaxItems": 2},
    }
    assert value(work.batcher.max_items) == 3
    assert value(work.batcher.max_bytes) == 50
    assert value(work.batcher.input, {"key": "k"}) == "k"
    assert value(work.writer.arguments)["request"] == {"Bucket": "out"}


def test_items_are_put_together_by_number_and_by_size():
    batcher = {
        "MaxItemsPerBatchPath": "$.n",
        "MaxInputBytesPerBatch": 50,
        "BatchInput": {"k.$": "$.k"},
    }
    found = compiled({"ItemBatcher": batcher}).batcher

    given = {"n": 2, "k": "v"}
    assert value(found.max_items, given) == 2
    assert value(found.max_bytes, given) == 50
    assert value(found.input, given) == {"k": "v"}


def test_results_go_to_a_bucket():
    writer = compiled({"ResultWriter": PUT, "Label": "Runs"}).writer

    assert writer.resource == "s3:write"
    assert value(writer.arguments) == {
        "request": {"Bucket": "out", "Prefix": "p"},
        "config": {},
        "label": "Runs",
    }


def test_a_writer_may_say_how_results_are_written():
    config = {"OutputType": "JSONL", "Transformation": "FLATTEN"}
    writer = compiled({"ResultWriter": {**PUT, "WriterConfig": config}}).writer

    assert value(writer.arguments)["config"] == config


def test_a_writer_without_a_resource_leaves_the_output_as_it_is():
    config = {"Transformation": "COMPACT", "OutputType": "JSON"}

    assert compiled({"ResultWriter": {"WriterConfig": config}}).writer is None


@pytest.mark.parametrize(
    ("state", "label"),
    [
        ({}, "Each"),
        ({"Label": "Runs"}, "Runs"),
        ({"ItemProcessor": {**PROCESSOR, "ProcessorConfig": {"Mode": "INLINE"}}}, ""),
        (
            {
                "ItemProcessor": {**PROCESSOR, "ProcessorConfig": {}},
                "ItemReader": LIST,
            },
            "Each",
        ),
    ],
)
def test_a_run_is_called_by_its_label_or_by_its_state(state, label):
    assert compiled(state).label == label


def test_a_distributed_map_tolerates_nothing_unless_it_says_so():
    inline = {"ItemProcessor": {**PROCESSOR, "ProcessorConfig": {"Mode": "INLINE"}}}

    assert compiled({}).tolerated_count == Literal(value=0)
    assert compiled({"ToleratedFailurePercentage": 5}).tolerated_count is None
    assert compiled(inline).tolerated_count is None


# -- what is wrong --------------------------------------------------------------------

CSV = {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}


def reading(config):
    return {"ItemReader": {**GET, "ReaderConfig": config}}


@pytest.mark.parametrize(
    ("state", "place", "message"),
    [
        ({"ItemReader": {}}, "/ItemReader", "'Resource' is missing"),
        (
            {"ItemReader": {**GET, "Resource": "arn:aws:states:::s3:copyObject"}},
            "/ItemReader/Resource",
            "use arn:aws:states:::s3:getObject",
        ),
        (
            {"ItemReader": {**GET, "Resource": "s3:getObject"}},
            "/ItemReader/Resource",
            "is not known here",
        ),
        (
            {"ItemReader": {"Resource": LIST["Resource"]}},
            "/ItemReader",
            "'Parameters' is missing",
        ),
        (
            {"ItemReader": {**GET, "Parameters": {"Bucket": "b"}}},
            "/ItemReader/Parameters",
            "'Key' is missing",
        ),
        (
            {"ItemReader": {**GET, "ReaderConfig": None}},
            "/ItemReader/ReaderConfig",
            "must be an object",
        ),
        (reading({}), "/ItemReader/ReaderConfig", "'InputType' is missing"),
        (
            {
                "ItemReader": {
                    **LIST,
                    "ReaderConfig": {"Transformation": "LOAD_AND_FLATTEN"},
                }
            },
            "/ItemReader/ReaderConfig",
            "'InputType' is missing",
        ),
        (
            reading({"InputType": "PARQUET"}),
            "/ItemReader/ReaderConfig/InputType",
            "CSV",
        ),
        (
            reading({"InputType": "CSV"}),
            "/ItemReader/ReaderConfig",
            "'CSVHeaderLocation' is missing",
        ),
        (
            reading({"InputType": "CSV", "CSVHeaderLocation": "GIVEN"}),
            "/ItemReader/ReaderConfig",
            "'CSVHeaders' is missing",
        ),
        (
            reading({**CSV, "CSVHeaders": ["a"]}),
            "/ItemReader/ReaderConfig/CSVHeaders",
            "the first row has the names",
        ),
        (
            reading({**CSV, "MaxItems": 1, "MaxItemsPath": "$.n"}),
            "/ItemReader/ReaderConfig/MaxItemsPath",
            "'MaxItems' is there already",
        ),
        (reading({**CSV, "MaxItems": -1}), "/ItemReader/ReaderConfig/MaxItems", "0"),
        (
            reading({**CSV, "CSVDelimiter": ","}),
            "/ItemReader/ReaderConfig/CSVDelimiter",
            "COMMA",
        ),
        ({"ItemBatcher": {}}, "/ItemBatcher", "nothing limits a batch"),
        (
            {"ItemBatcher": {"MaxItemsPerBatch": 0}},
            "/ItemBatcher/MaxItemsPerBatch",
            "1",
        ),
        ({"ResultWriter": {}}, "/ResultWriter", "a Resource, or a WriterConfig"),
        (
            {"ResultWriter": {"WriterConfig": {"Transformation": "FLATTEN"}}},
            "/ResultWriter/WriterConfig/Transformation",
            "only COMPACT is supported",
        ),
        (
            {"ResultWriter": {**PUT, "Resource": GET["Resource"]}},
            "/ResultWriter/Resource",
            "use arn:aws:states:::s3:putObject",
        ),
        (
            {"ResultWriter": {**PUT, "Parameters": {}}},
            "/ResultWriter/Parameters",
            "'Bucket' is missing",
        ),
        ({"Label": "x" * 41}, "/Label", "at most 40 characters"),
        ({"Label": "one two"}, "/Label", "no spaces, wildcards"),
        ({"Label": "a*"}, "/Label", "no spaces, wildcards"),
        (
            reading({"InputType": "CSV", "ManifestType": "S3_INVENTORY"}),
            "/ItemReader/ReaderConfig/InputType",
            "the files of an inventory are CSV",
        ),
        (
            reading({"InputType": "JSON", "ManifestType": "ATHENA_DATA"}),
            "/ItemReader/ReaderConfig/InputType",
            "a manifest of Athena leads to files of type",
        ),
        (
            reading({**CSV, "ItemsPointer": "/a"}),
            "/ItemReader/ReaderConfig/ItemsPointer",
            "this is for files of type",
        ),
        (
            reading({"InputType": "JSON", "ItemsPointer": "a/b"}),
            "/ItemReader/ReaderConfig/ItemsPointer",
            "must be a JSON pointer",
        ),
        (
            reading({"InputType": "JSONL", "CSVHeaders": ["a"]}),
            "/ItemReader/ReaderConfig/CSVHeaders",
            "this is for files of type",
        ),
    ],
)
def test_what_is_wrong_is_said_in_its_place(state, place, message):
    found = problems(state)

    assert [path for path, _ in found] == [f"/States/Each{place}"] * len(found)
    assert message in found[0][1]


def test_an_inventory_needs_no_type_of_file():
    reader = {**GET, "ReaderConfig": {"ManifestType": "S3_INVENTORY"}}

    config = dict(compiled({"ItemReader": reader}).reader.arguments.fields)["config"]

    assert config.value == {"ManifestType": "S3_INVENTORY", "InputType": "MANIFEST"}


def test_two_runs_are_not_called_alike():
    def run(name, **leads):
        processor = {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            "StartAt": name,
            "States": {name: {"Type": "Pass", "End": True}},
        }
        return {"Type": "Map", "Label": "run", "ItemProcessor": processor, **leads}

    states = {"A": run("x", Next="B"), "B": run("y", End=True)}

    (found,) = check_definition({"StartAt": "A", "States": states})

    assert found.path == "/States/B/Label"
    assert "there is a Label 'run' elsewhere" in found.message


def test_who_says_distributed_says_the_type_of_the_executions():
    processor = {**PROCESSOR, "ProcessorConfig": {"Mode": "DISTRIBUTED"}}

    ((path, message),) = problems({"ItemProcessor": processor})

    assert path.endswith("/ItemProcessor/ProcessorConfig")
    assert "'ExecutionType' is missing" in message


def test_an_object_without_a_configuration_is_refused():
    reader = {name: GET[name] for name in ("Resource", "Parameters")}

    ((path, message),) = problems({"ItemReader": reader})

    assert path.startswith("/States/Each/ItemReader")
    assert "'ReaderConfig' is missing" in message


def test_arguments_are_missing_in_jsonata():
    found = problems(
        {"ItemReader": {"Resource": LIST["Resource"]}}, QueryLanguage="JSONata"
    )

    assert "'Arguments' is missing" in found[0][1]


@pytest.mark.parametrize("resource", [None, 3])
def test_a_resource_that_is_no_text_is_one_problem(resource):
    assert len(problems({"ItemReader": {**LIST, "Resource": resource}})) == 1
    assert len(problems({"ResultWriter": {**PUT, "Resource": resource}})) == 1
