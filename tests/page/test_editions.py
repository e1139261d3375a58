"""Every signed page in both languages: the house speaks English, and the field's own Chinese is marked as such."""

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import pytest
from django.test import Client

from limu.account.store import put_login
from limu.department.rules import ACTS, Officer
from limu.page import texts
from limu.page.doors import DOORS, MY_DOORS, SIGNED, Door
from limu.page.edition import edition, texts_of
from limu.page.messages import PACKAGE
from limu.page.speech import HAN, catalogue, marked, say
from limu.wire.database import Database
from limu.wire.passwords import hash_password
from tests import people
from tests.lawful import centre, stand_lawful
from tests.page import editions
from tests.page.objects import OBJECTS
from tests.page.portal_town import bind
from tests.page.test_doors import _address

QUOTED = frozenset({"名称", "统一社会信用代码", "证据"})
"""Headers of a clerk's own file, and names of files, that happen to be messages too."""

WORD = re.compile(r"[A-Za-z]{3,}")
MACHINE = re.compile(r"[\w:.\-/@{}?&=]*[./_@{}\d][\w:.\-/@{}?&=]*|\b[A-Z]+\b|示例员\S*", re.ASCII)
"""Addresses, paths, accounts, numbers and the places of a message: written for machines."""

KNOWN = re.compile(
    "English|JavaScript|RFC|Excel|WPS|ODS|CSV|JSON|UTF|GBK|TOML|PostgreSQL|postgres|embedded|utf|init|demo|limu"
    "|LIMU|HOME|OIDC|ISSUER|PIN|xlsx|csv|json|Authorization|Bearer|Schema"
)
"""Words of other alphabets that a Chinese page may say: names of formats, machines, commands and settings."""

LETTERS = 4
HEAVIEST = 200_000

CODES = frozenset({"code", "kbd", "pre", "option", "textarea", "@placeholder"})


@dataclass(frozen=True, slots=True)
class Town:
    """One officer of every role, and an agent of an organisation with a record."""

    database: Database
    staff: dict[str, Officer]
    agent: str
    record: str

    def address(self, door: Door) -> str:
        """An address behind a door, of an object that is there."""
        owner = self.staff[role_for(door)] if door.act in ACTS else None
        made = OBJECTS[door.names](self.database, owner) if owner and door.names else {"record": self.record}
        return _address(door, made)

    def client(self, door: Door) -> Client:
        """A browser of somebody who may open the door."""
        return _signed_in(self.agent if door in MY_DOORS else self.staff[role_for(door)].code)


@lru_cache
def _signed_in(code: str) -> Client:
    return people.signed_in(code)


def role_for(door: Door) -> str:
    """A role that may open a door."""
    return min(set().union(*ACTS[door.act])) if door.act in ACTS else "clerk"


@pytest.fixture(scope="module")
def town(template: Database) -> Iterator[Town]:
    from tests.conftest import _clone  # noqa: PLC0415 - the module's own clone, shared by its pages

    with _clone(template) as clone, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIMU_DATABASE_NAME", clone.name)
        with people.doors_open(clone):
            with clone.connect("app") as app:
                staff = people.staff_of(app, people.department_of(app, 71), prefix="one")
                lawful = stand_lawful(app, number=2)
                desk = centre(app, "desk.one", "centre_officer")
                second = people.officer_in(
                    app, people.department_of(app, 92, is_centre=True), "desk.two", "centre_officer"
                )
                agent = bind(app, (desk, second), lawful.base.codes[0], scopes=("read", "repair", "objection")).code
            with clone.connect("account") as logins:
                put_login(logins, code=agent, name=agent, hashed=hash_password(people.PASSWORD))
            people.give_logins(clone, [officer.code for officer in staff.values()])
            people.give_factors(clone)
            yield Town(clone, staff, agent, str(lawful.record))
            _signed_in.cache_clear()


WALKED = [
    door
    for door in DOORS
    if (door.act in ACTS or door in MY_DOORS or (door.act == SIGNED and "<" not in door.path))
    and not (door in MY_DOORS and door.names not in ("", "my_record"))
    and not door.path.endswith((".xlsx", ".csv", "/download/", "/documents/<uuid:paper>"))
]


@contextmanager
def _in_english(client: Client) -> Iterator[None]:
    client.cookies["limu_lang"] = "en"
    try:
        yield
    finally:
        del client.cookies["limu_lang"]


@pytest.mark.parametrize("door", WALKED, ids=lambda door: door.path)
def test_a_signed_page_speaks_the_language_its_reader_chose_and_weighs_little(town: Town, door: Door) -> None:
    client, address = town.client(door), town.address(door)
    with _in_english(client):
        english = client.get(address)
    chinese = client.get(address)

    if english.status_code == 200 and english["Content-Type"].startswith("text/html"):
        assert chinese_in_english(english.content.decode()) == []
        assert english_in_chinese(chinese.content.decode()) == []
        assert weight(chinese.content) <= HEAVIEST


