"""The list of pages."""

from django.urls import URLPattern, include, path
from django.views.generic import RedirectView

from limu.account import desk as officers
from limu.account import site as account
from limu.assessment import desk as assessment
from limu.feed import api as feed
from limu.feed import api_snapshot as snapshots
from limu.feed import desk as holders
from limu.feed import desk_board
from limu.front import (
    api,
    desk,
    desk_batches,
    desk_cases,
    desk_check,
    desk_check_batch,
    desk_corrections,
    desk_dept,
    desk_matching,
    desk_mending,
    desk_records,
    desk_watch,
    site,
    site_about,
    site_catalogue,
    site_feed,
    site_law,
    site_measures,
    site_quality,
    site_record,
    site_verify,
)
from limu.front.reply import kept_first
from limu.intake import api as machine
from limu.intake import desk_keys, desk_tasks, desk_upload
from limu.page import site as page
from limu.reactions import entry_factory

api.api.add_router("/submissions", machine.router(entry_factory))
# The interface's own addresses, each answered from what is kept before its parameters are read.
described, named, space = api.api.urls
kept_api = [
    path(str(one.pattern), kept_first(one.callback), name=one.name) for one in described if isinstance(one, URLPattern)
]

urlpatterns = [
    path("", site.home),
    path("search", site.search),
    path("s/<str:uscc>", site.subject),
    path("r/<uuid:record_id>", site_record.record),
    path("lists", site_record.lists),
    path("lists/kinds", site_measures.kinds),
    path("lists/<slug:code>", site_measures.kind),
    path("measures", site_measures.measures),
    path("disclosure", site_record.disclosure),
    path("catalog", site_catalogue.catalogue),
    path("catalog/<slug:code>", site_catalogue.item),
    path("catalog/<slug:code>/template.xlsx", site_catalogue.template),
    path("catalog/<slug:code>/schema.json", site_catalogue.schema),
    path("law", site_law.law),
    path("law/local", site_law.additions),
    path("law/<slug:key>", site_law.instrument),
    path("quality", site_quality.quality),
    path("quality/<int:number>", site_quality.year),
    path("quality/<int:number>/<slug:uscc>", site_quality.department),
    path("quality/<int:number>/download/<str:form>", site_quality.download),
    path("about", site_about.about),
    path("verify", site_verify.verify_page),
    path("developers", site_about.developers),
    path("api/v1/docs", RedirectView.as_view(url="/developers")),
    path("api/v1/", (kept_api, named, space)),
    path("account/", include(account.PATTERNS)),
    path("dept", desk_dept.home),
    path("dept/tasks", desk_tasks.overview),
    path("dept/tasks/<slug:code>/nil", desk_tasks.nil),
    path("dept/templates", desk_tasks.templates),
    path("dept/templates/<slug:code>", desk_tasks.dictionary_page),
    path("dept/upload", desk_upload.upload),
    path("dept/upload/<str:token>", desk_upload.check_page(entry_factory)),
    path("dept/upload/<str:token>/headers", desk_upload.headers),
    path("dept/upload/<str:token>/confirm", desk_upload.confirm_page(entry_factory)),
    path("dept/upload/<str:token>/discard", desk_upload.discard),
    path("dept/batches", desk_batches.batches),
    path("dept/batches/<uuid:batch>", desk_batches.batch_page),
    path("dept/batches/<uuid:batch>/answer.xlsx", desk_batches.workbook),
    path("dept/batches/<uuid:batch>/undo", desk_batches.undo),
    path("dept/problems", desk_batches.problems),
    path("dept/problems/<uuid:batch>", desk_mending.rows),
    path("dept/problems/<uuid:batch>/<int:row>", desk_mending.row_page(entry_factory)),
    path("dept/pending", desk_dept.pending),
    path("dept/records", desk_records.records),
    path("dept/records/<uuid:record>", desk_records.record_page),
    path("dept/records/<uuid:record>/withdraw", desk_records.withdraw),
    path("dept/records/<uuid:record>/correct", desk_corrections.correct),
    path("dept/corrections/<uuid:correction>", desk_corrections.correction_page),
    path("dept/removals/<uuid:removal>", desk_records.removal_page),
    path("dept/quality", desk_dept.quality),
    path("dept/assessment", assessment.own),
    path("dept/assessment/<uuid:assessment>/comment", assessment.comment),
    path("dept/keys", desk_keys.overview),
    path("dept/keys/new", desk_keys.new),
    path("dept/keys/<uuid:key>", desk_keys.key_page),
    path("dept/keys/<uuid:key>/settle", desk_keys.settle),
    path("dept/keys/<uuid:key>/rotate", desk_keys.rotate),
    path("dept/keys/<uuid:key>/revoke", desk_keys.revoke),
    path("dept/check", desk_check.window),
    path("dept/check/<uuid:check>", desk_check.checked),
    path("dept/check/<uuid:check>/slip", desk_check.slip),
    path("dept/check-list", desk_check_batch.batch),
    path("dept/cases", desk_cases.listed),
    path("dept/cases/<uuid:case>", desk_cases.case_page),
    path("dept/cases/<uuid:case>/step", desk_cases.step),
    path("dept/cases/<uuid:case>/confirm", desk_cases.confirm),
    path("dept/cases/<uuid:case>/documents/<uuid:paper>", desk_cases.document),
    path("dept/notices", desk_cases.notices),
    path("dept/reliance", desk_cases.reliance),
    path("ops/cases", desk_watch.listed),
    path("ops/cases/<uuid:case>", desk_watch.case_page),
    path("ops/cases/<uuid:case>/documents/<uuid:paper>", desk_watch.document),
    path("ops/cases/<uuid:case>/appeal", desk_watch.appeal),
    path("ops/cases/<uuid:case>/receipt", desk_watch.receipt),
    path("ops", desk.centre),
    path("ops/assessment", assessment.years),
    path("ops/assessment/<int:year>", assessment.year_page),
    path("ops/assessment/<int:year>/department", assessment.department_page),
    path("ops/waivers", desk_mending.waivers),
    path("ops/waivers/<uuid:waiver>", desk_mending.waiver_page),
    path("ops/matching", desk_matching.matching),
    path("ops/matching/<uuid:pending>", desk_matching.case_page),
    path("ops/matching/<uuid:pending>/judge", desk_matching.judge),
    path("ops/matching/<uuid:pending>/settle", desk_matching.settle),
    path("ops/matching/<uuid:pending>/alike", desk_matching.alike),
    path("ops/matching/judgements/<uuid:judgement>/undo", desk_matching.undo),
    path("ops/accounts", officers.officers),
    path("ops/accounts/<str:code>", officers.officer),
    path("ops/accounts/<str:code>/password", officers.password),
    path("ops/accounts/<str:code>/close", officers.close),
    path("ops/new-account", officers.new),
    path("ops/overreach", desk_check.overreach),
    path("feed", feed.feed),
    path("feed/stream", feed.stream),
    path("feed/ack", feed.acknowledge),
    path("feed/check", feed.check),
    path("feed/copies", feed.copies),
    path("feed/tree", feed.tree),
    path("feed/snapshot", snapshots.manifest),
    path("feed/snapshot/<uuid:snapshot>/<str:name>", snapshots.file),
    path("feed/key", snapshots.key),
    path("propagation", site_feed.propagation),
    path("report-copy", site_feed.report),
    path("ops/holders", holders.holders),
    path("ops/new-holder", holders.new),
    path("ops/holders/<uuid:holder>", holders.holder),
    path("ops/holders/<uuid:holder>/act", holders.act),
    path("ops/holders/<uuid:holder>/replay", holders.replay),
    path("ops/holder-acts/<uuid:holder_act>", holders.settle),
    path("ops/propagation", desk_board.propagation),
    path("ops/deviations", desk_board.deviations),
    path("ops/deviations/<uuid:deviation>/close", desk_board.close),
]

handler400 = page.malformed
handler403 = page.refused
handler404 = page.missing
handler500 = page.broken
