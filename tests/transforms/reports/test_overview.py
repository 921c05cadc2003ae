"""index.html: one page that loads nothing, shows every province and pilot, and says nothing that it should not."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import polars as pl
import pytest

from contracts.load import Contracts
from contracts.round import Pilot, Province
from contracts.rules import SEVERITIES, SEVERITY_TITLES
from tests.sample import CONTRACTS, clean_submission, layouts
from tests.sample.__main__ import ARRIVALS, PLANS
from tests.sample.plans import edit_part, put_cell
from tests.support.browser import Page, browser, needs_chromium
from tests.support.plan_cases import CITY, PLAN, draft, files, nobodys, without_columns
from tests.support.plan_review import review
from tests.support.rendered_books import CONTACT
from tests.support.sample_round import content_of, plans, reviewed, whole_round
from transforms.decisions.ledger import Ledger
from transforms.intake.submission import Submission, read_submission
from transforms.pipeline import Provenance, Review, review_round
from transforms.reports.overview.overview import render_overview
from transforms.reports.round_files import round_files
from transforms.reports.view import View

HOSTILE = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "&lt;b&gt;", "'; alert(1); '", "{{ 7*7 }}")
VOID = {"meta", "input", "rect", "link", "img", "br"}


class Outline(HTMLParser):
    """Every element with its attributes, and the text of the table rows; complains about what is not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"} and self.rows:
            self.rows[-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page(review: Review | None = None) -> str:
    return render_overview(review).decode() if review else _whole_page()


@cache
def _whole_page() -> str:
    return render_overview(whole_round()).decode()


def province_row(outline: Outline, province: str) -> list[str]:
    (found,) = [row for row in outline.rows if len(row) == 12 and row[0] == province]
    return found


def row_of(outline: Outline, *cells: str) -> list[str]:
    (found,) = [row for row in outline.rows if row[: len(cells)] == list(cells)]
    return found


# ---- what it shows ---------------------------------------------------------------------------------------------------


def test_twice_the_same_bytes() -> None:
    assert render_overview(whole_round()) == render_overview(whole_round())


def test_the_order_of_arrival_changes_no_byte() -> None:
    read = [read_submission(content_of(one), f"submissions/{one.path}", CONTRACTS) for one in ARRIVALS]
    assert render_overview(reviewed(reversed(read), plans()[::-1])) == render_overview(whole_round())


@pytest.mark.parametrize("province", CONTRACTS.round.quotas)
def test_every_province_stands_there_with_its_figures(province: str) -> None:
    names = ("quota", "submitted", "accepted", "cities", "parks")
    row = whole_round().provinces.row(by_predicate=pl.col("province") == province, named=True)
    shown = province_row(Outline(page()), province)
    assert shown[2:7] == [str(row[name]) for name in names]
    assert shown[7:10] == [str(row[name]) for name in ("blockers", "errors", "warnings")]


def test_every_pilot_stands_there_once() -> None:
    outline = Outline(page())
    pilots = [row[:2] for row in outline.rows if len(row) == 11 and row[3] in {"是", "否"}]
    title = View(whole_round()).pilot_title
    names = [[province, title(province, pilot.name)] for province, pilot in CONTRACTS.round.roster]
    assert [[province, re.sub(" 报送名称.*", "", pilot)] for province, pilot in pilots] == [
        *names,
        ["浙江省", "温州市"],
    ]
    assert row_of(outline, "河南省", "信阳市")[4:7] == ["未报送", "—", "—"]
    assert row_of(outline, "浙江省", "温州市")[3] == "否"


def test_findings_add_up_by_province_and_by_rule() -> None:
    outline = Outline(page())
    counts = dict(whole_round().findings.group_by("severity").len().iter_rows())
    wanted = [counts.get(severity, 0) for severity in SEVERITIES]
    total = [row for row in outline.rows if row[0] == "合计"]
    assert [int(text) for text in total[0][7:11]] == wanted
    rules = [row for row in outline.rows if len(row) == 7 and re.fullmatch("[A-Z]+(-[A-Z]+)+", row[3])]
    assert "收到报送（名单外1）" in page()
    for severity, number in zip(SEVERITIES, wanted, strict=True):
        assert sum(int(row[4]) for row in rules if row[1] == SEVERITY_TITLES[severity]) == number, severity
    silent = [row for row in rules if row[0].startswith("未核对：")]
    assert silent, "a check that did not run accuses of nothing"
    assert {row[1] for row in silent} == {SEVERITY_TITLES["info"]}


def squeezed(text: str) -> str:
    return " ".join(text.split())[:100]


def test_a_page_lists_the_findings_of_its_pilot_and_no_contact() -> None:
    shown = pages(page())
    findings = whole_round().findings
    for pilot in ("杭州市", "湘潭市", "湖州市"):
        messages = findings.filter(pl.col("pilot") == pilot)["message"].to_list()
        rows = [row for row in shown[pilot].rows if len(row) == 6 and row[0] in SEVERITY_TITLES.values()]
        assert sorted(" ".join(row[4].split())[:100] for row in rows) == sorted(
            " ".join(m.split())[:100] for m in messages
        )
    assert CONTACT not in page()
    assert "000-0000" not in page()


def test_a_check_that_could_not_run_is_told_without_its_reason() -> None:
    review = whole_round()
    crashed = replace(
        review, judged=replace(review.judged, failed_rules=("QUOTA-OVER: ValueError: 联系人 13800000000",))
    )
    assert "超出名额未能执行" in page(crashed)
    assert "13800000000" not in page(crashed)
    assert "未能执行" not in page()


# ---- the page of a pilot ---------------------------------------------------------------------------------------------


def pages(text: str) -> dict[str, Outline]:
    """The page of each pilot by its name."""
    found = re.findall(r"<article .*?</article>", text, re.DOTALL)
    return {re.search("<bdi>(.*?)</bdi>", one)[1]: Outline(one) for one in found}  # type: ignore[index]


def test_every_pilot_has_a_page_and_its_row_leads_there() -> None:
    outline = Outline(page())
    articles = [one["id"] for one in outline.all("article")]
    assert len(articles) == len(set(articles)) == 36
    inside = [link["href"] for link in outline.all("a") if (link["href"] or "").startswith("#pilot-")]
    assert inside[:36] == [f"#{one}" for one in articles]
    assert len(inside) == 36 + len(PLANS)
    assert set(inside[36:]) < set(inside[:36])
    assert list(pages(page()))[:2] == [pilot.name for _, pilot in CONTRACTS.round.roster][:2]


def test_a_page_has_the_plan_by_chapter_with_evidence_and_what_is_missing() -> None:
    rows = pages(page())["杭州市"].rows
    parts = [row for row in rows if len(row) == 6 and row[0] not in {"章", "严重程度", *SEVERITY_TITLES.values()}]
    matrix = {row[1] if row[1] != "—" else row[0]: row for row in parts}
    assert len(matrix) == 15
    states = {title: row[2] for title, row in matrix.items() if row[2] != "有"}
    assert states == {"碳减排难点分析": "缺少", "七、全民行动": "不充实", "八、保障措施": "照搬指南"}
    assert matrix["实施主体概况"][3].startswith("（一）实施主体概况 第4段，")
    assert matrix["实施主体概况"][4].startswith("杭州市地处")
    assert matrix["碳减排难点分析"][3:] == ["—", "—", "主要困难、短板弱项、改进的政策措施"]
    assert "科普教育" in matrix["七、全民行动"][5]


def test_a_page_has_what_disagrees_the_projects_and_the_files() -> None:
    outline = pages(page())["杭州市"]
    different = [row for row in outline.rows if len(row) == 7 and row[1].isdigit()]
    assert [(row[1], row[2], row[4]) for row in different] == [
        ("2030", "99.6", "相互矛盾"),
        ("2025", "30%", "相互矛盾"),
    ]
    assert len([row for row in outline.rows if len(row) == 5]) == 3
    files = [unquote(link["href"] or "") for link in outline.all("a") if "submissions" in (link["href"] or "")]
    assert [file.rsplit("/", 1)[-1] for file in files] == ["杭州市.xlsx", "杭州市实施方案（送审稿）.docx"]


def test_a_column_that_a_list_of_projects_lacks_is_missing_in_each() -> None:
    outline = pages(page(review(without_columns(3))))[CITY]
    assert [row[3] for row in outline.rows if len(row) == 5][1:] == ["建设期限"] * 2


def test_a_pilot_without_a_plan_or_without_anything_says_so() -> None:
    text = page()
    silent = text.split("<bdi>信阳市</bdi>")[-1].split("</article>")[0]
    assert "没有收到任何文件" in silent
    sent = text.split("<bdi>襄阳市</bdi>")[-1].split("</article>")[0]
    assert "未收到实施方案，未核对" in sent
    assert "未收到实施方案，未核对" not in text.split("<bdi>杭州市</bdi>")[-1].split("</article>")[0]


def test_whom_to_call_is_not_quoted() -> None:
    def told(words: str) -> list[str]:
        plan = edit_part(draft(), "8", lambda part: replace(part, text=words + part.text))
        matrix = [row for row in pages(page(review(files(plan))))[CITY].rows if len(row) == 6]
        return [row[4] for row in matrix if row[0] == "八、保障措施"]

    assert told("联系人张三。") == told("请致电13800000000。") == told("0411-8888888。") == ["（含联系方式，不摘录）"]
    assert told("投资1234567万元。")[0].startswith("投资1234567万元。")


def test_a_page_shows_some_of_very_many_and_counts_the_rest() -> None:
    plan = draft()
    for code in [f"C{number:02d}" for number in range(1, 27)]:
        for year in (2022, 2025, 2030):
            plan = put_cell(plan, code, year, "1.2345678")
    plan = replace(plan, projects=tuple((f"项目{number}", *plan.projects[0][1:]) for number in range(90)))
    text = page(review(files(plan)))
    outline = pages(text)[CITY]
    assert len([row for row in outline.rows if len(row) == 7 and row[2] == "1.2345678"]) == 60
    assert len([row for row in outline.rows if row[0].startswith("项目") and len(row) == 5]) == 61
    assert "另有18项" in text
    assert "另有32个项目" in text  # with the two of the workbook


def test_words_of_a_plan_cannot_become_markup() -> None:
    words = " ".join(HOSTILE)
    plan = edit_part(draft(), "1.1", lambda part: replace(part, heading=part.heading + words, text=words + part.text))
    plan = edit_part(plan, "2", lambda part: replace(part, text=f"{words}到2025年，森林覆盖率达到1%。" + part.text))
    plan = replace(plan, projects=((words, "能源", words, "2031年" + words, words, words, words), *plan.projects))
    clean, outline = Outline(page(review(files()))), Outline(page(review(files(plan))))
    for tag in ("script", "style", "img", "b", "meta"):
        assert len(outline.all(tag)) == len(clean.all(tag))
    said = " ".join(cell for row in outline.rows for cell in row)
    for part in HOSTILE:
        assert said.count(" ".join(part.split())) >= 3, part


def test_a_plan_without_a_workbook_has_its_page() -> None:
    received = files()
    text = page(review({PLAN: received[PLAN]}))
    assert len([row for row in pages(text)[CITY].rows if len(row) == 6]) == 16
    lost = page(review(nobodys()))
    assert "不知属于哪个试点的文档" in lost


# ---- text stays text -------------------------------------------------------------------------------------------------


def named(name: str, number: int = 0) -> Submission:
    content = layouts.official(clean_submission("河北省", "唐山市"))
    read = read_submission(content, f"submissions/河北省/{number}.xlsx", CONTRACTS)
    who = replace(read.identity, pilot=name, named=f"甲{name}", listed=False, version=name, contacts=(name,))
    return replace(read, identity=who, observations=tuple(row | {"pilot": name} for row in read.observations))


def test_a_name_cannot_become_markup() -> None:
    clean, outline = Outline(page()), Outline(page(reviewed([named(name, at) for at, name in enumerate(HOSTILE)])))
    for name in HOSTILE:
        assert row_of(outline, "河北省", f"{name} 报送名称：甲{name}")
    for tag in ("script", "style", "img", "b", "meta"):
        assert len(outline.all(tag)) == len(clean.all(tag))
    assert not [name for _, attributes in outline.elements for name in attributes if name.startswith("on")]


def test_a_character_that_no_page_can_hold_is_replaced() -> None:
    shown = page(reviewed([named("a\x00\x08b", 1), named("c\ufffeb", 2)]))
    assert "a\ufffd" in shown
    assert "c\ufffd" in shown


def test_scripts_and_styles_are_those_of_the_policy_and_no_other() -> None:
    outline = Outline(page())
    policy = next(meta["content"] for meta in outline.all("meta") if "http-equiv" in meta)
    assert policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert not [attributes for _, attributes in outline.elements if "style" in attributes or "src" in attributes]
    assert len(outline.all("script")) == len(outline.all("style")) == 1


# ---- other rounds ----------------------------------------------------------------------------------------------------


def nobody_sent() -> Review:
    return reviewed([])


def thirty_provinces() -> Contracts:
    """30 provinces with 60 pilots, one with a very long name."""
    places = tuple(
        Province(
            region.name, 2, (Pilot(f"{region.short}甲市", "city"), Pilot(f"{region.short}{'长' * 60}园区", "park"))
        )
        for region in CONTRACTS.regions[:30]
    )
    return replace(CONTRACTS, round=replace(CONTRACTS.round, provinces=places, quota_total=60))


def test_an_empty_round_is_missing_and_not_zero() -> None:
    outline = Outline(page(nobody_sent()))
    assert province_row(outline, "河南省")[1:7] == ["未收到报送", "2", "0", "—", "—", "—"]
    assert row_of(outline, "河南省", "信阳市")[4] == "未报送"
    links = [link["href"] or "" for link in outline.all("a")]
    assert not [link for link in links if "submissions" in link]


def test_thirty_provinces_with_sixty_pilots() -> None:
    review = review_round([], thirty_provinces(), Provenance("0", "0"))
    outline = Outline(page(review))
    assert len([row for row in outline.rows if len(row) == 11 and row[3] == "是"]) == 60
    assert len([row for row in outline.rows if len(row) == 12 and row[1] == "未收到报送"]) == 30


def test_what_belongs_to_no_province_has_a_row_of_its_own() -> None:
    lost = read_submission(b"nothing", "submissions/x.xlsx", CONTRACTS)
    outline = Outline(page(reviewed([lost])))
    assert province_row(outline, "（省份不明）")[3] == "1"
    assert row_of(outline, "（省份不明）", "（试点不明）")[4] == "无法审核"


# ---- in a browser ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The round as published, as far as the page links to it."""
    out = tmp_path_factory.mktemp("round")
    for name, content in round_files(whole_round(), Ledger(), [], [], b"", []).items():
        (out / name).write_bytes(content)
    for province in whole_round().provinces["province"]:
        package = out / province
        for file in [f"{province}评审工作簿.xlsx", *View(whole_round(), province).copies]:
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
    assert len(files) == 15 * 3 + 6 + 36 + len(pages)
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
