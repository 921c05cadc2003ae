"""Parse the URLs of sources, and keep credentials apart from what is shown or logged. Connects to nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

_HTTP = {"webdav+http": "http", "dav": "http", "webdav+https": "https", "davs": "https", "webdav": "https"}
Setting = Callable[[str], str | None]


@dataclass(frozen=True)
class Source:
    """Where submissions come from.

    Attributes:
        name: the URL without credentials, for people, logs and receipts.
        kind: `file`, `sftp`, `s3` or `webdav`.
        root: the folder at the source.
        options: arguments of the connection.
        secrets: passwords and keys, to remove from messages.
        unset: settings that would give the credentials that it lacks.
    """

    name: str
    kind: str
    root: str
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    unset: tuple[str, ...] = ()


def declared_sources(urls: Sequence[str], setting: Setting) -> list[Source]:
    """Parse the URLs, or those of the setting `SOURCES`, one a line.

    Raises:
        ValueError: if there is none, or one is not the URL of a source.
    """
    urls = urls or [line.strip() for line in (setting("SOURCES") or "").splitlines() if line.strip()]
    if not urls:
        raise ValueError("no source: give --source URL, or set PEAK_REVIEW_SOURCES, one URL a line")
    sources = []
    for number, url in enumerate(urls, 1):
        try:
            sources.append(parse_source(url, setting))
        except ValueError as error:
            raise ValueError(f"source {number}: {error}") from None
    return sources


def parse_source(url: str, setting: Setting) -> Source:
    """Parse a URL. Error messages do not contain it, because it may have a password.

    Args:
        url: a path, `file://`, `sftp://`, `s3://BUCKET/FOLDER?endpoint=URL`, `webdav+https://` or `webdav+http://`;
            with user and password before an `@`.
        setting: returns what the URL leaves out, by name, e.g. `SFTP_PASSWORD`; None if it is not set.

    Raises:
        ValueError: if it is not such a URL.
    """
    if "://" not in url:
        return _folder(str(Path(url).absolute()))
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError("its address cannot be read; / ? # @ : in a password are %2F %3F %23 %40 %3A") from None
    if "@" in parts.path + parts.query + parts.fragment:
        raise ValueError("an @ after the host must be written %40, and / ? # in a password %2F %3F %23")
    if parts.fragment or (parts.query and parts.scheme != "s3"):
        raise ValueError("? and # in a path must be written %3F and %23")
    if parts.scheme == "file":
        return _folder(unquote(parts.path))
    if not parts.hostname:
        raise ValueError("it names no host")
    if parts.scheme == "sftp":
        return _sftp(parts, setting)
    if parts.scheme == "s3":
        return _s3(parts, setting)
    if parts.scheme in _HTTP:
        return _webdav(parts, setting)
    raise ValueError("it is none of a folder, file://, sftp://, s3://, webdav+https:// and webdav+http://")


def _folder(path: str) -> Source:
    return Source(f"file://{path}", "file", path.rstrip("/") or "/")


def _sftp(parts: SplitResult, setting: Setting) -> Source:
    user, password = _login(parts, setting, "SFTP")
    options = {
        "host": parts.hostname,
        "port": parts.port or 22,
        "username": user,
        "password": password,
        "key_filename": setting("SFTP_KEY"),
        "known_hosts": setting("SFTP_KNOWN_HOSTS"),
    }
    path = unquote(parts.path)
    # As in curl, /~/ is the home folder of the user.
    root = path.removeprefix("/~/") or "." if path.startswith("/~/") else path or "/"
    lacking = {"SFTP_USER": user, "SFTP_PASSWORD or SFTP_KEY": password or options["key_filename"]}
    return _source(parts, "sftp", root, options, lacking, password)


def _s3(parts: SplitResult, setting: Setting) -> Source:
    key, secret = _login(parts, setting, "S3", ("KEY", "SECRET"))
    query = parse_qs(parts.query)
    if query.keys() - {"endpoint"}:
        raise ValueError("only endpoint=URL is allowed after ?")
    endpoint = query.get("endpoint", [None])[0] or setting("S3_ENDPOINT")
    options = {"key": key, "secret": secret, "endpoint_url": endpoint}
    lacking = {"S3_KEY": key, "S3_SECRET": secret}
    return _source(parts, "s3", _address(parts) + unquote(parts.path), options, lacking, key, secret)


def _webdav(parts: SplitResult, setting: Setting) -> Source:
    user, password = _login(parts, setting, "WEBDAV")
    base = f"{_HTTP[parts.scheme]}://{_address(parts)}{parts.path}"
    options = {"base_url": base, "auth": (user, password or "") if user else None}
    return _source(parts, "webdav", "", options, {"WEBDAV_USER": user, "WEBDAV_PASSWORD": password}, password)


def _login(
    parts: SplitResult, setting: Setting, kind: str, names: tuple[str, str] = ("USER", "PASSWORD")
) -> tuple[str | None, str | None]:
    user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
    return user or setting(f"{kind}_{names[0]}"), password or setting(f"{kind}_{names[1]}")


def _source(
    parts: SplitResult,
    kind: str,
    root: str,
    options: Mapping[str, Any],
    lacking: Mapping[str, Any],
    *secrets: str | None,
) -> Source:
    """Make a source; `lacking` are its credentials by the settings that could give them."""
    name = f"{parts.scheme}://{_address(parts)}{unquote(parts.path)}{'?' if parts.query else ''}{parts.query}"
    given = {name: value for name, value in options.items() if value is not None}
    unset = tuple(setting for setting, value in lacking.items() if not value)
    return Source(name.rstrip("/"), kind, root.rstrip("/") or "/", given, tuple(filter(None, secrets)), unset)


def _address(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]
