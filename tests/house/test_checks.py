"""Every check can be named, explained, cited and is tried by a test; so can every fault of a file."""

import re
from functools import cache
from pathlib import Path

import pytest

from limu.check.declare import Check
from limu.check.judge import CHECKS
from tests.house.rooms import ROOT


@cache
def _tests() -> str:
    return "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_every_check_has_a_code_a_docstring_a_citation_and_a_test(check: Check) -> None:
    assert re.fullmatch(r"[A-Z]-\d{3}|person", check.code)
    assert check.says.endswith((".", ")"))
    assert check.citation
    assert check.wrong
    assert check.cure.endswith(("。", "）"))
    assert re.search(rf"\b{check.code}\b", _tests()), f"no test names {check.code}"


def test_no_code_is_given_twice() -> None:
    codes = [check.code for check in CHECKS]

    assert len(codes) == len(set(codes))
