"""What a row of a register becomes: a subject with its names and numbers, or a reason why not.

Vectorised: a chunk of rows in, three columns of faults and flags and the ready columns out."""

from functools import partial
from typing import Final

import polars as pl

from limu.subject.rules_region import RegionFinder
from limu.terms.columns import through_unique
from limu.terms.days import parse_days
from limu.terms.identity import is_resident_number, masked_personal_numbers
from limu.terms.names import is_organisation_name, looks_like_person, normalise_name, normalise_series
from limu.terms.numbers import NumberKind, classify_number, is_valid_registration_number
from limu.terms.pinyin import pinyin_series
from limu.terms.uscc import cleaned_uscc, is_valid_uscc, organisation_check_character, valid_uscc

# Headers that registers use for each field, in the order of preference (GB/T 36104 and what files really carry).
HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("企业名称", "机构名称", "主体名称", "单位名称", "法人名称", "名称", "name"),
    "code": ("统一社会信用代码", "社会信用代码", "信用代码", "代码", "uscc"),
    "former": ("曾用名", "曾用名称", "former_names"),
    "registered_on": ("成立日期", "注册日期", "登记日期", "设立日期", "registered_on"),
    "type": ("企业类型", "机构类型", "主体类型", "企业（机构）类型", "市场主体类型", "类型", "kind"),
    "province": ("所在省份", "省份", "省"),
    "area": ("地区", "所在地区", "城市", "市", "区县", "行政区划"),
    "region": ("行政区划代码", "所属行政区划代码", "区划代码", "region"),
    "address": ("注册地址", "住所", "地址", "经营场所", "住所（经营场所）", "address"),
    "registrar": ("登记机关", "登记管理机关", "批准机构", "registrar"),
    "industry": ("行业", "行业代码", "国民经济行业", "所属行业", "industry"),
    "status": ("状态", "经营状态", "登记状态", "企业状态", "status"),
    "registration": ("注册号", "工商注册号", "登记证号", "registration_number"),
    "organisation": ("组织机构代码", "organisation_code"),
    "tax": ("税务登记号", "纳税人识别号", "税务登记证号", "tax_number"),
    "institution": ("事业单位证书号", "事业单位法人证书号"),
    "social": ("社会组织登记证号", "社团登记证号"),
}  # fmt: skip
NUMBERS: Final = ("registration", "organisation", "tax", "institution", "social")
MASKED_NAME: Final = "个体工商户（未登记字号）"

KINDS_BY_PREFIX: Final = {
    "91": "enterprise", "92": "sole_trader", "93": "cooperative", "11": "state_organ", "12": "public_institution",
    "13": "mass_organisation", "31": "law_firm", "51": "social_organisation", "52": "private_non_enterprise",
    "53": "foundation", "A1": "military", "A9": "military", "N1": "village_collective", "N2": "village_collective",
    "N3": "village_collective", "N9": "village_collective", "71": "religious_venue", "81": "union",
    "21": "foreign_office",
}  # fmt: skip
KINDS_BY_WORD: Final = (
    ("个体", "sole_trader"), ("农民专业合作社", "cooperative"), ("专业合作社", "cooperative"),
    ("经济合作社", "village_collective"), ("事业单位", "public_institution"), ("机关", "state_organ"),
    ("群众团体", "mass_organisation"), ("社会团体", "social_organisation"), ("民办非企业", "private_non_enterprise"),
    ("基金会", "foundation"), ("律师事务所", "law_firm"), ("工会", "union"), ("公司", "enterprise"),
    ("企业", "enterprise"), ("合伙", "enterprise"), ("厂", "enterprise"), ("店", "enterprise"), ("集体", "enterprise"),
)  # fmt: skip
STATUSES: Final = (
    ("吊销", "revoked"), ("撤销", "revoked"), ("注销", "cancelled"), ("迁出", "moved"), ("存续", "active"),
    ("在业", "active"), ("开业", "active"), ("在营", "active"), ("正常", "active"), ("登记", "active"),
    ("迁入", "active"), ("active", "active"),
    ("cancelled", "cancelled"), ("revoked", "revoked"), ("moved", "moved"),
)  # fmt: skip
_NOTHING: Final = ("", "N/A", "NA", "NULL", "NONE", "无", "-", "--", "/", "不详")
# Blanks and brackets may stand between the letters of a name of four.
_LONGEST_PERSON: Final = 10
_NAME_DOT: Final = "[·•‧∙⋅・･●．.]"
_TRADER_WORDS: Final = r"^[（(]?个体工商户[)）]?|[（(]个体工商户[)）]$"


