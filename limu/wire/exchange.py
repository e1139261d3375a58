"""The ways to the platform above (GB/T 39443): files in a folder, a service; agreed tables stand in wire/staging.py."""

import secrets
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from limu.wire.port import SECONDS, Exchange, ExchangeError
from limu.wire.staging import TableExchange

SUFFIX = ".json"


@dataclass(frozen=True, slots=True)
class FolderExchange:
    """Files in two folders, as a front-end machine (前置机) has them: `out/` and `back/`."""

    root: Path

    def send(self, number: str, content: bytes) -> None:
        """Write the package whole or not at all."""
        folder = self.root / "out"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            draft = folder / f".{secrets.token_hex(8)}"
            draft.write_bytes(content)
            draft.replace(folder / f"{number}.zip")
        except OSError as wrong:
            raise ExchangeError from wrong

    def answers(self) -> Iterator[tuple[str, bytes]]:
        """Read what lies in `back/`, in the order of names."""
        folder = self.root / "back"
        if not folder.is_dir():
            return
        for path in sorted(folder.iterdir()):
            if path.suffix == SUFFIX and not path.name.startswith("."):
                yield path.name, path.read_bytes()

    def done(self, name: str) -> None:
        """Move an answer aside."""
        aside = self.root / "back" / "done"
        aside.mkdir(parents=True, exist_ok=True)
        (self.root / "back" / Path(name).name).replace(aside / Path(name).name)


@dataclass(frozen=True, slots=True)
class ServiceExchange:
    """An HTTP service: PUT packages/NUMBER, GET answers (names, a line each), GET and DELETE answers/NAME."""

    url: str
    token: str = ""

    def send(self, number: str, content: bytes) -> None:
        """Put the package; the address holds its number, so again is the same."""
        self._ask("PUT", f"packages/{number}", content)

    def answers(self) -> Iterator[tuple[str, bytes]]:
        """Fetch what the service holds for us."""
        for name in self._ask("GET", "answers").decode().split():
            yield name, self._ask("GET", f"answers/{name}")

    def done(self, name: str) -> None:
        """Let the service forget an answer."""
        self._ask("DELETE", f"answers/{name}")

    def _ask(self, method: str, path: str, content: bytes | None = None) -> bytes:
        address = f"{self.url.rstrip('/')}/{path}"
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        request = urllib.request.Request(address, data=content, method=method, headers=headers)  # noqa: S310 - the operator's
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310 - http and https alone reach here
                return bytes(response.read())
        except (OSError, urllib.error.URLError) as wrong:
            raise ExchangeError from wrong


def open_exchange(place: str, *, token: str = "") -> Exchange:
    """The exchange that a place names: an http(s) address, the address of a database, or a folder."""
    if place.startswith(("http://", "https://")):
        return ServiceExchange(place, token)
    if place.startswith(("postgresql://", "postgres://")):
        return TableExchange(place)
    return FolderExchange(Path(place))


def find_exchange(settings: Mapping[str, str]) -> Exchange | None:
    """The exchange that the settings name: LIMU_UPWARD (folder or service), else LIMU_UPWARD_DATABASE (tables)."""
    if place := settings.get("LIMU_UPWARD", ""):
        return open_exchange(place, token=settings.get("LIMU_UPWARD_TOKEN", ""))
    url = settings.get("LIMU_UPWARD_DATABASE", "")
    return TableExchange(url) if url else None
