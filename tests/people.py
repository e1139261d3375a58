"""Officers who can sign in: one of each role in two departments, and clients in which they are signed in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.test import Client
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

from limu.account import actions as accounts
from limu.department import actions as departments
from limu.department.rules import ROLES, Department, Officer, Refusal
from limu.wire import database as wire
from limu.wire.accounts import open_accounts
from limu.wire.database import Connection, Database
from limu.wire.passwords import hash_password
from tests.standing import code_of

PASSWORD = "Kastanie-7-Allee"
_look_for_files = WhiteNoiseMiddleware.add_files_from_finders
_files: dict[str, object] = {}


def _files_found_once(self: WhiteNoiseMiddleware) -> None:
    # Each client of Django's builds its own middleware, and the files on disk do not change under a run.
    if not _files:
        _look_for_files(self)
        _files.update(self.files)
    self.files.update(_files)


WhiteNoiseMiddleware.add_files_from_finders = _files_found_once
# Slow by design, a third of a second a sign-in; what a test asks of it does not depend on how slow it is.
ScryptPasswordHasher.work_factor = 2
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "limu.settings")


@contextmanager
def doors_open(database: Database) -> Iterator[None]:
    """Point Django and the pools at a database for the length of a test, and lift the rate limit."""
    open_accounts(database)
    from django.conf import settings  # noqa: PLC0415 - settings need the run's home

    limit, settings.LIMU_RATE_PER_MINUTE = settings.LIMU_RATE_PER_MINUTE, 0
    wire.pool.cache_clear()
    try:
        yield
    finally:
        settings.LIMU_RATE_PER_MINUTE = limit
        for role in ("app", "web", "account"):
            wire.pool(role).close()
        wire.pool.cache_clear()
        django.db.connections.close_all()


def department_of(connection: Connection, number: int, *, is_centre: bool = False) -> Department:
    """Make a department by number."""
    made = departments.add_department(
        connection,
        officer=None,
        uscc=code_of(number, prefix="11", place="MB"),
        name=f"示例市第{number}局",
        region="990100",
        is_centre=is_centre,
    )
    assert isinstance(made, Department)
    return made


def staff_of(connection: Connection, department: Department, *, prefix: str) -> dict[str, Officer]:
    """Open one account for every role, each another person's."""
    return {role: officer_in(connection, department, f"{prefix}.{role}", role) for role in ROLES}


def officer_in(connection: Connection, department: Department, code: str, *roles: str) -> Officer:
    """Open one account."""
    officer = departments.add_officer(
        connection, by=None, code=code, person_name=f"示例员{code}", department=department, roles=roles
    )
    assert not isinstance(officer, Refusal)
    return officer


def give_logins(database: Database, codes: list[str]) -> None:
    """Let officers sign in with the tests' password; hashed once, since hashing is slow by design."""
    hashed = hash_password(PASSWORD)
    with database.connect("app") as app, database.connect("account") as logins:
        for code in codes:
            assert not isinstance(accounts.set_password(app, logins, by=None, code=code, hashed=hashed), Refusal)


def signed_in(code: str) -> Client:
    """A browser in which an officer has signed in, by password and, where one is enrolled, by second factor."""
    client = Client()
    answer = client.post("/account/login/", {"login": code, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    if answer["Location"] == "/account/2fa/authenticate/":
        answer = client.post("/account/2fa/authenticate/", {"code": fresh_code(code)})
        assert answer.status_code == 302, answer.content.decode()
    return client


SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def give_factors(database: Database) -> None:
    """Enrol the tests' TOTP secret for every login whose role must have one."""
    from limu.account.adapter import FactorAdapter  # noqa: PLC0415 - Django must be started
    from limu.account.rules import GUARDED_ROLES  # noqa: PLC0415 - beside its neighbour

    secret = FactorAdapter().encrypt(SEED)
    with database.connect("app") as app:
        rows = app.execute("SELECT code FROM limu.officer WHERE roles && %s", [sorted(GUARDED_ROLES)]).fetchall()
    with database.connect("account") as logins:
        logins.execute(
            """INSERT INTO account.mfa_authenticator (type, data, user_id, created_at)
               SELECT 'totp', jsonb_build_object('secret', %s::text), id, now()
               FROM account.auth_user u WHERE username = ANY (%s)
                 AND NOT EXISTS (SELECT FROM account.mfa_authenticator a WHERE a.user_id = u.id)""",
            [secret, [row["code"] for row in rows]],
        )


def code_now(secret: str = SEED) -> str:
    """The TOTP code of a secret at this moment (RFC 6238)."""
    return _code(secret, _steps()[1])


_typed: set[tuple[str, str, int]] = set()


def fresh_code(code: str) -> str:
    """A TOTP code that an officer has not typed yet: each is good once, and three hold at a time."""
    from django.db import connections  # noqa: PLC0415 - settings need the run's home

    # By its settings: a connection made here would have to be closed here, where a browser's loop may run.
    name = str(connections.settings["default"]["NAME"])
    past, now, coming = _steps()
    for step in (now, coming, past):
        if (typed := (name, code, step)) not in _typed:
            _typed.add(typed)
            return _code(SEED, step)
    raise AssertionError(f"{code} signs in for the fourth time within half a minute")


def _steps() -> list[int]:
    from allauth.mfa.totp.internal.auth import (  # noqa: PLC0415 - Django must be started
        yield_hotp_counters_from_time,
    )

    return list(yield_hotp_counters_from_time())


def _code(secret: str, step: int) -> str:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value  # noqa: PLC0415 - beside its neighbour

    return str(format_hotp_value(hotp_value(secret, step)))
