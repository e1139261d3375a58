"""Following a feed: take pages in, ask for what is owed, acknowledge, begin again where we were away too long."""

from collections.abc import Callable

from limu.client.http import GoneError, Site
from limu.client.snapshot import load
from limu.client.store import Copy

PAGE = 2_000
Pause = Callable[[str], None]


def catch_up(site: Site, copy: Copy, *, wait: int = 0, pause: Pause = lambda _: None) -> int:
    """Take in all that there is; with `wait`, hold the line so many seconds for the first of it.

    Killed anywhere: what was taken in stays, what was not comes again, and what was not acknowledged is then."""
    try:
        return _catch_up(site, copy, wait=wait, pause=pause)
    except GoneError:
        load(site, copy)
        pause("snapshot_loaded")
        return _catch_up(site, copy, wait=0, pause=pause)


def _catch_up(site: Site, copy: Copy, *, wait: int, pause: Pause) -> int:
    new = 0
    while True:
        page = site.events(copy.timepoint, limit=PAGE, wait=wait)
        pause("page_received")
        new += copy.take_in(page.events, until=page.last)
        pause("page_taken")
        if page.last >= page.head or not page.events:
            break
        wait = 0
    _ask_owed(site, copy)
    pause("owed_asked")
    if copy.acknowledged < copy.timepoint:
        until = copy.timepoint
        site.acknowledge(until)
        pause("acknowledged")
        copy.note_acknowledged(until)
    return new


def _ask_owed(site: Site, copy: Copy) -> None:
    # What is still marked stays owed: its event is to come.
    if owed := copy.owed():
        copy.take_in(site.copies(owed).events)
