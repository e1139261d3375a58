"""Queries of the public site on public views that no single room answers for."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row, tuple_row

IN_FORCE = "WHERE in_force_from <= %(on)s AND (in_force_until IS NULL OR %(on)s < in_force_until)"


@dataclass(frozen=True, slots=True)
class Addition:
    """A rule this deployment added to the law of the edition: what differs, by which article, where to read it."""

    place: int
    rule_key: str
    difference: str
    article: str
    address: str
    text: str
    hash: bytes
    chain: bytes
    department: str
    added_at: datetime

    @property
    def digest(self) -> str:
        """Its hash in hexadecimal."""
        return bytes(self.hash).hex()

    @property
    def link(self) -> str:
        """The hash that ties it to all additions before, in hexadecimal."""
        return bytes(self.chain).hex()


@dataclass(frozen=True, slots=True)
class TakenPack:
    """A pack as the pages tell of it."""

    hash: bytes
    version: str
    signed_by: str
    issued_on: date
    taken_in_at: datetime

    @property
    def digest(self) -> str:
        """Its hash in hexadecimal."""
        return bytes(self.hash).hex()


def item_versions(connection: Connection[Any], *, on: date) -> tuple[tuple[str, int], ...]:
    """List code and version of the items in force; versions are append-only, so these name their content."""
    statement = (
        f"SELECT code, max(version) FROM shown.catalogue_item {IN_FORCE} GROUP BY code ORDER BY min(class_number), code"
    )
    with connection.cursor(row_factory=tuple_row) as cursor:
        return tuple(cursor.execute(statement, {"on": on}).fetchall())


def versions_of(connection: Connection[Any], code: str) -> list[dict[str, Any]]:
    """List every version of an item with the day from which it holds, the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT version, in_force_from, in_force_until FROM shown.catalogue_item WHERE code = %s"
            " ORDER BY version DESC",
            (code,),
        ).fetchall()


def item_definitions(connection: Connection[Any], versions: tuple[tuple[str, int], ...]) -> list[dict[str, Any]]:
    """Read the definitions of some versions, in their order."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT i.definition FROM unnest(%s::text[], %s::int[]) WITH ORDINALITY AS w (code, version, place)
               JOIN shown.catalogue_item i USING (code, version) ORDER BY w.place""",
            ([code for code, _ in versions], [version for _, version in versions]),
        )
        return [row["definition"] for row in cursor]


def additions(connection: Connection[Any]) -> tuple[Addition, ...]:
    """List the local additions to the law, the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT place, rule_key, difference, article, address, text, hash, chain, department, added_at
               FROM shown.law_addition ORDER BY place DESC"""
        )
        return tuple(Addition(**row) for row in cursor)


def packs(connection: Connection[Any]) -> tuple[TakenPack, ...]:
    """List the packs this deployment took in, the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "SELECT hash, version, signed_by, issued_on, taken_in_at FROM shown.law_pack ORDER BY place DESC"
        )
        return tuple(TakenPack(**row) for row in cursor)
