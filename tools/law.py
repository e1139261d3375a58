"""Draw docs/law.md: every instrument, term, deadline and open point, from the texts themselves."""

import sys
from pathlib import Path

from limu.law.book import LawBook, packaged_book
from limu.law.period import period_in_words
from limu.law.rule import CapRule, ClassRule, Deadline, DesignRule, FieldRule, FineBand, Rule, TermRule, WithheldRule
from limu.law.severity import SEVERITY_LABELS
from limu.law.statute import CONFIDENCE_LABELS
from limu.wire.statutes import read_law_texts

ROOT = Path(__file__).parents[1]
STARTS = {"decision": "认定之日", "publication": "公示之日", "conduct_end": "行为终止之日"}
UNITS = {"working_day": "个工作日", "day": "日", "month": "个月", "year": "年"}
TERM_HEADS = ("键", "条目", "程度", "适用", "最短", "最长", "起算", "施行期间", "依据", "可信程度")
HEAD = """# 法规数据

由 `tools/law.py` 从 `limu/law/texts/*.toml` 生成，请勿手改。可信程度：已核对（读过文本）、据转述、征求意见稿、待核实。
未达“已核对”的规则，在本部署两人核对之前只能缩短公示或者优待主体，不得据以拒绝、延长、列入或者限制。

公示期含最后一日；`until_on` 是不再公示的第一日。跨越新旧规定的记录按各自施行期间判断，取较早届满的一日。
"""


def main() -> None:
    """Write the reference, or print it with --print."""
    text = draw(packaged_book(read_law_texts()))
    if "--print" in sys.argv:
        sys.stdout.write(text)
    else:
        (ROOT / "docs/law.md").write_text(text, "utf-8")


def draw(book: LawBook) -> str:
    """Return the whole page."""
    parts = (
        _table("公示期", TERM_HEADS, _terms(book)),
        _table("不公示", ("键", "说明", "施行期间", "依据", "可信程度"), _withheld(book)),
        _table("严重程度的划分", ("键", "程度", "种类或者条目", "依据", "可信程度"), _classes(book)),
        _table("地方留存上限", ("键", "区划", "最长", "起算", "依据", "可信程度"), _caps(book)),
        _table("办理期限", ("键", "事项", "期限", "区划或者领域", "依据", "可信程度"), _deadlines(book)),
        _table("领域", ("键", "名称", "依据中的词", "机关名称中的词", "依据", "可信程度"), _fields(book)),
        _table("平台设计规则", ("键", "内容", "可信程度"), _designs(book)),
        _table("文件", ("键", "文件", "效力", "施行", "失效", "可信程度"), _instruments(book)),
        _table("尚须两人核对的规则", ("键", "依据", "可信程度"), _open(book)),
    )
    return HEAD + "".join(parts)


def _table(title: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    return f"\n## {title}\n\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}\n{lines}"


def _terms(book: LawBook) -> list[tuple[str, ...]]:
    return [
        (
            f"`{one.key}`",
            "、".join(one.items),
            _severity(one.severity),
            "、".join((*one.fields, one.region)).strip("、"),
            period_in_words(one.minimum),
            period_in_words(one.maximum),
            STARTS[one.start],
            _life(one),
            *_basis(book, one),
        )
        for one in book.rules()
        if isinstance(one, TermRule)
    ]


def _severity(code: str) -> str:
    return {"*": "不论", "": "无"}.get(code) or SEVERITY_LABELS[code]


def _life(rule: Rule) -> str:
    return f"{rule.from_on or ''} 至 {rule.until_on or ''}" if rule.from_on or rule.until_on else ""


def _basis(book: LawBook, rule: Rule) -> tuple[str, str]:
    note = f"；{rule.note}" if rule.note else ""
    return "；".join(book.cite(key) for key in rule.citations) + note, CONFIDENCE_LABELS[rule.confidence]


def _withheld(book: LawBook) -> list[tuple[str, ...]]:
    rules = (one for one in book.rules() if isinstance(one, WithheldRule))
    return [(f"`{one.key}`", one.text, _life(one), *_basis(book, one)) for one in rules]


def _classes(book: LawBook) -> list[tuple[str, ...]]:
    labels = {kind.key: kind.label for kind in book.kinds()}
    rows: list[tuple[str, ...]] = []
    for one in book.rules():
        if isinstance(one, ClassRule):
            what = "、".join((*(labels[kind] for kind in one.kinds), *one.items))
        elif isinstance(one, FineBand):
            what = f"罚款高于 {one.above_fen // 100} 元"
        else:
            continue
        rows.append((f"`{one.key}`", SEVERITY_LABELS[one.severity], what, *_basis(book, one)))
    return rows


def _caps(book: LawBook) -> list[tuple[str, ...]]:
    return [
        (f"`{one.key}`", one.region, period_in_words(one.maximum), STARTS[one.start], *_basis(book, one))
        for one in book.rules()
        if isinstance(one, CapRule)
    ]


def _deadlines(book: LawBook) -> list[tuple[str, ...]]:
    return [
        (f"`{one.key}`", one.label, _count(one), one.region or one.field, *_basis(book, one))
        for one in book.rules()
        if isinstance(one, Deadline)
    ]


def _count(one: Deadline) -> str:
    if one.count is None:
        return "及时（未见天数）"
    extended = f"，可延至 {one.extended}" if one.extended else ""
    return f"{one.count}{extended} {UNITS[one.unit]}"


def _fields(book: LawBook) -> list[tuple[str, ...]]:
    return [
        (f"`{one.key}`", one.label, "、".join(one.basis_words), "、".join(one.authority_words), *_basis(book, one))
        for one in book.rules()
        if isinstance(one, FieldRule)
    ]


def _designs(book: LawBook) -> list[tuple[str, ...]]:
    rules = (one for one in book.rules() if isinstance(one, DesignRule))
    return [(f"`{one.key}`", one.text, CONFIDENCE_LABELS[one.confidence]) for one in rules]


def _instruments(book: LawBook) -> list[tuple[str, ...]]:
    return [
        (f"`{one.key}`", one.name, one.rank_label, _day(one.from_on), _day(one.until_on), one.confidence_label)
        for one in book.instruments()
    ]


def _day(day: object) -> str:
    return "" if day is None else str(day)


def _open(book: LawBook) -> list[tuple[str, ...]]:
    return [(f"`{one.key}`", one.citation, one.confidence_label) for one in book.unconfirmed()]


if __name__ == "__main__":
    main()
