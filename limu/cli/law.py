"""`limu law`: prove the statutes, explain a term, show a rule, take in a signed pack."""

import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from limu.cli.frame import REFUSED, USAGE, emit, err, fail, out, running_connection
from limu.department import actions
from limu.department.rules import NOT_THERE, Refusal, authorise
from limu.law.book import LawBook
from limu.law.check import check_law
from limu.law.pack import MAXIMUM_BYTES, Change, Pack, diff_texts, make_pack, rule_versions, verify_pack
from limu.law.severity import SEVERITIES, SEVERITY_LABELS, SeverityDecision
from limu.law.statute import LawFault, RuleRef
from limu.law.term import TermDecision
from limu.wire.clock import read_clock
from limu.wire.home import find_home
from limu.wire.lawbook import installed_texts, note_confirmations
from limu.wire.statutes import read_folder, read_law_texts

law_app = typer.Typer(help="法规数据：校验、解释、查看与更新。", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
Day = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD")]
EVENTS = {"decision": "认定之日", "publication": "公示之日", "conduct_end": "行为终止之日"}


@law_app.command("check")
def check(
    path: Annotated[Path | None, typer.Argument(help="法规数据文件夹；缺省为随附数据。")] = None,
    as_json: AsJson = False,
) -> None:
    """证明每一处引用都能找到，每一个期限都有依据和可信程度，时间上没有空档和重叠。"""
    texts = read_law_texts() if path is None else read_folder(path)
    if not texts:
        _usage("没有找到法规数据（*.toml）。请核对路径。")
    faults = check_law(texts)
    book = LawBook.from_texts(texts) if not faults else None
    counts = _counts(book) if isinstance(book, LawBook) else {}
    if as_json:
        emit({"ok": not faults, "faults": faults, **counts})
    else:
        _tell_check(faults, counts)
    if faults:
        raise typer.Exit(REFUSED)


def _counts(book: LawBook) -> dict[str, int]:
    articles = sum(len(book.articles(one.key)) for one in book.instruments())
    return {
        "instruments": len(book.instruments()),
        "articles": articles,
        "rules": len(book.rules()),
        "unconfirmed": len(book.unconfirmed()),
    }


def _tell_check(faults: tuple[LawFault, ...], counts: dict[str, int]) -> None:
    if faults:
        for one in faults:
            typer.echo(f"{one.code} {one.where}：{one.message}")
        return
    out.print(
        f"法规数据完整：文件 {counts['instruments']} 件，条款 {counts['articles']} 条，规则 {counts['rules']} 项，"
        f"其中 {counts['unconfirmed']} 项尚须两人核对。",
    )


@law_app.command("explain")
def explain(
    item: Annotated[str, typer.Argument(help="目录条目代码，如 penalty。")],
    decided: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="认定（决定）之日。")],
    severity: Annotated[str | None, typer.Option(help="minor、general 或 serious。")] = None,
    region: Annotated[str, typer.Option(help="行政区划代码。")] = "",
    field: Annotated[str | None, typer.Option(help="领域，如 market_regulation、food。")] = None,
    kinds: Annotated[str, typer.Option(help="处罚种类，用分号隔开；不写严重程度时据此划分。")] = "",
    fine: Annotated[float | None, typer.Option(help="罚款金额（元）。")] = None,
    published: Day = None,
    conduct_ended: Day = None,
    valid_until: Day = None,
    on: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="判断之日；缺省为今天。")] = None,
    as_json: AsJson = False,
) -> None:
    """说明一条信息从哪天公示到哪天、何时可以申请修复，以及依据哪一条。"""
    if severity is not None and severity not in SEVERITIES:
        _usage(f"--severity 只能是 {'、'.join(SEVERITIES)}。")
    book = _book()
    decided_on, day = _day(decided), _day(on) or _today()
    assert decided_on is not None
    found = None
    if severity is None:
        cents = None if fine is None else round(fine * 100)
        found = book.classify([kinds], item=item, field=field, decided_on=decided_on, fine_fen=cents)
    term = book.publication_term(
        severity=severity or (found.effective if found else None),
        item=item,
        region=region,
        decided_on=decided_on,
        published_on=_day(published),
        conduct_ended_on=_day(conduct_ended),
        valid_until=_day(valid_until),
        on=day,
        field=field,
        kinds=[kinds] if kinds else (),
        is_class_confirmed=found is None or found.is_confirmed,
    )
    if as_json:
        emit(_explained(item=item, decided_on=decided_on, day=day, found=found, severity=severity, term=term))
        return
    _tell_term(term, found=found, severity=severity, day=day)


