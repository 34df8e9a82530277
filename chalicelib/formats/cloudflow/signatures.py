"""Which functions may an author call, and with how many arguments?

CloudFlow, "Built-in functions". The functions live in ``expressions``; a test holds
the two tables together.
"""

from __future__ import annotations

from typing import NamedTuple

#: CloudFlow, "Built-in functions": calls inside each other.
MAX_NESTING = 10


class Signature(NamedTuple):
    """How many arguments a function takes."""

    least: int
    #: None: any number.
    most: int | None
    #: Two calls with the same arguments give different values.
    is_chance: bool = False

    def refusal(self, count: int) -> str:
        """Return what is wrong with ``count`` arguments; empty when nothing is.

        >>> Signature(2, 2).refusal(1)
        'takes 2 arguments, not 1'
        """
        if self.least <= count and (self.most is None or count <= self.most):
            return ""
        some = f"{self.least}" if self.most is not None else f"at least {self.least}"
        return f"takes {some} argument{'s' * (self.least != 1)}, not {count}"


SIGNATURES: dict[str, Signature] = {
    "arrayContains": Signature(2, 2),
    "arrayUnique": Signature(1, 1),
    "toArray": Signature(0, None),
    "format": Signature(1, None),
    "split": Signature(2, 2),
    "length": Signature(1, 1),
    "regexMatchString": Signature(2, 2),
    "get": Signature(2, 2),
    "intAdd": Signature(2, 2),
    "randomInt": Signature(2, 2, is_chance=True),
    "mapKeys": Signature(1, 1),
    "mapValues": Signature(1, 1),
    "jsonMerge": Signature(2, 2),
    "stringToJson": Signature(1, 1),
    "fromJSON": Signature(1, 1),
    "jsonToString": Signature(1, 1),
    "fromBase64": Signature(1, 1),
    "toBase64": Signature(1, 1),
    "hash": Signature(2, 2),
    "uuid": Signature(0, 0, is_chance=True),
}
