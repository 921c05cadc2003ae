"""A pilot's state and numbers of findings are the same wherever they are shown, over workbook and plan together.

The round has pilots with a plan, off the roster, blocked, and missing.
"""

import io
import re
from dataclasses import replace
from functools import cache
from typing import Any

import polars as pl
import pytest
from docx import Document
from openpyxl import Workbook, load_workbook

from contracts.rules import SEVERITIES, SEVERITY_TITLES
from tests.sample.__main__ import ARRIVALS
from tests.support.one_in import one_in
from tests.support.sample_round import content_of, plans, read, reviewed
from transforms.pipeline import Provenance, Review, review_round
from transforms.reports.files.csv_file import as_csv
from transforms.reports.notices.render_notices import render_notices
from transforms.reports.overview.overview import render_overview
from transforms.reports.rows.pilot_status import pilot_statuses
from transforms.reports.summary_report.report_document import render_report
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

pytestmark = pytest.mark.thorough

MISSING = "新乡市"
SHOWN = ("河北省", "浙江省", "河南省", "湖南省")
Row = dict[str, Any]


@cache
def review() -> Review:
    return reviewed((read(content_of(one), one) for one in ARRIVALS if one.pilot != MISSING), plans())


@cache
def book(province: str | None) -> Workbook:
    return load_workbook(io.BytesIO(render_review_workbook(View(review(), province))))


def expected(**about: str) -> dict[str, int]:
    found = review().findings.filter(*(pl.col(name) == value for name, value in about.items()))
    return {severity: found.filter(pl.col("severity") == severity).height for severity in SEVERITIES}


