"""How the matrix makes an object of each kind in an officer's department, and names one that does not exist.

A door that names a kind (`Door(..., names="batch")`) needs an entry in both tables here: whoever adds the door adds
the maker. It commits, so that the page sees the object; it is called once a role, so it must bear repetition."""

from collections.abc import Callable

from limu.department.rules import Officer
from limu.wire.database import Database

Parts = dict[str, str]

# The parts of the address that name an object of the department of this officer.
OBJECTS: dict[str, Callable[[Database, Officer], Parts]] = {
    "officer": lambda _database, officer: {"code": officer.code},
}
# The same for what does not exist anywhere.
NOWHERE: dict[str, Parts] = {
    "officer": {"code": "nobody.here"},
}
