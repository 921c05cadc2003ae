"""One workbook by itself: the submitter's self-check, with the rules that need no other submission."""

from collections.abc import Iterator
from typing import Any

from contracts.load import Contracts
from contracts.rules import Severity
from transforms.batch import build_batch
from transforms.intake.submission import Submission, read_submission
from transforms.judge import judge
from transforms.office import one_line

# What a submitter has to do about a finding, by its severity.
DUTIES: dict[str, tuple[Severity, ...]] = {
    "必须更正": ("blocker", "error"),
    "须更正或说明": ("warning",),
    "提示": ("info",),
}
_LONGEST = 400


def check_workbook(content: bytes, name: str, contracts: Contracts) -> list[dict[str, Any]]:
    """Findings of one workbook, columns of `contracts.models.Findings`, the most severe first."""
    return check_submission(read_submission(content, f"submissions/{name}", contracts), contracts)


def check_submission(submission: Submission, contracts: Contracts) -> list[dict[str, Any]]:
    """The same of a workbook that has been read."""
    batch = build_batch([submission], contracts)
    return judge(batch, contracts, alone=True).findings.to_dicts()


def as_text(findings: list[dict[str, Any]], contracts: Contracts) -> str:
    """Findings as a submitter reads them in a terminal: by what is to be done, the cell first, in plain words."""
    if not findings:
        return "未发现问题。"
    groups = {
        duty: [finding for finding in findings if finding["severity"] in severities]
        for duty, severities in DUTIES.items()
    }
    lines: list[str] = []
    for duty, listed in groups.items():
        if listed:
            nothing = "，无需处理" if duty == "提示" else ""
            lines += [f"{duty}（{len(listed)} 项{nothing}）", *_listed(listed, contracts), ""]
    counts = "，".join(f"{duty} {len(listed)} 项" for duty, listed in groups.items() if listed)
    return "\n".join([*lines, f"共 {len(findings)} 项：{counts}。"])


def _listed(findings: list[dict[str, Any]], contracts: Contracts) -> Iterator[str]:
    for finding in findings:
        where = one_line(place(finding), 60)
        yield f"  {where}　{contracts.rules[finding['rule']].title}"
        # A workbook is submitted as a file of its own: the folder of ours in which it would lie says nothing.
        yield f"      {one_line(finding['message'].replace('submissions/', ''), _LONGEST)}"
        if finding["severity"] != "info":
            yield f"      怎么办：{one_line(finding['advice'], _LONGEST)}"


def place(finding: dict[str, Any]) -> str:
    """Where a finding points to: 表1!F12, or the sheet, or the file as a whole."""
    if finding["sheet"] and finding["cell"]:
        return f"{finding['sheet']}!{finding['cell']}"
    return f"{finding['sheet']}（整表）" if finding["sheet"] else "整个文件"
