"""Kinds of penalty (行政处罚法 9) out of the words that departments write."""

import re
from typing import Final

import polars as pl

from limu.terms.columns import as_expression

_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "warning": ("警告", "警告处罚", "予以警告", "给予警告"),
    "criticism": ("通报批评",),
    "fine": ("罚款", "处罚款", "并处罚款", "罚金", "处以罚款"),
    "confiscate_income": ("没收违法所得", "没收非法所得", "没收违法收入"),
    "confiscate_goods": ("没收非法财物", "没收财物", "没收违法财物"),
    "suspend_licence": (
        "暂扣许可证件",
        "暂扣许可证",
        "暂扣执照",
        "暂扣或者吊销许可证",
        "暂扣或者吊销执照",
        "暂扣或吊销许可证",
        "暂扣或吊销执照",
    ),
    "downgrade": ("降低资质等级", "降低资质"),
    "revoke_licence": ("吊销许可证件", "吊销许可证", "吊销执照", "吊销营业执照", "吊销业务许可证", "吊销证照"),
    "restrict_business": ("限制开展生产经营活动", "限制生产经营", "限制生产经营活动", "限制业务范围"),
    "suspend_business": ("责令停产停业", "停产停业", "责令停业", "停业整顿", "责令停业整顿"),
    "close": ("责令关闭", "关闭"),
    "restrict_employment": ("限制从业", "禁止从业", "市场禁入", "取消任职资格"),
    "detention": ("行政拘留", "拘留"),
    "other": ("其他", "其它", "其他处罚", "法律、行政法规规定的其他行政处罚", "责令改正", "责令限期改正"),
}

KIND_OF_WORD: Final[dict[str, str]] = {word: kind for kind, words in _WORDS.items() for word in words}
"""Each known word to its kind; the keys of kinds are those of the law's texts."""

KIND_LABELS: Final[dict[str, str]] = {kind: words[0] for kind, words in _WORDS.items()}
"""Each kind to the word of the law."""

_OLD_PAIRS: Final[dict[str, tuple[str, ...]]] = {
    "没收违法所得、没收非法财物": ("confiscate_income", "confiscate_goods"),
    "暂扣或者吊销许可证、暂扣或者吊销执照": ("suspend_licence",),
}
"""Kinds of the 2017 template that hold the separator in themselves (law.md 2.4)."""

_SEPARATORS: Final = re.compile(r"[;；,，、/|+\s]+|并处(?=罚款|没收)|以及|和")
_OTHER: Final = re.compile(r"其[他它]\s*[-—－:：(（].*")


def split_kinds(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Kinds of penalty in a cell in their order, and the words that are none of them."""
    known: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for word in _words_of(text):
        if word in _OLD_PAIRS:
            known.update(dict.fromkeys(_OLD_PAIRS[word]))
        elif word in KIND_OF_WORD:
            known[KIND_OF_WORD[word]] = None
        elif _OTHER.fullmatch(word):
            known["other"] = None
        else:
            unknown[word] = None
    return tuple(known), tuple(unknown)


def kinds_of(text: str) -> tuple[str, ...]:
    """Kinds of penalty in a cell; 警告;罚款 becomes ("warning", "fine"). Unknown words are left out."""
    return split_kinds(text)[0]


def kinds_column(expression: pl.Expr) -> pl.Expr:
    """The column form of kinds_of, by way of the distinct values: few combinations make up a file."""
    return as_expression(expression, _column, pl.List(pl.String))


def _words_of(text: str) -> list[str]:
    whole = text.strip()
    for pair in _OLD_PAIRS:
        if pair in whole:
            before, _, after = whole.partition(pair)
            return [*_words_of(before), pair, *_words_of(after)]
    if whole in KIND_OF_WORD or _OTHER.fullmatch(whole):
        return [whole]
    return [word for word in _SEPARATORS.split(whole) if word]


def _column(series: pl.Series) -> pl.Series:
    unique = series.unique().drop_nulls()
    answers = pl.Series("kinds", [list(kinds_of(text)) for text in unique], dtype=pl.List(pl.String))
    table = pl.DataFrame({"text": unique.cast(pl.String), "kinds": answers})
    joined = series.rename("text").cast(pl.String).to_frame().join(table, on="text", how="left", maintain_order="left")
    return joined.get_column("kinds").alias(series.name)
