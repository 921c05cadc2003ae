"""Find the targets in the prose of a plan: paragraph → sentences → clauses."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from contracts.guide import Guide
from contracts.indicators import Table
from transforms.plans.prose.clauses import Context, read_clause
from transforms.plans.prose.lines import join_lines
from transforms.plans.prose.sentences import split_clauses, split_sentences
from transforms.plans.prose.subjects import Known
from transforms.plans.prose.target import Target
from transforms.plans.word.text import Paragraph


def known_wordings(tables: Iterable[Table]) -> frozenset[str]:
    """Return every wording of every indicator, by which subjects are recognised."""
    return frozenset(key for table in tables for key in (*table.by_wording, *table.by_growth))


def find_targets(paragraphs: Iterable[tuple[str, Paragraph]], guide: Guide, known: Known) -> tuple[Target, ...]:
    """Return every figure of paragraphs; each paragraph comes with the heading above it."""
    return tuple(
        replace(target, paragraph=paragraph.place, heading=heading)
        for heading, paragraph in join_lines(list(paragraphs))
        if not paragraph.table
        for target in read_paragraph(paragraph.text, guide, known)
    )


def read_paragraph(text: str, guide: Guide, known: Known) -> Iterator[Target]:
    """Yield the figures of one paragraph. A year applies until the next year."""
    context = Context()
    for sentence in split_sentences(text, guide):
        context.next_sentence()
        for clause, mark in split_clauses(sentence):
            if mark == ";" and any(time.role == "frame" for time in sentence.times(clause)):
                context.base = None  # 与2015年相比，…；到2025年，…
            for target in read_clause(clause, sentence, context, guide, known):
                yield replace(target, sentence=sentence.raw)
