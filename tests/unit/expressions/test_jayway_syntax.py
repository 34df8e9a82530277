import pytest

from chalicelib.errors import EvaluationFailure
from chalicelib.model.jayway import Names, Positions, plain_steps
from chalicelib.model.jayway_grammar import parse


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "a name is expected"),
        ("$$$", "'$' is not expected at character 2"),
        ("num == 4", "' ' is not expected"),
        ("$.", "a name is expected"),
        ("$..", "expected after '..'"),
        ("$...a", "a name is expected"),
        ("$.a..", "expected after '..'"),
        ("$.a b", "' ' is not expected"),
        ("$a", "'a' is not expected"),
        ("$.a[", "a position, a name in quotes"),
        ("$.a[]", "a position, a name in quotes"),
        ("$.a[1", "']' is expected"),
        ("$.a[1,]", "a position is expected"),
        ("$.a[1:2:3]", "']' is expected"),
        ("$.a['b'", "']' is expected"),
        ("$.a['b", "the quote is not closed"),
        ("$.a['b',1]", "a text in quotes is expected"),
        ("$.a[?]", "'(' is expected"),
        ("$.a[?(@.b]", "')' is expected"),
        ("$.a[?(@.b)", "']' is expected"),
        ("$.a[?()]", "a path or a constant is expected"),
        ("$.a[?(@.b == )]", "a path or a constant is expected"),
        ("$.a[?(@.b == maybe)]", "a path or a constant is expected"),
        ("$.a[?(1)]", "an operator is expected"),
        ("$.a[?(@.b <> 1)]", "<> is not an operator"),
        ("$.a[?(@.b near 1)]", "near is not an operator"),
        ("$.a[?(@.b in [1 2])]", "',' is expected"),
        ("$.a.total()", "total() is not a function"),
        ("$.a.length(", "')' is expected"),
        ("$.a.index()", "index() needs a number"),
        ("$.a[?(@.b =~ /x)]", "not closed"),
        ("$.a[?(@.b =~ /x/q)]", "the flag 'q' is not known"),
        ("$.a[?(@.b =~ /[/)]", "the regular expression is wrong"),
        ("$.a[?(@.b =~ /(x/)]", "the regular expression is wrong"),
        ("$.a[?(@.b =~ /(x+)+/)]", "a repetition inside a repeated group"),
        ("$.a[?(@.b =~ /((x+)y)*z/)]", "a repetition inside a repeated group"),
        ("$.a[?(@.b =~ /(x|x)*/)]", "a repetition inside a repeated group"),
        ("$.a[?" + "(" * 20 + "@.b" + ")" * 20 + "]", "nested more than 16"),
        ("$." + "a" * 4_000, "may have 4000 characters"),
    ],
)
def test_what_is_no_path_is_refused_with_the_reason(text, why):
    with pytest.raises(EvaluationFailure) as refused:
        parse(text)

    assert refused.value.error == "invalid_path"
    assert why in refused.value.cause


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("$", ()),
        (" $.a.b ", ("a", "b")),
        ("@.a", ("a",)),
        ("$.content-type", ("content-type",)),
        ("$['a.b'][0]", ("a.b", 0)),
        (r"$['it\'s']", ("it's",)),
        (r'$["a\"b"]', ('a"b',)),
        (r"$['a\\b']", ("a\\b",)),
        (r"$['a\qb']", ("aqb",)),
        ("$.a[-1]", ("a", -1)),
        ("$.a[*]", None),
        ("$.a['b','c']", None),
    ],
)
def test_steps_of_a_path(text, steps):
    assert parse(text).steps == steps


@pytest.mark.parametrize("text", ["$.a", "$.a[0].b", "$.a['b','c']", "$..a.sum()"])
def test_definite_paths(text):
    assert parse(text).is_definite


@pytest.mark.parametrize(
    "text", ["$.*", "$.a[0,1]", "$.a[1:]", "$..a", "$.a[?(@.b)]", "$['a','b'].c"]
)
def test_forking_paths(text):
    assert not parse(text).is_definite


def test_escaped_characters_of_a_pattern_are_no_repetition():
    assert parse(r"$.a[?(@.b =~ /(\+\|[*+]\d)+x?/)]").steps is None


def test_plain_steps_are_names_and_positions():
    assert plain_steps((Names(("a",)), Positions((1,)))) == ("a", 1)
    assert plain_steps((Names(("a", "b")),)) is None
