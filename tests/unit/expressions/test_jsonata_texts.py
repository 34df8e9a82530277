import pytest

from tests.unit.expressions.jsonata_data import failure_of, value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$string('a')", "a"),
        ("$string(1.0)", "1"),
        ("$string(true)", "true"),
        ("$string([1, [], {}, {'a': null}])", '[1,[],{},{"a":null}]'),
        ("$string({'a': [1]}, true)", '{\n  "a": [\n    1\n  ]\n}'),
        ("$string(function($x) { $x })", ""),
        ("$string([$string])", '[""]'),
        ("[1, 2].$string()", ["1", "2"]),
        ("$string('é\\u00e9\"\\n')", 'éé"\n'),
        ("$string(['é\"'])", '["é\\""]'),
        ("'\\uD83D\\uDE00'", "😀"),
        ("$length('😀b')", 2),
        ("$substring('hello', 1)", "ello"),
        ("$substring('hello', 1, 3)", "ell"),
        ("$substring('hello', -3)", "llo"),
        ("$substring('hello', -9, 2)", "he"),
        ("$substring('hello', -3, 2)", "ll"),
        ("$substring('hello', 2, 0)", ""),
        ("$substring('hello', 9)", ""),
        ("$substring('hello', 1.9, 1.2)", "e"),
        ("['hello'].$substring(1, 2)", "el"),
        ("$substringBefore('a-b-c', '-')", "a"),
        ("$substringBefore('abc', '-')", "abc"),
        ("$substringBefore('abc', '')", ""),
        ("$substringAfter('a-b-c', '-')", "b-c"),
        ("$substringAfter('abc', '-')", "abc"),
        ("$substringAfter('abc', '')", "abc"),
        ("$lowercase('ÄB')", "äb"),
        ("$uppercase('äb')", "ÄB"),
        ("$trim('  a \\n\\t b ')", "a b"),
        ("$pad('a', 3)", "a  "),
        ("$pad('a', -3)", "  a"),
        ("$pad('a', 6, 'xy')", "axyxyx"),
        ("$pad('a', 2, '')", "a "),
        ("$pad('abc', 2)", "abc"),
        ("$contains('abc', 'bc')", True),
        ("$contains('abc', /B/)", False),
        ("$contains('abc', /B/i)", True),
        ("$split('a,b,c', ',')", ["a", "b", "c"]),
        ("$split('abc', '')", ["a", "b", "c"]),
        ("$split('a,b,c', ',', 2)", ["a", "b"]),
        ("$split('a1b22c', /\\d+/)", ["a", "b", "c"]),
        ("$split('a1b22c', /\\d+/, 2)", ["a", "b"]),
        ("$split('a,b', ',', 0)", []),
        ("$join(['a', 'b'])", "ab"),
        ("$join(['a', 'b'], '-')", "a-b"),
        ("$join('a', '-')", "a"),
        ("$join([], '-')", ""),
        ("$match('a1b2', /[a-z](\\d)/).groups", ["1", "2"]),
        (
            "$match('a1b2', /[a-z](\\d)/, 1)",
            {"match": "a1", "index": 0, "groups": ["1"]},
        ),
        ("$match('abc', /(x)?b/).groups", [""]),
        ("$count($match('abc', /x/))", 0),
        ("$replace('a.a.a', '.', '-')", "a-a-a"),
        ("$replace('a.a.a', '.', '-', 1)", "a-a.a"),
        ("$replace('a.a.a', 'a', '$1')", "$1.$1.$1"),
        ("$replace('2024-05', /(\\d+)-(\\d+)/, '$2/$1')", "05/2024"),
        ("$replace('ab', /(a)(b)/, '$$ $0 $3 $x $')", "$ ab  $x $"),
        (
            "$replace('abcdefghijkl', /(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)/, '$11$12')",
            "ka2l",
        ),
        ("$replace('ab', /a/, '[$01]')", "[a1]b"),
        ("$replace('ab', /a/, '$1')", "b"),
        (
            "$replace('a1b2', /\\d/, function($m) { $string($number($m.match) + 1) })",
            "a2b3",
        ),
        ("$replace('aaa', /a/, 'b', 2)", "bba"),
        ("$replace('abc', /x/, 'y')", "abc"),
        ("$base64encode('ü')", "w7w="),
        ("$base64decode('w7w=')", "ü"),
        ("$encodeUrlComponent('a b&ü')", "a%20b%26%C3%BC"),
        ("$encodeUrl('http://x/a b?q=ü&r=1')", "http://x/a%20b?q=%C3%BC&r=1"),
        ("$decodeUrlComponent('a%20b%26%C3%BC')", "a b&ü"),
        ("$decodeUrl('a%20b%26c')", "a b%26c"),
    ],
)
def test_what_a_function_of_texts_gives(text, value):
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("$split('a', ',', -1)", "D3020"),
        ("$match('a', /a/, -1)", "D3040"),
        ("$replace('a', '', 'b')", "D3010"),
        ("$replace('a', 'a', 'b', -1)", "D3011"),
        ("$replace('a', 'a', $uppercase)", "D3012: $replace puts texts"),
        ("$replace('a', /a/, function($m) { 1 })", "D3012: what a match"),
        ("$replace('a', /b*/, 'c')", "D1004: /b*/ matches an empty text"),
        ("$base64decode('!')", "D3137"),
        ("$base64decode('/w==')", "D3137"),
        ("$encodeUrl('\\uD800')", "D3140"),
        ("$decodeUrl('%')", 'D3140: Malformed URL passed to $decodeUrl(): "%"'),
        ("$decodeUrl('%ff')", "D3140: Malformed URL passed to $decodeUrl()"),
        ("$decodeUrlComponent('%zz')", "D3140: Malformed URL"),
        ("$uppercase(1)", 'T0410: Argument 1 of function "uppercase"'),
        ("$join([1, 2])", 'T0412: Argument 1 of function "join" must be'),
        ("[1].$uppercase()", "T0411"),
        ("$substring()", 'T0410: Argument 1 of function "substring"'),
    ],
)
def test_what_a_function_of_texts_refuses(text, code):
    assert code in failure_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "$uppercase($nobody)",
        "$contains($nobody, 'a')",
        "$contains('a', $nobody)",
        "$length($nobody)",
        "$string($nobody)",
        "$join($nobody)",
    ],
)
def test_nothing_gives_nothing(text):
    assert failure_of(text).endswith("returned nothing (undefined).")


@pytest.mark.parametrize(
    "text",
    [
        "$substring('a-b', $nothing)",
        "$substringBefore('a-b', $nothing)",
        "$substringAfter('a-b', $nothing)",
        "$pad('a-b', $nothing)",
    ],
)
def test_a_text_stays_whole_where_nothing_says_which_part(text):
    assert value_of(text) == "a-b"
