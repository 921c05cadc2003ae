"""Group the figures of a clause into statements, each figure with its predicate."""

from dataclasses import dataclass

from contracts.guide import Guide
from transforms.plans.prose.figures import Figure, find_figures
from transforms.plans.prose.predicates import Predicate, read_predicate
from transforms.plans.prose.sentences import Sentence
from transforms.plans.prose.subjects import LINKS, Known, cut_times, ends_known
from transforms.plans.prose.years import Time


@dataclass(frozen=True, slots=True)
class Statement:
    """Figures that follow one another with nothing but links between them, each with the words before it.

    Attributes:
        figures: at least one.
        noun: the noun phrase before the first, empty where there is none.
        times: phrases of time before the first.
    """

    figures: tuple[tuple[Figure, Predicate], ...]
    noun: str
    times: tuple[Time, ...]

    @property
    def predicate(self) -> Predicate:
        """Of the first figure, and of those that have none of their own."""
        return self.figures[0][1]

    def time(self, role: str) -> Time | None:
        """Return the phrase of time with this role nearest to the figure."""
        return next((one for one in reversed((*self.times, *self.predicate.times)) if one.role == role), None)


def find_statements(clause: str, sentence: Sentence, guide: Guide, known: Known) -> list[Statement]:
    """Return the statements of a clause from left to right."""
    groups: list[list[tuple[Figure, Predicate]]] = []
    end = 0
    for figure in find_figures(clause, guide):
        between = clause[end : figure.start]
        predicate = read_predicate(between, sentence)
        if figure.object:
            if not ends_known(figure.object, known):
                continue
            predicate.times = [*cut_times(predicate.phrase, sentence)[0], *predicate.times]
            predicate.phrase = figure.object
        if not (predicate.words or figure.bound or figure.unit):
            continue
        link = "".join(one for one in between if not sentence.asides(one))
        if groups and link in {"、", "和", "及", "与", "以及"} and _go_together(groups[-1][0], figure):
            groups[-1].append((figure, predicate))
        else:
            groups.append([(figure, predicate)])
        end = figure.end
    return [_statement(group, sentence) for group in groups]


def _statement(group: list[tuple[Figure, Predicate]], sentence: Sentence) -> Statement:
    times, noun = cut_times(group[0][1].phrase, sentence)
    return Statement(tuple(group), noun, tuple(times))


def _go_together(first: tuple[Figure, Predicate], other: Figure) -> bool:
    """Return whether a figure after 、 or 和 is in the first one's statement: same unit, or several subjects."""
    figure, predicate = first
    return figure.unit == other.unit or "each" in predicate.words or bool(LINKS.search(predicate.phrase))
