"""Pages of an officer that write and then end in every way a page can end; loaded by Django as its list of pages."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from limu.page.signed import Desk, officer_page, show
from limu.urls import urlpatterns as site


def _write(desk: Desk) -> None:
    desk.connection.execute("INSERT INTO limu.person (id, name) VALUES (gen_random_uuid(), '示例员写入')")


@officer_page("open_dept")
def fails(request: HttpRequest, desk: Desk) -> HttpResponse:
    _write(desk)
    raise RuntimeError(request.path)


@officer_page("open_dept")
def returns_errors(request: HttpRequest, desk: Desk) -> HttpResponse:
    _write(desk)
    return show(request, desk, "page/desk.html", status=422)


@officer_page("open_dept")
def is_missing(request: HttpRequest, desk: Desk) -> HttpResponse:
    _write(desk)
    raise Http404(request.path)


@officer_page("open_dept")
def succeeds(request: HttpRequest, desk: Desk) -> HttpResponse:
    _write(desk)
    row = desk.connection.execute("SELECT current_user AS who, limu.current_department() AS department").fetchone()
    assert row == {"who": "limu_app", "department": desk.officer.department}
    return show(request, desk, "page/desk.html")


urlpatterns = [
    path("dept/fails", fails),
    path("dept/errors", returns_errors),
    path("dept/missing", is_missing),
    path("dept/succeeds", succeeds),
    path("ops/succeeds", succeeds),
    *site,
]
handler404 = "limu.page.site.missing"
