"""The law in public: instruments, their articles, and every rule with its articles and our confidence in it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from limu.front import queries, words
from limu.front.reply import Visit, public_page
from limu.law.measure import Consequence, GroundRule, IncentiveRule, ListRule, MeasureRule
from limu.law.rule import (
    CapRule,
    ClassRule,
    Deadline,
    DesignRule,
    FieldRule,
    FineBand,
    LeniencyRule,
    RefusalGround,
    ReliefRule,
    RepairCondition,
    RepairMaterial,
    Rule,
    TermRule,
    WithheldRule,
)
from limu.page import site as page

AT_ONCE = "0d"
PERIODS = {"d": mark("%(count)s 天"), "m": mark("%(count)s 个月"), "y": mark("%(count)s 年")}


@dataclass(frozen=True, slots=True)
class Told:
    """A rule as the page tells it: kind, sentence, articles, days in force, and confidence."""

    rule: Rule
    kind: str
    text: str
    is_confirmed: bool
    confidence: str

    @property
    def anchor(self) -> str:
        """The rule's key as an address fragment."""
        return self.rule.key.replace("/", "-")

    @property
    def is_deadline(self) -> bool:
        """True for a period within which somebody must act."""
        return isinstance(self.rule, Deadline)


@public_page
def law(request: HttpRequest, visit: Visit) -> HttpResponse:
    """All instruments and rules; one rule is told first when a record's page asks how its term came about."""
    told = [tell(rule, visit) for rule in visit.book.rules()]
    wanted = request.GET.get("rule", "")
    terms = [rule for rule in told if isinstance(rule.rule, (TermRule, CapRule))]
    former = [one for one in terms if one.rule.until_on is not None and one.rule.until_on <= visit.today]
    context = {
        "asked": next((rule for rule in told if rule.rule.key == wanted), None),
        "instruments": visit.book.instruments(),
        "terms": [one for one in terms if one not in former],
        "former": former,
        "withheld": [rule for rule in told if isinstance(rule.rule, WithheldRule)],
        "deadlines": [rule for rule in told if isinstance(rule.rule, Deadline)],
        "designs": [rule for rule in told if isinstance(rule.rule, DesignRule)],
        "reliefs": [rule for rule in told if isinstance(rule.rule, ReliefRule)],
        "leniencies": [rule for rule in told if isinstance(rule.rule, LeniencyRule)],
        "additions": queries.additions(visit.connection),
        "pack": queries.pack_in_force(visit.connection),
    }
    return render(request, "front/law.html", context)


@public_page
def additions(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What this deployment decides by beyond the edition: its packs, and its own additions, chained by hash."""
    added = queries.additions(visit.connection)
    logged = queries.law_events(visit.connection, tuple(one.rule_key for one in added))
    context = {
        "pack": queries.pack_in_force(visit.connection),
        "packs": queries.packs(visit.connection),
        "additions": [
            (one, tell(rule, visit), [event for event in logged if event.rule_key == one.rule_key])
            for one in added
            if (rule := visit.book.rule(one.rule_key))
        ],
    }
    return render(request, "front/law_local.html", context)


@public_page
def instrument(request: HttpRequest, visit: Visit, key: str) -> HttpResponse:
    """One instrument: rank, number, days in force, confidence, its articles and the rules that rest on them."""
    found = visit.book.instrument(key)
    if found is None:
        return page.missing(request)
    own = visit.book.articles(key)
    keys = {article.key for article in own}
    resting = [tell(rule, visit) for rule in visit.book.rules() if keys & set(rule.citations)]
    return render(request, "front/instrument.html", {"instrument": found, "articles": own, "rules": resting})


def tell(rule: Rule, visit: Visit) -> Told:
    """Put a rule into one sentence."""
    match rule:
        case TermRule():
            kind, text = _("公示期限"), tell_term(rule)
        case CapRule():
            kind, text = _("最长期限"), _("最长 %(long)s") % {"long": period(rule.maximum)}
        case WithheldRule() | DesignRule():
            kind, text = _("不公示") if isinstance(rule, WithheldRule) else _("平台设计规则"), rule.text
        case ReliefRule():
            kind, text = _("救济途径"), f"{words.say(words.ROUTES, rule.act)} · {rule.body}"
        case Deadline():
            kind, text = _("办理期限"), rule.label
        case ClassRule() | FineBand():
            kind, text = _("失信程度"), words.say(words.SEVERITIES, rule.severity)
        case _:
            kind, text = tell_measure(rule)
    ref = visit.book.ref(rule.key)
    return Told(rule, kind, text, ref.is_confirmed, ref.confidence)


def tell_measure(rule: Rule) -> tuple[str, str]:
    """Kind and sentence of what concerns measures and lists."""
    match rule:
        case MeasureRule():
            return _("惩戒措施"), rule.label
        case IncentiveRule():
            return _("守信激励"), rule.label
        case ListRule() | GroundRule():
            return _("名单或者事由"), rule.label
        case Consequence():
            return _("适用事项"), f"{rule.body} · {'、'.join(words.say(words.ACTS, act) for act in rule.acts)}"
    return tell_other(rule)


def tell_other(rule: Rule) -> tuple[str, str]:
    """Kind and sentence of what concerns repair, leniency and fields, and of kinds of penalty."""
    match rule:
        case RepairCondition() | RepairMaterial():
            return _("修复申请"), rule.label
        case RefusalGround():
            return _("不予修复"), f"{rule.code} {rule.label}"
        case LeniencyRule():
            return _("初次、轻微的情形"), rule.text
        case FieldRule():
            return _("领域"), rule.label
    return _("处罚种类"), getattr(rule, "label", "") or rule.key


def tell_term(rule: TermRule) -> str:
    """A term in one sentence: how long at most, from which event, repair from when."""
    severity = words.say(words.SEVERITIES, rule.severity) if rule.severity in words.SEVERITIES else ""
    parts = [severity, words.say(words.STARTS, rule.start)]
    if rule.maximum:
        parts.append(_("最长公示 %(long)s") % {"long": period(rule.maximum)})
    if rule.minimum == AT_ONCE:
        parts.append(_("履行完义务即可申请修复"))
    elif rule.minimum:
        parts.append(_("满 %(long)s 后可申请修复") % {"long": period(rule.minimum)})
    return " · ".join(part for part in parts if part)


def period(word: str) -> str:
    """Write an ISO-like word such as 3m or 1y for reading."""
    if word == "open":
        return _("未规定上限")
    if word == "validity":
        return _("至文书有效期止")
    form = PERIODS.get(word[-1:])
    return _(form) % {"count": word[:-1]} if form else word
