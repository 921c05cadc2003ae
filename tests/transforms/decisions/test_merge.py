"""Decisions: found again by key whatever happened to the workbook, merged without a clock, never lost in silence."""

from dataclasses import replace

import polars as pl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from contracts.review_form import (
    CONCLUSIONS,
    DISPUTED,
    FALSE_ALARM,
    FINDINGS,
    METADATA,
    OPEN,
    PILOTS,
    REOPENED,
    REQUESTED,
    WRITTEN,
)
from contracts.schemas.published import Decisions
from contracts.schemas.validation import ContractViolationError, require
from tests.sample import CONTRACTS
from tests.support.containers import encrypted
from tests.support.review_book import (
    CITY,
    FAULTS,
    HUGE,
    NEGATIVE,
    PARK,
    PART,
    PROVINCE,
    WORDS,
    columns,
    edited,
    fill_in,
    key_of,
    merged,
    opened,
    publish,
    review,
    row_of,
    saved,
    shown,
    take_back,
    texts,
    write,
)
from transforms.decisions.ledger import FindingDecision, Ledger
from transforms.decisions.merge import decisions_frame, merge_copies
from transforms.decisions.metadata import MetadataError, PublishedWorkbook, from_rows, to_rows
from transforms.decisions.review_workbook import read_review
from transforms.reports.sheet_parts.cells import LONGEST
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

KEY = key_of(WORDS)
BOOK = publish(review())
FULL = {"处理状态": "误报", "审核意见": "原件已核", "责任人": "张三", "日期": "2024-05-01"}
VERDICT = {
    "审核意见": "可行",
    "初审人": "张三",
    "初审日期": "2024-05-01",
    "复核人": "李四",
    "复核日期": "5月2日",
    "结论": "通过",
}
HOSTILE = ("=1+1", "+1", "-1", "@A1", '=HYPERLINK("http://x.example","点击")', "_x0041_", "<b>粗</b>&amp;", "'引号")


def remarks(content: bytes) -> list[str]:
    return [f"{remark.where}｜{remark.text}" for remark in take_back(content).remarks]


# ---- reading ---------------------------------------------------------------------------------------------------------


def test_a_workbook_as_published_holds_no_decision() -> None:
    copy = take_back(BOOK)
    assert (copy.fault, copy.province, copy.decisions, copy.remarks) == (None, PROVINCE, (), ())
    assert copy.present == set(review().findings.filter(pl.col("province") == PROVINCE)["finding_key"])


def test_a_decision_is_read_with_its_place_and_the_finding_as_it_stood() -> None:
    (row,) = take_back(fill_in(BOOK, {KEY: FULL})).decisions
    finding = next(f for f in review().findings.iter_rows(named=True) if f["finding_key"] == KEY)
    assert {name: row[name] for name in ("status", "opinion", "person", "date")} == {
        "status": "false_alarm", "opinion": "原件已核", "person": "张三", "date": "2024-05-01",
    }  # fmt: skip
    for name in ("finding_key", "rule", "pilot", "indicator", "year", "raw_value", "value", "message", "round"):
        assert row[name] == finding[name]
    sheet = opened(BOOK)[FINDINGS.sheet]
    assert opened(BOOK)[row["sheet"]][row["cell"]].row == row_of(sheet, FINDINGS, KEY)
    assert row["file"] == f"reviews/{PROVINCE}/a.xlsx"


def test_a_verdict_is_read_by_its_pilot() -> None:
    (row,) = take_back(fill_in(BOOK, pilots={CITY: VERDICT})).decisions
    assert (row["pilot"], row["finding_key"], row["conclusion"], row["second_date"]) == (CITY, None, "通过", "5月2日")
    assert len(row["raw_value"]) == 64


def reverse(sheet: Worksheet) -> None:
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    for at, values in enumerate(reversed(rows), 2):
        for column, value in enumerate(values, 1):
            sheet.cell(at, column).value = value


