"""Commands become deeds. Each may be done twice, and is then as if done once.

An at-most-once call is the exception. That it begins is committed first, under a name
that nobody else has: who finds that name in the journal makes the call, and whoever
else finds the call begun waits until it must be over. If nothing is known of it by
then, it has failed, and its outcome is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from chalicelib.engine import commands, events
from chalicelib.engine.commands import CallTask, Command
from chalicelib.errors import MillraceError
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Mode
from chalicelib.orchestrator import (
    again,
    cancelling,
    crowds,
    early,
    endings,
    steps,
    timers,
)
from chalicelib.orchestrator.dirt import Arrival, Crowded
from chalicelib.orchestrator.invitations import Invitation, url
from chalicelib.orchestrator.names import task_name
from chalicelib.orchestrator.turn import Turn
from chalicelib.ports import Call, Message
from chalicelib.traces import of_attempt, of_execution
from chalicelib.values import short_hash

#: Seconds between the end of a request's time and the end of the invocation.
MARGIN = 2.0
#: Modes whose answer is the end of the attempt.
INLINE = (Mode.REQUEST, Mode.SUBMIT)
#: Why a request was not taken, so that nothing began.
_REFUSALS = frozenset(
    {
        Kind.DEPTH,
        Kind.FORBIDDEN,
        Kind.NAME_TAKEN,
        Kind.NOT_FOUND,
        Kind.NO_INPUT,
        Kind.NO_WORKFLOW,
        Kind.RUNTIME,
        Kind.SERVICE,
        Kind.THROTTLED,
        Kind.TOO_LARGE,
        Kind.UNREACHABLE,
    }
)


class Carrier:
    """Carries out the commands of one turn."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._world = turn.world

    def carry_out(self, wanted: Sequence[Command]) -> None:
        """Do all of it; what a call brings back is applied to the turn."""
        calls = [each for each in wanted if isinstance(each, CallTask)]
        messages: list[Message] = []
        for command in wanted:
            if not isinstance(command, CallTask):
                messages.extend(_DEEDS[type(command)](self._turn, command))
        here = self._pick(calls)
        messages.extend(self.by_message(call) for call in calls if call not in here)
        self._turn.send(messages)
        for call in here:
            self.make(call)

    def _pick(self, calls: Sequence[CallTask]) -> list[CallTask]:
        """Return the calls to make in this invocation.

        Requests for asynchronous work are short: all of them. Of synchronous work one
        goes on here, and the others run beside it in invocations of their own.
        """
        here = [each for each in calls if self._is_short(each)]
        rest = [each for each in calls if each not in here]
        if rest and self.has_time(rest[0]):
            here.append(rest[0])
        return here

    def _is_short(self, call: CallTask) -> bool:
        """Whether only acceptance is waited for.

        Of a function that cannot tell of its end, the end is: see ``Answer.is_end``.
        """
        if call.mode is Mode.SYSTEM or call.is_awaited:
            return self.has_time(call)
        return call.mode not in INLINE

    def by_message(self, call: CallTask, delay: float = 0) -> Message:
        """Return the message that has the call made in an invocation of its own."""
        turn, facts = self._turn, {"a": call.activation, "n": call.attempt}
        return steps.step("call", turn.execution, turn.scope, delay, **facts)

    def has_time(self, call: CallTask) -> bool:
        """Whether this invocation lasts long enough to make the call."""
        left = self._turn.ends_at - self._turn.now
        return left >= self._longest(call)

    def _longest(self, call: CallTask) -> float:
        """Return the seconds after which a call that was begun is over."""
        limits = self._world.limits
        return min(self._time_of(call), limits.task_timeout) + limits.turn_reserve

    def _time_of(self, call: CallTask) -> float:
        limits = self._world.limits
        return limits.task_timeout if call.timeout is None else call.timeout

    def make(self, call: CallTask) -> None:
        """Make a call here, and apply what comes of it."""
        if call.at_most_once and not self._may_begin(call):
            return
        arrival = self.call(call)
        if call.mode in INLINE or _is_over(arrival.event):
            self._turn.apply(arrival)
            return
        if call.at_most_once:
            self._commit_midway()  # a note is of nothing but itself
            self._turn.note(_made(call))
        if (kept := early.answer(self._turn, call)) is not None:
            self._turn.apply(kept)

    def call(self, call: CallTask) -> Arrival:
        """Make a request; return what came of it as an event."""
        outcome = self._world.dispatcher.dispatch(self.as_call(call))
        facts: dict[str, Any] = {
            "at": self._turn.now,
            "activation": call.activation,
            "attempt": call.attempt,
        }
        event: events.Event
        if isinstance(outcome, events.TaskFailed):
            is_refusal = call.mode not in INLINE and outcome.kind in _REFUSALS
            event = replace(outcome, is_refusal=is_refusal, **facts)
        else:
            event = events.TaskAnswered(answer=outcome, **facts)
        return Arrival(cause=_cause(call), event=event)

    def _may_begin(self, call: CallTask) -> bool:
        """Commit the intent of an at-most-once call; whether that was this turn."""
        turn = self._turn
        held = turn.state.active.get(call.activation) if turn.state else None
        if held is None or held.attempt != call.attempt:
            return False
        if held.begun:
            self._judge_begun(call)
            return False
        begun = events.TaskBegun(
            at=turn.now, activation=call.activation, attempt=call.attempt
        )
        name = f"{_begin(call)}{self._world.new_name()}"
        turn.apply(Arrival(cause=name, event=begun))
        self._commit_midway()
        return again.record_of(turn, name) is not None

    def _commit_midway(self) -> None:
        """Commit while commands of an earlier record are being carried out."""
        try:
            wanted = self._turn.commit()
        except Crowded as crowd:
            crowd.is_midway = True
            raise
        self.carry_out(wanted)

    def _judge_begun(self, call: CallTask) -> None:
        """Another turn began this call: wait for what it learns, but not for ever."""
        turn = self._turn
        if call.mode not in INLINE and again.record_of(turn, _made(call)) is not None:
            return
        record = again.record_of(turn, _begin(call))
        begun_at = record.at if record else turn.now
        rest = begun_at + self._longest(call) - turn.now
        if rest > 0:
            turn.send([self.by_message(call, rest)])
        else:
            turn.apply(self._unknown(call))

    def _unknown(self, call: CallTask) -> Arrival:
        """An at-most-once attempt that may have run is not made again."""
        failed = events.TaskFailed(
            at=self._turn.now,
            activation=call.activation,
            attempt=call.attempt,
            kind=Kind.UNKNOWN_OUTCOME,
            cause="the attempt was begun, and what came of it is not known",
        )
        return Arrival(cause=_cause(call), event=failed)

    def as_call(self, call: CallTask) -> Call:
        """Return the attempt as dispatchers want it."""
        turn = self._turn
        assert turn.state is not None  # noqa: S101 - there is a command
        origin = turn.state.origin
        left = turn.ends_at - turn.now - MARGIN
        key = short_hash(
            turn.execution,
            turn.scope,
            call.activation,
            call.attempt,
            *([call.part] if call.part else []),
            length=32,
        )
        trace = of_execution(origin.trace, turn.execution, origin.started_at)
        task = task_name(origin.scope, turn.scope, call.state)
        return Call(
            resource=call.resource,
            payload=call.payload,
            mode=call.mode,
            idempotency_key=key,
            timeout=max(1.0, min(self._time_of(call), left)),
            execution=turn.execution,
            task=task,
            token=call.token,
            callback_url=self._callback_url(call, task),
            server=self._world.callback_base if call.answers_at == "rillflow" else "",
            trace=of_attempt(trace, key),
            depth=origin.depth,
            is_awaited=call.is_awaited,
            role=call.role,
        )

    def _callback_url(self, call: CallTask, task: str) -> str:
        if not call.token:
            return ""
        invitation = Invitation(
            token=call.token, execution=self._turn.execution, task=task
        )
        return url(self._world.callback_base, call.answers_at, invitation)


