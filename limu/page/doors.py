"""Every address of the platform and the act it is a door for: one table, and no door without a row (trust.md 3.6).

A page of an officer names its act here and at its view (`officer_page`); a house test compares both with urls.py, and
tests/page calls every row with every role. `PUBLIC` and `SIGNED` are the two that ask for no act: anyone, and anyone
who is signed in. `KEYED` asks for a machine's key, whose acts limu/intake/api.py holds it to. A row with a menu
text stands in the side navigation of its desk."""

from dataclasses import dataclass

from limu.department.rules import ACTS, Officer, authorise

PUBLIC, SIGNED, KEYED = "public", "signed", "keyed"
DESKS = {"my": "企业服务", "dept": "部门工作台", "ops": "信用中心"}
OPEN_PREFIX = "/api/v1/"
"""Where the open interface lies, machines' own doors and the decision excepted."""
MACHINE_PREFIX = ("/api/v1/submissions", "/feed")
DECISION = "/decision"
"""How the address ends at which a machine asks what the law allows."""
SIGNED_PREFIXES = ("/account/", "/my", "/dept", "/ops")


@dataclass(frozen=True, slots=True)
class Door:
    """One address: its pattern as in limu/urls.py, its act, and what kind of object the pattern names, if any."""

    path: str
    act: str
    menu: str = ""
    names: str = ""

    @property
    def desk(self) -> str:
        """The desk the address belongs to: the first part of the path."""
        return self.path.partition("/")[0]


