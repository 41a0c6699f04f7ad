"""A report: one file, no network, nothing of a user's table more than text, and the same bytes from the same run."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from sim.show.figures import pictures
from sim.show.report import single_report
from sim.store.results import TABLES, notices, parameter_rows
from sim.study.option_row import option_row
from tests.show.conftest import HOSTILE

PROVENANCE = {
    "command": "python -m sim scenario=close",
    "commit": "abc",
    "python": "3.11",
    "run": {"seed": 1},
    "packages": {},
    "sources": [],
}


def report_of(found, drawn=()):
    tables = {name: rows(found) for name, (rows, _) in TABLES.items()} | {"parameters.csv": parameter_rows(found)}
    return single_report(found, tables, PROVENANCE, notices(found), drawn)


class Page(HTMLParser):
    """What a browser makes of a page: elements in order, and the text outside scripts and styles."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.elements, self.text, self.inside = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.inside.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        if not {"script", "style"} & set(self.inside):
            self.text.append(data)

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def drawn(found):
    return tuple(pictures(found))


@pytest.fixture(scope="module")
def html(found, drawn):
    return report_of(found, drawn)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


@pytest.fixture(scope="module")
def hostile_page(found_hostile, drawn):
    return Page(report_of(found_hostile, drawn))


def test_staff_of_all_groups_are_those_of_the_option_row(found, html):
    start = html.index("<caption>Staff, whole-time equivalents by group")
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", html[start : html.index("</table>", start)])
    sides = [[float(value) for value in re.findall(r'data-sort="([-.\d]+)"', row)[:2]] for row in rows]
    (whole,) = [each for each in option_row(found) if each.key == "staff_wte"]
    assert [sum(side) for side in zip(*sides)] == pytest.approx([whole.baseline, whole.option], rel=1e-6)


def test_the_same_run_makes_the_same_bytes(found, drawn, html):
    assert report_of(found, drawn) == html


def test_nothing_is_asked_of_a_network(page):
    for tag, attributes in page.elements:
        for name in ("src", "href", "srcset", "poster", "action", "xlink:href"):
            assert str(attributes.get(name, "")).startswith(("data:", "#")) or name not in attributes, (tag, attributes)
    assert not [attributes for attributes in page.all("meta") if attributes.get("http-equiv", "").lower() == "refresh"]


def test_no_style_or_script_would_run_but_the_two_that_are_named(html):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1].replace("&#39;", "'")
    style, script = re.search(r"<style>(.*?)</style>", html, re.S)[1], re.findall(r"<script>(.*?)</script>", html, re.S)
    assert "default-src 'none'" in policy
    assert len(script) == 1
    for content in (style, script[0]):
        assert b64encode(sha256(content.encode()).digest()).decode() in policy
    assert "url(http" not in style


def test_hostile_names_are_text_and_nothing_else(page, hostile_page):
    assert [tag for tag, _ in hostile_page.elements if tag == "script"] == ["script", "script"]
    for _, attributes in hostile_page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
    shown = " ".join(hostile_page.text)
    assert HOSTILE[0] in shown
    assert HOSTILE[2] in shown
    assert HOSTILE[3].replace("\x07", "") in shown
    assert {tag for tag, _ in hostile_page.elements} == {tag for tag, _ in page.elements}


@pytest.mark.parametrize(
    "said",
    [
        "What happens to patients of the stroke service in Two Towns",
        "From the start, Dover close to new patients; beds moved.",
        "1 of 2 hyperacute units close",
        "300 patients a year (33.3 %) travel longer",
        "Open data, illustrative, not a proposal",
        "made-up minutes; anything else is not modelled",
        "python -m sim scenario=close",
    ],
)
def test_it_says_what_was_asked_and_what_came_of_it(page, said):
    assert said in " ".join(" ".join(page.text).split())


def test_every_part_is_there_and_can_be_gone_to(page):
    parts = {attributes["id"] for attributes in page.all("section")}
    linked = {attributes["href"].removeprefix("#") for attributes in page.all("a")}
    assert parts >= {"answer", "option-row", "turning", "left-out", "where", "why-not-ours", "when", "who", "beds", "money", "uncertainty"}
    assert linked <= {*parts, "content"}


def test_tables_have_captions_and_pictures_have_words(page):
    assert len(page.all("table")) == len(page.all("caption")) > 10
    assert all(len(attributes["alt"]) > 20 for attributes in page.all("img"))
    assert [tag for tag, _ in page.elements if tag in ("h1", "h2")].count("h1") == 1


def test_groups_without_data_say_so(page):
    text = " ".join(page.text)
    for name in ("sex", "ethnicity", "disability", "no car"):
        assert re.search(rf"{name}\s+no data", " ".join(text.split()))


def test_every_unit_can_be_found_on_the_map(found, page):
    told = [attributes["aria-label"] for tag, attributes in page.elements if tag == "g" and attributes.get("role") == "img"]
    assert any("Ashford stroke unit: " in each for each in told)
    assert any("Dover stroke unit (closed): " in each for each in told)


def test_what_is_not_known_is_said_and_not_made_up(found):
    bare = replace(found, finance=None)
    bare = replace(bare, before=replace(bare.before, service=replace(bare.service, benefit=None)))
    page = Page(report_of(bare, tuple(pictures(bare, ("travel",)))))
    text = " ".join(" ".join(page.text).split())
    assert "No money was counted in this run." in text
    assert "Not computed: neither outcome nor money is known for this service." in text


def test_a_users_own_data_carry_no_watermark(found, drawn):
    region = replace(found.service.region, is_open_data=False)
    own = replace(found, before=replace(found.before, service=replace(found.service, region=region)))
    page = Page(report_of(own, drawn))
    assert "not a proposal" not in " ".join(page.text)
    assert "open-data" not in page.all("body")[0].get("class", "")
