"""What runs away ends by itself, soon and with little memory."""

import time
import tracemalloc

import pytest

from tests.unit.expressions.aviator_data import failure_of, value_of

TOO_LONG = "expression_too_much: the expression takes too many steps"
TOO_MUCH = "expression_too_much: the expression makes more than it has room for"
TOO_DEEP = "expression_too_much: calls may be nested 250 deep"
LONG_TEXT = "expression_too_much: a text may have 4000000 characters"
DOUBLED = "let x = 1; for i in range(0, 60) {{ x = {}; }} {}"
RUNAWAYS = [
    ("while true { }", TOO_LONG),
    ("for i in range(0, 1000000000) { }", TOO_LONG),
    ("let l = seq.list(1); for x in l { seq.add(l, x); }", TOO_LONG),
    ("while true { try { throw 'x'; } catch(e) { 1 } }", TOO_LONG),
    ("try { while true { } } catch(e) { 1 }", TOO_LONG),
    ("try { while true { } } finally { return 1; }", TOO_LONG),
    ("fn f() { f() } f()", TOO_DEEP),
    ("fn f(x) { map(seq.list(1), f) } f(1)", TOO_DEEP),
    ("fn f(x, y) { sort(seq.list(1, 2), f); 0 } f(1, 2)", TOO_DEEP),
    ("let s = 'x'; while true { s = s + s; }", LONG_TEXT),
    ("let s = 'x'; while true { s = '#{s}#{s}'; }", LONG_TEXT),
    ("let s = 'x'; while true { s = string.join(seq.list(s, s)); }", LONG_TEXT),
    ("let s = 'x'; while true { s = string.replace_all(s, 'x', 'xx'); }", TOO_LONG),
    (
        "let s = 'x'; for i in range(0, 20) { s = s + s; } while true { s + 'y'; }",
        TOO_MUCH,
    ),
    ("repeat(100000000, 1)", TOO_MUCH),
    ("repeatedly(100000000, lambda() -> 1 end)", TOO_LONG),
    ("map(range(0, 100000000), identity)", TOO_LONG),
    ("take(range(0, 100000000), 100000000)", TOO_LONG),
    ("count(seq(range(0, 100000000)))", TOO_LONG),
    ("range(0, 100000000)", TOO_MUCH),
    ("str(range(0, 100000000))", TOO_MUCH),
    ("include(range(0, 100000000), -1)", TOO_LONG),
    ("sort(repeat(200000, 1))", TOO_LONG),
    ("while true { repeat(100000, 1) }", TOO_MUCH),
    (DOUBLED.format("seq.list(x, x)", "x"), TOO_LONG),
    (DOUBLED.format("seq.map('a', x, 'b', x)", "x"), TOO_LONG),
    (DOUBLED.format("seq.list(x, x)", "str(x)"), TOO_LONG),
    (DOUBLED.format("seq.map('a', x, 'b', x)", "str(x)"), TOO_LONG),
    (DOUBLED.format("seq.list(x, x)", "seq.set(x)"), TOO_LONG),
    (
        "let y = 1; " + DOUBLED.format("seq.list(x, x); y = seq.list(y, y)", "x == y"),
        TOO_LONG,
    ),
    ("string.split(source, '(a*)*b')", TOO_LONG),
    ("string.split(source, '(?=(a*)*b)')", "looks around or back"),
]


MILLION = "let s = 'x'; for i in range(0, 20) { s = s + s; } "
#: Each round does much for one step, or so it might seem.
HEAVY = [
    "let x = 2N ** 1000; while true { x * x; }",
    "let x = 3N ** 1200; while true { str(x); }",
    MILLION + "while true { string.indexOf(s, 'y'); }",
    MILLION + "while true { string.split(s, 'y'); }",
    MILLION + "let t = string.substring(s, 1) + 'x'; while true { s == t; }",
    MILLION + "let t = s + 'y'; while true { s < t; }",
    MILLION + "let t = s + 'y'; while true { sort(seq.list(s, t)); }",
    MILLION + "while true { string.substring(s, 1); }",
    MILLION + "let m = seq.map(); while true { m[string.substring(s, 1)] = 1; }",
    "let l = repeat(400000, 1); while true { seq.remove(l, 1); }",
    "while true { string_to_date('2024-01-01', 'yyyy-MM-dd'); }",
    "while true { date_to_string(sysdate(), 'yyyy-MM-dd'); }",
    "while true { rand(); }",
    "let i = 0; while true { i = i + 1; string.split('a,b', '[,;]' + i); }",
]


@pytest.mark.parametrize("text", HEAVY)
def test_heavy_rounds_count_for_more(text):
    began = time.process_time()

    assert failure_of(text).startswith("expression_too_much")
    # Some 30 ms where nothing else runs; the rest is for slow machines.
    assert time.process_time() - began < 1


@pytest.mark.parametrize(("text", "why"), RUNAWAYS)
def test_a_runaway_ends(text, why):
    assert why in failure_of(text, source="a" * 20_000)


@pytest.mark.parametrize(
    "text",
    [
        "let s = 'x'; while true { s = s + s; }",
        "while true { repeat(100000, 1) }",
        "let l = seq.list(); while true { seq.add(l, seq.map('a', l)); }",
        "let f = nil; while true { let g = f; f = lambda() -> g end; }",
        DOUBLED.format("seq.list(x, x)", "x"),
    ],
)
def test_a_runaway_ends_with_little_memory(text):
    tracemalloc.start()
    failure_of(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 64_000_000


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("let l = seq.list(); seq.add(l, l); l", "in itself"),
        ("let m = seq.map(); m.m = m; m", "in itself"),
        ("let l = seq.list(); seq.add(l, l); str(l)", "in itself"),
        ("let l = seq.list(); seq.add(l, l); seq.set(l)", "nested too deeply"),
        (
            "fn f() { let a = seq.list(); seq.add(a, a) } f() == f()",
            "nested too deeply",
        ),
        (
            "let m = seq.map(); for i in range(0, 200) { m = seq.map('a', m); } m",
            "nested",
        ),
    ],
)
def test_what_is_inside_itself_has_no_end_and_no_value(text, why):
    assert why in failure_of(text)


def test_work_that_grows_with_the_data_is_no_runaway():
    text = "let n = 0; for x in source { n = n + x * 2; } n"

    assert value_of(text, source=[1] * 30_000) == 60_000


def test_deep_calls_of_deep_expressions_are_a_failure():
    text = f"fn f(x) {{ return {'1 + (' * 50}f(x){')' * 50}; }} f(1)"

    assert failure_of(text).startswith("expression_too_much: calls")


@pytest.mark.parametrize("text", ["source.a[0].b", "context.none.x"])
def test_texts_and_deep_data_count(text):
    data = {"a": [{"b": "x" * 1000}]}

    assert value_of("while true { break; } source.a[0].b", source=data) == "x" * 1000
    assert TOO_LONG in failure_of("while true { source }", source=data)
