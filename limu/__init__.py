"""Limu 立木: the public credit information platform."""

import os

__version__ = "0.1.0"

# The engine of the frames reads it when it is loaded: seconds after which it gives freed memory back. At its own half
# second it gives back what the next chunk of a file takes again (limu/wire/memory.py). One arena a core: with its four,
# what one thread has freed another does not find, and takes fresh pages instead. Large pages cost more than they save:
# the system clears and joins them when they are asked for.
os.environ.setdefault("_RJEM_MALLOC_CONF", f"dirty_decay_ms:5000,narenas:{os.cpu_count() or 1}")
# The library that multiplies matrices for numpy keeps a thread a core, which turn in place for a while after each small
# product (check characters of a column of codes): a core that another would need.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
