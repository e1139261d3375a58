"""The seven named organisations and their records, which every journey walks through (ux.md 5.7)."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from limu.city.records import CityFile
from limu.city.subjects import COLUMNS

QINGHE, YUNQI = ("91990100MA0000001G", "示例市清河建材有限公司"), ("91990100MA0000003N", "示例市云栖物业服务有限公司")
GROUP = ("91990100MA0000002K", "示例市清河建材（集团）有限公司")

# Code, name, region, day of registration, industry, registrar, address.
SUBJECTS = (
    (*QINGHE, "990104", "2012-05-08", "5165", "示例市市场监督管理局", "示例市清河区立木路1号"),
    (*GROUP, "990104", "2009-03-16", "5165", "示例市市场监督管理局", "示例市清河区立木路1号"),
    (*YUNQI, "990103", "2016-09-01", "7020", "示例市市场监督管理局", "示例市云栖区云栖路18号"),
    (
        "12990100MB00000041",
        "示例市第一事业单位",
        "990100",
        "2001-01-01",
        "",
        "示例市事业单位登记管理局",
        "示例市人民路2号",
    ),
    ("52990100MJ0000005E", "示例市示例社会组织", "990100", "2014-06-20", "", "示例市民政局", "示例市学府路6号"),
    (
        "N2990100MF0000006R",
        "示例市示例村股份经济合作社",
        "990105",
        "2019-11-11",
        "",
        "示例市农业农村局",
        "示例县示例村",
    ),
    (
        "92990100MA00000070",
        "示例市老王小吃店",
        "990101",
        "2018-04-02",
        "6291",
        "示例市市场监督管理局",
        "示例市城东区南门大街77号",
    ),
)

_PENALTY = (
    "名称",
    "统一社会信用代码",
    "行政相对人类别",
    "行政处罚决定书文号",
    "违法行为类型",
    "违法事实",
    "处罚依据",
    "处罚类别",
    "处罚内容",
    "罚款金额（万元）",
    "处罚决定日期",
    "处罚机关",
    "失信严重程度",
)
_ORGANISATION = "法人及非法人组织"

# A, B, C and D of ux.md 5.7: three public, the minor one not (信用修复管理办法：轻微失信信息原则上不公示).
_A = (
    *QINGHE[::-1],
    _ORGANISATION,
    "示市监处罚〔2026〕1号",
    "销售不合格产品",
    "销售的一批水泥经抽检强度不合格，货值3.2万元。",
    "《中华人民共和国产品质量法》第五十条",
    "没收违法所得;罚款",
    "没收违法所得0.8万元，并处罚款3万元。",
    "3",
    "2026-07-01",
    "示例市市场监督管理局",
    "一般",
)
_B = (
    *QINGHE[::-1],
    _ORGANISATION,
    "示环处罚〔2026〕2号",
    "超标排放大气污染物",
    "堆场未按规定覆盖，颗粒物排放超过标准。",
    "《中华人民共和国大气污染防治法》第九十九条",
    "罚款",
    "罚款4.5万元。",
    "4.5",
    "2026-08-01",
    "示例市生态环境局",
    "一般",
)
_C = (
    *QINGHE[::-1],
    _ORGANISATION,
    "示建处罚〔2026〕3号",
    "未取得施工许可擅自施工",
    "未取得施工许可证即开始厂房扩建，拒不停工。",
    "《中华人民共和国建筑法》第六十四条",
    "责令停产停业;罚款",
    "责令停产停业，并处罚款12万元。",
    "12",
    "2026-03-01",
    "示例市住房和城乡建设局",
    "严重",
)
_D = (
    *QINGHE[::-1],
    _ORGANISATION,
    "示市监处罚〔2026〕4号",
    "未按规定明码标价",
    "两种商品未标明价格，当场改正。",
    "《中华人民共和国价格法》第四十二条",
    "警告",
    "警告。",
    "",
    "2026-10-12",
    "示例市市场监督管理局",
    "轻微",
)
_PERMIT = (
    "名称",
    "统一社会信用代码",
    "行政相对人类别",
    "行政许可决定文书号",
    "许可类别",
    "许可编号",
    "许可内容",
    "许可决定日期",
    "有效期自",
    "有效期至",
    "许可机关",
)

FILES = (
    ("scjg", "penalty", _PENALTY, (_A, _D)),
    ("sthj", "penalty", _PENALTY, (_B,)),
    ("zjj", "penalty", _PENALTY, (_C,)),
    (
        "scjg",
        "permit",
        _PERMIT,
        (
            (
                *QINGHE[::-1],
                _ORGANISATION,
                "示市监准许〔2025〕5号",
                "核准",
                "XK99010000000005",
                "水泥制品生产",
                "2025-04-10",
                "2025-04-10",
                "2030-04-09",
                "示例市市场监督管理局",
            ),
            (
                "示例市老王小吃店",
                "92990100MA00000070",
                "个体工商户",
                "示市监准许〔2024〕6号",
                "登记",
                "JY29901010000006",
                "热食类食品制售",
                "2024-12-02",
                "2024-12-02",
                "2029-12-01",
                "示例市市场监督管理局",
            ),
        ),
    ),
)


def seven_subjects() -> pl.DataFrame:
    """Lay the seven organisations out as a register's export."""
    rows = [
        {
            "统一社会信用代码": code,
            "名称": name,
            "曾用名": None,
            "行政区划代码": region,
            "状态": "存续",
            "成立日期": day,
            "行业代码": industry or None,
            "登记机关": registrar,
            "住所": address,
            "工商注册号": None,
        }
        for code, name, region, day, industry, registrar, address in SUBJECTS
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String))


def write_seven(folder: Path) -> Iterator[CityFile]:
    """Write the files that report on them."""
    for office, item, headers, rows in FILES:
        path = folder / f"{office}-{item}-named.csv"
        pl.DataFrame(rows, schema=dict.fromkeys(headers, pl.String), orient="row").write_csv(path, include_bom=True)
        yield CityFile(path, office, item, len(rows))
