"""Hands at the department's desk over HTTP: a file is sent, entered, and its page read."""

import re
from pathlib import Path
from typing import Any

from django.test import Client

from tests.intake.made import company
from tests.standing import Standing


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def send(client: Client, path: Path, *, item: str = "penalty") -> Any:
    with path.open("rb") as file:
        return client.post("/dept/upload", {"item": item, "file": file}, follow=True)


def token_of(answer: Any) -> str:
    found = re.search(r"/dept/upload/([^/\"?]+)/(?:confirm|discard|headers)", answer.content.decode())
    assert found, text_of(answer)
    return found[1]


def ten_rows(standing: Standing) -> list[list[str]]:
    rows = [company(standing.codes[n % 3], n) for n in range(1, 11)]
    rows[2][1] = rows[2][1][:-1] + ("0" if rows[2][1][-1] != "0" else "1")
    rows[4][5] = "罚站"
    rows[7][8] = "2099-01-01"
    return rows


def enter(client: Client, path: Path) -> str:
    checked = send(client, path)
    done = client.post(f"/dept/upload/{token_of(checked)}/confirm", follow=True)
    assert done.status_code == 200, text_of(done)
    return done.redirect_chain[-1][0]
