"""The words for the register's short codes, marked for translation; Chinese is the source."""

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as mark

TABS: Mapping[str, str] = {
    "permits": mark("行政许可"),
    "penalties": mark("行政处罚"),
    "lists": mark("名单"),
    "pledges": mark("承诺"),
    "honours": mark("荣誉"),
    "contracts": mark("合同履约"),
    "judgments": mark("司法裁判"),
    "inspections": mark("抽查检查"),
    "registration": mark("登记注册"),
    "others": mark("其他信息"),
}
SEVERITIES: Mapping[str, str] = {"minor": mark("轻微"), "general": mark("一般"), "serious": mark("严重")}
STATUSES: Mapping[str, str] = {
    "active": mark("存续"),
    "cancelled": mark("注销"),
    "revoked": mark("吊销"),
    "moved": mark("迁出"),
    "unknown": mark("状态不详"),
}
KINDS: Mapping[str, str] = {
    "enterprise": mark("企业"),
    "sole_trader": mark("个体工商户"),
    "cooperative": mark("农民专业合作社"),
    "public_institution": mark("事业单位"),
    "state_organ": mark("机关"),
    "mass_organisation": mark("群众团体"),
    "social_organisation": mark("社会团体"),
    "foundation": mark("基金会"),
    "private_non_enterprise": mark("民办非企业单位"),
    "village_collective": mark("农村集体经济组织"),
    "law_firm": mark("律师执业机构"),
    "religious_venue": mark("宗教活动场所"),
    "union": mark("工会"),
    "military": mark("军队单位"),
    "foreign_office": mark("外国机构代表机构"),
    "other": mark("其他组织"),
}
REASONS: Mapping[str, str] = {
    "uscc": mark("统一社会信用代码一致"),
    "registration": mark("注册号一致"),
    "number": mark("旧号码一致"),
    "name": mark("名称一致"),
    "former": mark("曾用名匹配"),
    "prefix": mark("名称开头一致"),
    "contains": mark("名称包含"),
    "pinyin": mark("拼音匹配"),
    "initials": mark("拼音首字母匹配"),
    "similar": mark("名称相近"),
}
COLUMNS: Mapping[str, str] = {
    "document_number": mark("决定书文号"),
    "authority": mark("作出机关"),
    "decided_on": mark("决定日期"),
}
ROUTES: Mapping[str, str] = {"reconsideration": mark("行政复议"), "litigation": mark("行政诉讼")}
UNITS: Mapping[str, str] = {
    "day": mark("%(count)s 日内"),
    "working_day": mark("%(count)s 个工作日内"),
    "month": mark("%(count)s 个月内"),
}
STARTS: Mapping[str, str] = {
    "knowledge": mark("自知道或者应当知道该决定之日起"),
    "decision": mark("自作出决定之日起"),
    "receipt": mark("自收到申请之日起"),
    "acceptance": mark("自受理之日起"),
    "performance": mark("自履行义务之日起"),
    "notice": mark("自告知之日起"),
    "filing": mark("自立案之日起"),
    "publication": mark("自公示之日起"),
    "conduct_end": mark("自行为终止之日起"),
    "revocation": mark("自撤销之日起"),
}
CONFIDENCES: Mapping[str, str] = {
    "confirmed": mark("已核对"),
    "secondary": mark("据转述"),
    "draft": mark("征求意见稿"),
    "known": mark("待核实"),
}
EFFECTS: Mapping[str, str] = {
    "reduces_rights": mark("减损权利或者增加义务"),
    "management": mark("管理措施"),
    "market": mark("市场主体自主决定"),
}
# The closed list of acts (law/measure.py), in the words of the pages.
ACTS: Mapping[str, str] = {
    "government_funds": mark("申请财政性资金项目"),
    "procurement": mark("参加政府采购"),
    "bidding": mark("参加招标投标"),
    "licensing": mark("申请行政许可、进入市场或者行业"),
    "registration": mark("申请登记注册"),
    "land": mark("受让国有土地使用权"),
    "tax_preference": mark("享受税收优惠等优惠政策和便利措施"),
    "honours": mark("参加评先评优"),
    "financing": mark("申请融资贷款"),
    "supervision": mark("接受监督检查"),
    "consumption": mark("有关消费行为"),
    "publication": mark("信息共享和公示"),
}

SCOPES: Mapping[str, str] = {
    "trail": mark("查阅轨迹"),
    "log": mark("公开日志"),
    "emergency": mark("应急访问的语句"),
    "history": mark("全部历史"),
    "shown on": mark("当时的公示页"),
    "matching: list": mark("待复核的行"),
    "matching: candidates": mark("候选主体"),
    "matching: row": mark("待复核的一行"),
    "matching: rows like": mark("情形相同的各行"),
    "publication": mark("公示审核"),
    "record": mark("一条记录"),
    "rows of batch": mark("一个批次的各行"),
    "cases": mark("办件列表"),
    "case": mark("一份办件"),
    "own": mark("自己的内容"),
    "own cases": mark("自己的办件"),
    "own decisions": mark("自己作出的决定"),
    "own letters": mark("自己的文书"),
    "own list entries": mark("自己的名单认定"),
    "own list entry": mark("自己的一项名单认定"),
    "own record": mark("自己的一条记录"),
    "own records": mark("自己的记录"),
    "list entry": mark("一项名单认定"),
    "declaration": mark("一份主体声明"),
    "declarations": mark("主体声明列表"),
    "questions about reads": mark("查询疑问列表"),
    "reliance notices": mark("关联更正复核"),
    "repair applications": mark("修复申请"),
    "measures beyond the law": mark("超出法律规定的措施"),
    "measures reported": mark("申报的措施"),
}
"""What a trace of a read says was read: by its first words, the longest that fit."""


# The same, told to the subject: what is a department's own is not the reader's.
THEIRS: Mapping[str, str] = {
    "own cases": mark("该单位的办件"),
    "own decisions": mark("该单位作出的决定"),
    "own letters": mark("该单位发出的文书"),
    "own list entries": mark("该单位的名单认定"),
    "own records": mark("该单位报送的记录"),
}


def scope_name(scope: str) -> str:
    """The name under which a trace's scope is said: its first words as far as they are known, else all of it."""
    known = [name for name in SCOPES if scope == name or scope.startswith((f"{name}:", f"{name} "))]
    return max(known, key=len, default=scope)


def scope_told(scope: str) -> str:
    """What a trace says was read, in the words for its subject; a scope that has none is told in general."""
    name = scope_name(scope)
    return scope if scope in ACTS.values() else THEIRS.get(name) or SCOPES.get(name) or mark("非公开信息")


def say(words: Mapping[str, str], code: str) -> str:
    """Say a code in the visitor's language; a code without a word is shown as it is."""
    word = words.get(code)
    return gettext(word) if word else code
