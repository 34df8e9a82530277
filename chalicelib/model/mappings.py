"""What does Rill Flow ask of data? Its own nodes; ``expressions`` has the others."""

from __future__ import annotations

from chalicelib.frozen import dataclass

#: Steps of a reference path: names and list positions, from the root down.
Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """One rule of a Rill Flow mapping list."""

    #: A path such as ``$.context.user``, a constant's text, or empty.
    source: str = ""
    #: An expression applied to the source's value; empty for none.
    transform: str = ""
    target: str = ""
    #: Only an explicit ``tolerance: false`` is strict: an error then fails the task.
    strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """A resource of Rill Flow that is looked up when an attempt begins.

    Its value is the resource's name, as ``Task.resource`` has it.
    """

    #: As the author wrote it: ``ab://key``, ``resourceRef://shop:prices?name=price``.
    name: str
    #: Whose A/B rules are meant; empty where there are none to ask.
    business: str = ""
    #: Only a flow will do; else only what is none.
    is_flow: bool = False

    @property
    def is_choice(self) -> bool:
        """Whether rules choose it by the task's input."""
        return self.name.startswith("ab://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mappings:
    """A Rill Flow mapping list over ``{context, input, output}``."""

    rules: tuple[Mapping, ...]
    #: The root that is the value of the list: ``input`` or ``context``.
    gives: str
    #: Seen as ``$.output``: ``result``, ``input`` (pass tasks) or nothing.
    output: str = ""
    #: Nothing is mapped where that is null or empty (no branch of a choice ran).
    skips_empty: bool = False
    #: Brings rules of its own, which come before ``rules``.
    loan: Loan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A Rill Flow condition: a Jayway path over ``{root: value at hand}``."""

    text: str
    #: ``input`` or ``output``: the only root the condition sees.
    root: str = "input"


@dataclass(frozen=True, slots=True, kw_only=True)
class Jayway:
    """The value of a Jayway path over ``{root: value at hand}``; null where missing."""

    text: str
    root: str = "input"
    #: ``list``: anything but a list or null is a failure. ``positive``: anything but a
    #: whole number above zero, or its text, is null. Empty: every value is right.
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupContext:
    """What a group of a Rill Flow foreach sees: the input without the collection,
    with the element and its position under names of the author's."""

    #: Names that lead from the input to the collection; none: it stays.
    collection: Steps
    item: str
    index: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DagContext:
    """The first context of a Rill Flow DAG: defaults, then what was submitted."""

    #: Name and constant's text.
    defaults: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RillNotice:
    """The request that tells of a DAG's end; ``$`` is how it ended.

    ``$`` has ``workflow``, ``name``, ``status``, ``error``, ``cause``, ``started_at``,
    ``stopped_at`` (seconds since the epoch), ``states`` ({state: status}) and
    ``failures`` ({runtime name: cause}); variables are the final context.
    """

    #: Builds the input whose parts the request is made of.
    mappings: Mappings | None = None
    #: Whether the tasks, and the whole context, are told, too.
    full_dag: bool = False
    full_context: bool = False
