"""Millrace: workflows that run as functions.

Three **formats** compile to one **model**; a pure **engine** turns (state, event)
into (state, commands); an **orchestrator** loads, advances, commits and carries out,
through a **store**, a **queue** and **dispatchers**; an **api**, a **scheduler** and a
**local** runner stand around it.

    text --formats--> model --engine--> commands --orchestrator--> world

The map, pure core first; nothing in the core touches the world:

    errors, values, frozen       the ground: exceptions, JSON, classes that stay
    model                        what a workflow is
    schedules                    when something is due, through every change of clocks
    formats                      text -> model
    expressions                  expression + what it can see -> value
    engine                       (state, event) -> (state, commands, history)
    ports                        what the core asks of the world

    journal                      records behind a fence, values, heads, definitions
    orchestrator                 a turn: load, advance, commit, carry out
    stores, queues, dispatchers  the ports in AWS and elsewhere, and twins in memory
    clock, tokens, rates, bell   time; who may answer, how often; who is woken by an end
    logs, metrics, traces, meter, item_size, prices      what is told, counted, paid
    settings, variables          how a stage is set up
    acs3, alibaba, aws_errors    how Alibaba Cloud is asked, and when AWS is asked again
    bootstrap, means, parts      pick the implementations; one place
    roles                        whose clients call AWS for a task that names a role

    api                          the stage's own face, and those of other services
    express                      an execution within one request
    scheduler, pulse             timers that are due; how the stage is
    local, cli, deployment       a stage here, the command, a stage in an account
    simulation, testing          the whole system in memory, with weather
"""