def table(province: str | None, sheet: str) -> list[Row]:
    header, *rows = book(province)[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def cover(province: str | None) -> dict[Any, tuple[Any, ...]]:
    """Rows of the cover by name: state, blockers, errors, warnings."""
    rows = list(book(province)["封面"].iter_rows(values_only=True))
    top = next(at for at, row in enumerate(rows) if row[0] == "名称")
    found = {}
    for row in rows[top + 1 :]:
        if row[0] is None:
            break
        found[row[0]] = row[2:6]
    return found


def test_the_round_has_every_kind_of_pilot() -> None:
    states = {row["pilot"]: row["state"] for row in pilot_statuses(View(review()))}
    kinds = {states[name] for name in ("杭州市", "温州市", "湘潭市", MISSING)}
    assert kinds == {
        "有效",
        "名单外",
        "无法审核",
        "未报送",
    }
    plan = review().findings.filter(pl.col("rule").str.starts_with("PLAN-"), pl.col("pilot") == "杭州市")
    assert {"error", "warning"} <= set(plan["severity"])


@pytest.mark.parametrize("province", one_in(2, SHOWN))
def test_a_pilot_has_one_state_and_one_set_of_counts(province: str) -> None:
    statuses = [row for row in pilot_statuses(View(review())) if row["province"] == province]
    assert statuses
    overview = {row["试点"]: row for row in table(province, "试点总览") if row["阻断"] != "—"}
    nation = {row["试点"]: row for row in table(None, "试点总览") if row["省份"] == province and row["阻断"] != "—"}
    opinions = {row["试点"]: row for row in table(province, "审核意见")}
    page = render_overview(review()).decode()
    for status in statuses:
        name, pilot = status["title"], status["pilot"]
        found = expected(province=province, pilot=pilot)
        assert {severity: status[severity] for severity in SEVERITIES} == found
        assert cover(province)[name] == (status["state"], *list(found.values())[:3])
        for row in (overview[pilot], nation[pilot]):
            assert row["状态"] == status["state"]
            assert {severity: row[SEVERITY_TITLES[severity]] for severity in SEVERITIES} == found
        undecided = {severity: n for severity, n in found.items() if n and severity != "info"}  # an info needs nothing
        words = "、".join(f"{SEVERITY_TITLES[severity]}{n}" for severity, n in undecided.items()) or "无"
        assert (opinions[name]["状态"], opinions[name]["未处理的问题"]) == (status["state"], words)
        (article,) = [one for one in page.split("<article")[1:] if f"<h3><bdi>{name}</bdi>" in one]
        assert f">{status['state']}</span>" in article.split("</h3>")[0]
        said = {SEVERITY_TITLES[severity]: f"{SEVERITY_TITLES[severity]}{n}项" for severity, n in found.items()}
        assert all(words in article for words in said.values())
        assert article.split("</article>")[0].count('<span class="state error">错误</span>') == found["error"]


def test_a_letter_has_as_many_items() -> None:
    listed = {row["pilot"]: row for row in pilot_statuses(View(review())) if row["state"] != "名单外"}
    with_letter = set()
    for province in review().provinces["province"]:
        for path, content in render_notices(View(review(), province)).items():
            if match := re.fullmatch("notices/(.*)补正通知.docx", path):
                row = listed[match[1]]
                with_letter.add(match[1])
                numbers = [line.cells[0].text for line in Document(io.BytesIO(content)).tables[0].rows[1:]]
                assert sum(text.isdigit() for text in numbers) == row["blocker"] + row["error"] + row["warning"], path
    assert with_letter == {name for name, row in listed.items() if row["blocker"] + row["error"] + row["warning"]}


def test_a_province_has_one_set_of_counts() -> None:
    frame = pl.read_csv(as_csv(review().provinces))
    quota = {row["省份"]: row for row in table(None, "名额核对")}
    page = render_overview(review()).decode()
    for row in frame.iter_rows(named=True):
        found = expected(province=row["province"])
        counted = [row["blockers"], row["errors"], row["warnings"]]
        assert counted == list(found.values())[:3]
        assert [quota[row["province"]][title] for title in ("阻断", "错误", "警告")] == counted
        assert list(cover(None)[row["province"]][1:]) == counted
        (line,) = [one for one in page.split("<tr>") if one.startswith(f'<th scope="row">{row["province"]}</th>')]
        assert [int(n) for n in re.findall(r'data-v="(\d+)"', line)][-4:] == list(found.values())


@pytest.mark.parametrize("province", [None, *SHOWN])
def test_the_list_of_sheets_has_every_sheet_that_is_shown_and_the_number_of_its_rows(province: str | None) -> None:
    sheets = [sheet.title for sheet in book(province).worksheets if sheet.sheet_state == "visible"]
    rows = [row[0].value for row in book(province)["封面"].iter_rows()]
    listed = [str(text) for text in rows[rows.index("目录") + 1 :] if text]
    assert [text.split("（")[0] for text in listed] == [name.split("（")[0] for name in sheets if name != "封面"]
    (findings,) = [text for text in listed if text.startswith("问题清单")]
    shown = [row for row in table(province, "问题清单") if row["序号"]]
    assert findings == f"问题清单（{len(shown)}）"
    total = dict.fromkeys(SEVERITIES, 0)
    for row in shown:
        total[next(name for name, title in SEVERITY_TITLES.items() if title == row["严重程度"])] += 1
    whole = expected(province=province) if province else expected()
    assert total == whole


def test_a_quota_that_is_not_published_is_not_0() -> None:
    round_ = review().contracts.round
    unknown = replace(round_, quota_total=None, provinces=tuple(replace(one, quota=None) for one in round_.provinces))
    contracts = replace(review().contracts, round=unknown)
    result = review_round([read(content_of(one), one) for one in ARRIVALS], contracts, Provenance("0", "0"))
    for province in (None, "湖北省"):
        view = View(result, province)
        book = load_workbook(io.BytesIO(render_review_workbook(view)))
        text = "\n".join(str(cell) for row in book["封面"].iter_rows(values_only=True) for cell in row if cell)
        text += "\n".join(one.text for one in Document(io.BytesIO(render_report(view))).paragraphs)
        assert "名额未公布，不作判断" in text
        assert not re.search("名额0个|/0|不在名额安排中|None", text)