def swap_columns(sheet: Worksheet) -> None:
    """Cut a column from the front and put it at the end, as a person does with the mouse."""
    width = sheet.max_column
    for row in range(1, sheet.max_row + 1):
        values = [sheet.cell(row, column).value for column in range(1, width + 1)]
        for column, value in enumerate([*values[1:], values[0]], 1):
            sheet.cell(row, column).value = value


def hide(sheet: Worksheet) -> None:
    sheet.column_dimensions["C"].hidden = True
    sheet.row_dimensions[3].hidden = True


@pytest.mark.parametrize(
    "change",
    [
        lambda book: reverse(book[FINDINGS.sheet]),
        lambda book: swap_columns(book[FINDINGS.sheet]),
        lambda book: hide(book[FINDINGS.sheet]),
        lambda book: book[FINDINGS.sheet].insert_rows(1, 3),
        lambda book: book[FINDINGS.sheet].insert_rows(4, 2),
        lambda book: book[FINDINGS.sheet].insert_cols(1, 2),
        lambda book: setattr(book[FINDINGS.sheet], "title", "我的问题"),
        lambda book: book.move_sheet(FINDINGS.sheet, -6),
        lambda book: book.remove(book["指标汇总"]),
    ],
    ids=[
        "sorted",
        "columns moved",
        "hidden",
        "rows above",
        "rows between",
        "columns inserted",
        "renamed",
        "moved",
        "less",
    ],
)
def test_a_decision_is_found_by_its_key_wherever_it_stands(change: object) -> None:
    content = edited(fill_in(BOOK, {KEY: FULL}), change)  # type: ignore[arg-type]
    assert [(row["finding_key"], row["status"]) for row in take_back(content).decisions] == [(KEY, "false_alarm")]


def test_rows_that_were_deleted_are_told_and_cost_nothing() -> None:
    first = fill_in(BOOK, {KEY: FULL})
    book = publish(review(), merged([first]))
    second = edited(book, lambda book: book[FINDINGS.sheet].delete_rows(2, 2))
    assert any("有 2 行被删除" in text for text in remarks(second))
    assert merged([first, second]).finding_decisions[KEY].state is FALSE_ALARM


@pytest.mark.parametrize("status", ["已阅", "ok", "=1+1", "已解决", "需复核", "意见不一致"])
def test_a_status_that_nobody_may_write_is_told_and_the_rest_is_kept(status: str) -> None:
    content = fill_in(BOOK, {KEY: {"处理状态": status, "审核意见": "原件已核"}})
    (row,) = take_back(content).decisions
    assert (row["status"], row["opinion"]) == (None, "原件已核")
    (remark,) = remarks(content)
    assert status in remark
    assert "未采用" in remark


def test_a_conclusion_that_is_not_in_the_list_is_told() -> None:
    content = fill_in(BOOK, pilots={CITY: {"结论": "基本通过"}})
    assert not take_back(content).decisions
    assert [text for text in remarks(content) if "基本通过" in text]


@pytest.mark.parametrize("key", ["0123456789abcdef", None])
def test_words_in_a_row_without_a_known_key_are_told(key: str | None) -> None:
    def change(book: Workbook) -> None:
        sheet = book[FINDINGS.sheet]
        write(sheet, sheet.max_row + 1, FULL | {FINDINGS.key: key})

    content = edited(BOOK, change)
    assert not take_back(content).decisions
    (remark,) = remarks(content)
    assert all(text in remark for text in FULL.values())


def test_a_sort_that_left_the_hidden_key_behind_attributes_nothing() -> None:
    def change(book: Workbook) -> None:
        sheet = book[FINDINGS.sheet]
        write(sheet, row_of(sheet, FINDINGS, KEY), FULL)
        keys = columns(sheet)[FINDINGS.key]
        one, other = row_of(sheet, FINDINGS, KEY), row_of(sheet, FINDINGS, key_of(PART))
        for row, key in ((one, key_of(PART)), (other, KEY)):
            sheet.cell(row, keys).value = key

    content = edited(BOOK, change)
    assert not take_back(content).decisions
    assert [text for text in remarks(content) if "原件已核" in text and "与编号不符" in text]


