"""Unpack a zip archive of submissions, after the checks of `guard`."""

import hashlib
import zipfile
import zlib
from dataclasses import dataclass, field

from contracts.load import Contracts
from transforms.failures import FAILED
from transforms.intake.cells import UnreadableFileError
from transforms.intake.formats import limits, package, sniff
from transforms.intake.formats.guard import Archive, check_archive

_KINDS = {b"Rar!": "RAR", b"7z\xbc\xaf": "7z", b"\x1f\x8b": "GZIP", b"BZh": "BZIP2", b"\xfd7zXZ": "XZ"}


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive; `content` is None where there is a `fault`, in Chinese."""

    name: str
    size: int
    sha256: str
    content: bytes | None = field(default=None, repr=False)
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The files of an archive, or the `fault` (in Chinese) why there are none.

    `is_archive` is false for a workbook or, if `is_document`, a Word document whose name has the ending of an archive.
    `is_failed`: the code raised an error.
    """

    members: tuple[Member, ...] = ()
    fault: str | None = None
    is_archive: bool = True
    is_document: bool = False
    is_failed: bool = False


def unpack(content: bytes, _file: str, _contracts: Contracts, _passwords: object) -> Unpacked:
    """Unpack the bytes of an archive; the parameters are those of `flows.workers.sandbox.Reader`."""
    try:
        return _unpack(content)
    except UnreadableFileError as reason:
        return Unpacked(fault=f"是压缩包，没有解压（{reason}）")
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError):
        return Unpacked(fault="是压缩包，没有解压（已损坏）")


def not_unpacked(_file: str, _sha256: str, reason: str, _contracts: Contracts, *, fault: str = "") -> Unpacked:
    """Make the result of an archive that could not be read."""
    return Unpacked(fault=reason, is_failed=fault == FAILED)


def _unpack(content: bytes) -> Unpacked:
    kind = next((kind for magic, kind in _KINDS.items() if content.startswith(magic)), None)
    if kind:
        raise UnreadableFileError(f"格式为{kind}，只能解压 ZIP")
    if content.startswith(sniff.OLE):
        return Unpacked(is_archive=False, is_document=sniff.ole_has(content, "WordDocument"))
    archive = check_archive(content)
    if archive.has("word/document.xml"):
        return Unpacked(is_archive=False, is_document=True)
    if package.workbook_part(archive) or archive.has("mimetype"):
        return Unpacked(is_archive=False)
    entries = [entry for entry in archive.entries.values() if not entry.is_dir()]
    if not entries:
        raise UnreadableFileError("其中没有文件")
    if len(entries) > limits.MEMBERS:
        raise UnreadableFileError(f"其中有{len(entries)}个文件，超过{limits.MEMBERS}个的上限")
    return Unpacked(tuple(_member(archive, entry) for entry in entries))


def _member(archive: Archive, entry: zipfile.ZipInfo) -> Member:
    name = entry.filename.replace("\\", "/")  # as old programs of Windows write it
    if entry.file_size > limits.CONTENT:
        fault = f"文件有{entry.file_size // limits.MIB} MiB，超过{limits.CONTENT // limits.MIB} MiB 的上限"
        return Member(name, entry.file_size, "", fault=fault)
    try:
        content = archive.file.read(entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        return Member(name, entry.file_size, "", fault="文件在压缩包内已损坏")
    return Member(name, len(content), hashlib.sha256(content).hexdigest(), content)
