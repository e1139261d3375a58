"""Finding the subject of each row of a chunk, and the judgements of people where none is found without doubt."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from uuid import UUID, uuid4

import polars as pl
from psycopg import Connection

from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.linking import store, store_undone
from limu.linking.queries_review import region_code
from limu.linking.rules import (
    Candidate,
    Linked,
    Outcome,
    Reasoned,
    RowFacts,
    Unsure,
    decide_link,
    differs_greatly,
    wanted_numbers,
)
from limu.subject import queries as subjects
from limu.terms.names import normalise_name
from limu.terms.uscc import clean_uscc

# Looking for similar names costs a search a row: a chunk with more unknown rows leaves it to the desk.
MOST_SEARCHED = 50
SHOWN = 5

EnterLinked = Callable[[UUID, UUID], UUID]
Reopen = Callable[[UUID, UUID | None], None]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person decided about a waiting row."""

    id: UUID
    verdict: Literal["linked", "not_linked", "undone"]
    record: UUID | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a row found no subject, and the candidates an officer will be shown."""

    row_number: int
    reason: str
    candidates: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """The subjects found for the rows of a chunk (row_number, subject, basis), and the rows that have to wait."""

    links: pl.DataFrame
    doubts: tuple[Doubt, ...]


_PAIR_SCHEMA: Final = dict.fromkeys(("party_uscc", "name", "subject"), pl.String())
DOUBT_SCHEMA: Final = {"row_number": pl.Int64(), "doubt": pl.String(), "candidates": pl.String()}
_as_json: Final = json.JSONEncoder(ensure_ascii=False).encode
LINK_SCHEMA: Final = {"row_number": pl.Int64(), "subject": pl.String(), "basis": pl.String()}


@dataclass(slots=True)
class Settled:
    """The pairs of code and name that a file has stated so far, each with the subject it settled, or with none.

    A file says the same of many rows; it is looked up once, so all of them are linked in the same way."""

    pairs: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_PAIR_SCHEMA))


def find_subjects(
    connection: Connection[Any], frame: pl.DataFrame, *, sent: tuple[UUID, str] | None = None,
    settled: Settled | None = None,
) -> Found:  # fmt: skip
    """Find the subject of each row of a chunk: exact codes in one look, the rest by rule. Changes nothing.

    What stays in doubt gets its reason and candidates. `sent` is the department and its item: a link to a record of
    theirs that a person took back is not made again. `settled` remembers from chunk to chunk of a file."""
    coded = _by_code(connection, frame, settled or Settled())
    rest = frame.join(coded, on="row_number", how="anti", maintain_order="left")
    rows = [_facts(row) for row in rest.select(_stated(rest)).iter_rows(named=True)]
    outcomes = decide_rows(connection, [facts for _, facts in rows])
    links, doubts = [], []
    for (number, facts), outcome in zip(rows, outcomes, strict=True):
        if isinstance(outcome, Linked):
            links.append((number, str(outcome.subject), outcome.basis))
        else:
            doubts.append((number, outcome, facts))
    searched = len(doubts) <= MOST_SEARCHED
    told = tuple(
        Doubt(number, outcome.reason, _shown(connection, facts, outcome, searched=searched))
        for number, outcome, facts in doubts
    )
    every = pl.concat([coded, pl.DataFrame(links, schema=LINK_SCHEMA, orient="row")])
    undone = store_undone.undone_links(connection, every, frame, sent=sent) if sent else []
    anew = tuple(Doubt(number, store_undone.ASKED_ANEW, [candidate]) for number, candidate in undone)
    kept = every.filter(~pl.col("row_number").is_in([one.row_number for one in anew])) if anew else every
    return Found(kept, told + anew)


def _by_code(connection: Connection[Any], frame: pl.DataFrame, settled: Settled) -> pl.DataFrame:
    """Rows whose exact unified code settles it; each distinct pair of code and name is looked up once."""
    code = pl.col("party_uscc").cast(pl.String)
    stated = frame.select("row_number", code, name=pl.col("party_normal").fill_null("").cast(pl.String))
    stated = stated.filter(pl.col("party_uscc").is_not_null())
    pairs = stated.select("party_uscc", "name").unique(maintain_order=True)
    new = pairs.join(settled.pairs, on=["party_uscc", "name"], how="anti", maintain_order="left")
    if new.height:
        found = store.subjects_by_pair(connection, new["party_uscc"].to_list(), new["name"].to_list())
        settled.pairs = pl.concat([settled.pairs, new.with_columns(pl.Series("subject", found, dtype=pl.String))])
    return (
        stated.join(settled.pairs.filter(pl.col("subject") != ""), on=["party_uscc", "name"], maintain_order="left")
        .select("row_number", "subject", basis=pl.lit("uscc"))
        .cast(LINK_SCHEMA)  # type: ignore[arg-type]
    )


def _stated(frame: pl.DataFrame) -> list[pl.Expr]:
    texts = {"name": "party_name", "uscc": "party_uscc", "normal": "party_normal"}
    texts |= {name: name for name in ("region", "address", "registrar")}
    there = {new: pl.col(old) if old in frame.columns else pl.lit(None, pl.String) for new, old in texts.items()}
    return [
        pl.col("row_number"), pl.col("party_numbers").fill_null([]).alias("numbers"),
        *(expression.fill_null("").alias(name) for name, expression in there.items()),
    ]  # fmt: skip


def doubt_frame(doubts: Sequence[Doubt]) -> pl.DataFrame:
    """Doubts as they are kept with the rows that wait: the reason, and the candidates as JSON."""
    rows = [(one.row_number, one.reason, _as_json(one.candidates)) for one in doubts]
    return pl.DataFrame(rows, schema=DOUBT_SCHEMA, orient="row")


def _facts(row: dict[str, Any]) -> tuple[int, RowFacts]:
    numbers = tuple(row["numbers"])
    return row["row_number"], RowFacts(
        row["name"], row["uscc"], numbers, region_code(row["region"]), row["address"], row["registrar"], row["normal"]
    )  # fmt: skip


def decide_rows(connection: Connection[Any], rows: Sequence[RowFacts]) -> list[Outcome]:
    """Decide rows by the register alone; one query finds the candidates of them all."""
    if not rows:
        return []
    wanted = [wanted_numbers(row) for row in rows]
    found = store.candidates(
        connection,
        codes=_every(clean_uscc(row.uscc) for row in rows),
        numbers=_every(number for numbers, _ in wanted for number in numbers),
        organisations=_every(code for _, codes in wanted for code in codes),
        names=_every(row.normal for row in rows),
    )
    by_text: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in found:
        by_text["name" if row["way"] == "former" else row["way"], row["asked"]].append(row)
    return [
        decide_link(row, _candidates(line for key in _keys(row, *want) for line in by_text.get(key, ())))
        for row, want in zip(rows, wanted, strict=True)
    ]


def _every(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]


def _keys(row: RowFacts, numbers: Sequence[str], organisations: Sequence[str]) -> list[tuple[str, str]]:
    return [
        ("uscc", clean_uscc(row.uscc)), *(("number", number) for number in numbers),
        *(("organisation_code", code) for code in organisations), ("name", row.normal),
    ]  # fmt: skip


def _candidates(lines: Iterable[dict[str, Any]]) -> tuple[Candidate, ...]:
    """Gather what was found into one candidate a subject, with every way that led to it."""
    gathered: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        gathered[line["subject"]].append(line)
    return tuple(
        Candidate(
            subject=subject, uscc=first["uscc"], name=first["name"], normal=first["normal"], kind=first["kind"],
            ways=frozenset([line["way"] for line in found]),
            number_kinds=tuple([line["number_kind"] for line in found if line["number_kind"]]),
            region=first["region"], registrar=first["registrar"], address=first["address"],
        )
        for subject, found in gathered.items() if (first := found[0])
    )  # fmt: skip


def _shown(connection: Connection[Any], facts: RowFacts, outcome: Outcome, *, searched: bool) -> list[dict[str, Any]]:
    found = list(outcome.candidates) if isinstance(outcome, Unsure) else []
    shown = [_described(one) for one in found]
    if searched and len(shown) < SHOWN and facts.name:
        shown += suggest(connection, facts.name, without=frozenset(one["uscc"] for one in shown))[: SHOWN - len(shown)]
    return shown


def _described(one: Reasoned) -> dict[str, Any]:
    return {
        "subject": str(one.candidate.subject), "uscc": one.candidate.uscc, "name": one.candidate.name,
        "reasons": list(one.reasons),
    }  # fmt: skip


def _found_whole(connection: Connection[Any], name: str) -> tuple[subjects.Hit, ...]:
    """Those found by a stated name as it stands: the desk is told why each matched, and not that words were left."""
    found = subjects.search(connection, name, limit=SHOWN)
    return () if found.answered_as else found.hits


def suggest(connection: Connection[Any], name: str, *, without: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """Look for registered names near a stated one, for the matching desk; nothing links by this."""
    stem = normalise_name(name).replace("(集团)", "").removesuffix("有限公司")
    hits = {hit.uscc: hit for text in (name, stem) if len(text) > 1 for hit in _found_whole(connection, text)}
    wanted = [code for code in hits if code not in without]
    rows = {row["uscc"]: row for row in store.subjects_by_code(connection, wanted)}
    return [
        {"subject": str(row["subject"]), "uscc": code, "name": row["name"], "reasons": [hits[code].reason]}
        for code in wanted
        if (row := rows.get(code))
    ]


def judge(
    connection: Connection[Any],
    *,
    pending: UUID,
    subject: UUID | None,
    officer: Officer,
    enter_linked: EnterLinked,
    reason: str | None = None,
    second: Officer | None = None,
    act: UUID | None = None,
) -> Judgement | Refusal:
    """Decide whom a waiting row is about, or (subject None) that none of the candidates is meant.

    Names far apart need a reason and a second person. `enter_linked(pending, subject)` writes the record; `act` names
    the press by which several rows are judged together."""
    row = store.find_pending(connection, pending)
    if row is None:
        return NOT_THERE
    if refusal := _may_judge(row, officer=officer, second=second):
        return refusal
    evidence: dict[str, Any] = {"stated": row["party"], "name": row["party_name"], "waited_for": row["reason"],
                                "before": "waiting", "after": "linked" if subject else "not_linked"}  # fmt: skip
    record = None
    if subject is not None:
        registered = store.subject_name(connection, subject)
        if registered is None:
            return NOT_THERE
        if refusal := _needs_more(row["party_name"], registered, reason=reason, second=second):
            return refusal
        evidence |= {"registered": registered, "candidates": row["candidates"]}
        record = enter_linked(pending, subject)
    made = Judgement(uuid4(), "linked" if subject else "not_linked", record)
    _append(
        connection, made, row=row | {"act": act}, subject=subject, officer=officer, second=second, reason=reason,
        evidence=evidence,
    )  # fmt: skip
    return made


def _may_judge(row: dict[str, Any], *, officer: Officer, second: Officer | None) -> Refusal | None:
    for one in (officer, second):
        if one is not None and (refusal := authorise(one, "judge_link", row["department"])):
            return refusal
    if row["settled_at"] is not None:
        return Refusal("K-101", "这一行已经办结。", "如需更改，请先撤销原来的判定。")
    if second is not None and second.person == officer.person:
        return Refusal("K-102", "不能由同一人的两个账号共同确认。", "请由另一名工作人员确认。")
    return None


def _needs_more(stated: str, registered: str, *, reason: str | None, second: Officer | None) -> Refusal | None:
    if not differs_greatly(stated, registered):
        return None
    if not (reason and reason.strip()):
        return Refusal("K-103", "名称差异较大，请填写依据。", f"报送名称“{stated}”，登记名称“{registered}”。")
    if second is None:
        return Refusal("K-104", "名称差异较大，须由另一名工作人员共同确认。", "请指定第二名办理人。")
    return None


def undo(
    connection: Connection[Any], *, judgement: UUID, officer: Officer, reason: str, reopen: Reopen
) -> Judgement | Refusal:
    """Undo a judgement: a row of its own; the record leaves its subject and the row waits again.

    `reopen(pending, record)` takes the record down, if there is one, and opens the waiting row."""
    made = store.find_judgement(connection, judgement)
    if made is None:
        return NOT_THERE
    if refusal := authorise(officer, "judge_link", made["department"]):
        return refusal
    if made["is_undone"] or made["verdict"] == "undone":
        return Refusal("K-105", "这一判定不能撤销。", "只有尚未撤销的“已关联”或“不关联”判定可以撤销。")
    if not reason.strip():
        return Refusal("K-106", "撤销须写明原因。", "请填写原因。")
    reopen(made["pending"], made["record"])
    undone = Judgement(uuid4(), "undone", made["record"])
    row = {"id": made["pending"], "department": made["department"]}
    evidence = {"before": made["verdict"], "after": "waiting"}
    _append(
        connection, undone, row=row, subject=made["subject"], officer=officer, second=None, reason=reason,
        evidence=evidence, undoes=judgement,
    )  # fmt: skip
    return undone


def _append(
    connection: Connection[Any], made: Judgement, *, row: dict[str, Any], subject: UUID | None, officer: Officer,
    second: Officer | None, reason: str | None, evidence: dict[str, Any], undoes: UUID | None = None,
) -> None:  # fmt: skip
    store.insert_judgement(connection, {
        "id": made.id, "pending": row["id"], "department": row["department"], "subject": subject, "record": made.record,
        "verdict": made.verdict, "undoes": undoes, "evidence": evidence, "reason": reason, "officer": officer.id,
        "person": officer.person, "second_person": second.person if second else None, "act": row.get("act"),
    })  # fmt: skip
