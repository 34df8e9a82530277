"""How does a scope move? A pure function: (state, event) -> (state, commands, history).

    event --transitions (THE TABLE)--> a row --> walk, the draft of the next state
            states: enter --> work --> visits: finish, fail --> flow: leave, join, end

``state``, ``events``, ``commands`` and ``history`` are the words. ``transitions`` looks
up (phase, event); ``addressing`` says which activation that is. A row reopens it, and
``states`` then enters what is ready until everything left waits for the world. Each
kind of work has a module: ``tasks`` (``calls`` says what is asked, ``readings`` what
the ``answers`` mean), ``containers``, ``waits``, ``endings``. ``recovery`` decides
about retries and catchers, ``owed`` gives a command back by its tag, ``diagram`` draws
the table.

Nothing here reads a clock, a random number or the environment: time is ``event.at``,
chance is derived from where and in which attempt it is asked for.
"""
