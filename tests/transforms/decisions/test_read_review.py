"""Read a review workbook: decisions by key from any row; entries that are not taken over are reported."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from contracts.review_form import (
    FALSE_ALARM,
    FINDINGS,
    METADATA,
    PILOTS,
    Form,
)
from tests.sample import CONTRACTS
from tests.support.containers import encrypted
from tests.support.one_in import one_in
from tests.support.review_book import (
    CITY,
    FULL,
    PART,
    PROVINCE,
    VERDICT,
    WORDS,
    book_as_published,
    columns,
    edited,
    fill_in,
    filled,
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
from transforms.decisions.merge import merge_copies
from transforms.decisions.read_review import read_review

pytestmark = pytest.mark.thorough


def remarks(content: bytes) -> list[str]:
    return [f"{remark.where}｜{remark.text}" for remark in take_back(content).remarks]


def test_a_workbook_as_published_holds_no_decision() -> None:
    copy = take_back(book_as_published())
    assert (copy.fault, copy.province, copy.decisions, copy.remarks) == (None, PROVINCE, (), ())
    assert copy.present == set(review().findings.filter(pl.col("province") == PROVINCE)["finding_key"])


def test_a_list_without_findings_as_published_has_no_remark() -> None:
    now = review({})
    now = replace(now, findings=now.findings.clear())
    assert take_back(publish(now)).remarks == ()


def test_a_column_with_its_former_title_is_still_read() -> None:
    book = opened(filled({key_of(WORDS): FULL}))
    (title,) = [cell for cell in book[FINDINGS.sheet][1] if cell.value == "审核人"]
    title.value = "责任人"
    (row,) = take_back(saved(book)).decisions
    assert row["person"] == "张三"


def test_a_decision_is_read_with_its_place_and_the_finding_as_it_stood() -> None:
    (row,) = take_back(filled({key_of(WORDS): FULL})).decisions
    finding = next(f for f in review().findings.iter_rows(named=True) if f["finding_key"] == key_of(WORDS))
    assert {name: row[name] for name in ("status", "opinion", "person", "date")} == {
        "status": "false_alarm", "opinion": "原件已核", "person": "张三", "date": "2024-05-01",
    }  # fmt: skip
    for name in ("finding_key", "rule", "pilot", "indicator", "year", "raw_value", "value", "message", "round"):
        assert row[name] == finding[name]
    sheet = opened(book_as_published())[FINDINGS.sheet]
    assert opened(book_as_published())[row["sheet"]][row["cell"]].row == row_of(sheet, FINDINGS, key_of(WORDS))
    assert row["file"] == f"reviews/{PROVINCE}/a.xlsx"


def test_a_verdict_is_read_by_its_pilot() -> None:
    (row,) = take_back(filled(pilots={CITY: VERDICT})).decisions
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
    content = edited(filled({key_of(WORDS): FULL}), change)  # type: ignore[arg-type]
    assert [(row["finding_key"], row["status"]) for row in take_back(content).decisions] == [
        (key_of(WORDS), "false_alarm")
    ]


def test_rows_that_were_deleted_are_told_and_cost_nothing() -> None:
    first = filled({key_of(WORDS): FULL})
    book = publish(review(), merged([first]))
    second = edited(book, lambda book: book[FINDINGS.sheet].delete_rows(2, 2))
    assert any("有2行被删除" in text for text in remarks(second))
    assert merged([first, second]).finding_decisions[key_of(WORDS)].state is FALSE_ALARM


@pytest.mark.parametrize(
    "status", one_in(3, ["已阅", "ok", "=1+1", "已解决", "需复核", "意见不一致", "reopened", "不是误报"])
)
def test_a_status_that_is_not_offered_asks_for_another_and_the_rest_is_kept(status: str) -> None:
    content = filled({key_of(WORDS): {"处理状态": status, "审核意见": "原件已核"}})
    (row,) = take_back(content).decisions
    assert (row["status"], row["refused"], row["opinion"]) == ("reopened", status, "原件已核")
    (remark,) = remarks(content)
    assert status in remark
    assert "按“需复核”处理" in remark
    now = shown(publish(review(), merged([content])), key_of(WORDS))
    assert (now["处理状态"], f"“{status}”" in str(now["复核提示"])) == ("需复核", True)


@pytest.mark.parametrize("text", one_in(2, ["不通过", "基本通过", "结论见附件，" * 60]))
def test_a_conclusion_that_is_not_offered_asks_for_another(text: str) -> None:
    content = filled(pilots={CITY: {"结论": text, "初审人": "钱七"}})
    (row,) = take_back(content).decisions
    assert (row["conclusion"], row["refused"]) == ("需复核", text)
    assert [remark for remark in remarks(content) if text[:200] in remark]
    decision = merged([content]).pilot_decisions[PROVINCE, CITY]
    assert decision.texts["conclusion"] == "需复核"
    assert f"“{text[:200]}" in decision.note
    assert "（钱七）" in decision.note
    again = fill_in(publish(review(), merged([content])), pilots={CITY: {"结论": "通过"}})
    chosen = merged([content, again]).pilot_decisions[PROVINCE, CITY]
    assert (chosen.texts["conclusion"], chosen.note) == ("通过", "")


@pytest.mark.parametrize(
    ("written", "status", "opinion"),
    one_in(
        2,
        [
            ("误报。", "false_alarm", "原件已核"),
            (" 误 报 ！", "false_alarm", "原件已核"),
            ("说明可接受（口头）", "accepted", "原件已核\n口头"),
            ("说明可接受(电话 核实)。", "accepted", "原件已核\n电话 核实"),
            ("待处理（等回复）", None, "原件已核\n等回复"),
        ],
    ),
)
def test_an_obvious_spelling_is_read_as_the_state_and_its_bracket_as_opinion(
    written: str, status: str | None, opinion: str
) -> None:
    first = filled({key_of(WORDS): {"处理状态": written, "审核意见": "原件已核"}})
    (row,) = take_back(first).decisions
    assert (row["status"], row["refused"], row["opinion"]) == (status, None, opinion)
    assert not remarks(first)
    # Where the opinion was published before, the bracket is added to it.
    before = filled({key_of(WORDS): {"审核意见": "原件已核"}})
    (row,) = take_back(fill_in(publish(review(), merged([before])), {key_of(WORDS): {"处理状态": written}})).decisions
    assert (row["status"], row["opinion"]) == (status, opinion if "\n" in opinion else None)


def test_an_obvious_spelling_of_a_conclusion_is_read() -> None:
    (row,) = take_back(filled(pilots={CITY: {"结论": "修改后通过（量化目标）。"}})).decisions
    assert (row["conclusion"], row["opinion"], row["refused"]) == ("修改后通过", "量化目标", None)


@pytest.mark.parametrize("key", ["0123456789abcdef", None])
def test_words_in_a_row_without_a_known_key_are_told(key: str | None) -> None:
    def change(book: Workbook) -> None:
        sheet = book[FINDINGS.sheet]
        write(sheet, sheet.max_row + 1, FULL | {FINDINGS.key: key})

    content = edited(book_as_published(), change)
    assert not take_back(content).decisions
    (remark,) = remarks(content)
    assert all(text in remark for text in FULL.values())


def test_a_sort_that_left_the_hidden_key_behind_attributes_nothing() -> None:
    def change(book: Workbook) -> None:
        sheet = book[FINDINGS.sheet]
        write(sheet, row_of(sheet, FINDINGS, key_of(WORDS)), FULL)
        keys = columns(sheet)[FINDINGS.key]
        one, other = row_of(sheet, FINDINGS, key_of(WORDS)), row_of(sheet, FINDINGS, key_of(PART))
        for row, key in ((one, key_of(PART)), (other, key_of(WORDS))):
            sheet.cell(row, keys).value = key

    content = edited(book_as_published(), change)
    assert not take_back(content).decisions
    assert [text for text in remarks(content) if "原件已核" in text and "与编号不符" in text]


def test_an_edit_of_a_protected_cell_is_told_and_ignored() -> None:
    content = filled({key_of(WORDS): {"说明": "没有问题", **FULL}})
    (remark,) = remarks(content)
    assert "“说明”被改为“没有问题”" in remark
    assert take_back(content).decisions[0]["message"] != "没有问题"
    assert shown(publish(review(), merged([content])), key_of(WORDS))["说明"] != "没有问题"


def test_an_edit_of_another_sheet_is_told() -> None:
    content = edited(book_as_published(), lambda book: book["指标汇总"].cell(3, 9, 42))
    assert remarks(content) == ["指标汇总｜有1行与发布时不同；该表不可编辑，改动未采用。"]
    added = edited(book_as_published(), lambda book: book.create_sheet("草稿").append(["算一算"]))
    assert remarks(added) == ["草稿｜新增的工作表，未读取；原件已存档。"]


def test_texts_outside_the_table_and_comments_are_listed_one_by_one() -> None:
    def change(book: Workbook) -> None:
        sheet = book[FINDINGS.sheet]
        sheet["G2"].comment = Comment("批注里的意见", "吴九")
        book["试点总览"]["B2"].comment = Comment("另一页的批注", "")
        sheet["W2"], sheet["A90"], sheet["X92"] = "旁注", "下面的话", "远处的话"
        book[PILOTS.sheet]["C40"] = "给处长看的话"

    content = edited(book_as_published(), change)
    assert remarks(content) == [
        "问题清单!W2｜表格之外的文字“旁注”，未采用；意见请写在原有的栏内。",
        "问题清单!A90｜表格之外的文字“下面的话”，未采用；意见请写在原有的栏内。",
        "问题清单!X92｜表格之外的文字“远处的话”，未采用；意见请写在原有的栏内。",
        "审核意见!C40｜表格之外的文字“给处长看的话”，未采用；意见请写在原有的栏内。",
        "问题清单!G2｜批注（吴九）“批注里的意见”，未采用；意见请写在原有的栏内。",
        "试点总览!B2｜批注“另一页的批注”，未采用；意见请写在原有的栏内。",
    ]
    assert "问题清单!G2" in texts(publish(review(), merged([content])), "审核留痕")

    # Whatever program saves the comments of the system under another name, they are known by their text.
    def renamed(book: Workbook) -> None:
        for cell in (cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.comment):
            cell.comment = Comment(f" {cell.comment.text}", " ")

    again = edited(book_as_published(), renamed)
    assert any(cell.comment for row in opened(again)["指标对照（城市）"].iter_rows() for cell in row)
    assert remarks(again) == []


def without_column(form: Form) -> Callable[[Workbook], object]:
    return lambda book: book[form.sheet].delete_cols(columns(book[form.sheet])[form.key])


def renamed_sheets(book: Workbook) -> None:
    for number, sheet in enumerate(book.worksheets):
        sheet.title = f"工作表{number}"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (without_column(FINDINGS), ["问题清单｜找不到“问题编号”列，已按各行其余内容识别；不能识别的行逐条列出。"]),
        (without_column(PILOTS), ["审核意见｜找不到“试点标识”列，已按各行其余内容识别；不能识别的行逐条列出。"]),
        (renamed_sheets, None),
        (lambda book: book[FINDINGS.sheet].insert_rows(1, 3), []),
        (lambda book: book[FINDINGS.sheet].delete_cols(columns(book[FINDINGS.sheet])["试点"]), []),
    ],
    ids=["no key of findings", "no key of pilots", "renamed sheets", "rows above", "no pilot"],
)
def test_whatever_was_done_to_its_sheets_the_decisions_are_read(
    change: Callable[[Workbook], object], says: list[str] | None
) -> None:
    content = filled({key_of(WORDS): FULL, key_of(PART): {"处理状态": "要求更正"}}, {CITY: VERDICT})
    before, after = take_back(content), take_back(edited(content, change))
    assert after.fault is None
    about = ("finding_key", "pilot", "status", "opinion", "person", "date", "conclusion", "first_person")
    assert [[row[name] for name in about] for row in after.decisions] == [
        [row[name] for name in about] for row in before.decisions
    ]
    assert len(after.decisions) == 3
    assert says is None or remarks(edited(content, change)) == says


def test_without_keys_a_row_that_was_changed_too_is_listed_and_not_guessed() -> None:
    def change(book: Workbook) -> None:
        sheet = book[FINDINGS.sheet]
        sheet.cell(row_of(sheet, FINDINGS, key_of(WORDS)), columns(sheet)["原值"]).value = "别的"
        without_column(FINDINGS)(book)

    content = edited(filled({key_of(WORDS): FULL}), change)
    assert not take_back(content).decisions
    assert [
        text for text in remarks(content) if "该行没有编号，无法确定针对哪一项，未采用" in text and "原件已核" in text
    ]


def test_a_column_that_was_added_or_has_another_title_is_one_line() -> None:
    def change(book: Workbook) -> None:
        sheet = book[FINDINGS.sheet]
        sheet.cell(1, columns(sheet)["审核意见"]).value = "我的意见"
        sheet.cell(1, sheet.max_column + 1).value = "空列"

    found = remarks(edited(filled({key_of(WORDS): FULL}), change))
    assert found == [
        "问题清单｜新增或改名的“我的意见”列有1行内容，未采用；意见请写在原有的栏内。",
        "问题清单｜找不到“审核意见”列，按未改动处理。",
    ]


def test_without_its_metadata_every_word_is_listed() -> None:
    content = edited(filled({key_of(WORDS): FULL}), lambda book: book.remove(book[METADATA]))
    assert "没有“_元数据”工作表" in (take_back(content).fault or "")
    assert [text for text in remarks(content) if "原件已核" in text]


def test_without_an_input_column_nothing_is_taken_for_emptied() -> None:
    first = filled({key_of(WORDS): FULL})
    book = publish(review(), merged([first]))
    second = edited(book, lambda book: book[FINDINGS.sheet].delete_cols(columns(book[FINDINGS.sheet])["审核意见"]))
    assert merged([first, second]).finding_decisions[key_of(WORDS)].texts["opinion"] == "原件已核"
    assert [text for text in remarks(second) if "找不到“审核意见”列" in text]


def test_a_changed_metadata_sheet_is_found_out_and_every_word_is_told() -> None:
    def change(book: Workbook) -> None:
        book[METADATA]["C3"].value = "河北省"

    content = edited(filled({key_of(WORDS): FULL}), change)
    copy = take_back(content)
    assert copy.fault
    assert not copy.decisions
    assert [text for text in remarks(content) if "原件已核" in text]


def test_a_workbook_of_another_round_is_not_taken_over() -> None:
    contracts = replace(CONTRACTS, round=replace(CONTRACTS.round, round="another-batch"))
    copy = read_review(filled({key_of(WORDS): FULL}), "reviews/a.xlsx", contracts)
    assert "first-batch" in (copy.fault or "")
    assert [remark for remark in copy.remarks if "原件已核" in remark.text]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: b"", "文件是空的"),
        (lambda: b"PK\x03\x04 and then nothing", "损坏"),
        (lambda: saved(Workbook()), "不是评审工作簿"),
        (lambda: encrypted(book_as_published(), "开门"), "密码"),
    ],
    ids=["empty", "damaged", "other", "encrypted"],
)
def test_a_file_that_cannot_be_read_is_one_line(make: Callable[[], bytes], says: str) -> None:
    copy = take_back(make())
    assert says in (copy.fault or "")
    assert len(copy.remarks) == 1
    assert copy.province == PROVINCE  # its path says so
    lines = texts(publish(review(), merge_copies([copy], review())), "审核留痕")
    assert [line for line in lines if says in line]


def test_with_its_password_an_encrypted_workbook_is_read() -> None:
    content = encrypted(filled({key_of(WORDS): FULL}), "开门")
    assert len(read_review(content, "reviews/a.xlsx", CONTRACTS, ("开门",)).decisions) == 1
