"""Which items a file holds, and in which files results go."""

import gzip
import json

import pytest

from chalicelib.dispatchers.item_files import (
    Inventory,
    ObjectName,
    inventory_in,
    items_in,
    names_in,
    result_files,
    unzipped,
)
from chalicelib.errors import InputRefused

FIRST_ROW = {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}


def items(text, **config):
    content = text if isinstance(text, bytes) else text.encode("utf-8")
    return list(items_in([content], config))


# -- JSON ---------------------------------------------------------------------------


def test_a_json_file_holds_an_array():
    assert items('[1, {"a": null}]', InputType="JSON") == [1, {"a": None}]


def test_json_is_what_a_file_holds_when_nobody_says():
    assert items("[1]") == [1]


def test_a_mark_of_the_byte_order_is_no_part_of_a_file():
    assert items(b"\xef\xbb\xbf[1]") == [1]
    assert items(b"\xef\xbb\xbfa\nb\n", **FIRST_ROW) == [{"a": "b"}]


@pytest.mark.parametrize("text", ['{"a": 1}', "1", '"text"', "null"])
def test_what_is_no_array_cannot_be_mapped_over(text):
    with pytest.raises(InputRefused, match="Attempting to map over non-iterable"):
        items(text, InputType="JSON")


@pytest.mark.parametrize("text", ["", "[1", "[1] 2", b"[\xff]"])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(InputRefused, match="the file is not JSON"):
        items(text, InputType="JSON")


@pytest.mark.parametrize(
    ("pointer", "found"),
    [("", [[1]]), ("/0", [1]), ("/0/a~1b/~0", [2]), ("/1/", [3])],
)
def test_a_pointer_leads_to_the_array(pointer, found):
    texts = {"": "[[1]]", "/0": "[[1]]", "/0/a~1b/~0": '[{"a/b": {"~": [2]}}]'}
    text = texts.get(pointer, '[0, {"": [3]}]')

    assert items(text, ItemsPointer=pointer) == found


@pytest.mark.parametrize("pointer", ["/b", "/0", "/a/5", "/a/-1", "/a/0/x"])
def test_a_pointer_that_leads_to_nothing_is_refused(pointer):
    with pytest.raises(InputRefused, match="leads to nothing"):
        items('{"a": [1]}', ItemsPointer=pointer)


def test_a_pointer_begins_with_a_slash():
    with pytest.raises(InputRefused, match="does not begin with /"):
        items("[1]", ItemsPointer="a")


# -- JSON Lines ---------------------------------------------------------------------


def test_each_line_is_an_item():
    assert items('{"a": 1}\n\n[2]\r\n3', InputType="JSONL") == [{"a": 1}, [2], 3]


def test_a_line_that_is_no_json_is_named():
    with pytest.raises(InputRefused, match="line 2 of the file is not JSON"):
        items("1\n{\n", InputType="JSONL")


def test_a_character_may_be_cut_in_two():
    chunks = [b'"\xc3', b'\xa9"\n"', b'b"']

    assert list(items_in(chunks, {"InputType": "JSONL"})) == ["é", "b"]


def test_a_file_is_read_no_further_than_its_items_are_asked_for():
    def chunks():
        yield b"1\n2\n"
        raise AssertionError

    found = items_in(chunks(), {"InputType": "JSONL"})

    assert [next(found), next(found)] == [1, 2]


@pytest.mark.parametrize("kind", ["JSONL", "CSV"])
def test_what_is_not_utf_8_is_refused(kind):
    with pytest.raises(InputRefused, match="the file is not UTF-8"):
        items(b"a\n\xff\n" if kind == "CSV" else b"\xff", InputType=kind)


# -- CSV ----------------------------------------------------------------------------


def test_the_first_row_names_the_columns():
    assert items("a,b\n1,2\n3,4\n", **FIRST_ROW) == [
        {"a": "1", "b": "2"},
        {"a": "3", "b": "4"},
    ]


