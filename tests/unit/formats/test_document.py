import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from chalicelib.errors import DefinitionRefused
from chalicelib.formats.document import of, pointer, read
from chalicelib.values import compact

JSON_VALUES = some.recursive(
    some.none()
    | some.booleans()
    | some.integers(-(10**9), 10**9)
    | some.text('a\\"é😀\n'),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=10,
)

YAML = """\
name: ship
steps:
  - kind: wait   # a comment
    seconds: 5
  - &pack {kind: pass, tags: [a, b]}
  - *pack
"""
JSON = (
    '{"name": "ship",\n "steps": [\n  {"kind": "wait", "seconds": 5},\n  {"tags": []}]}'
)


def refusal(text, **options):
    with pytest.raises(DefinitionRefused) as refused:
        read(text, **options)
    (problem,) = refused.value.problems
    return problem


def place(document, *path, at="value"):
    problem = document.problem(path, "wrong", at=at)
    return problem.line, problem.column


def test_yaml_and_json_give_plain_values():
    pack = {"kind": "pass", "tags": ["a", "b"]}
    wait = {"kind": "wait", "seconds": 5}

    assert read(YAML).value == {"name": "ship", "steps": [wait, pack, pack]}
    assert read(JSON).value["steps"] == [wait, {"tags": []}]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        pytest.param("yes", "yes", id="yes is a text"),
        pytest.param("off", "off", id="off is a text"),
        pytest.param("010", "010", id="a leading zero makes a text, not an octal"),
        pytest.param("0x1F", "0x1F", id="hexadecimal is a text"),
        pytest.param("1:30", "1:30", id="a time of day is a text, not base sixty"),
        pytest.param("2024-01-01", "2024-01-01", id="a date is a text"),
        pytest.param("~", None, id="a tilde is null"),
        pytest.param("NULL", None, id="null in capitals"),
        pytest.param("True", True, id="true with a capital"),
        pytest.param("-12", -12, id="an integer"),
        pytest.param("1.5e3", 1500.0, id="a number with an exponent"),
        pytest.param(".5", 0.5, id="a number without a whole part"),
        pytest.param(".inf", ".inf", id="infinity is a text"),
        pytest.param("'12'", "12", id="quotes make a text"),
        pytest.param("!!str 12", "12", id="the text tag makes a text"),
        pytest.param("|-\n  12", "12", id="a block is a text"),
    ],
)
def test_words_of_yaml(word, value):
    found = read(f"at: {word}\n").value["at"]

    assert (type(found), found) == (type(value), value)


def test_names_of_fields_stay_as_they_are_written():
    assert read("200: a\nno: b\nnull: c\n").value == {
        "200": "a",
        "no": "b",
        "null": "c",
    }


def test_places_in_yaml():
    document = read(YAML)

    assert place(document) == (1, 1)
    assert place(document, "steps", 0, "seconds") == (4, 14)
    assert place(document, "steps", 0, "seconds", at="key") == (4, 5)
    assert place(document, "steps", 1, "tags", 1) == (5, 34)
    assert place(document, "steps", 2, at="key") == (6, 5)
    assert place(document, "steps", 2, "kind") == (5, 18)


def test_places_in_json():
    document = read(JSON)

    assert place(document) == place(document, at="key") == (1, 1)
    assert place(document, "steps", 0, "seconds") == (3, 31)
    assert place(document, "steps", 0, "seconds", at="key") == (3, 20)
    assert place(document, "steps", 1) == (4, 3)


@pytest.mark.parametrize("text", [YAML, JSON])
@pytest.mark.parametrize(
    ("path", "around"),
    [
        pytest.param(("steps", 0, "next"), ("steps", 0), id="a missing field"),
        pytest.param(("steps", 9), ("steps",), id="a missing element"),
        pytest.param(("steps", "x"), ("steps",), id="a name in an array"),
        pytest.param(("name", "x"), ("name",), id="a name in a text"),
        pytest.param((0,), (), id="a position in an object"),
    ],
)
def test_a_missing_place_is_shown_at_what_is_around_it(text, path, around):
    document = read(text)

    assert place(document, *path) == place(document, *around)


def test_a_position_in_an_empty_array_is_shown_at_the_array():
    assert place(read(JSON), "steps", 1, "tags", 0) == (4, 12)


def test_a_problem_has_file_and_pointer():
    problem = read(YAML, file="ship.yaml").problem(("steps", 0), "wrong")

    assert str(problem) == "ship.yaml:3:5 /steps/0: wrong"


def test_a_pointer_escapes_its_separators():
    assert pointer(("a/b", "c~d", 1)) == "/a~1b/c~0d/1"


def test_a_definition_that_came_as_a_value_has_no_lines():
    problem = of({"a": [1]}, file="x").problem(("a", 0), "wrong", at="key")

    assert (problem.line, problem.column, problem.path) == (0, 0, "/a/0")


def test_json_may_have_what_yaml_cannot():
    text = '{\n\t"smile": "\\ud83d\\ude00",\t"slash": "\\/"}'

    assert read(text).value == {"smile": "😀", "slash": "/"}


def test_yaml_in_braces_is_yaml():
    assert read("{a: 1, b: [x, 'y']}").value == {"a": 1, "b": ["x", "y"]}


