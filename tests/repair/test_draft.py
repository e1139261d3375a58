"""What can be seen in an uploaded proof, and what a draft still lacks."""

import random
import struct
import zlib
from datetime import UTC, date, datetime
from itertools import pairwise
from uuid import UUID

import pytest

from limu.department.rules import Refusal
from limu.repair.rules_draft import Draft, Look, Wanted, gaps_of, look_at, write_commitment

RECORD, AGENT = UUID(int=1), UUID(int=2)
chance = random.Random(4)


def png(width: int, height: int, *, is_written: bool = False) -> bytes:
    """A white picture, quickly folded; or one with a line of ink."""
    row, ink = b"\0" + b"\xff" * width, b"\0" + bytes(chance.randbytes(width))
    rows = row * (height - 20) + (ink if is_written else row) * 20
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows, 1)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )


def jpeg(width: int, height: int, *, is_written: bool = False, is_progressive: bool = False) -> bytes:
    """A grey photograph of a sheet: the mean of each block of 8 × 8, with a sensor's noise; or with a line of ink."""
    blocks = (width // 8) * (height // 8)
    means = [128 + chance.randint(-2, 2) for _ in range(blocks)]
    if is_written:
        means[blocks // 2 : blocks // 2 + width // 16 : 2] = [60] * len(
            means[blocks // 2 : blocks // 2 + width // 16 : 2]
        )
    bits = "".join(_block(b - a, end="" if is_progressive else "0") for a, b in pairwise([0, *means]))
    scan = int(bits.ljust(-(-len(bits) // 8) * 8, "1"), 2).to_bytes(-(-len(bits) // 8)).replace(b"\xff", b"\xff\0")
    parts = (
        (0xDB, b"\0" + b"\x08" * 64),
        (0xC2 if is_progressive else 0xC0, b"\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"),
        (0xC4, b"\0" + bytes((0, 0, 0, 12)).ljust(16, b"\0") + bytes(range(12))),
        (0xC4, b"\x10" + b"\x01".ljust(16, b"\0") + b"\0"),
        (0xDA, b"\x01\x01\0" + (b"\0\0\0" if is_progressive else b"\0\x3f\0")),
    )
    head = b"".join(struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body for marker, body in parts)
    return b"\xff\xd8" + head + scan + b"\xff\xd9"


def _block(step: int, *, end: str) -> str:
    size = abs(step).bit_length()
    value = step if step > 0 else step + (1 << size) - 1
    return f"{size:04b}" + (f"{value:0{size}b}" if size else "") + end


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (png(1200, 1600, is_written=True), "清晰度良好（1200×1600 像素）"),
        (png(700, 900, is_written=True), "清晰度一般"),
        (png(1200, 1600), "清晰度不足（1200×1600 像素，画面几乎是空白）"),
        (jpeg(320, 240, is_written=True), "清晰度不足（320×240 像素）"),
        (jpeg(1200, 1600, is_written=True), "清晰度良好（1200×1600 像素）"),
        (jpeg(1200, 1600), "清晰度不足（1200×1600 像素，画面几乎是空白）"),
        (jpeg(1200, 1600, is_written=True, is_progressive=True), "清晰度良好"),
        (jpeg(1200, 1600, is_progressive=True), "画面几乎是空白"),
        (b"%PDF-1.4 /Type /Page /Type /Page /Type /Pages %%EOF", "PDF，2 页"),
    ],
)
def test_a_file_is_judged_by_its_bytes(content: bytes, words: str) -> None:
    look = look_at(content)

    assert isinstance(look, Look)
    assert words in look.clarity


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"MZ\x90\x00", "X-131"),
        (jpeg(1200, 1600)[:-80], "X-132"),
        (png(1200, 1600)[:-12], "X-132"),
        (b"%PDF-1.4 cut", "X-132"),
        (b"%PDF-1.4 /Encrypt 5 0 R %%EOF", "X-133"),
    ],
)
def test_what_the_body_could_not_open_is_turned_away_with_a_cure(content: bytes, code: str) -> None:
    refusal = look_at(content)

    assert isinstance(refusal, Refusal)
    assert refusal.code == code


def test_what_the_body_has_verified_needs_no_proof() -> None:
    kept = datetime(2026, 11, 23, tzinfo=UTC)
    draft = Draft(AGENT, AGENT, (RECORD,), "承诺", kept, kept, date(2026, 12, 23))

    assert gaps_of(draft, [Wanted(RECORD, "示环罚〔2026〕37号", "生态环境局")]) == ()
    missing = gaps_of(draft, [Wanted(RECORD, "示环罚〔2026〕37号", "")])
    assert [(gap.step, gap.field) for gap in missing] == [("materials", f"proof-{RECORD}")]


def test_a_commitment_names_every_decision() -> None:
    text = write_commitment(
        ("示例市清河建材有限公司", "91990100MA0000001G"), ("示市监罚〔2026〕112号", "示环罚〔2026〕37号")
    )

    assert "示市监罚〔2026〕112号、示环罚〔2026〕37号" in text
