"""Checks on the party: named, numbered, an organisation."""

from typing import Final

import polars as pl

from limu.check.declare import Check, Scope, check, feeding, typed, valid
from limu.check.finding import PERSON
from limu.record.item import NUMBER_COLUMNS, Field
from limu.terms.columns import as_expression, through_unique
from limu.terms.identity import has_personal_number, is_resident_number
from limu.terms.names import is_organisation_name, looks_like_person
from limu.terms.numbers import NumberKind, classify_number
from limu.terms.uscc import ALPHABET, PREFIXES, diagnose_uscc, is_placeholder

NATURAL: Final = "自然人"
SURE_ORGANISATION: Final = "公司|银行|支行|集团|合作社|联社|信用社|事务所|委员会|政府|协会|基金会|医院|学校|大学"
"""Words no person's name carries: they spare the closer look that `limu.terms.names` takes."""

_OLD_NUMBERS: Final = {NumberKind.REGISTRATION, NumberKind.TAX, NumberKind.ORGANISATION_CODE}


def _explain_uscc(value: str) -> tuple[str, str]:
    fault = diagnose_uscc(value)
    return (fault.message, fault.cure) if fault else ("不是统一社会信用代码", "请核对营业执照或登记证书。")


def _broken(field: Field) -> pl.Expr:
    return pl.col(typed(field.code)).is_not_null() & ~pl.col(valid(field.code))


def _is_well_formed(code: pl.Expr) -> pl.Expr:
    return code.str.contains(f"^[{ALPHABET}]{{18}}$")


def _has_known_prefix(code: pl.Expr) -> pl.Expr:
    return code.str.contains("^(?:" + "|".join(f"{first}[{seconds}]" for first, seconds in PREFIXES.items()) + ")")


@check(
    "P-101",
    level="refuse",
    citation="opinion-2025/6",
    on=feeding("party_name"),
    on_absent=True,
    wrong="名称和代码都没有填写",
    cure="请至少填写名称和统一社会信用代码之一。",
)
def party_is_not_told(field: Field, scope: Scope) -> pl.Expr:
    """Neither a name nor a number says whom the record is about."""
    numbers = [scope.text(one.code) for one in scope.item.fields if one.column in NUMBER_COLUMNS]
    return scope.text(field.code).is_null() & pl.all_horizontal([number.is_null() for number in numbers] or [True])


@check(
    "P-102",
    level="warn",
    citation="ndrc-2018-424/publication",
    on=feeding("party_uscc"),
    on_absent=True,
    wrong="没有填写，只能按名称比对，可能要等待人工确认",
    cure="请补填营业执照或登记证书上的 18 位代码。",
)
def party_has_no_number(field: Field, scope: Scope) -> pl.Expr:
    """Without any number the record can be matched by name only, and a name alone attaches nothing (promise 4)."""
    del field
    numbers = [scope.text(one.code) for one in scope.item.fields if one.column in NUMBER_COLUMNS]
    name = scope.item.field_for("party_name")
    return scope.text(name.code if name else "").is_not_null() & pl.all_horizontal([one.is_null() for one in numbers])


@check(
    "P-103",
    level="warn",
    citation="pipl/25",
    on=feeding("party_uscc"),
    wrong="只是占位号，按空白处理",
    cure="没有代码的请留空。",
)
def uscc_is_a_placeholder(field: Field, scope: Scope) -> pl.Expr:
    """A filler such as 00000000000000000X or 无 is not an identity (law.md 13, no. 36)."""
    return scope.text(field.code).is_not_null() & pl.col(typed(field.code)).is_null()


@check(
    "P-104",
    level="refuse",
    citation="ndrc-2018-424/publication",
    on=feeding("party_uscc"),
    explain=_explain_uscc,
    wrong="应为 18 位",
    cure="请核对营业执照或登记证书。",
)
def uscc_has_a_wrong_length(field: Field, scope: Scope) -> pl.Expr:
    """A unified code has 18 characters (GB 32100); 15 are an older number and only warn."""
    del scope
    length = pl.col(typed(field.code)).str.len_chars()
    return _broken(field) & (length != 18) & ~_is_old_number(field)


@check(
    "P-105",
    level="refuse",
    citation="ndrc-2018-424/publication",
    on=feeding("party_uscc"),
    explain=_explain_uscc,
    wrong="含有代码不用的字符",
    cure="请核对营业执照或登记证书。",
)
def uscc_has_a_strange_letter(field: Field, scope: Scope) -> pl.Expr:
    """A unified code has no I, O, S, V, Z and no small letters (GB 32100)."""
    del scope
    code = pl.col(typed(field.code))
    return _broken(field) & (code.str.len_chars() == 18) & ~_is_well_formed(code)


