"""Limu 立木: the public credit information platform."""

import os

__version__ = "0.1.0"

# The engine of the frames reads these when it is loaded. Seconds after which it gives freed memory back: at its own
# half second it gives back what the next chunk of a file takes again (limu/wire/memory.py). One arena a core: with its
# four, what one thread has freed another does not find, and takes fresh pages instead. And large pages: a chunk is tens
# of them, and ten thousands of small ones.
os.environ.setdefault("_RJEM_MALLOC_CONF", f"dirty_decay_ms:5000,narenas:{os.cpu_count() or 1},thp:always")
# Half of the cores: while its threads look at a chunk, others here write the one before, and the server takes it in.
os.environ.setdefault("POLARS_MAX_THREADS", str(max((os.cpu_count() or 1) // 2, 1)))
