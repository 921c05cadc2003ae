"""Detect what a file is by its content, never by its name."""

from transforms.intake.cells import UnreadableFileError

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Before Excel 97 a workbook could be a bare stream of records, which begins with one of these.
BARE_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")

_OTHERS = (
    (b"%PDF", "PDF 文件"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"{\\rtf", "RTF 文档"),
    (b"\x7fELF", "程序"),
    (b"MZ", "程序"),
)
_IN_OLE = (("WordDocument", "Word 文档"), ("PowerPoint Document", "演示文稿"), ("__properties_version1.0", "邮件"))


def refuse_others(content: bytes) -> None:
    """Refuse a file of a known kind that is no workbook.

    Raises:
        UnreadableFileError: if it is of a kind that is known.
    """
    for magic, kind in _OTHERS:
        if content.startswith(magic):
            raise UnreadableFileError(f"不是工作簿，而是{kind}")
    if content.startswith(b"PK\x05\x06"):
        raise UnreadableFileError("是一个空的压缩包，不是工作簿")
    head = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise UnreadableFileError("是“XML 表格2003”格式，不受支持；请用 Excel 或 WPS 打开后另存为 .xlsx 工作簿")
    if b"mime-version:" in head or b"content-type: multipart/related" in head:
        raise UnreadableFileError("不是工作簿，而是网页存档（.mht）；请用 Excel 或 WPS 打开后另存为 .xlsx 工作簿")
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml")):
        raise UnreadableFileError(
            "不是工作簿，而是网页或 XML 文件（可能由系统导出后改了扩展名）；请用 Excel 或 WPS 打开后另存为 .xlsx 工作簿"
        )


def is_workbook(content: bytes) -> bool:
    """Return whether a file is a workbook of Excel or WPS and no document, by a plain search as in `ole_has`."""
    if content.startswith(ZIP):
        return b"xl/workbook." in content and b"word/document." not in content
    return content.startswith(OLE) and ole_has(content, "Workbook") and not ole_has(content, "WordDocument")


def ole_has(content: bytes, stream: str) -> bool:
    """Return whether a compound file has a stream, by a plain search: its directory may be an endless loop."""
    return (stream + "\0").encode("utf-16-le") in content


def ole_kind(content: bytes) -> str | None:
    """Return what a compound file without a workbook is, in Chinese; None if unknown."""
    return next((kind for stream, kind in _IN_OLE if ole_has(content, stream)), None)