def test_columns_may_be_named_outside_of_the_file():
    given = {"CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "b"]}

    assert items("1,2\n", InputType="CSV", **given) == [{"a": "1", "b": "2"}]


def test_a_short_row_is_filled_up_and_a_long_one_cut():
    assert items("a,b\n1\n1,2,3\n", **FIRST_ROW) == [
        {"a": "1", "b": ""},
        {"a": "1", "b": "2"},
    ]


def test_empty_rows_are_no_items():
    assert items("a\n\n1\n\n", **FIRST_ROW) == [{"a": "1"}]


def test_an_empty_table_has_no_items():
    assert items("", **FIRST_ROW) == []


def test_quotation_marks_may_hold_commas_line_ends_and_themselves():
    text = 'a,b\r\n"1,\n""2""",3\r\n'

    assert items(text, **FIRST_ROW) == [{"a": '1,\n"2"', "b": "3"}]


@pytest.mark.parametrize(
    ("name", "sign"),
    [("COMMA", ","), ("PIPE", "|"), ("SEMICOLON", ";"), ("SPACE", " "), ("TAB", "\t")],
)
def test_each_delimiter_has_a_name(name, sign):
    text = f"a{sign}b\n1{sign}2\n"

    assert items(text, CSVDelimiter=name, **FIRST_ROW) == [{"a": "1", "b": "2"}]


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(InputRefused, match="CSV headers cannot contain duplicates"):
        items("a,a\n1,2\n", **FIRST_ROW)


def test_a_field_that_is_too_long_is_refused():
    with pytest.raises(InputRefused, match="the file is not CSV: field larger"):
        items("a\n" + "x" * 200_000, **FIRST_ROW)


def test_other_types_are_refused():
    with pytest.raises(InputRefused, match="type PARQUET"):
        items("", InputType="PARQUET")


# -- files that name files -----------------------------------------------------------

MANIFEST = {
    "destinationBucket": "arn:aws:s3:::lists",
    "fileFormat": "CSV",
    "fileSchema": "Bucket, Key, Size",
    "files": [{"key": "data/1.csv.gz"}, {"key": "data/2.csv.gz"}],
}


def test_an_inventory_names_files_and_their_columns():
    found = inventory_in([json.dumps(MANIFEST).encode()])

    assert found == Inventory(
        [ObjectName("lists", "data/1.csv.gz"), ObjectName("lists", "data/2.csv.gz")],
        {"InputType": "CSV", "CSVHeaders": ["Bucket", "Key", "Size"]},
    )


@pytest.mark.parametrize(
    "manifest",
    [[], 1, {}, {**MANIFEST, "files": [1]}, {**MANIFEST, "fileSchema": None}],
)
def test_what_is_no_inventory_is_refused(manifest):
    with pytest.raises(InputRefused, match="not that of an S3 inventory"):
        inventory_in([json.dumps(manifest).encode()])


def test_an_inventory_in_another_format_is_refused():
    manifest = {**MANIFEST, "fileFormat": "ORC"}

    with pytest.raises(InputRefused, match="of type ORC"):
        inventory_in([json.dumps(manifest).encode()])


def test_a_manifest_of_athena_names_an_object_in_each_line():
    text = b'"s3://b/a/1.csv"\n\ns3://c/2.csv\n'

    assert list(names_in([text])) == [
        ObjectName("b", "a/1.csv"),
        ObjectName("c", "2.csv"),
    ]


@pytest.mark.parametrize("line", ["http://b/k", "s3://b", "s3:///k", "b/k"])
def test_what_is_no_address_of_s3_is_refused(line):
    with pytest.raises(InputRefused, match="not s3://"):
        list(names_in([line.encode()]))


def test_a_gzip_file_is_unpacked_piece_by_piece():
    packed = gzip.compress(b"x" * 3_000_000)

    pieces = list(unzipped([packed[:100], packed[100:]]))

    assert b"".join(pieces) == b"x" * 3_000_000
    assert max(map(len, pieces)) <= 1024 * 1024


def test_a_damaged_gzip_file_is_refused():
    with pytest.raises(InputRefused, match="the file is not gzip"):
        list(unzipped([b"nothing of the kind"]))


# -- results ---------------------------------------------------------------------------

WENT_WELL = {"input": {"n": 1}, "output": [1, 2]}
WENT_BADLY = {"input": 2, "error": "E", "cause": "c"}


def content(files):
    return {each.name: json.loads(each.content) for each in files}


def test_results_are_described_and_kept_apart_by_status():
    files = result_files([WENT_WELL, WENT_BADLY], {}, "Each")

    assert content(files) == {
        "SUCCEEDED_0.json": [
            {
                "Name": "Each-0",
                "Status": "SUCCEEDED",
                "Input": '{"n":1}',
                "InputDetails": {"Included": True},
                "Output": "[1,2]",
                "OutputDetails": {"Included": True},
            }
        ],
        "FAILED_0.json": [
            {
                "Name": "Each-1",
                "Status": "FAILED",
                "Input": "2",
                "InputDetails": {"Included": True},
                "Error": "E",
                "Cause": "c",
            }
        ],
    }


@pytest.mark.parametrize(
    ("transformation", "found"),
    [("COMPACT", [[1, 2], "a"]), ("FLATTEN", [1, 2, "a"])],
)
def test_outputs_may_be_all_that_is_written(transformation, found):
    results = [WENT_WELL, {"input": 3, "output": "a"}, WENT_BADLY]

    files = content(result_files(results, {"Transformation": transformation}, "Each"))

    assert files["SUCCEEDED_0.json"] == found
    assert files["FAILED_0.json"][0]["Error"] == "E"


def test_results_may_be_lines():
    config = {"Transformation": "COMPACT", "OutputType": "JSONL"}

    (file,) = result_files([WENT_WELL, {"input": 3, "output": "é"}], config, "Each")

    assert file.name == "SUCCEEDED_0.jsonl"
    assert file.content == '[1,2]\n"é"\n'.encode()


def test_no_results_are_no_files():
    assert result_files([], {}, "Each") == []


def test_half_a_surrogate_pair_can_be_written():
    (file,) = result_files(
        [{"input": 1, "output": "\ud800"}], {"Transformation": "COMPACT"}, "Each"
    )

    assert json.loads(file.content) == ["\ud800"]
