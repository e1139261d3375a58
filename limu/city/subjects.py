"""The city's organisations as frames: every kind of body, valid codes, names with the dirt that registers have."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from limu.city.chance import Numbers, Places, drawn, numbered, weighted
from limu.city.codes import codes_of, registration_numbers_of
from limu.city.words import BRANDS, DISTRICTS, FORMS, ORDINALS, ROADS, SHOP_NAMES, SHOPS, SURNAMES, TRADES

CHUNK = 50_000
LARGEST = 3_000_000


class Sort(NamedTuple):
    """A kind of body: prefix of its code, share in a thousand, and how its name ends."""

    prefix: str
    share: int
    endings: tuple[str, ...]
    registrar: str


# 91 and 92 are named by their own rules; the others by brand or number and ending.
SORTS = (
    Sort("91", 560, (), "市场监督管理局"),
    Sort("92", 275, (), "市场监督管理局"),
    Sort("93", 30, ("种植专业合作社", "养殖专业合作社", "农机专业合作社"), "市场监督管理局"),
    Sort("12", 30, ("小学", "中学", "人民医院", "幼儿园", "文化馆", "养老服务中心"), "事业单位登记管理局"),
    Sort("11", 12, ("街道办事处", "镇人民政府", "交通运输局", "水利局"), "机构编制委员会办公室"),
    Sort("13", 3, ("妇女联合会", "残疾人联合会"), "机构编制委员会办公室"),
    Sort("51", 18, ("商会", "行业协会", "志愿者协会"), "民政局"),
    Sort("52", 24, ("民办幼儿园", "职业培训学校", "社会工作服务中心"), "民政局"),
    Sort("53", 2, ("慈善基金会", "教育基金会"), "民政局"),
    Sort("59", 4, ("居民委员会", "村民委员会"), "民政局"),
    Sort("N2", 20, ("村股份经济合作社", "村经济合作社"), "农业农村局"),
    Sort("31", 9, ("律师事务所",), "司法局"),
    Sort("81", 6, ("基层工会委员会",), "总工会"),
    Sort("71", 3, ("寺", "基督教堂"), "民族宗教事务局"),
    Sort("21", 1, ("常驻新闻机构代表处",), "外事办公室"),
    Sort("A1", 1, ("军队疗养院",), "军队编制管理部门"),
    Sort("Y1", 2, ("驻示例市联络中心",), "登记管理部门"),
)

# Headers as a real register's export has them; the loader finds its fields by them.
COLUMNS = (
    "统一社会信用代码",
    "名称",
    "曾用名",
    "行政区划代码",
    "状态",
    "成立日期",
    "行业代码",
    "登记机关",
    "住所",
    "工商注册号",
)


def subject_frames(count: int, *, chunk: int = CHUNK) -> Iterator[pl.DataFrame]:
    """Yield the city's first `count` organisations in chunks; row i is the same at every size."""
    for first in range(0, count, chunk):
        yield subject_frame(numbered(first, min(chunk, count - first)))


def subject_frame(numbers: Numbers) -> pl.DataFrame:
    """Describe the organisations of these numbers."""
    sorts = sorts_of(numbers)
    trades = _trades(numbers, sorts)
    district = _district(numbers)
    return pl.DataFrame(
        {
            "统一社会信用代码": codes_of(numbers, sorts, tuple(sort.prefix for sort in SORTS)),
            "名称": names_of(numbers),
            "曾用名": _former_names(numbers, sorts),
            "行政区划代码": taken([code for code, _ in DISTRICTS], district),
            "状态": taken(["存续", "注销", "吊销", "迁出"], weighted(numbers, (880, 80, 30, 10), salt=21)),
            "成立日期": _days(numbers),
            "行业代码": trades,
            "登记机关": joined(
                taken([name for _, name in DISTRICTS], district), taken([s.registrar for s in SORTS], sorts)
            ),
            "住所": _addresses(numbers, district),
            "工商注册号": _old_numbers(numbers, sorts),
        }
    ).select(COLUMNS)


def sorts_of(numbers: Numbers) -> Places:
    """Tell which kind of body each is; the first of the city are one of each kind."""
    drawn_sorts = weighted(numbers, tuple(sort.share for sort in SORTS), salt=1)
    return np.where(numbers < len(SORTS), numbers.astype(np.int64), drawn_sorts)


def codes_at(numbers: Numbers) -> pl.Series:
    """Give the codes of these organisations, for files that name them."""
    return codes_of(numbers, sorts_of(numbers), tuple(sort.prefix for sort in SORTS))


def names_of(numbers: Numbers) -> pl.Series:
    """Give the names of these organisations as the register spells them, dirt included."""
    sorts = sorts_of(numbers)
    frame = pl.DataFrame(
        {
            "sort": sorts,
            "company": _companies(numbers, salt=3),
            "shop": _shops(numbers),
            "other": _others(numbers, sorts),
            "dirt": drawn(numbers, salt=9, below=100),
        }
    )
    name = pl.when(pl.col("sort") == 0).then("company").when(pl.col("sort") == 1).then("shop").otherwise("other")
    return frame.select(_soiled(name, pl.col("dirt")).alias("name")).to_series()


def _soiled(name: pl.Expr, dirt: pl.Expr) -> pl.Expr:
    half = name.str.replace_all("（", "(", literal=True).str.replace_all("）", ")", literal=True)
    return (
        pl.when(dirt < 4)
        .then(half)
        .when(dirt == 4)
        .then(name.str.replace("示例市", "示例市 ", literal=True))
        .when(dirt == 5)
        .then(name.str.replace("有限公司", "有限責任公司", literal=True))
        .otherwise(name)
    )


