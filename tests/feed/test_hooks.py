"""Webhooks: signed as Standard Webhooks says, tried again, given up in view, and never sent into our own network."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress

import pytest

from limu.department.rules import Refusal
from limu.feed.actions_holder import ask_holder
from limu.feed.actions_hook import ATTEMPTS, pause_after, replay, secret_text, send_due
from limu.feed.rules_holder import Wish
from limu.feed.store_holder import find_holder
from limu.wire import outgoing
from limu.wire.outgoing import BlockedError, Reach, is_public, post, why_blocked
from tests import standing
from tests.feed.conftest import Town
from tests.feed.test_actions import reported

MASTER = b"m" * 32


class Receiver:
    """Keeps what was sent, and answers as it is told."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, bytes, Mapping[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.sent.append((url, body, headers))
        return self.answers.pop(0) if self.answers else 200


def push(town: Town, receiver: Receiver) -> int:
    with town.database.connect("app", autocommit=True) as connection:
        return send_due(connection, post=receiver, master=MASTER)


def due_again(town: Town) -> None:
    with town.database.connect("app") as connection:
        connection.execute("UPDATE limu.feed_hook SET next_at = '-infinity'")


def test_a_message_is_signed_so_that_the_receiver_can_tell(town: Town) -> None:
    holder, _ = town.holder(hook_url="https://bank.example/hook")
    reported(town.database)
    town.tell()
    receiver = Receiver()

    assert push(town, receiver) == 1
    assert push(town, receiver) == 0
    url, body, headers = receiver.sent[0]
    secret = base64.b64decode(secret_text(holder.id, MASTER).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert url == "https://bank.example/hook"
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert [event["type"] for event in json.loads(body)] == ["limu.record.published"] * 3


def test_a_failure_is_tried_again_under_the_same_id_and_given_up_in_view(town: Town) -> None:
    holder, _ = town.holder(hook_url="https://bank.example/hook")
    reported(town.database)
    town.tell()
    receiver = Receiver(*[503] * ATTEMPTS)
    for _ in range(ATTEMPTS + 2):
        push(town, receiver)
        due_again(town)

    assert len(receiver.sent) == ATTEMPTS
    assert len({headers["webhook-id"] for _, _, headers in receiver.sent}) == 1
    with town.database.connect("app") as connection:
        letters = connection.execute("SELECT first, last, failure FROM limu.feed_dead_letter").fetchall()
        assert letters == [{"first": 1, "last": 3, "failure": "HTTP 503"}]
        found = find_holder(connection, holder.id)
        assert found is not None
        replay(connection, found)
    assert push(town, receiver) == 1


def test_pauses_double_up_to_an_hour() -> None:
    assert [pause_after(n) for n in (1, 2, 3, 20)] == [2, 4, 8, 3600]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.8", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",  # noqa: S104
        "::1", "fc00::1", "fe80::1%eth0", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "240.0.0.1",
    ],
)  # fmt: skip
def test_no_message_goes_into_a_network_of_our_own(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "https://127.0.0.1:1/x", "https://localhost:1/", "ftp://x/"])
def test_an_address_that_leads_inside_is_not_even_connected_to(url: str) -> None:
    with pytest.raises(BlockedError):
        post(url, b"", {})


def test_a_public_address_is_public() -> None:
    assert is_public("1.1.1.1")
    assert is_public("2606:4700:4700::1111")


@pytest.mark.parametrize(
    ("url", "block"),
    [
        ("http://bank.example/hook", "no_tls"), ("http://10.0.0.8/x", "no_tls"), ("http://127.0.0.1:9/x", "no_tls"),
        ("ftp://bank.example/x", "no_tls"), ("https://10.0.0.8/x", "inside"), ("https://127.1/x", "inside"),
        ("https://2130706433/x", "inside"), ("https://0x7f000001/x", "inside"), ("https://[fe80::1%25eth0]/", "inside"),
        ("https://localhost./x", "inside"), ("https://db.internal/", "inside"), ("https://intranet/", "inside"),
        ("https://bank.example/hook", None), ("https://1.1.1.1/hook", None),
    ],
)  # fmt: skip
def test_an_address_is_judged_as_it_is_written(url: str, block: str | None) -> None:
    assert why_blocked(url) == block


def test_a_network_of_the_operator_s_own_is_reached_under_tls_and_a_demonstration_only_itself_without() -> None:
    own, demonstration = Reach(to_private=True), Reach(to_itself=True)

    assert why_blocked("https://10.0.0.8/x", own) is None
    assert why_blocked("http://10.0.0.8/x", own) == "no_tls"
    assert why_blocked("http://127.0.0.1:9000/x", demonstration) is None
    assert why_blocked("http://localhost:9000/x", demonstration) is None
    assert why_blocked("http://bank.example/x", demonstration) == "no_tls"
    assert why_blocked("https://10.0.0.8/x", demonstration) == "inside"


@pytest.mark.parametrize(
    ("url", "code"),
    [("http://bank.example/hook", "I-106"), ("https://169.254.169.254/latest", "I-107"), ("mailto:a@b", "I-104")],
)
def test_an_address_that_will_not_be_sent_to_is_refused_when_it_is_entered(town: Town, url: str, code: str) -> None:
    day = standing.TODAY
    wish = Wish("示例银行", "科技部", "协议1号", day, day.replace(year=day.year + 1), hook_url=url)
    with town.database.connect("app") as connection:
        refused = ask_holder(
            connection, officer=town.asker, wish=wish, reason="接入", known=(frozenset(), frozenset())
        )  # fmt: skip
        holders = connection.execute("SELECT FROM limu.feed_holder").fetchall()

    assert isinstance(refused, Refusal)
    assert (refused.code, holders) == (code, [])


def test_a_receiver_that_answers_a_letter_at_a_time_is_left_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "LONGEST", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = threading.Event()

        def drip() -> None:
            with server.accept()[0] as line, suppress(OSError):
                while not ended.wait(0.02):
                    line.sendall(b"H")

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(OSError, match=r"RemoteDisconnected|BadStatusLine|reset"):
            post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {}, reach=Reach(to_itself=True))
        ended.set()
        thread.join(30)
