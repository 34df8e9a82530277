"""What is a program of Aviator, and what is told about what is none?"""

import pytest

from chalicelib.model.aviator_grammar import MAX_TEXT, parse
from chalicelib.model.aviator_names import dotted, wrong_name
from chalicelib.model.aviator_tree import BigInt, Literal, Name, NotAviator


def refusal(text):
    with pytest.raises(NotAviator) as raised:
        parse(text)
    return str(raised.value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "expected a value or a statement, found the end at line 1, column 1"),
        ("## nothing", "found the end"),
        ("1 +", "expected a value, found the end at line 1, column 4"),
        ("1 2", "expected ';', found 2 at line 1, column 3"),
        ("1 'a'", "found a text"),
        ("let a = 1;\n  let = 2;", "expected a name, found '=' at line 2, column 7"),
        ("let a 1;", "expected '=', found 1"),
        ("let a = 1", "expected ';', found the end"),
        ("let a.1 = 1", "expected '=', found 0.1"),
        ("a.", "expected the name of a property"),
        ("a[1", "expected ']', found the end"),
        ("(1", "expected ')', found the end"),
        ("f(1 2)", "expected ',', found 2"),
        ("a ? 1", "expected ':', found the end"),
        ("1 = 2", "only names, properties and elements can be assigned to"),
        ("* 2", "expected a value, found '*'"),
        (")", "expected a value, found ')'"),
        ("if", "expected a value, found the end"),
        ("if a { 1", "expected '}', found the end"),
        ("if a 1", "expected '{', found 1"),
        ("if a { 1 2 }", "expected ';' or '}', found 2"),
        ("else { 1 }", "expected a value, found 'else'"),
        ("for in a { }", "expected a name, found 'in'"),
        ("for a, b, c in d { }", "expected 'in', found ','"),
        ("for x a { }", "expected 'in', found 'a'"),
        ("break;", "break is for loops; there is none at line 1, column 1"),
        ("while true { lambda() -> break; end }", "break is for loops"),
        ("continue", "continue is for loops"),
        ("lambda(x) x end", "expected '->', found 'x'"),
        ("lambda(x) -> x", "expected 'end', found the end"),
        ("lambda(1) -> x end", "expected the name of a parameter, found 1"),
        ("lambda(a b) -> a end", "expected ',', found 'b'"),
        ("fn f(&a, b) { }", "only the last parameter takes all that are left"),
        ("fn 1() { }", "expected the name of a function"),
        ("try { }", "expected 'catch' or 'finally', found the end"),
        ("try { } catch { }", "expected '(', found '{'"),
        ("try { } catch(Foo | Bar) { }", "expected the name of the error, found ')'"),
        ("try { } catch(Exeption e) { }", "did you mean 'Exception'?"),
        ("try { } catch(Quark e) { }", "use Exception for all"),
        ("throw;", "expected a value, found ';'"),
        ("'abc", "a text is not closed; expected ' at line 1, column 1"),
        ("'a\\q'", "\\q is no escape; expected one of"),
        ("'#{1 ", "#{ is not closed; expected '}'"),
        ("'#{1 2}'", "expected '}', found 2"),
        ("'#{}'", "expected a value"),
        (
            "'" + "#{'" * 9 + "'}" * 9 + "'",
            "texts with #{} are nested more than 8 deep",
        ),
        ("/a", "a regular expression is not closed; expected '/'"),
        ("/(/", "the regular expression /(/ is wrong"),
        ("1.5N", "a number with N at its end must be whole"),
        ("1" * 601, "a number has 600 digits at most"),
        ("3abc", "'3' means nothing here"),
        ("a @ b", "'@' means nothing here at line 1, column 3"),
        ("(" * 80, "parts are nested more than 60 deep"),
        ("!" * 80 + "a", "parts are nested more than 60 deep"),
        ("1" + " " * MAX_TEXT, "a program has 65536 characters at most"),
        ("new Date()", "new is not supported; there are no classes of a host here"),
        ("use java.util.Date;", "use is not supported"),
        ("eval('1')", "eval leads out of the script"),
        ("load('a')", "load leads out of the script"),
        ("__instance__.x", "__instance__ leads out of the script"),
        ("json.parse(source)", "json does not exist in Aviator"),
        ("lenght(source)", "there is no function 'lenght'"),
        ("seq.lst()", "there is no function 'seq.lst'; did you mean 'seq.list'?"),
        ("map(source, string.size)", "there is no function 'string.size'"),
        ("System.exit(1)", "there is no function 'System.exit'"),
    ],
)
def test_what_is_no_program_is_told_with_its_place(text, why):
    assert why in refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "fn lenght(x) { 1 } lenght(source)",
        "let f = count; f(1)",
        "f = count; f(1)",
        "for f in source { f(1) }",
        "map(source, lambda(f) -> f(1) end)",
        "fn g(&f) { f(1) } 1",
        "try { 1 } catch(f) { f(1) }",
        "source.f(1)",
        "seq.f; " * 0 + "let seq = source; seq.f(1)",
        "a / b / c",
        "(a) / b",
        "a[1] / b",
        "f = 1; f / 2",
        "map(source, /)",
        "reduce(source, / , 1)",
        "return /a/;",
        "true / 2",
        ".5 + 1e-3",
    ],
)
def test_names_and_slashes_are_what_they_are_by_their_place(text):
    assert parse(text)


def test_a_place_is_no_part_of_what_a_tree_says():
    assert parse("1+a") == parse("\n 1 +  a")


def test_a_literal_beyond_64_bits_is_a_bigint():
    found = parse("9223372036854775808").statements[0]

    assert found == Literal(value=BigInt(9223372036854775808))
    assert repr(found.value) == "9223372036854775808N"


def test_only_names_have_dots():
    assert dotted(Literal(value=1)) == ""
    assert wrong_name(Name(name="a"), frozenset()) == ""
