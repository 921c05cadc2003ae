"""The commands for submitters: `check`, `template` and `rules`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

import contracts.load as contract_files
from contracts.round import Kind
from flows.cli.console import ERRORS, OUTPUT, fail, say, say_json
from flows.cli.options import FORMAT, ROUND, TextJsonOrMd, TextOrJson, filled_text, load_checked_round
from flows.pipeline.exit_codes import FAILED, FAULTY, WRONG_USE

if TYPE_CHECKING:
    from flows.sources.raw_files import Received
    from transforms.intake.submission import Submission
    from transforms.reports.template.earlier_submission import Earlier


def check(
    file: Annotated[Path, typer.Argument(help="The workbook or plan (.docx) to check.")],
    round_name: Annotated[str, ROUND] = "first-batch",
    form: Annotated[TextOrJson, FORMAT] = "text",
) -> None:
    """Check one workbook or plan before it is submitted (报送前自查): the same rules, findings to the terminal."""
    contracts = load_checked_round(round_name)
    from flows.sources.raw_listing import is_workbook, may_be_a_plan, notice_of, why_ignored  # noqa: PLC0415
    from transforms import self_check  # noqa: PLC0415
    from transforms.intake.submission import unreadable_submission  # noqa: PLC0415

    received = _received(file)
    is_plan = may_be_a_plan(file, received.content)
    ignored = why_ignored(file) or not (is_plan or is_workbook(file, received.content))  # as `run` decides
    if is_plan and not ignored:
        from flows.workers.plans import read_plans  # noqa: PLC0415

        (plan,) = read_plans([received], round_name)
        findings, recognised = self_check.check_plan(plan, contracts), self_check.recognised_plan(plan)
        explained = []
    else:
        submission = (
            unreadable_submission(received.file, received.sha256, notice_of(file), contracts)
            if ignored
            else _read_workbook(received, round_name)
        )
        judged = self_check.judge_submission(submission, contracts)
        findings, recognised = judged.findings.to_dicts(), self_check.recognised_workbook(judged, contracts)
        explained = self_check.explained_in(judged)
    if form == "json":
        say_json(findings)
    else:
        say(OUTPUT, f"{recognised}\n{self_check.as_text(findings, contracts, explained)}")
    if any(finding["severity"] in {"blocker", "error"} for finding in findings):
        raise typer.Exit(FAULTY)


def template(
    kind: Annotated[Kind, typer.Option()],
    pilot: Annotated[str, typer.Option(help="Name of the pilot.", callback=filled_text)],
    province: Annotated[str, typer.Option(help="Name of the province.", callback=filled_text)],
    output: Annotated[Path, typer.Option("--output", "-o", help="Workbook to write.")],
    earlier: Annotated[
        Path | None, typer.Option("--from", help="An earlier submission of the pilot, whose values it starts with.")
    ] = None,
    round_name: Annotated[str, ROUND] = "first-batch",
    force: Annotated[bool, typer.Option(help="Replace an existing file.")] = False,
    plans: Annotated[
        Path | None,
        typer.Option(
            "--plans",
            help="Folder with the round of plans, e.g. data/raw/first-batch: a progress workbook starts with what was "
            "accepted of the pilot's plan.",
        ),
    ] = None,
) -> None:
    """Write a guarded workbook to fill in (填报模板), blank or with what was submitted before."""
    contracts = load_checked_round(round_name)
    if output.is_dir() or output.suffix.lower() not in {".xlsx", ""}:
        fail(WRONG_USE, f"{output}: a file that ends in .xlsx is wanted")
    if output.exists() and not force:
        fail(WRONG_USE, f"{output} exists and may be filled in: --force replaces it")
    from transforms.reports.files.office_files import workbook_bytes  # noqa: PLC0415
    from transforms.reports.template.earlier_submission import from_plan, read_earlier, reason_unusable  # noqa: PLC0415
    from transforms.reports.template.recipient import UnknownRecipientError, find_recipient  # noqa: PLC0415
    from transforms.reports.template.workbook import render_template  # noqa: PLC0415

    try:
        recipient = find_recipient(kind, pilot, province, contracts)
    except UnknownRecipientError as error:
        fail(WRONG_USE, str(error))
    known = None
    if earlier:
        submission = _read_workbook(_received(earlier), round_name)
        prefill = read_earlier
        if contracts.round.of and not set(submission.years) & {*contracts.round.reported_years} - {
            *contracts.round.target_years
        }:  # no actual values: the submission to the round of plans
            submission, prefill = _read_workbook(_received(earlier), contracts.round.of), from_plan
        if reason := reason_unusable(submission, kind, pilot, contracts):
            fail(WRONG_USE, f"cannot take values from {earlier}: {reason}")
        known = prefill(submission)
    elif plans:
        known = _accepted_plan(plans, contracts, pilot, recipient.province, kind)
    workbook = render_template(
        contracts.tables[kind],
        contracts.round,
        pilot=pilot,
        province=recipient.province,
        contracts=contract_files.fingerprint(),
        earlier=known,
    )
    try:
        output.write_bytes(workbook_bytes(workbook))
    except OSError as error:
        fail(FAILED, f"cannot write {output}: {error.strerror}")
    source = earlier or plans
    values = f"values of {source.name}" if source else "blank"
    say(OUTPUT, f"written: {output} ({contracts.tables[kind].sheet}, {recipient.province} {pilot}, {values})")
    if recipient.notice:
        say(ERRORS, f"peak-review: {recipient.notice}; what it submits enters no aggregate")


def rules(
    form: Annotated[TextJsonOrMd, FORMAT] = "text",
    round_name: Annotated[str, ROUND] = "first-batch",
) -> None:
    """Show the catalogue of rules."""
    catalogue = [vars(rule) | {"advice": rule.general_advice} for rule in load_checked_round(round_name).rules.values()]
    columns = ("id", "severity", "level", "title", "applies", "advice", "source")
    if form == "json":
        say_json(catalogue)
    elif form == "md":
        lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
        lines += ["| " + " | ".join(str(rule[name]) for name in columns) + " |" for rule in catalogue]
        say(OUTPUT, "\n".join(lines))
    else:
        table = Table(*columns[:5])
        table.columns[0].no_wrap = True
        for rule in catalogue:
            table.add_row(*(str(rule[name]) for name in columns[:5]))
        OUTPUT.print(table)


def _read_workbook(received: "Received", round_name: str) -> "Submission":
    from flows.workers.sandbox import read_submissions  # noqa: PLC0415

    (submission,) = read_submissions([received], round_name)
    return submission


def _accepted_plan(
    folder: Path, contracts: contract_files.Contracts, pilot: str, province: str, kind: str
) -> "Earlier":
    """Review the round of plans in a folder; return what is accepted of one pilot."""
    from flows.sources.collect import collect  # noqa: PLC0415
    from transforms.intake.sender.roster import match_name  # noqa: PLC0415
    from transforms.pipeline import Provenance, review_round  # noqa: PLC0415
    from transforms.progress.accepted_plans import plan_of  # noqa: PLC0415
    from transforms.reports.template.earlier_submission import from_accepted  # noqa: PLC0415

    if not contracts.round.of:
        fail(WRONG_USE, f"--plans is for progress rounds, and {contracts.round.round} is none")
    from flows.workers.sandbox import read_submissions  # noqa: PLC0415

    try:
        workbooks = collect(folder).workbooks
    except OSError as error:
        fail(WRONG_USE, f"cannot read {folder}: {error.strerror}")
    of = load_checked_round(contracts.round.of)
    judged = review_round(read_submissions(workbooks, of.round.round), of, Provenance("", "")).judged
    match = match_name(pilot, kind, of)
    mine, projects = plan_of(judged, province, match.pilot.name if match else pilot)
    if mine.is_empty():
        fail(WRONG_USE, f"no accepted plan of {province} {pilot} in {folder}")
    return from_accepted(mine, projects)


def _received(file: Path) -> "Received":
    """Read a file as one that was received; end the command if it cannot be read."""
    from flows.publication.file_names import as_utf8  # noqa: PLC0415
    from flows.sources.raw_files import read_raw_file  # noqa: PLC0415

    try:
        return read_raw_file(file, f"submissions/{as_utf8(file.name)}")
    except OSError as error:
        fail(WRONG_USE, f"cannot read {file}: {error.strerror}")
