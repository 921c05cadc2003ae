"""What a submitter gets back: the letter and the marked copy say what, where, why and what to do, and nothing else."""

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache

import docx
import openpyxl
import polars as pl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from contracts.review_form import FALSE_ALARM
from contracts.rules import SEVERITIES
from tests.sample import CONTRACTS, Submission, add, change, clean_submission, layouts, leave_out, put
from tests.sample.__main__ import ARRIVALS
from tests.support.sample_round import whole_round
from transforms.decisions.ledger import FindingDecision, Ledger
from transforms.intake import cells as kept
from transforms.intake.submission import read_submission
from transforms.pipeline import Provenance, Review, review_round
from transforms.reports.notices.render_notices import render_notices
from transforms.reports.view import View

FILE = "submissions/河北省/唐山市报送/指标表.xlsx"
LETTER, COPY = "notices/唐山市补正通知.docx", "notices/唐山市问题标注.xlsx"
GOOD = clean_submission("河北省", "唐山市")
HOSTILE = ('=HYPERLINK("http://x.example","点击")', "+1+1", "@SUM(A1)", "{=1}", "<w:p/>&lt;", "\t=1")


def review_of(*contents: bytes, file: str = FILE, roster: bool = True) -> Review:
    """A review of files; without a roster, pilots of any name get letters."""
    bare = tuple(one if roster else replace(one, pilots=()) for one in CONTRACTS.round.provinces)
    contracts = replace(CONTRACTS, round=replace(CONTRACTS.round, provinces=bare, plan_required=False))
    files = [file, *(file.replace(".xlsx", f"{at}.xlsx") for at in range(2, len(contents) + 1))]
    read = [read_submission(content, name, CONTRACTS) for content, name in zip(contents, files, strict=True)]
    return review_round(read, contracts, Provenance("0", "0"))


def notices(*samples: Submission, layout=layouts.official) -> dict[str, bytes]:
    return render_notices(View(review_of(*map(layout, samples)), "河北省"))


def paragraphs(content: bytes) -> list[str]:
    found = [paragraph.text.replace("\n", "") for paragraph in docx.Document(io.BytesIO(content)).paragraphs]
    return [text for text in found if text]


def annex(content: bytes) -> list[list[str]]:
    (table,) = docx.Document(io.BytesIO(content)).tables
    return [[cell.text for cell in row.cells] for row in table.rows]


def everything(content: bytes) -> str:
    """All text of a letter or a workbook, comments too."""
    if content[:2] == b"PK" and "word/document.xml" in zipfile.ZipFile(io.BytesIO(content)).namelist():
        return "\n".join([*paragraphs(content), *(text for row in annex(content) for text in row)])
    texts = []
    for sheet in opened(content).worksheets:
        for row in sheet.iter_rows():
            texts += [str(cell.value) for cell in row if cell.value is not None]
            texts += [cell.comment.text for cell in row if cell.comment]
    return "\n".join(texts)


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def copied(content: bytes) -> Worksheet:
    return opened(content).worksheets[1]


def many_wrong() -> Submission:
    sample = GOOD
    for at, row in enumerate(GOOD.rows):
        sample = put(put(sample, row.code, 2022, "见附件"), row.code, 2025, "持续提高")
        sample = put(sample, row.code, 2030, None if at % 2 else "#DIV/0!")
    return sample


@cache
def of_the_round() -> dict[tuple[str, str], bytes]:
    """All that the sample round sends back, by province and path."""
    return {
        (province, path): content
        for province in CONTRACTS.round.quotas
        for path, content in render_notices(View(whole_round(), province)).items()
    }


# ---- who gets one ----------------------------------------------------------------------------------------------------


def test_whoever_has_something_to_act_on_gets_a_letter() -> None:
    wanted = {
        (row["province"], f"notices/{row['pilot']}补正通知.docx")
        for row in whole_round().findings.iter_rows(named=True)
        if row["file"] and row["pilot"] in CONTRACTS.round.listed and row["severity"] != "info"
    }
    assert {place for place in of_the_round() if place[1].endswith(".docx")} == wanted
    assert len(wanted) > 10


