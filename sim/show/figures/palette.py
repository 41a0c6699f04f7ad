"""Colours and letters of every figure.

Colours are of Okabe and Ito (2008), told apart by people with colour blindness; nothing is told by colour alone: lines differ in
their dashes, marks in their shapes, and maps in the words of their key.
"""

from __future__ import annotations

BLUE, ORANGE, GREEN, RED, GREY, SKY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#7F7F7F", "#56B4E9"
INK, FAINT, PALE = "#222222", "#595959", "#D0D0D0"

MINUTES = (
    (-0.05, "shorter", SKY),
    (0.05, "unchanged", PALE),
    (5.0, "up to 5 longer", "#F0D060"),
    (10.0, "5 to 10 longer", ORANGE),
    (20.0, "10 to 20 longer", RED),
    (float("inf"), "over 20 longer", "#7A0177"),
)
"""Bands of minutes added: upper end, words, colour."""


def written(text: object, most: int = 42) -> str:
    """Text of a user's table as a figure shows it: on one line, not too long, and no mathematics in it.

    Examples
    --------
    >>> written("St  Mary's\\n$x$"), written("a" * 50, 10)
    ("St Mary's \\\\$x\\\\$", 'aaaaaaaaa…')
    """
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in str(text)).split())
    line = line if len(line) <= most else line[: most - 1].rstrip() + "…"
    return line.replace("$", r"\$")


def option_name(scenario: str) -> str:
    """What an option is called in words.

    Examples
    --------
    >>> option_name("close_small_units")
    'close small units'
    """
    return written(scenario.replace("_", " "))


def bare(ax) -> None:
    """Take the frame off an axis but for its left and lower line."""
    ax.spines[["top", "right"]].set_visible(False)
