"""Properties are judged by truth, not by time: a busy machine must not fail them."""

from hypothesis import settings

settings.register_profile("without-deadline", deadline=None)
settings.load_profile("without-deadline")
