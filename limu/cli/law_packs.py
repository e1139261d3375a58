"""`limu law pack | update | packs | add`: signed packs carried by hand, and what a deployment adds itself."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NoReturn
from uuid import UUID

import typer
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from limu.catalogue.actions import Brought, compare_items, take_in
from limu.catalogue.rules import CatalogueFault
from limu.cli.frame import REFUSED, emit, fail, out, running_connection, say, table, usage
from limu.cli.language import told
from limu.department import actions
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.law.book import LawBook
from limu.law.check import check_law
from limu.law.pack import MAXIMUM_BYTES, Change, Pack, diff_texts, issued_day, make_pack, refuse_pack, verify_pack
from limu.law.statute import LawFault
from limu.ledger.store import bump_register
from limu.measure.actions import sync_law
from limu.terms.days import Calendar
from limu.wire.clock import read_clock
from limu.wire.database import Connection
from limu.wire.home import find_home
from limu.wire.lawbook import (
    CALENDAR,
    StoredPack,
    added_texts,
    calendar_of,
    current_book,
    current_calendar,
    installed_texts,
    lock_law,
    note_addition,
    pack_in_force,
    store_pack,
    stored_packs,
)
from limu.wire.statutes import folder_parts, packaged_parts, read_parts

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
By = Annotated[str | None, typer.Option("--as", help="办理账号；法规包带来新的目录条目时必填。")]
WORDS = {"added": "新增", "removed": "删除", "changed": "修改"}
Fault = LawFault | CatalogueFault


def pack(
    target: Annotated[Path, typer.Argument(help="写到哪个文件。")],
    version: Annotated[str, typer.Option(help="版本号，如 2026.11.1；同日的包版本号须更高。")],
    key: Annotated[Path, typer.Option(help="Ed25519 私钥（PEM）。")],
    source: Annotated[
        Path | None, typer.Option(help="文件夹，内有 law/、catalogue/、calendar/；没有的部分用随附数据。")
    ] = None,
    issued: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="签发日期；缺省为今天。")] = None,
) -> None:
    """制作签名的法规包（法规、目录、工作日历），供离线更新。"""
    private = load_pem_private_key(key.read_bytes(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        usage("需要 Ed25519 私钥。")
    parts = packaged_parts() if source is None else folder_parts(source)
    faults = check_law(read_parts(parts, "law/"))
    if faults:
        tell_faults(faults)
        raise typer.Exit(REFUSED)
    day = issued or read_clock(os.environ, is_production=False).today().isoformat()
    target.write_bytes(make_pack(parts, version=version, issued_at=day, key_name=key.stem, sign=private.sign))
    out.print(f"已写入 {target}：{len(parts)} 个文件，版本 {version}，{day} 签发。", soft_wrap=True)


def update(
    path: Annotated[Path, typer.Argument(help="法规包。")],
    diff: Annotated[bool, typer.Option("--diff", help="只显示差异，不更新。")] = False,
    trusted: Annotated[Path | None, typer.Option(help="受信公钥文件夹；缺省为 LIMU_HOME/law/trusted。")] = None,
    by: By = None,
    second: Annotated[str | None, typer.Option(help="另一人的账号；与 --as 不能是同一人。")] = None,
    as_json: AsJson = False,
) -> None:
    """核验法规包的签名和内容，显示差异，在一个事务里存入并启用；早于在用版本的不予接受。"""
    found = _verified(path, trusted or find_home().folder("law") / "trusted", as_json=as_json)
    with running_connection("app") as connection:
        lock_law(connection)
        brought = _weighed(connection, found, as_json=as_json)
        changes = diff_texts(installed_texts(connection), read_parts(found.parts, "law/"))
        years = _years(connection, found)
        if not diff:
            _take_in(connection, found, body=path.read_bytes(), brought=brought, people=(by, second))
            connection.commit()
    if as_json:
        emit(
            {
                "ok": True,
                "version": found.version,
                "hash": found.hash.hex(),
                "issued_at": found.issued_at,
                "key": found.key_name,
                "changes": changes,
                "items": [{"code": one.code, "version": one.version, "name": one.name} for one in brought.items],
                "calendar_years": years,
                "stored": not diff,
            }
        )
        return
    _tell_changes(found, changes)
    for one in brought.items:
        say(f"目录 {one.code}：第 {one.version} 版《{one.name}》，{one.in_force_from} 起")
    for year in years:
        say(f"工作日历 {year} 年：新增或者有变化，暂算的期限随之重算")
    say("只显示差异，没有更新。" if diff else f"已存入并启用，散列值 {found.hash.hex()}。")


def _verified(path: Path, trusted: Path, *, as_json: bool) -> Pack:
    keys = {one.stem: load_pem_public_key(one.read_bytes()) for one in sorted(trusted.glob("*.pem"))}

    def verify(name: str, signature: bytes, message: bytes) -> bool:
        key = keys.get(name)
        if not isinstance(key, Ed25519PublicKey):
            return False
        try:
            key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    with path.open("rb") as file:
        found = verify_pack(file.read(MAXIMUM_BYTES + 1), verify)
    return found if isinstance(found, Pack) else _refuse(found, as_json=as_json)


def _weighed(connection: Connection, found: Pack, *, as_json: bool) -> Brought:
    """Hold a proved pack against what is in force; ends the command where it may not follow."""
    before = pack_in_force(connection)
    stale = refuse_pack(found, in_force=(before.version, before.issued_on, before.hash) if before else None)
    if stale is not None:
        _refuse((stale,), as_json=as_json)
    book = LawBook.from_texts(read_parts(found.parts, "law/"), additions=added_texts(connection))
    if not isinstance(book, LawBook):
        _refuse(book, as_json=as_json)
    try:
        calendar_of(found.parts.get(CALENDAR, ""))
    except (ValueError, KeyError):
        _refuse((LawFault("calendar_shape", CALENDAR, "日历表的写法不对。请从发布方重新取得。"),), as_json=as_json)
    brought = compare_items(connection, found.folder("catalogue/"))
    return brought if isinstance(brought, Brought) else _refuse(brought, as_json=as_json)


def _years(connection: Connection, found: Pack) -> list[int]:
    before, after = current_calendar(connection), calendar_of(found.parts.get(CALENDAR, ""))
    return sorted(year for year in after.known_years if _of(before, year) != _of(after, year))


def _of(calendar: Calendar, year: int) -> tuple[object, ...]:
    days = (calendar.rest_days, calendar.work_days)
    return (year in calendar.known_years, *(frozenset(day for day in some if day.year == year) for some in days))


def _take_in(
    connection: Connection, found: Pack, *, body: bytes, brought: Brought, people: tuple[str | None, str | None]
) -> None:
    """Store pack, items, measures and lists; the caller commits, so the new law is whole or not there at all."""
    day = issued_day(found)
    assert day is not None
    named = _two_people(connection, people) if brought.items else None
    store_pack(
        connection, StoredPack(found.hash, found.version, day), signed_by=found.key_name, body=body, people=named
    )
    if named is not None:
        take_in(connection, brought, drafted_by=named[0], confirmed_by=named[1])
    sync_law(connection, current_book(connection))
    bump_register(connection)


def _two_people(connection: Connection, codes: tuple[str | None, str | None]) -> tuple[UUID, UUID]:
    """The two persons who answer for new items of the catalogue (Opinion, item 6)."""
    if None in codes:
        fail(
            Refusal(
                "W-201",
                "法规包带来新的目录条目，须由两人经手。",
                "请用 --as 和 --second 写明两个目录编辑账号。",
            )
        )
    first, second = (acting(connection, code, "edit_catalogue").person for code in codes)
    if first == second:
        fail(Refusal("W-202", "两个账号属于同一人。", "请由另一人复核。"))
    return first, second


def acting(connection: Connection, code: str | None, act: str) -> Officer:
    """Find the officer who acts, and end the command when it may not."""
    officer = actions.acting_officer(connection, code=code, department=None, act=act)
    if isinstance(officer, Refusal):
        fail(officer)
    if authorise(officer, act, officer.department) is not None:
        fail(NOT_THERE)
    return officer


def _tell_changes(found: Pack, changes: Sequence[Change]) -> None:
    head = f"法规包 {found.version}（{found.issued_at}，密钥 {found.key_name}），差异 {len(changes)} 项"
    out.print(head, highlight=False, soft_wrap=True)
    for one in changes:
        before, after = _differing(one)
        say(f"{WORDS[one.kind]} {one.table} {one.key}：{before or '（无）'} → {after or '（无）'}")


def _differing(change: Change) -> tuple[str, str]:
    before, after = change.before or {}, change.after or {}
    names = [name for name in {**before, **after} if before.get(name) != after.get(name) and name != "key"]

    def told(side: Mapping[str, object]) -> str:
        return "；".join(f"{name}={side[name]}" for name in names if name in side)

    return told(before), told(after)


def packs(as_json: AsJson = False) -> None:
    """列出存入过的法规包，说明在用的是哪一个。"""
    with running_connection("app") as connection:
        found, now = stored_packs(connection), pack_in_force(connection)
    rows = [
        {
            "version": one.version,
            "issued_on": one.issued_on,
            "hash": one.hash.hex(),
            "in_force": now is not None and one.hash == now.hash,
        }
        for one in found
    ]
    if as_json:
        emit(rows)
        return
    if now is None:
        out.print("在用的是随附数据，没有存入更新的法规包。")
    table(
        ("版本", "签发日期", "散列值", "在用"),
        [(one["version"], one["issued_on"], one["hash"], "是" if one["in_force"] else "") for one in rows],
    )


def add(
    path: Annotated[Path, typer.Argument(help="增补文本（TOML）：一条规则，以及它引用而随附数据没有的文件和条款。")],
    difference: Annotated[str, typer.Option(help="与现行规则有什么不同，一句话；公开。")],
    by: Annotated[str, typer.Option("--as", help="办理账号。")],
) -> None:
    """登记一条本地增补：公开差异、条款和原文地址；两人核对（limu law confirm）之前只能缩短或者优待。"""
    text = path.read_text("utf-8")
    with running_connection("app") as connection:
        lock_law(connection)
        officer = acting(connection, by, "confirm_law")
        key, basis = _checked_addition(connection, text)
        digest = note_addition(connection, rule=key, difference=difference, basis=basis, text=text, officer=officer.id)
        sync_law(connection, current_book(connection))
        connection.commit()
    out.print(f"已登记增补 {key}，依据 {basis[0]}，散列值 {digest.hex()}。", highlight=False, soft_wrap=True)


def _checked_addition(connection: Connection, text: str) -> tuple[str, tuple[str, str]]:
    """The one rule of an addition with its article and address; ends the command where it does not hold."""
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        usage(f"不是有效的 TOML：{wrong}")
    keys = [
        row.get("key", "") for name, rows in document.items() if name not in {"instrument", "article"} for row in rows
    ]
    if len(keys) != 1:
        _refuse((LawFault("addition_one", "增补", f"一份增补写一条规则，这里有 {len(keys)} 条。"),), as_json=False)
    book = LawBook.from_texts(installed_texts(connection), additions={**added_texts(connection), "new": document})
    if not isinstance(book, LawBook):
        _refuse(book, as_json=False)
    ref = book.ref(keys[0])
    article = book.article(ref.article)
    instrument = book.instrument(article.instrument) if article else None
    if instrument is None or not instrument.address:
        _refuse(
            (LawFault("addition_address", keys[0], "依据的文件没有原文地址，公众无从核对。请写明。"),), as_json=False
        )
    return keys[0], (ref.citation, instrument.address)


def _refuse(faults: Sequence[Fault], *, as_json: bool) -> NoReturn:
    if as_json:
        emit({"ok": False, "stored": False, "faults": list(faults)})
    else:
        tell_faults(faults)
    raise typer.Exit(REFUSED)


def tell_faults(faults: Sequence[Fault]) -> None:
    """One fault a line: code, place, what is wrong and what to do."""
    for one in faults:
        typer.echo(f"{one.code} {told(one.where)}{told('：')}{told(one.message)}")


def day_of(text: str | None) -> date | None:
    """Read a day of the command line."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        usage(f"“{text}”不是日期。请写成 2026-07-01 的形式。")
