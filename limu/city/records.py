"""The city's files: what its departments report of its organisations, with the faults that real files have.

Of a hundred rows four are bad, two repeat the row before, six carry no code, and one in two hundred is about a person;
days are written in four ways. A file is written in chunks, so its size is bounded by the disk alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from limu.city.chance import Numbers, Places, drawn, mixed, numbered, skewed, weighted
from limu.city.codes import REGION, spoiled
from limu.city.people import OFFICES, office_codes
from limu.city.subjects import addresses_of, codes_at, joined, names_of, taken
from limu.city.words import SURNAMES

CHUNK = 50_000
LONGEST_FILE = 500_000
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST_DAY, _DAYS = date(2023, 12, 1).toordinal() - _EPOCH, 1_065
_SALT = 7_000

Columns = dict[str, pl.Series]


@dataclass(frozen=True, slots=True)
class Stream:
    """What one department reports of one item: its share in a thousand of all rows, and how a row is written."""

    office: str
    item: str
    share: int
    write: Callable[[Numbers, "Stream"], Columns]


@dataclass(frozen=True, slots=True)
class CityFile:
    """One file to be submitted, and by whom."""

    path: Path
    office: str
    item: str
    rows: int


def write_files(folder: Path, *, subjects: int, records: int) -> Iterator[CityFile]:
    """Write the city's files one after the other; the caller submits and removes each before the next is written."""
    for place, stream in enumerate(STREAMS):
        total = _share(records, place)
        for part, first in enumerate(range(0, total, LONGEST_FILE)):
            rows = min(LONGEST_FILE, total - first)
            path = folder / f"{stream.office}-{stream.item}-{part:03d}.csv"
            with path.open("wb") as file:
                for start in range(first, first + rows, CHUNK):
                    count = min(CHUNK, first + rows - start)
                    frame = file_frame(stream, first=start, count=count, subjects=subjects)
                    frame.write_csv(file, include_header=start == first, include_bom=start == first)
            yield CityFile(path, stream.office, stream.item, rows)


def file_frame(stream: Stream, *, first: int, count: int, subjects: int) -> pl.DataFrame:
    """Write rows of a stream; row j depends on j and on how many organisations there are, on nothing else."""
    rows = numbered(first, count)
    salt = _SALT + STREAMS.index(stream)
    is_again = (drawn(rows, salt=salt, below=50) == 0) & (rows > 0)
    # The stream stands above bit 40, so that two departments do not draw alike; the row's own number below it.
    effective = np.where(is_again, rows - np.uint64(1), rows) | np.uint64(STREAMS.index(stream) << 40)
    chances = mixed(effective, salt + 100)
    whose = skewed(effective, salt=salt + 200, below=subjects).astype(np.uint64)
    return _with_faults({**_party(whose, chances), **stream.write(effective, stream)}, chances, item=stream.item)


