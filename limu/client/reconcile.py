"""Finding where a copy differs, by marks of marks: a copy that is right costs one question."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from limu.client.digest import IN_BUCKET, IN_PART, PARTS, digest_of, joined, salted
from limu.client.http import Site
from limu.client.store import Copy

AT_ONCE = 64
CHECKED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """Records that differ, that we lack, and that we hold and should not; at the feed's timepoint."""

    timepoint: int
    differing: tuple[UUID, ...]
    missing: tuple[UUID, ...]
    surplus: tuple[UUID, ...]

    @property
    def records(self) -> tuple[UUID, ...]:
        """All of them."""
        return (*self.differing, *self.missing, *self.surplus)


def differences(site: Site, copy: Copy) -> Difference:
    """Go down the tree where marks differ, and name each record."""
    told = site.tree("whole")
    buckets = copy.buckets()
    if told["mark"] == _hex(joined(mark for _, mark in buckets.values())):
        return Difference(told["timepoint"], (), (), ())
    marks = {bucket: mark for bucket, (_, mark) in buckets.items()}
    parts = [part for part, mark in enumerate(site.tree("parts")["marks"]) if mark != _part(marks, part)]
    wrong_buckets: list[int] = []
    for part, theirs in _marks(site, "buckets", parts).items():
        wrong_buckets += [b for n, mark in enumerate(theirs) if mark != _hex(marks.get(b := part * IN_PART + n, 0))]
    wrong_leaves: list[int] = []
    for bucket, theirs in _marks(site, "leaves", wrong_buckets).items():
        ours = copy.marks_in(bucket)
        wrong_leaves += [f for n, mark in enumerate(theirs) if mark != _hex(ours.get(f := bucket * IN_BUCKET + n, 0))]
    return _named(site, copy, wrong_leaves, timepoint=told["timepoint"])


def _named(site: Site, copy: Copy, leaves: list[int], *, timepoint: int) -> Difference:
    theirs: dict[UUID, bytes] = {}
    for start in range(0, len(leaves), AT_ONCE):
        told = site.tree("copies", leaves[start : start + AT_ONCE])["copies"]
        theirs |= {UUID(record): bytes.fromhex(digest) for record, digest in told.items()}
    ours = {record: digest for leaf in leaves for record, digest in copy.digests_in(leaf).items()}
    both = ours.keys() & theirs.keys()
    return Difference(
        timepoint,
        differing=tuple(sorted(record for record in both if ours[record] != theirs[record])),
        missing=tuple(sorted(theirs.keys() - ours.keys())),
        surplus=tuple(sorted(ours.keys() - theirs.keys())),
    )


def mend(site: Site, copy: Copy, found: Difference) -> None:
    """Tell of what differs, take the right content, and tell again: the tickets open, and close."""
    tell(site, copy, found.records)
    copy.owe(found.records)
    for start in range(0, len(found.records), CHECKED_AT_ONCE):
        copy.take_in(site.copies(found.records[start : start + CHECKED_AT_ONCE]).events)
    tell(site, copy, found.records)


def tell(site: Site, copy: Copy, records: tuple[UUID, ...]) -> dict[UUID, str]:
    """Ask of records whether our copies are right, without showing them."""
    verdicts: dict[UUID, str] = {}
    for start in range(0, len(records), CHECKED_AT_ONCE):
        salt = secrets.token_bytes(32)
        texts = {record: copy.find(record) for record in records[start : start + CHECKED_AT_ONCE]}
        hashes = {r: None if text is None else salted(digest_of(text), salt) for r, text in texts.items()}
        verdicts |= site.check(salt, hashes)
    return verdicts


def _marks(site: Site, of: str, inside: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for start in range(0, len(inside), AT_ONCE):
        told = site.tree(of, inside[start : start + AT_ONCE])["marks"]
        found |= {int(number): marks for number, marks in told.items()}
    return found


def _part(marks: dict[int, int], part: int) -> str:
    assert 0 <= part < PARTS
    return _hex(joined(marks.get(part * IN_PART + n, 0) for n in range(IN_PART)))


def _hex(mark: int) -> str:
    return f"{mark & 0xFFFF_FFFF_FFFF_FFFF:x}"
