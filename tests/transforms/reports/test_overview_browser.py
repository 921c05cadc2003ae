"""index.html as published: its links; in a browser sorting, search, printing, contrast, and that it loads nothing."""

import base64
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.support.browser import Page, browser, needs_chromium
from tests.support.overview_page import Outline, page
from tests.support.sample_round import whole_round
from transforms.decisions.ledger import Ledger
from transforms.reports.files.round_files import round_files
from transforms.reports.opinions.render_opinions import render_opinions
from transforms.reports.view import View

pytestmark = pytest.mark.thorough
PDFTOTEXT = shutil.which("pdftotext")
NATIONAL = {"全国汇总.xlsx": b"", "全国评审情况报告.docx": b""}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The round as published, as far as the page links to it."""
    out = tmp_path_factory.mktemp("round")
    for name, content in round_files(whole_round(), Ledger(), [], [], NATIONAL, []).items():
        (out / name).write_bytes(content)
    for province in whole_round().provinces["province"]:
        package = out / province
        view = View(whole_round(), province)
        for file in [
            f"{province}评审工作簿.xlsx",
            f"{province}评审情况报告.docx",
            *view.copies,
            *render_opinions(view),
        ]:
            (package / file).parent.mkdir(parents=True, exist_ok=True)
            (package / file).touch()
    return out


@pytest.fixture(scope="module")
def opened(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(tmp_path_factory.mktemp("profile")) as page:
        page.open(folder / "index.html")
        yield page


def test_links_lead_to_something_on_disk(folder: Path) -> None:
    links = [link["href"] or "" for link in Outline((folder / "index.html").read_text(encoding="utf-8")).all("a")]
    ids = {attributes.get("id") for _, attributes in Outline(page()).elements}
    assert {link[1:] for link in links if link.startswith("#")} <= ids
    files = [link for link in links if not link.startswith("#")]
    pages = [link for link in files if link.endswith(("xlsx", "docx", "xls", "csv")) and "submissions" in link]
    assert len(pages) == len({*View(whole_round()).copies})
    assert len([link for link in files if unquote(link).endswith("评审意见.docx")]) == 36
    assert len(files) == 15 * 4 + 7 + 36 * 2 + len(pages)
    for link in files:
        assert link.isascii()
        assert (folder / unquote(link)).exists(), unquote(link)


def first_cells(page: Page, section: str, column: int = 0) -> list[str]:
    rows = f"[...document.querySelectorAll('#{section} table.sortable')[0].tBodies[0].rows]"
    return page.run(f"{rows}.filter(row => !row.hidden).map(row => row.cells[{column}].textContent)")


def click(page: Page, section: str, column: int) -> str:
    head = f"document.querySelectorAll('#{section} table.sortable')[0].tHead.rows[0].cells[{column}]"
    page.run(f"{head}.querySelector('button').click()")
    return page.run(f"{head}.getAttribute('aria-sort')")


@needs_chromium
def test_the_page_asks_for_nothing_and_complains_about_nothing(opened: Page, folder: Path) -> None:
    assert opened.requests == [(folder / "index.html").as_uri()]
    assert opened.complaints == []


@needs_chromium
def test_the_policy_stops_what_would_leave_the_page(folder: Path, tmp_path: Path) -> None:
    with browser(tmp_path) as page:
        page.open(folder / "index.html")
        page.run("document.body.append(Object.assign(document.createElement('img'), {src: 'http://x.example/a.png'}))")
        page.run("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
        assert page.run("window.ran === undefined")
        assert any("Content Security Policy" in complaint for complaint in page.complaints)


@needs_chromium
def test_a_column_sorts_up_and_down_with_what_is_missing_last(opened: Page) -> None:
    assert click(opened, "pilots", 5) == "ascending"
    up = first_cells(opened, "pilots", 5)
    assert up[-2:] == ["—", "—"]
    assert up[:-2] == sorted(up[:-2], key=int)
    assert click(opened, "pilots", 5) == "descending"
    down = first_cells(opened, "pilots", 5)
    assert down == [*sorted(down[:-2], key=int, reverse=True), "—", "—"]


@needs_chromium
def test_the_keyboard_sorts_too(opened: Page) -> None:
    opened.run("document.querySelector('#provinces thead button').focus()")
    opened.key("Enter")
    assert opened.run("document.querySelector('#provinces thead th').ariaSort") == "ascending"
    names = first_cells(opened, "provinces")
    assert names == opened.run(f"{names}.toSorted((a, b) => a.localeCompare(b, 'zh'))")


@needs_chromium
def test_search_leaves_the_rows_with_every_word(opened: Page) -> None:
    def search(words: str) -> None:
        opened.run(f"q.value = '{words}'; q.dispatchEvent(new Event('input'))")

    search("河南 未报送")
    assert first_cells(opened, "pilots", 1) == ["信阳市"]
    assert first_cells(opened, "provinces") == []
    assert opened.run("hits.textContent").startswith("1 / ")
    shown = "[...document.querySelectorAll('article')].filter(page => !page.hidden).length"
    assert opened.run(shown) == 1
    search("")
    assert opened.run(shown) == 36
    assert len(first_cells(opened, "provinces")) == 15


@needs_chromium
def test_who_opened_the_page_of_a_pilot_prints_that_page(folder: Path, tmp_path: Path) -> None:
    with browser(tmp_path) as page:
        page.open(folder / "index.html")
        page.call("Emulation.setEmulatedMedia", media="print")
        seen = "[...document.querySelectorAll('article, main > section')].filter(one => one.checkVisibility()).length"
        assert page.run(seen) > 36
        page.run("location.hash = 'pilot-3'")
        assert page.run(seen) == 2  # itself, and the section that it lies in


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_laptop_and_all_text_has_contrast(opened: Page, scheme: str) -> None:
    opened.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    assert opened.run("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert opened.run("[...document.querySelectorAll('.scroll')].every(box => box.scrollWidth <= box.clientWidth)")
    assert opened.run(FAINT) == []


# WCAG 2.1, 1.4.3: text against the nearest background behind it, at least 4.5 to 1.
FAINT = """
(() => {
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const texts = [...document.querySelectorAll('body *')].filter(element =>
    !['SCRIPT', 'STYLE'].includes(element.tagName) &&
    [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()));
  return texts.map(element => {
    const [a, b] = [light(parts(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    return [(a + 0.05) / (b + 0.05), element.className || element.tagName];
  }).filter(([ratio]) => ratio < 4.5).map(String);
})()
"""


@pytest.mark.slow
@needs_chromium
@pytest.mark.skipif(PDFTOTEXT is None, reason="needs Debian package `poppler-utils`")
def test_no_header_is_printed_at_the_foot_of_a_page_without_a_row(opened: Page, tmp_path: Path) -> None:
    """Where the list of pilots begins near the foot of a page."""
    opened.run("document.getElementById('pages').hidden = true")
    for gap in range(560, 760, 16):
        opened.run(f"document.getElementById('pilots').style.paddingTop = '{gap}px'")
        printed = opened.call("Page.printToPDF", preferCSSPageSize=True, pageRanges="1-3")["data"]
        (tmp_path / "a.pdf").write_bytes(base64.b64decode(printed))
        command = [str(PDFTOTEXT), "-layout", "a.pdf", "-"]
        text = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True).stdout.decode()
        last = [[line for line in sheet.splitlines() if line.strip()][-1:] for sheet in text.split("\f")]
        assert not [line for line in last if line and "应填数值" in line[0]], gap
    opened.run("document.getElementById('pages').hidden = false")