def choose_headers(headers: list[str], mapping: dict[str, str] | None) -> dict[str, str]:
    """Say which source header holds which field: by the given mapping, else by the known headers."""
    if mapping:
        return {field: header for header, field in mapping.items() if field in HEADERS and header in headers}
    plain = {normalise_name(header): header for header in headers}
    found = {}
    for name, aliases in HEADERS.items():
        match = next((plain[normalise_name(alias)] for alias in aliases if normalise_name(alias) in plain), None)
        if match is not None:
            found[name] = match
    return found


def prepare_rows(rows: pl.DataFrame, finder: RegionFinder) -> pl.DataFrame:
    """Turn raw text columns (the fields of HEADERS, and `row`) into ready columns, with `refusal` and `flag`."""
    raw = _blank_out(rows).with_columns(
        masked_personal_numbers(pl.col("name", "former", "registrar")),
        masked_personal_numbers(pl.col("address"), registration_numbers_pass=True),
    )
    named = raw.with_columns(
        uscc=pl.when(valid_uscc(pl.col("code"))).then("code"),
        stated=pl.col("code"),
        name_normal=normalise_series(raw["name"].fill_null("")),
    )
    named = named.with_columns(warning=_warning(named["uscc"], finder))
    kinded = named.with_columns(
        kind=_kind(),
        status=_first_word("status", STATUSES, "unknown"),
        registered_on=parse_days(named["registered_on"]),
    )
    judged = kinded.with_columns(numbers=_numbers(kinded), refusal=_refusal(kinded))
    judged = judged.with_columns(
        refusal=pl.when(pl.col("refusal").is_null() & pl.col("uscc").is_null() & (pl.col("numbers").list.len() == 0))
        .then(pl.lit("no_number")).otherwise("refusal"),
        flag=pl.when(pl.col("uscc").is_null() & pl.col("stated").is_not_null()).then(pl.lit("irregular_code")),
    )  # fmt: skip
    return _protect_traders(judged).pipe(_locate, finder).pipe(_spell).pipe(_refuse_repeated)


def _warning(codes: pl.Series, finder: RegionFinder) -> pl.Series:
    """What real codes break and registers keep all the same: the inner check digit, and the region (design.md 8)."""
    region = codes.str.slice(2, 6)
    unknown = region.is_not_null() & ~region.is_in(list(finder.known))
    wrong = through_unique(codes, _has_wrong_inner_digit, pl.Boolean).fill_null(value=False)
    words = pl.when(pl.lit(wrong)).then(pl.lit("inner_check")).when(pl.lit(unknown)).then(pl.lit("region"))
    return pl.select(words).to_series()


def _has_wrong_inner_digit(code: str) -> bool:
    return organisation_check_character(code[8:16]) != code[16]


def _blank_out(rows: pl.DataFrame) -> pl.DataFrame:
    lacking = [pl.lit(None, dtype=pl.String).alias(name) for name in HEADERS if name not in rows.columns]
    text = [pl.col(name).str.replace_all(r"[\s\u200b-\u200f\ufeff]+", " ").str.strip_chars() for name in HEADERS]
    emptied = [pl.when(~pl.col(name).str.to_uppercase().is_in(_NOTHING)).then(name).alias(name) for name in HEADERS]
    spaced = pl.col("name").str.replace_all(r"([^ -~]) +|(^) ", "$1")
    codes = [cleaned_uscc(pl.col(name)).alias(name) for name in ("code", *NUMBERS)]
    whole = rows.with_columns(lacking).with_columns(text)
    return whole.with_columns(emptied).with_columns(spaced, *codes)


def _first_word(column: str, words: tuple[tuple[str, str], ...], default: str | None) -> pl.Expr:
    chain: pl.Expr = pl.lit(default, dtype=pl.String)
    for word, meaning in reversed(words):
        chain = pl.when(pl.col(column).str.contains(word, literal=True)).then(pl.lit(meaning)).otherwise(chain)
    return chain


def _kind() -> pl.Expr:
    by_code = pl.col("uscc").str.slice(0, 2).replace_strict(KINDS_BY_PREFIX, default=None, return_dtype=pl.String)
    spoken = _first_word("type", KINDS_BY_WORD, None)
    # Nine-one is given to individuals' enterprises too; a type that says 个体 is believed against no code only.
    return pl.coalesce(by_code, spoken, _first_word("name", KINDS_BY_WORD, None), pl.lit("other"))