def test_an_edit_of_a_protected_cell_is_told_and_ignored() -> None:
    content = fill_in(BOOK, {KEY: {"说明": "没有问题", **FULL}})
    (remark,) = remarks(content)
    assert "“说明”被改为“没有问题”" in remark
    assert take_back(content).decisions[0]["message"] != "没有问题"
    assert shown(publish(review(), merged([content])), KEY)["说明"] != "没有问题"


def test_an_edit_of_another_sheet_is_told() -> None:
    content = edited(BOOK, lambda book: book["指标汇总"].cell(3, 9, 42))
    assert remarks(content) == ["指标汇总｜有 1 行与发布时不同；该表不可编辑，改动未采用。"]
    added = edited(BOOK, lambda book: book.create_sheet("草稿").append(["算一算"]))
    assert remarks(added) == ["草稿｜新增的工作表，未读取；原件已存档。"]


def test_without_the_key_column_the_file_says_so() -> None:
    content = edited(BOOK, lambda book: book[FINDINGS.sheet].delete_cols(columns(book[FINDINGS.sheet])[FINDINGS.key]))
    assert [text for text in remarks(content) if "找不到“问题清单”的“问题编号”列" in text]


def test_without_an_input_column_nothing_is_taken_for_emptied() -> None:
    first = fill_in(BOOK, {KEY: FULL})
    book = publish(review(), merged([first]))
    second = edited(book, lambda book: book[FINDINGS.sheet].delete_cols(columns(book[FINDINGS.sheet])["审核意见"]))
    assert merged([first, second]).finding_decisions[KEY].texts["opinion"] == "原件已核"
    assert [text for text in remarks(second) if "找不到“审核意见”列" in text]


def test_a_changed_metadata_sheet_is_found_out_and_every_word_is_told() -> None:
    def change(book: Workbook) -> None:
        book[METADATA]["C3"].value = "河北省"

    content = edited(fill_in(BOOK, {KEY: FULL}), change)
    copy = take_back(content)
    assert copy.fault
    assert not copy.decisions
    assert [text for text in remarks(content) if "原件已核" in text]


def test_a_workbook_of_another_round_is_not_taken_over() -> None:
    contracts = replace(CONTRACTS, round=replace(CONTRACTS.round, round="second-batch"))
    copy = read_review(fill_in(BOOK, {KEY: FULL}), "reviews/a.xlsx", contracts)
    assert "first-batch" in (copy.fault or "")
    assert [remark for remark in copy.remarks if "原件已核" in remark.text]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "文件是空的"),
        (b"PK\x03\x04 and then nothing", "损坏"),
        (saved(Workbook()), "不是评审工作簿"),
        (encrypted(BOOK, "开门"), "密码"),
    ],
    ids=["empty", "damaged", "other", "encrypted"],
)
def test_a_file_that_cannot_be_read_is_one_line(content: bytes, says: str) -> None:
    copy = take_back(content)
    assert says in (copy.fault or "")
    assert len(copy.remarks) == 1
    assert copy.province == PROVINCE  # its path says so
    lines = texts(publish(review(), merge_copies([copy], review())), "审核留痕")
    assert [line for line in lines if says in line]


def test_with_its_password_an_encrypted_workbook_is_read() -> None:
    content = encrypted(fill_in(BOOK, {KEY: FULL}), "开门")
    assert len(read_review(content, "reviews/a.xlsx", CONTRACTS, ("开门",)).decisions) == 1


# ---- metadata --------------------------------------------------------------------------------------------------------


PUBLISHED = PublishedWorkbook(
    "first-batch", "山西省", "a" * 64, "b" * 64, ("c" * 64,),
    {"k": {"raw_value": " 前后 空格 \n", "value": 0.1, "message": "长" * 70_000, "shown": {"status": "待处理"}}},
    {"p": {"pilot": "\t=1高新区", "raw_value": None, "shown": {}, "marks": {}}},
    {"封面": ["1", "2"]},
)  # fmt: skip


