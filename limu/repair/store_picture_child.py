"""The child process that opens a stranger's picture under limits and tells whether anything is on it.

It imports nothing of ours but the limits, keeps nothing, and dies of its limits instead of harming the parent."""

import base64
import json
import sys
from io import BytesIO
from typing import Final

from PIL import Image, ImageChops

from limu.wire.confine import END, limit_itself

BLOCK: Final = 8
"""Pixels along the side of a block whose mean is looked at: the noise of a sensor goes, what is drawn stays."""
STEP: Final = 10
"""Levels of grey by which neighbouring blocks differ where something is drawn."""
LEAST_SHARE: Final = 0.0005
"""A sheet of which a smaller share of blocks differs holds less than one printed line."""
MOST_PIXELS: Final = 40_000_000


def main() -> None:
    """Read the picture from the order on stdin and answer on stdout; what cannot be opened is not called blank."""
    limit_itself()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    content = base64.b64decode(json.load(sys.stdin)["content"])
    try:
        told = {"is_blank": is_blank(content)}
    except (OSError, SyntaxError, ValueError, MemoryError, Image.DecompressionBombError):
        told = {"is_blank": False}
    sys.stdout.write(json.dumps(told) + "\n" + json.dumps({END: True}) + "\n")


def is_blank(content: bytes) -> bool:
    """Whether neighbouring blocks of a picture hardly ever differ: a white sheet, a finger before the lens."""
    with Image.open(BytesIO(content)) as picture:
        width = picture.width
        # A JPEG is decoded at an eighth of its size: its blocks' means are all that is looked at.
        picture.draft("L", (width // BLOCK, picture.height // BLOCK))
        means = _on_white(picture).reduce(max(1, round(BLOCK * picture.width / width)))
    across = _differing(means, (1, 0)) + _differing(means, (0, 1))
    return across < LEAST_SHARE * means.width * means.height


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode not in ("LA", "PA", "RGBA") and "transparency" not in picture.info:
        return picture.convert("L")
    drawn = picture.convert("LA")
    return Image.composite(drawn.getchannel("L"), Image.new("L", drawn.size, 255), drawn.getchannel("A"))


def _differing(means: Image.Image, step: tuple[int, int]) -> int:
    """How many blocks differ from the one so many blocks further."""
    width, height = means.width - step[0], means.height - step[1]
    here, there = means.crop((0, 0, width, height)), means.crop((*step, means.width, means.height))
    return sum(ImageChops.difference(here, there).histogram()[STEP:])


if __name__ == "__main__":
    main()
