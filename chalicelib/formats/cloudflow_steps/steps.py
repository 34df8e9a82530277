"""One step of a flow -> a state of the model.

Each type of step is a row of ``_BUILDERS``; what all types share stands around it.
A step with problems is compiled too, as far as it goes, so that the checks of its
sequence see where it leads.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import DefinitionRefused
from chalicelib.formats.cloudflow.folding import object_of
from chalicelib.formats.cloudflow.syntax import parse
from chalicelib.formats.cloudflow_steps.mappings import (
    STEP_OUTPUT,
    added_to_local,
    compile_mappings,
    step_input,
)
from chalicelib.formats.cloudflow_steps.paths import (
    STEP_INPUT,
    StepInput,
    compile_path,
    compile_value,
    is_path,
)
from chalicelib.formats.cloudflow_steps.policies import compile_catch, compile_retry
from chalicelib.formats.cloudflow_steps.shapes import (
    BRANCH,
    CHOICE,
    DEFAULT,
    ITERATION,
    MOST_BRANCHES,
    STEPS,
)
from chalicelib.formats.cloudflow_steps.tasks import compile_task
from chalicelib.formats.document import pointer
from chalicelib.formats.fields import Part
from chalicelib.model import workflow as model
from chalicelib.model.expressions import Expression, Literal, Merge, Source, Union

#: CloudFlow, "Limits": iterations of a foreach step that run at once.
_CONCURRENCY = 100
_EMPTY = Literal(value={})
#: A result that is no object is no local variable: ``Union`` refuses it.
_RESULT = Union(parts=(Source(name="result"),))
_NO_NEXT = frozenset(("succeed", "fail"))


@dataclass(frozen=True, slots=True)
class Around:
    """The sequence that a step stands in."""

    id: str
    #: Names of its steps.
    names: Collection[str]
    #: Compiles a sequence inside the step: its steps and its id.
    compile_sequence: Callable[[Part, str], model.Scope]

    def inner_id(self, *steps: str) -> str:
        """Return the id of a scope inside; a slash in a name is no new level."""
        escaped = (step.replace("~", "~0").replace("/", "~1") for step in steps)
        return "/".join((self.id, *escaped))

    def knows(self, part: Part) -> bool:
        """Return whether a goto names a step of this sequence; report it if not."""
        if not isinstance(part.value, str):
            return False
        if part.value not in self.names and part.value in _every_name(part):
            part.wrong(
                f"{part.value!r} stands in another sequence of steps; a goto leads to "
                "steps beside its own only: move one of the two, or start the other "
                "sequence as a flow of its own"
            )
            return False
        return part.require_known(part.value, self.names, "step")


def _every_name(part: Part) -> set[str]:
    """Return the names of all steps of the document."""
    found, waiting = set(), [part.report.document.value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            name = each.get("name")
            found |= {name} if isinstance(name, str) and "type" in each else set()
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
    return found


#: The fields of the model's state that a type of step has beside the common ones.
Built = dict[str, Any]


def compile_step(part: Part, around: Around, following: str) -> model.State:
    """Return the state; its problems go to the report of ``part``."""
    kind = part["type"].value
    name = str(part["name"].value)
    if not _is_known_type(part):
        return model.State(name=name, work=model.Pass())
    part.read(STEPS[kind])
    is_end = part["end"].value is True or kind in _NO_NEXT or not following
    built = {"gives": _EMPTY, "result": _EMPTY, **_BUILDERS[kind](part, around)}
    # What the step gives where no mappings say it.
    gives = built.pop("gives")
    output = compile_mappings(part["outputMappings"], STEP_OUTPUT) or gives
    if "input" not in built:
        built["input"] = step_input(part["inputMappings"])
    return model.State(
        name=name,
        next=() if is_end else (following,),
        output=output,
        assign=None if output is _EMPTY else added_to_local(output),
        **built,
    )


def _is_known_type(part: Part) -> bool:
    kind = part["type"]
    if isinstance(kind.value, str):
        return kind.require_known(kind.value, STEPS, "type of step")
    part.wrong("'type' is missing in a step; add it, as in 'type: pass'")
    return False


def _pass(_part: Part, _around: Around) -> Built:
    return {"work": model.Pass()}


def _succeed(_part: Part, _around: Around) -> Built:
    return {"work": model.Succeed()}


def _fail(part: Part, _around: Around) -> Built:
    error, cause = (_text(part[name]) for name in ("error", "cause"))
    return {"work": model.Fail(error=error, cause=cause)}


def _text(part: Part) -> Expression | None:
    return Literal(value=part.value) if isinstance(part.value, str) else None


def _wait(part: Part, _around: Around) -> Built:
    if ("duration" in part) == ("timestamp" in part):
        part.wrong(
            "a wait step has either 'duration' or 'timestamp'; "
            + ("remove one" if "duration" in part else "add one")
        )
    name = "duration" if "duration" in part else "timestamp"
    until = compile_value(part[name], STEP_INPUT)
    if name == "duration":
        return {"work": model.Wait(seconds=until)}
    return {"work": model.Wait(timestamp=until)}


def _task(part: Part, around: Around) -> Built:
    asked = compile_task(part)
    return {
        "work": asked.task,
        "input": asked.input,
        "arguments": asked.arguments,
        "result": None,
        "gives": _RESULT,
        "retry": tuple(compile_retry(part["retry"])),
        "catch": tuple(
            compile_catch(part["catch"], part["errorMappings"], around.knows)
        ),
    }


def _choice(part: Part, around: Around) -> Built:
    above = str(part["name"].value)
    ways = [
        _way(choice, around, (above, str(index)), _condition(choice))
        for index, choice in enumerate(part["choices"].elements())
    ]
    if "default" in part:
        part["default"].read(DEFAULT)
        ways.append(_way(part["default"], around, (above, "default")))
    return {
        "work": model.Parallel(branches=tuple(ways), only_first=True),
        # The list of what the branches gave: one did, the others did not run.
        "result": Merge(),
        "gives": _RESULT,
    }


def _condition(part: Part) -> Expression:
    part.read(CHOICE)
    found = part["condition"]
    if not isinstance(found.value, str):
        return Literal(value=False)
    try:
        return parse(found.value, StepInput(lenient=True), place=pointer(found.path))
    except DefinitionRefused as refused:
        problem = refused.problems[0]
        found.wrong(f"{problem.message} (character {problem.column})")
        return Literal(value=False)


def _way(
    part: Part,
    around: Around,
    inner: tuple[str, str],
    condition: Expression | None = None,
) -> model.Branch:
    """Return a branch of a choice: its steps, and where it goes after them."""
    scope = around.compile_sequence(part["steps"], around.inner_id(*inner))
    leads_to = (part["goto"].value,) if around.knows(part["goto"]) else None
    return model.Branch(scope=scope, condition=condition, next=leads_to)


def _parallel(part: Part, around: Around) -> Built:
    branches = list(part["branches"].elements())
    if len(branches) > MOST_BRANCHES:
        part["branches"].wrong(
            f"a parallel step has at most {MOST_BRANCHES} branches, "
            f"not {len(branches)}; write a foreach step over what differs"
        )
    name = str(part["name"].value)
    compiled = tuple(
        _branch(branch, around, around.inner_id(name, str(index)))
        for index, branch in enumerate(branches)
    )
    return {"work": model.Parallel(branches=compiled), "result": None}


def _branch(part: Part, around: Around, inner_id: str) -> model.Branch:
    part.read(BRANCH)
    return model.Branch(scope=around.compile_sequence(part["steps"], inner_id))


def _foreach(part: Part, around: Around) -> Built:
    inner_id = around.inner_id(str(part["name"].value))
    items, shape = _iteration(part)
    work = model.Map(
        scope=around.compile_sequence(part["steps"], inner_id),
        items=items,
        item_input=shape,
        max_concurrency=Literal(value=_CONCURRENCY),
    )
    return {"work": work, "result": None}


def _iteration(part: Part) -> tuple[Expression | None, Expression | None]:
    """Return what a foreach goes through, and what each iteration receives."""
    if "iterationMapping" not in part:
        part.wrong(
            "'iterationMapping' is missing in a foreach step; add it, as in "
            "{collection: $.orders, item: order}"
        )
        return None, None
    mapping = part["iterationMapping"]
    found = mapping.read(ITERATION)
    items = None
    if is_path(found.get("collection")):
        items = compile_path(mapping["collection"], STEP_INPUT)
    elif "collection" in found:
        mapping["collection"].wrong("must be a path to an array, such as $.orders")
    names = [(found[name], name) for name in ("item", "index") if name in found]
    added = object_of({written: Source(name=name) for written, name in names})
    return items, Union(parts=(Source(name="input"), added))


_BUILDERS: Mapping[str, Callable[[Part, Around], Built]] = {
    "task": _task,
    "pass": _pass,
    "wait": _wait,
    "choice": _choice,
    "parallel": _parallel,
    "foreach": _foreach,
    "succeed": _succeed,
    "fail": _fail,
}
