"""The list of pages."""

from django.urls import include, path

from limu.account import site as account
from limu.front import api, desk, site, site_about, site_catalogue, site_law, site_record
from limu.page import site as page

urlpatterns = [
    path("", site.home),
    path("search", site.search),
    path("s/<str:uscc>", site.subject),
    path("r/<uuid:record_id>", site_record.record),
    path("lists", site_record.lists),
    path("disclosure", site_record.disclosure),
    path("catalog", site_catalogue.catalogue),
    path("catalog/<slug:code>", site_catalogue.item),
    path("catalog/<slug:code>/template.xlsx", site_catalogue.template),
    path("catalog/<slug:code>/schema.json", site_catalogue.schema),
    path("law", site_law.law),
    path("law/<slug:key>", site_law.instrument),
    path("quality", site_about.quality),
    path("about", site_about.about),
    path("developers", site_about.developers),
    path("api/v1/", api.api.urls),
    path("account/", include(account.PATTERNS)),
    path("dept", desk.department),
    path("ops", desk.centre),
]

handler400 = page.malformed
handler403 = page.refused
handler404 = page.missing
handler500 = page.broken
