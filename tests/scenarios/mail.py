"""Where do a test and the functions of the local stage meet? In one process: here.

Functions drop letters into boxes and wait at gates; the test takes the letters out and
opens the gates. Nothing waits longer than ``PATIENCE``.
"""

import queue
import threading
from collections import defaultdict

#: Seconds.
PATIENCE = 15

_boxes = defaultdict(queue.Queue)
_gates = defaultdict(threading.Event)


def drop(box, letter):
    """Leave ``letter`` for the test."""
    _boxes[box].put(letter)


def take(box):
    """Return the next letter of ``box``; raises ``queue.Empty`` if none comes."""
    return _boxes[box].get(timeout=PATIENCE)


def count(box):
    """Return how many letters wait in ``box``."""
    return _boxes[box].qsize()


def pass_gate(gate):
    """Wait until the test opens ``gate``; return whether it did."""
    return _gates[gate].wait(PATIENCE)


def open_gate(gate):
    """Let everybody pass who waits at ``gate``, or will."""
    _gates[gate].set()


def close():
    """Let go whatever the tests of a stage have left waiting, and forget them."""
    for gate in list(_gates.values()):
        gate.set()
    _gates.clear()
    _boxes.clear()
