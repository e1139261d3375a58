"""The readers of packaged data give plain values, the same every time."""

from pathlib import Path

import pytest

from limu.wire.statutes import read_catalogue_items, read_folder, read_law_texts
from limu.wire.tables import NoTableError, read_table, read_tables, table_names


def test_the_law_is_read_file_by_file_in_order() -> None:
    texts = read_law_texts()

    assert {"instruments.toml", "articles.toml", "terms.toml"} <= texts.keys()
    assert list(texts) == sorted(texts)
    assert all(isinstance(document, dict) for document in texts.values())


def test_the_catalogue_is_read_item_by_item() -> None:
    assert {"penalty.toml", "permit.toml"} <= read_catalogue_items().keys()


def test_a_folder_on_disk_is_read_in_the_same_way(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.toml").write_text("number = 1")
    (tmp_path / "a.toml").write_text('name = "甲"', "utf-8")
    (tmp_path / "notes.md").write_text("not law")

    assert read_folder(tmp_path) == {"a.toml": {"name": "甲"}, "deep/b.toml": {"number": 1}}


def test_a_table_is_rows_under_the_words_of_its_header() -> None:
    for name, rows in read_tables().items():
        assert rows, name
        assert all(None not in row and None not in row.values() for row in rows), name


def test_an_unknown_table_is_named_with_those_there_are() -> None:
    with pytest.raises(NoTableError, match=table_names()[0]):
        read_table("no_such_table")
