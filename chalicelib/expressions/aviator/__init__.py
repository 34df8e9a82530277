"""Aviator, the language of Rill Flow's transforms, progress, gray and A/B rules.

    running      ``evaluate``: a program and the names it sees -> a value;
                 compiled once, run with a budget
    statements, compiler                         a tree -> functions that run it
    operators, numbers, orders                   what stands between values
    calling, frames, walking, asking             calls, names, elements, arguments
    library      the built-in functions: sequences, slices, folds, texts,
                 conversions, dates
    values, keys, written                        what all of them work with

It is run here, not handed to a Java machine: scripts reach no class of a host, cannot
run away, and see time and chance as every expression does, so that a replay repeats.
"""

from __future__ import annotations

from chalicelib.expressions.aviator.running import Outcome, evaluate, run

__all__ = ["Outcome", "evaluate", "run"]
