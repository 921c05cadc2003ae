"""Convert .doc and .wps to .docx with LibreOffice, if installed: offline, with limits on time and memory."""

import os
import resource
import shutil
import signal
import subprocess
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

SECONDS = 60.0
# Bytes of address space: three times the need of a plan of 17 MiB. Without `_LEAN` it grows with the processors.
MEMORY = 2 * 1024**3
_LARGEST = 512 * 1024**2  # bytes of any file that it writes
_LEAN = {"MALLOC_ARENA_MAX": "2", "MAX_CONCURRENCY": "2"}
# No macros, and no linked content. LibreOffice requests pictures of a .doc although links are blocked, so all requests
# go to a proxy that does not exist. Each setting has a path, a name and a value.
_INTERNET, _SCRIPTS = "Inet/Settings", "Office.Common/Security/Scripting"
_SAFE = (
    (_INTERNET, "ooInetProxyType", "1"),
    (_INTERNET, "ooInetNoProxy", ""),
    *((_INTERNET, f"ooInet{kind}ProxyName", "127.0.0.1") for kind in ("HTTP", "HTTPS", "FTP")),
    *((_INTERNET, f"ooInet{kind}ProxyPort", "9") for kind in ("HTTP", "HTTPS", "FTP")),
    ("Office.Writer/Content/Update", "Link", "0"),
    (_SCRIPTS, "DisableMacrosExecution", "true"),
    (_SCRIPTS, "BlockUntrustedRefererLinks", "true"),
    (_SCRIPTS, "DisableActiveContent", "true"),
)
_ITEM = '<item oor:path="/org.openoffice.{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'
_SETTINGS = f"""<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
{"".join(_ITEM.format(*setting) for setting in _SAFE)}
</oor:items>
"""


def find_office() -> str | None:
    """Return the path of LibreOffice, if it is installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def to_docx(content: bytes, suffix: str, seconds: float = SECONDS, memory: int = MEMORY) -> bytes | str:
    """Convert a document in a temporary folder with a new profile.

    Args:
        content: the document.
        suffix: `.doc` or `.wps`.
        seconds: time limit.
        memory: limit of address space in bytes.

    Returns:
        The .docx, or the reason in Chinese why there is none.
    """
    office = find_office()
    if office is None:
        return "是旧格式的文档，本机没有安装可转换的程序（LibreOffice）"
    with TemporaryDirectory(prefix="peak-review-") as name:
        folder = Path(name)
        source = folder / f"plan{suffix}"
        source.write_bytes(content)
        settings = folder / "profile" / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(_SETTINGS, encoding="utf-8")
        if not _convert(office, source, folder, seconds, memory):
            return f"是旧格式的文档，转换超过{seconds:g}秒，已停止"
        result = folder / "plan.docx"
        return result.read_bytes() if result.is_file() else "是旧格式的文档，转换失败"


def _convert(office: str, source: Path, folder: Path, seconds: float, memory: int) -> bool:
    """Run LibreOffice; return False if it exceeded the time and was killed with all its processes."""
    process = subprocess.Popen(  # noqa: S603 - the program is found on the path, the arguments are fixed
        [
            *(office, "--headless", "--norestore", "--nolockcheck"),
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder), str(source)),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # soffice starts another process, which must end with it
        env={name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "LC_ALL"}}
        | {"HOME": str(folder)}
        | _LEAN,
    )
    # At once, so that they apply to every process that it starts.
    limits = {resource.RLIMIT_AS: memory, resource.RLIMIT_FSIZE: _LARGEST, resource.RLIMIT_CORE: 0}
    limits[resource.RLIMIT_CPU] = 2 * ceil(seconds)  # ends it where this process is killed
    for name, limit in limits.items():
        resource.prlimit(process.pid, name, (limit, limit))
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    finally:
        if process.returncode is None:  # too slow, or this process is interrupted
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if process.returncode:
        (folder / "plan.docx").unlink(missing_ok=True)
    return True
