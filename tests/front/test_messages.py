import gettext
import io
import os
from pathlib import Path

from limu.page.messages import ENTRY, SOURCE, compile_mo, compiled, read_po
from limu.page.texts import said, said_in_code, said_in_template, spoken_in_code

HEAD = {"": "Content-Type: text/plain; charset=UTF-8\n"}


def test_every_text_that_a_page_may_say_has_an_english_form() -> None:
    english = read_po(SOURCE.read_text("utf-8"))

    assert {text: place for text, place in said().items() if not english.get(text)} == {}


def test_the_catalogue_holds_nothing_that_no_page_says() -> None:
    assert set(read_po(SOURCE.read_text("utf-8"))) - {""} - set(said()) == set()


def test_no_message_stands_twice_in_the_catalogue() -> None:
    texts = [text for text, _ in ENTRY.findall(SOURCE.read_text("utf-8"))]

    assert [text for text in set(texts) if texts.count(text) > 1] == []


def test_a_start_compiles_what_was_written_since(tmp_path: Path) -> None:
    source = _written(tmp_path / "locale", "Search")
    made = source.with_suffix(".mo")

    assert compiled(tmp_path / "spare", tmp_path / "locale") == tmp_path / "locale"
    assert made.read_bytes() == compile_mo(HEAD | {"查询": "Search"})

    source = _written(tmp_path / "locale", "Look up")
    os.utime(made, ns=(0, source.stat().st_mtime_ns - 1))
    compiled(tmp_path / "spare", tmp_path / "locale")
    assert made.read_bytes() == compile_mo(HEAD | {"查询": "Look up"})


def test_a_second_start_finds_it_made(tmp_path: Path) -> None:
    made = _written(tmp_path / "locale", "Search").with_suffix(".mo")
    compiled(tmp_path / "spare", tmp_path / "locale")
    first = made.stat()
    compiled(tmp_path / "spare", tmp_path / "locale")

    assert made.stat() == first


def test_where_the_programs_folder_is_closed_it_lies_in_the_home(tmp_path: Path) -> None:
    source = _written(tmp_path / "locale", "Search")
    source.with_suffix(".mo").mkdir()  # no file can take this name, not even for root, who may write everywhere
    place = compiled(tmp_path / "spare", tmp_path / "locale")

    assert place.parent == tmp_path / "spare"
    assert gettext.translation("django", place, ["en"]).gettext("查询") == "Search"
    assert [one.name for one in source.parent.iterdir() if one.is_file()] == ["django.po"]


def _written(locales: Path, english: str) -> Path:
    source = locales / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(
        f'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "查询"\nmsgstr "{english}"\n', "utf-8"
    )
    return source


def test_gettext_reads_what_we_compile() -> None:
    catalogue = gettext.GNUTranslations(io.BytesIO(compile_mo(HEAD | {"查询": "Search"})))

    assert catalogue.gettext("查询") == "Search"


def test_placeholders_survive_translation() -> None:
    english = read_po(SOURCE.read_text("utf-8"))
    lost = [text for text, form in english.items() if _holes(text) != _holes(form)]

    assert lost == []


def _holes(text: str) -> set[str]:
    return {part.split(")")[0] for part in text.split("%(")[1:]}


def test_texts_are_found_in_templates_and_in_code() -> None:
    block = "{% blocktranslate with n=x.y %}丙 {{ n }}{% endblocktranslate %}"
    template = '{% translate "甲" %}{% include "x" with a=_("乙") %}' + block

    assert set(said_in_template(template)) == {"甲", "乙", "丙 %(n)s"}
    assert list(said_in_code('mark("丁")\nf("戊")\n_("己")')) == ["丁", "己"]


def test_sentences_of_the_rooms_are_messages_with_places() -> None:
    module = '''"""甲"""\nrefuse(f"共 {batch.rows} 行，{case.word}", "请{x}重试")\nmark("乙")\nre.compile(r"丙\\d")'''

    assert list(spoken_in_code(module)) == ["共 %(rows)s 行，%(word)s", "请%(x)s重试"]
