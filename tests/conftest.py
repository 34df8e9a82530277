"""What do all tests share? How hard Hypothesis tries, and nothing else."""

from hypothesis import HealthCheck, settings

# Shared machines are slow in spells: the clock is no judge of a property.
settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("default")
