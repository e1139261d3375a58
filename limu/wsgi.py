"""The door for a WSGI server: `granian --interface wsgi limu.wsgi:application`."""

import os
from contextlib import suppress

# Its dictionaries are read by whoever first asks by pinyin: here they are there before the first visitor.
import pypinyin  # noqa: F401
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from django.utils.translation import gettext, override
from psycopg import Error
from psycopg_pool import PoolTimeout

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "limu.settings")

_pages = get_wsgi_application()

# Machines ask here many times a second: the door for them is read once Django knows its settings.
from limu.measure.api_gate import first  # noqa: E402
from limu.page.speech import say  # noqa: E402
from limu.wire.database import NoDatabaseError, pool  # noqa: E402
from limu.wire.lawbook import current_book  # noqa: E402

PATIENCE = 2.0


def load() -> None:
    """Load what every page needs: ten who come at once would each do it, and stand in each other's way.

    A database that is away is no reason not to start: the pages say so, and read the law once it is back."""
    _ = get_resolver().url_patterns
    with override("en"):
        gettext("首页")
    say("立木")
    with suppress(NoDatabaseError, PoolTimeout, Error), pool("web").connection(timeout=PATIENCE) as connection:
        current_book(connection)


load()
application = first(_pages)
