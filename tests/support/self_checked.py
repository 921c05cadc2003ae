"""The findings of the self-check about one workbook, the most severe first."""

from typing import Any

from contracts.load import Contracts
from transforms.intake.submission import Submission, read_submission
from transforms.self_check import judge_submission


def check_workbook(content: bytes, name: str, contracts: Contracts) -> list[dict[str, Any]]:
    return check_submission(read_submission(content, f"submissions/{name}", contracts), contracts)


def check_submission(submission: Submission, contracts: Contracts) -> list[dict[str, Any]]:
    return judge_submission(submission, contracts).findings.to_dicts()
