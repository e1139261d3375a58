"""The synthetic city is the same city at every size, and its codes are valid."""

import hashlib

import polars as pl

from limu.city.chance import numbered
from limu.city.codes import spoiled
from limu.city.people import office_codes
from limu.city.records import STREAMS, file_frame
from limu.city.seven import SUBJECTS, seven_subjects
from limu.city.subjects import SORTS, codes_at, subject_frame, subject_frames
from limu.terms.numbers import is_valid_registration_number
from limu.terms.pinyin import pinyin_series
from limu.terms.uscc import diagnose_uscc, is_valid_uscc


def _hash(frame: pl.DataFrame) -> str:
    return hashlib.sha256(frame.write_csv().encode()).hexdigest()


def test_the_city_is_the_same_twice_and_in_any_chunks() -> None:
    whole = pl.concat(subject_frames(3_000))
    pieces = pl.concat(subject_frames(3_000, chunk=777))

    assert _hash(whole) == _hash(pieces)
    assert _hash(whole) == "299cc59e1f8f99a3d12706d1f7f34cebc3105231221b6097047c1ee88a4f20be"


def test_a_larger_city_begins_with_the_smaller_one() -> None:
    small, large = pl.concat(subject_frames(100)), pl.concat(subject_frames(1_000))

    assert large.head(100).equals(small)


def test_every_code_of_the_city_is_valid_and_given_once() -> None:
    codes = codes_at(numbered(0, 5_000))

    assert codes.n_unique() == 5_000
    assert [code for code in codes if diagnose_uscc(code) is not None] == []


def test_codes_far_out_are_valid_too() -> None:
    codes = codes_at(numbered(2_999_000, 1_000))

    assert all(is_valid_uscc(code) for code in codes)


def test_every_kind_of_body_lives_in_a_small_city() -> None:
    prefixes = set(codes_at(numbered(0, 50)).str.slice(0, 2))

    assert {sort.prefix for sort in SORTS} <= prefixes


def test_a_spoiled_code_never_passes() -> None:
    numbers = numbered(0, 500)

    assert not any(is_valid_uscc(code) for code in spoiled(codes_at(numbers), numbers))


def test_old_registration_numbers_have_their_check_digit() -> None:
    numbers = subject_frame(numbered(0, 2_000))["工商注册号"].drop_nulls()

    assert len(numbers) > 50
    assert all(is_valid_registration_number(number) for number in numbers)


def test_only_the_two_named_firms_answer_to_the_initials_qhjc() -> None:
    names = pl.concat([seven_subjects()["名称"], pl.concat(subject_frames(20_000))["名称"]])
    initials = pinyin_series(names)["initials"]

    assert initials.str.contains("qhjc", literal=True).sum() == 2


def test_the_seven_named_organisations_have_the_codes_of_the_journeys() -> None:
    assert [code for code, *_ in SUBJECTS] == [
        "91990100MA0000001G",
        "91990100MA0000002K",
        "91990100MA0000003N",
        "12990100MB00000041",
        "52990100MJ0000005E",
        "N2990100MF0000006R",
        "92990100MA00000070",
    ]
    assert all(is_valid_uscc(code) for code, *_ in SUBJECTS)


def test_every_department_has_a_valid_code_of_its_own() -> None:
    codes = office_codes()

    assert len(set(codes.values())) == len(codes)
    assert [code for code in codes.values() if diagnose_uscc(code) is not None] == []


def test_a_file_is_the_same_twice_and_in_any_chunks() -> None:
    stream = STREAMS[0]
    whole = file_frame(stream, first=0, count=900, subjects=300)
    pieces = [file_frame(stream, first=first, count=300, subjects=300) for first in (0, 300, 600)]

    assert whole.equals(pl.concat(pieces))
    assert _hash(whole) == "e8f51e24c8d62c433a1a72c79f0dc2a2123abb3802f72673b915ed0e51309ba0"


def test_the_files_carry_the_faults_they_promise() -> None:
    frame = file_frame(STREAMS[0], first=0, count=20_000, subjects=5_000)
    without_code = (frame["统一社会信用代码"] == "").mean()
    persons = (frame["行政相对人类别"] == "自然人").mean()
    again = frame.is_duplicated().mean()

    assert isinstance(without_code, float)
    assert isinstance(persons, float)
    assert isinstance(again, float)
    assert 0.05 < without_code < 0.09
    assert 0.002 < persons < 0.01
    assert 0.03 < again < 0.05
