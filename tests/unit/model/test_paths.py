import pytest

from chalicelib.model.path_parts import (
    AllOf,
    AnyOf,
    Comparison,
    Constant,
    Deep,
    Every,
    NoneOf,
    PathError,
    Relative,
    Several,
    Slice,
    Where,
)
from chalicelib.model.paths import parse


@pytest.mark.parametrize(
    ("text", "root", "steps"),
    [
        pytest.param("$", "$", (), id="the value at hand"),
        pytest.param("$.a.b", "$", ("a", "b"), id="names"),
        pytest.param("$.a[0][-1]", "$", ("a", 0, -1), id="positions"),
        pytest.param("$['a b']['c.d']", "$", ("a b", "c.d"), id="names in quotes"),
        pytest.param('$["a"]', "$", ("a",), id="names in double quotes"),
        pytest.param(r"$['it\'s']", "$", ("it's",), id="an escaped quote"),
        pytest.param(r"$['a\"b']", "$", (r"a\"b",), id="nothing else is escaped"),
        pytest.param("$.a.[0].b", "$", ("a", 0, "b"), id="a dot before a bracket"),
        pytest.param("$.detail-type", "$", ("detail-type",), id="a name with a hyphen"),
        pytest.param("$$", "$$", (), id="the context object"),
        pytest.param("$$.Execution.Id", "$$", ("Execution", "Id"), id="in the context"),
        pytest.param("$price", "$price", (), id="a variable"),
        pytest.param("$order.items[0]", "$order", ("items", 0), id="in a variable"),
    ],
)
def test_reference_paths(text, root, steps):
    path = parse(text)

    assert (path.root, path.steps, path.is_definite) == (root, steps, True)


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("$.*", (Every(),)),
        ("$.a[*]", ("a", Every())),
        ("$..a", (Deep(), "a")),
        ("$..*", (Deep(), Every())),
        ("$..[0]", (Deep(), 0)),
        ("$[0, 1]", (Several((0, 1)),)),
        ("$['a','b']", (Several(("a", "b")),)),
        ("$[1:]", (Slice(1, None),)),
        ("$[:2]", (Slice(None, 2),)),
        ("$[-3:-1:2]", (Slice(-3, -1, 2),)),
        ("$[:]", (Slice(None, None),)),
    ],
)
def test_queries(text, segments):
    path = parse(text)

    assert path.segments == segments
    assert path.steps is None
    assert not path.is_definite


def test_a_function_makes_a_query_of_a_path_to_one_place():
    path = parse("$.a.length()")

    assert (path.segments, path.function) == (("a",), "length")
    assert (path.steps, path.is_definite) == (None, True)


def filter_of(text):
    (segment,) = parse(f"$[?({text})]").segments
    assert isinstance(segment, Where)
    return segment.test


def here(text):
    return Relative(parse(text))


def test_a_filter_compares_operands():
    assert filter_of("@.a == 'x y'") == Comparison(here("$.a"), "==", Constant("x y"))
    assert filter_of("@.a>=-1.5") == Comparison(here("$.a"), ">=", Constant(-1.5))
    assert filter_of("$.b < @['a']") == Comparison(parse("$.b"), "<", here("$['a']"))
    assert filter_of("@['a,b'].c!=null") == Comparison(
        here("$['a,b'].c"), "!=", Constant(None)
    )
    assert filter_of("@.a in ['x', 1]") == Comparison(
        here("$.a"), "in", Constant(["x", 1])
    )


def test_an_operand_alone_asks_whether_it_exists():
    assert filter_of(" @.a ") == Comparison(here("$.a"))


def test_a_word_without_quotes_is_a_text():
    assert filter_of("@.a==Failure") == Comparison(
        here("$.a"), "==", Constant("Failure")
    )
    assert filter_of("@.a==true") == Comparison(here("$.a"), "==", Constant(True))


def test_tests_are_combined():
    a, b, c = (Comparison(here(f"$.{name}")) for name in "abc")

    assert filter_of("@.a && @.b && @.c") == AllOf((a, b, c))
    assert filter_of("@.a || @.b && @.c") == AnyOf((a, AllOf((b, c))))
    assert filter_of("(@.a || @.b) && !@.c") == AllOf((AnyOf((a, b)), NoneOf(c)))
    assert filter_of("!!@.a") == a


def test_a_filter_may_hold_a_path_with_a_filter():
    inner = Where(Comparison(here("$.b"), "==", Constant(1)))

    assert filter_of("@.a[?(@.b == 1)]").left.path.segments == ("a", inner)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a.b", "begins with $"),
        ("", "begins with $"),
        ("$.", "a name is missing at character 3"),
        ("$..", "a name is missing at character 4"),
        ("$.a b", "expected . or [ at character 4"),
        ("$[", "expected a name in quotes"),
        ("$[x]", "expected a name in quotes"),
        ("$[0", "expected ] at character 4"),
        ("$[0,]", "expected a name in quotes"),
        ("$[*", "expected ]"),
        ("$[::0]", "cannot have the step 0"),
        ("$.a.size()", "calls size(); a path may call avg"),
        ("$[?@.a]", "expected ("),
        ("$[?(@.a]", "expected )"),
        ("$[?(@.a)", "expected ]"),
        ("$[?(@.a ==)]", "expected a value"),
        ("$[?(@.a == 'x)]", "expected a value"),
        ("$[?(@.a in [b])]", "texts and numbers only"),
        ("$[?(@.a in [1)]", "texts and numbers only"),
        ("$[?(@.)]", "a name is missing"),
        ("$[?(@.a", "expected )"),
        ("$[?(" + "(" * 20, "nested too deep"),
        ("$" + "[?(@" * 17, "16 filters"),
    ],
)
def test_a_text_that_is_no_path_is_refused(text, says):
    with pytest.raises(PathError) as refused:
        parse(text)

    assert says in str(refused.value)
