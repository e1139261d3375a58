"""`limu law`: prove the statutes, explain a term, show a rule, confirm; packs and additions stand in `law_packs`."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from limu.catalogue.queries import find_shipped_item
from limu.catalogue.store import find_item
from limu.cli import law_packs
from limu.cli.frame import REFUSED, NotPreparedError, emit, err, out, running_connection, say, usage
from limu.cli.language import told
from limu.cli.law_packs import acting, day_of, tell_faults
from limu.law.book import LawBook, packaged_book
from limu.law.check import check_law
from limu.law.pack import rule_versions
from limu.law.severity import SEVERITIES, SEVERITY_LABELS, SeverityDecision
from limu.law.statute import LawFault, RuleRef
from limu.law.term import TermDecision
from limu.measure.actions import sync_law
from limu.wire.clock import read_clock, register_today
from limu.wire.database import Connection
from limu.wire.home import find_home
from limu.wire.lawbook import added_texts, current_book, installed_texts, note_confirmations, pack_in_force
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
        usage("没有找到法规数据（*.toml）。请核对路径。")
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
        tell_faults(faults)
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
        usage(f"--severity 只能是 {'、'.join(SEVERITIES)}。")
    decided_on, day = day_of(decided), day_of(on) or _today()
    assert decided_on is not None
    cents = None if fine is None else round(fine * 100)
    if not _is_item(item):
        usage(f"目录中没有“{item}”。请用 limu catalogue list 查看目录代码。")
    with _book() as (book, source):
        found = None
        if severity is None:
            found = book.classify([kinds], item=item, field=field, decided_on=decided_on, fine_fen=cents)
        term = book.publication_term(
            severity=severity or (found.effective if found else None),
            item=item,
            region=region,
            decided_on=decided_on,
            published_on=day_of(published),
            conduct_ended_on=day_of(conduct_ended),
            valid_until=day_of(valid_until),
            on=day,
            field=field,
            kinds=[kinds] if kinds else (),
            is_class_confirmed=found is None or found.is_confirmed,
        )
    stated = severity or (found.severity if found else None)
    losers = [(one, book.why_lost(one.key, term.rule.key) if term.rule else "") for one in gave_way(term)]
    if not as_json:
        _tell_term(term, found=found, stated=stated, day=day, losers=losers)
        say(f"法规数据：{source}")
        return
    emit(
        {
            "item": item,
            "region": region,
            "field": field,
            "severity": stated,
            "decided_on": decided_on,
            "on": day,
            "last_day": _last_day(term),
            **asdict(term),
            "losers": [{**asdict(one), "why": why} for one, why in losers],
            "class": asdict(found) if found else None,
            "law": source,
        }
    )


def _is_item(code: str) -> bool:
    # What ships needs no database to be asked; an item that was added here does.
    if find_shipped_item(code) is not None:
        return True
    with _deployed() as connection:
        return connection is not None and find_item(connection, code, on=register_today(connection)) is not None


def gave_way(term: TermDecision) -> tuple[RuleRef, ...]:
    """Every rule that spoke about the record and does not decide: overruled on the same days, or of other days."""
    decided = term.rule.key if term.rule else ""
    spoke = {one.key: one for one in (*term.losers, *term.regimes) if one.key != decided}
    return tuple(spoke.values())


def _last_day(term: TermDecision) -> date | None:
    return date.fromordinal(term.until_on.toordinal() - 1) if term.until_on else None


def _tell_term(
    term: TermDecision, *, found: SeverityDecision | None, stated: str | None, day: date,
    losers: list[tuple[RuleRef, str]],
) -> None:  # fmt: skip
    rows: list[tuple[str, object]] = [
        ("严重程度", SEVERITY_LABELS.get(stated or "", "未定")),
        ("分类依据", _cited(found.rule if found else None)),
        (f"{day} 的状态", term.text),
        ("起算", EVENTS.get(term.start_event, "")),
        ("公示自", term.from_on),
        ("公示至（含当日）", _last_day(term) or _no_end(term)),
        ("最早可申请修复", term.earliest_repair_on),
        ("依据", _cited(term.rule)),
        *(("同时依据", other) for other in (term.rule.also if term.rule else ())),
        *(("未采用的规则", f"{_cited(one)}：{why}") for one, why in losers),
        *(("说明", note) for note in term.notes),
    ]
    _tell_lines([row for row in rows if row[1] not in (None, "")])


def _tell_lines(rows: list[tuple[str, object]]) -> None:
    """Print one fact a line: a citation must be readable whole, and a table would cut it."""
    for label, value in rows:
        typer.echo(f"{told(label)}{told('：')}{told(str(value))}")


def _no_end(term: TermDecision) -> str:
    return "不设终日" if term.from_on else ""


def _cited(ref: RuleRef | None) -> str:
    return f"{ref.citation}（{told(ref.confidence_label)}，{ref.key}）" if ref else ""


@law_app.command("show")
def show(key: Annotated[str, typer.Argument(help="文件、条款或者规则的键。")], as_json: AsJson = False) -> None:
    """查看一件文件及其条款，或者一条规则及其依据。"""
    with _book() as (book, _):
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
    with running_connection("app") as connection:
        versions = rule_versions({**installed_texts(connection), **added_texts(connection)})
        if unknown := [key for key in keys if key not in versions]:
            usage(f"没有这些规则：{'、'.join(unknown)}。")
        officer = acting(connection, by, "confirm_law")
        digest = hashlib.sha256(text.read_bytes()).digest()
        noted = note_confirmations(
            connection,
            [versions[key] for key in keys],
            person=officer.person,
            officer=officer.id,
            text_hash=digest,
        )
        sync_law(connection, current_book(connection))
        connection.commit()
    say(f"已登记 {officer.person_name} 的核对 {noted} 项；文本散列值 {digest.hex()}。")


def _plain(value: object) -> object:
    return "、".join(value) if isinstance(value, tuple) else value


@contextmanager
def _deployed() -> Iterator[Connection | None]:
    """Lend the deployment's connection, or None where there is no deployment: then what ships speaks, unconfirmed."""
    stack = ExitStack()
    try:
        is_here = bool(os.environ.get("LIMU_DATABASE_URL")) or find_home().secrets.is_file()
        connection = stack.enter_context(running_connection("app")) if is_here else None
    except NotPreparedError:
        connection = None
    with stack:
        yield connection


@contextmanager
def _book() -> Iterator[tuple[LawBook, str]]:
    """Lend the book in force and the sentence that says which one it is."""
    with _deployed() as connection:
        if connection is None:
            yield packaged_book(read_law_texts()), "随附数据；这里没有部署，未经核对的规则按未核对解释"
            return
        found = pack_in_force(connection)
        told = f"法规包 {found.version}（{found.issued_on} 签发）" if found else "随附数据"
        yield current_book(connection), f"{told}，加本部署的增补和两人核对"


def _today() -> date:
    return read_clock(os.environ, is_production=False).today()


def register(app: typer.Typer) -> None:
    """Add the noun to the command."""
    for command in (law_packs.pack, law_packs.update, law_packs.packs, law_packs.add):
        law_app.command(command.__name__)(command)
    app.add_typer(law_app, name="law")
