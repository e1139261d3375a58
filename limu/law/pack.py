"""Signed packs of law, catalogue and calendars: made offline, carried by hand, taken in only when they verify.

A pack is one JSON document. Its manifest names every part with its SHA-256; the signature covers the manifest's
canonical bytes, so nothing can be added, dropped or changed unseen. The ground knows no key and no algorithm: the
caller hands in `sign` and `verify` (RFC 8032 Ed25519 by default, SM2 where a deployment must)."""

import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from limu.law.statute import LawFault

FORMAT: Final = "limu-law-pack/1"
FOLDERS: Final[tuple[str, ...]] = ("law/", "catalogue/", "calendar/")
EDITION: Final = date(2026, 11, 24)
"""The day the texts that ship were issued: of them and a stored pack the newer decides."""
MAXIMUM_BYTES: Final = 16 * 1024 * 1024
"""A pack of all texts is under one megabyte; more is not read."""

Sign = Callable[[bytes], bytes]
Verify = Callable[[str, bytes, bytes], bool]
"""(key name, signature, message) → whether a trusted key of that name made the signature."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack whose parts and signature have been proved."""

    version: str
    issued_at: str
    algorithm: str
    key_name: str
    parts: Mapping[str, str]
    hash: bytes

    def folder(self, name: str) -> dict[str, str]:
        """The texts under one folder of the pack, by their path inside it."""
        return {path[len(name) :]: text for path, text in self.parts.items() if path.startswith(name)}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two states of the law: what was added, removed or changed."""

    kind: str
    table: str
    key: str
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None


def canonical(value: object) -> bytes:
    """Bytes that depend on the content only: sorted keys, no blanks, UTF-8 (subset of RFC 8785 without floats)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def make_pack(
    parts: Mapping[str, str],
    *,
    version: str,
    issued_at: str,
    key_name: str,
    sign: Sign,
    algorithm: str = "Ed25519",
) -> bytes:
    """Write a pack: the parts, the manifest of their hashes, and a signature over the manifest."""
    manifest = {
        "format": FORMAT,
        "version": version,
        "issued_at": issued_at,
        "algorithm": algorithm,
        "key": key_name,
        "parts": {path: _digest(text) for path, text in parts.items()},
    }
    signature = sign(canonical(manifest)).hex()
    return canonical({"manifest": manifest, "parts": dict(parts), "signature": signature})


def verify_pack(content: bytes, verify: Verify) -> Pack | tuple[LawFault, ...]:
    """Prove a pack whole: format, every part's hash, the signature by a trusted key; or say what is wrong."""
    document = _parse(content)
    if isinstance(document, LawFault):
        return (document,)
    manifest, parts, signature = document
    faults = _check_parts(manifest, parts)
    if not verify(manifest["key"], signature, canonical(manifest)):
        message = "签名不能验证，或者签名的密钥未被信任。请从发布方重新取得。"
        faults.append(LawFault("pack_signature", manifest["key"], message))
    if faults:
        return tuple(faults)
    digest = hashlib.sha256(canonical(manifest)).digest()
    return Pack(manifest["version"], manifest["issued_at"], manifest["algorithm"], manifest["key"], parts, digest)


def refuse_pack(pack: Pack, *, in_force: tuple[str, date, bytes] | None) -> LawFault | None:
    """Why a proved pack may not follow what is in force (version, day, hash; None: what ships); None means: may.

    An attacker who can hand in files could otherwise bring back a repealed law with a signature that is still good."""
    day = issued_day(pack)
    if day is None:
        return LawFault("pack_date", pack.issued_at, "签发日期写法不对，应为 2026-11-24 的形式。请从发布方重新取得。")
    version, newest, digest = in_force or ("随附数据", EDITION, b"")
    if pack.hash == digest:
        return LawFault("pack_same", pack.version, "这一法规包已经在用，没有变化。")
    if day < newest:
        message = f"早于在用的 {version}（{newest} 签发），不能退回旧法规。请取得更新的法规包。"
        return LawFault("pack_older", pack.version, message)
    if in_force is not None and day == newest and _numbers(pack.version) <= _numbers(version):
        return LawFault("pack_older", pack.version, f"与在用的 {version} 同日签发而版本号不更高。请取得更新的法规包。")
    return None


def issued_day(pack: Pack) -> date | None:
    """The day a pack was issued; None where it is not written as one."""
    try:
        return date.fromisoformat(pack.issued_at)
    except ValueError:
        return None


