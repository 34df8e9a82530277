import pytest

from chalicelib.expressions.jsonata.budget import Refusal
from chalicelib.expressions.jsonata.signatures import signature
from tests.unit.expressions.jsonata_data import failure_of, value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("function($x) { $x + 1 }(2)", 3),
        ("λ($x) { $x }(5)", 5),
        ("($f := function($x, $y) { $exists($y) ? 2 : 1 }; $f(0))", 1),
        ("($f := function($x) { $x }; $f(1, 2))", 1),
        ("($x := 1; ($x := 2; $x) + $x)", 3),
        (
            "($f := function($n) { $n <= 1 ? 1 : $n * $f($n - 1) }; $f(20))",
            2432902008176640000,
        ),
        (
            "($f := function($n, $s) { $n = 0 ? $s : $f($n - 1, $s + $n) };"
            " $f(2000, 0))",
            2001000,
        ),
        ("($f := function($n) { ($n = 0 ? 'end' : $f($n - 1)) }; $f(500))", "end"),
        ("($make := function($x) { function($y) { $x + $y } }; $make(1)(2))", 3),
        ("$o.lines.(function($p) { $p * amount }(price))", [20, 5, 3]),
        (
            "($twice := function($f) { function($x) { $f($f($x)) } };"
            " $twice($sqrt)(16))",
            2,
        ),
        # partial application, and functions in a row
        ("($first := $substring(?, 0, 2); $first('hello'))", "he"),
        ("($add := function($x, $y) { $x + $y }; $add(?, 1)(2))", 3),
        ("$map(['ab'], $substring(?, 1))", "b"),
        ("$substring(?, 1)()", None),
        ("'hello' ~> $uppercase", "HELLO"),
        ("'hello' ~> $substring(0, 2) ~> $uppercase()", "HE"),
        ("($up := $trim ~> $uppercase; $up(' a '))", "A"),
        ("[1, 2] ~> function($x) { $count($x) }", 2),
        ("($o.lines ~> $map(function($l) { $l.price }))[0]", 10),
        ("$o.lines.sku ~> $distinct()", ["a", "b"]),
        ("($o.lines ~> $filter(function($l) { $l.sku = 'b' }))[].sku", ["b"]),
        # signatures of the expression's own functions
        ("λ($x)<n:n> { $x }(1)", 1),
        ("λ($x)<a<n>:n> { $sum($x) }(1)", 1),
        ("λ($x)<(ns):s> { $string($x) }(1)", "1"),
        ("λ($x, $y)<s?n> { $y }('a', 2)", 2),
        ("λ($x, $y)<n-s> { $x & $y }", None),
        ("[7].λ($x)<n-> { $x }()", 7),
        ("λ($f)<f<n:n>:n> { $f(1) }(function($x) { $x + 1 })", 2),
        ("λ($x)<j> { $x }(null) = null", True),
        ("λ($x)<x+> { $x }(1, 2)", 1),
        ("λ($x)<a<a<n>>> { $x }([[1]])", [[1]]),
        ("λ($x)<a<x>> { $x }([1, 'a'])", [1, "a"]),
        # a changed copy
        ("$o.flags ~> |$|{'a': 1}|", {"a": 1, "b": False}),
        ("$o.flags ~> |$|{'c': a}, 'b'|", {"a": True, "c": True}),
        ("$o.flags ~> |$|{}, ['a', 'b', 'z']|", {}),
        ("$o.flags ~> |$|{}, $nobody|", {"a": True, "b": False}),
        ("$o.flags ~> |nobody|{'a': 1}|", {"a": True, "b": False}),
        ("$o.flags ~> |$|$nobody|", {"a": True, "b": False}),
        (
            "$o.lines ~> |$[sku = 'b']|{'price': price * 2}, ['notes', 'amount']|",
            "CHANGED",
        ),
        ("{'a': [1]} ~> |a|{'b': 1}|", {"a": [1]}),
        ("($t := |$|{'n': 1}|; $t({}))", {"n": 1}),
        ("$exists($nobody ~> |$|{'n': 1}|)", False),
    ],
)
def test_what_a_call_gives(text, value):
    changed = [dict(line) for line in value_of("$o.lines")]
    changed[1] = {"sku": "b", "price": 10}
    if value is None:
        assert failure_of(text)
    else:
        assert value_of(text) == (changed if value == "CHANGED" else value)


def test_a_transform_leaves_the_data_as_it_is():
    before = value_of("$string($o)")
    value_of("$o ~> |lines|{'price': 0}, 'notes'|")
    assert value_of("$string($o)") == before


def test_a_shared_part_is_changed_in_one_place_only():
    text = "($s := {'n': 1}; {'a': $s, 'b': $s} ~> |a|{'n': 2}|)"
    assert value_of(text) == {"a": {"n": 2}, "b": {"n": 1}}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("$nobody()", "T1006: what is called is not a function"),
        ("$o.id()", "T1006"),
        ("uppercase('a')", "did you mean $uppercase?"),
        ("nobody('a')", "T1006"),
        ("$nobody(?)", "T1008"),
        ("1 ~> 2", "T2006"),
        ("$map([1], 1)", 'T0410: Argument 2 of function "map" does not match'),
        ("λ($x)<n> { $x }('a')", 'T0410: Argument 1 of function "lambda"'),
        ("λ($x)<a<n>> { $x }(['a'])", 'T0412: Argument 1 of function "lambda"'),
        ("[1].λ($x)<s-> { $x }()", "T0411"),
        ("λ($x)<n<s>> { $x }(1)", "is not valid"),
        ("{'a': 1} ~> |$|1|", "T2011"),
        ("{'a': 1} ~> |$|{}, 1|", "T2012"),
        ("{'f': $sum} ~> |$|{}|", "unsupported result type"),
        ("$match('a', function($s) { 1 })", "T1010"),
        ("$match('a', function($s) { {'match': 'a'} })", "T1010"),
    ],
)
def test_what_a_call_refuses(text, code):
    assert code in failure_of(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$match('xay', $once)", {"match": "a", "index": 1, "groups": []}),
        ("$contains('xay', $once)", True),
        ("$split('xay', $once)", ["x", "y"]),
        ("$contains('a', $never)", False),
        ("$replace('aa', $twice, 'b')", "bb"),
        ("/a(.)/('xab').groups", ["b"]),
        ("/a./('xab').start", 1),
        ("/a/('aa').next().start", 1),
        ("$exists(/a/('b'))", False),
        ("$exists(/a/(1))", False),
        ("$exists(/a/())", False),
        ("$type(/a/)", "function"),
        ("'xab' ~> /a/ ~> $type", "object"),
    ],
)
def test_a_matcher_may_be_a_function(text, value):
    matchers = (
        "($once := function($s) {"
        "   {'match': 'a', 'start': 1, 'end': 2, 'groups': []}};"
        " $never := function($s) { $nobody };"
        " $twice := function($s) { {'match': 'a', 'start': 0, 'end': 1, 'groups': [],"
        "   'next': function() {"
        "     {'match': 'a', 'start': 1, 'end': 2, 'groups': []} }}};"
    )
    assert value_of(f"{matchers} {text})") == value


def test_a_signature_that_is_none():
    with pytest.raises(Refusal, match="<q> is not a signature"):
        signature("<q>")