@check(
    "P-106",
    level="refuse",
    citation="ndrc-2018-424/publication",
    on=feeding("party_uscc"),
    explain=_explain_uscc,
    wrong="前两位不是已知的登记管理部门和机构类别",
    cure="请核对营业执照或登记证书。",
)
def uscc_has_an_unknown_prefix(field: Field, scope: Scope) -> pl.Expr:
    """The first two characters are no registering department and kind of body (GB 32100, table 1)."""
    del scope
    code = pl.col(typed(field.code))
    return _broken(field) & _is_well_formed(code) & ~_has_known_prefix(code)


@check(
    "P-107",
    level="refuse",
    citation="ndrc-2018-424/publication",
    on=feeding("party_uscc"),
    explain=_explain_uscc,
    wrong="第 18 位校验码不对",
    cure="请核对营业执照或登记证书。",
)
def uscc_has_a_wrong_check_character(field: Field, scope: Scope) -> pl.Expr:
    """The eighteenth character does not follow from the first seventeen (GB 32100, 4.5)."""
    del scope
    code = pl.col(typed(field.code))
    return _broken(field) & _is_well_formed(code) & _has_known_prefix(code)


@check(
    "P-108",
    level="warn",
    citation="ndrc-2018-424/publication",
    on=feeding("party_uscc"),
    wrong="是旧的注册号、税务登记号或者组织机构代码",
    cure="请补填营业执照上的 18 位代码。",
)
def uscc_is_an_older_number(field: Field, scope: Scope) -> pl.Expr:
    """An older number stands in the place of the unified code; it is used as what it is."""
    del scope
    return _broken(field) & _is_old_number(field)


@check(
    "P-109",
    level="warn",
    citation="ndrc-2018-424/publication",
    on=feeding("authority_uscc"),
    explain=_explain_uscc,
    wrong="不是统一社会信用代码，按空白处理",
    cure="请核对机关的登记证书。",
)
def authority_code_is_broken(field: Field, scope: Scope) -> pl.Expr:
    """A deciding body's code that fails the check is left out; the body is still told by its name."""
    del scope
    return _broken(field)


@check(
    "P-110",
    level="warn",
    citation="ndrc-2018-424/publication",
    on=feeding("party_organisation_code"),
    wrong="不是组织机构代码，比对时不使用",
    cure="请核对 9 位代码。",
)
def organisation_code_is_broken(field: Field, scope: Scope) -> pl.Expr:
    """The ninth character does not follow from the first eight (GB 11714): the number is not used to link."""
    text = scope.text(field.code)
    return text.is_not_null() & ~_answers(text, is_organisation_number)


@check(
    "P-111",
    level="warn",
    citation="pipl/25",
    on=feeding("party_name"),
    wrong="个体工商户没有字号，公开时隐去经营者姓名",
    cure="有字号的请填写字号名称。",
)
def sole_trader_has_no_trade_name(field: Field, scope: Scope) -> pl.Expr:
    """A sole trader's name that is a person's name is masked (design, section 3)."""
    del scope
    return _is_unnamed_sole_trader(field.code)


@check(
    PERSON,
    level="refuse",
    citation="pipl/25",
    on=feeding("party_name"),
    on_absent=True,
    wrong="当事人是自然人，或者无法认定为组织，不予接收，也不留存",
    cure="请删除该行；确为组织的，请填写全称和统一社会信用代码。",
)
def party_is_a_person(field: Field, scope: Scope) -> pl.Expr:
    """A row about a natural person, or one that cannot be shown to be about an organisation, stops at the gate."""
    del field, scope
    return pl.col("is_person")


def is_organisation_number(text: str) -> bool:
    """Whether an older number is an organisation's by its own check digit."""
    return classify_number(text) in _OLD_NUMBERS


def may_be_old_tax_number(text: str) -> bool:
    """Whether fifteen characters have the form of an old tax number though their inner check fails: real lists do.

    One that could be a person's old identity number is none: it is neither kept nor used."""
    return _has_form_of_old_tax_number(text) and not is_resident_number(text)


def _has_form_of_old_tax_number(text: str) -> bool:
    return len(text) == 15 and text.isascii() and text[:6].isdigit() and text.isalnum()


