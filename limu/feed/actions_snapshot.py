"""Snapshots: everything a scope may have at one timepoint, in three forms, under a signed manifest."""

import base64
import hashlib
import json
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import polars as pl
from psycopg import Connection

from limu.client.digest import canonical
from limu.feed import store_serve
from limu.feed import store_snapshot as store
from limu.feed.rules import ALWAYS, DECLARATION, OPTIONAL
from limu.feed.rules_holder import Holder
from limu.feed.store_snapshot import Snapshot
from limu.wire.home import Home
from limu.wire.signing import public_key, sign

USE: Final = "feed"
COLUMNS: Final = ("id", *sorted(ALWAYS - {"id", "content"}), *OPTIONAL, DECLARATION, "content")
LICENCE: Final = (
    "只限协议约定的用途；收到停止公示或者变更的事件后，应当立即删除或者更新副本，被替代的快照不得继续使用。"
)


def make(connection: Connection[Any], home: Home, holder: Holder) -> Snapshot:
    """Make the snapshot of a holder's scope and withdraw the one before; the caller commits.

    Held if we stop here: the files of an unfinished one lie in a folder that no row names, and go with the next."""
    made_id = uuid4()
    folder = home.folder("feed") / made_id.hex
    folder.mkdir(mode=0o700)
    timepoint = store.begin(connection)
    copies = _write_lines(folder / "records.jsonl", store.bodies(connection, holder))
    _write_tables(folder)
    manifest = {
        "version": 1,
        "timepoint": timepoint,
        "copies": copies,
        "day": store.today(connection).isoformat(),
        "made_at": store_serve.now(connection).isoformat(),
        "scope": {"items": list(holder.items), "regions": list(holder.regions), "fields": list(holder.fields)},
        "licence": LICENCE,
        "files": [_file(made_id, folder / f"records.{end}") for end in ("jsonl", "csv", "parquet")],
    }
    signature = sign(home, USE, canonical(manifest).encode())
    made = Snapshot(made_id, holder.scope, timepoint, copies, manifest, signature)
    old = store.insert(connection, made)
    for gone in old:
        remove(home, gone)
    return made


def current(connection: Connection[Any], home: Home, holder: Holder) -> Snapshot | None:
    """Find the snapshot of a scope that may still be given: none of its records has ended or changed since.

    One that may not is withdrawn, and its files are deleted."""
    found = store.newest(connection, holder.scope)
    if found is None:
        return None
    if store.is_right(connection, found):
        return found
    store.withdraw(connection, found.id)
    remove(home, found.id)
    return None


def order(connection: Connection[Any], holder: Holder) -> None:
    """Ask the worker for a snapshot, unless it was asked already."""
    store.order(connection, uuid4(), holder.id)


def told(home: Home, snapshot: Snapshot) -> dict[str, Any]:
    """Write a snapshot as holders read it: the manifest, its signature, and the key."""
    return {
        "manifest": snapshot.manifest,
        "signature": base64.b64encode(snapshot.signature).decode(),
        "key": base64.b64encode(public_key(home, USE)).decode(),
        "signed": "Ed25519 over the manifest in canonical JSON (RFC 8785)",
    }


def path_of(home: Home, snapshot: Snapshot, name: str) -> Path | None:
    """Find a file that the manifest names; nothing else can be had by a name."""
    known = any(file["name"] == name for file in snapshot.manifest["files"])
    path = home.folder("feed") / snapshot.id.hex / name
    return path if known and path.is_file() else None


def remove(home: Home, snapshot: UUID) -> None:
    """Delete the files of a snapshot."""
    shutil.rmtree(home.folder("feed") / snapshot.hex, ignore_errors=True)


def _write_lines(path: Path, bodies: Iterator[str]) -> int:
    copies = 0
    with path.open("w", encoding="utf-8") as file:
        for body in bodies:
            file.write(body + "\n")
            copies += 1
    return copies


def _write_tables(folder: Path) -> None:
    # Column by column, all as text: what a field holds is in the catalogue, and a code keeps its leading zero.
    schema = dict.fromkeys(COLUMNS, pl.String)
    with (folder / "records.jsonl").open(encoding="utf-8") as lines, (folder / "records.csv").open("wb") as out:
        pl.DataFrame(schema=schema).write_csv(out)
        while chunk := [_flat(json.loads(line)) for line in islice(lines, 20_000)]:
            pl.DataFrame(chunk, schema=schema, orient="row").write_csv(out, include_header=False)
    pl.scan_csv(folder / "records.csv", schema=schema).sink_parquet(folder / "records.parquet")


def _flat(body: dict[str, Any]) -> tuple[str | None, ...]:
    return tuple(_text(body.get(name)) for name in COLUMNS)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        return "；".join(str(one) for one in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return canonical(value) if isinstance(value, dict) else str(value)


def _file(snapshot: UUID, path: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return {
        "name": path.name,
        "path": f"/feed/snapshot/{snapshot}/{path.name}",
        "bytes": path.stat().st_size,
        "sha256": digest.hexdigest(),
    }
