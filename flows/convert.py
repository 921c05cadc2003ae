"""Turns .doc and .wps into .docx with LibreOffice, where it is installed; without it such a plan is not read."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

SECONDS = 60.0
# Three times what a plan of 17 MiB takes. Without `_LEAN` it would grow with the number of processors.
MEMORY = 2 * 1024**3
_LARGEST = 512 * 1024**2  # of any file that it writes
_LEAN = {"MALLOC_ARENA_MAX": "2", "MAX_CONCURRENCY": "2"}
# Limits hold from the first moment, and for every process that soffice starts, only if set before it begins.
_CONFINED = """
import os, resource, sys
for name, most in ((resource.RLIMIT_AS, sys.argv[1]), (resource.RLIMIT_FSIZE, sys.argv[2]), (resource.RLIMIT_CORE, 0)):
    resource.setrlimit(name, (int(most), int(most)))
os.execv(sys.argv[3], sys.argv[3:])
"""
# No macros, and nothing that a document links to is fetched. Pictures of a .doc are asked for although links are
# blocked: so everything is sent to a proxy that is not there.
_NOWHERE = """<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInet{0}ProxyName" oor:op="fuse">
<value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInet{0}ProxyPort" oor:op="fuse">
<value>9</value></prop></item>
"""
_SETTINGS = f"""<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetProxyType" oor:op="fuse">
<value>1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetNoProxy" oor:op="fuse">
<value></value></prop></item>
{"".join(_NOWHERE.format(one) for one in ("HTTP", "HTTPS", "FTP"))}\
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse">
<value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse">
<value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse">
<value>true</value></prop></item>
</oor:items>
"""


def find_office() -> str | None:
    """Where LibreOffice is, if it is installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def to_docx(path: Path, folder: Path, seconds: float = SECONDS, memory: int = MEMORY) -> Path | str:
    """Convert a document.

    Args:
        path: the document, which is only read.
        folder: an empty folder of our own, for the result and for LibreOffice's profile.
        seconds: how long it may take.
        memory: how many bytes of address space it may have.

    Returns:
        The .docx in `folder`, or in Chinese why there is none.
    """
    office = find_office()
    if office is None:
        return "是旧格式的文档，本机没有安装可转换的程序（LibreOffice）"
    # Under a name of ours: theirs may be anything, and LibreOffice takes a dash for an option.
    source = folder / f"plan{path.suffix.lower()}"
    shutil.copyfile(path, source)
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(_SETTINGS, encoding="utf-8")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    confined = [sys.executable, "-I", "-S", "-c", _CONFINED, str(memory), str(_LARGEST)]
    command = [
        *confined,
        office,
        "--headless",
        "--norestore",
        "--nolockcheck",
        profile,
        "--convert-to",
        "docx:MS Word 2007 XML",
    ]
    process = subprocess.Popen(  # noqa: S603 - the program is found on the path, the arguments are ours
        [*command, "--outdir", str(folder), str(source)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # soffice starts another process, which has to end with it
        env={name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "LC_ALL"}}
        | {"HOME": str(folder)}
        | _LEAN,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return f"是旧格式的文档，转换超过 {seconds:g} 秒，已停止"
    result = folder / "plan.docx"
    return result if process.returncode == 0 and result.is_file() else "是旧格式的文档，转换失败"