def test_a_copy_is_made_where_there_is_a_cell_to_mark() -> None:
    """One file cannot be read; of the others the sender or the plan is in doubt, or an indicator has no row."""
    letters = {place for place in of_the_round() if place[1].endswith(".docx")}
    unmarked = set()
    for place in letters:
        copy = (place[0], place[1].replace("补正通知.docx", "问题标注.xlsx"))
        assert any("颜色和批注" in line for line in paragraphs(of_the_round()[place])) == (copy in of_the_round())
        if copy not in of_the_round():
            unmarked.add(copy[1].removeprefix("notices/").removesuffix("问题标注.xlsx"))
    about_plans_alone = {one.name for _, one in CONTRACTS.round.roster} - {
        row["pilot"]
        for row in whole_round().findings.iter_rows(named=True)
        if row["rule"] != "PLAN-MISSING" and row["severity"] != "info"
    }
    assert unmarked - about_plans_alone == {"湘潭市", "长治高新技术产业开发区", "广州市", "杭州市"}


def test_a_note_alone_is_no_reason_to_write() -> None:
    assert notices(GOOD) == {}
    assert notices(add(GOOD, "绿氢年产量", "万吨", (0, 2, 4))) == {}


def test_nobody_knows_whom_to_write_about_a_file_of_nobody() -> None:
    book = opened(layouts.pasted_from_word(put(GOOD, "C08", 2022, "见附件")))
    book["Sheet1"]["A1"] = "指标表"
    buffer = io.BytesIO()
    book.save(buffer)
    review = review_of(buffer.getvalue(), file="submissions/a.xlsx", roster=False)
    assert review.findings["rule"].to_list()[0] == "FILE-UNIDENTIFIED"
    assert all(render_notices(View(review, province)) == {} for province in CONTRACTS.round.quotas)


# ---- the letter ------------------------------------------------------------------------------------------------------


def test_a_letter_about_one_thing() -> None:
    sent = notices(put(GOOD, "C08", 2025, "见附件"))
    lines = paragraphs(sent[LETTER])
    assert lines[:3] == [
        "×发改××〔　　　〕　　号",
        "关于补正唐山市国家碳达峰试点建设指标报送材料的通知",
        "唐山市发展和改革委员会：",
    ]
    assert lines[3].startswith("你委报送的唐山市")
    assert "“指标表.xlsx”，版本1" in lines[3]
    assert "必须更正的问题1项" in lines[3]
    assert "请于　　　　年　　月　　日前" in lines[3]
    assert lines[4:6] == ["一、必须更正的问题（1项）", "数值和单位：不能识别为数值1项（附件1第1项）。"]
    assert lines[6] == "二、补正要求"
    assert "请将补正材料报送至　　　　　　　　。特此通知。" in lines
    assert lines[-4] == "　　　　年　　月　　日"
    assert lines[-3] == "（联系人：　　　　，电话：　　　　　　　）"
    assert lines[-2:] == ["附件1", "问题明细表"]
    assert annex(sent[LETTER])[1][0] == "必须更正的问题"
    assert annex(sent[LETTER])[2][:4] == ["1", "工作表“表1”F10", "电能占终端用能的比重（2025年）", "见附件"]


def test_what_must_be_corrected_comes_before_what_may_be_explained() -> None:
    sample = put(put(GOOD, "C07", 2025, "持续提高"), "C16", 2022, "见附件")
    lines = paragraphs(notices(sample)[LETTER])
    heads = [line for line in lines if re.match("[一二三]、", line)]
    assert heads == ["一、必须更正的问题（1项）", "二、需更正或说明的问题（1项）", "三、补正要求"]
    assert any("数据无误" in line for line in lines)


