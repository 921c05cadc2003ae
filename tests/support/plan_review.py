"""Review of workbooks and plans that were received, each file read once in a process."""

from functools import cache

from tests.sample import CONTRACTS
from tests.support.plan_cases import Files
from transforms.intake.submission import Submission, read_submission
from transforms.pipeline import Provenance, Review, review_round
from transforms.plans.read_plan import Plan, read_plan, unread_plan


@cache
def read_workbook(content: bytes, file: str) -> Submission:
    return read_submission(content, file, CONTRACTS)


def read(content: bytes, file: str) -> Plan:
    if file.endswith(".pdf"):  # which the flow does not even open
        return unread_plan(file, "0" * 64, "是 PDF", CONTRACTS, fault="format")
    return read_plan(content, file, CONTRACTS)


def review(received: Files) -> Review:
    submissions = [read_workbook(content, file) for file, content in received.items() if file.endswith(".xlsx")]
    plans = [read(content, file) for file, content in received.items() if not file.endswith(".xlsx")]
    return review_round(submissions, CONTRACTS, Provenance("0", "0"), plans)
