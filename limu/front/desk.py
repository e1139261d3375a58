"""The first page of the credit centre's desk."""

from django.http import HttpRequest, HttpResponse

from limu.page.signed import Desk, officer_page, show


@officer_page("open_ops")
def centre(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Open the credit centre's desk."""
    return show(request, desk, "front/ops.html")
