"""JSONata, the other query language of the Amazon States Language.

    reading      an expression of a definition -> a value, or AWS's error
    running      compiled once, run with a budget
    compiler     a tree -> functions that run it: ``itineraries`` for paths,
                 ``invocations`` for calls, ``operators``, ``transforms``
    paths, streams, groups, orders                what a path does
    calling, signatures, matching                 functions, and regular expressions
    library      the built-in functions: texts, numbers, times, arrays, urls, additions
    values, written, frames, budget, checks       what all of them work with

The parser, and the pictures of numbers and times, are jsonata-python's. Its
interpreter is not used: it cannot tell null from nothing, loses digits of long
integers, counts time from the wrong moment, and takes 10 µs for a step.
"""

from __future__ import annotations

from chalicelib.expressions.jsonata.reading import read

__all__ = ["read"]
