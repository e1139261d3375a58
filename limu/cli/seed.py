"""`limu seed`: a synthetic city of any size, through the doors that real data takes."""

import os
from dataclasses import asdict
from typing import Annotated, Self

import typer

from limu.city.files import RefusedFileError
from limu.city.found import Founded, found_city, found_offices, read_mark, write_mark
from limu.city.progress import Receipt
from limu.city.samples import take_in_samples
from limu.city.subjects import LARGEST
from limu.cli.frame import REFUSED, emit, err, out, progress
from limu.cli.init import prepare_home
from limu.cli.worker import Worker
from limu.wire.database import Database, running_database
from limu.wire.home import Home
from limu.wire.mode import NAME, read_mode

MOST_RECORDS = 10_000_000
USUAL_RECORDS = 20_000


class Screen:
    """Shows the founding to a person: a bar on stderr, a line for each receipt."""

    def __init__(self) -> None:
        self._bar = progress()
        self._task = self._bar.add_task("准备", total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *ending: object) -> None:
        self._bar.stop()

    def step(self, what: str, total: int) -> None:
        """Begin a step of so many rows."""
        self._bar.reset(self._task, total=total, description=what)

    def done(self, rows: int) -> None:
        """So many rows of the step are done by now."""
        self._bar.update(self._task, completed=rows)

    def say(self, sentence: str) -> None:
        """Print a sentence above the bar."""
        err.print(sentence, highlight=False, soft_wrap=True)

    def receipt(self, receipt: Receipt) -> None:
        """Print a file's account above the bar."""
        err.print(receipt_line(receipt), highlight=False, soft_wrap=True)


def receipt_line(one: Receipt) -> str:
    """Write a receipt in one line, as the department's desk words it."""
    return (
        f"{one.department} · {one.item}（{one.source}）：收到 {one.received} = 接收 {one.accepted} + 退回 {one.refused}"
        f" + 重复 {one.duplicate} + 冲突 {one.conflict}；关联 {one.linked}，待关联 {one.unlinked}；"
        f"公示 {one.published}，不公示 {one.withheld}；{one.seconds:.1f} 秒"
    )


def seed(
    subjects: Annotated[int, typer.Option(help="合成主体数。", min=0, max=LARGEST)] = 2_000,
    records: Annotated[
        int | None, typer.Option(help="合成记录数；不写时每个主体两条，至多两万条。", min=0, max=MOST_RECORDS)
    ] = None,
    *,
    samples: Annotated[bool, typer.Option("--samples", help="同时报送真实数据表（LIMU_SAMPLES）。")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """建立合成的示例城市：主体、部门、目录、法规确认和报送文件；重复运行不会重复入库。"""
    wanted = min(2 * subjects, USUAL_RECORDS) if records is None else records
    with running_database() as database, Screen() as screen:
        prepare_for_demonstration(database)
        founded = found(database, screen, subjects=subjects, records=wanted, with_samples=samples)
    if as_json:
        emit(asdict(founded))
    else:
        tell(founded)


def found(database: Database, screen: Screen, *, subjects: int, records: int, with_samples: bool) -> Founded:
    """Found the city, give its events their places in the log, and note that it is finished."""
    try:
        founded = found_city(database, screen, subjects=subjects, records=records)
        if with_samples:
            founded.receipts += take_in_samples(database, found_offices(database), listener=screen)
    except RefusedFileError as refused:
        err.print(str(refused), style="red", highlight=False)
        raise typer.Exit(REFUSED) from None
    screen.step("公开日志", 0)
    hand = Worker(database)
    hand.round()
    hand.close()
    write_mark(database.home, founded)
    return founded


def tell(founded: Founded) -> None:
    """Show the sums of a founding on stdout; each file's account went to stderr as it was done."""
    names = ("received", "accepted", "refused", "duplicate", "conflict", "linked", "unlinked", "published", "withheld")
    sums = {name: sum(getattr(one, name) for one in founded.receipts) for name in names}
    labels = ("收到", "接收", "退回", "重复", "冲突", "关联", "待关联", "公示", "不公示")
    told = "，".join(f"{label} {sums[name]}" for label, name in zip(labels, names, strict=True))
    out.print(f"新增主体 {founded.added}；报送 {len(founded.receipts)} 份，{told}。", highlight=False, soft_wrap=True)


def prepare_for_demonstration(database: Database) -> None:
    """Bring the schema, and keep the city out of a register of record: an empty new home becomes a demonstration's."""
    home = database.home
    if "LIMU_MODE" not in os.environ:
        if (home.root / NAME).is_file() and read_mode(home, os.environ) == "production":
            if _holds_something(database):
                err.print("这里是正式平台，不能灌入示例数据。请用 LIMU_HOME 指定另一个目录。", style="red")
                raise typer.Exit(REFUSED)
            (home.root / NAME).unlink()
        os.environ["LIMU_MODE"] = "demonstration"
    mode = read_mode(home, os.environ)
    if mode == "production":
        err.print("LIMU_MODE 是 production，不能灌入示例数据。", style="red")
        raise typer.Exit(REFUSED)
    prepare_home(database, mode)


def is_founded(home: Home) -> bool:
    """Tell whether a city was founded here to its end."""
    return read_mark(home) is not None


def _holds_something(database: Database) -> bool:
    with database.connect("admin") as admin:
        known = admin.execute("SELECT to_regclass('limu.subject') AS name").fetchone()
        if known is None or known["name"] is None:
            return False
        row = admin.execute(
            "SELECT EXISTS (SELECT FROM limu.subject) OR EXISTS (SELECT FROM limu.submission) AS held"
        ).fetchone()
    return bool(row and row["held"])


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("seed")(seed)
