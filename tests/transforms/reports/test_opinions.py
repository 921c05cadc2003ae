"""评审意见: every figure is the published one, what a reviewer decided is respected, and it is always one page."""

import io
import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl
import pytest
from docx import Document
from docx.document import Document as Letter

from contracts.review_form import ACCEPTED, DISPUTED, EXPLAINED, FALSE_ALARM, OPEN, REQUESTED
from contracts.rules import SEVERITY_TITLES
from tests.sample import CONTRACTS
from tests.support.rendered_books import hostile_round
from tests.support.review_book import CITY, NEGATIVE, PARK, PART, PROVINCE, WORDS, fill_in, key_of, merged, review
from tests.support.review_book import publish as published
from tests.support.review_sheets import EVERY_PROVINCE
from tests.support.rounding import half_up
from tests.support.sample_round import whole_round
from transforms.decisions.ledger import FindingDecision, Ledger, PilotDecision
from transforms.reports.notices.finding_places import FindingPlaces
from transforms.reports.opinions.render_opinions import render_opinions
from transforms.reports.view import View

OFFICE = shutil.which("soffice")


@cache
def documents(province: str) -> dict[str, Letter]:
    files = render_opinions(View(whole_round(), province))
    return {path: Document(io.BytesIO(content)) for path, content in files.items()}


def opinion(view: View, pilot: str) -> Letter:
    return Document(io.BytesIO(render_opinions(view)[f"opinions/{pilot}评审意见.docx"]))


def lines(letter: Letter) -> list[str]:
    return [paragraph.text for paragraph in letter.paragraphs]


def section(letter: Letter, head: str) -> list[str]:
    """Paragraphs below a heading."""
    texts = lines(letter)
    first = next(at for at, text in enumerate(texts) if head in text) + 1
    last = next((at for at, text in enumerate(texts[first:], first) if re.match("[一二三四五]、", text)), len(texts))
    return texts[first:last]


def facts(letter: Letter) -> dict[str, str]:
    rows = [[cell.text for cell in row.cells] for row in letter.tables[0].rows]
    return {row[at]: row[at + 1] for row in rows for at in (0, 2)}


@pytest.mark.parametrize("province", EVERY_PROVINCE)
def test_no_folder_of_the_raw_data_is_in_an_opinion(province: str) -> None:
    for path, letter in documents(province).items():
        assert "submissions/" not in "".join(lines(letter)), path


def test_the_name_of_an_unread_file_is_without_folders() -> None:
    places = FindingPlaces(View(whole_round(), "湖南省"))
    text = "“submissions/湖南省/附件 (1).rar”未参与审核：“submissions/湖南省/湘潭市.xlsx”无法打开"
    assert places.without_folders(text) == "“附件 (1).rar”未参与审核：“湘潭市.xlsx”无法打开"


def number(text: str) -> float:
    return float(text.replace(",", ""))


def digits(text: str) -> int:
    return len(text.partition(".")[2])


@cache
def usable() -> dict[tuple[str, str, int], float]:
    """Published values that may be used, of the files that count."""
    files = whole_round().judged.batch.counted["file"].implode()
    rows = whole_round().observations.filter(pl.col("usable") & pl.col("file").is_in(files))
    return {
        (pilot, code, year): value
        for pilot, code, year, value in rows.select("pilot", "indicator", "year", "value").iter_rows()
    }


@cache
def accepted_values(code: str, year: int, unit: str) -> list[float]:
    rows = whole_round().observations.filter("usable", pl.col("indicator") == code, pl.col("year") == year)
    off = whole_round().judged.batch.off_roster
    return rows.filter(pl.col("unit") == unit, ~pl.col("file").is_in(off))["value"].to_list()


def check_figures(letter: Letter, pilot: str, kind: str) -> int:
    """Compare all figures of 主要指标对标; return how many."""
    codes = {row.name: row.code for row in CONTRACTS.tables[kind].indicators}  # type: ignore[index]
    header, *rows = ([cell.text for cell in row.cells] for row in letter.tables[1].rows)
    years = CONTRACTS.round.years
    assert header[1:4] == [f"{year}年" for year in years]
    compared = 0
    for name, *texts in rows:
        label, unit = re.fullmatch(r"(.*)（([^（）]+)）", name).groups()  # type: ignore[union-attr]
        code = codes[label]
        values = [usable().get((pilot, code, year)) for year in years]
        for value, text in zip(values, texts, strict=False):
            if value is None:
                assert not re.match(r"-?\d", text), (name, text)
            else:
                assert number(text) == half_up(value, digits(text)), (name, text)
                compared += 1
        for at, text in enumerate(texts[3:5]):
            before, after, span = values[at], values[at + 1], years[at + 1] - years[at]
            if before is None or after is None:
                assert text == "—"
                continue
            if match := re.fullmatch(r"([+-][\d.]+)百分点", text):
                change = (after - before) / span
                assert float(match[1]) == half_up(change, digits(match[1])), (name, text)
            elif text != "持平":
                change = ((after / before) ** (1 / span) - 1) * 100
                assert float(text.removesuffix("%")) == half_up(change, 1)
            compared += 1
        peers = accepted_values(code, years[-1], unit)
        if len(peers) < 8:
            assert texts[6:] == ["—", "—"]
        else:
            assert int(texts[7]) == len(peers)
            assert number(texts[6]) == half_up(median(peers), digits(texts[6]))
            compared += 1
    return compared


