"""Dataclasses of a plan that was read: paragraphs with place and level, and tables."""

from dataclasses import dataclass

from transforms.intake.cells import Sheet

BODY = 99  # the level of a paragraph that is no heading


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of text.

    Attributes:
        place: its position in Chinese: 第12段, 脚注3.
        text: without its automatic number.
        label: its automatic number, as Word shows it.
        outline: the heading level by its style from 1 on, None where the style makes no heading of it.
        strong: whether all of it is bold or centred.
        table: whether it is what a table says, which counts as text of its section and is never a heading.
    """

    place: str
    text: str
    label: str = ""
    outline: int | None = None
    strong: bool = False
    table: bool = False


@dataclass(frozen=True, slots=True)
class PlanText:
    """Text of a plan: paragraphs in reading order, footnotes, and the tables as sheets: 方案表1, 方案表2."""

    paragraphs: tuple[Paragraph, ...]
    notes: tuple[Paragraph, ...]
    tables: tuple[Sheet, ...]
