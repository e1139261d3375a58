"""Money in fen, exactly: no float ever touches an amount."""

import re
import unicodedata

import polars as pl

from limu.terms.columns import as_expression, through_unique

FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000
FEN_LIMIT = 10**18  # numeric(18,6) in 万元 ends here, and 64-bit integers soon after

_AMOUNT = re.compile(
    r"(?:RMB|CNY|人民币|[¥￥])?([0-9]{1,12}(?:,[0-9]{3})*)(?:\.([0-9]*))?(亿元|万元|元|亿|万)?(?:整|人民币)?",
    re.IGNORECASE,
)
_UNITS = {"元": 2, "万": 6, "万元": 6, "亿": 10, "亿元": 10}
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
_DIGITS |= {digit: value for value, digit in enumerate("〇壹贰叁肆伍陆柒捌玖")} | {"两": 2, "俩": 2}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_CHINESE = re.compile("[零〇一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟两]+([元圆])?")


def parse_amount_yuan(text: str) -> int | None:
    """Fen of an amount in 元; an explicit unit in the text (万元, 亿元) wins. None when it is no exact amount."""
    return _parse(text, places=2)


def parse_amount_wan(text: str) -> int | None:
    """Fen of an amount in 万元, as the upload standard of 2018 states them with six decimals; an explicit 元 wins."""
    return _parse(text, places=6)


def _parse(text: str, *, places: int) -> int | None:
    match = _AMOUNT.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", text)))
    if match is None:
        return None
    whole, fraction, unit = match[1].replace(",", ""), (match[2] or "").rstrip("0"), match[3]
    places = _UNITS[unit] if unit else places
    if len(fraction) > places or len(whole) > 12:
        return None
    fen = int(whole + fraction.ljust(places, "0"))
    return fen if fen < FEN_LIMIT else None


def parse_chinese_amount(text: str) -> int | None:
    """Fen of an amount written in Chinese numerals with 元 or 圆 and perhaps 角 and 分: 三十五万元, 壹仟元整."""
    match = re.fullmatch(r"(.+?)[元圆](?:(.)角)?(?:(.)分)?[整正]?", re.sub(r"\s", "", text))
    if match is None:
        return None
    yuan = parse_chinese_number(match[1])
    tenth, hundredth = (_DIGITS.get(match[group] or "零") for group in (2, 3))
    if yuan is None or tenth is None or hundredth is None:
        return None
    return yuan * FEN_PER_YUAN + tenth * 10 + hundredth


def parse_chinese_number(text: str) -> int | None:
    """Value of a number in everyday or formal Chinese numerals up to 亿; None when a character is no numeral."""
    total = section = 0
    digit: int | None = None
    for letter in text:
        if letter in _DIGITS:
            digit = _DIGITS[letter]
        elif letter in _TENS:
            section += (1 if digit is None else digit) * _TENS[letter]
            digit = None
        elif letter in "万亿":
            section, digit = (section + (digit or 0)), None
            total = (total + section) * 10**8 if letter == "亿" else total + section * 10**4
            section = 0
        else:
            return None
    return total + section + (digit or 0) if text else None


def find_chinese_amounts(text: str) -> tuple[int, ...]:
    """Fen of every amount in Chinese numerals in a running text, in order."""
    amounts = (parse_chinese_number(match[0][:-1]) for match in _CHINESE.finditer(text) if match[1])
    return tuple(amount * FEN_PER_YUAN for amount in amounts if amount is not None)


def amount_yuan_fen(expression: pl.Expr) -> pl.Expr:
    """The column form of parse_amount_yuan, as 64-bit integers."""
    return as_expression(expression, lambda series: _column(series, places=2), pl.Int64)


def amount_wan_fen(expression: pl.Expr) -> pl.Expr:
    """The column form of parse_amount_wan, as 64-bit integers."""
    return as_expression(expression, lambda series: _column(series, places=6), pl.Int64)


def _column(series: pl.Series, *, places: int) -> pl.Series:
    name = "amount"
    plain = series.rename(name).to_frame().select(_plain(pl.col(name), places=places)).to_series()
    odd = plain.is_null() & series.is_not_null()
    if odd.any():
        scalar = parse_amount_yuan if places == 2 else parse_amount_wan
        rest = through_unique(series.set(~odd, None), scalar, pl.Int64)
        plain = plain.zip_with(~odd, rest)
    return plain.alias(series.name)


def _plain(column: pl.Expr, *, places: int) -> pl.Expr:
    whole = column.str.extract(rf"^([0-9]{{1,12}})(?:\.[0-9]{{0,{places}}}0*)?$", 1)
    fraction = column.str.extract(rf"\.([0-9]{{1,{places}}})", 1).fill_null("").str.pad_end(places, "0")
    return (whole + fraction).cast(pl.Int64)
