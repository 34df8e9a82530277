"""The whole system minus AWS, in one process, with a clock that nobody waits for.

    loop         what happens next, in virtual time
    faults       what goes wrong, and when: calm weather, storms, plans
    seams        where it does: every I/O
    functions    Python functions as the resources of tasks; ``objects``: those of S3
    mailbox      the step queue; ``ticks``: the minute tick; ``workers``: their reports
    processes    what each warm process holds, until it crashes
    stage        all of it put together: publish, start, run to the end
    invariants   what must hold of a run
    trial        one workflow in any weather: the same seed, the same run

``chalicelib.testing`` runs one workflow on it, for authors. ``docs/simulator.md`` tells
how to use it.
"""
