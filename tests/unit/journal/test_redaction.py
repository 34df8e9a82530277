import pytest

from chalicelib.journal.redaction import HIDDEN, Mask


def shown(value, *paths):
    return Mask.of(paths, [value]).shown(value)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("$.card", {"card": {"n": "4242424242"}, "x": 1}, {"card": HIDDEN, "x": 1}),
        (
            "$.card.n",
            {"card": {"n": "424242", "c": "EU"}},
            {"card": {"n": HIDDEN, "c": "EU"}},
        ),
        (
            "$..n",
            {"a": [{"n": "secret-1"}], "n": 7},
            {"a": [{"n": HIDDEN}], "n": HIDDEN},
        ),
        (
            "$.a[*].n",
            {"a": [{"n": "long-1"}, {"m": 1}]},
            {"a": [{"n": HIDDEN}, {"m": 1}]},
        ),
        ("$.*.n", {"a": {"n": "long-1"}, "b": 2}, {"a": {"n": HIDDEN}, "b": 2}),
        ("$['a','b']", {"a": 1, "b": 2, "c": 3}, {"a": HIDDEN, "b": HIDDEN, "c": 3}),
        ("$.a[0]", {"a": [1, 2]}, {"a": [HIDDEN, 2]}),
        ("$.a[-1]", {"a": [1, 2]}, {"a": [1, HIDDEN]}),
        ("$.a.b", {"a": "text"}, {"a": "text"}),
        ("$.a", ["a"], ["a"]),
        ("$.a", None, None),
    ],
)
def test_what_lies_at_a_path_is_hidden(path, value, expected):
    assert shown(value, path) == expected


def test_the_same_text_is_hidden_wherever_it_turns_up():
    value = {"card": "42424242", "note": "card 42424242 refused", "42424242": [True]}

    assert shown(value, "$.card") == {
        "card": HIDDEN,
        "note": f"card {HIDDEN} refused",
        HIDDEN: [True],
    }


def test_the_same_number_is_hidden_as_a_number_and_in_texts():
    value = {"pin": 123456, "copy": 123456, "text": "pin=123456", "other": 1234567.5}

    assert shown(value, "$.pin") == {
        "pin": HIDDEN,
        "copy": HIDDEN,
        "text": f"pin={HIDDEN}",
        "other": 1234567.5,
    }


def test_what_is_short_is_hidden_in_its_place_only():
    assert shown({"pin": 1, "n": 1, "t": "1st"}, "$.pin") == {
        "pin": HIDDEN,
        "n": 1,
        "t": "1st",
    }


def test_what_is_inside_of_a_hidden_object_is_known_too():
    mask = Mask.of(["$.card"], [{"card": {"number": "42424242", "cvc": ["9876"]}}])

    assert mask.text("42424242 and 9876") == f"{HIDDEN} and {HIDDEN}"


def test_a_long_secret_is_hidden_before_a_part_of_it():
    mask = Mask.of(["$.a", "$.b"], [{"a": "abcd", "b": "abcdef"}])

    assert mask.text("abcdef") == HIDDEN
