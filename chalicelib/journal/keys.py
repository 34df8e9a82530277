"""Under which keys does what lie? One partition for an execution, more for a crowd.

    HEAD                     the execution's own item
    r#00000001, r#00000002   journal records of the top scope, in order
    r#~<cause>               its inbox: events that lost the race for a record
    r.3.1-17#00000001        records of child 17 of activation 3, attempt 1
    early#r#resize           the answer to a state's own token
    loan#r#<attempt>         the resource that an attempt was lent
    notice#0, notice#0-start who could not be told of the end, of the start, and why
    join#r.3.1#0             which children 0-99 of that container are done
    value#<digest>           a large value

Children beyond the hundredth lie in further partitions, a hundred to each in turn, so
that a large Map does not wait for one partition's throughput.
"""

from __future__ import annotations

import re

#: Children that share a join item, and a partition in turn.
LEAF = 100
#: Partitions that the children of one execution may be spread over.
SHARDS = 64

#: The sort keys of notices that could not be delivered begin so.
NOTICE = "notice#"
_OF_START = "-start"
_INDEX = re.compile(r"-(\d+)")


def partition(execution: str, scope: str) -> str:
    """Return the partition of a scope's records.

    >>> partition("w:1", "r.3.1-17"), partition("w:1", "r.3.1-250.1.1-0")
    ('w:1', 'w:1/2')
    """
    return shard(execution, _largest(scope))


def _largest(scope: str) -> int:
    return max((int(each) for each in _INDEX.findall(scope)), default=0)


def shard(execution: str, index: int) -> str:
    """Return the partition of a child by its position."""
    number = index // LEAF % SHARDS
    return f"{execution}/{number}" if number else execution


def shards(execution: str, container: str, children: int) -> list[str]:
    """Return the partitions that the children of a container lie in.

    A container that lies far out itself has its first children there too.

    >>> shards("w:1", "r.3.1", 150), shards("w:1", "r.3.1-250.1.1", 2)
    (['w:1', 'w:1/1'], ['w:1/2'])
    """
    first = _largest(container) // LEAF
    last = max(first, (children - 1) // LEAF)
    numbers = range(first, min(last, first + SHARDS - 1) + 1)
    return [shard(execution, number * LEAF) for number in numbers]


def record(scope: str, seq: int) -> str:
    """Return the sort key of a journal record."""
    return f"{scope}#{seq:08d}"


def inbox(scope: str, cause: str) -> str:
    """Return the sort key of an event in a scope's inbox; sorts after every record."""
    return f"{scope}#~{cause}"


def is_inbox(sort: str) -> bool:
    """Whether the sort key is one of an inbox."""
    return "#~" in sort


def early(scope: str, state: str) -> str:
    """Return the sort key of the answer to a state that may not have begun."""
    return f"early#{scope}#{state}"


def loan(scope: str, attempt: str) -> str:
    """Return the sort key of what an attempt was lent."""
    return f"loan#{scope}#{attempt}"


def notice(number: int, *, is_of_start: bool) -> str:
    """Return the sort key of a notice that could not be delivered."""
    return f"{NOTICE}{number}{_OF_START if is_of_start else ''}"


def notice_named(sort: str) -> tuple[int, bool]:
    """Return the number of a notice, and whether it tells of the start.

    >>> notice_named("notice#2"), notice_named("notice#0-start")
    ((2, False), (0, True))
    """
    name = sort.removeprefix(NOTICE)
    return int(name.removesuffix(_OF_START)), name.endswith(_OF_START)


def leaf(execution: str, container: str, index: int) -> tuple[str, str]:
    """Return the key of the join item that child ``index`` is counted in."""
    number = index // LEAF
    return shard(execution, index), f"join#{container}#{number}"


def root(execution: str, container: str) -> tuple[str, str]:
    """Return the key of the join item that counts the full leaves."""
    return execution, f"join#{container}#root"


def failed(execution: str, container: str) -> tuple[str, str]:
    """Return the key of the join item that knows the children that failed."""
    return execution, f"join#{container}#failed"


def pool(execution: str, container: str, group: int = 0) -> tuple[str, str]:
    """Return the key of a group of slots of a Map that limits how many run at once.

    >>> pool("w:1", "r.3.1", 2)
    ('w:1/2', 'join#r.3.1#slots-2')
    """
    number = f"-{group}" if group else ""
    return shard(execution, group * LEAF), f"join#{container}#slots{number}"


def chosen(execution: str, container: str) -> tuple[str, str]:
    """Return the key of the children that a redriven container takes up."""
    return execution, f"join#{container}#chosen"


def parent(scope: str) -> tuple[str, int, int, int]:
    """Return (scope, activation, attempt, index) of a child's container.

    >>> parent("r.3.1-17")
    ('r', 3, 1, 17)
    """
    container, _, index = scope.rpartition("-")
    above, activation, attempt = container.rsplit(".", 2)
    return above, int(activation), int(attempt), int(index)


def order(scope: str) -> tuple[int, ...]:
    """Return what sorts scopes as their containers and positions do.

    >>> order("r.3.1-17") < order("r.3.1-100") < order("r.4.1-0")
    True
    """
    return tuple(int(part) for part in re.split(r"[.-]", scope)[1:])
