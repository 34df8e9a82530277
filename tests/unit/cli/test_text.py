import pytest

from chalicelib.cli import text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.00 s"),
        (9.99, "9.99 s"),
        (59.9, "59.9 s"),
        (59.96, "1 min 0 s"),
        (3599.6, "1 h 0 min"),
        (86400, "1 d 0 h"),
    ],
)
def test_duration_is_in_the_unit_a_person_would_use(seconds, words):
    assert text.duration(seconds) == words


def test_no_moment_is_no_text():
    assert text.moment_text(None) == ""


def test_columns_are_aligned_also_under_wide_characters():
    lines = text.table(("NAME", "N"), [("视频", "1"), ("ab", "22")], right=(1,))

    assert lines == ["NAME   N", "视频   1", "ab    22"]


def test_long_cell_is_cut():
    lines = text.table(("NAME",), [("x" * 99,)], cells=8)

    assert lines[1] == "x" * 7 + "~"


def test_accent_takes_no_column():
    assert text.width_of("e\u0301") == 1


def test_facts_without_value_are_left_out():
    assert text.facts([("a", "1"), ("long", ""), ("bb", "2")]) == ["a   1", "bb  2"]


def test_long_value_is_cut_and_says_so():
    lines = text.json_lines("x" * 3000, limit=10)

    assert lines.startswith('"xxxxxxxxx\n… cut at 10 of 3002')


def test_short_value_is_shown_whole():
    assert text.json_lines({"文": 1}) == '{\n  "文": 1\n}'


@pytest.mark.parametrize(
    ("problem", "lines"),
    [
        pytest.param(
            {"title": "No such workflow", "detail": "no workflow 'x'"},
            ["No such workflow: no workflow 'x'"],
            id="title and detail",
        ),
        pytest.param({"title": "Forbidden"}, ["Forbidden"], id="title alone"),
        pytest.param({"message": "Forbidden"}, ["Forbidden"], id="API Gateway's own"),
        pytest.param({}, ["refused"], id="nothing at all"),
        pytest.param(
            {
                "title": "The definition has problems",
                "problems": [
                    {"line": 3, "column": 5, "path": "/States", "message": "empty"},
                    {"message": "no name"},
                    {"line": 1, "column": 1, "file": "b.yaml", "message": "no"},
                ],
            },
            ["a.yaml:3:5 /States: empty", "a.yaml: no name", "b.yaml:1:1: no"],
            id="problems of a definition, one per line",
        ),
    ],
)
def test_problem_lines(problem, lines):
    assert text.problem_lines(problem, "a.yaml") == lines


def test_problem_without_any_place_is_its_message():
    assert text.problem_lines({"problems": [{"message": "no"}]}) == ["no"]


def test_colour_is_left_out_where_unwanted_or_unknown():
    assert text.painted("a", "red", colours=False) == "a"
    assert text.painted("a", None, colours=True) == "a"
    assert text.painted("a", "red", colours=True) == "\x1b[31ma\x1b[0m"


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        ("no ink", "Bad: no ink"),
        ("", "Bad"),
        (None, "Bad"),
        ("{broken", "Bad: {broken"),
        ('["no ink"]', 'Bad: ["no ink"]'),
        ('{"errorMessage": "no ink", "stackTrace": []}', "Bad: no ink"),
        ('{"Cause": "{\\"errorMessage\\": \\"no ink\\"}"}', "Bad: no ink"),
        ('{"errorMessage": 7}', 'Bad: {"errorMessage": 7}'),
    ],
)
def test_failure_is_told_by_its_innermost_message(cause, said):
    assert text.failure("Bad", cause) == said
