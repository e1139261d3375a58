"""The fictional region 990100 of ux.md 5.7, written straight into a database of its own."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from psycopg.types.json import Jsonb

from limu.catalogue.queries import shipped_items
from limu.catalogue.store import insert_item
from limu.subject.actions import load_frame
from limu.wire.clock import Clock, store_clock
from limu.wire.database import Database
from limu.wire.lawbook import note_addition

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SPACE = uuid.UUID("9901009e-0000-7000-8000-000000000000")
BUILDER, GROUP, SHOP = "91990100MA0000001G", "91990100MA0000002K", "92990100MA00000070"
SUBJECTS = (
    (BUILDER, "示例市清河建材有限公司"),
    (GROUP, "示例市清河建材（集团）有限公司"),
    ("91990100MA0000003N", "示例市云栖物业服务有限公司"),
    ("12990100MB00000041", "示例市第一事业单位"),
    ("52990100MJ0000005E", "示例市示例社会组织"),
    ("N2990100MF0000006R", "示例市示例村股份经济合作社"),
    (SHOP, "示例市老王小吃店"),
)
FACTS = "2026年6月12日抽样检验发现，当事人销售的水泥强度不符合国家标准。"


@dataclass(frozen=True, slots=True)
class Deed:
    """A record to write: what the department decided, and from when until when it is public."""

    key: str
    number: str
    authority: str
    decided_on: date
    severity: str | None
    shown_until: date
    item: str = "penalty"
    party: str = BUILDER
    decision: str = "published"
    repair_on: date | None = None

    @property
    def id(self) -> uuid.UUID:
        """The record's id, the same in every run."""
        return uuid.uuid5(SPACE, self.key)


A = Deed(
    "A",
    "示市监罚〔2026〕112号",
    "示例市市场监督管理局",
    date(2026, 7, 1),
    "general",
    date(2027, 7, 1),
    repair_on=date(2026, 10, 1),
)
B = Deed("B", "示环罚〔2026〕37号", "示例市生态环境局", date(2026, 8, 1), "general", date(2027, 8, 1))
C = Deed("C", "示建罚〔2026〕8号", "示例市住房和城乡建设局", date(2026, 3, 1), "serious", date(2029, 3, 1))
D = Deed(
    "D",
    "示市监罚〔2026〕5号",
    "示例市市场监督管理局",
    date(2026, 9, 1),
    "minor",
    date(2026, 12, 1),
    decision="withheld",
)
GONE = Deed("E", "示市监罚〔2025〕77号", "示例市市场监督管理局", date(2025, 6, 1), "general", date(2026, 6, 1))
PERMIT = Deed(
    "P", "示市监许〔2026〕2201号", "示例市市场监督管理局", date(2026, 5, 20), None, date(2029, 5, 20), "permit", GROUP
)
SNACKS = Deed(
    "S", "示市监罚〔2026〕9号", "示例市市场监督管理局", date(2026, 7, 2), "general", date(2027, 7, 2), party=SHOP
)
DEEDS = (A, B, C, D, GONE, PERMIT, SNACKS)


def of(key: str) -> uuid.UUID:
    """An id by its word, the same in every run."""
    return uuid.uuid5(SPACE, key)


def build(database: Database) -> None:
    """Write the region: departments, catalogue, subjects, one submission an item, the deeds and their publication."""
    with database.connect("owner") as owner:
        store_clock(owner, Clock(NOW - Clock().now()))
    with database.connect("admin") as admin:
        admin.execute("SET search_path = limu, shown")
        _offices(admin)
    with database.connect("app") as app:
        _register(app)
    with database.connect("admin") as admin:
        admin.execute("SET search_path = limu, shown")
        for deed in DEEDS:
            _record(admin, deed)
        admin.execute("UPDATE register_state SET changed_at = %s", (NOW,))


def _offices(admin: Any) -> None:
    admin.execute("INSERT INTO person VALUES (%s, '甲'), (%s, '乙')", (of("person1"), of("person2")))
    admin.execute(
        "INSERT INTO department (id, uscc, name, short_name, region) VALUES (%s, %s, %s, %s, '990100')",
        (of("dept"), "11990100MB0000008G", "示例市市场监督管理局", "市场监管局"),
    )
    admin.execute(
        "INSERT INTO officer (id, code, person, department, roles) VALUES (%s, 'clerk.one', %s, %s, '{clerk}')",
        (of("officer"), of("person1"), of("dept")),
    )
    for item in shipped_items():
        insert_item(admin, item, drafted_by=of("person1"), confirmed_by=of("person2"))
    for code in ("penalty", "permit"):
        admin.execute("INSERT INTO item_owner VALUES (%s, %s)", (code, of("dept")))
        count = sum(deed.item == code for deed in DEEDS)
        shown = sum(deed.item == code and deed.decision == "published" for deed in DEEDS)
        admin.execute(
            """INSERT INTO submission (id, department, item, item_version, officer, file_hash, state, received,
                   accepted, linked, published, withheld, received_at)
               VALUES (%s, %s, %s, 1, %s, %s, 'done', %s, %s, %s, %s, %s, %s)""",
            (
                of(code),
                of("dept"),
                code,
                of("officer"),
                code.encode().ljust(32, b"."),
                *[count] * 3,
                shown,
                count - shown,
                NOW,
            ),
        )


