"""Names of organisations and persons: one normal form, the parts of a name, and who is who."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import polars as pl
from opencc import OpenCC

from limu.terms.columns import as_expression, through_unique
from limu.terms.surnames import COMPOUND, SINGLE

_SIMPLIFY = OpenCC("t2s")
_BLANK = re.compile("[\\s\\x00-\\x1f\u200b-\u200f\u2060\ufeff]+")
_MARKS = dict.fromkeys("•‧∙⋅・･●", "·") | dict.fromkeys("[{【〔〈《", "(") | dict.fromkeys("]}】〕〉》", ")")
_DOTS = str.maketrans(_MARKS)
_EDGES = "'\"“”‘’,;。、"
_EVERYDAY = "^[\\x20-\\x7e\u4e00-\u9fff\uff01-\uff5e\u3000\xa0·•〔〕【】〈〉《》“”‘’、。]*$"
_LIMITED = re.compile("有限责任公司|责任有限公司")

# The endings that make a name an organisation's, longest first where one ends in another.
FORMS = tuple(
    (  # noqa: SIM905 — words, not a column of quotes
        "股份有限公司 集团有限公司 有限公司 股份合作公司 股份公司 集团公司 总公司 公司 普通合伙 有限合伙 合伙企业 "
        "个人独资企业 农民专业合作社联合社 专业合作社 合作社 合作联社 信用社 联合社 联社 经济合作社 股份经济合作社 "
        "经济联合社 集团 企业 工厂 总厂 分厂 厂 商行 商店 总店 分店 专卖店 便利店 超市 药店 药房 大药房 饭店 酒店 "
        "宾馆 旅馆 餐馆 餐厅 小吃店 面馆 茶楼 理发店 网吧 经营部 经销部 门市部 服务部 加工部 营业部 批发部 维修部 "
        "工作室 事务所 律师事务所 诊所 门诊部 医院 卫生院 卫生室 学校 小学 中学 大学 学院 幼儿园 培训中心 研究院 "
        "研究所 设计院 中心 协会 学会 商会 联合会 基金会 促进会 总会 研究会 委员会 居民委员会 村民委员会 银行 分行 "
        "支行 分理处 储蓄所 办事处 代表处 管理处 人民政府 政府 局 厅 院 处 站 所 队 社 馆 店 部 行 铺 坊 场 园 矿 吧 "
        "城 庄 寺 庙 庵 堂 宫 观 电站 农场 林场 牧场 养殖场 分公司 子公司 支公司 中心支公司 营销服务部 营业所 分部 "
        "分社 分所 分校 分院 俱乐部 报社 出版社 茶室 茶馆 烟酒行 美容院 会所 烧烤摊 摊 档 室 库 港 网点 项目部 指挥部 "
        "筹备组 机构 "
    ).split()
)
# Forms of companies abroad, as they stand in a normalised name (no blanks, lower case; some lists cut them short).
# Written without look-around, for the column form. A bare "sa", "co" or "inc" may end a person's name and is none.
_FOREIGN_FORM = r"[a-z&.,)](?:s\.a\.?(?:d(?:e(?:c(?:\.?v\.?)?)?)?)?|ltd\.?|limited|llc|gmbh|plc|corp\.|inc\.|co\.)"
_FORM_END = re.compile(
    "(?:(?:" + "|".join(sorted(FORMS, key=len, reverse=True)) + r")(?:\([^()]*\))?|" + _FOREIGN_FORM + ")$"
)
_STRONG = re.compile(
    "公司|银行|支行|分行|集团|企业|合作社|联社|信用社|事务所|委员会|人民政府|协会|商会|学会|基金会|医院|学校|大学|学院|幼儿园|"
    "研究院|研究所|营业部|服务部|经营部|门市部|商行|中心|保险|代理|经纪|证券|基金|信托|租赁|财险|人寿|农信|村镇|合伙"
)
_PERSON_LETTERS = re.compile(r"[㐀-鿿〇]{2,4}")
_DOTTED_PERSON = re.compile(r"[㐀-鿿]{1,8}(?:·[㐀-鿿]{1,8}){1,4}")
_ORGANISATION_LETTERS = frozenset("市县区省镇乡村厂店局厅部社院所站处馆铺坊矿吧摊档")
_REGION_PART = re.compile(
    r"^(中国(?=[^人]{2}))?((?:[^省市县区()]{2,7}?(?:省|自治区|特别行政区|自治州|地区|盟))?(?:[^省市县区()]{2,6}?(?:市|自治州))?(?:[^省市县区()]{1,5}?(?:自治县|县|区|旗|市))?)"
)
# A branch is what follows the company's own name; searched in two linear steps, for names come from strangers.
_BRANCH_END = re.compile(
    "(?:分公司|支公司|营销服务部|营业部|分行|支行|分店|分厂|分社|分所|办事处|代表处|分理处|储蓄所|经营部|门市部|服务部|项目部|营业所)$"
)
_COMPANY_END = re.compile("有限公司|股份公司|集团公司|总公司")
_SHORT_COMPANY_END = re.compile("银行|联社|信用社|合作社|事务所|人寿|财险|产险|保险|(?<![分支子])公司|医院|集团")
_NAME_FORM = re.compile(
    r"((?:律师|会计师|税务师)事务所\(.*\)|股份有限公司|集团有限公司|有限公司|股份公司|集团公司|总公司|公司|\((?:普通合伙|有限合伙|特殊普通合伙)\)|合伙企业.*|专业合作社|合作社|(?:律师|会计师|税务师)?事务所|联社|厂|店|商行|经营部|中心|银行|院|社|部|所|会)$"
)
_SHORT_REGIONS = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|"
    "青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|中国"
)
_SHORT_REGION = re.compile(f"^(?:{_SHORT_REGIONS})")
_TRADES = (
    "建筑工程|建设工程|工程建设|装饰工程|园林绿化|房地产开发|置业|建材|建筑材料|物业服务|物业管理|信息技术|信息科技|网络科技|电子科技|生物科技|"
    "新材料|科技发展|科技|电子商务|贸易|商贸|进出口|国际货运|物流|运输|食品|餐饮管理|餐饮|农业开发|农业|医疗器械|医药|制药|药业|化工|"
    "机械制造|机械|机电设备|设备|汽车销售服务|汽车|服装|纺织|家具|文化传媒|文化传播|传媒|广告|咨询|投资管理|投资|融资租赁|融资担保|小额贷款|"
    "人寿保险|财产保险|保险代理|保险经纪|保险|证券|基金管理|信托|农村商业银行|村镇银行|商业银行|银行|教育科技|教育|旅游|酒店管理|能源|电力|"
    "矿业|环保科技|环保|劳务|人力资源|检测|安装|实业|发展|制造|加工|开发|管理|服务|销售|技术|工程|电子|印刷|包装|水务|燃气|热力"
)
_TRADE_END = re.compile(f"({_TRADES})$")


@dataclass(frozen=True, slots=True)
class NameParts:
    """Parts of a name by 企业名称登记管理规定 art. 6: region, trade name (字号), trade, form; and a branch."""

    region: str
    trade_name: str
    trade: str
    form: str
    branch: str


@lru_cache(maxsize=16_384)
def normalise_name(text: str) -> str:
    """The one form in which two spellings of a name are the same.

    NFKC width, one kind of bracket and dot, no blanks, simplified characters, 有限责任公司 as 有限公司, lower case.
    """
    plain = _BLANK.sub("", unicodedata.normalize("NFKC", text)).translate(_DOTS)
    if not plain.isascii():
        plain = _SIMPLIFY.convert(plain)
    return _LIMITED.sub("有限公司", plain).strip(_EDGES).lower()


def normalise_series(series: pl.Series) -> pl.Series:
    """The column form of normalise_name: in the engine for everyday characters, by value for the strange ones."""
    name = "name"
    everyday = pl.when(pl.col(name).str.contains(_EVERYDAY)).then(pl.col(name))
    plain = everyday.str.normalize("NFKC").str.replace_all(r"\s+", "").str.replace_many(_MARKS)
    found = series.rename(name).to_frame().select(plain).to_series()
    found = _simplified(found).to_frame().select(_finished(pl.col(name))).to_series()
    odd = found.is_null() & series.is_not_null()
    if odd.any():
        found = found.zip_with(~odd, through_unique(series.set(~odd, None), normalise_name, pl.String))
    return found.alias(series.name)


def _finished(column: pl.Expr) -> pl.Expr:
    return column.str.replace_all(_LIMITED.pattern, "有限公司").str.strip_chars(_EDGES).str.to_lowercase()


def _simplified(series: pl.Series) -> pl.Series:
    places = series.str.contains(_traditional()).fill_null(value=False).arg_true()
    if not len(places):
        return series
    lines = _SIMPLIFY.convert("\n".join(series.gather(places)))
    return series.clone().scatter(places, lines.split("\n"))


@lru_cache(maxsize=1)
def _traditional() -> str:
    letters = [chr(code) for code in range(0x4E00, 0xA000)]
    simple = _SIMPLIFY.convert("\n".join(letters)).split("\n")
    return "[" + "".join(letter for letter, other in zip(letters, simple, strict=True) if letter != other) + "]"


def normalised_names(expression: pl.Expr) -> pl.Expr:
    """normalise_series as an expression."""
    return as_expression(expression, normalise_series, pl.String)


def organisation_names(expression: pl.Expr) -> pl.Expr:
    """The column form of is_organisation_name; null is none."""
    return as_expression(expression, _organisation_mask, pl.Boolean)


def person_names(expression: pl.Expr) -> pl.Expr:
    """The column form of looks_like_person; null is none."""
    return as_expression(expression, _person_mask, pl.Boolean)


def _organisation_mask(series: pl.Series) -> pl.Series:
    column = pl.col("name")
    strong = column.str.contains(_STRONG.pattern) & (column.str.len_chars() >= 3)
    formed = column.str.contains(_FORM_END.pattern) & (column.str.len_chars() >= 4)
    normal = normalise_series(series.rename("name")).to_frame()
    return normal.select((strong | formed).fill_null(value=False)).to_series().alias(series.name)


def _person_mask(series: pl.Series) -> pl.Series:
    short = pl.col("name").str.contains("^(?:.{2,4}|.*·.*)$") & ~pl.col("name").str.contains(_STRONG.pattern)
    normal = normalise_series(series.rename("name"))
    doubtful = normal.to_frame().select(pl.when(short).then(pl.col("name"))).to_series()
    return through_unique(doubtful, looks_like_person, pl.Boolean).fill_null(value=False).alias(series.name)


def split_name(text: str) -> NameParts:
    """Take a name apart; what cannot be told is an empty part, and the parts in order make up the normal form."""
    name = normalise_name(text)
    branch = _branch_of(name)
    stem = name[: len(name) - len(branch)]
    form_match = _NAME_FORM.search(stem)
    form = form_match[1] if form_match else ""
    stem = stem[: len(stem) - len(form)]
    region = _leading_region(stem)
    rest = stem[len(region) :]
    trade_match = _TRADE_END.search(rest[1:])
    trade = trade_match[1] if trade_match else ""
    return NameParts(region, rest[: len(rest) - len(trade)], trade, form, branch)


def _branch_of(name: str) -> str:
    company = _COMPANY_END.search(name) or _SHORT_COMPANY_END.search(name)
    if company is None or company.start() == 0 or not _BRANCH_END.search(name, company.end()):
        return ""
    return name[company.end() :]


def _leading_region(stem: str) -> str:
    match = _REGION_PART.match(stem)
    region = match[0] if match else ""
    if not region:
        short = _SHORT_REGION.match(stem)
        region = short[0] if short else ""
    return region if len(stem) - len(region) >= 2 else ""


def masked_person_name(name: str) -> str:
    """A person's name for the public: first and last characters of three or more, the surname of two (张*三, 李*)."""
    letters = name.strip()
    if len(letters) <= 1:
        return "*" * len(letters)
    if len(letters) == 2:
        return letters[0] + "*"
    return letters[0] + "*" * (len(letters) - 2) + letters[-1]


def is_organisation_name(text: str) -> bool:
    """Whether a text names an organisation: it carries an organisation's word or ends in one."""
    name = normalise_name(text)
    if len(name) < 3:
        return False
    if _STRONG.search(name):
        return True
    return len(name) >= 4 and _FORM_END.search(name) is not None


def looks_like_person(text: str) -> bool:
    """Whether a text could be the name of a natural person: two to four characters after a surname, or names with ·.

    Texts with an organisation's word are none. Errs towards persons: what cannot be told is treated as one elsewhere.
    """
    name = normalise_name(text)
    if _DOTTED_PERSON.fullmatch(name):
        return _STRONG.search(name) is None and name[-1] not in _ORGANISATION_LETTERS
    if not _PERSON_LETTERS.fullmatch(name) or _STRONG.search(name):
        return False
    if name[:2] in COMPOUND:
        return 3 <= len(name) <= 4
    return len(name) <= 3 and name[0] in SINGLE and name[-1] not in _ORGANISATION_LETTERS
