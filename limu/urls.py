"""The list of pages."""

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from limu.front import api, site, site_about, site_catalogue, site_law, site_measures, site_record
from limu.front.reply import kept_first
from limu.page import site as page

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
    path("law/<slug:key>", site_law.instrument),
    path("quality", site_about.quality),
    path("about", site_about.about),
    path("developers", site_about.developers),
    path("api/v1/docs", RedirectView.as_view(url="/developers")),
    path("api/v1/", (kept_api, named, space)),
]

handler400 = page.malformed
handler403 = page.refused
handler404 = page.missing
handler500 = page.broken
