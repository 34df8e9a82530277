"""What do Aviator's statements do?"""

import pytest

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions.aviator import Outcome, run
from chalicelib.expressions.scope import Facts
from tests.unit.expressions.aviator_data import FACTS, failure_of, value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1;", None),
        ("1;;", None),
        (";1", 1),
        ("let a = 5;", 5),
        ("return;", None),
        ("return", None),
        ("if true { 1 }", 1),
        ("if true { 1 };", None),
        ("let a = if false { 1 } else { 2 }; a", 2),
        ("let a = if false { 1 } else { 2 } a", 2),
        ("let a = nil; a = for x in range(0, 3) { x }; a", 2),
        ("let a = 1; a = while a < 3 { a = a + 1; }; a == nil", True),
        ("let a = if true { return 7; }; 8", 7),
        ("let a = nil; a = if true { return 7; }; 8", 7),
        ("for x in range(0, 3) { if x == 1 { break; } x }", None),
        ("for x in range(0, 3) { if x == 2 { continue; } x }", None),
        ("for x in nil { 1 }", None),
        ("for i, x in 'ab' { i }", 1),
        ("for k, v in seq.map('a', 3) { k + v }", "a3"),
        ("if false { 1 } elsif true { 2 } else { 3 }", 2),
        ("{ let a = 1; a + 1 }", 2),
        ("let a = 0; while true { a = a + 1; if a == 3 { break; } } a", 3),
        ("let a = 0; while a < 9 { a = a + 1; if a < 5 { continue; } return a; }", 5),
        ("fn f() { for x in range(0, 9) { if x == 4 { return x; } } } f() + 1", 5),
        ("fn f() { 1; } f() == nil", True),
        ("let f = fn (x) { x + 1 }; f(1)", 2),
        ("fn(x) { x }(4)", 4),
        ("lambda() -> return 3; end()", 3),
        ("let f = lambda(&all) -> count(all) end; f(1, *seq.list(2, 3), 4)", 4),
        ("fn f(a) { 1 } fn f(a) { 2 } f(0)", 2),
        ("fn f(a) { 1 } fn f(a, b) { 2 } fn f(&c) { 3 } f() + f(1) * 10", 13),
        ("let n = 0; fn up() { n = n + 1; } up(); up(); n", 2),
        ("let m = seq.map('f', lambda(x) -> x * 2 end); m.f(4)", 8),
        ("let seq = seq.map('list', 5); seq.list", 5),
        ("let f = seq.list; f(1)", [1]),
        ("map(seq.list('a'), string.length)", [1]),
        ("let a.b = 1;", "fails"),
        ("let m = seq.map(); let m.b = 1; m", {"b": 1}),
        ("let l = seq.list(1); l[0] = 2; l", [2]),
        ("let m = seq.map(); m['a'] = seq.list(); m.a", []),
        ("let m = seq.map('if', 1); m.if", 1),
        ("#`source` + #source", 4),
        ("let m = seq.map('a', 1); #m.a", 1),
        ("try { 1 } catch(e) { 2 }", 1),
        ("try { throw 'x'; } catch(StandardError e) { e.kind }", "StandardError"),
        ("try { nil.x } catch(e) { 1 }", "fails"),
        (
            "try { source.x } catch(java.lang.Exception e) { e.kind }",
            "IllegalArgumentException",
        ),
        ("try { throw error('a'); } catch(e) { e.message }", "a"),
        ("try { throw nil; } catch(e) { e.message }", "null"),
        (
            "try { try { throw 'a'; } catch(e) { throw e; } } catch(e) { e.message }",
            "a",
        ),
        ("try { long('x') } catch(IllegalArgumentException e) { 1 }", 1),
        ("try { 1 } finally { 2 }", 2),
        ("try { return 1; } finally { 2 } 3", 1),
        ("try { return 1; } finally { return 2; } 3", 2),
        ("try { throw 'x'; } finally { return 2; }", 2),
        ("for x in range(0, 2) { try { break; } finally { 5 } }", None),
        ("'a#b'", "a#b"),
        ("\"a#{'#{1 + 1}'}b\"", "a2b"),
        ("\"#{seq.map('}', 1)}\"", "{}=1}"),
        ("'#{if}'", "fails"),
        ('"a\\t\\"\\#{b}"', 'a\t"#{b}'),
        ("## only this\n1 ## and that", 1),
    ],
)
def test_statements_have_values(text, value):
    if value == "fails":
        assert failure_of(text, source=2).startswith("expression_")
    else:
        assert value_of(text, source=2) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("let a = 1;\n\nthrow 'x' + a;", "StandardError in line 3: x1"),
        ("fn f(a) {\n a + nil }\nf(1)", "in line 2: cannot add"),
        (
            "try { throw 'x'; } catch(AssertFailed e) { 1 }",
            "StandardError in line 1: x",
        ),
        ("try { throw 'x'; } finally { 1 }", "StandardError in line 1: x"),
        ("fn f(a) { a } f()", "the function needs 1 arguments, not 0"),
        ("fn f(a) { a } f(1, 2)", "the function needs 1 arguments, not 2"),
        ("fn f(a, &b) { a } f()", "the function needs 1 arguments, not 0"),
        ("fn f(a) { 1 } fn f(a, b) { 2 } f()", "the function needs 1 arguments, not 0"),
        ("let a = 1; a()", "the long 1 is no function"),
        ("1 +", "expression_invalid: expected a value, found the end"),
    ],
)
def test_an_error_says_where_it_was(text, why):
    assert why in failure_of(text)


def test_what_a_script_is_given_stays_as_it_is():
    given = {"context": {"a": [1], "b": 1}, "input": {}}

    found = run("seq.add(context.a, 2); context.c = 3; context.b", given, FACTS)

    assert given == {"context": {"a": [1], "b": 1}, "input": {}}
    assert found == Outcome(1, {"context": {"a": [1, 2], "b": 1, "c": 3}})


def test_a_root_that_gets_another_value_is_not_changed():
    assert run("context = 5; context", {"context": {}}, FACTS) == Outcome(5, {})


def test_what_looks_changed_and_is_not_is_not_told():
    text = "context.a = 1; reverse(source)"

    assert run(text, {"context": {"a": 1}, "source": [1]}, FACTS).changed == {}


def test_a_bug_of_ours_is_a_failure_of_the_script():
    with pytest.raises(EvaluationFailure) as raised:
        run("now()", {}, Facts(at=None))

    assert raised.value.error == "expression_failed"
    assert raised.value.cause.startswith("TypeError: ")
