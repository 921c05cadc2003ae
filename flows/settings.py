"""Settings: environment variables that begin with PEAK_REVIEW_. `peak-review settings` prints them."""

import logging
import os
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, DirectoryPath, Field, FiniteFloat, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "PEAK_REVIEW_"
_MASK = "***"
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
    if value != "threads" and not re.match(rf"({'|'.join(CLUSTERS)})[^/\s]", value):
        raise ValueError("neither threads nor tcp://HOST:PORT (a Dask scheduler)")
    return value


def _block_names(value: tuple[str, ...]) -> tuple[str, ...]:
    if any(not re.fullmatch(r"[^/]+/[^/]+", name) for name in value):
        raise ValueError("not TYPE/NAME of a block each, like custom-webhook/people")
    return value


def _web_address(value: str) -> str:
    if not re.match(r"https?://[^/\s]", value):
        raise ValueError("no web address: https://HOST/PATH")
    return value.rstrip("/")


def _no_file(value: Path) -> Path:
    if value.exists() and not value.is_dir():
        raise ValueError("is no folder")
    return value


_Credential = SecretStr | None
_LOGIN = re.compile(r"(?<=://)[^/@\s]*@")  # user and password of a URL
_Seconds = Annotated[FiniteFloat, Field(gt=0)]
_Pause = Annotated[FiniteFloat, Field(ge=0)]


class Settings(BaseSettings):
    """What can be set. An empty variable counts as not set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    sources: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_lines)] = Field(
        default=(), description="URLs to pull from, one a line"
    )
    sftp_user: str | None = Field(default=None, description="user of SFTP sources whose URL names none")
    sftp_password: _Credential = Field(default=None, description="their password")
    sftp_key: str | None = Field(default=None, description="path of their private key")
    sftp_known_hosts: str | None = Field(default=None, description="path of a known_hosts file besides the user's own")
    s3_key: _Credential = Field(default=None, description="access key of S3 sources whose URL names none")
    s3_secret: _Credential = Field(default=None, description="their secret key")
    s3_endpoint: Annotated[str, AfterValidator(_web_address)] | None = Field(
        default=None, description="URL of the S3 service, where the source has no `?endpoint=`"
    )
    webdav_user: str | None = Field(default=None, description="user of WebDAV sources whose URL names none")
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
    notify: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words), AfterValidator(_block_names)] = Field(
        default=(), description="notification blocks of Prefect, like `custom-webhook/people`, with blanks between"
    )
    out_url: Annotated[str, AfterValidator(_web_address)] | None = Field(
        default=None,
        description="address under which a web server of yours shows `data/out`; for links on Prefect's page",
    )
    state: Annotated[Path, AfterValidator(_no_file)] | None = Field(
        default=None, description="folder of the run log; else beside the packages, `data/out.state` for `data/out`"
    )
    contracts: Annotated[DirectoryPath, AfterValidator(Path.absolute)] | None = Field(
        default=None,
        description="folder with rounds of your own, `rounds/NAME.yaml`, and with files in place of those of the same "
        "name in `contracts/definitions/`",
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


def unknown_settings() -> list[str]:
    """Return a line for each variable with the prefix that is no setting, with the setting that may be meant."""
    lines = []
    for name in sorted(name for name in os.environ if name.upper().startswith(PREFIX)):
        own = name[len(PREFIX) :].lower()
        if own not in Settings.model_fields:
            meant = "".join(
                f"; is {PREFIX}{one.upper()} meant?" for one in get_close_matches(own, Settings.model_fields, n=1)
            )
            lines.append(f"{name} is no setting and has no effect{meant}")
    return lines


def source_setting(name: str, round_name: str = "") -> str | None:
    """Return a setting of a source, e.g. `SFTP_PASSWORD`: from the environment, else from a Prefect Secret block.

    The block of `SFTP_PASSWORD` is called `peak-review-ROUND-sftp-password`, or that of all rounds
    `peak-review-sftp-password`. A server that does not answer counts as one without blocks.
    """
    value = getattr(load_settings(), name.lower())
    if value:
        values = value if isinstance(value, tuple) else (value,)
        return "\n".join(one.get_secret_value() if isinstance(one, SecretStr) else one for one in values)
    # Imported here, because it takes a second, and is not needed to read the environment.
    import httpx  # noqa: PLC0415
    from prefect.blocks.system import Secret  # noqa: PLC0415

    from flows.workers.prefect_requests import NotAnsweringError, brief_requests  # noqa: PLC0415

    setting = name.lower().replace("_", "-")
    for block_name in ([f"peak-review-{round_name}-{setting}"] if round_name else []) + [f"peak-review-{setting}"]:
        try:
            with brief_requests():
                block = Secret.load(block_name)
        except ValueError:
            continue
        except (httpx.HTTPError, NotAnsweringError) as error:
            logging.getLogger("prefect.flow_runs").warning("Secret block %s not read: %s", block_name, error)
            return None
        # In a flow that is not async it is no coroutine, which its types do not say.
        return str(block.get())  # type: ignore[union-attr]
    return None


def effective_settings() -> list[dict[str, str]]:
    """Return name, value, default and meaning of every setting; secrets are masked.

    Raises:
        SettingError: if a value is wrong.
    """
    settings = load_settings()
    return [
        {
            "setting": f"{PREFIX}{name.upper()}",
            "value": _shown(getattr(settings, name), is_url=name == "sources"),
            "default": _shown(field.default),
            "meaning": field.description or "",
        }
        for name, field in Settings.model_fields.items()
    ]


def _shown(value: object, *, is_url: bool = False) -> str:
    if isinstance(value, tuple):
        return " ".join(_shown(one, is_url=is_url) for one in value)
    if isinstance(value, SecretStr):
        url = without_login(value.get_secret_value())
        return url if is_url and "@" not in url else _MASK
    return f"{value:g}" if isinstance(value, float) else "" if value is None else without_login(str(value))


def without_login(url: str) -> str:
    """Return a URL without user and password."""
    return _LOGIN.sub("", url)


def settings_table() -> str:
    """Return README's table: name, default and meaning of every setting."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `{PREFIX}{name.upper()}` | {_shown(field.default)} | {field.description} |")
    return "\n".join(rows) + "\n"
