"""Does each language mean here what its specification says? The cases are data.

``<language>/<area>.yaml`` lists them; ``equivalence`` has a definition per language.

    functions   by name: ``echo``, an answer, or answers of which the first that fits is
                given: ``returns`` or ``raises``, ``times`` (how often), ``given`` (fields
                of the event), ``takes`` (seconds; only a task that waits for its token
                may get answers that take differently long)
    expect      only what is named counts: how it ended, ``value`` (that key of the
                output), ``duration`` in whole seconds, ``states`` entered and ``skipped``,
                ``calls`` of functions as they end, ``requests`` as tasks send them
"""

import re
from math import inf
from pathlib import Path

import pytest
import yaml

from chalicelib.testing import run

HERE = Path(__file__).parent
FIELDS = {"name", "spec", "definition", "input", "workflows", "functions", "expect"}


class Cases(yaml.SafeLoader):
    """YAML in which times are texts, and an expectation may leave something open."""


class Matching(str):
    def allows(self, got):
        return isinstance(got, str) and re.fullmatch(self, got, re.DOTALL)


class Between(list):
    def allows(self, got):
        return self[0] <= got <= self[1]


Cases.add_constructor("!match", lambda _, node: Matching(node.value))
Cases.add_constructor("!between", lambda self, node: Between(self.construct_sequence(node)))
Cases.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)


def cases():
    for path in sorted(HERE.rglob("*.yaml")):
        for case in yaml.load(path.read_text("utf-8"), Cases):  # noqa: S506 - a SafeLoader
            folder, name = path.parent.name, f"{path.stem}: {case['name']}"
            for language, text in case.pop("definitions", {}).items():
                whole = {**case, "definition": text}
                yield pytest.param(language, whole, id=f"{folder}/{name} ({language})")
            if "definition" in case:
                yield pytest.param(folder, case, id=f"{folder}/{name}")


def stand_in(name, given, calls):
    answers = [{} if each == "echo" else {**each} for each in given]

    def function(event):
        calls.append({name: event})
        answer = next(each for each in answers if fits(each, event))
        answer["times"] = answer.get("times", inf) - 1
        function.takes = answer.get("takes", 0)
        if "raises" in answer:
            raised = answer["raises"]
            raise type(raised["errorType"], (Exception,), {})(raised["errorMessage"])
        return answer.get("returns", event)

    function.takes = answers[0].get("takes", 0)
    return function


def fits(answer, event):
    fields = answer.get("given", {}).items()
    return answer.get("times", inf) > 0 and all(event[k] == v for k, v in fields)


def differences(wanted, got, place="expect"):
    if isinstance(wanted, Matching | Between):
        return [] if wanted.allows(got) else [f"{place}: {got!r} is not {wanted!r}"]
    if isinstance(wanted, list) and isinstance(got, list):
        wanted, got = dict(enumerate(wanted)), dict(enumerate(got))
    if not isinstance(wanted, dict) or not isinstance(got, dict):
        is_same = type(wanted) is type(got) and wanted == got
        return [] if is_same else [f"{place}: {got!r} instead of {wanted!r}"]
    odd = [f"{place}/{key} is missing" for key in wanted if key not in got]
    odd += [f"{place}/{key} is too much: {got[key]!r}" for key in got.keys() - wanted]
    for key in wanted.keys() & got:
        odd += differences(wanted[key], got[key], f"{place}/{key}")
    return odd


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
    }


@pytest.mark.parametrize(("language", "case"), list(cases()))
def test_the_language_means_what_is_written(language, case):
    calls = []
    functions = {
        name: stand_in(name, each if isinstance(each, list) else [each], calls)
        for name, each in case.get("functions", {}).items()
    }

    done = run(
        case["definition"],
        case.get("input"),
        format=language,
        functions=functions,
        workflows=case.get("workflows"),
    )

    found = seen(done, calls)
    odd = differences(case["expect"], {key: found[key] for key in case["expect"]})
    assert case.keys() <= FIELDS and case["spec"] and not odd, "\n".join(odd)
