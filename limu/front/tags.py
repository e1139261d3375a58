"""Filters of the public templates: a code becomes its word, fen become yuan, an exclusive end becomes a last day."""

from datetime import date, timedelta
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from limu.front import queries, rules, words
from limu.front.reply import Visit
from limu.law.rule import Deadline
from limu.linking.queries_review import Beside
from limu.linking.rules_review import Piece
from limu.page.speech import in_edition, one_is_single

register = template.Library()


@register.filter
def status(code: str) -> str:
    """Status of registration in words (登记状态)."""
    return words.say(words.STATUSES, code)


@register.filter
def kind(code: str) -> str:
    """Kind of organisation in words (主体类型)."""
    return words.say(words.KINDS, code)


@register.filter
def scope(code: str) -> str:
    """What a trace of a read covers, in words."""
    return words.say(words.SCOPES, words.scope_name(code))


@register.filter
def scope_told(code: str) -> str:
    """What a trace of a read covers, in words for its subject."""
    return _(words.scope_told(code))


@register.filter
def tab(code: str) -> str:
    """Title of a tab of the subject's file."""
    return words.say(words.TABS, code)


@register.filter
def route(code: str) -> str:
    """Name of a way to seek relief."""
    return words.say(words.ROUTES, code)


@register.filter
def confidence(code: str) -> str:
    """How sure we are of a rule, in words."""
    return words.say(words.CONFIDENCES, code)


@register.filter
def reason(hit: Any) -> str:
    """Why a search hit matched; the search room's own sentence where the word is unknown here."""
    return words.say(words.REASONS, hit.reason_code) if hit.reason_code in words.REASONS else str(hit.reason)


@register.filter
def yuan(fen: int) -> str:
    """Money in yuan with thousands."""
    return _("%(yuan)s 元") % {"yuan": f"{fen / 100:,.2f}"}


@register.filter
def lastday(until: date | None) -> str:
    """The last day before an exclusive end."""
    if until is None or until.year >= rules.OPEN_YEAR:
        return _("长期")
    return (until - timedelta(days=1)).isoformat()


@register.filter
def within(deadline: Deadline) -> str:
    """A period in words: from when, how long; 及时 where the texts give no figure."""
    start = words.say(words.STARTS, deadline.start)
    if deadline.count is None:
        return f"{start} {_('及时')}"
    return one_is_single(f"{start} {words.say(words.UNITS, deadline.unit) % {'count': deadline.count}}")


@register.filter
def cite(key: str, visit: Visit) -> str:
    """A citation key written out for reading."""
    return visit.book.in_words(key)


@register.filter
def standing(rule: str, visit: Visit) -> str:
    """How sure this deployment is of a rule, its officers' confirmations included."""
    ref = visit.book.ref(rule)
    is_by_two = ref.is_confirmed and ref.confidence != "confirmed"
    return _("已由两人核对") if is_by_two else words.say(words.CONFIDENCES, ref.confidence)


@register.filter
def summary(key: str, visit: Visit) -> str:
    """What an article says, in our own sentence."""
    article = visit.book.article(key)
    return article.summary if article else ""


@register.filter
def names(items: tuple[str, ...], visit: Visit) -> str:
    """Items by name; one that the catalogue does not hold is left out."""
    return "、".join(visit.items[item].name for item in items if item in visit.items)


@register.filter
def industry(text: str) -> str:
    """An industry by its name."""
    return queries.industry_name(text)


@register.filter
def laid(pieces: tuple[Piece, ...]) -> str:
    """The runs of a text, those that stand on one side alone marked; a dash for none."""
    runs = [format_html("<mark>{}</mark>" if one.is_alone else "{}", one.text) for one in pieces]
    return SafeString(f'<span lang="zh-Hans">{"".join(runs)}</span>' if runs else '<span class="muted">—</span>')


_ICON = (
    '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.6"'
    ' stroke-linecap="round" stroke-linejoin="round">{}</svg>'
)
_ICONS = {
    "agrees": SafeString(_ICON.format('<circle cx="8" cy="8" r="6.3"/><path d="m5.2 8.2 2 2 3.6-4.2"/>')),
    "differs": SafeString(_ICON.format('<path d="M8 1.8 15 14H1zM8 6.2v3.6M8 11.9v.1"/>')),
}


@register.filter
def in_words(beside: Beside) -> str:
    """What agrees and what differs, as items of a list with icon and words."""
    items = ((verdict, _ICONS[verdict], in_edition(words)) for verdict, words in beside.words)
    return format_html_join("", '<li class="light {}">{}{}</li>', items)