def _register(connection: Any) -> None:
    """The seven organisations, through the door every register comes by, so that search knows them."""
    known = {
        "region": "990100",
        "address": "示例市清河区建设路18号",
        "status": "存续",
        "industry": "5165",
        "registrar": "示例市市场监督管理局",
    }
    rows = [known | {"name": name, "code": code, "registered_on": "2011-05-04"} for code, name in SUBJECTS]
    account = load_frame(connection, pl.DataFrame(rows), source="test")
    assert account.added == len(SUBJECTS), account.problems


def party_of(connection: Any, deed: Deed) -> uuid.UUID:
    """The subject a deed is about."""
    found = connection.execute("SELECT id FROM limu.subject WHERE uscc = %s", (deed.party,)).fetchone()
    return uuid.UUID(str(found["id"]))


def _record(admin: Any, deed: Deed) -> None:
    party = party_of(admin, deed)
    content = {"facts": FACTS, "decision": "责令停止销售，罚款2万元。", "address": "示例市清河区建设路18号"}
    decided = (deed.number, deed.authority, deed.decided_on, deed.severity, ["罚款"])
    admin.execute(
        """INSERT INTO record (id, subject, department, item, natural_key, document_number, authority, decided_on,
               severity, kinds, content, content_hash, submission, recorded_at, item_version, fine_fen,
               link_basis, row_number)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 1, 2000000, 'uscc', 1)""",
        (
            deed.id,
            party,
            of("dept"),
            deed.item,
            deed.id.bytes,
            *decided,
            Jsonb(content),
            deed.id.bytes,
            of(deed.item),
            NOW,
        ),
    )
    admin.execute(
        """INSERT INTO publication (subject, record, department, known_from, decision, reason, shown_from, shown_until,
               earliest_repair_on, rule)
           VALUES (%s, %s, %s, %s, %s, 'test', %s, %s, %s, %s)""",
        (
            party,
            deed.id,
            of("dept"),
            NOW,
            deed.decision,
            deed.decided_on,
            deed.shown_until,
            deed.repair_on,
            RULES[deed.item],
        ),
    )


RULES = {"penalty": "term/ndrc-36/general", "permit": "term/permit"}


def end(database: Database, deed: Deed) -> None:
    """End a publication and move the register's version, as a repair does."""
    with database.connect("admin") as admin:
        admin.execute("SET search_path = limu, shown")
        now = admin.execute(
            """UPDATE publication SET known_until = greatest(register_now(), known_from + interval '1 second')
               WHERE record = %s AND known_until = 'infinity' RETURNING known_until""",
            (deed.id,),
        ).fetchone()
        assert now
        admin.execute(
            """INSERT INTO publication (subject, record, department, known_from, decision, reason)
               VALUES (%s, %s, %s, %s, 'ended', 'repaired')""",
            (party_of(admin, deed), deed.id, of("dept"), now["known_until"]),
        )
        admin.execute("UPDATE register_state SET version = version + 1, changed_at = register_now()")


def set_clock(database: Database, now: datetime) -> None:
    """Move the register's clock."""
    with database.connect("owner") as owner:
        store_clock(owner, Clock(now - Clock().now()))


def add_law(database: Database) -> bytes:
    """Register a local addition by the region's officer; returns its hash."""
    with database.connect("app") as app:
        digest = note_addition(
            app,
            rule="deadline/local/objection",
            difference="异议当日标注",
            basis=("《信用修复管理办法》第三条", "https://example.org/36"),
            text='[[deadline]]\nkey = "deadline/local/objection"\nact = "objection_mark"\nlabel = "标注异议"\n'
            'count = 1\nstart = "receipt"\nregion = "990100"\ncitations = ["ndrc-36/3"]\nconfidence = "confirmed"\n',
            officer=of("officer"),
        )
        app.commit()
    return digest