def _companies(numbers: Numbers, *, salt: int) -> pl.Series:
    third = pl.Series(np.where(numbers < 20_000, "", _letters(numbers, salt=salt + 200)))
    return joined(
        pl.Series(np.where(drawn(numbers, salt=salt + 100, below=5) > 0, "示例市", "示例省")),
        taken(list(BRANDS), drawn(numbers, salt=salt, below=len(BRANDS))),
        taken(list(BRANDS), drawn(numbers, salt=salt + 300, below=len(BRANDS))),
        third,
        taken([trade for trade, _ in TRADES], drawn(numbers, salt=5, below=len(TRADES))),
        taken(list(FORMS), drawn(numbers, salt=6, below=len(FORMS))),
    )


def _letters(numbers: Numbers, *, salt: int) -> npt.NDArray[np.str_]:
    return np.asarray(list(BRANDS))[drawn(numbers, salt=salt, below=len(BRANDS))]


def _shops(numbers: Numbers) -> pl.Series:
    called = taken(list(SHOP_NAMES), drawn(numbers, salt=11, below=len(SHOP_NAMES)))
    brand = taken(list(BRANDS), drawn(numbers, salt=13, below=len(BRANDS)))
    kind = taken([shop for shop, _ in SHOPS], drawn(numbers, salt=12, below=len(SHOPS)))
    named = joined(taken([name for _, name in DISTRICTS], _district(numbers)), brand, called, kind)
    person = taken([f"{surname}示例" for surname in SURNAMES], drawn(numbers, salt=14, below=len(SURNAMES)))
    # One in a hundred carries its operator's name alone: the public sees it masked (design.md 3).
    is_bare = pl.Series(drawn(numbers, salt=15, below=100) == 0)
    return (
        pl.DataFrame({"named": named, "person": person, "is_bare": is_bare})
        .select(pl.when("is_bare").then("person").otherwise("named"))
        .to_series()
    )


def _others(numbers: Numbers, sorts: Places) -> pl.Series:
    widest = max(len(sort.endings) for sort in SORTS)
    table = [ending for sort in SORTS for ending in (sort.endings * widest or ("",) * widest)[:widest]]
    brand = taken(list(BRANDS), drawn(numbers, salt=16, below=len(BRANDS)))
    second = taken([*BRANDS, *ORDINALS], drawn(numbers, salt=17, below=len(BRANDS) + len(ORDINALS)))
    ending = taken(table, sorts * widest + drawn(numbers, salt=18, below=widest))
    return joined(taken([name for _, name in DISTRICTS], _district(numbers)), brand, second, ending)


def _former_names(numbers: Numbers, sorts: Places) -> pl.Series:
    had = pl.Series((sorts == 0) & (drawn(numbers, salt=19, below=12) == 0))
    return (
        pl.DataFrame({"had": had, "name": _companies(numbers, salt=20)}).select(pl.when("had").then("name")).to_series()
    )


def _trades(numbers: Numbers, sorts: Places) -> pl.Series:
    trade = taken([code for _, code in TRADES], drawn(numbers, salt=5, below=len(TRADES)))
    shop = taken([code for _, code in SHOPS], drawn(numbers, salt=12, below=len(SHOPS)))
    return (
        pl.DataFrame({"sort": sorts, "trade": trade, "shop": shop})
        .select(pl.when(pl.col("sort") == 0).then("trade").when(pl.col("sort") == 1).then("shop"))
        .to_series()
    )


def _old_numbers(numbers: Numbers, sorts: Places) -> pl.Series:
    had = pl.Series((sorts <= 1) & (drawn(numbers, salt=22, below=8) == 0))
    return (
        pl.DataFrame({"had": had, "number": registration_numbers_of(numbers)})
        .select(pl.when("had").then("number"))
        .to_series()
    )


def _days(numbers: Numbers) -> pl.Series:
    first = date(1988, 1, 4).toordinal() - date(1970, 1, 1).toordinal()
    return (
        pl.Series(first + drawn(numbers, salt=23, below=14_000), dtype=pl.Int32).cast(pl.Date).dt.to_string("%Y-%m-%d")
    )


def _district(numbers: Numbers) -> Places:
    return weighted(numbers, (400, 150, 120, 100, 90, 80, 60), salt=2)


def addresses_of(numbers: Numbers) -> pl.Series:
    """Give the addresses of these organisations."""
    return _addresses(numbers, _district(numbers))


def _addresses(numbers: Numbers, district: Places) -> pl.Series:
    door = pl.Series(drawn(numbers, salt=25, below=980) + 1).cast(pl.String)
    road = taken(list(ROADS), drawn(numbers, salt=24, below=len(ROADS)))
    return joined(
        taken([name for _, name in DISTRICTS], district), road, door, pl.Series(["号"]).new_from_index(0, len(door))
    )


def taken(words: list[str], places: Places) -> pl.Series:
    """Look words up by place."""
    return pl.Series(words, dtype=pl.String).gather(places)


def joined(*parts: pl.Series) -> pl.Series:
    """Write columns of text side by side."""
    frame = pl.DataFrame([part.alias(str(place)) for place, part in enumerate(parts)])
    return frame.select(pl.concat_str(pl.all()).alias("name")).to_series()
