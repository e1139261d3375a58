"""The rules that the texts hold, as values: classes, terms, limits, what stays unpublished, deadlines."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Rule:
    """What every rule carries: its key, its life, its citations (the first one governs) and its confidence."""

    key: str
    citations: tuple[str, ...]
    confidence: str
    from_on: date | None = None
    until_on: date | None = None
    note: str = ""

    def is_in_force(self, on: date) -> bool:
        """True from the first day in force to the day before the first day out of force."""
        return (self.from_on is None or self.from_on <= on) and (self.until_on is None or on < self.until_on)


@dataclass(frozen=True, slots=True)
class PenaltyKind(Rule):
    """A kind of penalty (行政处罚法 9) and what it does to the party."""

    label: str = ""
    effect: str = ""
    order: int = 0
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassRule(Rule):
    """Kinds of penalty or items that make one severity class (失信严重程度)."""

    severity: str = ""
    order: int = 0
    kinds: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FineBand(Rule):
    """From which amount a fine falls into a class; bounds are set per authority or field (较小/较大/巨额)."""

    severity: str = ""
    above_fen: int = 0
    fields: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TermRule(Rule):
    """How long an item of a class is public, and from when repair may be asked for.

    Periods are ISO-like words: "3m", "1y", "0d"; `maximum` may also be "open" (no end in the texts) or
    "validity" (the record's own last day). An absent `minimum` means repair has no place here."""

    items: tuple[str, ...] = ()
    severity: str = ""
    region: str = ""
    fields: tuple[str, ...] = ()
    minimum: str = ""
    maximum: str = ""
    start: str = "decision"


@dataclass(frozen=True, slots=True)
class CapRule(Rule):
    """A ceiling over every term of a region: no showing or use after so long (不良信息留存期限)."""

    region: str = ""
    maximum: str = ""
    start: str = "conduct_end"


@dataclass(frozen=True, slots=True)
class WithheldRule(Rule):
    """What is not published, and the sentence that says so on the page."""

    items: tuple[str, ...] = ()
    severity: str = ""
    kinds: tuple[str, ...] = ()
    only_kinds: bool = False
    fields: tuple[str, ...] = ()
    region: str = ""
    party: str = ""
    unless: str = ""
    reason: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Deadline(Rule):
    """A period for an act of an authority or the platform, in working or calendar days."""

    act: str = ""
    label: str = ""
    count: int | None = None
    unit: str = "working_day"
    extended: int | None = None
    start: str = ""
    region: str = ""
    field: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class ReliefRule(Rule):
    """To which body one turns against a decision (救济机关): for some items, for authorities told by words in a name.

    Without words it holds for every authority; a rule with words that fit goes before it. `text` says what else the
    party must know, as that reconsideration comes first."""

    act: str = ""
    body: str = ""
    items: tuple[str, ...] = ()
    authority_words: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class LeniencyRule(Rule):
    """An article that lets off a first offence or a slight one (初次、轻微), for the deciding body to judge by.

    The first citation is the article; it holds where its instrument does. Nothing applies it by itself."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class FieldRule(Rule):
    """By which words a decision's legal basis or authority shows the field it belongs to (领域).

    `favours` marks a field whose rules only withhold: such a guess may be acted on before anyone confirmed it."""

    field: str = ""
    label: str = ""
    basis_words: tuple[str, ...] = ()
    authority_words: tuple[str, ...] = ()
    favours: bool = False


@dataclass(frozen=True, slots=True)
class DesignRule(Rule):
    """A choice of this platform where the texts are silent, shown like every other rule."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class RepairCondition(Rule):
    """One condition of repair; `test` names how it is checked here: minimum, performed, commitment, other."""

    label: str = ""
    test: str = ""


@dataclass(frozen=True, slots=True)
class RepairMaterial(Rule):
    """One material of an application for repair; one beyond these needs a cited rule in each single case."""

    label: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class RefusalGround(Rule):
    """One ground on which repair may be refused, and what its subject can do next (不予修复理由目录).

    `needs` says what must be named with it: a day, a page, a rest still to be performed, an article."""

    code: str = ""
    label: str = ""
    next: str = ""
    needs: str = ""