@pytest.mark.parametrize("province", EVERY_PROVINCE)
def test_every_figure_is_the_published_one(province: str) -> None:
    kinds = {pilot.name: pilot.kind for _, pilot in CONTRACTS.round.roster} | {"温州市": "city"}
    received = whole_round().judged.batch.counted.filter(pl.col("province") == province)
    named = set(received["pilot"])
    seen = set()
    for path, letter in documents(province).items():
        pilot = path.removeprefix("opinions/").removesuffix("评审意见.docx")
        seen.add(pilot)
        about = facts(letter)
        found = whole_round().findings.filter(pl.col("pilot") == pilot, pl.col("province") == province)
        counts = dict(found.group_by("severity").len().iter_rows())
        words = "、".join(f"{title}{counts[name]}" for name, title in SEVERITY_TITLES.items() if name in counts) or "无"
        assert about["问题"] == words
        serious = sum(n for name, n in counts.items() if name != "info")
        assert f"三、主要问题（{serious}项）" in lines(letter)
        listed = [line for line in section(letter, "三、") if re.match(r"\d+\. ", line)]
        left = [int(match[1]) for line in section(letter, "三、") if (match := re.match("另有([0-9]+)项", line))]
        assert len(listed) + sum(left) == serious
        if pilot in named:
            total = sum(key[0] == pilot and not key[1].startswith("X-") for key in usable())
            assert about["可用数值"].split("（")[0].split("/")[0] == str(total)
            assert check_figures(letter, pilot, kinds[pilot]) > (20 if total else 7)
        else:
            assert len(letter.tables) == 2  # facts and signatures
    expected = {pilot.name for name, pilot in CONTRACTS.round.roster if name == province}
    assert seen == expected | named


def test_a_page_is_made_from_what_is_in_sight_alone() -> None:
    view = View(whole_round(), "河北省")
    assert render_opinions(view.narrow()) == render_opinions(view)
    others = [pilot.name for name, pilot in CONTRACTS.round.roster if name != "河北省"]
    for letter in documents("河北省").values():
        text = "\n".join(
            [*lines(letter), *(cell.text for table in letter.tables for row in table.rows for cell in row.cells)]
        )
        assert not [name for name in others if name in text]


def test_what_a_reviewer_wrote_is_respected_and_the_rest_is_open() -> None:
    before = opinion(View(review(), PROVINCE), CITY)
    assert "□通过　□修改后通过　□不通过（□退回补正　□不予推荐）" in lines(before)
    assert "评审人员尚未在评审工作簿“审核意见”中填写结论。" in lines(before)
    assert all("·待处理】" in line for line in section(before, "三、") if re.match(r"\d", line))
    book = fill_in(
        published(review()),
        {
            key_of(WORDS): {"处理状态": "误报", "审核意见": "系统误读"},
            key_of(NEGATIVE): {"处理状态": "要求更正", "审核意见": "请核实负值"},
        },
        {CITY: {"结论": "退回补正", "审核意见": "目标依据不足", "初审人": "甲某", "初审日期": "2026-11-20"}},
    )
    view = View(review(), PROVINCE, merged([book]))
    letter = opinion(view, CITY)
    problems = section(letter, "三、")
    assert problems[0].startswith("1. 【错误·要求更正】审核意见：请核实负值。")
    assert not [line for line in problems if "见附件" in line]
    assert facts(letter)["已作处理"] == "误报1"
    assert not [line for line in section(letter, "四、") if "只填写一个数值" in line]
    assert "□通过　□修改后通过　■不通过（■退回补正　□不予推荐）" in lines(letter)
    assert "评审意见：目标依据不足" in lines(letter)
    signed = [cell.text for cell in letter.tables[-1].rows[0].cells]
    assert signed == ["初审人", "甲某", "日期", "2026-11-20", "签字", ""]
    other = opinion(view, PARK)
    assert "□通过　□修改后通过　□不通过（□退回补正　□不予推荐）" in lines(other)
    (message,) = review().findings.filter(pl.col("finding_key") == key_of(PART))["message"]
    assert any(line.startswith("1. 【错误·待处理】" + message[:10]) for line in section(other, "三、"))


