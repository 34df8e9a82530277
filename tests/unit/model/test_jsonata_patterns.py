import pytest

from chalicelib.model.jsonata_patterns import ENDLESS, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(", "a ( has no )"),
        (")", "a ) has no ("),
        ("(a", "a ( has no )"),
        ("*a", "* has nothing to repeat"),
        ("a{3,2}", "{3,2} ends before it begins"),
        ("[", "is wrong"),
        ("[b-a]", "bad character range"),
        ("\\", "is wrong"),
        ("(?>a)", "is wrong"),
        ("(?<n>a)(?<n>b)", "is wrong"),
        ("\\1", "invalid group reference"),
        ("(" * 60 + "a" + ")" * 60, "groups are nested too deeply"),
        ("(a{99}){99}", "too long with its repetitions"),
        ("a{999}" * 3, "too long with its repetitions"),
        ("(?<=a+)b", "look-behind"),
    ],
)
def test_what_is_no_pattern(pattern, says):
    with pytest.raises(ValueError, match="regular expression") as raised:
        compile_pattern(pattern, False, False)
    assert says in str(raised.value)


@pytest.mark.parametrize(
    ("pattern", "ways"),
    [
        ("abc", 1),
        ("a|b|c", 3),
        ("a?b", 2),
        ("a{2}b", 1),
        ("a{2,5}b", 4),
        ("a*b", 101),
        ("a+b", 100),
        ("a*b*c", 101 * 101),
        ("(ab)*c", 101),
        ("ab*", 1),
        ("(a|b)c", 2),
        ("(a|b)*c", ENDLESS),
        ("(a+)+b", ENDLESS),
        ("(a?){20}b", 2**20),
        ("(?:a|b){2}c", 4),
    ],
)
def test_how_many_ways_there_are_through_a_text_of_100_characters(pattern, ways):
    assert compile_pattern(pattern, False, False).ways(100) == ways


def test_letters_are_alike_without_their_case_in_every_alphabet():
    assert compile_pattern("é", True, False).regex.fullmatch("É")
    assert not compile_pattern("\\w", False, False).regex.fullmatch("é")
