"""The eight chapters of the guide: their parts, the statements each must contain, and words that show a statement."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from contracts.naming import name_key
from contracts.round import KINDS, Kind
from contracts.yaml_source import STRICT, ContractFault


@dataclass(frozen=True, config=STRICT)
class Statement:
    """A statement that a part must contain; any of `words` in its text shows it."""

    what: str
    words: Annotated[tuple[str, ...], Field(min_length=1)]
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)] = KINDS


@dataclass(frozen=True, config=STRICT)
class Part:
    """One part of a chapter; a chapter without parts has one part with the title of the chapter.

    Attributes:
        states: statements that it must contain.
        sentence: literal sentence of the guide.
        least: minimum length in characters.
        aliases: other headings of the part, in any chapter.
        headings: other headings of the part, only in its own chapter.
    """

    id: Annotated[str, Field(pattern=r"^[1-8](\.[cp]?\d)?$")]
    title: str
    states: Annotated[tuple[Statement, ...], Field(min_length=2)]
    sentence: str
    least: Annotated[int, Field(gt=0, lt=1000)]
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)] = KINDS
    aliases: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()

    def stated(self, kind: str) -> tuple[Statement, ...]:
        """Return the statements required in the plan of a city or of a park."""
        return tuple(one for one in self.states if kind in one.kinds)


@dataclass(frozen=True, config=STRICT)
class Chapter:
    """One of the eight chapters; without parts it has a single part with its own title."""

    number: str
    title: str
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]
    aliases: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Return whether the chapter has no parts."""
        return len(self.parts) == 1 and self.parts[0].title == self.title

    @property
    def name(self) -> str:
        """Return number and title as printed in the guide."""
        return f"{self.number}、{self.title}"


@dataclass(frozen=True, config=STRICT)
class Guide:
    """The eight chapters, and the words used to find targets in prose.

    Attributes:
        units: that may follow a number.
        own: prefixes of an indicator's name that mean the whole pilot; ignored. `own_city` and `own_park` mean a
            pilot of that kind; to the other kind they are the city around it, or a part.
        wider: the same for more than the pilot.
        fillers: words without meaning for the indicator; ignored.
        places: words that narrow a subject and those after it in the sentence.
        scopes: words that narrow only where they are in brackets at the subject.
        traditional: pairs of a traditional character and its simplified form.
    """

    chapters: Annotated[tuple[Chapter, ...], Field(min_length=8, max_length=8)]
    units: tuple[str, ...]
    own: tuple[str, ...]
    own_city: tuple[str, ...]
    own_park: tuple[str, ...]
    wider: tuple[str, ...]
    fillers: tuple[str, ...]
    places: tuple[str, ...]
    scopes: tuple[str, ...]
    traditional: tuple[Annotated[str, Field(min_length=2, max_length=2)], ...] = ()

    def faults(self) -> Iterator[ContractFault]:
        """Yield parts in the wrong chapter, and ids and titles with two meanings."""
        for at, chapter in enumerate(self.chapters, 1):
            for part in chapter.parts:
                if part.id.split(".")[0] != str(at):
                    yield (), f"part {part.id} does not belong into chapter {at}"
        ids = Counter(part.id for chapter in self.chapters for part in chapter.parts)
        yield from (((), f"part {one} is listed twice") for one, n in ids.items() if n > 1)
        for kind in KINDS:
            mine = [(chapter, part) for chapter in self.chapters for part in chapter.parts if kind in part.kinds]
            spelled = [{chapter.title, *chapter.aliases} for chapter in self.chapters]
            spelled += [{part.title, *part.aliases} for chapter, part in mine if not chapter.whole]
            names = Counter(name_key(name) for names in spelled for name in names)
            yield from (((), f"title or alias {name!r} means more than one part") for name, n in names.items() if n > 1)
            for chapter in self.chapters:
                if not any(one is chapter and part.stated(kind) for one, part in mine):
                    yield (), f"chapter {chapter.number} has no part for a {kind}"

    def own_words(self, kind: str) -> tuple[str, ...]:
        """Return the prefixes that mean the whole of a city or of a park."""
        return (*self.own, *(self.own_city if kind == "city" else self.own_park))

    def parts_of(self, kind: str) -> list[tuple[Chapter, Part]]:
        """Return the parts required in the plan of a city or of a park, in the order of the guide."""
        return [(chapter, part) for chapter in self.chapters for part in chapter.parts if kind in part.kinds]

    def of(self, part_id: str) -> tuple[Chapter, Part]:
        """Return a part by its id, with its chapter."""
        return next((chapter, part) for chapter in self.chapters for part in chapter.parts if part.id == part_id)
