import pytest

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import jayway
from chalicelib.model.jayway_grammar import parse

INPUT = {
    "num": 4,
    "text": "4",
    "word": "Rill",
    "yes": True,
    "nil": None,
    "list": [1, "b"],
    "none": [],
    "object": {"k": 1},
    "limit": 3,
}


def holds(test):
    path = parse(f"$.input[?({test})]")
    return bool(jayway.find(path, {"input": INPUT}))


@pytest.mark.parametrize(
    "test",
    [
        "@.num == 4",
        "@.num == '4'",
        "@.text == 4",
        "@.text=='4'",
        "4 == @.num",
        "@.num != 5",
        "@.num <= 4.0",
        "@.num > $.input.limit",
        "@.num < 1e1",
        "@.num > -1",
        "@.word >= 'Rill'",
        '@.word != "rill"',
        "@.yes == true",
        "@.yes",
        "@.nil",
        "@.nil == null",
        "@.gone == null",
        "@.gone != 1",
        "!@.gone",
        "!(@.num == 5)",
        "! ! @.num",
        "@.num == 4 && @.yes == true",
        "@.num == 5 || @.word == 'Rill'",
        "@.num == 5 || (@.yes && @.num == 4)",
        "@.num===4.0",
        "@.num !== '4'",
        "@.word in ['Rill', 'Flow']",
        "@.num in [3,4]",
        "@.num nin [3]",
        "@.gone IN [null]",
        "@.word contains 'il'",
        "@.list contains 'b'",
        "@.list all ['b']",
        "@.list size 2",
        "@.word size 4",
        "@.none empty true",
        "@.list empty false",
        "@.object empty false",
        "@.list subsetof [1,'b','c']",
        "@.list anyof ['b']",
        "@.list noneof ['c']",
        "@.list noneof []",
        "@.word =~ /r.*/i",
        "/R(i|l)l{2}/ =~ @.word || @.word =~ /Ri\\w+/",
        "@.num =~ /[0-9]/",
        "@.yes =~ /true/",
        "@.list =~ /b/",
        "@.list[*]",
        "@.none[*]",
        "@['word'] == 'Rill'",
        "@.object == @.object",
        "@.word == 'R\\u0069ll'",
    ],
)
def test_holds(test):
    assert holds(test)


@pytest.mark.parametrize(
    "test",
    [
        "@.num == 5",
        "@.num == 'four'",
        "@.text == 4.0",
        "@.yes == 'true'",
        "@.yes == 1",
        "@.yes == false",
        "@.text < 5",
        "@.nil < 5",
        "@.gone",
        "@.gone[*]",
        "@.object.gone",
        "!@.nil",
        "@.num == 4 && @.num == 5",
        "@.text === 4",
        "@.word in 'Rill'",
        "@.num contains 4",
        "@.word contains 1",
        "@.word all ['Rill']",
        "@.num size 1",
        "@.list size '2'",
        "@.num empty true",
        "@.none empty 1",
        "@.list subsetof [1]",
        "@.num subsetof [4]",
        "@.num anyof [4]",
        "@.list anyof ['c']",
        "@.list all 1",
        "@.word =~ /ill/",
        "@.word =~ 'Rill'",
        "@.object =~ /.*/",
        "@.nil =~ /.*/",
    ],
)
def test_does_not_hold(test):
    assert not holds(test)


def test_filter_on_a_list_tests_its_elements():
    document = {"list": [{"n": 1}, {"n": 5}, 7, [{"n": 5}]]}

    assert jayway.read(parse("$.list[?(@.n == 5)]"), document) == [{"n": 5}]
    assert jayway.read(parse("$.list[?(@ > 6)]"), document) == [7]


def test_filter_on_what_is_neither_list_nor_object_leads_nowhere():
    assert jayway.read(parse("$.word[?(@.n)]"), INPUT) is None
    assert jayway.read(parse("$.list[*][?(@.n)]"), INPUT) == []


def test_text_too_long_for_its_pattern_fails_instead_of_taking_for_ever():
    path = parse("$.list[?(@ =~ /.*a.*b.*c.*/)]")

    with pytest.raises(EvaluationFailure, match="takes texts up to 56 long"):
        jayway.read(path, {"list": ["x" * 57]})
