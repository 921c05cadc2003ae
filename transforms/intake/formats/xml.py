"""Walks through an XML part with expat: no tree in memory, no DTD, a limit on the number of elements."""

from collections.abc import Callable
from xml.parsers import expat

from transforms.intake.cells import Unreadable
from transforms.intake.formats import limits

Attributes = dict[str, str]


def walk(
    data: bytes,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Call back for every element and every run of text.

    Elements come by their local name, attributes that have a namespace as `namespace name`. That makes strict and
    transitional OOXML, which differ in their namespaces, the same.

    Raises:
        Unreadable: if there are too many elements, or a DTD.
        xml.parsers.expat.ExpatError: if the XML is not well-formed.
    """
    # Counting is a hundred times faster than parsing.
    if data.count(b"<") - data.count(b"</") > limits.ELEMENTS:
        raise Unreadable(f"工作表的行或单元格过多（超过 {limits.ELEMENTS} 个元素），请删除多余的空行后重新报送")
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    names: dict[str, str] = {}

    def started(name: str, attributes: Attributes) -> None:
        local = names.get(name)
        if local is None:
            local = names[name] = name.rpartition(" ")[2]
        start(local, attributes)

    def ended(name: str) -> None:
        if end is not None:
            end(names[name])

    def doctype(*_: object) -> None:
        raise Unreadable("XML 中有文档类型声明（DTD）或实体定义，可能是恶意文件")

    parser.StartElementHandler = started
    if end is not None:
        parser.EndElementHandler = ended
    if text is not None:
        parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    parser.Parse(data, True)


def named(attributes: Attributes, name: str) -> str | None:
    """An attribute by its local name, whatever its namespace."""
    return next((value for key, value in attributes.items() if key.rpartition(" ")[2] == name), None)
