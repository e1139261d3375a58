"""What can be seen in an uploaded proof, and what a draft still lacks."""

import struct
import zlib
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from limu.department.rules import Refusal
from limu.repair.rules_draft import Draft, Look, Wanted, gaps_of, look_at, write_commitment

RECORD, AGENT = UUID(int=1), UUID(int=2)


def png(width: int, height: int) -> bytes:
    """A white picture."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0" + b"\xff" * width)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )


def jpeg(width: int, height: int, *, body: int) -> bytes:
    """The frame of a photograph with so many bytes of content."""
    head = b"\xff\xd8\xff\xe0\x00\x04\x00\x00"
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    return head + frame + b"\x55" * body + b"\xff\xd9"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (png(1200, 1600), "清晰度良好（1200×1600 像素）"),
        (png(700, 900), "清晰度一般"),
        (jpeg(320, 240, body=20_000), "清晰度不足（320×240 像素）"),
        (jpeg(3000, 4000, body=9_000), "画面几乎没有细节"),
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
        (jpeg(1200, 1600, body=9_000)[:-80], "X-132"),
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
