"""Settings: types, defaults, what a wrong value says, and README's table of them."""

import json
import re
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from flows.cli import app
from flows.settings import SettingError, Settings, load_settings, settings_table

ROOT = Path(__file__).parents[2]
COMMANDS = {
    "run": ("--round", "first-batch"),
    "pull": ("--round", "first-batch"),
    "check": ("nowhere.xlsx",),
    "template": ("--kind", "city", "--pilot", "x", "--province", "x", "-o", "x.xlsx"),
    "rules": (),
    "rounds": (),
    "settings": (),
    "deploy": ("--round", "first-batch"),
    "status": (),
    "rollback": ("--round", "first-batch", "--province", "x"),
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"PEAK_REVIEW_{name.upper()}", raising=False)


def test_values_are_split_and_converted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEAK_REVIEW_SOURCES", "one\n\n  two ")
    monkeypatch.setenv("PEAK_REVIEW_PASSWORDS", "with blank \n开门")
    monkeypatch.setenv("PEAK_REVIEW_PULL_PAUSES", "0.5 2")
    monkeypatch.setenv("PEAK_REVIEW_NOTIFY", "a/b  c/d")
    settings = load_settings()
    assert [one.get_secret_value() for one in settings.sources] == ["one", "two"]
    assert settings.plain_passwords == ("with blank ", "开门")
    assert settings.pull_pauses == (0.5, 2.0)
    assert settings.notify == ("a/b", "c/d")
    assert "开门" not in repr(settings)


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEAK_REVIEW_HISTORY", "")
    monkeypatch.setenv("PEAK_REVIEW_SFTP_KEY", "")
    assert (load_settings().history, load_settings().sftp_key) == (7, None)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("HISTORY", "many", "valid integer"),
        ("HISTORY", "-1", "greater than or equal to 0"),
        ("PULL_SECONDS", "0", "greater than 0"),
        ("PULL_FILE_SECONDS", "inf", "finite number"),
        ("PULL_PAUSES", "1 soon", "valid number"),
        ("NOTIFY", "people", "not TYPE/NAME of a block each"),
        ("OUT_URL", "file:///data/out", "no web address"),
        ("CONTRACTS", "/nowhere", "does not point to a directory"),
        ("STATE", __file__, "is no folder"),
        ("S3_ENDPOINT", "minio:9000", "no web address"),
        ("RUNNER", "thread", "neither threads nor tcp://HOST:PORT"),
        ("RUNNER", "tcp://", "neither threads nor tcp://HOST:PORT"),
    ],
)
def test_a_wrong_value_is_one_line(monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str) -> None:
    monkeypatch.setenv(f"PEAK_REVIEW_{name}", value)
    with pytest.raises(SettingError, match=f"^PEAK_REVIEW_{name}: .*{message}") as caught:
        load_settings()
    assert str(caught.value).endswith(f"({value.rsplit(maxsplit=1)[-1]})")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_refuses_a_wrong_value(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("PEAK_REVIEW_HISTORY", "many")
    monkeypatch.setenv("PEAK_REVIEW_RUNNER", "thread")
    result = CliRunner().invoke(app, [command, *COMMANDS[command]])
    (line,) = result.stderr.splitlines()
    assert result.exit_code == 2
    assert re.fullmatch(r"peak-review: PEAK_REVIEW_RUNNER: .*\(thread\); PEAK_REVIEW_HISTORY: .*\(many\)", line)


def test_the_commands_are_all_tried() -> None:
    named = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    named |= {
        command.name or command.callback.__name__
        for group in app.registered_groups
        for command in group.typer_instance.registered_commands
        if command.callback
    }
    assert named == set(COMMANDS)


def test_every_setting_is_described_and_in_the_readme() -> None:
    assert all(field.description for field in Settings.model_fields.values())
    assert settings_table() in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_command_prints_every_setting_with_its_value_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEAK_REVIEW_SOURCES", "sftp://me:hush@data.example/in\nsftp://me:hu/sh@data.example")
    monkeypatch.setenv("PEAK_REVIEW_PASSWORDS", "hush")
    monkeypatch.setenv("PEAK_REVIEW_S3_ENDPOINT", "https://me:hush@s3.example")
    monkeypatch.setenv("PEAK_REVIEW_PULL_SECONDS", "60")
    done = CliRunner().invoke(app, ["settings", "--format", "json"])
    rows = {row["setting"].removeprefix("PEAK_REVIEW_").lower(): row for row in json.loads(done.stdout)}
    assert list(rows) == list(Settings.model_fields)
    assert rows["sources"]["value"] == "sftp://data.example/in ***"
    assert (rows["passwords"]["value"], rows["s3_endpoint"]["value"]) == ("***", "https://s3.example")
    text = CliRunner().invoke(app, ["settings"])
    assert (done.exit_code, text.exit_code, text.stderr) == (0, 0, "")
    assert "PEAK_REVIEW_PULL_SECONDS=60   (default: 1800)\n" in text.stdout
    assert "PEAK_REVIEW_HISTORY=7\n    earlier versions kept of each package\n" in text.stdout
    assert "hush" not in done.stdout + text.stdout
    assert CliRunner().invoke(app, ["settings", "--format", "md"]).stdout == settings_table()


def test_an_unknown_name_is_warned_of_once_by_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEAK_REVIEW_SFTPPASSWORD", "hush")
    monkeypatch.setenv("PEAK_REVIEW_XYZ", "1")
    result = CliRunner().invoke(app, ["settings"])
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "peak-review: PEAK_REVIEW_SFTPPASSWORD is no setting and has no effect; is PEAK_REVIEW_SFTP_PASSWORD meant?",
        "peak-review: PEAK_REVIEW_XYZ is no setting and has no effect",
    ]


def test_credentials_are_secrets() -> None:
    secret = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    assert {"sources", "passwords", "sftp_password", "s3_secret", "webdav_password"} <= secret
    assert isinstance(Settings(sftp_password=SecretStr("x")).sftp_password, SecretStr)


def test_settings_are_read_in_one_place_only() -> None:
    readers = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "flows").rglob("*.py")
        if path.name != "settings.py"
        and re.search(r"""environ[^\n]*PEAK_REVIEW_|getenv""", path.read_text(encoding="utf-8"))
    ]
    assert readers == []
