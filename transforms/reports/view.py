"""The rows that a report may show: a province its own and peer medians, the nation all of them without contacts."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from contracts.load import Contracts
from contracts.round import Pilot
from transforms.aggregation.statistics import keep_sums, left_out, summarise_indicators
from transforms.decisions.ledger import EMPTY, FindingDecision, Ledger
from transforms.pipeline import Review, select_province

STATES = {
    "counts": "有效",
    "superseded": "已有更新版本",
    "identical": "重复文件",
    "conflict": "版本冲突",
    "shared": "与其他试点相同",
    "withdrawn": "人工作废",
    "faulty": "无法审核",
    "unidentified": "无法识别",
}
QUOTA_TITLES = {"met": "符合名额", "under": "未达到名额", "over": "超出名额", "not_listed": "不在名额安排中"}
QUOTA_UNKNOWN = "名额未公布，不作判断"
# With more submissions the national summary lists only warnings and worse, and the values that they concern.
ALL_LISTED = 300
KIND_TITLES = {"city": "城市", "park": "园区"}


@dataclass(frozen=True, eq=False)
class View:
    """A review limited to one province, or the whole round where `province` is None, with the reviewers' decisions.

    A view equals only itself, so that what is derived from it can be cached.
    """

    review: Review
    province: str | None = None
    ledger: Ledger = EMPTY

    def narrow(self) -> "View":
        """Return the same view with only the rows that it shows, to send it to another process."""
        if self.province is None:
            return self
        part = select_province(self.review, self.province)
        return View(part, self.province, self.ledger.select_province(self.province, part.findings["finding_key"]))

    @property
    def contracts(self) -> Contracts:
        """The round's contracts."""
        return self.review.contracts

    @property
    def title(self) -> str:
        """Name of the province, or 全国."""
        return self.province or "全国"

    @cached_property
    def provinces(self) -> pl.DataFrame:
        """Visible province summaries."""
        return self.visible(self.review.provinces)

    @cached_property
    def findings(self) -> pl.DataFrame:
        """Visible findings, the most severe first."""
        return self.visible(self.review.findings)

    def entry(self, finding_key: str) -> FindingDecision:
        """Return the decision about a finding, an empty one if there is none."""
        return self.ledger.finding_decisions.get(finding_key, FindingDecision())

    @cached_property
    def ranked(self) -> pl.DataFrame:
        """Findings listed one by one on 问题清单: by severity, then by descending materiality."""
        return self.findings if self.lists_all else self.findings.filter(pl.col("severity") != "info")

    @cached_property
    def dismissed(self) -> frozenset[str]:
        """Keys of visible findings that a reviewer marked as false alarm or acceptable; not counted as open."""
        return frozenset(key for key in self.findings["finding_key"] if self.entry(key).state.dismisses)

    @cached_property
    def files(self) -> pl.DataFrame:
        """Visible workbooks, with their `state` in Chinese."""
        blocked = pl.col("file").is_in(sorted(self.review.judged.blocked_files)) & (pl.col("standing") == "counts")
        state = pl.col("standing").replace_strict(STATES, return_dtype=pl.String)
        files = self.visible(self.review.judged.batch.files).sort(self.roster_order(), "file", maintain_order=True)
        return files.with_columns(
            state=pl.when(pl.col("off_roster") & (pl.col("standing") == "counts"))
            .then(pl.lit("名单外"))
            .when(blocked)
            .then(pl.lit("被阻断"))
            .otherwise(state)
        )

    @cached_property
    def plans(self) -> pl.DataFrame:
        """Visible plans, with their standing."""
        return self.visible(self.review.judged.batch.plans.files).rename({"file_sha256": "sha256"})

    @cached_property
    def copies(self) -> list[str]:
        """Files copied into the package: visible workbooks and plans that could be read."""
        read = (self.files.drop_nulls("file_sha256")["file"], self.plans.drop_nulls("sha256")["file"])
        return [file for files in read for file in files]

    @cached_property
    def observations(self) -> pl.DataFrame:
        """Observations of the visible submissions that count."""
        counted = self.files.filter(pl.col("standing") == "counts")
        read = self.review.judged.batch.observations.join(counted, on="file", how="semi", maintain_order="left")
        return read.sort(self.roster_order(), "file", maintain_order=True)

    @cached_property
    def _added(self) -> dict[tuple[str, str], str | None]:
        """Names of the indicators that pilots added, by file and code."""
        rows = self.observations.filter(pl.col("indicator").str.starts_with("X-"))
        return {(file, code): name for file, code, name in rows.select("file", "indicator", "name").iter_rows()}

    def indicator_name(self, finding: dict[str, Any]) -> str | None:
        """Return the name of the indicator of a finding, one that a pilot added too; None if it has none."""
        known = self.contracts.indicators.get(finding["indicator"] or "")
        return known.name if known else self._added.get((finding["file"], finding["indicator"])) or None

    @property
    def lists_all(self) -> bool:
        """Whether every visible finding and value is listed."""
        return self.province is not None or self.review.judged.batch.files.height <= ALL_LISTED

    @cached_property
    def listed(self) -> pl.DataFrame:
        """Observations listed one by one."""
        if self.lists_all:
            return self.observations
        about = self.ranked.select("file", "indicator").unique()
        return self.observations.join(about, on=["file", "indicator"], how="semi", maintain_order="left")

    @cached_property
    def peers(self) -> dict[tuple[str, int, str], tuple[float | None, int]]:
        """National median (None below the minimum n) and n, by indicator, year and unit."""
        rows = self.review.round_context.medians.iter_rows(named=True)
        return {(row["indicator"], row["year"], row["unit"]): (row["median"], row["n"]) for row in rows}

    @cached_property
    def statistics(self) -> pl.DataFrame:
        """Statistics of the visible values by kind, indicator, year and unit, with the pilots `left_out` and why."""
        by = ["province"] if self.province else []
        keys = [*by, "kind", "indicator", "year"]
        found = keep_sums(summarise_indicators(self.review.judged, by), self.contracts)
        return self.visible(
            found.join(
                left_out(self.review.judged, by, self.contracts), on=keys, how="full", coalesce=True, validate="m:1"
            ).sort([*keys, "unit"], nulls_last=True)
        )

    @property
    def content(self) -> str:
        """Hash of the names and contents of all visible files; submissions of other provinces do not change it."""
        received = (
            *self.files.select("file_sha256", "file").iter_rows(),
            *self.plans.select("sha256", "file").iter_rows(),
        )
        lines = (f"{sha256} {file}" for sha256, file in received)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def roster_order(self) -> pl.Expr:
        """Return the position of a row's pilot on the roster, from `province` and `pilot`; others come last."""
        keys = [f"{province} {pilot.name}" for province, pilot in self.contracts.round.roster]
        key = pl.concat_str("province", "pilot", separator=" ")
        return key.replace_strict(keys, range(len(keys)), default=len(keys), return_dtype=pl.Int32)

    @cached_property
    def _titles(self) -> dict[tuple[str, str], str]:
        """Names to show of the parks of which the roster only knows the city: confirmed or as submitted."""
        seats = {(province, pilot.name) for province, pilot in self.roster() if pilot.seat}
        counted = self.files.filter((pl.col("standing") == "counts") & pl.col("named").is_not_null())
        rows = counted.select("province", "pilot", "named").iter_rows()
        submitted = {(province, pilot): named for province, pilot, named in rows if (province, pilot) in seats}
        return submitted | {(province, pilot.name): pilot.title for province, pilot in self.roster() if pilot.title}

    def pilot_title(self, province: str | None, pilot: str | None) -> str:
        """Return the name of a pilot to show."""
        return self._titles.get((province or "", pilot or ""), pilot or "（不明）")

    def roster(self) -> list[tuple[str, Pilot]]:
        """Return the expected pilots with their province."""
        return [
            (province, pilot) for province, pilot in self.contracts.round.roster if self.province in {None, province}
        ]

    def visible(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Select the visible rows of a frame with a column `province`."""
        return frame if self.province is None else frame.filter(pl.col("province") == self.province)
