"""The port to the platform above: the same story through a folder and through a service."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from limu.wire.exchange import FolderExchange, ServiceExchange, find_exchange, open_exchange
from limu.wire.port import Exchange, ExchangeError
from limu.wire.staging import TableExchange

ANSWER = b'{"number":"n-1"}'


class Service(BaseHTTPRequestHandler):
    """A service that keeps what it is sent and holds one answer."""

    packages: dict[str, bytes]
    answers: dict[str, bytes]

    def do_PUT(self) -> None:
        """Take a package."""
        self.packages[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self._tell(b"")

    def do_GET(self) -> None:
        """Name the answers, or hand one out."""
        name = self.path.rpartition("/")[2]
        self._tell("\n".join(self.answers).encode() if name == "answers" else self.answers[name])

    def do_DELETE(self) -> None:
        """Forget an answer."""
        del self.answers[self.path.rpartition("/")[2]]
        self._tell(b"")

    def _tell(self, body: bytes) -> None:
        self.send_response(200 if self.headers.get("Authorization") == "Bearer key" else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[str]:
    Service.packages, Service.answers = {}, {"a-1": ANSWER}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/up"
    server.shutdown()
    server.server_close()


def told(exchange: Exchange) -> list[bytes]:
    """Send one package twice, take the answers, let them go, and take what is left."""
    exchange.send("n-1", b"whole")
    exchange.send("n-1", b"whole")
    found = list(exchange.answers())
    for name, _ in found:
        exchange.done(name)
    return [content for _, content in found] + [content for _, content in exchange.answers()]


def test_a_service_takes_packages_and_gives_answers_once(service: str) -> None:
    assert told(open_exchange(service, token="key")) == [ANSWER]
    assert Service.packages == {"/up/packages/n-1": b"whole"}


def test_a_folder_takes_packages_and_gives_answers_once(tmp_path: Path) -> None:
    (tmp_path / "back").mkdir()
    (tmp_path / "back" / "a-1.json").write_bytes(ANSWER)

    assert told(open_exchange(str(tmp_path))) == [ANSWER]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["n-1.zip"]


def test_a_service_that_refuses_or_is_away_is_one_kind_of_failure(service: str) -> None:
    for exchange in (ServiceExchange(service, "wrong"), ServiceExchange("http://127.0.0.1:9/up")):
        with pytest.raises(ExchangeError):
            exchange.send("n-1", b"whole")


def test_a_folder_that_cannot_be_written_is_the_same_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ExchangeError):
        FolderExchange(tmp_path / "file").send("n-1", b"whole")


def test_a_database_that_is_away_is_the_same_failure() -> None:
    exchange = open_exchange("postgresql://sender@127.0.0.1:9/above?connect_timeout=2")
    with pytest.raises(ExchangeError):
        next(iter(exchange.answers()))


def test_the_settings_name_one_way_or_none() -> None:
    assert find_exchange({}) is None
    assert find_exchange({"LIMU_UPWARD": "/srv/up"}) == FolderExchange(Path("/srv/up"))
    assert find_exchange({"LIMU_UPWARD_DATABASE": "postgresql://above/x"}) == TableExchange("postgresql://above/x")
