"""Which functions does a program of Aviator know?

Their names are those of ``model.aviator_names``: a definition is checked against them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from chalicelib.expressions.aviator import (
    asking,
    conversions,
    dates,
    folds,
    sequences,
    slices,
    texts,
)
from chalicelib.expressions.aviator.calling import Native, truth
from chalicelib.expressions.aviator.frames import Frame
from chalicelib.expressions.aviator.operators import BINARY, UNARY
from chalicelib.expressions.aviator.orders import compare
from chalicelib.expressions.aviator.values import Error, Thrown, Value
from chalicelib.expressions.aviator.written import text_of


def _random(frame: Frame, below: Value = None) -> Value:
    """``rand``: in [0, 1), or a whole number from 0 up to, without, another one."""
    frame.budget.step(10)
    if below is None:
        return frame.place.chance()
    most = asking.long(below)
    if most <= 0:
        raise Thrown("rand needs a number above zero", "IllegalArgumentException")
    return int(frame.place.chance() * most)


def _assert(frame: Frame, value: Value, message: Value = None) -> Value:
    """``assert``: an error unless it holds."""
    if not truth(value):
        raise Thrown(text_of(message, frame.budget), "AssertFailed")
    return None


def _error(frame: Frame, message: Value) -> Value:
    """``error``: an error, to be thrown."""
    return Error("StandardError", text_of(message, frame.budget))


def _ignored(frame: Frame, *values: Value) -> Value:
    """``print`` and ``println``: there is nowhere to print to."""
    return None


def _compared(frame: Frame, left: Value, right: Value) -> Value:
    """``cmp``: -1, 0 or 1."""
    return compare(left, right)


def _about_a_name(frame: Frame, name: Value) -> Value:
    """``is_def`` and ``undef``, where they stand for themselves."""
    raise Thrown("is_def and undef need a name", "IllegalArgumentException")


#: Functions of ``math`` that are Python's.
_OF_DOUBLES = "acos asin atan cos log log10 sin sqrt tan"
_WORKS: Mapping[str, Callable[..., Value]] = {
    "assert": _assert,
    "bigint": conversions.as_bigint,
    "boolean": conversions.as_boolean,
    "cmp": _compared,
    "compare": _compared,
    "comparator": folds.comparator,
    "concat": slices.concat,
    "constantly": folds.constantly,
    "count": sequences.count,
    "date_to_string": dates.date_to_string,
    "decimal": conversions.as_decimal,
    "distinct": slices.distinct,
    "double": conversions.as_double,
    "drop": slices.drop,
    "drop_while": folds.removed,
    "error": _error,
    "filter": folds.filtered,
    "group_by": folds.group_by,
    "identity": folds.identity,
    "include": sequences.include,
    "into": sequences.add_all,
    "is_def": _about_a_name,
    "is_distinct": slices.is_distinct,
    "is_empty": sequences.is_empty,
    "long": conversions.as_long,
    "map": folds.mapped,
    "max": sequences.highest,
    "min": sequences.lowest,
    "now": dates.now,
    "partial": folds.partial,
    "print": _ignored,
    "println": _ignored,
    "rand": _random,
    "range": sequences.spanned,
    "reduce": folds.reduced,
    "repeat": sequences.repeat,
    "repeatedly": sequences.repeatedly,
    "reverse": sequences.reverse,
    "seq": slices.walked,
    "sort": sequences.sort,
    "str": conversions.as_text,
    "string_to_date": dates.string_to_date,
    "sysdate": dates.sysdate,
    "take": slices.take,
    "take_while": folds.filtered,
    "tuple": sequences.new_list,
    "type": conversions.kind_name,
    "undef": _about_a_name,
    "zip": slices.zipped,
    "zipmap": sequences.zipmap,
    # -- math ----------------------------------------------------------------------
    "math.abs": conversions.absolute,
    "math.ceil": conversions.ceiling,
    "math.floor": conversions.floor,
    "math.pow": conversions.power,
    "math.round": conversions.rounded,
    **{
        f"math.{name}": conversions.on_double(getattr(math, name))
        for name in _OF_DOUBLES.split()
    },
    # -- lists, maps, sets ---------------------------------------------------------
    "seq.add": sequences.add,
    "seq.add_all": sequences.add_all,
    "seq.and": folds.joined_by(all, least=True),
    "seq.array": sequences.new_array,
    "seq.contains_key": sequences.contains_key,
    "seq.entry": sequences.entry,
    "seq.eq": folds.equals,
    "seq.every": folds.every,
    "seq.exists": folds.exists,
    "seq.false": folds.always(False),
    "seq.ge": folds.ordered_as(lambda found: found >= 0),
    "seq.get": sequences.get,
    "seq.gt": folds.ordered_as(lambda found: found > 0),
    "seq.keys": sequences.keys,
    "seq.le": folds.ordered_as(lambda found: found <= 0),
    "seq.list": sequences.new_list,
    "seq.lt": folds.ordered_as(lambda found: found < 0),
    "seq.map": sequences.new_map,
    "seq.max": sequences.largest,
    "seq.min": sequences.smallest,
    "seq.neq": folds.differs,
    "seq.nil": folds.always(None),
    "seq.not_any": folds.not_any,
    "seq.or": folds.joined_by(any, least=False),
    "seq.put": sequences.put,
    "seq.remove": sequences.remove,
    "seq.set": sequences.set_of,
    "seq.some": folds.some,
    "seq.true": folds.always(True),
    "seq.vals": sequences.vals,
    # -- texts ---------------------------------------------------------------------
    "string.contains": texts.contains,
    "string.endsWith": texts.ends_with,
    "string.indexOf": texts.index_of,
    "string.join": texts.join,
    "string.length": texts.length,
    "string.replace_all": texts.replace_all,
    "string.replace_first": texts.replace_first,
    "string.split": texts.split,
    "string.startsWith": texts.starts_with,
    "string.substring": texts.substring,
}
LIBRARY: Mapping[str, Native] = MappingProxyType(
    {name: Native(name, work) for name, work in _WORKS.items()}
)


def _of_one(sign: str) -> Native:
    work = UNARY[sign]
    return Native(sign, lambda frame, value: work(value))


def _minus(frame: Frame, left: Value, *right: Value) -> Value:
    """``-`` as a function: of one value or of two."""
    return BINARY["-"](frame, left, right[0]) if right else UNARY["-"](left)


#: Operators as functions.
SIGNS: Mapping[str, Native] = MappingProxyType(
    {sign: Native(sign, work) for sign, work in BINARY.items()}
    | {"!": _of_one("!"), "~": _of_one("~"), "-": Native("-", _minus)}
)
