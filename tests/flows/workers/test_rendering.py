"""A province's package is rendered from its own rows alone, here or in another process."""

import io
from functools import partial
from pathlib import Path

import openpyxl
import pytest

from flows.workers.rendering import NATION, render_package, render_packages
from tests.sample import CONTRACTS
from tests.support.crashes import render_or_fail
from tests.support.review_book import CITY, PROVINCE, key_of, review
from tests.support.review_sheets import EVERY_PROVINCE
from tests.support.sample_round import whole_round
from transforms.decisions.ledger import FindingDecision, Ledger, OrphanedDecision, PilotDecision
from transforms.reports.notices.render_notices import render_notices
from transforms.reports.opinions.render_opinions import render_opinions
from transforms.reports.summary_report.report_document import render_report
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

PROVINCES = sorted(CONTRACTS.round.quotas)
OTHER = "河北省"
OPEN = FindingDecision().state


@pytest.mark.parametrize("province", EVERY_PROVINCE)
def test_a_package_is_made_from_what_is_in_sight_alone(province: str) -> None:
    view = View(whole_round(), province)
    alone = view.narrow()
    assert set(alone.review.observations["province"]) <= {province}
    assert render_review_workbook(alone) == render_review_workbook(view)
    assert render_notices(alone) == render_notices(view)
    assert render_opinions(alone) == render_opinions(view)
    assert render_report(alone) == render_report(view)


def _ledger() -> Ledger:
    row = {
        "pilot": CITY,
        "finding_key": "gone",
        "message": "曾有",
        "rule": "VALUE-BOUNDS",
        "raw_value": "1",
        "value": 1.0,
    }
    row |= {"indicator": "C01", "year": 2025, "file": "a.xlsx"}
    return Ledger(
        finding_decisions={key_of((CITY, "C09", 2025)): FindingDecision(OPEN, {"opinion": "已电话核实"})},
        pilot_decisions={
            (PROVINCE, CITY): PilotDecision({"opinion": "同意"}),
            (OTHER, "唐山市"): PilotDecision({"opinion": "别省"}),
        },
        orphaned=(
            OrphanedDecision(PROVINCE, row, OPEN, {"opinion": "曾写"}),
            OrphanedDecision(OTHER, row, OPEN, {"opinion": "别省"}),
        ),
    )


def test_what_people_decided_elsewhere_is_not_in_sight() -> None:
    view = View(review(), PROVINCE, _ledger())
    assert "别省" not in repr(view.narrow().ledger)
    assert render_review_workbook(view.narrow()) == render_review_workbook(view)
    assert render_review_workbook(view.narrow()) != render_review_workbook(View(review(), PROVINCE))


def test_processes_render_the_same_bytes_and_the_nation_beside_them(tmp_path: Path) -> None:
    rendered = render_packages(review(), Ledger(), [PROVINCE], tmp_path / "there", nation=True)
    for name, province in ((PROVINCE, PROVINCE), (NATION, None)):
        here = render_package(View(review(), province), tmp_path / "here")
        assert {file: path.read_bytes() for file, path in rendered[name].files.items()} == {
            file: path.read_bytes() for file, path in here.files.items()
        }
        assert rendered[name].copies == here.copies
        assert rendered[name].failures == ()


def test_a_process_that_fails_costs_its_province_and_no_other(tmp_path: Path) -> None:
    killed, broken, slow, good = wanted = PROVINCES[:4]
    failing = partial(render_or_fail, (killed, broken, slow))
    rendered = render_packages(whole_round(), Ledger(), wanted, tmp_path, nation=False, seconds=10, render=failing)
    assert rendered[good].files
    assert rendered[good].failures == ()
    assert [(rendered[name].files, str(*rendered[name].failures)) for name in wanted[:3]] == [
        ({}, f"{killed}: 程序异常终止（SIGKILL）"),
        ({}, f"{broken}: ZeroDivisionError: made for this test"),
        ({}, f"{slow}: 超过10秒，已停止"),
    ]
    assert "crashes.py" in rendered[broken].failures[0].trace


def test_what_cannot_be_written_ends_the_run(tmp_path: Path) -> None:
    (tmp_path / PROVINCE).write_bytes(b"")
    with pytest.raises(FileExistsError):
        render_packages(review(), Ledger(), [PROVINCE], tmp_path, nation=False)


def test_of_many_pilots_the_nation_lists_warnings_and_worse(monkeypatch: pytest.MonkeyPatch) -> None:
    now = whole_round()
    whole = _sheets(render_review_workbook(View(now)))
    monkeypatch.setattr("transforms.reports.view.ALL_LISTED", now.judged.batch.files.height - 1)
    part = _sheets(render_review_workbook(View(now)))
    loud = [row for row in whole["问题清单"] if row[1] != "提示"]
    assert [row[1:] for row in part["问题清单"][1:]] == [row[1:] for row in loud[1:]]
    assert 1 < len(loud) < len(whole["问题清单"])
    for name in ("指标对照（城市）", "指标对照（园区）"):
        told = [row for row in part[name][2:] if row[0]]
        assert 0 < len(told) < len(whole[name])
        assert all("【" in row[4] for row in told)
    assert part["试点总览"] == whole["试点总览"]
    assert any("提示见各省评审工作簿" in str(value) for row in part["封面"] for value in row)
    assert not any("提示见各省评审工作簿" in str(value) for row in whole["封面"] for value in row)


def test_a_province_lists_everything_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    book = render_review_workbook(View(review(), PROVINCE))
    monkeypatch.setattr("transforms.reports.view.ALL_LISTED", 0)
    assert render_review_workbook(View(review(), PROVINCE)) == book


def _sheets(content: bytes) -> dict[str, list[tuple[object, ...]]]:
    return {sheet.title: list(sheet.values) for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets}
