"""Which functions does a program of Aviator know, and which names lead nowhere?

``expressions.aviator`` has the functions; here are their names, so that a definition
with a slip in one is refused when it is published.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from chalicelib.model import aviator_tree as tree

_FUNCTIONS = """
    assert bigint boolean cmp compare comparator concat constantly count date_to_string
    decimal distinct double drop drop_while error filter group_by identity include into
    is_def is_distinct is_empty long map max min now partial print println rand range
    reduce repeat repeatedly reverse seq sort str string_to_date sysdate take take_while
    tuple type undef zip zipmap
    math.abs math.acos math.asin math.atan math.ceil math.cos math.floor math.log
    math.log10 math.pow math.round math.sin math.sqrt math.tan
    seq.add seq.add_all seq.and seq.array seq.contains_key seq.entry seq.eq seq.every
    seq.exists seq.false seq.ge seq.get seq.gt seq.keys seq.le seq.list seq.lt seq.map
    seq.max seq.min seq.neq seq.nil seq.not_any seq.or seq.put seq.remove seq.set
    seq.some seq.true seq.vals
    string.contains string.endsWith string.indexOf string.join string.length
    string.replace_all string.replace_first string.split string.startsWith
    string.substring
"""
_OF_THE_HOST = """
    eval load require import exports io is_a meta with_meta without_meta pst p
    __env__ __instance__ __args__ __exp__
"""
FUNCTIONS = frozenset(_FUNCTIONS.split())
#: Functions that change what they are given.
CHANGING = frozenset(
    ["into", "reverse", "seq.add", "seq.add_all", "seq.put", "seq.remove"]
)
#: Names that a script may be given by whoever runs it.
GIVEN = frozenset(
    ["source", "context", "input", "output", "params", "taskRunningTimeInMillis", "uid"]
)
_SPACES = ("math", "seq", "string")
_HOST = "leads out of the script, to the machine it runs on; it is not supported"
_REFUSED = dict.fromkeys(_OF_THE_HOST.split(), _HOST)
_REFUSED["json"] = "does not exist in Aviator; hand on objects instead of their text"


def parts(node: tree.Node) -> Iterator[tree.Node]:
    """Yield a node and all that are inside it."""
    waiting: list[object] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, tuple):
            waiting.extend(part)
        elif isinstance(part, tree.Node) and is_dataclass(part):
            yield part
            waiting.extend(getattr(part, each.name) for each in fields(part))


def dotted(node: tree.Node) -> str:
    """Return names joined by dots; empty for anything else.

    >>> dotted(tree.Property(target=tree.Name(name="seq"), name="list"))
    'seq.list'
    """
    if isinstance(node, tree.Name):
        return node.name
    if not isinstance(node, tree.Property):
        return ""
    before = dotted(node.target)
    return before and f"{before}.{node.name}"


def own_names(program: tree.Block) -> frozenset[str]:
    """Return the names that a program gives a meaning to, wherever."""
    found: set[str] = set()
    for part in parts(program):
        if isinstance(part, tree.Let | tree.Define | tree.Catch):
            found.add(part.name)
        elif isinstance(part, tree.For):
            found.update(part.names)
        elif isinstance(part, tree.Function):
            found.update((*part.parameters, part.rest))
        elif isinstance(part, tree.Assign) and isinstance(part.target, tree.Name):
            found.add(part.target.name)
    return frozenset(found)


def wrong_name(node: tree.Node, own: frozenset[str]) -> str:
    """Return what is wrong with the name that a node is; empty: nothing."""
    called = node.function if isinstance(node, tree.Call) else node
    name = dotted(called)
    root = name.partition(".")[0]
    if not name or root in own or name in FUNCTIONS:
        return ""
    if root in _REFUSED and root not in GIVEN:
        return f"{root} {_REFUSED[root]}"
    is_function = isinstance(node, tree.Call) and root not in GIVEN
    if not is_function and not (root in _SPACES and "." in name):
        return ""
    near = difflib.get_close_matches(name, FUNCTIONS, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"there is no function {name!r}{hint}"
