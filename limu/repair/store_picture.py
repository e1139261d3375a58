"""The parent's side of the child that looks at a picture."""

import base64
from typing import Final

from limu.wire.confine import answers_of

CHILD: Final = "limu.repair.store_picture_child"
SECONDS: Final = 20
"""A child that has not ended by then is killed; its limit of processor time comes first."""


def is_blank(content: bytes) -> bool:
    """Whether next to nothing is on a picture, opened in a child under limits; one that ends it is not called blank."""
    answer = next(answers_of(CHILD, {"content": base64.b64encode(content).decode()}, seconds=SECONDS), {})
    return bool(answer.get("is_blank"))
