import sys

import pytest

from chalicelib.model.jsonata_syntax import NotJsonata, module, parse


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it is empty"),
        (" \n ", "it is empty"),
        ("1" * 70_000, "more than 65536 characters"),
        ("1 +", "(S0207)"),
        ("a b", "Syntax error: b at character"),
        ("'a", "must be terminated"),
        ("!", "syntax error near character 2"),
        ("/* a", "syntax error near character"),
        ("/+/", "+ has nothing to repeat"),
        ("//", "S0301"),
        ("[" * 3000, "nested too deeply"),
        ("%", "S0217"),
        ("1e999", "S0102"),
        ("function(a) { 1 }", "S0208"),
    ],
)
def test_what_is_no_expression(text, says):
    with pytest.raises(NotJsonata) as raised:
        parse(text)
    assert says in str(raised.value)


def test_a_text_is_parsed_once():
    assert parse("$a + 1") is parse("$a + 1")


@pytest.mark.parametrize("sign", ["??", "?:"])
def test_an_operator_of_a_later_version_is_refused(sign):
    with pytest.raises(NotJsonata, match=r"is not known; write .*a"):
        parse(f"$a.b {sign} 1")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("<s-nn?:s>", "<s-nn?>"),
        ("<a<n>:n>", "<a<n>>"),
        ("<(sn)-x+:a<s>>", "<(sn)-x+>"),
        ("<f<s:o>j?:b>", "<f<s:o>j?>"),
        ("<a<a<n>>:x>", "<a<a<n>>>"),
    ],
)
def test_a_signature_keeps_its_text_as_far_as_it_counts(text, kept):
    assert parse(f"function($a) {text} {{ $a }}").signature == kept


def test_importing_the_parser_leaves_the_bound_on_recursion():
    limit = sys.getrecursionlimit()
    module.cache_clear()
    assert module("parser").Parser
    assert sys.getrecursionlimit() == limit
