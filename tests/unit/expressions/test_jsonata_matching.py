"""The machine finds what ``re`` finds: the same matches, and the same groups."""

import pytest

from chalicelib.expressions.jsonata.budget import Budget, Refusal
from chalicelib.expressions.jsonata.matching import Matcher
from chalicelib.model.jsonata_patterns import compile_pattern

TEXT = "The cat sat on the mat.\nA_b-c 2024-05-01 aaab ünïcode {x} [y]\n"


def found(pattern, text, most_ways, flags=""):
    compiled = compile_pattern(pattern, "i" in flags, "m" in flags)
    matches = Matcher(compiled, most_ways).matches(text, Budget())
    return [(each.text, each.start, each.end, each.groups) for each in matches]


@pytest.mark.parametrize(
    ("pattern", "flags"),
    [
        ("a", ""),
        ("cat|mat", ""),
        ("(c|m)at", ""),
        ("(?:c|m)(a)(t)", ""),
        ("a+", ""),
        ("a+?", ""),
        ("a{2}", ""),
        ("a{2,}b", ""),
        ("a{1,2}?", ""),
        ("(a|aa)+b", ""),
        ("(a*)(b)", ""),
        ("(a)?b", ""),
        ("(?<year>\\d{4})-(\\d\\d)", ""),
        ("[^a-z\\s]+", ""),
        ("[]x]", ""),
        ("[a&&b|c~~d[]", ""),
        (".+", ""),
        ("\\bt\\w+", ""),
        ("\\B\\w", ""),
        ("^\\w+", ""),
        ("^\\w+", "m"),
        ("\\.$", "m"),
        ("\\S+$", ""),
        ("(THE|A)", "i"),
        ("ÜNÏCODE", "i"),
        ("{x}", ""),
        ("\\{x\\}", ""),
        ("\\u0063\\x61t", ""),
        ("\\n", ""),
        ("((a)(b)?)+", ""),
        ("x|", "never"),
    ],
)
def test_both_ways_of_matching_agree(pattern, flags):
    if flags == "never":
        pattern, flags = "zzz", ""
    quick = found(pattern, TEXT, 1 << 60, flags)
    machine = found(pattern, TEXT, 0, flags)
    assert machine == quick


@pytest.mark.parametrize("most_ways", [0, 1 << 60])
def test_a_match_may_not_be_empty(most_ways):
    with pytest.raises(Refusal, match="matches an empty text") as raised:
        found("b*", "abc", most_ways)
    assert raised.value.code == "D1004"


def test_the_machine_takes_no_longer_for_a_pattern_that_backtracks():
    assert found("(a+)+b", "a" * 2000, 2_000_000) == []
    assert found("(a+)+b", "a" * 2000 + "b", 2_000_000)[0][1:3] == (0, 2001)


def test_what_only_backtracking_can_match_is_matched_in_short_texts():
    assert found("(\\w)\\1", "aa bb", 1 << 60) == [
        ("aa", 0, 2, ("a",)),
        ("bb", 3, 5, ("b",)),
    ]
    assert found("\\w(?=\\.)", TEXT, 1 << 60)[0][0] == "t"
    assert found("(?<l>a)\\k<l>", "aaa", 1 << 60)[0][0] == "aa"
    with pytest.raises(Refusal, match="looks around or back"):
        found("(\\w)\\1", "aa bb", 0)
