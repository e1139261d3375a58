"""Pages about the site itself: what it is and is not, how to use it by machine."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from limu.front.reply import Visit, public_page


@public_page
def about(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What this site is, what it refuses, and how each service works."""
    del visit
    return render(request, "front/about.html")


@public_page
def developers(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The JSON interface in words, with its limits and errors."""
    del visit
    return render(request, "front/developers.html")
