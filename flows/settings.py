"""Settings: environment variables that begin with PEAK_REVIEW_. `python -m flows.settings` prints README's table."""

import sys
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, FiniteFloat, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "PEAK_REVIEW_"
CLUSTERS = ("tcp://", "tls://", "ucx://", "ws://", "wss://")


class SettingError(Exception):
    """At least one setting has a wrong value; the message names all of them in one line."""


def _lines(value: object) -> object:
    return [line.strip() for line in value.splitlines() if line.strip()] if isinstance(value, str) else value


def _passwords(value: object) -> object:
    return value.splitlines() if isinstance(value, str) else value  # blanks may be part of a password


def _words(value: object) -> object:
    return value.split() if isinstance(value, str) else value


def _known_runner(value: str) -> str:
    if value != "threads" and not value.startswith(CLUSTERS):
        raise ValueError("neither threads nor tcp://HOST:PORT (a Dask scheduler)")
    return value


_Credential = SecretStr | None
_Seconds = Annotated[FiniteFloat, Field(gt=0)]
_Pause = Annotated[FiniteFloat, Field(ge=0)]


class Settings(BaseSettings):
    """What can be set. An empty variable counts as not set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    sources: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_lines)] = Field(
        default=(), description="URLs to pull from, one a line"
    )
    sftp_user: _Credential = Field(default=None, description="user of SFTP sources whose URL names none")
    sftp_password: _Credential = Field(default=None, description="their password")
    sftp_key: _Credential = Field(default=None, description="path of their private key")
    sftp_known_hosts: _Credential = Field(default=None, description="path of a known_hosts file besides the user's own")
    s3_key: _Credential = Field(default=None, description="access key of S3 sources whose URL names none")
    s3_secret: _Credential = Field(default=None, description="their secret key")
    s3_endpoint: _Credential = Field(
        default=None, description="URL of the S3 service, where the source has no `?endpoint=`"
    )
    webdav_user: _Credential = Field(default=None, description="user of WebDAV sources whose URL names none")
    webdav_password: _Credential = Field(default=None, description="their password")
    pull_seconds: _Seconds = Field(default=1800, description="longest time of a whole pull, shared among the sources")
    pull_file_seconds: _Seconds = Field(default=120, description="longest time for one file or listing of a source")
    pull_pauses: Annotated[tuple[_Pause, ...], NoDecode, BeforeValidator(_words)] = Field(
        default=(1.0, 4.0, 16.0), description="seconds to wait before each further try of a source, with blanks between"
    )
    passwords: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_passwords)] = Field(
        default=(), description="passwords to try on encrypted files, one a line"
    )
    runner: Annotated[str, AfterValidator(_known_runner)] = Field(
        default="threads", description="where files are read: `threads`, or a Dask scheduler like `tcp://HOST:8786`"
    )
    history: Annotated[int, Field(ge=0)] = Field(default=7, description="earlier versions kept of each package")
    notify: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)] = Field(
        default=(), description="notification blocks of Prefect, like `custom-webhook/people`, with blanks between"
    )
    state: Path | None = Field(
        default=None, description="folder of the run log; else `peak-review` in `$XDG_STATE_HOME` or `~/.local/state`"
    )
    home: Path | None = Field(
        default=None, description="folder of this repository: `prefect.yaml` starts the flows there"
    )

    @property
    def plain_passwords(self) -> tuple[str, ...]:
        """The passwords to try, no longer hidden."""
        return tuple(password.get_secret_value() for password in self.passwords)


def load_settings() -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingError: if a value is wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = [
            f"{PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg'].removeprefix('Value error, ')} ({fault['input']})"
            for fault in error.errors(include_url=False, include_context=False)
        ]
        raise SettingError(" ".join("; ".join(faults).split())) from None


def source_setting(name: str) -> str | None:
    """Return a setting of a source, e.g. `SFTP_PASSWORD`: from the environment, else from a Prefect Secret block.

    The block of `SFTP_PASSWORD` is called `peak-review-sftp-password`.
    """
    value = getattr(load_settings(), name.lower())
    if value:
        return "\n".join(one.get_secret_value() for one in (value if isinstance(value, tuple) else (value,)))
    from prefect.blocks.system import Secret  # noqa: PLC0415 - takes a second; not needed to read the environment

    try:
        block = Secret.load(f"peak-review-{name.lower().replace('_', '-')}")
    except ValueError:
        return None
    # In a flow that is not async it is no coroutine, which its types do not say.
    return str(block.get())  # type: ignore[union-attr]


def settings_table() -> str:
    """Return README's table: name, default and meaning of every setting."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        value = field.default
        default = " ".join(f"{one:g}" for one in value) if isinstance(value, tuple) else str(value or "")
        rows.append(f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.stdout.write(settings_table())
