"""A hearing before an entry is decided (行政处罚法 63, 64): who may ask until when, on which day, under whom."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from limu.department.rules import Refusal
from limu.listing.rules import DECIDED, ENDED, Entry, ListKind, refuse_decider, refuse_in_window
from limu.terms.days import Calendar, add_working_days

ASKED: Final = "要求举行听证。"
WITHDRAWN: Final = "撤回听证申请。"
REQUEST_CHARACTERS: Final = 2000

NO_HEARING = Refusal("N-221", "该名单的规则没有规定听证。", "可以在陈述申辩期内提出陈述、申辩。")
ASKED_ALREADY = Refusal("N-222", "已经提出听证申请。", "请等待听证通知。")
LONG_REQUEST = Refusal("N-223", "听证的理由超过二千字。", "请写明要点；详细材料可以在听证时提交。")
NOT_ASKED = Refusal("N-224", "主体没有要求听证。", "没有听证申请的，期满后直接作出决定。")
HEARD = Refusal("N-225", "听证已经举行。", "请由提出人以外的另一人根据听证笔录作出决定。")
NO_DAY = Refusal("N-226", "没有写明听证的日期和地点。", "请填写日期和地点。")
NOT_FIXED = Refusal("N-227", "尚未通知听证的日期，不能登记笔录。", "请先定听证日期并通知主体。")
PRESIDED_BY_PROPOSER = Refusal(
    "N-228", "听证须由提出人以外的人员主持，不能由同一人的两个账号完成。", "请由另一名名单认定员主持并登记笔录。"
)

WISH_IS_OWN = Refusal("N-234", "主体在企业服务中提出的听证申请，由主体在企业服务中撤回。", "没有撤回的，依法举行听证。")
LONG_WITHDRAWAL = Refusal("N-235", "撤回的理由超过二千字。", "请写明要点，也可以不写理由。")


def request_ends(kind: ListKind, noticed_on: date, calendar: Calendar) -> date | None:
    """Last day on which the subject may ask for a hearing; None where the rule of the list gives none."""
    return add_working_days(noticed_on, kind.hearing_days, calendar=calendar).day if kind.hearing else None


def refuse_request(entry: Entry, *, text: str, on: date) -> Refusal | None:
    """Why a wish for a hearing may not be taken; reasons need not be given."""
    if entry.decided_on is not None or entry.exited_on is not None:
        return DECIDED
    if entry.hearing_until is None:
        return NO_HEARING
    if entry.hearing_asked_on is not None:
        return ASKED_ALREADY
    if on > entry.hearing_until:
        return Refusal("N-229", f"要求听证的期限至 {entry.hearing_until}，已经过期。", "仍可以提出陈述、申辩。")
    return LONG_REQUEST if len(text.strip()) > REQUEST_CHARACTERS else None


def refuse_withdrawal(entry: Entry, *, text: str, is_own: bool) -> Refusal | None:
    """Why a wish for a hearing may not be taken back: by who asked alone, until it was heard.

    Its days run as they ran: until they are over it may be asked for again and nothing is decided."""
    if refusal := _not_open(entry):
        return refusal
    if entry.hearing_is_own and not is_own:
        return WISH_IS_OWN
    return LONG_WITHDRAWAL if len(text.strip()) > REQUEST_CHARACTERS else None


def earliest_hearing(kind: ListKind, told_on: date, calendar: Calendar) -> date:
    """First day on which a hearing may be held that is told today: whole working days lie between."""
    return add_working_days(told_on, kind.hearing_notice_days, calendar=calendar).day + timedelta(days=1)


def refuse_day(
    kind: ListKind, entry: Entry, *, hearing_on: date | None, on: date, calendar: Calendar
) -> Refusal | None:
    """Why the day of a hearing may not be fixed, or put off, so."""
    if refusal := _not_open(entry):
        return refusal
    if hearing_on is None:
        return NO_DAY
    earliest = earliest_hearing(kind, on, calendar)
    if hearing_on < earliest:
        days = kind.hearing_notice_days
        return Refusal("N-230", f"举行听证的 {days} 个工作日前须通知主体，最早 {earliest}。", "请另定日期。")
    return None


def refuse_minutes(entry: Entry, *, person: UUID, on: date) -> Refusal | None:
    """Why a person may not enter the minutes of a hearing today."""
    if refusal := _not_open(entry):
        return refusal
    if entry.hearing_on is None:
        return NOT_FIXED
    if on < entry.hearing_on:
        return Refusal("N-231", f"听证定于 {entry.hearing_on}，尚未举行。", "请在听证之后登记笔录。")
    return PRESIDED_BY_PROPOSER if person == entry.proposed_by else None


def _not_open(entry: Entry) -> Refusal | None:
    if entry.exited_on is not None:
        return ENDED
    if entry.decided_on is not None:
        return DECIDED
    if entry.hearing_asked_on is None:
        return NOT_ASKED
    return HEARD if entry.heard_on is not None else None


def refuse_entering(entry: Entry, *, person: UUID, on: date) -> Refusal | None:
    """Why a person may not decide to enter now; a hearing asked for is named before a window that still runs."""
    if refusal := refuse_decider(entry, person=person):
        return refusal
    window, hearing = refuse_in_window(entry, on=on), refuse_before_hearing(entry, on=on)
    return (hearing or window) if entry.hearing_asked_on is not None else (window or hearing)


def refuse_before_hearing(entry: Entry, *, on: date) -> Refusal | None:
    """Why an entry may not be decided against its subject yet: a hearing may still be asked for, or was not held."""
    if entry.hearing_until is None or entry.heard_on is not None:
        return None
    if entry.hearing_asked_on is not None:
        return Refusal("N-232", "主体要求听证，听证举行之前不得决定列入。", "请举行听证，根据听证笔录作出决定。")
    if on <= entry.hearing_until:
        until = entry.hearing_until
        return Refusal("N-233", f"主体可以在 {until} 前（含当日）要求听证，期满前不得决定列入。", "请在期满之后决定。")
    return None
