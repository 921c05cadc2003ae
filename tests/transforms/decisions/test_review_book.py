"""The review workbook with decisions in it: what is shown, what may be filled in, what is locked."""

import polars as pl
import pytest

from contracts.review_form import (
    FINDINGS,
    METADATA,
    OFFERED,
    OPEN,
    PILOTS,
    WRITTEN,
)
from tests.support.review_book import (
    CITY,
    FAULTS,
    FULL,
    HUGE,
    PART,
    PROVINCE,
    VERDICT,
    WORDS,
    book_as_published,
    columns,
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
)
from transforms.reports.sheet_parts.cells import LONGEST
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

pytestmark = pytest.mark.thorough

HOSTILE = ("=1+1", "+1", "-1", "@A1", '=HYPERLINK("http://x.example","点击")', "_x0041_", "<b>粗</b>&amp;", "'引号")


def test_the_same_decisions_give_the_same_bytes_in_any_order() -> None:
    one = filled({key_of(WORDS): FULL})
    two = filled({key_of(WORDS): {"处理状态": "要求更正"}}, {CITY: VERDICT})
    assert publish(review(), merged([one, two])) == publish(review(), merged([two, one]))


def test_everything_written_is_carried_in() -> None:
    book = publish(review(), merged([filled({key_of(WORDS): FULL}, {CITY: VERDICT})]))
    assert {title: shown(book, key_of(WORDS))[title] for title in FULL} == FULL
    assert set(VERDICT.values()) <= set(texts(book, PILOTS.sheet))
    copy = take_back(book)
    assert (copy.decisions, copy.remarks) == ((), ())


@pytest.mark.parametrize("texts", [HOSTILE, ("长" * LONGEST, "第一行\n第二行", "a\tb", "😀")], ids=["hostile", "odd"])
def test_any_text_survives_and_stays_text(texts: tuple[str, ...]) -> None:
    places = [(key_of(fault), title) for fault in FAULTS for title in ("审核意见", "审核人")]
    written = dict(zip(places, texts, strict=False))
    assert len(written) == len(texts)
    fields = {key: {title: text for (one, title), text in written.items() if one == key} for key, _ in written}
    first = filled(fields, {CITY: {"审核意见": texts[0]}})
    book = publish(review(), merged([first]))
    assert {(key, title): shown(book, key)[title] for key, title in written} == written
    cells = [cell for sheet in opened(book).worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n"}
    assert take_back(book).decisions == ()


def test_opinions_too_long_for_one_cell_stand_one_by_one() -> None:
    one, two = ("甲" * 20_000, "乙" * 20_000)
    book = publish(review(), merged([filled({key_of(WORDS): {"审核意见": text}}) for text in (one, two)]))
    assert {one, two} <= set(texts(book, "审核留痕"))
    assert take_back(book).decisions == ()


def test_only_what_is_to_be_filled_in_is_open() -> None:
    book = opened(book_as_published())
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
    book = opened(book_as_published())
    (status,) = book[FINDINGS.sheet].data_validations.dataValidation
    (conclusion,) = book[PILOTS.sheet].data_validations.dataValidation
    assert status.formula1 == f'"{",".join(state.title for state in WRITTEN)}"'
    assert conclusion.formula1 == f'"{",".join(OFFERED["plan"])}"'
    assert OPEN.title == shown(book_as_published(), key_of(WORDS))["处理状态"]
    letter = book[FINDINGS.sheet].cell(1, columns(book[FINDINGS.sheet])["处理状态"]).column_letter
    assert str(status.sqref) == f"{letter}2:{letter}{book[FINDINGS.sheet].max_row}"


def test_what_is_dismissed_is_grey_and_leaves_the_counts_of_the_reader_and_not_those_of_the_rules() -> None:
    ledger = merged(
        [
            fill_in(
                book_as_published(),
                {key_of(WORDS): FULL, key_of(HUGE): {"处理状态": "说明可接受"}, key_of(PART): {"处理状态": "要求更正"}},
            )
        ]
    )
    book = publish(review(), ledger)
    assert "4（已处理2）" in texts(book, "封面")
    assert "4" in texts(book_as_published(), "封面")
    sheet = opened(book)[FINDINGS.sheet]
    grey = {key: sheet.cell(row_of(sheet, FINDINGS, key), 2).fill.fgColor.rgb for key in (key_of(WORDS), key_of(PART))}
    assert grey[key_of(WORDS)] == "00F2F2F2" != grey[key_of(PART)]
    pilots = opened(book)["试点总览"]
    assert [pilots.cell(row, columns(pilots)["错误"]).value for row in (2, 3)] == [1, 1]
    quota = opened(book)["名额核对"]
    assert quota.cell(2, columns(quota)["错误"]).value == 2, "as many as the pilots have together"


def test_the_nation_sees_states_and_no_reviewer() -> None:
    ledger = merged([filled({key_of(WORDS): FULL}, {CITY: VERDICT})])
    book = opened(render_review_workbook(View(review(), None, ledger)))
    everything = texts(saved(book), FINDINGS.sheet) + texts(saved(book), PILOTS.sheet)
    assert {"误报", "通过"} <= set(everything)
    assert not {"张三", "李四", "原件已核"} & set(everything)
    assert METADATA not in book.sheetnames
    assert all(c.protection.locked for sheet in book.worksheets for row in sheet.iter_rows() for c in row)


def test_a_book_without_decisions_shows_no_sheet_about_them() -> None:
    book = opened(book_as_published())
    assert book["已销号问题"].sheet_state == "hidden"
    assert "审核留痕" not in book.sheetnames


def test_an_info_starts_as_nothing_to_do_and_may_still_be_decided() -> None:
    listed = (pl.col("severity") == "info") & (pl.col("province") == PROVINCE)
    infos = review().findings.filter(listed)["finding_key"].to_list()
    assert infos
    assert {shown(book_as_published(), key)["处理状态"] for key in infos} == {"—"}
    decided = take_back(filled({infos[0]: {"处理状态": "要求更正"}, key_of(WORDS): {"处理状态": "已说明"}}))
    assert {one["finding_key"]: one["status"] for one in decided.decisions} == {
        infos[0]: "requested",
        key_of(WORDS): "explained",
    }
    assert take_back(filled({infos[0]: {"处理状态": "待处理"}})).decisions == ()
