"""Which functions does an expression find? Names, signatures, and who does the work.

JSONata 2.0.6 without ``$eval``, which AWS refuses, and with AWS's additions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from chalicelib.expressions.jsonata import (
    additions,
    arrays,
    numbers,
    texts,
    times,
    urls,
)
from chalicelib.expressions.jsonata.calling import Native
from chalicelib.expressions.jsonata.signatures import signature
from chalicelib.values import Json

_FUNCTIONS: dict[str, tuple[str, Callable[..., Json]]] = {
    # texts
    "string": ("<x-b?:s>", texts.string),
    "length": ("<s-:n>", texts.length),
    "substring": ("<s-nn?:s>", texts.substring),
    "substringBefore": ("<s-s:s>", texts.before),
    "substringAfter": ("<s-s:s>", texts.after),
    "lowercase": ("<s-:s>", texts.lower),
    "uppercase": ("<s-:s>", texts.upper),
    "trim": ("<s-:s>", texts.trim),
    "pad": ("<s-ns?:s>", texts.pad),
    "contains": ("<s-(sf):b>", texts.contains),
    "split": ("<s-(sf)n?:a<s>>", texts.split),
    "join": ("<a<s>s?:s>", texts.join),
    "match": ("<s-f<s:o>n?:a<o>>", texts.match),
    "replace": ("<s-(sf)(sf)n?:s>", texts.replace),
    "base64encode": ("<s-:s>", texts.encode_base64),
    "base64decode": ("<s-:s>", texts.decode_base64),
    "encodeUrlComponent": ("<s-:s>", urls.encode_component),
    "encodeUrl": ("<s-:s>", urls.encode),
    "decodeUrlComponent": ("<s-:s>", urls.decode_component),
    "decodeUrl": ("<s-:s>", urls.decode),
    # numbers
    "number": ("<(nsb)-:n>", numbers.number),
    "abs": ("<n-:n>", numbers.absolute),
    "floor": ("<n-:n>", numbers.floor),
    "ceil": ("<n-:n>", numbers.ceiling),
    "round": ("<n-n?:n>", numbers.rounded),
    "power": ("<n-n:n>", numbers.power),
    "sqrt": ("<n-:n>", numbers.root),
    "formatNumber": ("<n-so?:s>", numbers.format_number),
    "formatBase": ("<n-n?:s>", numbers.format_base),
    "formatInteger": ("<n-s:s>", numbers.format_integer),
    "parseInteger": ("<s-s:n>", numbers.parse_integer),
    "sum": ("<a<n>:n>", numbers.total),
    "max": ("<a<n>:n>", numbers.largest),
    "min": ("<a<n>:n>", numbers.smallest),
    "average": ("<a<n>:n>", numbers.average),
    "count": ("<x:n>", numbers.count),
    # arrays, objects, and what takes a function
    "append": ("<xx:a>", arrays.append),
    "sort": ("<af?:a>", arrays.sort),
    "reverse": ("<a:a>", arrays.reverse),
    "shuffle": ("<a:a>", arrays.shuffle),
    "distinct": ("<x:x>", arrays.distinct),
    "zip": ("<a+>", arrays.zip_),
    "keys": ("<x-:a<s>>", arrays.keys),
    "lookup": ("<x-s:x>", arrays.lookup),
    "spread": ("<x-:a<o>>", arrays.spread),
    "merge": ("<a<o>:o>", arrays.merge),
    "sift": ("<o-f:o>", arrays.sift),
    "each": ("<o-f:a>", arrays.each),
    "map": ("<af>", arrays.map_),
    "filter": ("<af>", arrays.filter_),
    "single": ("<af?>", arrays.single),
    "reduce": ("<afj?:j>", arrays.reduce),
    "clone": ("<(oa)-:o>", arrays.clone),
    # values
    "boolean": ("<x-:b>", arrays.boolean),
    "not": ("<x-:b>", arrays.not_),
    "exists": ("<x:b>", arrays.exists),
    "type": ("<x:s>", arrays.type_),
    "error": ("<s?:x>", arrays.error),
    "assert": ("<bs?:x>", arrays.assert_),
    # times
    "now": ("<s?s?:s>", times.now),
    "millis": ("<:n>", times.millis),
    "fromMillis": ("<n-s?s?:s>", times.from_millis),
    "toMillis": ("<s-s?:n>", times.to_millis),
    # AWS's own
    "partition": ("<xn?:a>", additions.partition),
    "range": ("<n?n?n?:a>", additions.range_),
    "hash": ("<ss?:s>", additions.hash_),
    "random": ("<n?:n>", additions.random),
    "uuid": ("<:s>", additions.uuid),
    "parse": ("<s-:x>", additions.parse_),
}
#: These say something of what is missing, too.
_TAKE_MISSING = frozenset(
    {"append", "assert", "count", "error", "exists", "now", "random", "zip"}
)


LIBRARY: Mapping[str, Json] = MappingProxyType(
    {
        name: Native(
            name,
            signature(text),
            work,
            takes_missing=name in _TAKE_MISSING,
        )
        for name, (text, work) in _FUNCTIONS.items()
    }
)
