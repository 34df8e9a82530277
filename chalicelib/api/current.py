"""Which service answers? The stage's own, unless a test brought another one."""

from __future__ import annotations

from urllib.parse import urlsplit

from chalicelib.api.keyring import AccessKeys
from chalicelib.api.service import Service

_chosen: Service | None = None


def use(service: Service | None) -> None:
    """Answer with ``service`` from now on; None: with the stage's own again."""
    global _chosen
    _chosen = service


def service() -> Service:
    """Return the service that answers; ``bootstrap`` caches what is dear to make."""
    return _chosen or _of_this_stage()


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
        checkup=lambda mends: bootstrap.checkup().look(mends=mends),
        pulse=lambda: bootstrap.pulse().parts(),
        limits=settings.limits,
        stage=settings.stage,
        base_path=urlsplit(settings.callback_url).path,
    )
