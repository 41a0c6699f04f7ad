"""Pages in a real browser, opened from disk with the network off: as a person would, and as a person who cannot see would.

Needs playwright (``pip install -e .[browser]``), Chromium, and for the check of accessibility axe-core in ``build/axe``; ``make browser``
sees to all of it. Elsewhere these tests are skipped, and say why.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import scenarios
from sim.__main__ import main
from sim.show.report import single_report
from sim.store.results import TABLES, notices, parameter_rows
from sim.study.load import load_finance
from sim.study.question import ask
from tests.show.conftest import HOSTILE, hostile
from tests.two_towns import QUICK, stroke

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make browser")

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).parents[2] / "build" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync")
PROVENANCE = {
    "command": "python -m sim",
    "commit": "",
    "python": "3",
    "run": {"seed": 1},
    "packages": {},
    "sources": [],
}

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed: make browser")


def written(found, path: Path) -> Path:
    tables = {name: rows(found) for name, (rows, _) in TABLES.items()} | {"parameters.csv": parameter_rows(found)}
    path.write_text(single_report(found, tables, PROVENANCE, notices(found)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """By name, pages on disk: a report, the same with hostile names, and a comparison."""
    root = tmp_path_factory.mktemp("pages")
    words = ["region=two_towns", "run=quick", "figures=false", "report=false"]
    folders = [str(root / name) for name in ("close", "localise_rehab")]
    assert main([*words, "scenario=close", "scenario.units=[Dover]", f"results={folders[0]}"]) == 0
    assert main([*words, "scenario=localise_rehab", f"results={folders[1]}"]) == 0
    assert main(["report", *folders, f"to={root / 'comparison.html'}"]) == 0
    made = {"comparison": root / "comparison.html"}
    for name, service in (("report", stroke()), ("hostile", hostile(stroke()))):
        found = ask(service, scenarios.Close(["Dover"]), QUICK, name="close", finance=load_finance(service))
        made[name] = written(found, root / f"{name}.html")
    return made


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def visit(browser, pages):
    """Open a page with the network off; whatever it says, asks for or gets wrong is kept."""
    contexts = []

    def visit(name: str, width: int = 1280):
        context = browser.new_context(offline=True, viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("dialog", lambda dialog: (page.said.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(pages[name].as_uri())
        return page

    yield visit
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", ["report", "hostile", "comparison"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_opens_from_disk_without_a_word_and_asks_nobody(visit, pages, name, width):
    page = visit(name, width)
    assert page.said == []
    assert [url for url in page.asked if not url.startswith("data:")] == [pages[name].as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width  # nothing sticks out sideways


@pytest.mark.parametrize("name", ["report", "hostile", "comparison"])
def test_no_serious_fault_of_accessibility_is_found(visit, name):
    if not AXE.is_file():
        pytest.skip("axe-core is not in build/axe: make browser")
    page = visit(name)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    # The page forbids scripts that it does not name, so axe is run from outside, as the browser's own tools are.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    faults = [(each["id"], each["impact"], [node["html"][:120] for node in each["nodes"][:3]]) for each in found["violations"]]
    assert [each for each in faults if each[1] in ("serious", "critical")] == []


def test_the_map_tells_what_lies_under_the_pointer(visit):
    page = visit("report")
    drawing = page.locator("#map-drawing")
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    dot = page.evaluate("(() => { const d = JSON.parse(document.getElementById('map-data').textContent);"
                        " const k = d.name.indexOf('Dover'), v = document.getElementById('map-drawing').viewBox.baseVal;"
                        " return [d.x[k] / 10 / v.width, d.y[k] / 10 / v.height]; })()")  # fmt: skip
    page.mouse.move(box["x"] + dot[0] * box["width"] + 6, box["y"] + dot[1] * box["height"])
    told = page.locator("#map-tip").inner_text()
    assert "Dover" in told
    assert "minutes" in told or "admissions a year" in told


def test_the_map_can_be_read_with_the_keyboard_alone(visit):
    page = visit("report")
    page.locator("#map-units .unit").first.focus()
    first = page.locator("#map-tip").inner_text()
    assert first.startswith("Dover stroke unit (closed)")
    page.keyboard.press("ArrowRight")
    assert page.locator("#map-tip").inner_text() != first
    assert page.evaluate("document.querySelectorAll('#map-units [tabindex=\"0\"]').length") == 1
    page.keyboard.press("Home")
    assert page.locator("#map-tip").inner_text() == first


def test_a_place_is_found_by_its_name(visit):
    page = visit("report")
    page.fill("#map-find", "dov")
    page.locator("#map-found button").filter(has_text="Dover").last.click()
    assert "Dover: 15.0 minutes to Dover stroke unit; under the option 50.0 minutes" in page.locator("#map-said").inner_text()


def test_zooming_in_and_looking_at_one_body_change_what_is_seen(visit):
    page = visit("report")
    whole = page.get_attribute("#map-drawing", "viewBox")
    page.click("#map-in")
    assert page.get_attribute("#map-drawing", "viewBox") != whole
    page.select_option("#map-body", label="Two Towns")
    page.select_option("#map-body", label="the whole region")
    assert [float(v) for v in page.get_attribute("#map-drawing", "viewBox").split()] == [float(v) for v in whole.split()]


def test_a_table_is_sorted_by_the_button_in_its_heading(visit):
    page = visit("report")
    table = page.locator("#option-row table")

    def column() -> list[float]:
        cells = table.locator("tbody tr td:nth-child(2)")
        return [float(value) for value in cells.evaluate_all("all => all.map(each => each.dataset.sort).filter(each => each)")]

    button = table.locator("thead th:nth-child(2) button")
    button.click()
    assert column() == sorted(column())
    assert table.locator("thead th:nth-child(2)").get_attribute("aria-sort") == "ascending"
    button.press("Enter")
    assert column() == sorted(column(), reverse=True)


def test_hostile_names_are_seen_as_they_are_written(visit):
    page = visit("hostile")
    page.fill("#map-find", "script")
    page.locator("#map-found button").first.click()
    assert page.said == []
    for name in (HOSTILE[0], HOSTILE[2]):
        assert page.get_by_text(name, exact=False).count() > 0
    assert page.locator("script").count() == 2


def test_without_scripts_all_is_there_to_read(browser, pages):
    context = browser.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto(pages["report"].as_uri())
    assert page.locator("table").count() > 10
    assert page.locator("#map-units .unit").count() >= 2
    context.close()


def test_it_prints_on_paper_of_the_usual_size(visit, tmp_path):
    page = visit("report")
    page.pdf(path=str(tmp_path / "report.pdf"), prefer_css_page_size=True, print_background=True)
    content = (tmp_path / "report.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert 3 <= content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") + content.count(b"/Type/Page/") <= 40