DEPARTMENT_DOORS = (
    Door("dept", "open_dept", menu="待办"),
    Door("dept/tasks", "read_tasks", menu="归集任务"),
    Door("dept/tasks/<slug:code>/nil", "submit_nil", names="own_item"),
    Door("dept/templates", "read_tasks", menu="模板与字典"),
    Door("dept/templates/<slug:code>", "read_tasks", names="own_item"),
    Door("dept/upload", "submit", menu="上传数据"),
    Door("dept/upload/<str:token>", "submit", names="upload"),
    Door("dept/upload/<str:token>/headers", "submit", names="upload"),
    Door("dept/upload/<str:token>/confirm", "submit", names="upload"),
    Door("dept/upload/<str:token>/discard", "submit", names="upload"),
    Door("dept/batches", "read_batches", menu="报送批次"),
    Door("dept/batches/<uuid:batch>", "read_batches", names="batch"),
    Door("dept/batches/<uuid:batch>/answer.xlsx", "read_batches", names="batch"),
    Door("dept/batches/<uuid:batch>/undo", "ask_removal", names="batch"),
    Door("dept/problems", "read_batches", menu="问题数据"),
    Door("dept/problems/<uuid:batch>", "read_batches", names="batch"),
    Door("dept/problems/<uuid:batch>/<int:row>", "mend_row", names="problem_row"),
    Door("dept/pending", "read_batches", menu="待关联"),
    Door("dept/records", "read_records", menu="数据维护"),
    Door("dept/records/<uuid:record>", "read_records", names="record"),
    Door("dept/records/<uuid:record>/withdraw", "confirm_removal", names="record"),
    Door("dept/records/<uuid:record>/correct", "confirm_correction", names="record"),
    Door("dept/corrections/<uuid:correction>", "confirm_correction", names="correction"),
    Door("dept/removals/<uuid:removal>", "confirm_removal", names="removal"),
    Door("dept/quality", "read_tasks", menu="质效得分"),
    Door("dept/assessment", "read_tasks", menu="年度评估"),
    Door("dept/assessment/<uuid:assessment>/comment", "comment_assessment", names="assessment"),
    Door("dept/keys", "read_keys", menu="接口凭证"),
    Door("dept/keys/new", "ask_key"),
    Door("dept/keys/<uuid:key>", "read_keys", names="key"),
    Door("dept/keys/<uuid:key>/settle", "settle_key", names="key"),
    Door("dept/keys/<uuid:key>/rotate", "change_key", names="key"),
    Door("dept/keys/<uuid:key>/revoke", "change_key", names="key"),
    Door("dept/check", "check_measures", menu="信用核查"),
    Door("dept/check/<uuid:check>", "check_measures", names="check"),
    Door("dept/check/<uuid:check>/slip", "check_measures", names="check"),
    Door("dept/check-list", "check_measures", menu="批量核查"),
)
CENTRE_DOORS = (
    Door("ops", "open_ops", menu="运行总览"),
    Door("ops/assessment", "make_assessment", menu="质效评估"),
    Door("ops/assessment/<int:year>", "make_assessment", names="assessment_year"),
    Door("ops/assessment/<int:year>/department", "make_assessment", names="assessment_year"),
    Door("ops/waivers", "decide_waiver", menu="忽略申请"),
    Door("ops/waivers/<uuid:waiver>", "decide_waiver", names="waiver"),
    Door("ops/rows/<slug:what>", "read_running", names="watch"),
    Door("ops/collection", "read_collection", menu="归集监控"),
    Door("ops/collection.csv", "read_collection"),
    Door("ops/collection/remind", "send_reminder"),
    Door("ops/collection/<uuid:department>/<slug:code>", "read_collection", names="collection_cell"),
    Door("ops/collection/<uuid:department>/<slug:code>/schedule", "edit_schedule", names="collection_cell"),
    Door("ops/collection/<uuid:department>/<slug:code>/end", "assign_item", names="collection_cell"),
    Door("ops/assign", "assign_item"),
    Door("ops/endings/<uuid:ending>", "assign_item", names="ending"),
    Door("ops/assignments/<uuid:assignment>", "assign_item", names="assignment"),
    Door("ops/problems", "read_problems", menu="问题派发"),
    Door("ops/problems/dispatch", "dispatch_problems"),
    Door("ops/matching", "judge_link", menu="匹配复核"),
    Door("ops/matching/<uuid:pending>", "judge_link", names="pending"),
    Door("ops/matching/<uuid:pending>/judge", "judge_link", names="pending"),
    Door("ops/matching/<uuid:pending>/settle", "judge_link", names="pending"),
    Door("ops/matching/<uuid:pending>/alike", "judge_link", names="pending"),
    Door("ops/matching/judgements/<uuid:judgement>/undo", "judge_link", names="judgement"),
    Door("ops/catalogue", "read_catalogue", menu="目录管理"),
    Door("ops/catalogue/<slug:code>", "read_catalogue", names="item"),
    Door("ops/new-item", "edit_catalogue"),
    Door("ops/catalogue/<slug:code>/draft", "edit_catalogue", names="item"),
    Door("ops/drafts/<uuid:draft>", "read_catalogue", names="draft"),
    Door("ops/drafts/<uuid:draft>/settle", "edit_catalogue", names="draft"),
    Door("ops/checks", "read_catalogue", menu="校验规则"),
    Door("ops/checks/bench", "try_checks"),
    Door("ops/publication", "read_publication", menu="公示审核与到期"),
    Door("ops/publication/<uuid:record>", "read_publication", names="record"),
    Door("ops/system", "read_system", menu="任务与系统"),
    Door("ops/system/<uuid:task>/retry", "retry_task", names="task"),
    Door("ops/emergency", "read_emergency", menu="应急访问"),
    Door("ops/emergency/<uuid:asked>", "second_emergency", names="emergency_request"),
    Door("ops/audit", "read_trail", menu="审计与追溯"),
    Door("ops/audit/log", "read_trail"),
    Door("ops/audit/shown", "replay_shown"),
    Door("ops/audit/records/<uuid:record>", "read_trail", names="record"),
    Door("ops/accounts", "read_officers", menu="用户与权限"),
    Door("ops/accounts/<str:code>", "read_officers", names="officer"),
    Door("ops/accounts/<str:code>/password", "set_password", names="officer"),
    Door("ops/accounts/<str:code>/close", "close_officer", names="officer"),
    Door("ops/new-account", "add_officer"),
    Door("ops/overreach", "read_overreach", menu="措施越权"),
    Door("ops/local-measures", "confirm_law", menu="本地措施"),
)
CASE_DOORS = (
    Door("dept/cases", "work_cases", menu="异议和修复"),
    Door("dept/cases/<uuid:case>", "work_cases", names="case"),
    Door("dept/cases/<uuid:case>/step", "handle_case", names="case"),
    Door("dept/cases/<uuid:case>/confirm", "confirm_case", names="case"),
    Door("dept/cases/<uuid:case>/documents/<uuid:paper>", "work_cases", names="case_paper"),
    Door("dept/notices", "serve_notice", menu="文书送达"),
    Door("dept/performance", "handle_case", menu="履行核验"),
    Door("dept/reliance", "answer_reliance", menu="关联更正复核"),
    Door("ops/repairs", "forward_repair", menu="修复受理"),
    Door("ops/cases", "watch_cases", menu="异议和修复"),
    Door("ops/cases/<uuid:case>", "watch_cases", names="case"),
    Door("ops/cases/<uuid:case>/documents/<uuid:paper>", "watch_cases", names="case_paper"),
    Door("ops/cases/<uuid:case>/appeal", "settle_appeal", names="case"),
    Door("ops/cases/<uuid:case>/receipt", "receive_case", names="case"),
    Door("ops/declarations", "review_declaration", menu="主体声明"),
    Door("ops/declarations/<uuid:paper>", "review_declaration", names="declaration_paper"),
    Door("ops/readings", "answer_reading", menu="查询疑问"),
)
LIST_DOORS = (
    Door("dept/lists", "list_state", menu="失信名单"),
    Door("dept/lists/new", "list_propose"),
    Door("dept/lists/<uuid:entry>", "list_state", names="list_entry"),
    Door("dept/lists/<uuid:entry>/documents/<uuid:paper>", "list_state", names="list_paper"),
)
PUBLIC_DOORS = tuple(
    Door(path, PUBLIC)
    for path in (
        "",
        "search",
        "s/<str:uscc>",
        "r/<uuid:record_id>",
        "robots.txt",
        "lists",
        "lists.csv",
        "disclosure.csv",
        "lists/kinds",
        "lists/<slug:code>",
        "measures",
        "disclosure",
        "catalog",
        "catalog/<slug:code>",
        "catalog/<slug:code>/schema.json",
        "catalog/<slug:code>/template.xlsx",
        "law",
        "law/local",
        "law/<slug:key>",
        "quality",
        "quality/objections",
        "quality/objections.csv",
        "quality/<int:number>",
        "quality/<int:number>/<slug:uscc>",
        "quality/<int:number>/download/<str:form>",
        "about",
        "verify",
        "developers",
        "propagation",
        "report-copy",
        "feed/key",
        "api/v1/docs",
        "api/v1/openapi.json",
        "api/v1/search",
        "api/v1/subjects/<uscc>",
        "api/v1/subjects/<uscc>/records",
        "api/v1/records/<record_id>",
        "api/v1/catalogue",
        "api/v1/catalogue/<item>",
        "api/v1/law/rules",
        "api/v1/",
    )
)
MACHINE_DOORS = (
    Door("api/v1/submissions", KEYED),
    Door("api/v1/submissions/<uuidstr:submission>", KEYED, names="batch"),
    Door("api/v1/submissions/<uuidstr:submission>/findings", KEYED, names="batch"),
    Door("api/v1/submissions/<uuidstr:submission>/answer.xlsx", KEYED, names="batch"),
    Door("api/v1/subjects/<uscc>/decision", KEYED),
)
# Doors of holders of copies, each with the token of its agreement (limu/feed/api.py).
FEED_DOORS = (
    Door("feed", KEYED),
    Door("feed/stream", KEYED),
    Door("feed/ack", KEYED),
    Door("feed/check", KEYED),
    Door("feed/copies", KEYED),
    Door("feed/tree", KEYED),
    Door("feed/reliance", KEYED),
    Door("feed/snapshot", KEYED),
    Door("feed/snapshot/<uuid:snapshot>/<str:name>", KEYED),
)
HOLDER_DOORS = (
    Door("ops/holders", "read_holders", menu="接收单位"),
    Door("ops/new-holder", "edit_holders"),
    Door("ops/holders/<uuid:holder>", "read_holders", names="holder"),
    Door("ops/holders/<uuid:holder>/act", "edit_holders", names="holder"),
    Door("ops/holders/<uuid:holder>/replay", "edit_holders", names="holder"),
    Door("ops/holder-acts/<uuid:holder_act>", "confirm_holders", names="holder_act"),
    Door("ops/propagation", "read_holders", menu="同步看板"),
    Door("ops/deviations", "read_holders", menu="偏差登记"),
    Door("ops/deviations/<uuid:deviation>/close", "edit_holders", names="deviation"),
)
ACCOUNT_DOORS = (
    Door("account/", SIGNED),
    Door("account/kept/", SIGNED),
    Door("account/login/", PUBLIC),
    Door("account/logout/", PUBLIC),
    Door("account/inactive/", PUBLIC),
    Door("account/reauthenticate/", SIGNED),
    Door("account/password/change/", SIGNED),
    Door("account/2fa/", SIGNED),
    Door("account/2fa/authenticate/", PUBLIC),
    Door("account/2fa/reauthenticate/", SIGNED),
    Door("account/2fa/totp/activate/", SIGNED),
    Door("account/2fa/totp/deactivate/", SIGNED),
    Door("account/2fa/recovery-codes/", SIGNED),
    Door("account/2fa/recovery-codes/generate/", SIGNED),
    Door("account/2fa/recovery-codes/download/", SIGNED),
    Door("account/2fa/webauthn/", SIGNED),
    Door("account/2fa/webauthn/add/", SIGNED),
    Door("account/2fa/webauthn/login/", PUBLIC),
    Door("account/2fa/webauthn/reauthenticate/", SIGNED),
    Door("account/2fa/webauthn/keys/<int:pk>/remove/", SIGNED),
    Door("account/2fa/webauthn/keys/<int:pk>/edit/", SIGNED),
    Door("account/outside/", SIGNED),
    Door("account/outside/login/cancelled/", PUBLIC),
    Door("account/outside/login/error/", PUBLIC),
    Door("account/outside/<str:provider_id>/login/", PUBLIC),
    Door("account/outside/<str:provider_id>/login/callback/", PUBLIC),
    # Allauth asks for these addresses by name; we answer that there is no such thing.
    Door("account/signup/", PUBLIC),
    Door("account/password/set/", PUBLIC),
    Door("account/email/", PUBLIC),
    Door("account/outside/signup/", PUBLIC),
)
# Doors of an organisation's agents, each with its scope (limu/page/portal.py).
MY_READ, MY_REPAIR, MY_OBJECT = "my:read", "my:repair", "my:objection"
MY_DOORS = (
    Door("my", MY_READ, menu="我的信用"),
    Door("my/records", MY_READ, menu="我的记录"),
    Door("my/records/<uuid:record>", MY_READ, names="my_record"),
    Door("my/repair", MY_REPAIR, menu="修复申请"),
    Door("my/repair/conditions", MY_REPAIR),
    Door("my/repair/materials", MY_REPAIR),
    Door("my/repair/pledge", MY_REPAIR),
    Door("my/repair/review", MY_REPAIR),
    Door("my/repair/package", MY_REPAIR),
    Door("my/repair/files/<uuid:file>", MY_REPAIR, names="my_proof"),
    Door("my/applications/<uuid:application>", MY_READ, names="my_application"),
    Door("my/objection/<uuid:record>", MY_OBJECT, names="my_record"),
    Door("my/records/<uuid:record>/declaration", MY_OBJECT, names="my_record"),
    Door("my/records/<uuid:record>/declaration/<uuid:paper>", MY_OBJECT, names="my_declaration_paper"),
    Door("my/cases", MY_READ, menu="我的办件"),
    Door("my/cases/<uuid:case>", MY_READ, names="my_case"),
    Door("my/cases/<uuid:case>/documents/<uuid:paper>", MY_READ, names="my_case"),
    Door("my/letters", MY_READ, menu="文书"),
    Door("my/letters/<uuid:letter>", MY_READ, names="my_letter"),
    Door("my/lists", MY_READ, menu="失信名单"),
    Door("my/lists/<uuid:entry>", MY_READ, names="my_entry"),
    Door("my/lists/<uuid:entry>/documents/<uuid:paper>", MY_READ, names="my_entry_paper"),
    Door("my/letters/<uuid:letter>/file", MY_READ, names="my_letter"),
    Door("my/readers", MY_READ, menu="谁查过我"),
    Door("my/readers/<uuid:ticket>", MY_READ, names="my_reading"),
    Door("my/agents", MY_READ, menu="账号与经办人"),
)
JOIN_DOORS = (Door("my/join", PUBLIC),)
DOORS = (
    *MY_DOORS,
    *JOIN_DOORS,
    *PUBLIC_DOORS,
    *MACHINE_DOORS,
    *ACCOUNT_DOORS,
    *DEPARTMENT_DOORS,
    *CENTRE_DOORS,
    *CASE_DOORS,
    *LIST_DOORS,
    *FEED_DOORS,
    *HOLDER_DOORS,
)


def doors_of(officer: Officer) -> list[Door]:
    """List the doors of the side navigation that this officer may open."""
    own = [door for door in DOORS if door.menu and door.act in ACTS]
    return [door for door in own if authorise(officer, door.act, officer.department) is None]
