"""JSON documents laid out as a table: which objects are rows, and what a path yields for each."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

_STEP = re.compile(r"([^.\[\]]+)|\[(\d*)\]")


def steps_of(path: str) -> list[str | int]:
    """A path as its steps: names, indexes, and -1 for `[]`, every element."""
    return [name or (int(index) if index else -1) for name, index in _STEP.findall(path)]


def rows_of(document: Any, path: str) -> Iterator[tuple[Any, ...]]:
    """Each row's places: the chain of element indexes by which `[]` was walked, in the order of the document."""
    yield from _walk(document, steps_of(path), ())


def _walk(node: Any, steps: Sequence[str | int], places: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    if not steps:
        yield places
    elif steps[0] == -1:
        for index, element in enumerate(node if isinstance(node, list) else ()):
            yield from _walk(element, steps[1:], (*places, index))
    elif (following := _step(node, steps[0])) is not None:
        yield from _walk(following, steps[1:], places)


def value_at(document: Any, steps: Sequence[str | int], places: Sequence[int]) -> str:
    """The text at a path, where each `[]` takes the element that the row stands in."""
    node, depth = document, 0
    for step in steps:
        if step == -1:
            if depth >= len(places):
                return ""
            node, depth = _step(node, places[depth]), depth + 1
        else:
            node = _step(node, step)
        if node is None:
            return ""
    return plain_text(node)


def _step(node: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return node[step] if isinstance(node, list) and 0 <= step < len(node) else None
    return node.get(step) if isinstance(node, dict) else None


def plain_text(value: Any) -> str:
    """A JSON value as the text of a cell; lists of words are joined as the catalogue writes several codes."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    if isinstance(value, list):
        return ";".join(plain_text(one) for one in value if not isinstance(one, dict | list))
    return "" if isinstance(value, dict) else str(value)
