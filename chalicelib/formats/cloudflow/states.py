"""One state of a definition -> a state of the model.

Each type of state is a row of ``_BUILDERS``; what all types share stands around it.
A state with problems is compiled too, as far as it goes, so that the checks of its
scope see where it leads.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.formats.cloudflow.constructors import (
    SUFFIX,
    compile_template,
    compile_text,
    compile_twin,
)
from chalicelib.formats.cloudflow.distributed import (
    compile_batcher,
    compile_reader,
    compile_writer,
    first_items,
    label_of,
    result_of,
)
from chalicelib.formats.cloudflow.policies import compile_catch, compile_retry
from chalicelib.formats.cloudflow.shapes import (
    BRANCH,
    CHOICE_BRANCH,
    PROCESSOR,
    PROCESSOR_CONFIG,
    STATES,
)
from chalicelib.formats.cloudflow.sight import Sight
from chalicelib.formats.cloudflow.tasks import compile_task
from chalicelib.formats.fields import Part, Shape
from chalicelib.model import workflow as model
from chalicelib.model.expressions import Call, Expression, Literal, Named, Object, Path

#: CloudFlow, "Inline mode": iterations at once where the Map does not say.
_DEFAULT_CONCURRENCY = 40
_CONCURRENCY = (
    *("MaxConcuccency", f"MaxConcuccency{SUFFIX}"),
    *("MaxConcurrency", f"MaxConcurrency{SUFFIX}"),
)
_SUCCEEDED = Sight(output=True)
_NO_NEXT = frozenset(("Choice", "Succeed", "Fail"))


@dataclass(frozen=True, slots=True)
class Around:
    """The scope that a state stands in."""

    id: str
    #: Names of its states.
    names: Collection[str]
    #: Compiles a scope inside the state: where it is written, its shape and its id.
    compile_scope: Callable[[Part, Shape, str], model.Scope]
    #: Names that lead to no state; where from and where to is then anybody's guess.
    astray: list[Part] = field(default_factory=list)

    def inner_id(self, *steps: str) -> str:
        """Return the id of a scope inside; a slash in a name is no new level."""
        escaped = (step.replace("~", "~0").replace("/", "~1") for step in steps)
        return "/".join((self.id, *escaped))

    def knows(self, part: Part) -> bool:
        """Return whether ``part`` names a state of this scope; report it if not."""
        if not isinstance(part.value, str):
            return False
        is_known = part.require_known(part.value, self.names, "state")
        self.astray.extend(() if is_known else (part,))
        return is_known


#: The fields of the model's state that a type of state has beside the common ones.
Built = dict[str, Any]


def compile_state(part: Part, around: Around) -> model.State:
    """Return the state; its problems go to the report of ``part``."""
    kind = part["Type"].value
    name = str(part["Name"].value)
    if not _is_known_type(part):
        return model.State(name=name, work=model.Pass(), next=_next(part, around))
    part.read(STATES[kind])
    built = _BUILDERS[kind](part, around)
    return model.State(
        **{
            "name": name,
            "next": () if kind in _NO_NEXT else _next(part, around),
            "input": _constructor(part["InputConstructor"], Sight()),
            "output": _constructor(part["OutputConstructor"], _SUCCEEDED),
            "assign": _globals(part["GlobalConstructor"]),
            "retry": tuple(compile_retry(part["Retry"])),
            "catch": tuple(compile_catch(part["Catch"], around.knows)),
            **built,
        }
    )


def _is_known_type(part: Part) -> bool:
    kind = part["Type"]
    if isinstance(kind.value, str):
        return kind.require_known(kind.value, STATES, "type of state")
    part.wrong("'Type' is missing in a state; add it, as in 'Type: Pass'")
    return False


def _constructor(part: Part, sight: Sight) -> Expression | None:
    return compile_template(part, sight) if isinstance(part.value, dict) else None


def _globals(part: Part) -> Expression | None:
    """Return the program that changes the variable which ``$Global`` is."""
    changes = _constructor(part, _SUCCEEDED)
    if changes is None:
        return None
    before = Path(text="$Global", root="$Global")
    after = Call(name="CloudFlow.jsonMerge", arguments=(before, changes))
    return Object(fields=(("Global", after),))


def _next(part: Part, around: Around) -> tuple[str, ...]:
    """Return where the state leads; Next and End exclude each other."""
    is_end = part["End"].value is True
    if "Next" in part and is_end:
        part["End"].wrong("a state has Next or End, not both; remove one", at="key")
    if "Next" not in part and not is_end:
        part.wrong("this state leads nowhere; add 'Next: <state>' or 'End: true'")
    return (part["Next"].value,) if around.knows(part["Next"]) else ()


def _pass(_part: Part, _around: Around) -> Built:
    return {"work": model.Pass()}


def _succeed(_part: Part, _around: Around) -> Built:
    return {"work": model.Succeed()}


def _wait(part: Part, _around: Around) -> Built:
    found = compile_twin(part, "Seconds", Sight())
    if found is None:
        part.wrong("'Seconds' is missing in a Wait state; add it")
    return {"work": model.Wait(seconds=found)}


def _fail(part: Part, _around: Around) -> Built:
    error = compile_twin(part, "Code", Sight())
    cause = compile_twin(part, "Detail", Sight())
    return {"work": model.Fail(error=error, cause=cause)}


def _task(part: Part, _around: Around) -> Built:
    task, arguments = compile_task(part)
    return {"work": task, "arguments": arguments}


def _choice(part: Part, around: Around) -> Built:
    rules = []
    for branch in part["Branches"].elements():
        found = branch.read(CHOICE_BRANCH)
        is_known = around.knows(branch["Next"])
        if "Condition" in found:
            condition = compile_text(branch["Condition"], Sight(lenient=True))
            target = (found["Next"],) if is_known else ()
            rules.append(model.Rule(condition=condition, next=target))
    default = (part["Default"].value,) if around.knows(part["Default"]) else ()
    return {"work": model.Choice(rules=tuple(rules), default=default)}


def _parallel(part: Part, around: Around) -> Built:
    name = str(part["Name"].value)
    branches = tuple(
        model.Branch(
            scope=around.compile_scope(
                branch, BRANCH, around.inner_id(name, str(index))
            )
        )
        for index, branch in enumerate(part["Branches"].elements())
    )
    return {"work": model.Parallel(branches=branches), "result": Named(prefix="Branch")}


def _map(part: Part, around: Around) -> Built:
    label = label_of(part)
    writer = compile_writer(part, label)
    reader = compile_reader(part)
    work = model.Map(
        scope=_processor(part, around),
        items=first_items(part, _items(part["ItemsPath"])),
        item_input=_constructor(part["ItemConstructor"], Sight(item=True)),
        max_concurrency=_concurrency(part),
        tolerated_count=compile_twin(part, "ToleratedFailureCount", Sight()),
        tolerated_percentage=compile_twin(part, "ToleratedFailurePercentage", Sight()),
        reader=reader,
        batcher=compile_batcher(part),
        writer=writer,
        label=label,
    )
    return {"work": work, "result": result_of(writer)}


def _processor(part: Part, around: Around) -> model.Scope:
    inner_id = around.inner_id(str(part["Name"].value))
    processor = part["Processor"]
    if not isinstance(processor.value, dict):
        return model.Scope(id=inner_id, start=(), states={})
    if isinstance(processor["ProcessorConfig"].value, dict):
        processor["ProcessorConfig"].read(PROCESSOR_CONFIG)
    return around.compile_scope(processor, PROCESSOR, inner_id)


def _items(part: Part) -> Expression | None:
    return compile_text(part, Sight()) if isinstance(part.value, str) else None


def _concurrency(part: Part) -> Expression:
    written = [name for name in _CONCURRENCY if name in part]
    names = [name.removesuffix(SUFFIX) for name in written]
    if len(set(names)) > 1:
        part[written[-1]].wrong(
            "MaxConcuccency and MaxConcurrency are the same; remove one", at="key"
        )
    given = compile_twin(part, names[0], Sight()) if names else None
    return Literal(value=_DEFAULT_CONCURRENCY) if given is None else given


_BUILDERS: Mapping[str, Callable[[Part, Around], Built]] = {
    "Task": _task,
    "Pass": _pass,
    "Wait": _wait,
    "Choice": _choice,
    "Parallel": _parallel,
    "Map": _map,
    "Succeed": _succeed,
    "Fail": _fail,
}
