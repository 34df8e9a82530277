"""Small workflows, and scopes that are told what happens: defaults for the rest.

flow = a_workflow(a_task("greet", "rest"), a_pass("rest"))
execution = an_execution(flow, {"name": "Ada"})
execution.answer("Hello, Ada")
assert execution.state.output == "Hello, Ada"
"""

from chalicelib.engine import events
from chalicelib.engine.commands import CallTask
from chalicelib.engine.setting import Setting
from chalicelib.engine.state import Origin
from chalicelib.engine.transitions import advance
from chalicelib.model import expressions as nodes
from chalicelib.model import workflow as model
from chalicelib.model.paths import parse

#: When everything here begins.
T0 = 1_700_000_000.0
EVERYTHING = ("States.ALL",)


def literal(value):
    return nodes.Literal(value=value)


def path(text, **facts):
    """A reference path."""
    parsed = parse(text)
    return nodes.Path(text=text, root=parsed.root, steps=parsed.segments, **facts)


def an_object(**fields):
    return nodes.Object(fields=tuple(fields.items()))


# -- workflows -------------------------------------------------------------------


def a_state(name, *following, work=None, **facts):
    return model.State(name=name, work=work or model.Pass(), next=following, **facts)


a_pass = a_state


def a_task(name, *following, resource="lambda:work", task=None, **facts):
    work = model.Task(resource=literal(resource), **(task or {}))
    return a_state(name, *following, work=work, **facts)


def a_callback_task(name, *following, task=None, **facts):
    task = {"mode": model.Mode.CALLBACK, **(task or {})}
    return a_task(name, *following, task=task, **facts)


def a_wait(name, *following, seconds=60, **facts):
    work = model.Wait(seconds=literal(seconds))
    return a_state(name, *following, work=work, **facts)


def a_gate(name, *following, conditions=(), interruptions=(), timeout=None, **facts):
    work = model.Gate(
        conditions=conditions,
        interruptions=interruptions,
        timeout=timeout,
        skips_timeout=facts.pop("skips_timeout", False),
    )
    return a_state(name, *following, work=work, **facts)


def a_choice(name, *rules, default=None, **facts):
    return a_state(name, work=model.Choice(rules=rules, default=default), **facts)


def a_fail(name, error="Broken", cause="on purpose"):
    return a_state(name, work=model.Fail(error=literal(error), cause=literal(cause)))


def a_rule(condition, *following, **facts):
    is_constant = isinstance(condition, bool)
    test = literal(condition) if is_constant else condition
    return model.Rule(condition=test, next=following, **facts)


def a_map(name, *following, scope, work=None, **facts):
    each = model.Map(scope=scope, **(work or {}))
    return a_state(name, *following, work=each, **facts)


def a_parallel(name, *following, scopes, conditions=(), work=None, **facts):
    tests = [*conditions, *[None] * (len(scopes) - len(conditions))]
    branches = tuple(
        model.Branch(scope=scope, condition=test)
        for scope, test in zip(scopes, tests, strict=True)
    )
    parallel = model.Parallel(branches=branches, **(work or {}))
    return a_state(name, *following, work=parallel, **facts)


def a_scope(id_, *states, **facts):
    facts = {"start": (states[0].name,), **facts}
    return model.Scope(id=id_, states={each.name: each for each in states}, **facts)


def a_dag(id_, *states, **facts):
    """A scope whose states run when all before them are done."""
    behind = {name for state in states for name in state.next}
    roots = tuple(each.name for each in states if each.name not in behind)
    facts = {"join": model.Join.ALL, "failure": model.OnFailure.DRAIN, **facts}
    return a_scope(id_, *states, start=roots, **facts)


def a_workflow(*states, scope=None, **facts):
    scope = scope or a_scope("0", *states)
    return model.Workflow(name="w", format="asl", scope=scope, **facts)


# -- scopes that are told what happens -------------------------------------------


def an_origin(**facts):
    named = {"execution": "e", "workflow": "w", "version": "v1", "name": "n"}
    return Origin(**({"started_at": T0} | named | facts))


class Execution:
    """A scope, what the last event made it ask for, and all it has said."""

    def __init__(self, workflow, state=None, **setting):
        self.setting = Setting(workflow=workflow, **setting)
        self.state = state
        self.commands = ()
        self.history = []

    def tell(self, event, budget=None):
        done = advance(self.setting, self.state, event, budget)
        self.state, self.commands = done.state, done.commands
        self.history.extend(done.history)
        return self

    @property
    def said(self):
        return [(each.kind.value, each.state) for each in self.history]

    @property
    def held(self):
        """The one activation that is outstanding."""
        (found,) = self.state.active.values()
        return found

    @property
    def running(self):
        """The names of the states that wait for something."""
        return [each.state for each in self.state.active.values()]

    def at(self, state):
        """The activation of one of several states."""
        (found,) = [each for each in self.state.active.values() if each.state == state]
        return found

    def asked(self, kind=CallTask):
        """The commands of one kind that the last event asked for."""
        return [each for each in self.commands if isinstance(each, kind)]

    def about(self, held=None, at=None):
        """What an event says of the activation it is about."""
        held = held or self.held
        at = held.since + 1 if at is None else at
        return {"activation": held.id, "attempt": held.attempt, "at": at}

    def answer(self, payload=None, held=None, **facts):
        answer = events.Answer(payload=payload, **facts)
        return self.tell(events.TaskAnswered(answer=answer, **self.about(held)))

    def report(self, output=None, held=None):
        return self.tell(events.TaskSucceeded(output=output, **self.about(held)))

    def fail(self, error="Broken", cause="", held=None, **facts):
        about = self.about(held)
        event = events.TaskFailed(error=error, cause=cause, **about, **facts)
        return self.tell(event)

    def fire(self, timer, held=None, at=None):
        """The timer fires, at its time when no other is given."""
        held = held or self.held
        is_silence = timer is events.Timer.HEARTBEAT
        due_at = held.silent_at if is_silence else held.due_at
        at = due_at if at is None else at
        return self.tell(events.TimerFired(timer=timer, **self.about(held, at)))

    def join(self, outputs, failures=None, held=None):
        joined = events.ChildrenJoined(
            outputs=outputs, failures=failures or {}, **self.about(held)
        )
        return self.tell(joined)

    def stop(self, **facts):
        return self.tell(events.ScopeStopped(at=T0 + 1, **facts))


def an_execution(workflow, value=None, *, variables=None, budget=None, **facts):
    """An execution that was just started with ``value``."""
    names = ("key", "mint", "values", "transitions_per_scope", "transitions_per_turn")
    setting = {name: facts.pop(name) for name in names if name in facts}
    started = events.ScopeStarted(
        at=T0, origin=an_origin(**facts), input=value, variables=variables or {}
    )
    return Execution(workflow, **setting).tell(started, budget)
