"""A draft of an application for repair: what it holds, what is still missing, what can be seen in an uploaded file."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from limu.department.rules import Refusal
from limu.repair.rules import NOTHING

Kind = Literal["jpeg", "png", "pdf"]
MEDIA: Final[dict[Kind, str]] = {"jpeg": "image/jpeg", "png": "image/png", "pdf": "application/pdf"}
# Pixels of the shorter side: a page of a document is legible from about 120 dots an inch on.
GOOD_SIDE: Final = 900
FAIR_SIDE: Final = 600
MOST_FILES: Final = 20
MOST_RECORDS: Final = 200
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_SIZES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

NOT_SIGNED = Refusal("X-125", "没有签署信用承诺书。", "请阅读承诺并签署。")
NOT_READ = Refusal("X-127", "没有确认已经阅读承诺。", "请阅读承诺书，勾选后签署。")
NO_SUCH_KIND = Refusal(
    "X-131", "只接受 JPG、PNG 图片和 PDF 文件。", "请用手机拍照或者扫描后上传；HEIC 照片请先另存为 JPG。"
)
BROKEN = Refusal("X-132", "文件不完整，打不开。", "请重新拍照、扫描或者导出后上传。")
LOCKED = Refusal("X-133", "这份 PDF 加了密码，认定单位打不开。", "请去掉密码后上传。")
TOO_MANY = Refusal("X-134", f"一条信息最多上传 {MOST_FILES} 份证明。", "请合并成一份 PDF，或者删去不需要的。")


@dataclass(frozen=True, slots=True)
class Look:
    """What a file is by its own bytes, and how legible its size lets it be."""

    kind: Kind
    clarity: str


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A proof that was uploaded for one record."""

    id: UUID
    record: UUID
    name: str
    file_hash: str
    bytes: int
    kind: Kind
    clarity: str

    @property
    def is_image(self) -> bool:
        """Whether it can be shown as a thumbnail."""
        return self.kind != "pdf"

    @property
    def is_poor(self) -> bool:
        """Whether the agent should look at it again."""
        return self.clarity.startswith("清晰度不足")


@dataclass(frozen=True, slots=True)
class Draft:
    """What an agent has filled in so far; from `until_on` on it is not there any more."""

    agent: UUID
    subject: UUID
    records: tuple[UUID, ...]
    signed_text: str | None
    signed_at: datetime | None
    changed_at: datetime
    until_on: date
    files: tuple[DraftFile, ...] = ()

    def files_of(self, record: UUID) -> tuple[DraftFile, ...]:
        """The proofs for one record, in the order of their arrival."""
        return tuple(one for one in self.files if one.record == record)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record in a draft, as far as its materials go: its document number and who has verified performance."""

    record: UUID
    number: str
    verified_by: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is still missing: at which step, in which field."""

    step: str
    field: str
    refusal: Refusal


def look_at(content: bytes, *, is_blank: Callable[[bytes], bool] = lambda _: False) -> Look | Refusal:
    """Tell what a file is, and judge a picture by its size and by whether it is blank; what it says the body judges."""
    if content.startswith(b"%PDF-"):
        return _look_at_pdf(content)
    size: tuple[int, int] | None
    kind: Kind
    if content.startswith(_PNG):
        kind, size = "png", _png_size(content)
    elif content.startswith(b"\xff\xd8\xff"):
        kind, size = "jpeg", _jpeg_size(content)
    else:
        return NO_SUCH_KIND
    if size is None or not all(size):
        return BROKEN
    return Look(kind, _clarity(size, is_blank=is_blank(content)))


def _clarity(size: tuple[int, int], *, is_blank: bool) -> str:
    pixels = f"{size[0]}×{size[1]} 像素"
    if is_blank:
        return f"清晰度不足（{pixels}，画面几乎是空白）"
    side = min(size)
    word = "良好" if side >= GOOD_SIDE else "一般" if side >= FAIR_SIDE else "不足"
    return f"清晰度{word}（{pixels}）"


def _look_at_pdf(content: bytes) -> Look | Refusal:
    if b"%%EOF" not in content[-2048:]:
        return BROKEN
    if b"/Encrypt" in content:
        return LOCKED
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", content))
    return Look("pdf", f"PDF，{pages} 页" if pages else "PDF")


def _png_size(content: bytes) -> tuple[int, int] | None:
    if content[12:16] != b"IHDR" or b"IEND" not in content[-16:]:
        return None
    return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    if b"\xff\xd9" not in content[-64:]:
        return None
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if marker in _SIZES:
            return int.from_bytes(content[at + 7 : at + 9]), int.from_bytes(content[at + 5 : at + 7])
        at += 2 + max(length, 2)
    return None


def gaps_of(draft: Draft, wanted: Sequence[Wanted]) -> tuple[Gap, ...]:
    """List all that is missing before an application can be handed in, each with its step and field."""
    if not wanted:
        return (Gap("records", "records", NOTHING),)
    found = [_no_proof(one) for one in wanted if not one.verified_by and not draft.files_of(one.record)]
    if draft.signed_text is None:
        found.append(Gap("pledge", "commitment", NOT_SIGNED))
    return tuple(found)


def _no_proof(one: Wanted) -> Gap:
    refusal = Refusal("X-126", f"{one.number or '所选信息'}：没有提交证明。", "请上传缴款凭证等证明。")
    return Gap("materials", f"proof-{one.record}", refusal)


def write_commitment(party: tuple[str, str], numbers: Iterable[str]) -> str:
    """Write the commitment of one organisation (name, code) for these decisions; it is signed as it stands here."""
    listed = "、".join(one or "（无文号的决定）" for one in numbers)
    return (
        f"{party[0]}（{party[1]}）就{listed}承诺：所提交的材料真实、合法、有效，已经纠正违法行为并履行法定义务；"
        "隐瞒情况或者提供虚假材料的，依法承担责任。"
    )


def sign(text: str, *, by: str, on: date) -> str:
    """Set the signature under a commitment."""
    return f"{text}\n签署人：{by}　{on}"
