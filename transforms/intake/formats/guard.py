"""Open a zip archive after checking what unpacking it would cost, and read its parts by name."""

import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass

from transforms.intake.cells import UnreadableFileError
from transforms.intake.formats import limits

_MANIFEST = "meta-inf/manifest.xml"
_DRIVE = re.compile(r"[A-Za-z]:")
# In every encoding that a parser of XML may detect. In texts of cells "<" is escaped.
_DOCTYPE = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"))


@dataclass(frozen=True)
class Archive:
    """A zip archive that is safe to read. Names are looked up without regard to case and kind of slash."""

    file: zipfile.ZipFile
    entries: dict[str, zipfile.ZipInfo]

    def has(self, name: str) -> bool:
        """Return whether there is a part of this name."""
        return _key(name) in self.entries

    def read(self, name: str) -> bytes:
        """Return the bytes of a part.

        Raises:
            UnreadableFileError: if it is not there.
        """
        entry = self.entries.get(_key(name))
        if entry is None:
            raise UnreadableFileError(f"文件不完整：缺少“{name}”")
        return self.file.read(entry)


def check_archive(content: bytes) -> Archive:
    """Check number, names, sizes and ratio of the entries, and that no XML part declares a type or an entity.

    Raises:
        UnreadableFileError: with the reason, in Chinese.
    """
    # Counted before the directory is read: a million entries would cost more memory than the limit.
    if content.count(b"PK\x01\x02") > limits.ENTRIES:
        raise UnreadableFileError(f"压缩包内条目超过{limits.ENTRIES}个，可能是恶意文件")
    file = _open(content)
    entries = [(_key(entry.filename), entry) for entry in file.infolist()]
    _check_names(entries)
    _check_sizes(file.infolist())
    for name, entry in entries:
        if name.endswith((".xml", ".rels", ".vml")):
            _check_doctype(name, file.read(entry))
    return Archive(file, dict(entries))


def _open(content: bytes) -> zipfile.ZipFile:
    """Open an archive; names without a mark of UTF-8 are in that encoding all the same, or in that of old systems."""
    for encoding in ("utf-8", "gb18030", None):
        try:
            return zipfile.ZipFile(io.BytesIO(content), metadata_encoding=encoding)
        except UnicodeDecodeError:
            continue
        except zipfile.BadZipFile as error:
            raise UnreadableFileError("文件不完整或已损坏（压缩结构无法读取）") from error
    raise UnreadableFileError("压缩包内的文件名无法读取")


def _key(name: str) -> str:
    return name.replace("\\", "/").removeprefix("/").casefold()


def _check_names(entries: list[tuple[str, zipfile.ZipInfo]]) -> None:
    for _, entry in entries:
        steps = entry.filename.replace("\\", "/").split("/")
        if ".." in steps or not steps[0] or _DRIVE.match(steps[0]):
            raise UnreadableFileError(f"压缩包内有指向包外的路径“{entry.filename[:60]}”，可能是恶意文件")
        if entry.flag_bits & 1:
            raise UnreadableFileError("压缩包设有密码，无法读取")
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise UnreadableFileError("压缩方式不受支持")
    if len(dict(entries)) < len(entries):
        ((name, count),) = Counter(name for name, _ in entries).most_common(1)
        raise UnreadableFileError(f"压缩包内“{name}”出现{count}次，无法判断以哪个为准")


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    for entry in entries:
        if entry.file_size > limits.RATIO_FROM and entry.file_size > limits.RATIO * max(entry.compress_size, 1):
            ratio = entry.file_size // max(entry.compress_size, 1)
            raise UnreadableFileError(f"压缩比异常（“{entry.filename[:60]}”为{ratio}:1），可能是压缩炸弹")
    total = sum(entry.file_size for entry in entries)
    if total > limits.UNPACKED:
        raise UnreadableFileError(f"解压后有{total // limits.MIB} MiB，超过{limits.UNPACKED // limits.MIB} MiB 的上限")


def _check_doctype(name: str, data: bytes) -> None:
    """Refuse a part with a document type declaration; old OpenOffice names one in its manifest, without entities."""
    if any(mark in data for mark in _DOCTYPE) and (name != _MANIFEST or b"<!ENTITY" in data):
        raise UnreadableFileError(f"“{name}”中有文档类型声明（DTD）或实体定义，可能是恶意文件")
