"""Beginning from a snapshot: its files are checked against the signed manifest before a line of them is taken in."""

import hashlib
import json
import time
from collections.abc import Iterator
from typing import Any

from limu.client.http import AwayError, Site
from limu.client.store import Copy

TRIES = 60


class BrokenSnapshotError(Exception):
    """A file of the snapshot is not the one that the manifest names."""


def load(site: Site, copy: Copy, *, tries: int = TRIES) -> int:
    """Replace the copy by the newest snapshot; tells the timepoint to go on from."""
    manifest = _manifest(site, tries=tries)
    named = next(file for file in manifest["files"] if file["name"].endswith(".jsonl"))
    content = site.read(named["path"])
    if hashlib.sha256(content).hexdigest() != named["sha256"]:
        raise BrokenSnapshotError(named["name"])
    copy.begin_again(_bodies(content), timepoint=manifest["timepoint"])
    return int(manifest["timepoint"])


def _manifest(site: Site, *, tries: int) -> dict[str, Any]:
    for _ in range(tries):
        try:
            told: dict[str, Any] = json.loads(site.read("/feed/snapshot"))
        except AwayError:
            told = {}
        if "manifest" in told:
            manifest: dict[str, Any] = told["manifest"]
            return manifest
        # It is being made.
        time.sleep(1.0)
    raise AwayError("no snapshot in time")


def _bodies(content: bytes) -> Iterator[dict[str, Any]]:
    for line in content.splitlines():
        if line:
            yield json.loads(line)