def test_nothing_is_cut_that_the_page_has_room_for_and_advice_says_about_what() -> None:
    sent = {pilot: opinion(View(whole_round(), "浙江省"), pilot) for pilot in ("杭州市", "湖州市")}
    for pilot, letter in sent.items():
        assert not [line for line in lines(letter) if "…" in line], pilot
    advice = section(sent["杭州市"], "四、修改建议")
    assert "2. “八、保障措施”：请写明本试点的实际情况和安排。" in advice
    assert "4. “一、工作基础·碳减排难点分析”：请补充；确不适用的，请在方案中说明理由。" in advice


def test_a_disputed_conclusion_is_not_chosen() -> None:
    ledger = Ledger(
        pilot_decisions={(PROVINCE, CITY): PilotDecision({"conclusion": DISPUTED.title}, "意见不一致：通过／退回补正")}
    )
    letter = opinion(View(review(), PROVINCE, ledger), CITY)
    assert "□通过　□修改后通过　□不通过（□退回补正　□不予推荐）" in lines(letter)
    assert "评审工作簿中的结论不一致，须商定后重新选择。" in lines(letter)
    assert "复核提示：意见不一致：通过／退回补正" in lines(letter)


def with_findings(count: int) -> View:
    """唐山市 with so many findings of long texts, decided in every way."""
    now = whole_round()
    (sample,) = now.findings.filter(
        pl.col("pilot") == "杭州市", pl.col("rule") == "PLAN-TARGET-CONTRADICTS"
    ).to_dicts()[:1]
    own = {"province": "河北省", "pilot": "唐山市"}
    rows: list[dict[str, Any]] = [
        sample
        | own
        | {
            "finding_key": f"{at:016d}",
            "message": f"{at}：{sample['message']}" * 3,
            "advice": f"请核对{at}。" * (at % 9 + 1),
        }
        for at in range(count)
    ]
    states = (REQUESTED, EXPLAINED, OPEN, OPEN, OPEN, ACCEPTED, FALSE_ALARM)
    entries = {
        row["finding_key"]: FindingDecision(states[at % 7], {"opinion": "意见" * (at * 7)})
        for at, row in enumerate(rows)
    }
    written = dict.fromkeys(
        ("opinion", "first_person", "first_date", "second_person", "second_date"), "很长的意见" * 60
    )
    decision = PilotDecision(written | {"conclusion": "通过"}, "作出结论后报送文件已变化，请复核")
    findings = pl.concat(
        [now.findings.filter(pl.col("pilot") != "唐山市"), pl.DataFrame(rows, schema=now.findings.schema)]
    )
    return View(
        replace(now, findings=findings),
        "河北省",
        Ledger(finding_decisions=entries, pilot_decisions={("河北省", "唐山市"): decision}),
    )


@pytest.mark.slow
@pytest.mark.office
@pytest.mark.skipif(not OFFICE, reason="LibreOffice is not installed")
def test_it_is_one_page_whatever_was_found(tmp_path: Path) -> None:
    views = {count: with_findings(count) for count in (0, 5, 60)}
    pages: dict[str, bytes] = {}
    for count, view in views.items():
        content = render_opinions(view)["opinions/唐山市评审意见.docx"]
        listed = section(Document(io.BytesIO(content)), "三、")
        assert len(listed) >= {0: 1, 5: 3, 60: 3}[count]
        pages[f"{count}.docx"] = content
    for at, (_, content) in enumerate(render_opinions(View(hostile_round(), "河北省")).items()):
        pages[f"hostile{at}.docx"] = content
    for province in ("江苏省", "湖南省", "浙江省", "广东省"):
        for path, content in render_opinions(View(whole_round(), province)).items():
            pages[f"{Path(path).stem}.docx"] = content
    for name, content in pages.items():
        (tmp_path / name).write_bytes(content)
    command = [str(OFFICE), "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"]
    command += ["--convert-to", "pdf", "--outdir", str(tmp_path), *(str(tmp_path / name) for name in pages)]
    subprocess.run(command, check=True, timeout=300, capture_output=True)
    counts = {
        name: len(re.findall(rb"/Type\s*/Page\b(?!s)", (tmp_path / name).with_suffix(".pdf").read_bytes()))
        for name in pages
    }
    assert counts == dict.fromkeys(pages, 1)


def test_the_same_bytes_again() -> None:
    assert render_opinions(View(whole_round(), "浙江省")) == render_opinions(View(whole_round(), "浙江省"))
