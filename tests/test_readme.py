"""What the README shows is true: its workflow, its snippet, its error message."""

import re
from pathlib import Path

from chalicelib.local.functions import Functions
from chalicelib.testing import check, run

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def block(language, after=""):
    start = README.index(after) if after else 0
    found = re.search(rf"```{language}\n(.*?)```", README[start:], re.DOTALL)
    return found[1]


def test_workflow_on_the_first_page_runs():
    functions = {}
    exec(block("python", "```yaml"), functions)  # noqa: S102 - our own page

    done = run(block("yaml"), {"name": "Ada"}, functions={"hello": functions["hello"]})

    assert (done.status, done.output) == ("SUCCEEDED", "Hello, Ada")


def test_its_function_has_a_name_that_no_example_has():
    functions = {}
    exec(block("python", "```yaml"), functions)  # noqa: S102 - our own page

    assert "hello" in functions
    assert Functions(ROOT / "workflows").find("hello") is None


def test_snippet_of_the_test_kit_holds():
    snippet = block("python", "Tests without a cloud")

    exec(snippet, {"definition": block("yaml")})  # noqa: S102 - our own page


def test_message_about_a_misspelt_field_is_the_one_shown():
    shown = re.search(r"^    hello\.asl\.yaml:(.*)$", README, re.MULTILINE)[1]
    text = block("yaml").replace("Retry:", "Retrys:", 1)

    problems = check(text)

    assert [f"{p.line}:{p.column} {p.path}: {p.message}" for p in problems] == [shown]


def test_page_is_short_enough_to_be_read():
    assert len(README.splitlines()) <= 200


def test_every_page_it_leads_to_is_there():
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)

    assert [page for page in linked if not (ROOT / page).exists()] == []


def test_every_make_target_it_names_is_there():
    makefile = (ROOT / "Makefile").read_text()

    named = set(re.findall(r"make (\w+)", README))

    assert {t for t in named if f"\n{t}:" not in makefile} == set()