def _share(records: int, place: int) -> int:
    ends = np.cumsum([0, *(stream.share for stream in STREAMS)])
    return int(records * ends[place + 1] // ends[-1] - records * ends[place] // ends[-1])


def _party(whose: Numbers, chances: Numbers) -> Columns:
    frame = pl.DataFrame(
        {
            "name": names_of(whose),
            "code": codes_at(whose),
            "bad": spoiled(codes_at(whose), chances),
            "address": addresses_of(whose),
            "lot": drawn(chances, salt=1, below=200),
            "person": taken([f"{surname}示例" for surname in SURNAMES], drawn(chances, salt=2, below=len(SURNAMES))),
        }
    )
    lot = pl.col("lot")
    ready = frame.select(
        name=pl.when(lot == 0).then("person").when(lot <= 2).then(pl.lit("")).otherwise("name"),
        kind=pl.when(lot == 0)
        .then(pl.lit("自然人"))
        .when(pl.col("code").str.starts_with("92"))
        .then(pl.lit("个体工商户"))
        .otherwise(pl.lit("法人及非法人组织")),
        code=pl.when(lot == 0)
        .then(pl.lit(""))
        .when(lot <= 4)
        .then("bad")
        .when(lot <= 18)
        .then(pl.lit(""))
        .otherwise("code"),
        region=pl.when(lot <= 11).then(pl.lit(REGION)).otherwise(pl.lit("")),
        address=pl.when(lot <= 11).then("address").otherwise(pl.lit("")),
    )
    return {name: ready[name] for name in ready.columns}


def _with_faults(columns: Columns, chances: Numbers, *, item: str) -> pl.DataFrame:
    """Spoil a few days; the party's faults are in its columns already. A kind column is kept where the item has one."""
    frame = pl.DataFrame(columns)
    if item not in ("penalty", "permit"):
        frame = frame.drop("kind")
    lot = pl.Series("lot", drawn(chances, salt=1, below=200))
    day = next(name for name in frame.columns if name.endswith("日期"))
    frame = frame.with_columns(pl.when(lot.is_in([19, 20])).then(pl.lit("2031-02-29")).otherwise(day).alias(day))
    return frame.rename(
        {
            "name": "名称",
            "kind": "行政相对人类别",
            "code": "统一社会信用代码",
            "region": "行政区划代码",
            "address": "住所",
        },
        strict=False,
    )


def _penalties(rows: Numbers, stream: Stream) -> Columns:
    days = _FIRST_DAY + drawn(rows, salt=40, below=_DAYS)
    kind = weighted(rows, (48, 14, 20, 5, 5, 2, 4, 2), salt=41)
    kinds = ["罚款", "警告", "没收违法所得;罚款", "责令停产停业", "暂扣许可证件", "吊销许可证件", "通报批评", "训诫"]
    fine = pl.Series(drawn(rows, salt=42, below=2_000_000) + 10_000)
    return {
        **_document(rows, stream, label="行政处罚决定书文号", word="罚", days=days),
        "违法行为类型": taken(list(_CONDUCTS), drawn(rows, salt=43, below=len(_CONDUCTS))),
        "违法事实": joined(
            taken(list(_CONDUCTS), drawn(rows, salt=43, below=len(_CONDUCTS))), _same("，经查证属实。", rows)
        ),
        "处罚依据": taken(list(_ARTICLES), drawn(rows, salt=44, below=len(_ARTICLES))),
        "处罚类别": taken(kinds, kind),
        "处罚内容": joined(taken(kinds, kind), _same("，责令改正。", rows)),
        "罚款金额（万元）": pl.DataFrame({"fine": fine, "kind": taken(kinds, kind)})
        .select(
            pl.when(pl.col("kind").str.contains("罚款"))
            .then((pl.col("fine") / 10_000).round(4).cast(pl.String))
            .otherwise(pl.lit(""))
        )
        .to_series(),
        "处罚决定日期": _written(days, rows),
        "处罚机关": _same(_office_name(stream), rows),
        "处罚机关统一社会信用代码": _same(office_codes()[stream.office], rows),
        "失信严重程度": taken(["", "一般", "严重", "轻微"], weighted(rows, (60, 25, 8, 7), salt=45)),
        "数据来源单位": _same(_office_name(stream), rows),
    }


def _permits(rows: Numbers, stream: Stream) -> Columns:
    days = _FIRST_DAY + drawn(rows, salt=50, below=_DAYS)
    return {
        **_document(rows, stream, label="行政许可决定文书号", word="许", days=days),
        "许可类别": taken(["普通", "核准", "登记", "认可"], drawn(rows, salt=51, below=4)),
        "许可编号": joined(_same("XK990100", rows), pl.Series(_own(rows) + 10_000_000).cast(pl.String)),
        "许可内容": taken(
            ["食品经营", "特种设备使用", "建筑施工", "排污", "道路货物运输", "户外广告设置"],
            drawn(rows, salt=52, below=6),
        ),
        "许可决定日期": _written(days, rows),
        "有效期自": _written(days, rows),
        "有效期至": _written(days + 365 * (1 + drawn(rows, salt=53, below=5)), rows),
        "许可机关": _same(_office_name(stream), rows),
    }


def _inspections(rows: Numbers, stream: Stream) -> Columns:
    days = _FIRST_DAY + drawn(rows, salt=60, below=_DAYS)
    return {
        **_document(rows, stream, label="检查任务编号", word="检", days=days),
        "检查计划名称": _same("双随机、一公开抽查", rows),
        "检查类型": taken(["双随机抽查", "专项检查", "日常检查"], drawn(rows, salt=61, below=3)),
        "检查结果": taken(
            ["未发现问题", "发现问题已责令改正", "通过登记的住所无法联系"], weighted(rows, (80, 15, 5), salt=62)
        ),
        "检查日期": _written(days, rows),
        "检查机关": _same(_office_name(stream), rows),
    }


def _grades(rows: Numbers, stream: Stream) -> Columns:
    days = _FIRST_DAY + drawn(rows, salt=70, below=_DAYS)
    return {
        "评价年度": taken(["2022", "2023", "2024", "2025"], drawn(rows, salt=71, below=4)),
        "纳税信用级别": _same("A", rows),
        "税务机关": _same(_office_name(stream), rows),
        "公布日期": _written(days, rows),
    }


def _honours(rows: Numbers, stream: Stream) -> Columns:
    days = _FIRST_DAY + drawn(rows, salt=80, below=_DAYS)
    return {
        "荣誉名称": taken(
            ["守合同重信用企业", "诚信示范单位", "质量奖", "和谐劳动关系单位"], drawn(rows, salt=81, below=4)
        ),
        "荣誉级别": taken(["市级", "省部级", "县级"], drawn(rows, salt=82, below=3)),
        "授予日期": _written(days, rows),
        "有效期至": _written(days + 1_095, rows),
        "授予机关": _same(_office_name(stream), rows),
    }


STREAMS = (
    Stream("scjg", "penalty", 250, _penalties),
    Stream("sthj", "penalty", 120, _penalties),
    Stream("zjj", "penalty", 100, _penalties),
    Stream("scjg", "permit", 250, _permits),
    Stream("zjj", "permit", 60, _permits),
    Stream("scjg", "inspection", 120, _inspections),
    Stream("swj", "tax_grade_a", 60, _grades),
    Stream("fgw", "honour", 40, _honours),
)

_CONDUCTS = (
    "销售不合格产品",
    "未按规定公示价格",
    "超标排放污染物",
    "未取得施工许可擅自施工",
    "虚假宣传",
    "未按规定贮存危险废物",
    "侵犯注册商标专用权",
)
_ARTICLES = (
    "《中华人民共和国产品质量法》第五十条",
    "《中华人民共和国价格法》第四十二条",
    "《中华人民共和国水污染防治法》第八十三条",
    "《中华人民共和国建筑法》第六十四条",
    "《中华人民共和国反不正当竞争法》第二十条",
)


def _document(rows: Numbers, stream: Stream, *, label: str, word: str, days: Places) -> Columns:
    year = _dates(days).dt.year().cast(pl.String)
    number = pl.Series(_own(rows) + 1).cast(pl.String)
    short = _same(f"示{_SHORT[stream.office]}{word}字〔", rows)
    return {label: joined(short, year, _same("〕", rows), number, _same("号", rows))}


_SHORT = {"scjg": "市监", "sthj": "环", "zjj": "建", "swj": "税", "fgw": "发改"}


def _office_name(stream: Stream) -> str:
    return next(office.name for office in OFFICES if office.key == stream.office)


def _dates(days: Places) -> pl.Series:
    return pl.Series(days, dtype=pl.Int32).cast(pl.Date)


def _written(days: Places, rows: Numbers) -> pl.Series:
    """Write days as people do: mostly with hyphens, sometimes with slashes, in Chinese, or as eight digits."""
    frame = pl.DataFrame({"day": _dates(days), "way": drawn(rows, salt=90, below=10)})
    day, way = pl.col("day"), pl.col("way")
    return frame.select(
        pl.when(way == 0)
        .then(day.dt.to_string("%Y/%-m/%-d"))
        .when(way == 1)
        .then(day.dt.to_string("%Y年%-m月%-d日"))
        .when(way == 2)
        .then(day.dt.to_string("%Y%m%d"))
        .otherwise(day.dt.to_string("%Y-%m-%d"))
    ).to_series()


def _own(rows: Numbers) -> Places:
    return (rows & np.uint64((1 << 40) - 1)).astype(np.int64)


def _same(text: str, rows: Numbers) -> pl.Series:
    return pl.Series([text]).new_from_index(0, len(rows))