def asked_once(scope: Scope) -> list[pl.Expr]:
    """What several checks ask of a party: is its number an organisation's or an older one, is its name surely one."""
    has_code = _has_valid_code(scope)
    shown = [
        _answers(pl.when(~has_code).then(pl.col(one.code)), is_organisation_number).alias(_organisation(one))
        for one in _numbers(scope)
    ]
    coded = [one for one in scope.item.fields if one.kind == "uscc" and one.code in scope.present]
    older = [
        _answers(pl.when(~pl.col(valid(one.code))).then(pl.col(typed(one.code))), _is_number_of_before)
        .alias(f"{one.code}|older") for one in coded
    ]  # fmt: skip
    name = scope.item.field_for("party_name")
    sure = [
        scope.text(one.code).str.contains(SURE_ORGANISATION).fill_null(value=False).alias(f"{one.code}|sure")
        for one in (name,) if one and one.code in scope.present
    ]  # fmt: skip
    return [*shown, *older, *sure]


def _numbers(scope: Scope) -> list[Field]:
    return [one for one in scope.item.fields if one.column in NUMBER_COLUMNS and one.code in scope.present]


def _organisation(number: Field) -> str:
    return f"{number.code}|organisation"


def person_expression(scope: Scope) -> pl.Expr:
    """True where a row is about a person or nothing shows an organisation; a valid unified code always shows one."""
    kind, name = scope.item.field_for("party_kind"), scope.item.field_for("party_name")
    is_named = name is not None and name.code in scope.present
    party = pl.col(name.code) if name and is_named else pl.lit(None, dtype=pl.String)
    is_sure = pl.col(f"{name.code}|sure") if name and is_named else pl.lit(value=False)
    has_code, numbers = _has_valid_code(scope), _numbers(scope)
    doubtful = [pl.when(~has_code).then(pl.col(one.code)) for one in numbers]
    shown = [pl.col(_organisation(one)) for one in numbers]
    # A number that fits a person's rule and no organisation's betrays a person, unless the name is surely none.
    pairs = zip(doubtful, shown, strict=True)
    personal = [has_personal_number(one, registration_numbers_pass=True) & ~known & ~is_sure for one, known in pairs]
    unsure = pl.when(~has_code & ~is_sure).then(party)
    unproved = unsure.is_not_null() & ~pl.any_horizontal([*shown, _answers(unsure, is_organisation_name)])
    natural = scope.text(kind.code if kind else "") == NATURAL
    return pl.any_horizontal([natural.fill_null(value=False), *personal, unproved, _answers(unsure, looks_like_person)])


def _has_valid_code(scope: Scope) -> pl.Expr:
    codes = [one.code for one in scope.item.fields if one.column == "party_uscc" and one.code in scope.present]
    return pl.col(valid(codes[0])) if codes else pl.lit(value=False)


def cleaned_code(text: pl.Expr) -> pl.Expr:
    """A cleaned code with placeholders taken for blanks."""

    def judge(series: pl.Series) -> pl.Series:
        return through_unique(series, is_placeholder, pl.Boolean)

    suspect = text.str.contains("^(.{0,9}|0+X?|1+|9+)$|TEST|XXXX|TEMPLATE|\\*\\*")
    is_filler = as_expression(pl.when(suspect).then(text), judge, pl.Boolean).fill_null(value=False)
    return pl.when(~is_filler & ~text.str.contains("^0{8,}X?$")).then(text)


def _is_unnamed_sole_trader(name_code: str) -> pl.Expr:
    return pl.col(f"{name_code}|unnamed")


def unnamed_sole_trader(scope: Scope) -> pl.Expr:
    """True where a valid code of a sole trader (92…) goes with a person's name."""
    name, code = scope.item.field_for("party_name"), scope.item.field_for("party_uscc")
    if name is None or code is None or not {name.code, code.code} <= scope.present:
        return pl.lit(value=False)
    is_trader = pl.col(valid(code.code)) & pl.col(typed(code.code)).str.starts_with("92")
    return _answers(pl.when(is_trader).then(scope.text(name.code)), looks_like_person)


def _is_old_number(field: Field) -> pl.Expr:
    return pl.col(f"{field.code}|older")


def _is_number_of_before(text: str) -> bool:
    return is_organisation_number(text) or _has_form_of_old_tax_number(text)


def _answers(text: pl.Expr, question: object) -> pl.Expr:
    """The answers of a scalar question for a column, asked once per distinct value; null answers no."""

    def ask(series: pl.Series) -> pl.Series:
        return through_unique(series, question, pl.Boolean)  # type: ignore[arg-type]

    return as_expression(text, ask, pl.Boolean).fill_null(value=False)


CHECKS: tuple[Check, ...] = (
    party_is_not_told,
    party_has_no_number,
    uscc_is_a_placeholder,
    uscc_has_a_wrong_length,
    uscc_has_a_strange_letter,
    uscc_has_an_unknown_prefix,
    uscc_has_a_wrong_check_character,
    uscc_is_an_older_number,
    authority_code_is_broken,
    organisation_code_is_broken,
    sole_trader_has_no_trade_name,
    party_is_a_person,
)
