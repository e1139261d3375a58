"""Real tables, read where they lie and never copied: each is reported by the department of the city that fits it."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import limu
from limu.city.files import submit
from limu.city.people import Staff
from limu.city.progress import Listener, Receipt
from limu.city.records import CityFile
from limu.city.register import load
from limu.wire.database import Database

REGISTER = Path("registry-sample-cn-2019") / "registry.csv"


@dataclass(frozen=True, slots=True)
class Sample:
    """A table of real, published data and the department that reports it here."""

    path: Path
    office: str
    item: str

    @property
    def source(self) -> str:
        """Name the folder it came in."""
        return self.path.parent.name


SAMPLES = (
    Sample(Path("tax-a-grade-jiangxi-2018") / "jiangxi.csv", "swj", "tax_grade_a"),
    Sample(Path("tax-violations-qinghai-2021") / "qinghai_kv.csv", "swj", "tax_violation"),
    Sample(Path("nfra-penalties-2024-2026") / "penalties.csv", "jrjg", "penalty"),
    Sample(Path("permits-cosmetics-2019") / "permits.csv", "yjj", "permit"),
    Sample(Path("ocds-implementation-cdmx-2016") / "releases.json", "czj", "contract"),
)


def find_samples() -> Path | None:
    """Find the folder of real tables: LIMU_SAMPLES, else beside the checkout; None where there is none."""
    named = os.environ.get("LIMU_SAMPLES")
    folder = Path(named) if named else Path(limu.__file__).parents[2] / "shared" / "data"
    return folder if folder.is_dir() else None


def find_mapping(source: str) -> Path | None:
    """Find the mapping that is shipped for a table; None where its own headers are enough."""
    path = Path(limu.__file__).parents[1] / "examples" / "mappings" / f"{source}.json"
    return path if path.is_file() else None


def take_in_samples(database: Database, staff: dict[str, Staff], *, listener: Listener) -> tuple[Receipt, ...]:
    """Load the real register, then submit each real table; what is absent is skipped with a sentence."""
    folder = find_samples()
    if folder is None:
        listener.say("没有找到真实数据表（LIMU_SAMPLES），本次只有合成数据。")
        return ()
    _load_register(database, folder / REGISTER, listener=listener)
    receipts = []
    for sample in SAMPLES:
        path = folder / sample.path
        if not path.is_file():
            listener.say(f"没有 {sample.source}，跳过。")
            continue
        file = CityFile(path, sample.office, sample.item, _lines(path))
        receipts.append(
            submit(
                database,
                file,
                staff=staff,
                listener=listener,
                mapping=find_mapping(sample.source),
                source=sample.source,
            )
        )
    return tuple(receipts)


def _load_register(database: Database, path: Path, *, listener: Listener) -> None:
    if not path.is_file():
        listener.say(f"没有 {path.parent.name}，跳过。")
        return
    listener.step("真实登记库样本", _lines(path))
    found = find_mapping(path.parent.name)
    mapping = json.loads(found.read_text("utf-8")) if found else None
    with database.connect("app") as connection:
        loaded = load(connection, path, source=path.parent.name, listener=listener, mapping=mapping)
    listener.say(
        f"真实登记库样本：收到 {loaded.received}，新增 {loaded.added}，更新 {loaded.updated}，退回 {loaded.refused}，"
        f"代码未过校验而保留 {loaded.flagged}。"
    )


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return max(0, sum(1 for _ in file) - 1)
