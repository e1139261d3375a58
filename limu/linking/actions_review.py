"""The acts of the matching desk: judge or wait for a second person, settle what waits, judge what is alike, undo."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol
from uuid import UUID, uuid4

from psycopg import Connection, Rollback

from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.department.store import find_officer
from limu.linking import store, store_review
from limu.linking.actions import Judgement
from limu.linking.queries_review import row_facts
from limu.linking.rules_review import Risk, needs_second, risks_of
from limu.linking.store_review import Wish

ACT = "judge_link"
NO_REASON = Refusal("K-103", "名称差异较大，请填写依据。", "请写明凭什么认定是同一主体，例如变更登记通知书。")
NO_REASON_RISK = Refusal(
    "K-108", "这一关联有风险，请填写依据。", "请写明凭什么认定是同一主体；随后由另一名工作人员确认。"
)
WAITS = Refusal("K-109", "这一行已有一份判定等待另一人确认。", "请先确认或者退回那份判定。")
NONE_WAITS = Refusal("K-110", "没有等待确认的判定。", "可能已由他人办结，请刷新页面。")
SAME_PERSON = Refusal("K-102", "不能由同一人的两个账号共同确认。", "请由另一名工作人员确认。")
NO_CHOICE = Refusal("K-111", "没有选择主体。", "请选择一个候选主体，或填写其他主体的统一社会信用代码。")


class Judge(Protocol):
    """Enters a judgement with all that follows from it (limu.reactions.judge_link)."""

    def __call__(
        self, connection: Connection[Any], *, pending: UUID, subject: UUID | None, officer: Officer,
        reason: str | None = None, second: Officer | None = None, act: UUID | None = None,
    ) -> Judgement | Refusal:  # fmt: skip
        """Judge one row; after a refusal the caller rolls back."""


Undo = Callable[[UUID], Judgement | Refusal]


@dataclass(frozen=True, slots=True)
class Waits:
    """A first judgement that another person has to confirm."""

    wish: UUID
    risks: tuple[Risk, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """What one act on rows that are alike brought."""

    done: tuple[Judgement, ...]
    refused: tuple[Refusal, ...]


def judge_or_wait(
    connection: Connection[Any], *, pending: UUID, subject: UUID | None, officer: Officer, reason: str,
    second_at: int, judge: Judge,
) -> Judgement | Waits | Refusal:  # fmt: skip
    """Judge a row at once, or keep the first judgement for another person where the risk asks for one."""
    row = store_review.find_row(connection, pending)
    if row is None or authorise(officer, ACT, row["department"]):
        return NOT_THERE
    if row["is_wished"]:
        return WAITS
    if subject is not None:
        risks = _risks(connection, row, subject)
        if risks is None:
            return NOT_THERE
        if row["settled_at"] is None and needs_second(risks, second_at=second_at):
            return _ask(connection, row, subject=subject, officer=officer, said=(reason.strip(), risks))
    return judge(connection, pending=pending, subject=subject, officer=officer, reason=reason.strip() or None)


def _risks(connection: Connection[Any], row: dict[str, Any], subject: UUID) -> tuple[Risk, ...] | None:
    subjects = {UUID(one["subject"]) for one in row["candidates"] if one.get("subject")} | {subject}
    known = store_review.known(connection, list(subjects))
    if subject not in known:
        return None
    others = [one for one in known.values() if one.subject != subject]
    return risks_of(row_facts(row), known[subject], others)


def _ask(
    connection: Connection[Any], row: dict[str, Any], *, subject: UUID, officer: Officer,
    said: tuple[str, tuple[Risk, ...]],
) -> Waits | Refusal:  # fmt: skip
    reason, risks = said
    if not reason:
        return NO_REASON if any(one.words == "名称差异较大" for one in risks) else NO_REASON_RISK
    wish = uuid4()
    is_new = store_review.insert_wish(connection, {
        "id": wish, "pending": row["id"], "department": row["department"], "subject": subject, "reason": reason,
        "risks": [one.words for one in risks], "asked_by": officer.id,
    })  # fmt: skip
    return Waits(wish, risks) if is_new else WAITS


def settle(
    connection: Connection[Any], *, pending: UUID, officer: Officer, is_agreed: bool, judge: Judge
) -> Judgement | Wish | Refusal:
    """Confirm a first judgement by another person, who then shares it, or send it back; its author may withdraw it."""
    wish = store_review.open_wish(connection, pending)
    if wish is None:
        return NONE_WAITS
    if refusal := authorise(officer, ACT, wish.department):
        return refusal
    if not is_agreed:
        store_review.settle_wish(connection, wish.id, officer=officer.id, is_agreed=False)
        return wish
    asker = find_officer(connection, wish.asked_code)
    if asker is None or not asker.is_active:
        return NOT_THERE
    if asker.person == officer.person:
        return SAME_PERSON
    store_review.settle_wish(connection, wish.id, officer=officer.id, is_agreed=True)
    return judge(connection, pending=pending, subject=wish.subject, officer=asker, reason=wish.reason, second=officer)


def judge_alike(
    connection: Connection[Any], *, pending: UUID, subject: UUID | None, officer: Officer, reason: str,
    second_at: int, judge: Judge,
) -> Together | Refusal:  # fmt: skip
    """Judge every waiting row that says the same and has the same candidates by one act; risky ones are not for it."""
    row = store_review.find_row(connection, pending)
    if row is None:
        return NOT_THERE
    risks = () if subject is None else _risks(connection, row, subject)
    if risks is None:
        return NOT_THERE
    if needs_second(risks, second_at=second_at):
        return Refusal("K-112", "有风险的关联不能批量办理。", "请逐行办理，并由另一名工作人员确认。")
    act = uuid4()
    make = partial(judge, connection, subject=subject, officer=officer, reason=reason.strip() or None, act=act)
    made = [_one(connection, partial(make, pending=one["id"])) for one in store_review.alike(connection, pending)]
    done = tuple(one for one in made if isinstance(one, Judgement))
    return Together(done, tuple(one for one in made if isinstance(one, Refusal)))


def _one(connection: Connection[Any], work: Callable[[], Judgement | Refusal]) -> Judgement | Refusal:
    """Do one of many in a savepoint: what is refused leaves nothing and does not hold the others up."""
    with connection.transaction() as savepoint:
        made = work()
        if isinstance(made, Refusal):
            raise Rollback(savepoint)
    return made


def undo_act(connection: Connection[Any], *, judgement: UUID, undo: Undo) -> Sequence[Judgement] | Refusal:
    """Undo a judgement, and with it all that the same press made; one refusal refuses all."""
    if store.find_judgement(connection, judgement) is None:
        return NOT_THERE
    done = []
    for one in store_review.same_act(connection, judgement) or [judgement]:
        made = undo(one)
        if isinstance(made, Refusal):
            return made
        done.append(made)
    return done
