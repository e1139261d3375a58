"""What may be collected: the fields of a catalogue item and the item itself (公共信用信息目录条目)."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

FieldKind = Literal["text", "uscc", "name", "day", "amount_wan", "amount_yuan", "code", "codes", "integer", "number"]
Need = Literal["accept", "publish", "no"]
Publicity = Literal["public", "closed"]
Personal = Literal["none", "person", "identity_number", "contact"]

RECORD_COLUMNS: Final[tuple[str, ...]] = (
    "document_number",
    "authority",
    "authority_uscc",
    "decided_on",
    "published_on",
    "conduct_ended_on",
    "valid_from",
    "valid_until",
    "severity",
    "kinds",
    "fine_fen",
)
"""Typed columns of a record that a field can feed (design, section 7)."""

PARTY_COLUMNS: Final[tuple[str, ...]] = (
    "party_name",
    "party_uscc",
    "party_registration_number",
    "party_organisation_code",
    "party_tax_number",
    "party_institution_number",
    "party_social_number",
    "party_kind",
    "region",
    "address",
    "registrar",
)
"""Typed columns about the party, by which the record finds its subject."""

NUMBER_COLUMNS: Final[tuple[str, ...]] = PARTY_COLUMNS[1:7]
"""Party columns that hold a number of the organisation."""

REQUIRED_MARK: Final = "＊"
"""Before the header of a column that a template asks for (ux.md 2.3)."""

CLASS_NAMES: Final[dict[int, str]] = {
    1: "登记注册基本信息",
    2: "司法裁判及执行信息",
    3: "行政管理信息",
    4: "职称和职业信息",
    5: "经营（活动）异常名录（状态）信息",
    6: "严重失信主体名单信息",
    7: "有关合同履行信息",
    8: "信用承诺及其履行情况信息",
    9: "信用评价结果信息",
    10: "遵守法律法规情况信息",
    11: "诚实守信相关荣誉信息",
    12: "知识产权信息",
    13: "经营主体自愿提供的信用信息",
}
"""The 13 classes of the national basic catalogue, 2024 edition (发改财金规〔2024〕203号)."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of an item: what it is called, holds, needs and shows, and which record column it feeds."""

    code: str
    label: str
    aliases: tuple[str, ...]
    kind: FieldKind
    length: int | None
    required: Need
    publicity: Publicity
    subject_report: bool
    personal: Personal
    codelist: tuple[str, ...]
    description: str
    example: str
    column: str | None

    @property
    def is_public(self) -> bool:
        """True when the public may read it; nothing personal ever is (个人信息保护法 25)."""
        return self.publicity == "public" and self.personal == "none"


@dataclass(frozen=True, slots=True)
class Item:
    """A kind of record that may be collected, with its legal basis (目录条目)."""

    code: str
    version: int
    name: str
    class_number: int
    basis: tuple[str, ...]
    departments: str
    subject_kinds: tuple[str, ...]
    frequency: str
    sharing: str
    publicity: Publicity
    severity_rule: str
    natural_key: tuple[str, ...]
    adverse: bool
    fields: tuple[Field, ...]
    in_force_from: date
    in_force_until: date | None = None
    information_kind: str = "organisation_conduct"
    description: str = ""

    @property
    def class_name(self) -> str:
        """Name of the class in the national catalogue."""
        return CLASS_NAMES[self.class_number]

    def field(self, code: str) -> Field | None:
        """The field of that code, if the item has it."""
        return next((field for field in self.fields if field.code == code), None)

    def field_for(self, column: str) -> Field | None:
        """The field that feeds a typed column of the record, if one does."""
        return next((field for field in self.fields if field.column == column), None)

    def headers(self) -> dict[str, str]:
        """Every header a file may carry for a field (code, label, alias), to the field's code.

        A code or label beats an alias; of two fields that claim the same alias the first has it. A label is known
        with the template's mark of a required column as well.
        """
        names = [(field.code, name) for field in reversed(self.fields) for name in (field.label, field.code)]
        own = {name: code for code, name in [*names, *((code, REQUIRED_MARK + name) for code, name in names)]}
        aliases = {alias: field.code for field in reversed(self.fields) for alias in field.aliases}
        return {**aliases, **own}

    def is_in_force(self, on: date) -> bool:
        """True from the first day in force to the day before the first day out of force."""
        return self.in_force_from <= on and (self.in_force_until is None or on < self.in_force_until)


SOLE_TRADER = "92"
CLOSED_FOR_SOLE_TRADERS = ("address", "legal_representative")


def is_shown(field: Field, uscc: str) -> bool:
    """Tell whether the public sees a field: public by its item, and not a sole trader's home (design.md 3)."""
    return field.is_public and not (uscc.startswith(SOLE_TRADER) and field.code in CLOSED_FOR_SOLE_TRADERS)
