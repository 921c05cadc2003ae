"""A round of 30 pilots in one province: some with mistakes, one that sent nothing, and decisions about some of them."""

import random
from dataclasses import replace
from functools import cache

from contracts.review_form import WRITTEN
from tests.judgement.feed import read
from tests.judgement.places import places_of, with_roster
from tests.judgement.population import clean_submission
from tests.sample import put
from transforms.decisions.ledger import FindingDecision, Ledger, PilotDecision
from transforms.pipeline import Provenance, Review, review_round

CONTRACTS = with_roster(21, 9, 1)
(LARGE,) = CONTRACTS.round.quotas
_MISTAKES = {
    "city": (
        ("C07", 2025, "见附件"),
        ("C09", 2030, None),
        ("C12", 2022, -3),
        ("C11", 2025, 1e12),
        ("C02", 2030, "大幅下降"),
    ),
    "park": (("P08", 2030, 105), ("P04", 2025, "待定"), ("P03", 2022, None)),
}


@cache
def large_review() -> Review:
    """The round, reviewed; no plan was sent."""
    submissions = []
    for at, place in enumerate(places_of(CONTRACTS)[1:]):
        submission = clean_submission(place, random.Random(f"large province: {place.pilot}"))
        for code, year, value in _MISTAKES[place.kind][: at % 6 if at % 3 else 0]:
            if any(row.code == code for row in submission.rows):
                submission = put(submission, code, year, value)
        submissions.append(read(replace(submission, version="1"), CONTRACTS))
    return review_round(submissions, CONTRACTS, Provenance("0", "0"))


@cache
def large_ledger() -> Ledger:
    """Every second finding is decided, and every third pilot has a conclusion."""
    keys = large_review().findings["finding_key"].to_list()
    states = {key: WRITTEN[at % len(WRITTEN)] for at, key in enumerate(keys) if at % 2}
    pilots = [place.pilot for place in places_of(CONTRACTS)][::3]
    return Ledger(
        finding_decisions={key: FindingDecision(state, {"opinion": f"意见{key[:4]}"}) for key, state in states.items()},
        pilot_decisions={
            (LARGE, pilot): PilotDecision(
                {"conclusion": ("通过", "修改后通过", "退回补正")[at % 3], "first_person": "甲某"}
            )
            for at, pilot in enumerate(pilots)
        },
    )
