"""When is what to be started: schedules, as values.

``fields``, ``days`` and ``cron`` read the three ways to write a cron expression,
``intervals`` reads rates; ``wall`` and ``timing`` say when they are due next, through
every change of the clocks.
"""