def test_metadata_is_read_back_as_written() -> None:
    rows = to_rows(PUBLISHED)
    assert from_rows(rows) == PUBLISHED
    assert max(len(text) for row in rows for text in row) < LONGEST


@pytest.mark.parametrize("at", range(9))
def test_metadata_that_was_touched_is_refused(at: int) -> None:
    rows = to_rows(PUBLISHED)
    assert len(rows) == 10
    for damaged in ([*rows[:at], *rows[at + 1 :]], [*rows[:at], [*rows[at][:-1], "x"], *rows[at + 1 :]], []):
        with pytest.raises(MetadataError):
            from_rows(damaged)


# ---- merging ---------------------------------------------------------------------------------------------------------


def test_two_copies_are_merged_cell_by_cell() -> None:
    one = fill_in(BOOK, {KEY: {"处理状态": "误报", "责任人": "张三"}})
    two = fill_in(BOOK, {KEY: {"审核意见": "原件已核"}, key_of(PART): {"处理状态": "要求更正"}})
    ledger = merged([one, two])
    assert ledger.finding_decisions[KEY] == FindingDecision(
        FALSE_ALARM, {"opinion": "原件已核", "person": "张三", "date": ""}
    )
    assert ledger.finding_decisions[key_of(PART)].state is REQUESTED
    assert not ledger.conflicts


def test_a_contradiction_shows_both_opinions() -> None:
    one = fill_in(BOOK, {KEY: {"处理状态": "误报", "审核意见": "系统有误", "责任人": "张三"}})
    two = fill_in(BOOK, {KEY: {"处理状态": "要求更正", "审核意见": "应补正", "责任人": "李四"}})
    ledger = merged([one, two])
    entry = ledger.finding_decisions[KEY]
    assert entry.state is DISPUTED
    assert {"系统有误", "应补正"} == set(entry.texts["opinion"].split("\n"))
    assert "误报（张三）" in entry.note
    assert "要求更正（李四）" in entry.note
    book = publish(review(), ledger)
    assert shown(book, KEY)["处理状态"] == "意见不一致"
    assert {"系统有误", "应补正"} <= set(texts(book, "审核留痕"))


def test_the_same_opinion_twice_is_one() -> None:
    one = fill_in(BOOK, {KEY: FULL})
    two = fill_in(one, {key_of(PART): {"审核意见": "另一项"}})
    assert merged([one, two]).finding_decisions[KEY] == merged([one]).finding_decisions[KEY]


def test_a_later_copy_of_the_same_lineage_counts() -> None:
    first = fill_in(BOOK, {KEY: FULL})
    second = fill_in(publish(review(), merged([first])), {KEY: {"处理状态": "要求更正", "审核意见": "再核有误"}})
    third = fill_in(publish(review(), merged([first, second])), {KEY: {"审核意见": "第三次"}})
    for order in ([first, second, third], [third, first, second]):
        entry = merged(order).finding_decisions[KEY]
        assert (entry.state, entry.texts["opinion"], entry.texts["person"]) == (REQUESTED, "第三次", "张三")


def test_a_settled_contradiction_is_settled() -> None:
    one, two = (fill_in(BOOK, {KEY: {"处理状态": status}}) for status in ("误报", "要求更正"))
    third = fill_in(publish(review(), merged([one, two])), {KEY: {"处理状态": "要求更正"}})
    assert merged([one, two, third]).finding_decisions[KEY].state is REQUESTED


def test_what_was_taken_back_is_gone() -> None:
    first = fill_in(BOOK, {KEY: FULL})
    second = fill_in(publish(review(), merged([first])), {KEY: dict.fromkeys(FULL)})
    assert KEY not in merged([first, second]).finding_decisions


