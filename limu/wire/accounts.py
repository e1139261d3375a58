"""Django's own connection: accounts and sessions alone, in their schema, under their role (decision 0007)."""

import os
from typing import Any, Literal

from psycopg.conninfo import conninfo_to_dict

from limu.wire.database import Database

OWNER = "account_owner"
# What Django names itself; everything else of a connection is an option of libpq.
NAMED = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def account_settings(database: Database, role: Literal["account", "owner"] = "account") -> dict[str, Any]:
    """Say in Django's words how the accounts are reached; it holds a password, so it is never printed."""
    given = conninfo_to_dict(database.conninfo(role))
    named = {name: str(given.pop(key, "")) for key, name in NAMED.items()}
    options = given | {"options": "-c search_path=account,pg_temp"}
    return {"ENGINE": "django.db.backends.postgresql", **named, "OPTIONS": options}


def open_accounts(database: Database) -> None:
    """Start Django and point it at this database; a later call points it at another one."""
    import django  # noqa: PLC0415 - a command that needs no accounts does not load Django
    from django.db import connections  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "limu.settings")
    django.setup()
    connections.close_all()
    connections.settings["default"].update(account_settings(database))


def migrate_accounts(database: Database) -> None:
    """Bring Django's tables of accounts, sessions and second factors to this version, as the owner of the schema."""
    open_accounts(database)
    from django.core.management import call_command  # noqa: PLC0415 - the same
    from django.db import connections  # noqa: PLC0415

    connections.settings[OWNER] = connections.settings["default"] | account_settings(database, "owner")
    try:
        call_command("migrate", database=OWNER, interactive=False, verbosity=0)
        call_command("createcachetable", database=OWNER, verbosity=0)
    finally:
        connections[OWNER].close()
        del connections[OWNER], connections.settings[OWNER]