def _explained(
    *,
    item: str,
    decided_on: date,
    day: date,
    found: SeverityDecision | None,
    severity: str | None,
    term: TermDecision,
) -> dict[str, Any]:
    last = date.fromordinal(term.until_on.toordinal() - 1) if term.until_on else None
    stated = severity or (found.severity if found else None)
    return {
        "item": item,
        "severity": stated,
        "decided_on": decided_on,
        "on": day,
        "last_day": last,
        **asdict(term),
        "class": asdict(found) if found else None,
    }


def _tell_term(term: TermDecision, *, found: SeverityDecision | None, severity: str | None, day: date) -> None:
    stated = severity or (found.severity if found else None)
    rows: list[tuple[str, object]] = [
        ("严重程度", SEVERITY_LABELS.get(stated or "", "未定")),
        ("分类依据", _cited(found.rule if found else None)),
        (f"{day} 的状态", term.text),
        ("起算", EVENTS.get(term.start_event, "")),
        ("公示自", term.from_on),
        ("公示至（含当日）", date.fromordinal(term.until_on.toordinal() - 1) if term.until_on else _no_end(term)),
        ("最早可申请修复", term.earliest_repair_on),
        ("依据", _cited(term.rule)),
        *(("同时依据", other) for other in (term.rule.also if term.rule else ())),
        *(("未采用的规则", _cited(one)) for one in term.losers),
        *(("说明", note) for note in term.notes),
    ]
    _tell_lines([row for row in rows if row[1] not in (None, "")])


def _tell_lines(rows: list[tuple[str, object]]) -> None:
    """Print one fact a line: a citation must be readable whole, and a table would cut it."""
    for label, value in rows:
        typer.echo(f"{label}：{value}")


def _no_end(term: TermDecision) -> str:
    return "不设终日" if term.from_on else ""


def _cited(ref: RuleRef | None) -> str:
    return f"{ref.citation}（{ref.confidence_label}，{ref.key}）" if ref else ""


@law_app.command("show")
def show(key: Annotated[str, typer.Argument(help="文件、条款或者规则的键。")], as_json: AsJson = False) -> None:
    """查看一件文件及其条款，或者一条规则及其依据。"""
    book = _book()
    found = book.instrument(key) or book.article(key) or book.rule(key)
    if found is None:
        err.print(f"没有“{key}”。请用 limu law check 或者法规页面查找。")
        raise typer.Exit(REFUSED)
    rows = {name: value for name, value in asdict(found).items() if value not in (None, "", ())}
    articles = book.articles(key)
    ref = book.ref(key) if book.rule(key) is not None and book.rule(key) is found else None
    if as_json:
        emit({**rows, "articles": articles, "ref": ref})
        return
    _tell_lines([*((name, _plain(value)) for name, value in rows.items()), *([("依据", _cited(ref))] if ref else [])])
    _tell_lines([(one.number, f"{one.summary}（{one.confidence_label}，{one.key}）") for one in articles])


@law_app.command("confirm")
def confirm(
    keys: Annotated[list[str], typer.Argument(help="规则的键，可以写几个。")],
    text: Annotated[Path, typer.Option(help="核对所用的正式文本文件；登记其散列值。")],
    by: Annotated[str, typer.Option("--as", help="办理账号。")],
) -> None:
    """登记一人对规则的核对：两人各自核对同一文本之后，规则才能据以拒绝、延长、列入或者限制。"""
    texts = installed_texts()
    versions = rule_versions(texts)
    if unknown := [key for key in keys if key not in versions]:
        _usage(f"没有这些规则：{'、'.join(unknown)}。")
    with running_connection("app") as connection:
        officer = actions.acting_officer(connection, code=by, department=None, act="confirm_law")
        refusal = officer if isinstance(officer, Refusal) else authorise(officer, "confirm_law", officer.department)
        if isinstance(officer, Refusal) or refusal is not None:
            fail(refusal or NOT_THERE)
        digest = hashlib.sha256(text.read_bytes()).digest()
        noted = note_confirmations(
            connection,
            [versions[key] for key in keys],
            person=officer.person,
            officer=officer.id,
            text_hash=digest,
        )
        connection.commit()
    typer.echo(f"已登记 {officer.person_name} 的核对 {noted} 项；文本散列值 {digest.hex()}。")


