"""Open a zip archive after checking what unpacking it would cost, and read its parts by name."""

import io
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from xml.parsers import expat

from transforms.intake.cells import UnreadableFileError
from transforms.intake.formats import limits

_MANIFEST = "meta-inf/manifest.xml"
_CHUNK = 16_384
_REMEMBERED = 8 * limits.MIB


@dataclass(frozen=True)
class Archive:
    """A zip archive that is safe to read. Names are looked up without regard to case and kind of slash.

    `parts` holds those that were unpacked to be checked, up to `_REMEMBERED` bytes.
    """

    file: zipfile.ZipFile
    entries: dict[str, zipfile.ZipInfo]
    parts: dict[str, bytes] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Return whether there is a part of this name."""
        return _key(name) in self.entries

    def read(self, name: str) -> bytes:
        """Return the bytes of a part.

        Raises:
            UnreadableFileError: if it is not there.
        """
        key = _key(name)
        if key in self.parts:
            return self.parts[key]
        entry = self.entries.get(key)
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
    try:
        file = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise UnreadableFileError("文件不完整或已损坏（压缩结构无法读取）") from error
    entries = [(_key(entry.filename), entry) for entry in file.infolist()]
    _check_names(entries)
    _check_sizes(file.infolist())
    archive = Archive(file, dict(entries))
    room = _REMEMBERED
    for name, entry in entries:
        if name.endswith((".xml", ".rels", ".vml")):
            data = file.read(entry)
            _check_prolog(name, data)
            room -= len(data)
            if room > 0:
                archive.parts[name] = data
    return archive


def _key(name: str) -> str:
    return name.replace("\\", "/").removeprefix("/").casefold()


def _check_names(entries: list[tuple[str, zipfile.ZipInfo]]) -> None:
    for _, entry in entries:
        steps = entry.filename.replace("\\", "/").split("/")
        if ".." in steps or not steps[0] or ":" in steps[0]:
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


def _check_prolog(name: str, data: bytes) -> None:
    """Refuse a document type declaration, which can only come before the first element; the rest is not parsed."""
    if b"<!DOCTYPE" not in data and b"\0" not in data:
        return  # in no encoding that the parser knows can there be one: UTF-16 has a zero in every second byte of it
    parser = expat.ParserCreate()
    reached: list[str] = []

    def doctype(_name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        # Old OpenOffice files name a DTD in their manifest, and declare nothing in it.
        if has_subset or name != _MANIFEST:
            raise UnreadableFileError(f"“{name}”中有文档类型声明（DTD）或实体定义，可能是恶意文件")

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = lambda tag, _: reached.append(tag)
    try:
        for at in range(0, len(data), _CHUNK):
            parser.Parse(data[at : at + _CHUNK])
            if reached:
                return
    except expat.ExpatError:
        return  # a part that is needed and not well-formed is found out when it is read
