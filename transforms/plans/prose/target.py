"""One target in the prose of a plan."""

from dataclasses import dataclass
from decimal import Decimal

_QUOTE = 120


@dataclass(frozen=True, slots=True)
class Target:
    """One figure in the prose of a plan.

    Attributes:
        subject: what is measured, as written, without words before it that say nothing; `key`: to look it up by.
        phrase: the whole noun phrase, and `asides` the brackets at it: what the scope is decided from.
        year: None where the paragraph names none.
        qualifier: exact, at_least, at_most or about.
        value: as printed, of a change how much; `unit` None where there is none.
        form: `level`, `change` or `increment`; a change `falls` or rises, in each year (`yearly`) or over all.
        base_year: the year that a change is counted from, None where it is not named.
        total: whether a word says that years are added up (累计); `hoped`: that it is only striven for (力争).
        beside: the subject before it in the same clause, whose place it shares: 中心城区甲达60%、乙达70%.
        within: the place that an earlier clause of the sentence is about: 支持某某县创建….
        paragraph: its position, below which `heading`; `sentence` as printed.
    """

    subject: str
    key: str
    phrase: str
    asides: tuple[str, ...]
    year: int | None
    qualifier: str
    value: Decimal
    unit: str | None
    form: str
    falls: bool = False
    yearly: bool = False
    base_year: int | None = None
    total: bool = False
    hoped: bool = False
    beside: str = ""
    within: str = ""
    paragraph: str = ""
    heading: str = ""
    sentence: str = ""

    @property
    def quote(self) -> str:
        """The sentence, cut where it is long."""
        return self.sentence if len(self.sentence) <= _QUOTE else self.sentence[: _QUOTE - 1] + "…"
