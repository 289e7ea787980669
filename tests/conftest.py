"""What all tests share: properties are not timed, because machines are shared and noisy."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
