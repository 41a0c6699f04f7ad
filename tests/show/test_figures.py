"""Figures: each says what it shows, in what unit and from where, to eyes and to ears; and the same run draws the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as tree
from itertools import pairwise
from pathlib import Path

import pytest
from matplotlib.figure import Figure as Paper

from sim.show import figures
from sim.show.figures.palette import BLUE, GREY, MINUTES, RED

NAMES = tuple(figures.FIGURES)


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_a_title_units_and_words_for_those_who_cannot_see_it(found, name):
    ax = Paper().add_subplot()
    said = figures.FIGURES[name].draw(found, ax)
    assert ax.get_title()
    assert said.endswith(".")
    assert any(letter.isdigit() for letter in said)
    if name != "map":
        assert ax.get_xlabel() or ax.get_ylabel()


@pytest.fixture(scope="module")
def drawn(found):
    return {each.name: each for each in figures.pictures(found)}


def test_the_same_run_writes_the_same_bytes_as_png_and_svg(found, drawn, tmp_path):
    figures.draw_figures(found, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.{kind}" for name in NAMES for kind in ("png", "svg")}
    for name, picture in drawn.items():
        assert (tmp_path / f"{name}.png").read_bytes() == picture.png
        assert (tmp_path / f"{name}.svg").read_bytes() == picture.svg
        assert b"<dc:date>" not in picture.svg


def test_every_figure_says_what_it_rests_on(drawn):
    for picture in drawn.values():
        assert "Open data, illustrative, not a proposal" in picture.svg.decode()
        assert "made-up minutes" in picture.svg.decode()


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_drawn_as_text(found_hostile, name):
    made = figures.picture(name, figures.FIGURES[name], found_hostile, figures.source_line(found_hostile))
    tags = {element.tag.rpartition("}")[2] for element in tree.fromstring(made.svg).iter()}
    assert not tags & {"script", "foreignObject"}
    assert len(made.png) > 1000


def test_a_figure_takes_any_axis_of_a_notebook(found):
    left, right = Paper().subplots(1, 2)
    figures.travel(found, left)
    figures.volumes(found, right)
    assert left.get_title() != right.get_title()


def test_a_comparison_without_money_has_no_figure_of_money(found):
    from dataclasses import replace

    names = {each.name for each in figures.pictures(replace(found, finance=None), ("travel", "bridge", "margins"))}
    assert names == {"travel"}


def test_a_figure_is_drawn_by_itself_whatever_backend_is_set():
    """With a backend named by the environment, matplotlib loads no part of itself that is not asked for."""
    words = "from sim.show.figures.drawing import Figure, picture; picture('x', Figure(lambda shown, ax: 'said', (2, 2)), None, 'here')"
    environment = {**os.environ, "MPLBACKEND": "agg"}
    subprocess.run([sys.executable, "-c", words], check=True, env=environment, cwd=Path(__file__).parents[2])


def luminance(colour: str) -> float:
    """Relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_longer_journeys_are_darker_and_lines_stand_out_from_paper():
    bands = [luminance(colour) for _, words, colour in MINUTES if "longer" in words]
    assert all(one > other for one, other in pairwise(bands))
    assert all(1.05 / (luminance(colour) + 0.05) >= 3 for colour in (BLUE, GREY, RED))  # WCAG 2.2, 1.4.11
