"""Convert a strict OOXML .docx to transitional: the same parts, other namespaces."""

import io
import re
import zipfile

from transforms.intake.formats.guard import Archive

# Only as a whole value: in a text it is an address.
_STRICT = re.compile(rb"""(?<=["'])http://purl\.oclc\.org/ooxml/(\w+)/(?=[\w/-]+["'])""")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/"
_TELLING = ("_rels/.rels", "word/document.xml")
_ROOT = 8192  # bytes in which the first element of a part names its namespaces


def as_transitional(content: bytes, archive: Archive) -> bytes:
    """Return the document as transitional OOXML; unchanged if it is already."""
    if not any(_STRICT.search(archive.read(name)[:_ROOT]) for name in _TELLING if archive.has(name)):
        return content
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_STORED) as target:
        for entry in archive.file.infolist():
            part = archive.file.read(entry)
            if entry.filename.lower().endswith((".xml", ".rels")):
                part = _STRICT.sub(_TRANSITIONAL, part)
            target.writestr(entry.filename, part)
    return result.getvalue()
