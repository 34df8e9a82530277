"""Does each language mean here what its specification says? The cases are data.

``<language>/<area>.yaml`` lists them; ``equivalence`` has a definition per language.
How they are written is in ``README.md`` beside them.
"""

import re
from math import inf
from pathlib import Path

import pytest
import yaml

from chalicelib.testing import run
from tests.unit.api.step_functions_history import shown

HERE = Path(__file__).parent
FIELDS = {"name", "spec", "definition", "input", "workflows", "functions", "objects"}
FIELDS |= {"expect", "wake_ups"}
HISTORY = {"history", "details"}


class Cases(yaml.SafeLoader):
    """YAML in which times are texts, and ``!match`` is a regular expression."""


class Matching(str):
    __hash__ = str.__hash__

    def __eq__(self, got):
        return re.fullmatch(str(self), str(got), re.DOTALL) is not None


Cases.add_constructor("!match", lambda _, node: Matching(node.value))
Cases.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)


def cases():
    for path in sorted(HERE.rglob("*.yaml")):
        for case in yaml.load(path.read_text("utf-8"), Cases):  # noqa: S506 - a SafeLoader
            name = f"{path.parent.name}/{path.stem}: {case['name']}"
            one = {path.parent.name: case.get("definition")}
            for language, text in case.pop("definitions", one).items():
                yield pytest.param(language, text, case, id=f"{name} ({language})")


def stand_in(name, given, calls):
    given = given if isinstance(given, list) else [given]
    answers = [{"times": inf} | ({} if each == "echo" else each) for each in given]

    def function(event):
        calls.append({name: event})
        left = (each for each in answers if each["times"])
        answer = next(each for each in left if each.get("given", event) == event)
        answer["times"] -= 1
        function.takes = answer.get("takes", 0)
        if raised := answer.get("raises"):
            raise type(raised["errorType"], (Exception,), {})(raised["errorMessage"])
        return answer.get("returns", event)

    function.takes = answers[0].get("takes", 0)
    return function


def objects(given):
    named = ((name.split("/", 1), text) for name, text in given.items())
    return {(bucket, key): text.encode("utf-8") for (bucket, key), text in named}


def written(done):
    """The objects of S3; in their names, nothing says which run it was."""
    return {
        "/".join(part for part in (bucket, *key.split("/")) if len(part) < 36): text
        for (bucket, key), content in done.objects.items()
        for text in [content.decode("utf-8")]
    }


def strict(value):
    """Tell 1 from 1.0 and from true, which Python takes for equal."""
    if isinstance(value, dict):
        return {key: strict(each) for key, each in value.items()}
    if isinstance(value, list):
        return [strict(each) for each in value]
    return repr(value) if isinstance(value, bool | float) else value


def seen(done, calls):
    def told(kind, what):
        return [each.get(what) for each in done.history if each["type"] == kind]

    return {
        "status": str(done.status),
        "output": done.output,
        "value": done.output.get("value") if isinstance(done.output, dict) else None,
        "error": done.error,
        "cause": done.cause,
        "duration": round(done.duration),
        "states": told("StateEntered", "state"),
        "skipped": told("StateSkipped", "state"),
        "calls": calls,
        "requests": told("TaskScheduled", "parameters"),
        "objects": written(done),
    }


def told(definition, done, wanted):
    """What GetExecutionHistory says; of details only those that are asked for."""
    events = shown(definition, done)
    said = {each["id"]: facts for each in events for facts in details_of(each)}
    return {
        "history": [f"{each['previousEventId']} {each['type']}" for each in events],
        "details": {
            number: {name: said[number].get(name) for name in names}
            for number, names in wanted.get("details", {}).items()
        },
    }


def details_of(event):
    return [facts for name, facts in event.items() if name.endswith("EventDetails")]


@pytest.mark.parametrize(("language", "definition", "case"), list(cases()))
def test_the_language_means_what_is_written(language, definition, case):
    calls = []
    given = case.get("functions", {}).items()
    functions = {name: stand_in(name, each, calls) for name, each in given}
    known = {"functions": functions, "workflows": case.get("workflows")}
    known["objects"] = objects(case.get("objects", {}))
    known["wake_ups"] = case.get("wake_ups", ())

    done = run(definition, case.get("input"), format=language, **known)

    every = seen(done, calls)
    if case["expect"].keys() & HISTORY:
        every |= told(definition, done, case["expect"])
    found = {key: every[key] for key in case["expect"]}
    assert strict(found) == strict(case["expect"])
    assert case.keys() <= FIELDS and case["spec"]
