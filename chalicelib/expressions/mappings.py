"""What does a Rill Flow mapping list give, and does a condition hold?

A list is a program over ``{context, input, output}``. Its rules run in order and see
what those before them wrote. Null is never written. A rule that fails is left out,
unless it says ``tolerance: false``; then it fails the task.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import jayway
from chalicelib.expressions.constants import parse_constant
from chalicelib.expressions.mapping_documents import MappingDocument, parse_target
from chalicelib.expressions.rill_loans import rules
from chalicelib.expressions.scope import View
from chalicelib.model import expressions as nodes
from chalicelib.model.jayway_grammar import parse
from chalicelib.values import Json, is_whole

_Evaluate = Callable[[Any, View], Json]

_OUTPUTS: Mapping[str, Callable[[View], Json]] = {
    "": lambda view: {},
    "input": lambda view: view.input,
    "result": lambda view: view.result,
}


def apply(node: nodes.Mappings, view: View, evaluate: _Evaluate) -> Json:
    """Return the input that the rules build, or the context's fields they change.

    Raises:
        EvaluationFailure: ``mapping_failed``: a strict rule failed.
    """
    output = _OUTPUTS[node.output](view)
    if node.skips_empty and not output:
        return {}
    document = MappingDocument(view.variables, output)
    lent = rules(node.loan, view) if node.loan else ()
    for rule in (*lent, *node.rules):
        _follow(rule, document, view)
    return document.changes() if node.gives == "context" else document.input


def _follow(rule: nodes.Mapping, document: MappingDocument, view: View) -> None:
    try:
        value = _source(rule.source, document, view)
        if rule.transform:
            value = _transformed(value, rule, document, view)
        if value is not None:
            document.write(parse_target(rule.target), value)
    except EvaluationFailure as failure:
        if rule.strict:
            cause = f"the mapping to {rule.target} failed: {failure.cause}"
            raise EvaluationFailure("mapping_failed", cause) from None


def _source(source: str, document: MappingDocument, view: View) -> Json:
    if not source.strip():
        return None
    if not source.startswith("$"):
        return parse_constant(source)
    parts = source.split(".")
    if len(parts) > 3 and parts[:2] == ["$", "tasks"]:
        return _trigger_url(parts[2], parts[3], source, view)
    return document.read(parse(source))


def _transformed(
    value: Json, rule: nodes.Mapping, document: MappingDocument, view: View
) -> Json:
    """Return what the script of a rule makes of its source.

    It sees the three roots as they are now. What it changes of them is kept, unless
    it fails.
    """
    # The interpreter is loaded when the first script needs it.
    from chalicelib.expressions import aviator

    environment = {"source": value, **document.roots()}
    place = f"{rule.target}\x1f{rule.transform}"
    found = aviator.run(rule.transform, environment, view.facts, place)
    for root, changed in found.changed.items():
        document.replace(root, changed)
    return found.value


def _trigger_url(task: str, key: str, source: str, view: View) -> Json:
    """Return the callback URL of a task, with the parameters that the source adds."""
    if key != "trigger_url" and not key.startswith("trigger_url?"):
        return None
    url = view.facts.trigger_urls.get(task)
    extra = source.split("?")[1:2]
    if url is None or not extra:
        return url
    return f"{url}{'&' if '?' in url else '?'}{extra[0]}"


def holds(node: nodes.Condition, view: View, evaluate: _Evaluate) -> bool:
    """Return whether the path of a condition leads somewhere.

    A text that is no path leads nowhere: branches ask it and are not taken. Where
    that would hide a mistake, the definition was refused.

    Raises:
        EvaluationFailure: it takes too many steps.
    """
    try:
        path = parse(node.text)
    except EvaluationFailure:
        return False
    return bool(jayway.find(path, {node.root: view.data}))


def read(node: nodes.Jayway, view: View, evaluate: _Evaluate) -> Json:
    """Return the value at a path.

    Raises:
        EvaluationFailure: it is not of the kind that is needed.
    """
    value = jayway.read(parse(node.text), {node.root: view.data})
    return _KINDS[node.kind](value, node.text)


def _list(value: Json, text: str) -> Json:
    if value is None or isinstance(value, list):
        return value
    raise EvaluationFailure("mapping_failed", f"{text} is not a list")


def _positive(value: Json, _text: str) -> Json:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:15])
    return value if is_whole(value) and value > 0 else None


_KINDS: Mapping[str, Callable[[Json, str], Json]] = {
    "": lambda value, _text: value,
    "list": _list,
    "positive": _positive,
}


def when(node: nodes.When, view: View, evaluate: _Evaluate) -> Json:
    """Return the value where every condition holds; else null."""
    if all(evaluate(each, view) is True for each in node.conditions):
        return evaluate(node.value, view)
    return None
