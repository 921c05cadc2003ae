"""The page of a pilot in index.html: its findings, its plan by chapter, projects and files, and no contact."""

from dataclasses import replace
from urllib.parse import unquote

import polars as pl
import pytest

from contracts.rules import SEVERITY_TITLES
from tests.sample import CONTRACTS
from tests.sample.__main__ import PLANS
from tests.sample.plans import edit_part, put_cell
from tests.support.overview_page import Outline, page, pages
from tests.support.plan_cases import CITY, PLAN, draft, files, nobodys, without_columns
from tests.support.plan_review import review
from tests.support.rendered_books import CONTACT
from tests.support.sample_round import whole_round

pytestmark = pytest.mark.thorough


def test_a_page_lists_the_findings_of_its_pilot_and_no_contact() -> None:
    shown = pages(page())
    findings = whole_round().findings
    for pilot in ("杭州市", "湘潭市", "湖州市"):
        messages = findings.filter(pl.col("pilot") == pilot)["message"].to_list()
        rows = [row for row in shown[pilot].rows if len(row) == 7 and row[0] in SEVERITY_TITLES.values()]
        assert sorted(" ".join(row[4].split())[:100] for row in rows) == sorted(
            " ".join(m.split())[:100] for m in messages
        )
    assert CONTACT not in page()
    assert "000-0000" not in page()


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


def test_a_plan_without_a_workbook_has_its_page() -> None:
    received = files()
    text = page(review({PLAN: received[PLAN]}))
    assert len([row for row in pages(text)[CITY].rows if len(row) == 6]) == 16
    lost = page(review(nobodys()))
    assert "不知属于哪个试点的文档" in lost