def _is_over(event: events.Event) -> bool:
    """Whether a request for acceptance has brought the end."""
    if isinstance(event, events.TaskAnswered):
        return event.answer.is_end
    return isinstance(event, events.TaskFailed)


def _cause(call: CallTask) -> str:
    return f"answer {call.activation} {call.attempt}"


def _begin(call: CallTask) -> str:
    return f"begin {call.activation} {call.attempt} "


def _made(call: CallTask) -> str:
    return f"made {call.activation} {call.attempt} once"


def _cancel_task(turn: Turn, command: commands.CancelTask) -> list[Message]:
    """Stop work, in its turn."""
    message = cancelling.later(turn, command)
    if message is None:
        cancel_now(turn, command)
    return [] if message is None else [message]


def cancel_now(turn: Turn, command: commands.CancelTask) -> None:
    """Best effort: what cannot be stopped does not hold up those who stop."""
    call = cancelling.stopping(command)
    try:
        is_stopped = turn.world.dispatcher.cancel(Carrier(turn).as_call(call))
        why = "" if is_stopped else cancelling.GOES_ON
    except MillraceError as error:
        why = str(error)
    if why:
        cancelling.say_it_goes_on(turn, command, why)


def _resume(turn: Turn, command: commands.ResumeTurn) -> list[Message]:
    return [steps.step("resume", turn.execution, turn.scope, n=command.transitions)]


_DEEDS: dict[type[Any], Callable[[Turn, Any], list[Message]]] = {
    commands.StartTimer: timers.start,
    commands.StartChildren: crowds.start,
    commands.CancelChildren: crowds.cancel,
    commands.CancelTask: _cancel_task,
    commands.EndScope: endings.end,
    commands.ResumeTurn: _resume,
}