def test_bytes_with_a_byte_order_mark_are_read():
    assert read(b"\xef\xbb\xbfa: 1").value == {"a": 1}


@pytest.mark.parametrize(
    ("text", "says", "where"),
    [
        pytest.param(" \n", "the text is empty", (0, 0), id="nothing"),
        pytest.param("# hm\n", "only comments", (1, 1), id="comments only"),
        pytest.param(b"\xff", "not UTF-8", (0, 0), id="not UTF-8"),
        pytest.param("\ud800", "not UTF-8", (0, 0), id="half a letter"),
        pytest.param("a: [1\n", "this is not YAML", (2, 1), id="an open bracket"),
        pytest.param("a: \x00", "this is not YAML", (0, 0), id="a null byte"),
        pytest.param("a: b: c", "this is not YAML", (1, 5), id="two colons"),
        pytest.param(
            "s:\n  - Name: A\n    Mode:Sync\n    End: true\n",
            "a space is missing behind 'Mode:'; add it",
            (3, 10),
            id="no space",
        ),
        pytest.param(
            "s:\n  - Name: A\n    Url:x\n",
            "a space is missing behind 'Url:'",
            (3, 9),
            id="no space in the last line",
        ),
        pytest.param("a: 1\na: 2", "'a' is written twice", (2, 1), id="twice, YAML"),
        pytest.param(
            '{"a": 1,\n "a": 2}', "'a' is written twice", (2, 2), id="twice, JSON"
        ),
        pytest.param('{"a": 1 "b"}', "not JSON", (1, 9), id="braces of no kind"),
        pytest.param("<<: {a: 1}", "merge keys", (1, 1), id="a merge key"),
        pytest.param("[a]: 1", "name of a field must be a text", (1, 1), id="list key"),
        pytest.param("a: !!int 1", "int is not used", (1, 4), id="a tag on a word"),
        pytest.param("a: !x {b: 1}", "!x is not used", (1, 4), id="a tag on an object"),
        pytest.param("a: !x [1]", "!x is not used", (1, 4), id="a tag on an array"),
        pytest.param(
            "a: 1\n---\nb: 2", "a second document", (2, 1), id="two documents"
        ),
        pytest.param(
            "a: *b", "undefined alias|is not known", (1, 4), id="no such alias"
        ),
        pytest.param("a: &x [*x]", "contains itself", (1, 8), id="an endless alias"),
        pytest.param("a: 1e999", "too large for JSON", (1, 4), id="infinity, YAML"),
        pytest.param('{"a": 1e999}', "too large for JSON", (0, 0), id="infinity, JSON"),
        pytest.param("[" * 70, "64 levels", (1, 66), id="too deep, YAML"),
        pytest.param("[" * 70 + "]" * 70, "64 levels", (0, 0), id="too deep, JSON"),
        pytest.param("[" * 99_999, "64 levels", (1, 66), id="far too deep"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text, says, where):
    problem = refusal(text)

    assert any(each in problem.message for each in says.split("|"))
    assert (problem.line, problem.column) == where


def test_a_json_text_that_yaml_cannot_read_either_is_judged_as_json():
    problem = refusal('{"a": "\\ud83d", "a": 1}', file="a.json")

    assert problem.message == "a name is written twice in one object; keep one of them"
    assert problem.line == 0


def test_a_number_that_is_none_is_no_json():
    assert "NaN is not JSON" in refusal('{"a": NaN}').message


def test_a_forgotten_comma_does_not_make_a_text():
    problem = refusal('{"a": 1\n "b"}')

    assert (problem.line, problem.column) == (2, 2)


def test_a_large_text_is_refused():
    assert "1048577 bytes" in refusal("x" * ((1 << 20) + 1)).message


def test_a_bomb_of_aliases_is_refused_before_it_is_large():
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]"
        for before, name in zip("abcdef", "bcdefg", strict=True)
    ]

    assert "more than 50000 values" in refusal("\n".join(lines)).message


def test_too_many_aliases_are_refused():
    text = "a: &a 1\nb: [" + "*a, " * 101 + "]"

    assert "more than 100 times" in refusal(text).message


def test_an_alias_counts_with_its_depth():
    text = "a: &a " + "[" * 40 + "]" * 40 + "\nb: " + "[" * 40 + "*a" + "]" * 40

    assert "64 levels" in refusal(text).message


def test_too_many_values_are_refused_in_json_as_in_yaml():
    text = "[" + "1," * 50_000 + "1]"

    assert "more than 50000 values" in refusal(text).message


def test_a_value_that_is_too_deep_is_refused_too():
    value = []
    for _ in range(70):
        value = [value]

    with pytest.raises(DefinitionRefused, match="64 levels"):
        of(value)


@settings(max_examples=300, deadline=None)
@given(some.text("{}[]:,'\"&*-!|>#?%@`~ \n\tab1.\\u", max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        document = read(text)
    except DefinitionRefused as refused:
        assert refused.problems[0].message
    else:
        compact(document.value)


@given(JSON_VALUES)
def test_json_is_read_as_it_is(value):
    assert read(compact([value])).value == [value]
