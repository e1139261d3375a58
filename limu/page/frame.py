"""What every page knows: language, elder edition, the operator's foot lines; never read from a database."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest

DESKS = ("my", "dept", "ops", "account")
LANGUAGES = ("zh-hans", "en")
LANGUAGE_COOKIE = "limu_lang"
VIEW_COOKIE = "limu_view"
COOKIE_SECONDS = 365 * 24 * 3600

# The slots a government site fills when it opens (ux.md 2.1); shipped empty, hidden while empty.
FOOT_SLOTS = (
    ("sponsor", "主办单位"),
    ("operator", "承办单位"),
    ("contact", "联系方式"),
    ("site_code", "网站标识码"),
    ("icp", "ICP备案号"),
    ("police", "公安备案号"),
)


@dataclass(frozen=True, slots=True)
class Slot:
    """One line of the foot that the operator has filled in."""

    label: str
    text: str


def is_signed(request: HttpRequest) -> bool:
    """Whether somebody works here who has signed in, as far as the request alone can tell; no database is asked.

    A page of a desk is never kept for others, so it may differ by cookie; a public page may not."""
    return request.path.split("/")[1] in DESKS and settings.SESSION_COOKIE_NAME in request.COOKIES


def foot_slots() -> tuple[Slot, ...]:
    """List the configured foot lines; an empty slot does not exist for the visitor."""
    configured = getattr(settings, "LIMU_SITE", {})
    return tuple(Slot(label, str(configured[key])) for key, label in FOOT_SLOTS if configured.get(key))


def language_of(request: HttpRequest) -> str:
    """Choose by address first, then by cookie; Chinese is the source and the default."""
    for wanted in (request.GET.get("lang", ""), request.COOKIES.get(LANGUAGE_COOKIE, "")):
        if wanted.lower() in LANGUAGES:
            return wanted.lower()
    return LANGUAGES[0]


def is_elder(request: HttpRequest) -> bool:
    """Tell whether the elder edition (长者版) is on; it is the same page under another token set."""
    wanted = request.GET.get("view") or request.COOKIES.get(VIEW_COOKIE, "")
    return wanted == "elder"


def same_page(request: HttpRequest, **changed: str) -> str:
    """Address this very page with some parameters changed, keeping what the visitor typed."""
    query = {key: value for key, value in request.GET.items() if key not in ("lang", "view")}
    return f"{request.path}?{urlencode(query | changed)}"


def frame(request: HttpRequest) -> dict[str, object]:
    """Context processor for the base template."""
    elder = is_elder(request)
    language = language_of(request)
    return {
        "frame_language": language,
        "frame_elder": elder,
        "frame_path": request.path,
        "frame_to_language": same_page(request, lang="zh-hans" if language == "en" else "en"),
        "frame_to_view": same_page(request, view="standard" if elder else "elder"),
        "frame_slots": foot_slots(),
        "frame_number": getattr(request, "number", ""),
        "visit": getattr(request, "visit", None),
        "frame_is_signed": is_signed(request),
        "frame_query": request.GET.get("q", "") if request.path == "/search" else "",
    }
