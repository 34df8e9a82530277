"""Commands become deeds. Each may be done twice, and is then as if done once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from chalicelib.engine import commands, events
from chalicelib.engine.commands import CallTask, Command
from chalicelib.errors import Unavailable
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Mode
from chalicelib.orchestrator import crowds, endings, steps, timers
from chalicelib.orchestrator.names import task_name
from chalicelib.orchestrator.turn import Arrival, Turn
from chalicelib.orchestrator.world import log
from chalicelib.ports import Call, Message
from chalicelib.values import short_hash

#: Seconds between the end of a request's time and the end of the invocation.
MARGIN = 2.0
#: Modes whose answer is the end of the attempt.
_INLINE = (Mode.REQUEST, Mode.SUBMIT)


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
        messages.extend(self._by_message(call) for call in calls if call not in here)
        self._turn.send(messages)
        for call in here:
            self.make(call)

    def _pick(self, calls: Sequence[CallTask]) -> list[CallTask]:
        """Return the calls to make in this invocation.

        Requests for asynchronous work are short: all of them. Of synchronous work one
        goes on here, and the others run beside it in invocations of their own; an
        at-most-once call may be made by the turn that committed it and no other.
        """
        here = [each for each in calls if each.mode not in _INLINE or each.at_most_once]
        rest = [each for each in calls if each not in here]
        if rest and self.has_time(rest[0]):
            here.append(rest[0])
        return here

    def _by_message(self, call: CallTask) -> Message:
        turn = self._turn
        return steps.step(
            "call", turn.execution, turn.scope, a=call.activation, n=call.attempt
        )

    def has_time(self, call: CallTask) -> bool:
        """Whether this invocation lasts long enough to make the call."""
        left = self._turn.ends_at - self._turn.now
        wanted = min(self._time_of(call), self._world.limits.task_timeout)
        return left >= wanted + self._world.limits.turn_reserve

    def _time_of(self, call: CallTask) -> float:
        limits = self._world.limits
        return limits.task_timeout if call.timeout is None else call.timeout

    def make(self, call: CallTask) -> None:
        """Make a call here, and apply what comes of it."""
        if call.at_most_once and not self._may_begin(call):
            return
        arrival = self.call(call)
        if call.mode in _INLINE or isinstance(arrival.event, events.TaskFailed):
            self._turn.apply(arrival)

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
            event = replace(outcome, **facts)
        else:
            event = events.TaskAnswered(answer=outcome, **facts)
        return Arrival(cause=_cause(call), event=event)

    def _may_begin(self, call: CallTask) -> bool:
        """Commit the intent of an at-most-once call; False when it was begun before."""
        turn = self._turn
        held = turn.state.active.get(call.activation) if turn.state else None
        if held is None or held.begun:
            if call.mode in _INLINE:
                turn.apply(self._unknown(call))
            return False
        begun = events.TaskBegun(
            at=turn.now, activation=call.activation, attempt=call.attempt
        )
        commits = turn.commits
        cause = f"begin {call.activation} {call.attempt}"
        turn.apply(Arrival(cause=cause, event=begun))
        self.carry_out(turn.commit())
        return turn.commits > commits

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
        url = self._world.callback_url(call.token) if call.token else ""
        return Call(
            resource=call.resource,
            payload=call.payload,
            mode=call.mode,
            idempotency_key=short_hash(
                turn.execution, turn.scope, call.activation, call.attempt, length=32
            ),
            timeout=max(1.0, min(self._time_of(call), left)),
            execution=turn.execution,
            task=task_name(origin.scope, turn.scope, call.state),
            token=call.token,
            callback_url=url,
            trace=origin.trace,
            depth=origin.depth,
        )


def _cause(call: CallTask) -> str:
    return f"answer {call.activation} {call.attempt}"


def _cancel_task(turn: Turn, command: commands.CancelTask) -> list[Message]:
    """Best effort: what cannot be stopped does not hold up those who stop."""
    carrier = Carrier(turn)
    call = CallTask(
        activation=command.activation,
        attempt=command.attempt,
        resource=command.resource,
        payload={"input": None, "name": command.name} if command.name else None,
        mode=Mode.SYSTEM,
    )
    try:
        turn.world.dispatcher.cancel(carrier.as_call(call))
    except Unavailable as error:
        log.warning("%s: %s was not cancelled: %s", turn.execution, call, error)
    return []


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
