"""The whole system minus AWS, in one process, with a clock that nobody waits for.

    clock       virtual time
    functions   Python functions as the resources of tasks
    loop        what happens next: deliveries, timers, functions that take their time
    faults      what goes wrong: every I/O may fail, before it and after it
    stage       all of it put together: publish, start, run to the end

``chalicelib.testing`` runs one workflow on it, for authors. A simulation with a seed
shuffles deliveries, repeats them, and lets handlers crash: the same seed, the same run.
"""
