"""What is left to the worker (limu.outbox): tried so many times, and then given up until an operator repeats it."""

from typing import Final

ATTEMPTS: Final = 10
