"""How a JSON object is written as a form."""

from urllib.parse import unquote_plus

import pytest

from chalicelib.dispatchers.forms import encode

FORM = {
    "s": "a b",
    "n": 1,
    "z": None,
    "o": {"k": True},
    "l": ["x", {"d": 2}, ["y"], None],
}


@pytest.mark.parametrize(
    ("arrays", "expected"),
    [
        ("", 's=a b&n=1&o={"k":true}&l=["x",{"d":2},["y"],null]'),
        ("INDICES", "s=a b&n=1&o[k]=true&l[0]=x&l[1][d]=2&l[2][0]=y"),
        ("REPEAT", "s=a b&n=1&o[k]=true&l=x&l[d]=2&l=y"),
        ("COMMAS", 's=a b&n=1&o[k]=true&l=x,{"d":2},["y"],null'),
        ("BRACKETS", "s=a b&n=1&o[k]=true&l[]=x&l[][d]=2&l[][]=y"),
        ("NONE", 's=a b&n=1&o[k]=true&l=["x",{"d":2},["y"],null]'),
    ],
)
def test_lists_are_written_as_asked(arrays, expected):
    assert unquote_plus(encode(FORM, arrays).decode()) == expected
