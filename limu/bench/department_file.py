"""The file of performance.md A: a department's penalties, 26 columns, 4 % bad, 2 % repeated, 6 % without a code."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from limu.wire.database import Database

CHUNK = 100_000
SEED = 20_261_123
COLUMNS = (
    "行政相对人名称",
    "行政相对人类别",
    "统一社会信用代码",
    "工商注册号",
    "组织机构代码",
    "税务登记号",
    "事业单位证书号",
    "社会组织登记证号",
    "法定代表人",
    "行政处罚决定书文号",
    "违法行为类型",
    "违法事实",
    "处罚依据",
    "处罚类别",
    "处罚内容",
    "罚款金额（万元）",
    "没收违法所得、没收非法财物的金额（万元）",
    "暂扣或吊销证照名称及编号",
    "处罚决定日期",
    "处罚有效期",
    "公示截止期",
    "处罚机关",
    "处罚机关统一社会信用代码",
    "数据来源单位",
    "数据来源单位统一社会信用代码",
    "备注",
)
OFFICE, CODE = "示例市市场监督管理局", "11990100MC00000121"
_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FACTS = (
    "当事人销售的产品经抽样检验，主要指标不符合国家标准要求，货值金额较小，已主动召回并改正",
    "当事人未按规定公示价格和收费标准，经责令改正后已在经营场所显著位置公示，未造成严重后果",
    "当事人在经营活动中作引人误解的商业宣传，经查证属实，已停止发布并消除影响",
)
_KINDS = ("罚款", "警告", "没收违法所得;罚款", "责令停产停业", "通报批评")


def write_file(database: Database, target: Path, *, rows: int) -> None:
    """Write the file about subjects of the register, chunk by chunk; the same register and size give the same file."""
    with database.connect("owner") as owner:
        known = owner.execute(
            "SELECT uscc, public_name FROM limu.subject WHERE uscc IS NOT NULL AND is_searchable ORDER BY uscc"
        ).fetchall()
    pool = pl.DataFrame(known, schema={"uscc": pl.String, "public_name": pl.String})
    chance = np.random.default_rng(SEED)
    with target.open("wb") as file:
        for first in range(0, rows, CHUNK):
            frame = _chunk(pool, first, min(CHUNK, rows - first), chance=chance)
            frame.write_csv(file, include_header=first == 0)


def _chunk(pool: pl.DataFrame, first: int, count: int, *, chance: np.random.Generator) -> pl.DataFrame:
    whose = chance.integers(0, pool.height, count)
    lot = chance.random(count)
    parts = {
        "name": pool["public_name"].gather(whose), "uscc": pool["uscc"].gather(whose), "lot": pl.Series(lot),
        "slip": pl.Series(list(_LETTERS)).gather(chance.integers(0, len(_LETTERS), count)),
        "number": pl.Series(np.arange(first + 1, first + 1 + count)), "day": _days(chance, count),
        "kinds": _taken(_KINDS, chance, count), "facts": _taken(_FACTS, chance, count),
        "fine": pl.Series(chance.integers(100, 90_000, count)),
    }  # fmt: skip
    ready = pl.DataFrame(parts).select(_cells())
    # The repeated rows are the ones just before; their faults come along.
    again = np.where((lot >= 0.10) & (lot < 0.12) & (np.arange(count) > 0), np.arange(count) - 1, np.arange(count))
    return ready[again].select(COLUMNS)


def _cells() -> list[pl.Expr]:
    lot, fine, has_fine = pl.col("lot"), pl.col("fine"), pl.col("kinds").str.contains("罚款", literal=True)
    # Four parts in a hundred are bad in four ways; six parts carry no code but a region.
    code = (
        pl.when(lot < 0.01).then(pl.col("uscc").str.slice(0, 17) + pl.lit("I"))
        .when((lot >= 0.04) & (lot < 0.10)).then(pl.lit("")).otherwise("uscc")
    )  # fmt: skip
    is_trader = pl.col("uscc").str.starts_with("92")
    kind = pl.when(is_trader).then(pl.lit("个体工商户")).otherwise(pl.lit("法人及非法人组织"))
    day = pl.col("day").dt.to_string("%Y-%m-%d")
    empty = (
        "组织机构代码",
        "工商注册号",
        "税务登记号",
        "事业单位证书号",
        "社会组织登记证号",
        "暂扣或吊销证照名称及编号",
        "公示截止期",
        "没收违法所得、没收非法财物的金额（万元）",
    )
    return [
        pl.when((lot >= 0.01) & (lot < 0.02)).then(pl.lit("")).otherwise("name").alias("行政相对人名称"),
        kind.alias("行政相对人类别"),
        code.alias("统一社会信用代码"),
        pl.format("示市监罚字〔2026〕{}号", "number").alias("行政处罚决定书文号"),
        pl.lit("违反《中华人民共和国产品质量法》第三十九条").alias("违法行为类型"),
        pl.col("facts").alias("违法事实"),
        pl.lit("《中华人民共和国产品质量法》第五十条").alias("处罚依据"),
        pl.when((lot >= 0.02) & (lot < 0.03)).then(pl.lit("训诫")).otherwise("kinds").alias("处罚类别"),
        pl.format("{}，责令立即改正", "kinds").alias("处罚内容"),
        pl.when(has_fine)
        .then(pl.format("{}.{}", fine // 10_000, (fine % 10_000).cast(pl.String).str.zfill(4)))
        .otherwise(pl.lit(""))
        .alias("罚款金额（万元）"),
        pl.when((lot >= 0.03) & (lot < 0.04)).then(pl.lit("2031-13-40")).otherwise(day).alias("处罚决定日期"),
        pl.lit("2099-12-31").alias("处罚有效期"),
        *(pl.lit(OFFICE).alias(name) for name in ("处罚机关", "数据来源单位")),
        *(pl.lit(CODE).alias(name) for name in ("处罚机关统一社会信用代码", "数据来源单位统一社会信用代码")),
        pl.lit("示例员").alias("法定代表人"),
        pl.lit("").alias("备注"),
        *(pl.lit("").alias(name) for name in empty),
    ]


def _days(chance: np.random.Generator, count: int) -> pl.Series:
    first = (date(2024, 1, 1) - date(1970, 1, 1)).days
    return pl.Series(first + chance.integers(0, 1_000, count)).cast(pl.Int32).cast(pl.Date)


def _taken(words: tuple[str, ...], chance: np.random.Generator, count: int) -> pl.Series:
    return pl.Series(words).gather(chance.integers(0, len(words), count))
