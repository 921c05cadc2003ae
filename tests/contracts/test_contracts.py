"""The YAML is checked as a whole, every fault named by file and key; frames are held to `require` and `split`."""

import shutil
from pathlib import Path

import pandera.polars as pa
import polars as pl
import pytest

from contracts.load import DEFINITIONS, ContractError, fingerprint, load_contracts, round_names
from contracts.naming import name_key, unit_key
from contracts.schemas.published import Findings, Observations, Provinces, columns_of
from contracts.schemas.validation import ContractViolationError, require, split
from tests.judgement.places import with_roster

NEW_ROW = """
  - code: C27
    number: 27
    category: 绿色低碳创新指标
    name: 绿电交易占比
    unit: "%"
    wanted: up
    scales:
      "%": {measure: share, additive: false, hard: [0, 100], plausible: [1, 60]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFINITIONS, tmp_path / "contracts"))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults(folder: Path) -> list[str]:
    with pytest.raises(ContractError) as error:
        load_contracts("first-batch", folder)
    return error.value.faults


def test_every_round_loads() -> None:
    assert "first-batch" in round_names()
    for name in round_names():
        assert load_contracts(name).round.round == name


def test_a_folder_of_ones_own_adds_rounds_and_replaces_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged, rounds = fingerprint(), round_names()
    monkeypatch.setenv("PEAK_REVIEW_CONTRACTS", str(tmp_path))
    assert (round_names(), fingerprint()) == (rounds, packaged)  # empty: nothing differs
    (tmp_path / "rounds").mkdir()
    first = (DEFINITIONS / "rounds/first-batch.yaml").read_text(encoding="utf-8")
    (tmp_path / "rounds/second.yaml").write_text(first.replace("round: first-batch", "round: second"), encoding="utf-8")
    shutil.copy(DEFINITIONS / "tables/city.yaml", tmp_path / "city.yaml")
    assert round_names() == sorted([*rounds, "second"])
    assert fingerprint() != packaged
    with pytest.raises(ContractError) as misplaced:
        load_contracts("second")
    assert misplaced.value.faults == [f"{tmp_path / 'city.yaml'}: replaces no file, and is no round or table"]
    (tmp_path / "tables").mkdir()
    (tmp_path / "city.yaml").rename(tmp_path / "tables/city.yaml")
    text = (DEFINITIONS / "tables/park.yaml").read_text(encoding="utf-8")
    (tmp_path / "tables/mine.yaml").write_text(text, encoding="utf-8")
    replace(tmp_path / "rounds/second.yaml", "round: second", "round: second\ntables: {park: mine}")
    assert load_contracts("second").round.round == "second"


def test_a_round_has_tables_of_its_own_and_a_new_indicator_changes_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEAK_REVIEW_CONTRACTS", str(tmp_path))
    (tmp_path / "rounds").mkdir()
    (tmp_path / "tables").mkdir()
    first = (DEFINITIONS / "rounds/first-batch.yaml").read_text(encoding="utf-8")
    second = first.replace("round: first-batch", "round: second\ntables: {city: city-of-a-test}")
    (tmp_path / "rounds/second.yaml").write_text(second, encoding="utf-8")
    with pytest.raises(ContractError) as missing:
        load_contracts("second")
    assert missing.value.faults == ["tables/city-of-a-test.yaml: cannot be read: No such file or directory"]
    table = (DEFINITIONS / "tables/city.yaml").read_text(encoding="utf-8")
    (tmp_path / "tables/city-of-a-test.yaml").write_text(f"{table.rstrip()}\n{NEW_ROW}", encoding="utf-8")
    benchmarks = (DEFINITIONS / "benchmarks.yaml").read_text(encoding="utf-8")
    (tmp_path / "benchmarks.yaml").write_text(
        benchmarks.replace("indicator: C07", "indicator: C27", 1), encoding="utf-8"
    )
    assert [len(load_contracts(name).tables["city"].indicators) for name in ("first-batch", "second")] == [26, 27]


def test_an_own_file_is_used_and_its_faults_name_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEAK_REVIEW_CONTRACTS", str(tmp_path))
    shutil.copy(DEFINITIONS / "rules.yaml", tmp_path)
    replace(tmp_path / "rules.yaml", "severity: blocker", "severity: fatal")
    with pytest.raises(ContractError) as error:
        load_contracts("first-batch")
    assert all(fault.startswith(f"{tmp_path / 'rules.yaml'}: line ") for fault in error.value.faults)


def test_each_roster_has_its_own_lengths_of_names() -> None:
    first, larger = load_contracts("first-batch").round, with_roster(1_400, 600, 31).round
    for round_ in (first, larger):
        assert round_.spelling_lengths == tuple(sorted({len(name) for name in round_.spellings}))
    assert first.spelling_lengths != larger.spelling_lengths


def test_all_faults_of_all_files_come_at_once(folder: Path) -> None:
    replace(folder / "tables/city.yaml", "wanted: down", "wanted: sideways")
    replace(folder / "tables/park.yaml", "hard: [0, 100]", "hard: [100, 0]")
    replace(folder / "rounds/first-batch.yaml", "base_year: 2022", "basis_year: 2022")
    replace(folder / "rules.yaml", "severity: blocker", "severity: fatal")
    replace(folder / "rules.yaml", "weight: 2.0", "weight: many")
    found = {tuple(fault.split(": ")[:3:2]) for fault in faults(folder)}
    assert {("tables/city.yaml", "indicators.C01.wanted"), ("rules.yaml", "FILE-UNREADABLE.severity")} <= found
    assert {("rounds/first-batch.yaml", "base_year"), ("rounds/first-batch.yaml", "basis_year")} <= found
    assert {file for file, _ in found} == {
        "tables/city.yaml",
        "tables/park.yaml",
        "rounds/first-batch.yaml",
        "rules.yaml",
    }
    assert sum(file == "rules.yaml" for file, _ in found) == 2


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("tables/city.yaml", "number: 2\n", "number: 3\n", "at position 2"),
        ("tables/city.yaml", "- 土地产出率", "- 第三产业占比", "means more than one indicator"),
        ("tables/city.yaml", "碳强度", "{能耗|碳}强度", "wording '能耗强度' means more than one indicator"),
        ("tables/city.yaml", "also: {kW: 1", "also: {kW: -1", "a factor must be positive"),
        ("tables/city.yaml", "plausible: [0.1, 3.0]", "plausible: [3.0, 0.1]", "is not below"),
        ("tables/park.yaml", "code: P01", "code: Q01", "code"),
        ("tables/park.yaml", "    wanted: any\n", "    wanted: any\n    wanted: up\n", "is listed twice"),
        ("rounds/first-batch.yaml", "- name: 河北省", "- name: 河南省", "means more than one province or pilot"),
        ("rounds/first-batch.yaml", "- name: 河北省", "- name: 河北道", "is not in regions.yaml"),
        ("rounds/first-batch.yaml", "target_years: [2025, 2030]", "target_years: [2030, 2025]", "do not rise"),
        ("rules.yaml", "- id: FILE-NO-TABLE", "- id: FILE-UNREADABLE", "is listed twice"),
        ("rules.yaml", "{file}", "{filename}", "unknown field filename"),
        ("gate.yaml", "- id: quota-provinces", "- id: quota-total", "is listed twice"),
        ("gate.yaml", "value: $received", "value: $nothing", "unknown parameter nothing"),
        ("gate.yaml", "frame: books", "frame: changes", "fault `changed` and frame `changes`"),
        ("gate.yaml", "  reason: 一个试点", "  means_not: 一个试点", "means_not"),
        ("regions.yaml", "short: 北京", "shrot: 北京", "short"),
    ],
)
def test_a_fault_is_told_with_its_file(folder: Path, file: str, old: str, new: str, says: str) -> None:
    replace(folder / file, old, new)
    found = faults(folder)
    assert all(fault.startswith(f"{file}: ") for fault in found)
    assert says in found[0]


def test_a_missing_file_is_a_fault(folder: Path) -> None:
    (folder / "regions.yaml").unlink()
    (fault,) = faults(folder)
    assert fault.startswith("regions.yaml: cannot be read")


def test_the_fingerprint_changes_with_any_file(folder: Path) -> None:
    before = fingerprint(folder)
    assert before == fingerprint()
    replace(folder / "rules.yaml", "weight: 2.0", "weight: 2.5")
    assert fingerprint(folder) != before


def test_names_that_look_alike_are_one() -> None:
    assert name_key("单位 GDP\n能源消费量") == name_key("单位gdp能源消费量[1]") == name_key("单位ＧＤＰ能源消费量①")
    listed = [name_key(f"植树造林（或抚育森林{mark}草原）面积") for mark in "、，,；;"]
    assert len(set(listed)) == 1
    assert unit_key("MJ/m ²") == unit_key("MJ／㎡") == unit_key("mj/平方米") == "mj/m2"
    assert unit_key("（%）") == "%"
    assert unit_key("辆（%）") != "辆"


PUBLISHED = {
    Observations: "round province pilot kind indicator label year role raw_value raw_unit number_format value unit "
    "qualifier conversion usable file file_sha256 sheet cell version",
    Findings: "finding_key rule severity level status round province pilot kind indicator year file file_sha256 sheet "
    "cell raw_value value expected message advice materiality version",
    Provinces: "round province quota submitted accepted cities parks blockers errors warnings quota_status",
}


@pytest.mark.parametrize("model", PUBLISHED)
def test_models_have_the_published_columns(model: type[pa.DataFrameModel]) -> None:
    assert " ".join(columns_of(model)) == PUBLISHED[model]


PROVINCE = {
    "round": "first-batch", "province": "河北省", "quota": 3, "submitted": 3, "accepted": 3, "cities": 3, "parks": 0,
    "blockers": 0, "errors": 0, "warnings": 0, "quota_status": "met",
}  # fmt: skip


def provinces(**changes: object) -> pl.DataFrame:
    return pl.DataFrame([PROVINCE | changes], schema=columns_of(Provinces))


def test_require_returns_what_holds() -> None:
    frame = provinces()
    assert require(frame, Provinces) is frame
    assert require(provinces(submitted=0, accepted=None, cities=None, parks=None), Provinces).height == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"parks": 1},
        {"submitted": 2},
        {"submitted": 0, "accepted": 0, "cities": 0, "parks": 0},
        {"quota_status": "fine"},
        {"quota": 0},
    ],
)
def test_require_raises_on_a_broken_promise(changes: dict[str, object]) -> None:
    with pytest.raises(ContractViolationError, match="Provinces: "):
        require(provinces(**changes), Provinces)


def test_require_raises_on_another_shape() -> None:
    with pytest.raises(ContractViolationError, match="extra"):
        require(provinces().with_columns(extra=pl.lit(1)), Provinces)
    with pytest.raises(TypeError, match="LazyFrame"):
        require(provinces().lazy(), Provinces)  # type: ignore[arg-type]


def test_split_parts_valid_rows_from_failed_ones_with_their_rules() -> None:
    schema = pa.DataFrameSchema(
        checks=[
            pa.Check(lambda data: data.lazyframe.select(pl.col("a") > 0), error="RULE-A"),
            pa.Check(lambda data: data.lazyframe.select(pl.col("b") > 0), error="RULE-B"),
        ]
    )
    frame = pl.DataFrame({"a": [1, -1, 1, -1], "b": [1, 1, -1, -1]})
    valid, failed = split(frame, schema)
    assert valid.rows() == [(1, 1)]
    assert sorted(failed.rows()) == [(-1, -1, "RULE-A"), (-1, -1, "RULE-B"), (-1, 1, "RULE-A"), (1, -1, "RULE-B")]


def test_split_tells_a_check_that_could_not_run() -> None:
    schema = pa.DataFrameSchema(
        checks=[pa.Check(lambda data: data.lazyframe.select(pl.col("missing") > 0), error="RULE-A")]
    )
    valid, failed = split(pl.DataFrame({"a": [1, 2]}), schema)
    assert valid.height == 2
    assert failed.rows() == [(None, "RULE-A")]


@pytest.mark.parametrize(
    ("written", "names", "key"), [("旧城", ("旧城",), "旧城"), ("[老城, 旧城]", ("老城", "旧城"), "老城")]
)
def test_earlier_names_are_spellings_and_the_oldest_is_in_the_keys(
    folder: Path, written: str, names: tuple[str, ...], key: str
) -> None:
    replace(
        folder / "rounds/first-batch.yaml",
        "{name: 大连市, kind: city}",
        f"{{name: 大连市, kind: city, formerly: {written}}}",
    )
    replace(folder / "rules.yaml", "  family: file\n", "  family: file\n  formerly: FILE-BROKEN\n")
    contracts = load_contracts("first-batch", folder)
    pilot = contracts.round.listed["大连市"][1]
    assert (pilot.formerly, pilot.key_name) == (names, key)
    assert set(names) <= contracts.round.spellings.keys()
    assert contracts.rules["FILE-UNREADABLE"].key_id == "FILE-BROKEN"


def test_an_earlier_name_that_another_has_is_a_fault(folder: Path) -> None:
    replace(
        folder / "rounds/first-batch.yaml", "{name: 大连市, kind: city}", "{name: 大连市, kind: city, formerly: 沈阳市}"
    )
    replace(folder / "rules.yaml", "  family: file\n", "  family: file\n  formerly: FILE-ODD\n")
    found = "\n".join(faults(folder))
    assert "name '沈阳市' means more than one province or pilot" in found
    assert "FILE-ODD is the name of another rule" in found


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        ("of: first-batch", "of: first-batch-2025", ["of: first-batch-2025 is not a round of plans"]),
        ("of: first-batch", "of: nowhere", ["rounds/nowhere.yaml: cannot be read: No such file or directory"]),
        (
            "of: first-batch",
            "of: first-batch\nquota_total: 1\nprovinces: [{name: 河北省, quota: 1, pilots: []}]",
            ["provinces: are those of first-batch"],
        ),
        ("of: first-batch", "of: first-batch\ntables: {city: {table: city, extra: [X99]}}", []),
    ],
)
def test_a_progress_round_has_provinces_and_tables_of_its_plans(
    folder: Path, old: str, new: str, faults: list[str]
) -> None:
    replace(folder / "rounds/first-batch-2025.yaml", old, new)
    if not faults:  # a table of its own is not used
        assert load_contracts("first-batch-2025", folder).tables == load_contracts("first-batch", folder).tables
        return
    with pytest.raises(ContractError) as error:
        load_contracts("first-batch-2025", folder)
    assert all(any(said in fault for fault in error.value.faults) for said in faults), error.value.faults


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("reported_years: [2023, 2024, 2025]", "reported_years: [2024, 2023, 2025]", "do not rise"),
        (
            "reported_years: [2023, 2024, 2025]",
            "reported_years: []",
            "and no other, has `of`, `reported_years` and `due`",
        ),
        ("due: [2025]", "due: [2026]", "due: (2026,) are not all target years"),
        ("target_years: [2025, 2030]", "target_years: [2030, 2025]", "do not rise"),
        (
            "reported_years: [2023, 2024, 2025]",
            "reported_years: [2023, 2024]",
            "first-batch-2025.yaml: line 10: due: (2025,) have no actual value",
        ),
        ("due: [2025]", "due: [2025, 2030]", "first-batch-2025.yaml: line 10: due: (2030,) have no actual value"),
        ("base_year: 2022", "base_year: 2021", "first-batch-2025.yaml: line 6: base_year: is 2022 in first-batch"),
        (
            "target_years: [2025, 2030]",
            "target_years: [2025, 2035]",
            "first-batch-2025.yaml: line 8: target_years: (2035,) are no target years of first-batch",
        ),
    ],
)
def test_years_of_a_progress_round_that_contradict_each_other_are_named(
    folder: Path, old: str, new: str, fault: str
) -> None:
    replace(folder / "rounds/first-batch-2025.yaml", old, new)
    with pytest.raises(ContractError) as error:
        load_contracts("first-batch-2025", folder)
    assert [one for one in error.value.faults if fault in one], error.value.faults
