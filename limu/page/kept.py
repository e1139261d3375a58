"""What somebody typed into a form that could not be taken: handed back at once, or after a new sign-in.

A form is handed back only where the browser says that it came from a page of ours (Origin, Referer): nobody else's
page lays words before an officer to send on. While its author signs in again it lies in the session, encrypted; the
key is in the browser's cookie and nowhere else. Passwords and codes are never kept, files cannot be: they are asked
for again, by name."""

import json
import re
from dataclasses import asdict, dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest, HttpResponse

SECRET = ("csrfmiddlewaretoken", "password", "oldpassword", "password1", "password2")
CREDENTIALS = ("/account/", "/my/join")
"""Where codes and passwords are typed, and nothing else."""
ADDRESS = "/account/kept/"
COOKIE, ENTRY = "limu_kept", "kept"
WAITS = timedelta(minutes=30)
MOST = 1_000_000
FOR_MACHINES = re.compile(r"[0-9a-f-]{32,36}|[a-z_]*")


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was sent: to which address, its fields, and of its files only the names."""

    path: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...] = ()

    @property
    def words(self) -> list[str]:
        """What a person recognises of it: no numbers of objects, no names of buttons."""
        return [text for _, text in self.fields if not FOR_MACHINES.fullmatch(text)]


def typed_in(request: HttpRequest) -> Typed | None:
    """Read what was typed, without secrets; None where nothing is worth handing back."""
    if request.method != "POST" or request.path.startswith(CREDENTIALS):
        return None
    fields = tuple(
        (name, text) for name, texts in request.POST.lists() if name not in SECRET for text in texts
    )  # fmt: skip
    files = tuple((name, str(one.name)) for name, several in request.FILES.lists() for one in several)
    return Typed(request.get_full_path(), fields, files) if fields or files else None


def is_own(request: HttpRequest) -> bool:
    """Tell whether a browser says that a request came from a page of this site."""
    said = urlsplit(request.headers.get("Origin") or request.headers.get("Referer") or "")
    return (said.scheme, said.netloc) == (request.scheme, request.get_host())


def keep(request: HttpRequest, response: HttpResponse, typed: Typed, *, author: str) -> bool:
    """Keep a form in the session for its author; of no author: for whoever signs in next at this very browser."""
    told = json.dumps({"author": author, "typed": asdict(typed)}).encode()
    if len(told) > MOST:
        return False
    key = Fernet.generate_key()
    request.session[ENTRY] = Fernet(key).encrypt(told).decode()
    response.set_cookie(
        COOKIE, key.decode(), max_age=int(WAITS.total_seconds()), path=ADDRESS, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return True


def kept_for(request: HttpRequest, author: str) -> Typed | None:
    """Find the form that waits for somebody who has signed in."""
    try:
        told = Fernet(request.COOKIES.get(COOKIE, "").encode()).decrypt(
            request.session.get(ENTRY, "").encode(), ttl=int(WAITS.total_seconds())
        )
    except (InvalidToken, ValueError):
        return None
    found = json.loads(told)
    if found["author"] not in ("", author):
        return None
    typed = found["typed"]
    return Typed(typed["path"], *(tuple((name, text) for name, text in typed[part]) for part in ("fields", "files")))


def forget(request: HttpRequest, response: HttpResponse) -> None:
    """Let go of a form that its author gave up."""
    request.session.pop(ENTRY, None)
    response.delete_cookie(COOKIE, path=ADDRESS)
