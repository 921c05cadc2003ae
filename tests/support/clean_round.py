"""A round of 35 clean submissions in the official layout, its review, and what a change of it brings about."""

from dataclasses import replace
from functools import cache

import polars as pl

from contracts.load import load_contracts
from contracts.round_parts import Decision
from tests.sample import clean_submission
from tests.sample.layouts import official
from tests.support.roster import own_name
from transforms.intake.submission import Submission, read_submission
from transforms.pipeline import Provenance, Review, review_round

_ROUND = load_contracts("first-batch")

# The rounds of this module have no plans: see test_plans.py.
CONTRACTS = replace(_ROUND, round=replace(_ROUND.round, plan_required=False))
CITY, PROVINCE, PARK = "大连市", "辽宁省", "哈尔滨市的园区"
FILE, PARK_FILE = f"submissions/{CITY}.xlsx", f"submissions/{PARK}.xlsx"
Files = dict[str, bytes]


@cache
def workbook(province: str, pilot: str) -> bytes:
    return official(clean_submission(province, own_name(pilot)))


@cache
def read(content: bytes, file: str) -> Submission:
    return read_submission(content, file, CONTRACTS)


@cache
def good_round() -> Files:
    return {
        f"submissions/{pilot.name}.xlsx": workbook(province, pilot.name) for province, pilot in CONTRACTS.round.roster
    }


def review(files: Files, *decisions: Decision, without_roster: str = "") -> Review:
    provinces = tuple(
        replace(one, pilots=() if one.name == without_roster else one.pilots) for one in CONTRACTS.round.provinces
    )
    contracts = replace(CONTRACTS, round=replace(CONTRACTS.round, decisions=decisions, provinces=provinces))
    read_files = [read(content, file) for file, content in files.items() if not file.endswith(".ofd")]
    ignored = [(file, content.decode(), False) for file, content in files.items() if file.endswith(".ofd")]
    return review_round(read_files, contracts, Provenance("0", "0"), ignored=ignored)


@cache
def clean_review() -> Review:
    return review(good_round())


@cache
def usual() -> frozenset[str]:
    """Keys of what a clean round notes for information: how it compares with the nation and the peers."""
    return frozenset(clean_review().findings["finding_key"])


def brought_about(findings: pl.DataFrame, rule: str, known: frozenset[str] | None = None) -> pl.DataFrame:
    """What a change brought about: everything that must be acted on, and all that this rule says.

    `known`: keys of the round before the change, where it is not the clean one.
    """
    new = ~pl.col("finding_key").is_in(sorted(usual() if known is None else known))
    return findings.filter(new & ((pl.col("severity") != "info") | (pl.col("rule") == rule)))
