"""One workbook by itself: the submitter's self-check, with the rules that need no other submission."""

from typing import Any

from contracts.load import Contracts
from contracts.rules import SEVERITY_TITLES
from transforms.batch import build_batch
from transforms.intake.submission import Submission, read_submission
from transforms.judge import judge


def check_workbook(content: bytes, name: str, contracts: Contracts) -> list[dict[str, Any]]:
    """Findings of one workbook, columns of `contracts.models.Findings`, the most severe first."""
    return check_submission(read_submission(content, f"submissions/{name}", contracts), contracts)


def check_submission(submission: Submission, contracts: Contracts) -> list[dict[str, Any]]:
    """The same of a workbook that has been read."""
    batch = build_batch([submission], contracts)
    return judge(batch, contracts, alone=True).findings.to_dicts()


def as_text(findings: list[dict[str, Any]], contracts: Contracts) -> str:
    """Findings as a submitter reads them, in Chinese."""
    if not findings:
        return "未发现问题。"
    lines = []
    for number, finding in enumerate(findings, 1):
        where = f"{finding['sheet']}!{finding['cell']}" if finding["cell"] else finding["sheet"] or ""
        title = contracts.rules[finding["rule"]].title
        lines.append(f"{number}. 【{SEVERITY_TITLES[finding['severity']]}】{title} {where}".rstrip())
        lines.append(f"   {finding['message']}")
        lines.append(f"   建议：{finding['advice']}")
    counts = "，".join(
        f"{title} {n} 项"
        for severity, title in SEVERITY_TITLES.items()
        if (n := sum(finding["severity"] == severity for finding in findings))
    )
    return "\n".join([*lines, f"共 {len(findings)} 项问题：{counts}。"])
