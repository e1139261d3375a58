"""Queries of the public site on public views that no single room answers for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row, dict_row, tuple_row

from limu.seal.canonical import canonical_bytes

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
class LawEvent:
    """An addition or a confirmation as the public log has it: what opens its leaf, and the way from it to a root."""

    kind: str
    rule_key: str
    body: dict[str, str]
    recorded_at: datetime
    salt: bytes
    position: int | None
    leaf_hash: bytes | None
    size: int | None
    root: bytes | None
    path: bytes | None

    @property
    def opening(self) -> str:
        """The canonical event, to which the leaf commits."""
        return canonical_bytes(self.body).decode()

    @property
    def salt_text(self) -> str:
        """The salt in hexadecimal."""
        return bytes(self.salt).hex()

    @property
    def leaf(self) -> str:
        """The hash of its leaf in hexadecimal."""
        return bytes(self.leaf_hash or b"").hex()

    @property
    def root_text(self) -> str:
        """The root under which it is proved, in hexadecimal."""
        return bytes(self.root or b"").hex()

    @property
    def steps(self) -> tuple[str, ...]:
        """The way from the leaf to the root, nearest sibling first, in hexadecimal."""
        path = bytes(self.path or b"")
        return tuple(path[start : start + 32].hex() for start in range(0, len(path), 32))


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


def law_events(connection: Connection[Any], rules: Sequence[str]) -> tuple[LawEvent, ...]:
    """List what the log holds of some rules, the oldest first; a confirmation names the content it saw (key#mark)."""
    with connection.cursor(row_factory=class_row(LawEvent)) as cursor:
        cursor.execute(
            """SELECT kind, split_part(rule_key, '#', 1) AS rule_key, body, recorded_at, salt, position, leaf_hash,
                      size, root, path
               FROM shown.law_event WHERE split_part(rule_key, '#', 1) = ANY (%s) ORDER BY recorded_at, id""",
            (list(rules),),
        )
        return tuple(cursor)


def packs(connection: Connection[Any]) -> tuple[TakenPack, ...]:
    """List the packs this deployment took in, the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "SELECT hash, version, signed_by, issued_on, taken_in_at FROM shown.law_pack ORDER BY place DESC"
        )
        return tuple(TakenPack(**row) for row in cursor)
