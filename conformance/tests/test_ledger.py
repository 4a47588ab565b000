"""Every law of the design is in, merged or declined with a reason; every sentence has its laws; the page says so."""

from __future__ import annotations

import re
from pathlib import Path

from augspec_conformance.laws import all_laws
from augspec_conformance.ledger import ELSEWHERE, FAMILIES, NUMBERS, WITHOUT_LAW, page, sentences_without_law

DOCS = Path(__file__).parents[2] / "docs"
LAWS = {law.id for law in all_laws()}


def test_every_law_of_the_design_is_accounted_for_once() -> None:
    design = {f"{letter}{number}" for letter, count in NUMBERS.items() for number in range(1, count + 1)}
    assert len(design) == 113
    assert design - LAWS == set(ELSEWHERE) & design
    assert not set(ELSEWHERE) & LAWS
    assert all(name[0] in FAMILIES for name in LAWS)


def test_merged_laws_name_laws_and_every_reason_is_a_sentence() -> None:
    for name, (state, reason) in ELSEWHERE.items():
        assert re.fullmatch(r"later|declined|merged into [A-Z]\d+(, [A-Z]\d+)*", state), (name, state)
        assert set(re.findall(r"[A-Z]\d+", state)) <= LAWS, (name, state)
        assert reason.endswith(".")


def test_sentences_and_laws_meet() -> None:
    without, unknown = sentences_without_law((DOCS / "specification.md").read_text(encoding="utf-8"))
    assert without == set(WITHOUT_LAW)
    assert unknown == set()


def test_the_page_is_what_the_ledger_prints() -> None:
    assert (DOCS / "laws.md").read_text(encoding="utf-8") == page()
