"""Each mutation of good contracts gives exactly its fault: file, line and id, all of them at once."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contracts import load
from contracts.load import DEFINITIONS, ContractError, load_contracts
from flows.cli import app
from flows.pipeline.exit_codes import FAILED
from flows.pipeline.outcome import outcome_of_error
from tests.support.contract_mutations import MUTATIONS, Mutation
from transforms.rules import registry
from transforms.rules.registry import load_checked


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(DEFINITIONS, tmp_path / "contracts", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    )


def faults(folder: Path) -> list[str]:
    with pytest.raises(ContractError) as error:
        load_checked("first-batch", lambda name: load_contracts(name, folder))
    return error.value.faults


def mutate(folder: Path, mutation: Mutation) -> list[str]:
    """Change a file; the beginnings of the faults that are expected."""
    file, old, new, expected = mutation
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    changed = text.replace(old, new, 1)
    (folder / file).write_text(changed, encoding="utf-8")
    return [f"{file}: " + (f"line {_line(changed, at)}: " if at else "") + words for at, words in expected]


def _line(text: str, part: str) -> int:
    return text.count("\n", 0, text.index(part)) + 1


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_gives_its_faults_and_no_other(folder: Path, name: str) -> None:
    expected = mutate(folder, MUTATIONS[name])
    found = faults(folder)
    assert len(found) == len(expected), found
    for line, beginning in zip(found, expected, strict=True):
        assert line.startswith(beginning), found


@pytest.mark.parametrize(
    "several",
    [
        ["no value", "unknown indicator", "no wording", "gate", "another round", "threshold", "unknown province"],
        ["unit", "plausible", "unknown indicator"],
    ],
)
def test_faults_of_all_files_come_at_once(folder: Path, several: list[str]) -> None:
    expected = [line for name in several for line in mutate(folder, MUTATIONS[name])]
    assert len(faults(folder)) == len(expected)
    assert all(any(line.startswith(one) for line in faults(folder)) for one in expected)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"- {name: \xb1\xb1\xbe\xa9}\n", "line 1: is not UTF-8"),
        (b"a: 1\nb: \xff\n", "line 2: is not UTF-8"),
        (b"", "line 1: Input should be a valid array"),
        (b"&a [*a]\n", "Circular reference"),
        (b"? [a]\n: b\n", "line 1: "),
        (b"- a\n---\n- b\n", "line 2: "),
    ],
)
def test_no_content_of_a_file_is_a_traceback(folder: Path, content: bytes, words: str) -> None:
    (folder / "regions.yaml").write_bytes(content)
    assert any(line.startswith(f"regions.yaml: {words}") for line in faults(folder))


def test_catalogue_and_functions_match() -> None:
    load_checked("first-batch")


def test_all_mismatches_of_catalogue_and_functions_come_at_once(folder: Path) -> None:
    names = ["threshold", "rule without a function"]
    expected = [line for name in names for line in mutate(folder, MUTATIONS[name])]
    found = faults(folder)
    assert len(found) == len(expected)
    assert all(any(line.startswith(one) for line in found) for one in expected)


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [("gate.yaml", "[]", "line 1: is empty"), ("guide.yaml", "[" * 100_000, "is nested too deeply")],
)
def test_a_file_is_named_whatever_it_holds(folder: Path, file: str, content: str, words: str) -> None:
    (folder / file).write_text(content, encoding="utf-8")
    assert faults(folder) == [f"{file}: {words}"]


def use_contracts(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    loads: Callable[..., load.Contracts] = load.load_contracts
    monkeypatch.setattr(load, "load_contracts", lambda name: loads(name, folder))
    monkeypatch.setattr(registry, "load_checked", lambda name: load_checked(name, lambda name: loads(name, folder)))


def test_the_command_tells_the_faults_and_ends(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    expected = [line for name in ("factor", "no wording", "threshold") for line in mutate(folder, MUTATIONS[name])]
    use_contracts(monkeypatch, folder)
    result = CliRunner().invoke(app, ["run", "--round", "first-batch", "--raw", str(tmp_path)])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert all(line in result.stderr for line in expected)


def test_every_command_that_needs_contracts_tells_their_faults(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (expected,) = mutate(folder, MUTATIONS["factor"])
    use_contracts(monkeypatch, folder)
    rollback = ["rollback", "--round", "first-batch", "--province", "河北"]
    template = ["template", "--kind", "city", "--pilot", "唐山市", "--province", "河北省", "-o", "x.xlsx"]
    for command in (rollback, template, ["rules"]):
        result = CliRunner().invoke(app, command)
        assert (result.exit_code, type(result.exception)) == (1, SystemExit)
        assert expected in result.stderr


@pytest.mark.parametrize("command", [["rules"], ["check", "x.xlsx"]])
def test_a_rule_without_a_function_ends_commands_that_use_rules(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: list[str]
) -> None:
    expected = mutate(folder, MUTATIONS["threshold"])
    use_contracts(monkeypatch, folder)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.xlsx").write_bytes(b"x")
    result = CliRunner().invoke(app, command)
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert all(line in result.stderr for line in expected)


def test_a_run_ends_with_the_mismatches_of_catalogue_and_functions(folder: Path) -> None:
    (expected, _) = mutate(folder, MUTATIONS["threshold"])
    with pytest.raises(ContractError) as error:
        load_checked("first-batch", lambda name: load_contracts(name, folder))
    outcome, fault = outcome_of_error(error.value, folder)
    assert (outcome.code, fault) == (FAILED, None)
    assert expected in outcome.reason
