"""Takes good workbooks apart and puts them together differently: other namespaces, encryption, macros, zip entries."""

import io
import zipfile
from collections.abc import Callable, Mapping

from msoffcrypto.format.ooxml import OOXMLFile

STRICT = (
    (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
    (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
)


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(entries: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def changed(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    return packed({name: change(name, data) for name, data in parts(content).items()})


def strict(content: bytes) -> bytes:
    """The same workbook as “Strict Open XML”."""

    def replace(_: str, data: bytes) -> bytes:
        for transitional, other in STRICT:
            data = data.replace(transitional, other)
        return data

    return changed(content, replace)


def with_macro(content: bytes) -> bytes:
    return packed(parts(content) | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 made for this test"})


def encrypted(content: bytes, password: str) -> bytes:
    buffer = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, buffer)
    return buffer.getvalue()
