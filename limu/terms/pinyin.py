"""Pinyin of names: full and initials, with the readings that names need and a dictionary of words gets wrong."""

from functools import lru_cache

import polars as pl

# Words whose characters read otherwise than alone; longest first wins.
_WORDS = {
    "重庆": "chong qing",
    "银行": "yin hang",
    "分行": "fen hang",
    "支行": "zhi hang",
    "总行": "zong hang",
    "商行": "shang hang",
    "车行": "che hang",
    "行业": "hang ye",
    "洋行": "yang hang",
    "长沙": "chang sha",
    "长春": "chang chun",
    "长江": "chang jiang",
    "长城": "chang cheng",
    "长安": "chang an",
    "长治": "chang zhi",
    "长虹": "chang hong",
    "长兴": "chang xing",
    "长宁": "chang ning",
    "长葛": "chang ge",
    "长乐": "chang le",
    "厦门": "xia men",
    "大厦": "da sha",
    "六安": "lu an",
    "六合": "lu he",
    "台州": "tai zhou",
    "天台": "tian tai",
    "丽水": "li shui",
    "蚌埠": "beng bu",
    "亳州": "bo zhou",
    "番禺": "pan yu",
    "东莞": "dong guan",
    "莘县": "shen xian",
    "莘庄": "xin zhuang",
    "乐清": "yue qing",
    "乐亭": "lao ting",
    "音乐": "yin yue",
    "乐器": "yue qi",
    "阿克苏": "a ke su",
    "石家庄": "shi jia zhuang",
    "呼和浩特": "hu he hao te",
    "涡阳": "guo yang",
    "歙县": "she xian",
    "单县": "shan xian",
    "洪洞": "hong tong",
    "浚县": "xun xian",
    "尉犁": "yu li",
    "任丘": "ren qiu",
    "任县": "ren xian",
    "会计": "kuai ji",
    "会稽": "kuai ji",
    "朝阳": "chao yang",
    "调味": "tiao wei",
    "空调": "kong tiao",
    "调查": "diao cha",
    "重工": "zhong gong",
    "重型": "zhong xing",
    "起重": "qi zhong",
    "曾都": "zeng du",
    "大夫": "dai fu",
    "铅山": "yan shan",
    "黄陂": "huang pi",
    "枞阳": "zong yang",
    "监利": "jian li",
    "东阿": "dong e",
    "中国": "zhong guo",
    "校准": "jiao zhun",
    "供给": "gong ji",
    "传媒": "chuan mei",
    "传奇": "chuan qi",
    "便宜": "pian yi",
    "都市": "du shi",
    "成都": "cheng du",
    "首都": "shou du",
    "都江堰": "du jiang yan",
    "佛": "fo",
    "仿佛": "fang fu",
    "模具": "mu ju",
    "畜牧": "xu mu",
    "喀什": "ka shi",
    "槟榔": "bing lang",
    "宝坻": "bao di",
    "勒": "le",
    "给水": "ji shui",
    "弹簧": "tan huang",
    "广厦": "guang sha",
    "中牟": "zhong mu",
    "收藏": "shou cang",
    "冷藏": "leng cang",
    "珍藏": "zhen cang",
    "藏": "zang",
    "会": "hui",
    "行": "xing",
    "长": "chang",
    "重": "zhong",
    "都": "du",
    "厦": "xia",
    "调": "diao",
    "种": "zhong",
    "石": "shi",
    "大": "da",
    "车": "che",
    "地": "di",
    "得": "de",
    "和": "he",
    "参": "can",
    "人参": "ren shen",
    "海参": "hai shen",
    "绿": "lv",
    "绿林": "lu lin",
}
_LONGEST = max(map(len, _WORDS))
_FIRST_LETTERS = frozenset(word[0] for word in _WORDS if len(word) > 1)


@lru_cache(maxsize=32_768)
def _reading(letter: str) -> str:
    if letter in _WORDS:
        return _WORDS[letter]
    if letter.isascii():
        return letter.lower() if letter.isalnum() else ""
    # Its dictionaries take most of a second: a command that reads no name does without.
    from pypinyin import Style, pinyin  # noqa: PLC0415

    found = pinyin(letter, style=Style.NORMAL, errors="ignore") if _is_han(letter) else []
    return found[0][0] if found else ""


def _is_han(letter: str) -> bool:
    return "㐀" <= letter <= "鿿" or letter == "〇"


def pinyin_of(name: str) -> tuple[str, str]:
    """Full pinyin and initials of a name, lower case without tones or blanks: 清河建材 is qinghejiancai and qhjc."""
    readings: list[str] = []
    place = 0
    while place < len(name):
        place += _append_reading(name, place, readings)
    return "".join(readings), "".join(reading[0] for reading in readings)


def _append_reading(name: str, place: int, readings: list[str]) -> int:
    if name[place] in _FIRST_LETTERS:
        for length in range(min(_LONGEST, len(name) - place), 1, -1):
            word = _WORDS.get(name[place : place + length])
            if word is not None:
                readings += word.split()
                return length
    reading = _reading(name[place])
    if reading:
        readings.append(reading)
    return 1


def pinyin_series(names: pl.Series) -> pl.DataFrame:
    """Columns `full` and `initials` for a column of names; long columns are read by one automaton in the engine."""
    if len(names) < _FEW:
        pairs = [(None, None) if name is None else pinyin_of(name) for name in names]
        return pl.DataFrame(pairs, schema={"full": pl.String, "initials": pl.String}, orient="row")
    table = _automaton()
    letters = names.str.replace_all("[^0-9A-Za-z\u3400-\u9fff〇]+", "").str.to_lowercase()
    patterns = list(table)
    return (
        letters.rename("name")
        .to_frame()
        .select(
            full=pl.col("name").str.replace_many(patterns, [full for full, _ in table.values()], leftmost=True),
            initials=pl.col("name").str.replace_many(patterns, [short for _, short in table.values()], leftmost=True),
        )
    )


_FEW = 5_000


@lru_cache(maxsize=1)
def _automaton() -> dict[str, tuple[str, str]]:
    """Words longest first, then single characters: the first pattern at the leftmost place wins, as in pinyin_of."""
    patterns = sorted((word for word in _WORDS if len(word) > 1), key=len, reverse=True)
    patterns += [chr(code) for code in (*range(0x3400, 0xA000), 0x3007)]
    return {pattern: pinyin_of(pattern) for pattern in patterns}
