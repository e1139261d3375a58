"""Every address of the platform and the act it is a door for: one table, and no door without a row (trust.md 3.6).

A page of an officer names its act here and at its view (`officer_page`); a house test compares both with urls.py, and
tests/page calls every row with every role. `PUBLIC` and `SIGNED` are the two that ask for no act: anyone, and anyone
who is signed in. A row with a menu text stands in the side navigation of its desk."""

from dataclasses import dataclass

from limu.department.rules import Officer, authorise

PUBLIC, SIGNED = "public", "signed"
DESKS = {"dept": "部门工作台", "ops": "信用中心"}
SIGNED_PREFIXES = ("/account/", "/dept", "/ops")


@dataclass(frozen=True, slots=True)
class Door:
    """One address: its pattern as in limu/urls.py, its act, and what kind of object the pattern names, if any."""

    path: str
    act: str
    menu: str = ""
    names: str = ""

    @property
    def desk(self) -> str:
        """The desk the address belongs to: the first part of the path."""
        return self.path.partition("/")[0]


DEPARTMENT_DOORS = (Door("dept", "open_dept", menu="待办"),)
CENTRE_DOORS = (Door("ops", "open_ops", menu="运行总览"),)
PUBLIC_DOORS = tuple(
    Door(path, PUBLIC)
    for path in (
        "",
        "search",
        "s/<str:uscc>",
        "r/<uuid:record_id>",
        "lists",
        "disclosure",
        "catalog",
        "catalog/<slug:code>",
        "catalog/<slug:code>/schema.json",
        "catalog/<slug:code>/template.xlsx",
        "law",
        "law/<slug:key>",
        "quality",
        "about",
        "developers",
        "api/v1/",
    )
)
ACCOUNT_DOORS = (
    Door("account/", SIGNED),
    Door("account/login/", PUBLIC),
    Door("account/logout/", PUBLIC),
    Door("account/inactive/", PUBLIC),
    Door("account/reauthenticate/", SIGNED),
    Door("account/password/change/", SIGNED),
    Door("account/2fa/", SIGNED),
    Door("account/2fa/authenticate/", PUBLIC),
    Door("account/2fa/reauthenticate/", SIGNED),
    Door("account/2fa/totp/activate/", SIGNED),
    Door("account/2fa/totp/deactivate/", SIGNED),
    Door("account/2fa/recovery-codes/", SIGNED),
    Door("account/2fa/recovery-codes/generate/", SIGNED),
    Door("account/2fa/recovery-codes/download/", SIGNED),
    Door("account/2fa/webauthn/", SIGNED),
    Door("account/2fa/webauthn/add/", SIGNED),
    Door("account/2fa/webauthn/login/", PUBLIC),
    Door("account/2fa/webauthn/reauthenticate/", SIGNED),
    Door("account/2fa/webauthn/keys/<int:pk>/remove/", SIGNED),
    Door("account/2fa/webauthn/keys/<int:pk>/edit/", SIGNED),
    Door("account/outside/", SIGNED),
    Door("account/outside/login/cancelled/", PUBLIC),
    Door("account/outside/login/error/", PUBLIC),
    Door("account/outside/<str:provider_id>/login/", PUBLIC),
    Door("account/outside/<str:provider_id>/login/callback/", PUBLIC),
    # Allauth asks for these addresses by name; we answer that there is no such thing.
    Door("account/signup/", PUBLIC),
    Door("account/password/set/", PUBLIC),
    Door("account/email/", PUBLIC),
    Door("account/outside/signup/", PUBLIC),
)
DOORS = (*PUBLIC_DOORS, *ACCOUNT_DOORS, *DEPARTMENT_DOORS, *CENTRE_DOORS)


def doors_of(officer: Officer) -> list[Door]:
    """List the doors of the side navigation that this officer may open."""
    return [door for door in DOORS if door.menu and authorise(officer, door.act, officer.department) is None]