def _numbers(version: str) -> tuple[tuple[int, str], ...]:
    """A version for comparison: its numbers as numbers, so that 2026.10 comes after 2026.9."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in version.split("."))


def chained(before: bytes, content: bytes) -> tuple[bytes, bytes]:
    """Hash of an addition, and the link that ties it to every one before: none can be changed or dropped unseen."""
    digest = hashlib.sha256(content).digest()
    return digest, hashlib.sha256(before + digest).digest()


def _parse(content: bytes) -> tuple[dict[str, Any], dict[str, str], bytes] | LawFault:
    broken = LawFault("pack_shape", "法规包", "不是立木法规包，或者文件已损坏。请重新取得。")
    if len(content) > MAXIMUM_BYTES:
        return LawFault("pack_size", "法规包", "文件超过 16 MiB，不予读取。")
    try:
        document = json.loads(content)
        manifest, parts = document["manifest"], document["parts"]
        signature = bytes.fromhex(document["signature"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return broken
    if not _is_manifest(manifest) or not isinstance(parts, dict):
        return broken
    if not all(isinstance(text, str) for text in parts.values()):
        return broken
    return manifest, parts, signature


def _is_manifest(manifest: object) -> bool:
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        return False
    if not isinstance(manifest.get("parts"), dict):
        return False
    return all(isinstance(manifest.get(word), str) for word in ("version", "issued_at", "algorithm", "key"))


def _check_parts(manifest: Mapping[str, Any], parts: Mapping[str, str]) -> list[LawFault]:
    hashes: Mapping[str, object] = manifest["parts"]
    faults = [
        LawFault("pack_part", path, "清单与内容不一致：缺少或者多出这一部分。")
        for path in sorted(set(hashes) ^ set(parts))
    ]
    faults += [
        LawFault("pack_hash", path, "内容与清单所列的散列值不一致。")
        for path in sorted(set(hashes) & set(parts))
        if hashes[path] != _digest(parts[path])
    ]
    faults += [
        LawFault("pack_toml", path, "不是有效的 TOML。")
        for path in sorted(parts)
        if not _is_readable(path, parts[path])
    ]
    return faults + [
        LawFault("pack_path", path, "路径不在 law/、catalogue/、calendar/ 之内。")
        for path in sorted(parts)
        if not path.startswith(FOLDERS) or ".." in path
    ]


def _is_readable(path: str, text: str) -> bool:
    if not path.endswith(".toml"):
        return True
    try:
        tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    return True


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def diff_texts(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[Change, ...]:
    """List what differs between two sets of parsed texts, key by key, whatever file a row stands in."""
    before, after = _by_key(old), _by_key(new)
    changes = []
    for place in sorted(before.keys() | after.keys()):
        one, other = before.get(place), after.get(place)
        if one != other:
            kind = "added" if one is None else "removed" if other is None else "changed"
            changes.append(Change(kind, place[0], place[1], one, other))
    return tuple(changes)


def diff_packs(old: Pack, new: Pack) -> tuple[Change, ...]:
    """List what a newer pack changes in the law and the catalogue."""
    return diff_texts(_parsed(old), _parsed(new))


def _parsed(pack: Pack) -> dict[str, object]:
    return {path: tomllib.loads(text) for path, text in pack.parts.items() if path.endswith(".toml")}


def _by_key(texts: Mapping[str, object]) -> dict[tuple[str, str], Mapping[str, object]]:
    return {
        (str(table), str(row.get("key", "")) if isinstance(row, Mapping) else ""): row
        for content in texts.values()
        if isinstance(content, Mapping)
        for table, rows in content.items()
        if isinstance(rows, list)
        for row in rows
        if isinstance(row, Mapping)
    }


def text_hash(row: Mapping[str, object]) -> bytes:
    """Hash of a rule as it stands: what two officers confirm, and what a later change makes void."""
    return hashlib.sha256(canonical({key: str(value) for key, value in row.items()})).digest()


def rule_versions(texts: Mapping[str, object]) -> dict[str, str]:
    """For every rule, its key with a mark of its content: a confirmation names both, and a changed rule loses it."""
    return {
        key: f"{key}#{text_hash(row).hex()[:16]}"
        for (table, key), row in _by_key(texts).items()
        if table not in {"instrument", "article"}
    }
