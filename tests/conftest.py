"""What do all tests share? How hard Hypothesis tries, and who runs with whom."""

import pytest
from hypothesis import HealthCheck, settings

# Shared machines are slow in spells: the clock is no judge of a property.
settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("default")

#: Tests that share an emulator and a deployed stage: one worker has them all.
TOGETHER = "tests/deployment/"
#: Tests that share what is dear to make, a file a stage: a worker has files of them.
BY_FILE = ("tests/contracts/", "tests/scenarios/")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Return who hands tests to the workers; asked only where there are several."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            if nodeid.startswith(TOGETHER):
                return TOGETHER
            return nodeid.partition("::")[0] if nodeid.startswith(BY_FILE) else nodeid

    return Scheduling(config, log)
