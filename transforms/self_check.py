"""Check one workbook or plan alone: the submitter's self-check, with the rules that need no other submission."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

import polars as pl

from contracts.load import Contracts
from contracts.rules import Severity
from transforms.batch import IN_GUIDE, build_batch
from transforms.intake.submission import Submission
from transforms.judging.apply_rules import JudgedBatch, apply_rules
from transforms.plans.read_plan import Plan
from transforms.progress.accepted_plans import repeated_plan
from transforms.reports.view import KIND_TITLES
from transforms.safe_text import single_line

# What a submitter has to do about a finding, by its severity.
DUTIES: dict[str, tuple[Severity, ...]] = {
    "必须更正": ("blocker", "error"),
    "须更正或说明": ("warning",),
    "提示": ("info",),
}
_LONGEST = 400
_TOGETHER, _ALIKE = ("COMPLETE-LEFT-OUT", "COMPLETE-ADDED"), 4  # rules that share an entry from so many findings on
_UNIDENTIFIED = "PLAN-UNIDENTIFIED"
_NO_SENDER, _OF_SENDER = "FILE-UNIDENTIFIED", ("ROSTER-UNKNOWN", "QUOTA-PROVINCE")
_REASON_SEEN = "已见说明：报送文件中有该指标的说明，能否接受由评审人员判断。"
# Places in a document, which has no sheets.
_PARAGRAPH = re.compile(r"第\d+段|脚注\d*")


def judge_submission(submission: Submission, contracts: Contracts) -> JudgedBatch:
    """Apply the rules that need no other submission.

    A workbook without a known sender is checked too; the unknown sender is one more finding.
    """
    judged = _judge_submission(submission, contracts)
    if _NO_SENDER not in judged.findings["rule"]:
        return judged
    who = {"province": submission.identity.province, "pilot": submission.identity.pilot}
    stand_in = {name: text or "—" for name, text in who.items()}
    named = replace(
        submission,
        identity=replace(
            submission.identity, province=stand_in["province"], pilot=stand_in["pilot"], contradiction=None
        ),
        observations=tuple(row | stand_in for row in submission.observations),
    )
    others = _judge_submission(named, contracts)
    known = [*judged.findings["rule"], *_OF_SENDER]
    found = others.findings.filter(~pl.col("rule").is_in(known)).with_columns(
        pl.lit(text, pl.String).alias(name) for name, text in who.items()
    )
    batch = replace(others.batch, files=judged.batch.files)
    return replace(others, batch=batch, findings=pl.concat([judged.findings, found]))


def explained_in(judged: JudgedBatch) -> list[str]:
    """Return the codes of the indicators for which the file gives a reason, on 说明 or in their own row."""
    return [code for codes in judged.batch.files["explained"] for code in codes]


def _judge_submission(submission: Submission, contracts: Contracts) -> JudgedBatch:
    """Apply the rules; those of progress against what the table repeats of the plan."""
    batch = build_batch([submission], contracts)
    if contracts.round.kind == "progress":
        batch = replace(batch, accepted_plans=repeated_plan(batch, contracts))
    return apply_rules(batch, contracts, alone=True)


def recognised_workbook(judged: JudgedBatch, contracts: Contracts) -> str:
    """Return in Chinese whose table was recognised, and how many of its values may be used."""
    (row,) = judged.batch.files.to_dicts()
    if row["table_kind"] is None:
        return "未能识别出指标表。"
    table = contracts.tables[row["table_kind"]]
    wanted = len(table.indicators) * len(contracts.round.required_years)
    usable = judged.batch.observations.filter(IN_GUIDE)["usable"].sum()
    kind = KIND_TITLES[row["kind"] or row["table_kind"]]
    return f"识别为：{_who(row)}（{kind}，{table.sheet}），{wanted}项应填、{usable}项可用"


def recognised_plan(plan: Plan) -> str:
    """Return in Chinese whose plan was recognised."""
    if plan.fault == "other":
        return "未能识别出实施方案。"
    who = plan.identity
    return f"识别为：{_who({'province': who.province, 'pilot': who.pilot})}的实施方案"


def _who(row: dict[str, Any]) -> str:
    return single_line(f"{row['province'] or '（省份不明）'}{row['pilot'] or '（试点不明）'}", 60)


def check_plan(plan: Plan, contracts: Contracts) -> list[dict[str, Any]]:
    """Return the findings of one plan: its chapters, its projects, its prose against its own table.

    A plan without a known sender is checked too; the unknown sender is one more finding.
    """
    found = _check_plan(plan, contracts)
    unknown = [finding for finding in found if finding["rule"] == _UNIDENTIFIED]
    if not unknown:
        return found
    stand_in = replace(plan.identity, province="—", pilot="—", contradiction=None)
    no_sender = {"province": None, "pilot": None}
    for finding in unknown:
        finding["message"] = finding["message"].removesuffix("其中的内容未能核对。")
    others = _check_plan(replace(plan, identity=stand_in), contracts)
    return unknown + [finding | no_sender for finding in others]


def _check_plan(plan: Plan, contracts: Contracts) -> list[dict[str, Any]]:
    return apply_rules(build_batch([], contracts, [plan]), contracts, alone=True).findings.to_dicts()


def as_text(findings: list[dict[str, Any]], contracts: Contracts, explained: Collection[str] = ()) -> str:
    """Format findings for a terminal, in Chinese: grouped by what is to be done, the cell first.

    `explained`: indicators for which the file gives a reason, see `explained_in`.
    """
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
            lines += [f"{duty}（{len(listed)}项{nothing}）", *_listed(listed, contracts, explained), ""]
    counts = "，".join(f"{duty}{len(listed)}项" for duty, listed in groups.items() if listed)
    return "\n".join([*lines, f"共{len(findings)}项：{counts}。"])


def _listed(findings: list[dict[str, Any]], contracts: Contracts, explained: Collection[str]) -> Iterator[str]:
    """Yield the lines of each finding; indicators that are left out or added share one entry."""
    together = {rule: [finding for finding in findings if finding["rule"] == rule] for rule in _TOGETHER}
    for finding in findings:
        alike = together.get(finding["rule"], [])
        if len(alike) < _ALIKE:
            alike = [finding]
        elif finding is not alike[0]:
            continue
        yield from _entry(alike, contracts)
        if finding["severity"] == "warning" and finding["indicator"] in explained:
            yield f"      {_REASON_SEEN}"


def _entry(alike: list[dict[str, Any]], contracts: Contracts) -> Iterator[str]:
    """Yield title, message and advice of findings with the same rule."""
    first = alike[0]
    title = contracts.rules[first["rule"]].title
    if len(alike) > 1:
        where, title = f"{first['sheet']}（整表）", f"{title}（{len(alike)}项指标）"
        message = f"{'、'.join(_name(finding, contracts) for finding in alike)}。"
    else:
        where, message = place(first), first["message"]
    yield f"  {single_line(where, 60)}　{title}"
    yield f"      {single_line(message, _LONGEST)}"
    if first["severity"] != "info":
        yield f"      怎么办：{single_line(first['advice'], _LONGEST)}"


def _name(finding: dict[str, Any], contracts: Contracts) -> str:
    indicator = contracts.indicators.get(finding["indicator"] or "")
    return indicator.name if indicator else str(finding["raw_value"])


def place(finding: dict[str, Any]) -> str:
    """Return the place of a finding: 表1!F12, or the sheet, or a paragraph, or the file as a whole."""
    if _PARAGRAPH.fullmatch(finding["sheet"] or ""):
        return str(finding["sheet"])
    if finding["sheet"] and finding["cell"]:
        return f"{finding['sheet']}!{finding['cell']}"
    return f"{finding['sheet']}（整表）" if finding["sheet"] else "整个文件"
