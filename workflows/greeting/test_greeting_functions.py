import pytest

from workflows.greeting.functions import NobodyToGreet, greet, normalise


def test_names_are_written_as_names_are():
    given = normalise({"names": ["  ada   LOVELACE ", "Ludwig van Beethoven"]})

    assert given["people"] == [
        {"name": "Ada Lovelace"},
        {"name": "Ludwig van Beethoven"},
    ]


def test_nobody_is_greeted_twice():
    assert normalise({"names": ["ida", "Ida", "", "IDA"]})["count"] == 1


@pytest.mark.parametrize("event", [{}, {"names": []}, {"names": ["", " "]}])
def test_an_empty_list_is_refused(event):
    with pytest.raises(NobodyToGreet):
        normalise(event)


def test_a_greeting_has_the_name_in_it():
    assert greet({"name": "Ida"}) == {"name": "Ida", "text": "Welcome aboard, Ida!"}
