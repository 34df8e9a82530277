"""What do all tests share? How hard Hypothesis tries, and who runs with whom."""

import pytest
from hypothesis import HealthCheck, settings

# Shared machines are slow in spells: the clock is no judge of a property.
settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("default")

#: Tests that share an emulator and a deployed stage, or count what the others of their
#: file asked: one worker has them all.
TOGETHER = ("tests/deployment/", "tests/scenarios/test_rillflow_api_routes.py")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Return who hands tests to the workers; asked only where there are several."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return next((each for each in TOGETHER if nodeid.startswith(each)), nodeid)

    return Scheduling(config, log)
