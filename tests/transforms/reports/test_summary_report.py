"""评审情况报告: every number in it is the one in `provinces`, `findings` and `observations`."""

import io
import re
from functools import cache

import polars as pl
import pytest
from docx import Document

from contracts.rules import SEVERITY_TITLES
from tests.sample import CONTRACTS
from tests.support.chinese import faults
from tests.support.large_province import LARGE, large_ledger, large_review
from tests.support.sample_round import whole_round
from transforms.decisions.ledger import EMPTY
from transforms.reports.summary_report.report_document import render_report
from transforms.reports.view import View

VIEWS = [*CONTRACTS.round.quotas, "北京市", "全国", "全国大省", LARGE]
SERIOUS = ("blocker", "error", "warning")


@cache
def view(name: str) -> View:
    if name in {"全国大省", LARGE}:
        return View(large_review(), None if name == "全国大省" else LARGE, large_ledger())
    return View(whole_round(), None if name == "全国" else name, EMPTY)


@cache
def text(name: str) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(render_report(view(name)))).paragraphs)


@cache
def tables(name: str) -> list[list[dict[str, str]]]:
    found = []
    for table in Document(io.BytesIO(render_report(view(name)))).tables:
        header, *rows = ([cell.text for cell in row.cells] for row in table.rows)
        found.append([dict(zip(header, row, strict=True)) for row in rows])
    return found


def numbers(name: str, pattern: str) -> list[int]:
    match = re.search(pattern, text(name))
    assert match, pattern
    return [int(one) for one in match.groups()]


def findings(name: str) -> pl.DataFrame:
    now = view(name)
    return (
        now.review.findings if now.province is None else now.review.findings.filter(pl.col("province") == now.province)
    )


def still_counted(name: str) -> pl.DataFrame:
    entries = view(name).ledger.finding_decisions
    dismissed = [key for key, entry in entries.items() if entry.state.title in {"误报", "说明可接受"}]
    return findings(name).filter(~pl.col("finding_key").is_in(dismissed))


def words(found: pl.DataFrame) -> str:
    counts = dict(found.filter(pl.col("severity") != "info").group_by("severity").len().iter_rows())
    return "、".join(f"{title}{counts[name]}" for name, title in SEVERITY_TITLES.items() if name in counts) or "无"


@pytest.mark.parametrize("name", VIEWS)
def test_every_number_is_the_published_one(name: str) -> None:
    now = view(name)
    provinces = now.review.provinces
    provinces = provinces if now.province is None else provinces.filter(pl.col("province") == now.province)
    columns = ("quota", "submitted", "accepted", "cities", "parks")
    total = [int(provinces[column].fill_null(0).sum()) for column in columns]
    assert (
        numbers(name, r"共有名额(\d+)个，收到(\d+)个试点的报送，其中有效(\d+)个（城市(\d+)个、园区(\d+)个）") == total
    )
    counts = [findings(name).filter(pl.col("severity") == severity).height for severity in SERIOUS]
    assert numbers(name, r"系统核对共发现阻断(\d+)项、错误(\d+)项、警告(\d+)项") == counts
    batch = now.review.judged.batch
    accepted = batch.counted.filter(
        ~pl.col("off_roster"), ~pl.col("file").is_in(sorted(now.review.judged.blocked_files))
    )
    if now.province:
        accepted = accepted.filter(pl.col("province") == now.province)
    own = now.review.observations.filter(pl.col("file").is_in(accepted["file"].implode()))
    wanted = sum(len(now.contracts.tables[kind].indicators) * 3 for kind in accepted["kind"])
    assert numbers(name, r"应填指标数值(\d+)个，可用(\d+)个") == [wanted, own["usable"].sum()]
    plans = batch.plans.files.filter(pl.col("pilot").is_in([pilot.name for _, pilot in now.roster()]))
    if now.contracts.round.plan_required:
        assert numbers(name, r"实施方案应报(\d+)份，收到(\d+)份") == [len(now.roster()), plans["pilot"].n_unique()]
    else:
        assert ("实施方案" in text(name)) == (plans.height > 0)


@pytest.mark.parametrize("name", VIEWS)
def test_tables_and_duties_count_what_is_not_dismissed(name: str) -> None:
    now = view(name)
    *others, pilots = tables(name)
    found = still_counted(name)
    titles = {now.pilot_title(province, pilot.name): pilot.name for province, pilot in now.roster()}
    assert set(titles) <= {row["试点"] for row in pilots}
    for row in pilots:
        pilot = titles.get(row["试点"], row["试点"])
        assert row["未处理的问题"] == words(found.filter(pl.col("pilot") == pilot))
        entry = next((one for (_, who), one in now.ledger.pilot_decisions.items() if who == pilot), None)
        assert row["结论"] == (entry.texts["conclusion"] if entry else "—")
    for row in others[0] if now.province is None else ():
        assert row["未处理的问题"] == words(found.filter(pl.col("province") == row["省份"]))
    serious = found.filter(pl.col("severity").is_in(SERIOUS), pl.col("pilot").is_not_null())
    for match in re.finditer(r"\d+\. (.+)（(阻断|错误|警告)）：(\d+)个试点、(\d+)项", text(name)):
        rules = [rule.id for rule in now.contracts.rules.values() if rule.title == match[1]]
        severity = next(key for key, title in SEVERITY_TITLES.items() if title == match[2])
        same = serious.filter(pl.col("rule").is_in(rules), pl.col("severity") == severity)
        assert (int(match[3]), int(match[4])) == (same.select("province", "pilot").n_unique(), same.height)
    duties = next((table for table in others if table and "单位" in table[0]), [])
    asked = [(row["必须更正（项）"], row["更正或说明（项）"]) for row in duties]
    expected = []
    groups = now.review.provinces["province"] if now.province is None else [row["试点"] for row in pilots]
    for who in groups:
        off = any(row["试点"] == who and row["报送状态"] == "名单外" for row in pilots)
        column = "province" if now.province is None else "pilot"
        mine = found.filter(pl.col(column) == (titles.get(who, who) if now.province else who))
        must, may = (mine.filter(pl.col("severity").is_in(some)).height for some in (SERIOUS[:2], SERIOUS[2:]))
        if (must or may) and not off:
            expected.append((str(must or "—"), str(may or "—")))
    assert asked == expected


def test_decisions_are_summed_up() -> None:
    serious = findings(LARGE).filter(pl.col("severity").is_in(SERIOUS))
    states = [view(LARGE).entry(key).state.title for key in serious["finding_key"]]
    said = dict(re.findall(r"[：、](待处理|要求更正|已说明|说明可接受|误报)(\d+)项", text(LARGE)))
    assert said == {title: str(states.count(title)) for title in dict.fromkeys(states)}
    assert re.search(r"评审结论：通过4个、修改后通过3个、退回补正3个，未作结论20个。", text(LARGE))
    assert "未报送的试点1个：第00000市。" in text(LARGE)
    assert "评审结论尚未填写。" in text("河北省")


@pytest.mark.parametrize("name", VIEWS)
def test_it_is_official_chinese_about_the_own_province(name: str) -> None:
    assert [fault for line in text(name).split("\n") for fault in faults(line)] == []
    if view(name).province in whole_round().provinces["province"]:
        narrow = view(name).narrow()
        assert render_report(narrow) == render_report(view(name))
