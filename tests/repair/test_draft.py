"""What can be seen in an uploaded proof, and what a draft still lacks."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from uuid import UUID

import pytest
from PIL import Image, ImageChops, ImageDraw

from limu.department.rules import Refusal
from limu.repair.rules_draft import Draft, Look, Wanted, gaps_of, look_at, write_commitment
from limu.repair.store_picture import is_blank

RECORD, AGENT = UUID(int=1), UUID(int=2)


def sheet(width: int, height: int, *, noise: float = 0.0, is_written: bool = True) -> Image.Image:
    """A grey sheet under the light of a room, as a sensor sees it; with one line of words on it or none."""
    picture = Image.linear_gradient("L").resize((width, height)).point(lambda level: 150 + level // 8)
    if noise:
        grain = Image.effect_noise((width, height), noise)
        picture = ImageChops.add(picture, grain, offset=-128)
    if is_written:
        pen = ImageDraw.Draw(picture)
        for word in range(width // 20, width // 2, 40):
            pen.rectangle((word, height // 2, word + 22, height // 2 + 18), fill=40)
    return picture


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def png(width: int, height: int, **drawn: bool | float) -> bytes:
    return saved(sheet(width, height, **drawn), "PNG")  # type: ignore[arg-type]


def jpeg(width: int, height: int, *, progressive: bool = False, **drawn: bool | float) -> bytes:
    return saved(sheet(width, height, **drawn), "JPEG", quality=85, progressive=progressive)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: png(1200, 1600), "清晰度良好（1200×1600 像素）"),
        (lambda: png(700, 900), "清晰度一般"),
        (lambda: png(1200, 1600, is_written=False), "清晰度不足（1200×1600 像素，画面几乎是空白）"),
        (lambda: png(1200, 1600, is_written=False, noise=12.0), "画面几乎是空白"),
        (lambda: jpeg(320, 240), "清晰度不足（320×240 像素）"),
        (lambda: jpeg(1200, 1600, noise=12.0), "清晰度良好（1200×1600 像素）"),
        (lambda: jpeg(1200, 1600, is_written=False), "清晰度不足（1200×1600 像素，画面几乎是空白）"),
        (lambda: jpeg(3000, 4000, is_written=False, noise=12.0), "画面几乎是空白"),
        (lambda: jpeg(1200, 1600, progressive=True), "清晰度良好"),
        (lambda: jpeg(1200, 1600, progressive=True, is_written=False), "画面几乎是空白"),
        (lambda: saved(Image.new("RGBA", (1000, 1200), (0, 0, 0, 0)), "PNG"), "画面几乎是空白"),
        (lambda: saved(Image.new("1", (2480, 3508), 1), "PNG"), "画面几乎是空白"),
        (lambda: b"%PDF-1.4 /Type /Page /Type /Page /Type /Pages %%EOF", "PDF，2 页"),
    ],
)  # fmt: skip
def test_a_file_is_judged_by_its_bytes(make: Callable[[], bytes], words: str) -> None:
    look = look_at(make(), is_blank=is_blank)

    assert isinstance(look, Look)
    assert words in look.clarity


def test_a_picture_that_ends_the_child_is_not_called_blank() -> None:
    bomb = saved(Image.new("1", (30_000, 30_000)), "PNG")

    assert not is_blank(bomb)
    assert not is_blank(b"\xff\xd8\xff no picture at all")


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