def weight(page: bytes) -> int:
    """What goes over the line before a page stands: the page, its styles and its scripts, compressed (ux.md 2.2)."""
    needed = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.decode()))
    return len(gzip.compress(page)) + sum(map(_static, needed))


@lru_cache
def _static(address: str) -> int:
    answer = Client().get(address, headers={"Accept-Encoding": "gzip"})
    return len(b"".join(answer) if answer.streaming else answer.content)


def chinese_in_english(page: str) -> list[str]:
    """What an English page says in Chinese: unmarked where a mark could stand, or a text of the house itself."""
    texts = list(editions.texts_of(page))
    unmarked = [one.words for one in texts if HAN.search(one.words) and one.is_markable and one.language == "en"]
    said = [one.words for one in texts if HAN.search(one.words) and _is_ours(one)]
    return sorted({*unmarked, *said})


def _is_ours(text: editions.Text) -> bool:
    # A marked passage is data; were a text of the house in it, the house would have said it in English. Letters and
    # other documents are marked as a whole and quote the house.
    if text.is_markable and text.element not in ("span", "b"):
        return False
    return text.words in catalogue().keys() - QUOTED or any(one in text.words for one in _sentences())


@lru_cache
def _sentences() -> tuple[str, ...]:
    # What commands alone say is short and stands in data too: 统一社会信用代码。
    spoken = texts.said()
    return tuple(
        text
        for text in catalogue()
        if "%(" not in text and re.search("[，。；]", text[1:]) and not spoken.get(text, "").startswith("cli/")
    )


def english_in_chinese(page: str) -> list[str]:
    """Words of another alphabet that a Chinese page says outside code, data and a short list."""
    found = set()
    for one in editions.texts_of(page):
        if one.element not in CODES and one.language != "en" and HAN.search(one.words):
            found |= {word for word in WORD.findall(MACHINE.sub("", one.words)) if not KNOWN.fullmatch(word)}
    return sorted(found)


def test_a_template_is_set_in_english_with_its_values_in_their_places() -> None:
    source = '<p title="状态">共 {{ n }} 项：{{ name }}（<a href="/x">查看</a>）</p>{% if a %}未知{% endif %}'

    words = {"共 %(n)s 项：%(name)s（": "%(n)s items: %(name)s (", "查看": "View", "状态": "State"}
    assert edition(source, words.get) == (
        """<p title="State">{{ n|said }} item{{ n|pluralize:'s' }}: {{ name|said }} (<a href="/x">View</a>）</p>"""
        "{% if a %}未知{% endif %}"
    )


def test_what_is_marked_as_chinese_and_what_no_one_reads_is_left_alone() -> None:
    source = '<p lang="zh-Hans">文书</p><script>a("文书")</script><input value="文书"><b data-x="文书">{{ x }}</b>'

    assert edition(source, lambda _: "letter") == source.replace("{{ x }}", "{{ x|said }}")


def test_every_text_between_two_tags_is_a_message() -> None:
    assert texts_of('<h1>待办</h1>{% include "x" with what="没有" %}{{ x|default:"（无）" }}<img alt="图">') == [
        "待办",
        "没有",
        "（无）",
        "图",
    ]


@pytest.mark.parametrize(
    ("told", "english"),
    [
        ("未到最短公示期。", "The minimum public term has not passed."),
        ("该事项现为“核查中”，李四。", "This matter is now “Under review”, 李四."),
        ("示例商贸有限公司", "示例商贸有限公司"),
        (
            "没有写明理由。请写明理由；主体会看到它。",
            "The reason is missing. Please give the reason; the subject will see it.",
        ),
    ],
)
def test_a_finished_sentence_finds_its_message_again(told: str, english: str) -> None:
    assert say(told) == english


def test_the_field_s_own_chinese_is_marked_for_those_who_read_by_ear() -> None:
    assert marked("Row 3 <示例商贸> 2026") == 'Row 3 &lt;<span lang="zh-Hans">示例商贸</span>&gt; 2026'


def test_a_letter_is_shown_as_it_was_written() -> None:
    templates = [path.read_text("utf-8") for path in PACKAGE.rglob("templates/**/*.html")]
    lines = [found for text in templates for found in re.findall(r"for line in [\w.]*letter\.lines %}(<[^>]*>)", text)]

    assert len(lines) >= LETTERS
    assert [tag for tag in lines if 'lang="zh-Hans"' not in tag] == []
