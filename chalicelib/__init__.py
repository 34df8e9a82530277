"""Millrace: workflows that run as functions.

Three **formats** compile to one **model**; a pure **engine** turns (state, event)
into (state, commands); an **orchestrator** loads, advances, commits and carries out,
through a **store**, a **queue** and **dispatchers**; an **api**, a **scheduler** and a
**local** runner stand around it.

    text --formats--> model --engine--> commands --orchestrator--> world

The map, pure core first; nothing in the core touches the world:

    errors, values, frozen   the ground: exceptions, JSON, classes that do not change
    model              what a workflow is
    formats            text -> model
    expressions        expression + what it can see -> value
    engine             (state, event) -> (state, commands, history)
    ports              what the core asks of the world
    journal            records behind a fence, values, heads, definitions; on the ports
    orchestrator       a turn: load, advance, commit, carry out
    stores, queues, dispatchers, tokens, clock, bell, settings, meter    shells
    bootstrap, means   pick the implementations; one place
    scheduler, api, local, cli, simulation, testing                what stands around
"""