def _refusal(rows: pl.DataFrame) -> pl.Expr:
    is_trader = pl.col("kind") == "sole_trader"
    # Longer names without a dot are nobody's: looking at the short ones alone is what makes this fast.
    short = (pl.col("name").str.len_chars() <= _LONGEST_PERSON) | pl.col("name").str.contains(_NAME_DOT)
    suspects = rows.select(one=pl.when(short).then("name"))["one"]
    person = through_unique(suspects, looks_like_person, pl.Boolean).fill_null(value=False)
    # A natural person's own number in the place of a code makes the row a person's, unless it names an organisation.
    stated = rows.select(one=pl.when(pl.col("uscc").is_null()).then("stated"))["one"]
    numbered = through_unique(stated, _is_personal, pl.Boolean).fill_null(value=False)
    owners = rows.select(one=pl.when(pl.lit(numbered)).then("name"))["one"]
    organisation = through_unique(owners, is_organisation_name, pl.Boolean).fill_null(value=False)
    stated_person = pl.coalesce(pl.col("type").str.contains("自然人$"), pl.lit(value=False))
    return (
        pl.when(pl.col("name").is_null()).then(pl.lit("no_name"))
        .when((pl.lit(numbered) & ~pl.lit(organisation)) | stated_person).then(pl.lit("person"))
        .when(pl.lit(person) & ~(is_trader & pl.col("uscc").is_not_null())).then(pl.lit("person"))
    )  # fmt: skip


def _numbers(rows: pl.DataFrame) -> pl.Series:
    tagged = [through_unique(rows[name], partial(_tag_as, name), pl.String).alias(name) for name in NUMBERS]
    stated = rows.select(one=pl.when(pl.col("uscc").is_null()).then("stated"))["one"]
    columns = pl.DataFrame([*tagged, through_unique(stated, _tag, pl.String).alias("stated")])
    lists = columns.select(pl.concat_list(pl.all()).list.drop_nulls().list.unique(maintain_order=True))
    return lists.to_series().alias("numbers")


def _tag_as(kind: str, number: str) -> str | None:
    return None if _is_personal(number) or is_valid_uscc(number) else f"{kind}:{number}"


def _tag(number: str) -> str | None:
    """Name the kind of a number that stands where a unified code should: what it is, or an irregular code."""
    if _is_personal(number):
        return None
    kind = classify_number(number)
    kinds = {
        NumberKind.REGISTRATION: "registration",
        NumberKind.TAX: "tax",
        NumberKind.ORGANISATION_CODE: "organisation",
    }
    plain = "registration" if len(number) in (13, 15) and number.isdigit() else "irregular_code"
    return f"{kinds.get(kind, plain) if kind else plain}:{number}"


def _is_personal(number: str) -> bool:
    """Whether a number is a natural person's; a registration number with its check digit right is none."""
    if is_valid_registration_number(number):
        return False
    return is_resident_number(number) or classify_number(number) is NumberKind.PERSONAL_TAX


def _protect_traders(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep nothing of a sole trader's operator: without a registered trade name the name itself is not stored."""
    is_trader = pl.col("kind") == "sole_trader"
    bare = rows.select(bare=pl.when(is_trader).then(pl.col("name").str.replace_all(_TRADER_WORDS, "")))["bare"]
    nameless = through_unique(bare, lambda name: looks_like_person(name) or not is_organisation_name(name), pl.Boolean)
    hidden = pl.lit(nameless.fill_null(value=False))
    rows = rows.with_columns(is_searchable=~hidden)
    return rows.with_columns(
        name=pl.when("is_searchable").then("name").otherwise(pl.lit(MASKED_NAME)),
        name_normal=pl.when("is_searchable").then("name_normal").otherwise(pl.lit(normalise_name(MASKED_NAME))),
        former=pl.when(pl.col("is_searchable") & ~is_trader).then("former"),
    )


def _locate(rows: pl.DataFrame, finder: RegionFinder) -> pl.DataFrame:
    wanted = ("uscc", "region", "province", "area", "address", "name", "is_searchable")
    found = [
        finder.of_subject(
            code=code, stated=stated, words=((province or "") + (area or ""), area, address, name if shown else None)
        )
        for code, stated, province, area, address, name, shown in rows.select(wanted).iter_rows()
    ]
    return rows.with_columns(region=pl.Series(found, dtype=pl.String))


def _spell(rows: pl.DataFrame) -> pl.DataFrame:
    spelt = pinyin_series(rows["name_normal"])
    return rows.with_columns(pinyin=spelt["full"].fill_null(""), initials=spelt["initials"].fill_null(""))


def _refuse_repeated(rows: pl.DataFrame) -> pl.DataFrame:
    first = pl.col("name_normal").first().over("uscc")
    is_other = pl.col("uscc").is_not_null() & (first != pl.col("name_normal")) & pl.col("refusal").is_null()
    return rows.with_columns(refusal=pl.when(is_other).then(pl.lit("repeated")).otherwise("refusal"))


def split_former(text: str) -> tuple[str, ...]:
    """The former names in one cell, parted by ； ; 、 or a line break."""
    for mark in "；;、\n":
        text = text.replace(mark, "|")
    return tuple(dict.fromkeys(name.strip() for name in text.split("|") if name.strip()))
