"""Columns: rows of words as aligned text, the first to the left and all others to the right."""

from __future__ import annotations

from collections.abc import Sequence


def aligned(head: Sequence[str], body: Sequence[Sequence[str]]) -> list[str]:
    """A heading, a rule and one line a row.

    Examples
    --------
    >>> aligned(("", "beds"), [("Ashford", "30"), ("Dover", "9")])
    ['         beds', '-------------', 'Ashford    30', 'Dover       9']
    """
    size = [max(len(line[i]) for line in (head, *body)) for i in range(len(head))]

    def lay(line: Sequence[str]) -> str:
        return "  ".join([f"{line[0]:<{size[0]}}", *(f"{word:>{n}}" for word, n in zip(line[1:], size[1:]))]).rstrip()

    return [lay(head), "-" * (sum(size) + 2 * (len(size) - 1)), *map(lay, body)]
