"""Memory that a process keeps for a while after it was freed: given back page by page, it is to be cleared anew.

Chunks of a file are some tens of megabytes, made and freed every second; the system then takes a tenth of the time
that taking a file in costs. The engine of the frames has an allocator of its own (limu/__init__.py)."""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

KEPT: Final = 512 << 20
USUAL: Final = 128 << 10
# mallopt(3): how much may lie free at the top, and from which size on a block is mapped by itself.
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3


@contextmanager
def kept_memory() -> Iterator[None]:
    """Keep what is freed inside, and give it back at the end; where the library of C is another, nothing changes."""
    library = _library()
    if library is None:
        yield
        return
    for option in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
        library.mallopt(option, KEPT)
    try:
        yield
    finally:
        for option in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
            library.mallopt(option, USUAL)
        library.malloc_trim(0)


@cache
def _library() -> ctypes.CDLL | None:
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    return library if hasattr(library, "malloc_trim") else None
