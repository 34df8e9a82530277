"""Does each language mean here what its specification says? The cases are data.

``<language>/<area>.yaml`` lists cases; ``equivalence`` has one definition per language.

    name, spec   the fact, and where it is written
    functions    by name: ``echo``, one answer, or answers of which the first that fits
                 is given: {returns: …} or {raises: {errorType, errorMessage}}, with
                 ``times`` (how often), ``given`` (fields of the event) and ``takes``
                 (seconds; one for all answers, unless the task waits for its token)
    expect       status, output (``value`` of one key where languages differ), error,
                 cause, duration; ``states`` entered and ``skipped``, in order; ``calls``
                 of functions; ``requests``: what tasks sent. Only what is named counts;
                 ``!match`` is a regular expression, ``!between`` two bounds.
"""

import re
from math import inf
from pathlib import Path

import pytest
import yaml

from chalicelib.testing import run

HERE = Path(__file__).parent
LANGUAGES = ("asl", "cloudflow", "rillflow")
PARTS = {"name", "spec", "definition", "input", "workflows", "functions", "expect"}


class Cases(yaml.SafeLoader):
    """YAML with the two tags of expectations, and times as texts."""


class Matching(str):
    def differs(self, got):
        return not (isinstance(got, str) and re.fullmatch(self, got, re.DOTALL))


class Between(list):
    def differs(self, got):
        return not self[0] <= got <= self[1]


Cases.add_constructor("!match", lambda _, node: Matching(node.value))
Cases.add_constructor(
    "!between", lambda loader, node: Between(loader.construct_sequence(node))
)
Cases.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)


def cases():
    for path in sorted(HERE.rglob("*.yaml")):
        for case in yaml.load(path.read_text("utf-8"), Cases):  # noqa: S506 - a SafeLoader
            name = f"{path.parent.name}/{path.stem}: {case['name']}"
            for language, definition in case.pop("definitions", {}).items():
                whole = {**case, "definition": definition}
                yield pytest.param(language, whole, id=f"{name} ({language})")
            if "definition" in case:
                yield pytest.param(path.parent.name, case, id=name)


def stand_in(name, answers, calls):
    answers = answers if isinstance(answers, list) else [answers]
    left = [{} if each == "echo" else dict(each) for each in answers]

    def function(event):
        calls.append({name: event})
        answer = next(each for each in left if fits(each, event))
        answer["times"] = answer.get("times", inf) - 1
        function.takes = answer.get("takes", 0)
        if "raises" in answer:
            raised = answer["raises"]
            raise type(raised["errorType"], (Exception,), {})(raised["errorMessage"])
        return answer.get("returns", event)

    function.takes = left[0].get("takes", 0)
    return function


def fits(answer, event):
    given = answer.get("given", {}).items()
    return answer.get("times", 1) > 0 and all(event[key] == each for key, each in given)


def differences(wanted, got, place=""):
    if isinstance(wanted, Matching | Between):
        return [f"{place}: {got!r} is not {wanted!r}"] if wanted.differs(got) else []
    if type(wanted) is not type(got) or not isinstance(wanted, dict | list):
        same = type(wanted) is type(got) and wanted == got
        return [] if same else [f"{place}: {got!r} instead of {wanted!r}"]
    if isinstance(wanted, list):
        wanted, got = dict(enumerate(wanted)), dict(enumerate(got))
    inside = (differences(wanted[k], got[k], f"{place}/{k}") for k in wanted if k in got)
    missing = [f"{place}/{key} is missing" for key in wanted if key not in got]
    extra = [f"{place}/{key} is one too many" for key in got if key not in wanted]
    return [*missing, *extra, *(each for part in inside for each in part)]


def told(history, kind, what):
    return [event.get(what) for event in history if event["type"] == kind]


def value_of(output):
    return output.get("value") if isinstance(output, dict) else None


@pytest.mark.parametrize(("language", "case"), list(cases()))
def test_the_language_means_what_is_written(language, case):
    calls = []
    functions = case.get("functions", {}).items()

    done = run(
        case["definition"],
        case.get("input"),
        format=language,
        functions={name: stand_in(name, each, calls) for name, each in functions},
        workflows=case.get("workflows"),
    )

    seen = {
        "status": str(done.status),
        "output": done.output,
        "value": value_of(done.output),
        "error": done.error,
        "cause": done.cause,
        "duration": round(done.duration, 3),
        "states": told(done.history, "StateEntered", "state"),
        "skipped": told(done.history, "StateSkipped", "state"),
        "calls": calls,
        "requests": told(done.history, "TaskScheduled", "parameters"),
    }
    wanted = case["expect"]
    found = differences(wanted, {key: seen[key] for key in wanted})
    assert not found, "\n".join(found)
