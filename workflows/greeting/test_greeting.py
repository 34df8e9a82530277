import json
from pathlib import Path

import pytest

from chalicelib.testing import run
from workflows.greeting import functions

HERE = Path(functions.__file__).parent
LANGUAGES = ("greeting.asl.json", "greeting.cloudflow.yaml", "greeting.rillflow.yaml")
FUNCTIONS = {"normalise": functions.normalise, "greet": functions.greet}
EXAMPLE = json.loads((HERE / "input.json").read_text("utf-8"))


def greeted(language, given):
    return run((HERE / language).read_text("utf-8"), given, functions=FUNCTIONS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_is_greeted_once(language):
    done = greeted(language, EXAMPLE)

    texts = [each["text"] for each in done.output["letter"]["greetings"]]
    assert done.status == "SUCCEEDED"
    assert texts == [
        "Welcome aboard, Ada Lovelace!",
        "Welcome aboard, Grace Hopper!",
        "Welcome aboard, Alan Turing!",
    ]


@pytest.mark.parametrize(
    "names", [["Ida"], ["a", "b"], ["a", "b", "c"], EXAMPLE["names"]]
)
def test_all_languages_write_the_same_letter(names):
    letters = [greeted(each, {"names": names}).output["letter"] for each in LANGUAGES]

    assert letters[0] == letters[1] == letters[2]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("names", "closing"),
    [
        pytest.param(["Ida", "Bo"], "A small crew sees more of the sea.", id="few"),
        pytest.param(
            ["Ida", "Bo", "Cy"],
            "What a crew! Mind the gangway, one at a time.",
            id="many",
        ),
    ],
)
def test_the_closing_depends_on_how_many_they_are(language, names, closing):
    done = greeted(language, {"names": names})

    assert done.output["letter"]["closing"] == closing


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("names", [[], ["  "], None])
def test_nobody_to_greet_fails_with_a_name(language, names):
    done = greeted(language, {"names": names})

    assert done.status == "FAILED"
    assert "NobodyToGreet" in f"{done.error} {done.cause}"
