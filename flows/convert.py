"""Turns .doc and .wps into .docx with LibreOffice, where it is installed; without it such a plan is not read."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

SECONDS = 60.0
# No macros, and nothing that a document links to is fetched.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse">
<value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse">
<value>true</value></prop></item>
</oor:items>
"""
OLD = (".doc", ".wps")


def find_office() -> str | None:
    """Where LibreOffice is, if it is installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def to_docx(path: Path, folder: Path, seconds: float = SECONDS) -> Path | str:
    """Convert a document.

    Args:
        path: the document, which is only read.
        folder: an empty folder of our own, for the result and for LibreOffice's profile.
        seconds: how long it may take.

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
    command = [office, "--headless", "--norestore", "--nolockcheck", profile, "--convert-to", "docx:MS Word 2007 XML"]
    process = subprocess.Popen(  # noqa: S603 - the program is found on the path, the arguments are ours
        [*command, "--outdir", str(folder), str(source)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # soffice starts another process, which has to end with it
        env={name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "LC_ALL"}}
        | {"HOME": str(folder)},
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return f"是旧格式的文档，转换超过 {seconds:g} 秒，已停止"
    result = folder / "plan.docx"
    return result if result.is_file() else "是旧格式的文档，转换失败"
