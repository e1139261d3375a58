"""`limu feed`: following a feed as a holder does, and what the operator does for holders."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from limu.cli.frame import REFUSED, SYSTEM, emit, err, fail, out, prepared_database, table
from limu.client.follow import catch_up
from limu.client.http import AwayError, RefusedError, Site
from limu.client.reconcile import differences, mend
from limu.client.store import Copy
from limu.department.rules import Refusal
from limu.feed import actions_snapshot, store_holder
from limu.feed.actions import tell
from limu.objection.rules import ANSWERS
from limu.wire.clock import SHANGHAI

feed_app = typer.Typer(help="副本同步：跟随、快照、核对、接收单位。", no_args_is_help=True)
WAIT = 25

ORIGIN = Annotated[str, typer.Option("--from", help="信息来源网站，例如 https://credit.example.gov.cn。")]
TOKEN = Annotated[Path, typer.Option("--token-file", help="存放令牌的文件。", exists=True, dir_okay=False)]
COPY = Annotated[Path, typer.Option("--copy", help="副本文件（SQLite）。")]
JSON = Annotated[bool, typer.Option("--json")]


@feed_app.command("follow")
def follow(
    origin: ORIGIN,
    token_file: TOKEN,
    copy: COPY,
    *,
    once: Annotated[bool, typer.Option("--once", help="跟上当前进度就结束。")] = False,
    as_json: JSON = False,
) -> None:
    """作为接收单位跟随变更并确认；断开后从上次的时点继续，离开太久则从最新快照重新开始。"""
    site, kept = Site(origin, _token(token_file)), Copy(copy)
    try:
        new = catch_up(site, kept)
        while not once:
            err.print(f"已到时点 {kept.timepoint}")
            _again(site, kept)
    except RefusedError as refused:
        fail(Refusal("S-201", f"来源拒绝：{refused}。", "请核对令牌和协议的状态。"))
    except AwayError as away:
        err.print(f"暂时连接不上：{away}", markup=False)
        raise typer.Exit(SYSTEM) from None
    finally:
        timepoint = kept.timepoint
        kept.close()
    if as_json:
        emit({"timepoint": timepoint, "new": new})
    else:
        out.print(f"已到时点 {timepoint}，新到 {new} 条", highlight=False)


def _again(site: Site, kept: Copy) -> None:
    try:
        catch_up(site, kept, wait=WAIT)
    except AwayError as away:
        err.print(f"暂时连接不上，稍后重试：{away}", markup=False)


@feed_app.command("reconcile")
def reconcile(
    origin: ORIGIN,
    token_file: TOKEN,
    copy: COPY,
    *,
    is_trusting: Annotated[bool, typer.Option("--trust-digests", help="不重新计算本地摘要。")] = False,
    only_look: Annotated[bool, typer.Option("--look", help="只核对，不改正。")] = False,
    as_json: JSON = False,
) -> None:
    """核对副本是否与来源一致，找出不一致的信息，登记并改正；有不一致时以 1 退出。"""
    site, kept = Site(origin, _token(token_file)), Copy(copy)
    try:
        catch_up(site, kept)
        if not is_trusting:
            kept.measure_again()
        found = differences(site, kept)
        if found.records and not only_look:
            mend(site, kept, found)
    except (AwayError, RefusedError) as refused:
        fail(Refusal("S-202", f"没有核对成：{refused}。", "请核对来源、令牌和协议的状态。"))
    finally:
        kept.close()
    told = {name: [str(one) for one in getattr(found, name)] for name in ("differing", "missing", "surplus")}
    if as_json:
        emit(told | {"timepoint": found.timepoint, "exchanged_bytes": site.exchanged})
    else:
        words = "、".join(f"{word} {len(told[name])} 条" for name, word in _WORDS.items() if told[name])
        out.print(f"发现 {len(found.records)} 条差异：{words}" if found.records else "副本与来源一致", highlight=False)
    if found.records:
        raise typer.Exit(REFUSED)


_WORDS = {"differing": "内容不一致", "missing": "缺少", "surplus": "已停止公示仍保留"}


@feed_app.command("reliance")
def reliance(
    origin: ORIGIN,
    token_file: TOKEN,
    answer: Annotated[str, typer.Option(help="要答复的告知编号；不填则列出全部告知。")] = "",
    outcome: Annotated[
        Literal["not_used", "unchanged", "changed"], typer.Option(help="没有使用、不受影响、已改正。")
    ] = "not_used",
    text: Annotated[str, typer.Option(help="复核情况；主体会看到它。")] = "",
    *,
    as_json: JSON = False,
) -> None:
    """作为接收单位查看、答复关联更正的复核告知：曾收到的记录不属于该主体，须复核据此办理的事项。"""
    site = Site(origin, _token(token_file))
    try:
        if answer:
            site.answer_reliance(answer, outcome=outcome, text=text)
        found = site.reliances()
    except (AwayError, RefusedError) as refused:
        fail(Refusal("S-203", f"没有办成：{refused}。", "请核对来源、令牌、编号和复核情况。"))
    if as_json:
        emit(found)
    else:
        rows = [
            (one["id"], one["name"], one["answer_by"] or "及时", ANSWERS.get(one["outcome"], "未答复")) for one in found
        ]
        table(("编号", "主体", "答复期限", "答复"), rows, title="复核告知")


@feed_app.command("snapshot")
def snapshot(
    holder: Annotated[str, typer.Option("--holder", help="接收单位的编号；不填则为每个同步中的单位。")] = "",
    *,
    as_json: JSON = False,
) -> None:
    """按接收单位的范围生成签名快照（JSON Lines、CSV、Parquet），被替代的快照同时撤回。"""
    made = []
    with prepared_database() as database:
        with database.connect("sequencer", autocommit=True) as sequencer:
            tell(sequencer)
        with database.connect("app") as connection:
            for one in store_holder.all_holders(connection):
                if one.state == "active" and holder in ("", str(one.id)):
                    made.append((one.name, actions_snapshot.make(connection, database.home, one)))
                    connection.commit()
    if as_json:
        emit([{"holder": name} | actions_snapshot.told(database.home, one) for name, one in made])
    else:
        rows = [(name, one.timepoint, one.copies) for name, one in made]
        table(("接收单位", "时点", "条数"), rows, title="快照")


@feed_app.command("holders")
def holders(*, as_json: JSON = False) -> None:
    """列出接收单位和同步进度；接入、暂停、终止由两人在 /ops/holders 办理。"""
    with prepared_database() as database, database.connect("app") as connection:
        heard = store_holder.last_heard(connection)
        found = [(one, heard.get(one.id, (None, None, None))) for one in store_holder.all_holders(connection)]
    if as_json:
        emit([{"holder": one, "delivered": h[0], "acknowledged": h[1], "last_at": h[2]} for one, h in found])
    else:
        rows = [
            (one.name, one.word, one.until_on, h[0], h[1], h[2] and f"{h[2].astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
            for one, h in found
        ]
        table(("名称", "状态", "协议至", "已送达到", "已确认到", "最近一次"), rows)


def _token(path: Path) -> str:
    return path.read_text("utf-8").strip()


def register(app: typer.Typer) -> None:
    """Add the noun."""
    app.add_typer(feed_app, name="feed")
