import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.expressions.cloudflow_regex import NotAPattern, search


@pytest.mark.parametrize(
    ("pattern", "text", "is_match"),
    [
        ("b", "abc", True),
        ("^b", "abc", False),
        ("c$", "abc", True),
        (r"\Aab", "abc", True),
        (r"bc\z", "abc", True),
        ("", "", True),
        ("a|", "z", True),
        ("x|y|b", "abc", True),
        ("^(?:ab|cd)+$", "abcdab", True),
        ("^(?P<word>ab)c$", "abc", True),
        (r"\bcat\b", "a cat!", True),
        (r"\bcat\b", "concat", False),
        (r"\Bcat", "concat", True),
        ("^a{2}$", "aa", True),
        ("^a{2,}$", "a", False),
        ("^a{1,2}$", "aaa", False),
        ("^a{0}b$", "b", True),
        ("colou?r", "color", True),
        ("^.$", "\n", False),
        ("(?s)^.$", "\n", True),
        ("(?i)^ab", "ABC", True),
        ("[^a-c]", "abc", False),
        (r"[\]x]", "]", True),
        ("[]]", "]", True),
        (r"\x41\u0042\.", "AB.", True),
        ("^()$", "", True),
        ("a+?b", "aab", True),
    ],
)
def test_pattern_is_looked_for_anywhere_in_the_text(pattern, text, is_match):
    assert search(pattern, text) is is_match


@pytest.mark.parametrize(
    "pattern",
    [
        *("(", "a)", "*a", "a{3,1}", "[z-a]", "[a", "{", "a{", "\\", "(?=a)", r"\1"),
        *("[[:alpha:]]", "[a&&b]", "a{2000}", "((a{90}){90}){90}", "(" * 50 + ")" * 50),
        "a" * 1_001,
        "|".join(["ab"] * 400),
    ],
)
def test_what_is_no_pattern_or_too_long_is_refused(pattern):
    with pytest.raises(NotAPattern):
        search(pattern, "aaa")


def test_text_too_long_for_its_pattern_is_refused():
    with pytest.raises(NotAPattern, match="too long for each other"):
        search("(a|b|c|d|e)+z", "a" * 200_000)


def test_pattern_that_would_backtrack_for_years_answers_at_once():
    assert search("^(a+)+$", "a" * 5_000 + "b") is False


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\w", r"\d", "^", "$", r"\b"])
SIGNS = st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,2}", "{1,}", "*?"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map("|".join).map("({})".format),
        st.builds("({}){}".format, inner, SIGNS),
    ),
    max_leaves=8,
)


@given(pattern=PATTERNS, text=st.text("ab1 .", max_size=8))
def test_answer_is_that_of_a_backtracking_matcher(pattern, text):
    assert search(pattern, text) is (re.search(pattern, text) is not None)
