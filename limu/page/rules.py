"""Decide how much one visitor may ask for."""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

RATE_PER_MINUTE = 60
BURST = 30
PER_DAY = 2000
PREFIX_V4 = 24
PREFIX_V6 = 48


@dataclass(frozen=True, slots=True)
class Bucket:
    """What a network may still ask at an instant; it refills with time and never overflows."""

    tokens: float
    filled_at: float


def network_of(address: str) -> str:
    """Name the /24 or /48 an address belongs to, so that a robot with a whole network counts once."""
    try:
        parsed = ip_address(address.strip())
    except ValueError:
        return "unknown"
    prefix = PREFIX_V4 if parsed.version == 4 else PREFIX_V6
    return str(ip_network(f"{parsed}/{prefix}", strict=False))


def take(bucket: Bucket | None, *, at: float, per_minute: float, burst: int) -> tuple[Bucket, int]:
    """Take one token and answer with the seconds still to wait; zero means the request may go on."""
    rate = per_minute / 60
    if bucket is None:
        return Bucket(tokens=burst - 1, filled_at=at), 0
    tokens = min(float(burst), bucket.tokens + max(0.0, at - bucket.filled_at) * rate)
    if tokens < 1:
        return Bucket(tokens=tokens, filled_at=at), max(1, round((1 - tokens) / rate))
    return Bucket(tokens=tokens - 1, filled_at=at), 0