def test_a_letter_about_many_things_names_kinds_and_lists_all_in_the_annex() -> None:
    sample = many_wrong()
    letter = notices(sample)[LETTER]
    review = review_of(layouts.official(sample))
    serious = review.findings.filter(pl.col("severity").is_in(SEVERITIES[:3]) & pl.col("file").is_not_null())
    rows = [row for row in annex(letter)[1:] if row[0].isdigit()]
    assert [int(row[0]) for row in rows] == list(range(1, serious.height + 1))
    assert serious.height >= 60
    assert {row[1].removeprefix("工作表“表1”") for row in rows} == set(serious["cell"])
    kinds = "".join(line for line in paragraphs(letter) if "（附件1第" in line)
    assert sum(map(int, re.findall(r"(\d+)项（附件1第", kinds))) == serious.height
    assert len(paragraphs(letter)) < 25, "the body names kinds, not faults"


def test_what_is_required_fits_what_was_sent() -> None:
    sent = {path.rsplit("/", 1)[-1]: content for (_, path), content in of_the_round().items()}
    alone, without_cover, corrected = (
        "".join(paragraphs(sent[f"{pilot}补正通知.docx"])) for pilot in ("长沙市", "承德市", "湖州市")
    )
    assert "经核实" not in alone + without_cover, "a plan that is missing cannot be verified"
    assert "日前报送实施方案。" in alone
    assert "实施方案：未收到1项（附件第1项）。" in alone
    assert "日前完成补正并重新报送。" in without_cover
    assert not any(
        "实施方案：实施方案" in "".join(paragraphs(letter)) for path, letter in sent.items() if "docx" in path
    )
    assert "封面" not in without_cover
    assert "在文件名中注明版本和日期" in without_cover
    assert "把封面的版本加1" in corrected


@pytest.mark.parametrize(("day", "says"), [(None, "　　　　年　　月　　日前"), (date(2024, 6, 30), "2024年6月30日前")])
def test_the_deadline_is_the_rounds_or_blank(day: date | None, says: str) -> None:
    review = review_of(layouts.official(put(GOOD, "C08", 2025, "见附件")))
    contracts = replace(CONTRACTS, round=replace(CONTRACTS.round, deadline=day))
    sent = render_notices(View(replace(review, contracts=contracts), "河北省"))
    assert says in paragraphs(sent[LETTER])[3]


def test_two_files_of_one_pilot_are_told_apart() -> None:
    sent = notices(put(GOOD, "C01", 2022, 0.5), put(GOOD, "C01", 2022, 0.6))
    assert "两次报送无法区分先后1项" in everything(sent[LETTER])
    assert annex(sent[LETTER])[2][1].endswith("整个文件")
    assert "submissions" not in everything(sent[LETTER])


def test_a_letter_about_a_plan_says_so_and_names_places_that_word_shows() -> None:
    letter = of_the_round()["浙江省", "notices/杭州市补正通知.docx"]
    lines = paragraphs(letter)
    assert lines[1] == "关于补正杭州市国家碳达峰试点实施方案有关内容的通知"
    title = docx.Document(io.BytesIO(letter)).paragraphs[1].text
    assert title.split("\n") == ["关于补正杭州市国家碳达峰试点", "实施方案有关内容的通知"]
    assert "附件：问题明细表" in lines
    assert lines[-2:] == ["附件", "问题明细表"]
    places = [row[1] for row in annex(letter)[1:] if row[0].isdigit()]
    assert "“八、保障措施”一节" in places
    assert "方案表1“新建建筑中星级绿色建筑占比”行2030年栏" in places
    assert not re.search(r"第\d+段|![A-Z]+\d|参与汇总|”、“", everything(letter))


def test_a_park_is_addressed_by_its_committee_and_a_broken_file_is_not_to_be_corrected() -> None:
    park = paragraphs(of_the_round()["陕西省", "notices/西咸新区补正通知.docx"])
    assert park[2] == "西咸新区管理委员会："
    assert park[3].startswith("你管委会报送的")
    broken = everything(of_the_round()["湖南省", "notices/湘潭市补正通知.docx"])
    assert "湘潭市发展和改革委员会：" in broken
    assert "在原工作簿上更正" not in broken


