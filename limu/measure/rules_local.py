"""A measure of one place as its centre states it: which ground, which article of which document; and its law text."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Final

from limu.department.rules import Refusal
from limu.law.statute import RANK_LABELS

PREFIX: Final = "consequence/local/"
RANKS: Final[dict[str, str]] = {
    rank: label for rank, label in RANK_LABELS.items() if rank not in ("standard", "design", "judicial_interpretation")
}
"""Every rank a document may have; which of them may carry a measure is for the law's own check to say."""

EMPTY = Refusal("P-401", "没有填写完整。", "措施、事由、适用的事项、实施单位和依据的各项都须填写。")
ADDRESS = Refusal("P-402", "依据的文件没有原文地址，公众无从核对。", "请写明以 http:// 或者 https:// 开头的地址。")
NO_DAY = Refusal("P-403", "没有写明文件的施行日期。", "请填写施行日期。")
NO_TEXT = Refusal("P-404", "没有上传核对所用的正式文本。", "请上传对照过的正式文本；两人须核对同一份。")
TWICE = Refusal("P-405", "您已经核对过这一措施。", "请由另一人核对同一份正式文本。")
MOST_CHARACTERS: Final = 400


@dataclass(frozen=True, slots=True)
class LocalMeasure:
    """What a centre states: the measure and its ground, and the document and article it rests on."""

    measure: str
    ground: str
    acts: tuple[str, ...]
    body: str
    title: str
    rank: str
    issuer: str
    from_on: date | None
    article: str
    summary: str
    address: str


def why_not(one: LocalMeasure) -> Refusal | None:
    """Why a statement is not complete; what the law says of it comes after."""
    texts = (one.measure, one.ground, one.body, one.title, one.issuer, one.article, one.summary)
    if not all(texts) or not one.acts or one.rank not in RANKS:
        return EMPTY
    if any(len(text) > MOST_CHARACTERS or not text.isprintable() for text in (*texts, one.address)):
        return Refusal("P-406", f"有一项超过 {MOST_CHARACTERS} 字或者含有换行等控制字符。", "请改短，写在一行。")
    if not one.address.startswith(("https://", "http://")):
        return ADDRESS
    return None if one.from_on else NO_DAY


def key_of(one: LocalMeasure, *, region: str) -> str:
    """A key that two equal statements share, so that the same one is not registered twice."""
    stated = "\n".join((region, one.measure, one.ground, *one.acts, one.title, one.article))
    return PREFIX + hashlib.sha256(stated.encode()).hexdigest()[:12]


def instrument_of(key: str) -> str:
    """The key of the document that a measure of this place brings along."""
    return "local-" + key.rpartition("/")[2]


def spell(one: LocalMeasure, *, region: str) -> str:
    """Write the statement as a law text (TOML), as `limu law add` reads it."""
    key = key_of(one, region=region)
    instrument = instrument_of(key)
    bound = {"region": region} if one.rank == "local_regulation" else {}
    tables: tuple[tuple[str, dict[str, object]], ...] = (
        ("instrument", {"key": instrument, "title": one.title, "issuer": one.issuer, "rank": one.rank, **bound,
                        "from": one.from_on, "confidence": "confirmed", "address": one.address}),
        ("article", {"key": f"{instrument}/1", "instrument": instrument, "number": one.article,
                     "summary": one.summary, "confidence": "confirmed"}),
        ("consequence", {"key": key, "measure": one.measure, "ground": one.ground, "acts": list(one.acts),
                         "term": "ground", "body": one.body, "region": region, "citations": [f"{instrument}/1"],
                         "confidence": "confirmed"}),
    )  # fmt: skip
    return "\n".join(f"[[{name}]]\n" + "".join(f"{k} = {_word(v)}\n" for k, v in row.items()) for name, row in tables)


def _word(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)