def test_what_was_saved_over_an_open_workbook_follows_what_was_kept_of_it() -> None:
    """Two states of one workbook that stayed open: neither contains the other, and the name of the file says it."""
    first = take_back(fill_in(BOOK, {KEY: {"处理状态": "误报"}}))
    second = take_back(fill_in(BOOK, {KEY: {"处理状态": "要求更正"}}))
    assert merge_copies([first, second], review()).finding_decisions[KEY].state is DISPUTED
    name = f"reviews/{PROVINCE}/{second.sha256[:16]}.{first.sha256[:16]}-a.xlsx"
    later = replace(second, file=name, decisions=tuple(row | {"file": name} for row in second.decisions))
    for order in ([first, later], [later, first], [later, first, second]):
        assert merge_copies(order, review()).finding_decisions[KEY].state is REQUESTED
    forged = replace(later, file=name.replace(second.sha256[:16], "0" * 16))
    assert merge_copies([first, forged], review()).finding_decisions[KEY].state is DISPUTED


def test_the_same_bytes_in_two_places_count_once() -> None:
    content = fill_in(BOOK, {KEY: FULL})
    copies = [take_back(content, name) for name in ("a.xlsx", "b.xlsx")]
    assert len(merge_copies(copies, review()).copies) == 1


def test_a_province_decides_on_its_own_findings_alone() -> None:
    copy = take_back(fill_in(BOOK, {KEY: FULL}))
    other = replace(copy, decisions=tuple(row | {"province": "河北省"} for row in copy.decisions))
    ledger = merge_copies([other], review())
    assert not ledger.finding_decisions
    assert [gone.province for gone in ledger.orphaned] == ["河北省"]


# ---- what becomes of a decision --------------------------------------------------------------------------------------


def test_a_value_that_changed_comes_back_with_both_values() -> None:
    now = review(FAULTS | {NEGATIVE: "-2"})
    ledger = merged([fill_in(BOOK, {key_of(NEGATIVE): FULL, KEY: FULL})], now)
    row = shown(publish(now, ledger), key_of(NEGATIVE))
    assert row["处理状态"] == "需复核"
    assert "“-1”变为“-2”" in str(row["复核提示"])
    assert "误报" in str(row["复核提示"])
    assert row["审核意见"] == "原件已核"
    assert ledger.finding_decisions[KEY].state is FALSE_ALARM


def test_an_opinion_alone_is_a_decision_too() -> None:
    now = review(FAULTS | {NEGATIVE: "-2"})
    ledger = merged([fill_in(BOOK, {key_of(NEGATIVE): {"审核意见": "请核"}})], now)
    assert ledger.finding_decisions[key_of(NEGATIVE)].state is REOPENED


def test_a_decision_on_the_new_value_closes_it_again() -> None:
    now = review(FAULTS | {NEGATIVE: "-2"})
    first = fill_in(BOOK, {key_of(NEGATIVE): FULL})
    second = fill_in(publish(now, merged([first], now)), {key_of(NEGATIVE): {"处理状态": "误报"}})
    assert merged([first, second], now).finding_decisions[key_of(NEGATIVE)].state is FALSE_ALARM


def test_other_words_for_the_same_figures_reopen_nothing() -> None:
    now = review()
    reworded = now.findings.with_columns(message=pl.col("message").str.replace("填报", "报送"))
    ledger = merged([fill_in(BOOK, {key_of(NEGATIVE): FULL})], replace(now, findings=reworded))
    assert ledger.finding_decisions[key_of(NEGATIVE)].state is FALSE_ALARM