@pytest.mark.parametrize(
    ("place", "cells"),
    [
        (("浙江省", "湖州市"), {"E14", "F14", "G14"}),
        (("河北省", "承德市"), {f"{column}{row}" for row in (26, 29) for column in "CEFG"}),
        (("陕西省", "西咸新区"), {"G6", "G7"}),
    ],
    ids=["a unit", "a row twice", "a relation"],
)
def test_every_cell_of_a_fault_is_coloured(place: tuple[str, str], cells: set[str]) -> None:
    copy = copied(of_the_round()[place[0], f"notices/{place[1]}问题标注.xlsx"])
    assert {cell.coordinate for row in copy.iter_rows() for cell in row if cell.comment} == cells


def test_what_a_reviewer_dismissed_is_in_no_letter() -> None:
    review = review_of(layouts.official(put(put(GOOD, "C08", 2025, "见附件"), "C16", 2022, "见附件")))
    keys = review.findings.filter(pl.col("severity") == "error")["finding_key"].to_list()
    decided = {keys[0]: FindingDecision(FALSE_ALARM)}
    sent = render_notices(View(review, "河北省", Ledger(finding_decisions=decided)))
    assert [row[0] for row in annex(sent[LETTER])[1:] if row[0].isdigit()] == ["1"]
    both = {key: FindingDecision(FALSE_ALARM) for key in keys}
    assert render_notices(View(review, "河北省", Ledger(finding_decisions=both))) == {}


# ---- what it must not say --------------------------------------------------------------------------------------------


def test_a_notice_says_nothing_of_another_pilot() -> None:
    for place in of_the_round():
        _says_nothing_of_another(place)


def _says_nothing_of_another(place: tuple[str, str]) -> None:
    pilot = re.fullmatch("notices/(.*)(?:补正通知.docx|问题标注.xlsx)", place[1])[1]
    text = everything(of_the_round()[place])
    named = {row["pilot"]: row["named"] for row in whole_round().judged.batch.files.iter_rows(named=True)}
    own = {pilot, named[pilot]}
    listed = {name for _, one in CONTRACTS.round.roster if one.name != pilot for name in (one.name, *one.aliases)}
    others = ({arrival.pilot for arrival in ARRIVALS} | listed) - own
    assert [name for name in others if name in text and not any(name in mine for mine in own)] == [], place
    assert named[pilot] in text


def test_a_notice_has_no_word_that_only_we_understand() -> None:
    for place, content in of_the_round().items():
        text = everything(content)
        assert [rule for rule in CONTRACTS.rules if rule in text] == [], place
        assert not re.search(r"[0-9a-f]{16}|submissions/|contracts|blocker|warning", text), place


def test_another_pilot_in_our_words_is_not_named_and_in_theirs_is() -> None:
    sample = put(GOOD, "C08", 2025, "参照杭州市")
    review = review_of(layouts.official(sample), file="submissions/河北省/承德市/指标表.xlsx")
    text = everything(render_notices(View(review, "河北省"))[LETTER])
    assert "文件夹为“其他试点”" in text
    assert "承德市" not in text
    assert [row[3] for row in annex(render_notices(View(review, "河北省"))[LETTER])].count("参照杭州市") == 1


def test_a_letter_does_not_print_the_addressees_own_contact() -> None:
    assert not [
        name
        for name, content in notices(put(GOOD, "C08", 2025, "见附件")).items()
        if "模拟联系人" in everything(content)
    ]


