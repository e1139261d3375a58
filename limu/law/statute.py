"""What a citation points at: instruments, articles, their rank and how sure we are of them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

RANKS: Final[tuple[str, ...]] = (
    "law",
    "administrative_regulation",
    "local_regulation",
    "judicial_interpretation",
    "central_policy",
    "departmental_rule",
    "normative_document",
    "standard",
    "design",
)
"""Kinds of instrument, highest first (立法法 chapter 5). "design" is our own rule, below every instrument."""

RANK_LABELS: Final[dict[str, str]] = {
    "law": "法律",
    "administrative_regulation": "行政法规",
    "local_regulation": "地方性法规",
    "judicial_interpretation": "司法解释",
    "central_policy": "党中央、国务院政策文件",
    "departmental_rule": "部门规章",
    "normative_document": "规范性文件",
    "standard": "标准",
    "design": "平台设计规则",
}

CONFIDENCES: Final[tuple[str, ...]] = ("confirmed", "secondary", "draft", "known")
"""How a figure was learnt, surest first: text read; reported by others; consultation draft; not yet looked up."""

CONFIDENCE_LABELS: Final[dict[str, str]] = {
    "confirmed": "已核对",
    "secondary": "据转述",
    "draft": "征求意见稿",
    "known": "待核实",
}

FORBIDDEN_KINDS: Final[dict[str, str]] = {
    "petition": "信访、举报、投诉、复议、诉讼行为",
    "speech": "言论",
    "belief": "宗教信仰",
    "health": "健康、疾病和病史",
    "consumption": "个人消费",
    "biometric": "基因、指纹、血型等生物识别信息",
    "person": "以自然人为主体的信息",
    "family": "家庭关系",
    "location": "行踪轨迹",
}
"""Kinds of information that no pack, addition or catalogue item may open (征信业管理条例 14; design, section 3).

Closed here, in code, so that data alone can never widen them."""


@dataclass(frozen=True, slots=True)
class LawFault:
    """One thing wrong in the texts: where, what, and what to do, in Chinese for the officer who loads them."""

    code: str
    where: str
    message: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """A published text with its issuer, rank and life (文件)."""

    key: str
    title: str
    issuer: str
    rank: str
    confidence: str
    number: str = ""
    region: str = ""
    from_on: date | None = None
    until_on: date | None = None
    dates_confidence: str = "confirmed"
    source: str = ""
    address: str = ""
    text_hash: str = ""
    note: str = ""

    @property
    def rank_label(self) -> str:
        """Rank in Chinese, as the public law page prints it."""
        return RANK_LABELS.get(self.rank, self.rank)

    @property
    def confidence_label(self) -> str:
        """Confidence in Chinese, as the public law page prints it."""
        return CONFIDENCE_LABELS.get(self.confidence, self.confidence)

    @property
    def name(self) -> str:
        """Title in book marks with the number when it is known: 《…》（…令第…号）."""
        number = f"（{self.number}）" if self.number else ""
        return f"{self.title}{number}" if self.rank == "design" else f"《{self.title}》{number}"


@dataclass(frozen=True, slots=True)
class Article:
    """One provision, in one sentence of our own words (条款)."""

    key: str
    instrument: str
    number: str
    summary: str
    confidence: str
    note: str = ""

    @property
    def confidence_label(self) -> str:
        """Confidence in Chinese, as the public law page prints it."""
        return CONFIDENCE_LABELS.get(self.confidence, self.confidence)


@dataclass(frozen=True, slots=True)
class RuleRef:
    """A rule as a page shows it: which one, by which article, of which rank, and how sure."""

    key: str
    citation: str
    article: str
    rank: str
    confidence: str
    is_confirmed: bool
    also: tuple[str, ...] = field(default=())

    @property
    def confidence_label(self) -> str:
        """Confidence in Chinese; a confirmation by two officers is said as such."""
        if self.is_confirmed and self.confidence != "confirmed":
            return "已由两人核对"
        return CONFIDENCE_LABELS.get(self.confidence, self.confidence)
