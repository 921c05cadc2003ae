"""Two pilots of one name in two provinces are two pilots: each with its own findings, counts and files."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import polars as pl
import pytest

from flows.pipeline.selection import chosen_provinces
from tests.judgement.feed import read
from tests.sample import CONTRACTS, clean_submission, put
from transforms.aggregation.statistics import left_out
from transforms.intake.sender.identify import Identity
from transforms.intake.tables.project_lists import Project
from transforms.pipeline import Provenance, Review, review_round
from transforms.plans.assign_pilot import assign
from transforms.plans.frames import lay_out
from transforms.plans.read_plan import Plan
from transforms.reports.notices.render_notices import render_notices
from transforms.reports.rows.pilot_status import pilot_statuses
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

# Whose file it is stands in each file's name, so that one in another province's package gives itself away.
TOKENS = {"江苏省": "token-js", "山东省": "token-sd"}
CONFLICT, ACCEPTED_ELSEWHERE, LATER, TWICE, BROKEN = "经济开发区", "高新区", "临港新区", "新城市", "滨海市"
NAMES = (CONFLICT, ACCEPTED_ELSEWHERE, LATER, TWICE, BROKEN)
DAYS = ("2024-03-15", "2024-03-16")


@cache
def same_names(*, roster: bool = True) -> Review:
    contracts = CONTRACTS
    if not roster:
        bare = tuple(replace(one, pilots=()) for one in CONTRACTS.round.provinces)
        contracts = replace(CONTRACTS, round=replace(CONTRACTS.round, provinces=bare))
    submissions = []
    for at, (province, token) in enumerate(TOKENS.items()):
        for name in NAMES:
            base = "苏州工业园区" if name.endswith("区") else "盐城市"
            one = replace(clean_submission("江苏省", base), province=province, pilot=name, date=DAYS[0])
            one = put(one, one.rows[0].code, 2022, 1.1 + at / 10)
            other = put(one, one.rows[0].code, 2022, 1.5 + at / 10)
            rival = name == CONFLICT or (name == ACCEPTED_ELSEWHERE and at)
            if name == LATER:
                other = replace(other, date=DAYS[1])
            first = read(one, file=f"submissions/{token}-{name}-1.xlsx")
            submissions.append(first)
            if name == TWICE:
                submissions.append(read(one, file=f"submissions/{token}-{name}-2.xlsx"))
            elif name == BROKEN:
                submissions[-1] = replace(first, fault="no_table", detail="没有表格", observations=())
            elif rival or name == LATER:
                submissions.append(read(other, file=f"submissions/{token}-{name}-2.xlsx"))
    return review_round(submissions, contracts, Provenance("0", "0"))


def package(province: str) -> Iterator[tuple[str, bytes]]:
    """Every file of a package that is ours, and every part inside it."""
    view = View(same_names(), province).narrow()
    for name, content in {"book.xlsx": render_review_workbook(view), **render_notices(view)}.items():
        yield name, name.encode() + content
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for part in parts.namelist():
                yield f"{name}/{part}", part.encode() + parts.read(part)


@pytest.mark.parametrize("province", TOKENS)
def test_no_byte_of_a_package_names_the_files_of_the_other_province(province: str) -> None:
    (other,) = set(TOKENS) - {province}
    found = dict(package(province))
    assert any(TOKENS[province].encode() in content for content in found.values())
    assert [name for name, content in found.items() if TOKENS[other].encode() in content] == []


@pytest.mark.parametrize("province", TOKENS)
def test_no_finding_of_a_province_names_the_files_of_the_other(province: str) -> None:
    (other,) = set(TOKENS) - {province}
    mine = same_names().findings.filter(pl.col("province") == province)
    assert not [row for row in mine.iter_rows() if TOKENS[other] in repr(row)]


def test_each_of_two_pilots_of_one_name_gets_its_own_findings() -> None:
    findings = same_names().findings
    assert findings["finding_key"].is_unique().all()
    conflicts = findings.filter(pl.col("rule") == "SUBMISSION-CONFLICT").select("province", "pilot").sort("province")
    assert conflicts.filter(pl.col("pilot") == CONFLICT)["province"].to_list() == ["山东省", "江苏省"]
    assert conflicts.filter(pl.col("pilot") == ACCEPTED_ELSEWHERE)["province"].to_list() == ["山东省"]
    unknown = findings.filter(pl.col("rule") == "ROSTER-UNKNOWN").select("province", "pilot")
    assert unknown.filter(pl.col("pilot") == LATER).height == 2


def test_who_is_kept_out_is_named_in_its_own_province() -> None:
    under = same_names(roster=False).findings.filter(pl.col("rule") == "QUOTA-UNDER")
    said = {row["province"]: row["message"] for row in under.iter_rows(named=True)}
    # Of 江苏 three are accepted for three places, of 山东 two: one of them is in conflict there.
    assert "江苏省" not in said
    assert all(name in said["山东省"] for name in (CONFLICT, ACCEPTED_ELSEWHERE, BROKEN))


def test_the_nation_counts_and_lists_both() -> None:
    review = same_names(roster=False)
    rows = [(row["province"], row["pilot"]) for row in pilot_statuses(View(review)) if row["pilot"] in NAMES]
    assert sorted(rows) == sorted((province, name) for province in TOKENS for name in NAMES)
    kept = left_out(review.judged, [], CONTRACTS).filter((pl.col("indicator") == "P01") & (pl.col("year") == 2022))
    assert kept["left_out"].item().count(f"{CONFLICT}（被阻断）") == 2


def test_asking_for_a_pilot_publishes_every_province_that_has_one_of_the_name() -> None:
    assert chosen_provinces(same_names(), [], [LATER]) == ["江苏省", "山东省"]


def plan(file: str, province: str | None, pilot: str | None = None, **more: object) -> Plan:
    return Plan(file, file, Identity(province=province, pilot=pilot), (f"{CONFLICT}实施方案",), **more)


def test_a_plan_goes_to_no_other_province_than_the_one_it_names() -> None:
    both = [read(replace(clean_submission("江苏省", "苏州工业园区"), province=p, pilot=CONFLICT)) for p in TOKENS]
    for submissions in (both, both[1:]):
        found = assign([plan("submissions/江苏省/方案.docx", "江苏省")], submissions)["submissions/江苏省/方案.docx"]
        assert found.province in {"江苏省", None}
    assert assign([plan("submissions/x/方案.docx", "江苏省")], both)["submissions/x/方案.docx"].pilot == CONFLICT


def test_a_project_of_one_is_not_taken_for_that_of_the_other() -> None:
    both = [
        replace(
            read(replace(clean_submission("江苏省", "苏州工业园区"), province=province, pilot=CONFLICT)), file=token
        )
        for province, token in TOKENS.items()
    ]
    solar = Project("重点工程", "光伏", "重点工程", "A3", "2024", 2024, 2024, "", ())
    with_projects = [replace(one, projects=(solar,)) for one in both]
    one_plan = plan("方案.docx", "江苏省", CONFLICT, chapters={"city": (), "park": ()}, projects=(solar,))
    found = lay_out([one_plan], with_projects, list(TOKENS.values()), CONTRACTS).projects
    assert sorted(found.select("province", "name").iter_rows()) == [("山东省", "光伏"), ("江苏省", "光伏")]