# ---- the marked copy -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "layout",
    [layouts.official, layouts.pasted_from_word, layouts.with_sources, layouts.percent_cells, layouts.text_cells],
    ids=lambda layout: layout.__name__,
)
def test_the_table_stands_at_the_same_addresses(layout) -> None:
    sample = put(put(GOOD, "C08", 2025, "见附件"), "C07", 2022, None)
    content = layout(sample)
    sent = render_notices(View(review_of(content), "河北省"))
    copy, review = copied(sent[COPY]), review_of(content)
    (sheet,) = set(review.findings["sheet"]) - {None}
    source = opened(content)[sheet]
    assert copy.title == sheet
    values = {cell.coordinate: cell.value for row in source.iter_rows() for cell in row if cell.value not in {None, ""}}
    shown = {cell.coordinate: cell.value for row in copy.iter_rows() for cell in row if cell.value is not None}
    assert shown == values
    assert {str(one) for one in copy.merged_cells.ranges} == {str(one) for one in source.merged_cells.ranges}
    for row in source.iter_rows():
        assert [cell.coordinate for cell in row if "%" in cell.number_format and isinstance(cell.value, float)] == [
            cell.coordinate for cell in copy[row[0].row][: len(row)] if "%" in cell.number_format
        ]
    marked = {cell.coordinate for row in copy.iter_rows() for cell in row if cell.comment}
    serious = review.findings.filter(pl.col("severity") != "info")
    assert marked == set(serious["cell"]) - {None}


def test_a_cell_in_question_has_its_colour_and_its_comment() -> None:
    copy = copied(notices(put(put(GOOD, "C08", 2025, "见附件"), "C07", 2025, "持续提高"))[COPY])
    assert (copy["F10"].fill.fgColor.rgb[2:], copy["F9"].fill.fgColor.rgb[2:]) == ("F8CBAD", "FFE699")
    assert copy["F10"].comment.text == (
        "【必须更正】“电能占终端用能的比重”2025年填报“见附件”，不能识别为一个数值。\n"
        "处理：请只填写一个数值，说明性文字写入备注。"
    )
    assert copy["F9"].comment.text.startswith("【需更正或说明】")
    assert copy["E10"].comment is None
    assert copy["E10"].fill.fill_type is None


def test_the_list_leads_to_the_cells() -> None:
    sample = leave_out(put(GOOD, "C08", 2025, "见附件"), "C20")
    listed, copy = opened(notices(sample, layout=layouts.pasted_from_word)[COPY]).worksheets
    rows = {row[3].value: row[2] for row in listed.iter_rows(min_row=6) if row[0].value}
    link = rows["电能占终端用能的比重"]
    assert (link.value, link.hyperlink.location) == ("F10", "'Sheet1'!F10")
    assert copy["F10"].comment
    # There is no row in their table for what was left out.
    assert (rows["工业余能回收利用率"].value, rows["工业余能回收利用率"].hyperlink) == ("—", None)


def test_a_cell_under_a_merge_is_shown_by_itself() -> None:
    book = opened(layouts.official(GOOD))
    book["表1"].merge_cells("E10:F10")
    buffer = io.BytesIO()
    book.save(buffer)
    copy = copied(render_notices(View(review_of(buffer.getvalue()), "河北省"))[COPY])
    assert "E10:F10" not in {str(one) for one in copy.merged_cells.ranges}
    assert "合并" in copy["F10"].comment.text


def test_only_so_much_of_a_sheet_is_copied_and_the_list_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = put(GOOD, "C08", 2025, "见附件")
    whole = notices(sample)[COPY]
    assert "只复制了其中一部分" not in everything(whole)
    monkeypatch.setattr(kept, "KEPT_CELLS", 100)
    cut = notices(sample)[COPY]
    assert "只复制了其中一部分" in everything(cut)
    assert sum(cell.value is not None for row in copied(cut).iter_rows() for cell in row) == 100