def test_a_decision_whose_finding_is_gone_is_kept_and_told_to_be_back() -> None:
    fixed = review({fault: value for fault, value in FAULTS.items() if fault != WORDS})
    first = fill_in(BOOK, {KEY: FULL})
    ledger = merged([first], fixed)
    assert KEY not in ledger.finding_decisions
    without = publish(fixed, ledger)
    assert {"已解决", "误报", CITY, "见附件"} <= set(texts(without, "已消失的问题"))
    assert [text for text in texts(without, "已消失的问题") if "原件已核" in text]
    # Back before anybody saw it gone, it is the decision that it was; back after that, it is looked at again.
    assert merged([first], review()).finding_decisions[KEY].state is FALSE_ALARM
    seen = fill_in(without, {key_of(PART): {"处理状态": "要求更正"}})
    entry = merged([first, seen], review()).finding_decisions[KEY]
    assert entry.state is REOPENED
    assert "曾经消失" in entry.note
    settled = fill_in(publish(review(), merged([first, seen])), {KEY: {"处理状态": "误报"}})
    assert merged([first, seen, settled]).finding_decisions[KEY].state is FALSE_ALARM


def test_a_verdict_says_when_its_submission_changed_and_who_signed_twice() -> None:
    content = fill_in(BOOK, pilots={CITY: VERDICT | {"复核人": "张三"}, PARK: VERDICT})
    verdicts = merged([content]).pilot_decisions
    assert verdicts[PROVINCE, CITY].note == "初审与复核为同一人"
    assert verdicts[PROVINCE, PARK].note == ""
    now = review(FAULTS | {PART: "再定"})
    assert "报送文件已变化" in merged([content], now).pilot_decisions[PROVINCE, PARK].note


def test_two_conclusions_disagree() -> None:
    one, two = (fill_in(BOOK, pilots={CITY: {"结论": conclusion}}) for conclusion in ("通过", "退回补正"))
    ledger = merged([one, two])
    assert ledger.pilot_decisions[PROVINCE, CITY].texts["conclusion"] == "意见不一致"
    assert {"通过", "退回补正"} <= set(texts(publish(review(), ledger), "审核留痕"))
    third = fill_in(publish(review(), ledger), pilots={CITY: {"结论": "修改后通过"}})
    assert merged([one, two, third]).pilot_decisions[PROVINCE, CITY].texts["conclusion"] == "修改后通过"


# ---- the workbook ----------------------------------------------------------------------------------------------------


def test_the_same_decisions_give_the_same_bytes_in_any_order() -> None:
    one = fill_in(BOOK, {KEY: FULL})
    two = fill_in(BOOK, {KEY: {"处理状态": "要求更正"}}, {CITY: VERDICT})
    assert publish(review(), merged([one, two])) == publish(review(), merged([two, one]))


def test_everything_written_is_carried_in() -> None:
    book = publish(review(), merged([fill_in(BOOK, {KEY: FULL}, {CITY: VERDICT})]))
    assert {title: shown(book, KEY)[title] for title in FULL} == FULL
    assert set(VERDICT.values()) <= set(texts(book, PILOTS.sheet))
    copy = take_back(book)
    assert (copy.decisions, copy.remarks) == ((), ())


