"""Memory that a process keeps for a while after it was freed: given back page by page, it is to be cleared anew.

Chunks of a file are some tens of megabytes, made and freed every second; the system then takes a tenth of the time
that taking a file in costs. The engine of the frames has an allocator of its own (limu/__init__.py)."""

import ctypes
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Thread
from typing import Final

KEPT: Final = 512 << 20
USUAL: Final = 128 << 10
# mallopt(3): how much may lie free at the top, from which size on a block is mapped by itself, and how many arenas
# threads share: what one has freed shall serve another.
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
# New objects after which the collector of cycles looks for some: its own 700 are a few rows of a chunk, none in a
# cycle, and each look at the oldest goes through everything that the process has loaded.
_LOOKED_AFTER: Final = 100_000
_USUALLY: Final = gc.get_threshold()


@contextmanager
def kept_memory() -> Iterator[None]:
    """Keep what is freed inside, and give it back at the end; where the library of C is another, it does as it does."""
    gc.set_threshold(_LOOKED_AFTER, *_USUALLY[1:])
    try:
        with _kept_blocks():
            yield
    finally:
        gc.set_threshold(*_USUALLY)


@contextmanager
def _kept_blocks() -> Iterator[None]:
    library = _library()
    if library is None:
        yield
        return
    for option in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
        library.mallopt(option, KEPT)
    library.mallopt(_ARENA_MAX, os.cpu_count() or 1)
    try:
        yield
    finally:
        for option in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
            library.mallopt(option, USUAL)
        # Beside: to go through all that is free takes longer than to answer.
        Thread(target=library.malloc_trim, args=(0,)).start()


@cache
def _library() -> ctypes.CDLL | None:
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    return library if hasattr(library, "malloc_trim") else None
