"""Plans drafted for one city and one park, and what is found and said about them."""

import io
from functools import cache

from contracts.load import load_contracts
from tests.sample import clean_submission
from tests.sample.layouts import official
from tests.sample.plans import PlanDraft, draft_plan
from tests.support.plan_review import plan_findings
from transforms.intake.submission import Submission, read_submission
from transforms.plans.chapters import PartFound
from transforms.plans.read_plan import Plan, read_plan

CONTRACTS = load_contracts("first-batch")
PILOTS = {"city": ("辽宁省", "大连市"), "park": ("江苏省", "苏州工业园区")}


@cache
def draft(kind: str) -> PlanDraft:
    return draft_plan(clean_submission(*PILOTS[kind]))


@cache
def workbook(kind: str) -> Submission:
    pilot = PILOTS[kind][1]
    return read_submission(official(clean_submission(*PILOTS[kind])), f"submissions/{pilot}.xlsx", CONTRACTS)


def plan_of(kind: str, content: bytes) -> Plan:
    return read_plan(content, f"submissions/{PILOTS[kind][1]}实施方案.docx", CONTRACTS)


def plan_messages(kind: str, *plans: Plan) -> list[tuple[str, str]]:
    """Rule and message of everything that is said about plans."""
    return [(row["rule"], row["message"]) for row in plan_findings([workbook(kind)], plans)]


def found(kind: str, content: bytes) -> dict[str, PartFound]:
    return {one.part: one for one in plan_of(kind, content).chapters[kind]}


def saved(document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
