"""What can be asked of data: the nodes that formats compile texts into.

An expression is data. It is made by ``formats``, kept with the workflow, and given
a value by ``chalicelib.expressions.evaluate``, the only reader of these classes.

Roots of a path name what it starts from:

    $            the value at hand (input, then result, as the station says)
    $$           the context object of the Amazon States Language
    $name        a variable of the scope
    $Input, $Output, $Context, $Item, $Global      CloudFlow
    $context, $Failure                             CloudFlow's older language
    $.input, $.output, $.context                   Rill Flow (a ``Mappings`` document)
"""

from __future__ import annotations

from chalicelib.frozen import dataclass
from chalicelib.model.mappings import Condition as Condition
from chalicelib.model.mappings import DagContext as DagContext
from chalicelib.model.mappings import GroupContext as GroupContext
from chalicelib.model.mappings import Jayway as Jayway
from chalicelib.model.mappings import Loan as Loan
from chalicelib.model.mappings import Mapping as Mapping
from chalicelib.model.mappings import Mappings as Mappings
from chalicelib.model.mappings import RillNotice as RillNotice
from chalicelib.model.mappings import Steps as Steps
from chalicelib.values import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """A constant."""

    value: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A place in what the expression can see."""

    #: The text as its author wrote it, for messages.
    text: str
    #: ``$``, ``$$``, ``$name``, ``$Input`` … as the table above says.
    root: str = "$"
    #: The steps of a reference path; None for a query with several answers.
    steps: Steps | None = ()
    #: JSONPath of a query, rooted at ``$``; empty for a reference path.
    query: str = ""
    #: A missing place is null instead of a failure.
    lenient: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """A JSON object, each field an expression."""

    fields: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    """A JSON array, each element an expression."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A built-in function, by full name: ``States.Format``, ``CloudFlow.split``."""

    name: str
    arguments: tuple[Expression, ...]
    #: The call as its author wrote it, for messages.
    text: str = ""
    #: Where it is written: chance is derived from it, so that two calls differ.
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipe:
    """Stages; each sees the value of the one before as ``$``."""

    stages: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """``base`` with ``value`` put at ``steps`` (ASL, "ResultPath")."""

    #: None discards the value; () replaces the base.
    steps: Steps | None
    base: Expression
    value: Expression
    text: str = "$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One of the stations of data by name: ``input``, ``result``, ``raw_input``,
    ``variables``, ``error`` ({Error, Cause}), ``item``, ``index``."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """An ASL comparison such as ``NumericLessThan``; never a failure on types."""

    operator: str
    left: Path
    right: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Is:
    """An ASL type test: ``IsPresent``, ``IsNull``, ``IsString`` …"""

    kind: str
    subject: Path
    expected: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """True when every rule is."""

    rules: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """True when one rule is."""

    rules: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """True when the rule is not."""

    rule: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An operator of CloudFlow's conditions: ``==``, ``<``, ``in``, unary ``-`` …"""

    operator: str
    left: Expression
    #: None for a unary operator.
    right: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Jsonata:
    """A JSONata expression, without its ``{% %}``."""

    text: str
    #: Where it stands in its state, such as ``Arguments/order/id``, for messages.
    field: str = ""
    #: What the field needs: a row of ``expressions.jsonata.checks``; empty: anything.
    expects: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """The value where all conditions hold; else null."""

    conditions: tuple[Expression, ...]
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class RillRequest:
    """What a Rill Flow function task sends, made of its input."""

    #: ``http`` ({method, query, headers, body}), ``workflow`` ({input}), ``sns``,
    #: ``eventbridge`` (the services' own requests) or ``plain``.
    kind: str = "plain"
    #: The topic, or the bus.
    target: str = ""
    method: str = "POST"
    #: The groups around the task, outermost first: ``split`` is one of a foreach, by
    #: the index of the iteration; ``check_1`` is a branch of a choice.
    groups: tuple[str, ...] = ()
    #: An object; its fields stand in for those that the input lacks.
    parameters: Expression | None = None
    #: Seconds that a connection, and a silence in the answer, may take; 0: the stage's.
    connect: float = 0.0
    read: float = 0.0
    #: Says the kind and the target, and method and parameters where the task does not.
    loan: Loan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A list as an object: ``Branch0``, ``Branch1`` … for prefix ``Branch``."""

    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A list of objects as one object; later keys win, null counts as nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Union:
    """Objects one over the other, later names win (CloudFlow, "Local variables")."""

    parts: tuple[Expression, ...]


Expression = (
    Literal
    | Path
    | Object
    | Array
    | Call
    | Pipe
    | Place
    | Source
    | Compare
    | Is
    | And
    | Or
    | Not
    | Operation
    | Jsonata
    | Mappings
    | Condition
    | Jayway
    | When
    | GroupContext
    | DagContext
    | RillRequest
    | Loan
    | RillNotice
    | Named
    | Merge
    | Union
)
