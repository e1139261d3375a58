"""Decide when a session ends, who may vouch for whom, and who must show a second factor (GB/T 22239-2019 8.1.4.1)."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

IDLE = timedelta(minutes=30)
WHOLE = timedelta(hours=8)

# Roles that see more than one department's work, or hold the keys: a password alone does not do for them.
GUARDED_ROLES = frozenset({"centre_officer", "auditor", "security_administrator", "system_administrator"})

Ending = Literal["idle", "whole"]
ENDED: dict[Ending, str] = {
    "idle": "30 分钟没有操作，登录已结束。请重新登录。",
    "whole": "本次登录已满 8 小时，请重新登录。",
}


def why_ended(*, opened_at: datetime, seen_at: datetime, now: datetime) -> Ending | None:
    """Say why a session is over; None means: it goes on."""
    if now - opened_at >= WHOLE:
        return "whole"
    return "idle" if now - seen_at >= IDLE else None


def needs_second_factor(roles: tuple[str, ...], *, mode: str) -> bool:
    """Tell whether these roles must enrol a second factor; a demonstration does without, and says so."""
    return mode != "demonstration" and bool(GUARDED_ROLES & frozenset(roles))


def oidc_apps(settings: Mapping[str, str]) -> list[dict[str, Any]]:
    """Describe the outside identity provider an operator has named, in allauth's words; none is the default."""
    issuer = settings.get("LIMU_OIDC_ISSUER", "").rstrip("/")
    if not issuer:
        return []
    address = urlsplit(issuer)
    if address.scheme != "https" and address.hostname not in ("127.0.0.1", "localhost"):
        raise ValueError("LIMU_OIDC_ISSUER must begin with https://: an identity is not taken from an open line")
    return [
        {
            "provider_id": "outside",
            "name": settings.get("LIMU_OIDC_NAME") or "统一身份认证",
            "client_id": settings.get("LIMU_OIDC_CLIENT", ""),
            "secret": settings.get("LIMU_OIDC_SECRET", ""),
            "settings": {"server_url": issuer},
        }
    ]


def derive_key(secret: bytes) -> bytes:
    """Bring a key of the installation into the form Fernet reads: 32 bytes in URL-safe base64."""
    return urlsafe_b64encode(secret[:32])
