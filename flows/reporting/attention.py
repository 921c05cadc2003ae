"""What a person should look at first after a run, a line each."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from flows.publication.publish import PublishResult
from transforms.decisions.ledger import Ledger
from transforms.pipeline import Review


def attention_lines(
    result: Review,
    ledger: Ledger,
    published: PublishResult,
    kept: Iterable[str],
    held: Mapping[str, Sequence[str]],
    left: Iterable[str] = (),
) -> Iterable[str]:
    """What a person should look at first."""
    for province, reasons in held.items():
        yield f"{province}: held back, its earlier package stays (--accept-change publishes it): {'; '.join(reasons)}"
    for row in result.provinces.iter_rows(named=True):
        if row["quota_status"] != "met":
            yield f"{row['province']}: quota {row['quota']}, accepted {row['accepted'] or 0} ({row['quota_status']})"
    for finding in result.findings.filter(pl.col("severity") == "blocker").iter_rows(named=True):
        yield f"{finding['province'] or '(unknown province)'}: blocker {finding['rule']}: {finding['file']}"
    for line in result.not_evaluated:
        yield f"could not be checked: {line}"
    for path in dict.fromkeys((*kept, *published.archived)):
        yield f"kept what a person wrote: {path}"
    for line in left:
        yield f"found in a package and not copied (kept in .history with the package that it was in): {line}"
    for copy in ledger.copies:
        if copy.fault:
            yield f"review workbook not taken over: {copy.file}: {copy.fault}"
    for name in published.rolled_back:
        yield f"{name}: keeps an earlier package, because a person took this one back (--force publishes it)"
    for name in published.locked:
        yield f"{name}: keeps its earlier package, because that folder may not be read or written"
    for path in published.beside:
        yield f"open in another program, so the new one lies beside it: {path}"