# ---- text stays text, files can be written ---------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_submission_becomes_a_formula_or_markup(text: str) -> None:
    sample = add(change(put(GOOD, "C01", 2022, text), "C07", unit=text), f"{text}率", text, (text, 1, 2), text)
    sample = replace(sample, pilot=f"{text}高新区", version=text)
    book = opened(layouts.with_sources(sample))
    for row in (*book["指标表"].iter_rows(), *book["基本情况"].iter_rows()):
        for cell in row:
            if cell.data_type in {"f", "e"}:
                cell.data_type = "s"
    book["指标表"].title = "=1+1 '表"
    buffer = io.BytesIO()
    book.save(buffer)
    sent = render_notices(View(review_of(buffer.getvalue(), file="submissions/a.xlsx", roster=False), "河北省"))
    (copy,) = (content for path, content in sent.items() if path.endswith(".xlsx"))
    (letter,) = (content for path, content in sent.items() if path.endswith(".docx"))
    for sheet in opened(copy).worksheets:
        assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type not in {"s", "n"}]
    assert text.strip() in everything(letter)
    assert "http" not in " ".join(
        part.target_ref for part in docx.Document(io.BytesIO(letter)).part.rels.values() if part.is_external
    )


def test_characters_that_xml_forbids_spoil_nothing() -> None:
    review = review_of(layouts.official(put(GOOD, "C08", 2025, "见附件")))
    spoilt = review.findings.with_columns(
        message=review.findings["message"] + "\x00\x0b\x1b\ufffe", raw_value=review.findings["raw_value"] + "\x00\x1f"
    )
    sent = render_notices(View(replace(review, findings=spoilt), "河北省"))
    assert not re.search("[\x00\x0b\x1b\x1f\ufffe]", everything(sent[LETTER]) + everything(sent[COPY]))


@pytest.mark.parametrize(
    ("pilot", "name"),
    [
        ("甲/乙\\丙:丁高新区", "甲_乙_丙_丁高新区"),
        ("../../高新区", "_.._高新区"),
        ("高新区\n二期.", "高新区 二期"),
        ("长" * 300 + "区", "长" * 59 + "…"),
    ],
)
def test_the_name_of_a_file_is_safe(pilot: str, name: str) -> None:
    sample = replace(put(clean_submission("陕西省", "西咸新区"), "P06", 2022, "见附件"), pilot=pilot, province="河北省")
    sent = render_notices(View(review_of(layouts.official(sample), file="submissions/a.xlsx", roster=False), "河北省"))
    assert set(sent) == {f"notices/{name}补正通知.docx", f"notices/{name}问题标注.xlsx"}
    assert all(len(path.encode()) < 255 for path in sent)


def test_two_pilots_never_share_a_file() -> None:
    def named(pilot: str) -> bytes:
        park = put(clean_submission("陕西省", "西咸新区"), "P06", 2022, "见附件")
        return layouts.official(replace(park, pilot=pilot, province="河北省"))

    review = review_of(named("甲/乙高新区"), named("甲:乙高新区"), file="submissions/a.xlsx", roster=False)
    sent = render_notices(View(review, "河北省"))
    letters = sorted(path for path in sent if path.endswith("docx"))
    assert letters == ["notices/甲_乙高新区补正通知.docx", "notices/甲_乙高新区（2）补正通知.docx"]


def test_the_same_findings_give_the_same_bytes() -> None:
    assert notices(many_wrong()) == notices(many_wrong())
    for content in notices(many_wrong()).values():
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            core = package.read("docProps/core.xml").decode()
            assert set(re.findall(r">(\d{4}-\d\d-\d\dT[^<]*)<", core)) == {"2000-01-01T00:00:00Z"}


def test_a_workbook_holds_what_excel_allows() -> None:
    """Names of sheets, lengths and merges that do not overlap: else Excel offers to repair it."""
    for content in of_the_round().values():
        if "xl/workbook.xml" not in zipfile.ZipFile(io.BytesIO(content)).namelist():
            continue
        book = opened(content)
        assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in book.sheetnames)
        for sheet in book.worksheets:
            _no_overlap(str(one) for one in sheet.merged_cells.ranges)


def _no_overlap(ranges: Iterable[str]) -> None:
    taken: set[str] = set()
    for one in ranges:
        cells = {cell.coordinate for row in Workbook().active[one] for cell in row}
        assert not cells & taken
        taken |= cells