@pytest.mark.parametrize("text", [*HOSTILE, "长" * LONGEST, "第一行\n第二行", "a\tb", "😀"], ids=lambda text: text[:8])
def test_any_text_survives_and_stays_text(text: str) -> None:
    first = fill_in(BOOK, {KEY: {"审核意见": text, "责任人": text}}, {CITY: {"审核意见": text}})
    book = publish(review(), merged([first]))
    assert shown(book, KEY)["审核意见"] == text
    cells = [cell for sheet in opened(book).worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n"}
    assert take_back(book).decisions == ()


def test_opinions_too_long_for_one_cell_stand_one_by_one() -> None:
    one, two = ("甲" * 20_000, "乙" * 20_000)
    book = publish(review(), merged([fill_in(BOOK, {KEY: {"审核意见": text}}) for text in (one, two)]))
    assert {one, two} <= set(texts(book, "审核留痕"))
    assert take_back(book).decisions == ()


def test_only_what_is_to_be_filled_in_is_open() -> None:
    book = opened(BOOK)
    fields = {FINDINGS.sheet: FINDINGS.fields.values(), PILOTS.sheet: PILOTS.fields.values()}
    for sheet in book.worksheets:
        guard = sheet.protection
        assert guard.sheet
        assert not guard.password
        assert not any((guard.autoFilter, guard.sort))
        titles = columns(sheet)
        wanted = {titles[title] for title in fields.get(sheet.title, ())}
        cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
        assert {cell.column for cell in cells if not cell.protection.locked} == wanted
    assert book[METADATA].sheet_state == "hidden"
    for form in (FINDINGS, PILOTS):
        letter = book[form.sheet].cell(1, columns(book[form.sheet])[form.key]).column_letter
        assert book[form.sheet].column_dimensions[letter].hidden
        assert letter in book[form.sheet].auto_filter.ref  # or a sort would leave it behind


def test_the_words_to_choose_from() -> None:
    book = opened(BOOK)
    (status,) = book[FINDINGS.sheet].data_validations.dataValidation
    (conclusion,) = book[PILOTS.sheet].data_validations.dataValidation
    assert status.formula1 == f'"{",".join(state.title for state in WRITTEN)}"'
    assert conclusion.formula1 == f'"{",".join(CONCLUSIONS)}"'
    assert OPEN.title == shown(BOOK, KEY)["处理状态"]
    letter = book[FINDINGS.sheet].cell(1, columns(book[FINDINGS.sheet])["处理状态"]).column_letter
    assert str(status.sqref) == f"{letter}2:{letter}{book[FINDINGS.sheet].max_row}"


def test_what_is_dismissed_is_grey_and_leaves_the_counts_of_the_reader_and_not_those_of_the_rules() -> None:
    ledger = merged(
        [fill_in(BOOK, {KEY: FULL, key_of(HUGE): {"处理状态": "说明可接受"}, key_of(PART): {"处理状态": "要求更正"}})]
    )
    book = publish(review(), ledger)
    assert "4（已处理 2）" in texts(book, "封面")
    assert "4" in texts(BOOK, "封面")
    sheet = opened(book)[FINDINGS.sheet]
    grey = {key: sheet.cell(row_of(sheet, FINDINGS, key), 2).fill.fgColor.rgb for key in (KEY, key_of(PART))}
    assert grey[KEY] == "00F2F2F2" != grey[key_of(PART)]
    pilots = opened(book)["试点总览"]
    assert [pilots.cell(row, columns(pilots)["错误"]).value for row in (2, 3)] == [1, 1]
    quota = opened(book)["名额核对"]
    assert quota.cell(2, columns(quota)["错误"]).value == 4


def test_the_nation_sees_states_and_no_reviewer() -> None:
    ledger = merged([fill_in(BOOK, {KEY: FULL}, {CITY: VERDICT})])
    book = opened(render_review_workbook(View(review(), None, ledger)))
    everything = texts(saved(book), FINDINGS.sheet) + texts(saved(book), PILOTS.sheet)
    assert {"误报", "通过"} <= set(everything)
    assert not {"张三", "李四", "原件已核"} & set(everything)
    assert METADATA not in book.sheetnames
    assert all(c.protection.locked for sheet in book.worksheets for row in sheet.iter_rows() for c in row)


def test_a_book_without_decisions_says_so() -> None:
    assert "没有已消失的问题" in texts(BOOK, "已消失的问题")
    assert "没有收到填写过的评审工作簿" in texts(BOOK, "审核留痕")


# ---- the model -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "reopened"},
        {"conclusion": "基本通过"},
        {"file": "a.xlsx"},
        {"rule": None},
        {"status": None, "opinion": None, "person": None, "date": None},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_the_model_refuses_what_is_no_decision(wrong: dict[str, object]) -> None:
    good = decisions_frame([take_back(fill_in(BOOK, {KEY: FULL}))])
    assert good.height == 1
    with pytest.raises(ContractViolationError):
        require(pl.DataFrame([good.to_dicts()[0] | wrong], schema=good.schema), Decisions)


def test_no_decision_is_a_frame_too() -> None:
    assert decisions_frame([]).height == 0
    assert merge_copies([], review()) == Ledger()
