"""Which service answers? The stage's own, unless a test brought another one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from chalicelib.api.keyring import AccessKeys
from chalicelib.api.service import Service

_Thing = TypeVar("_Thing")


class Answering(Generic[_Thing]):
    """What answers requests; ``own`` makes the stage's, and caches what is dear."""

    def __init__(self, own: Callable[[], _Thing]) -> None:
        self._own = own
        self._brought: _Thing | None = None

    def __call__(self) -> _Thing:
        """Return what answers now."""
        return self._brought or self._own()

    def use(self, brought: _Thing | None) -> None:
        """Answer with ``brought`` from now on; None: with the stage's own again."""
        self._brought = brought


def _of_this_stage() -> Service:
    # Here, so that the faces can be described and tested without a stage.
    from chalicelib import bootstrap

    settings = bootstrap.settings()
    return Service(
        orchestrator=bootstrap.orchestrator(),
        journal=bootstrap.journal(),
        meter=bootstrap.meter(),
        compile=bootstrap.compile_definition,
        tokens=bootstrap.tokens(),
        keys=AccessKeys(
            bootstrap.table(),
            settings.access_keys,
            secret=settings.access_secret,
            now=bootstrap.clock().now,
            rates=bootstrap.rates(),
        ),
        clock=bootstrap.clock(),
        planning=bootstrap.planning(),
        checkup=lambda wanted: bootstrap.checkup().look(wanted),
        pulse=lambda: bootstrap.pulse().parts(),
        limits=settings.limits,
        stage=settings.stage,
        base_path=urlsplit(settings.callback_url).path,
    )


#: The verbs that answer.
service = Answering(_of_this_stage)