def _plain(value: object) -> object:
    return "、".join(value) if isinstance(value, tuple) else value


@law_app.command("pack")
def pack(
    target: Path,
    version: Annotated[str, typer.Option()],
    key: Annotated[Path, typer.Option(help="Ed25519 私钥（PEM）。")],
    source: Annotated[Path | None, typer.Option(help="法规数据文件夹；缺省为随附数据。")] = None,
) -> None:
    """制作签名的法规包，供离线更新。"""
    private = load_pem_private_key(key.read_bytes(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        _usage("需要 Ed25519 私钥。")
    folder = source or Path(str(files("limu") / "law" / "texts"))
    parts = {f"law/{one.relative_to(folder)}": one.read_text("utf-8") for one in sorted(folder.rglob("*.toml"))}
    content = make_pack(
        parts,
        version=version,
        issued_at=_today().isoformat(),
        key_name=key.stem,
        sign=private.sign,
    )
    target.write_bytes(content)
    out.print(f"已写入 {target}：{len(parts)} 个文件，版本 {version}。")


@law_app.command("update")
def update(
    path: Annotated[Path, typer.Argument(help="法规包。")],
    diff: Annotated[bool, typer.Option("--diff", help="只显示差异，不更新。")] = False,
    trusted: Annotated[Path | None, typer.Option(help="受信公钥文件夹；缺省为 LIMU_HOME/law/trusted。")] = None,
    as_json: AsJson = False,
) -> None:
    """核验法规包的签名和内容，显示差异，存入本部署。"""
    home = find_home()
    found = _verified(path, trusted or home.folder("law") / "trusted")
    texts = {name: tomllib.loads(text) for name, text in found.folder("law/").items() if name.endswith(".toml")}
    faults = check_law(texts)
    if faults:
        _tell_check(faults, {})
        raise typer.Exit(REFUSED)
    changes = diff_texts(dict(installed_texts()), dict(texts))
    if as_json:
        emit({"version": found.version, "hash": found.hash.hex(), "changes": changes, "stored": not diff})
    else:
        _tell_changes(found, changes)
    if not diff:
        _store(path, found, home.folder("law"))


def _verified(path: Path, trusted: Path) -> Pack:
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
    if isinstance(found, Pack):
        return found
    _tell_check(found, {})
    raise typer.Exit(REFUSED)


def _tell_changes(found: Pack, changes: tuple[Change, ...]) -> None:
    words = {"added": "新增", "removed": "删除", "changed": "修改"}
    out.print(f"法规包 {found.version}（{found.issued_at}，密钥 {found.key_name}），差异 {len(changes)} 项")
    for one in changes:
        before, after = _differing(one)
        typer.echo(f"{words[one.kind]} {one.table} {one.key}：{before or '（无）'} → {after or '（无）'}")


def _differing(change: Change) -> tuple[str, str]:
    before, after = change.before or {}, change.after or {}
    names = [name for name in {**before, **after} if before.get(name) != after.get(name) and name != "key"]

    def told(side: Mapping[str, object]) -> str:
        return "；".join(f"{name}={side[name]}" for name in names if name in side)

    return told(before), told(after)


def _store(path: Path, found: Pack, folder: Path) -> None:
    """Keep the pack by its hash and point `current` at it; the replacement is whole or not at all."""
    kept = folder / f"{found.hash.hex()}.json"
    kept.write_bytes(path.read_bytes())
    draft = folder / ".current"
    draft.write_text(json.dumps({"pack": kept.name, "version": found.version}))
    draft.replace(folder / "current.json")
    out.print(f"已存入 {kept.name}，版本 {found.version}。")


def _book() -> LawBook:
    book = LawBook.from_texts(installed_texts())
    if isinstance(book, LawBook):
        return book
    _tell_check(book, {})
    raise typer.Exit(REFUSED)


def _today() -> date:
    return read_clock(os.environ, is_production=False).today()


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        _usage(f"“{text}”不是日期。请写成 2026-07-01 的形式。")


def _usage(message: str) -> NoReturn:
    err.print(message)
    raise typer.Exit(USAGE)


def register(app: typer.Typer) -> None:
    """Add the noun to the command."""
    app.add_typer(law_app, name="law")
