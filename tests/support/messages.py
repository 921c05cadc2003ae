"""The message of every case of a rule, as a person read and accepted it."""

from functools import cache

from tests.support.paths import FILES


@cache
def messages() -> dict[str, list[str]]:
    """Return the accepted messages by rule."""
    found: dict[str, list[str]] = {}
    for line in (FILES / "messages.tsv").read_text(encoding="utf-8").splitlines():
        rule, message = line.split("\t", 1)
        found.setdefault(rule, []).append(message)
    return found
