"""Necessity: for every law a mutant that no other law kills. A law without one could be left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from augspec_conformance.law import Law
from augspec_conformance.laws import all_laws
from augspec_conformance.mutants import mutants
from augspec_conformance.mutants.kept import FOLDER, Kept
from augspec_conformance.mutants.mutant import Mutant
from augspec_conformance.mutants.run import ask

__all__ = ["KEPT", "candidates", "measure", "others_that_kill"]

KEPT = Kept(FOLDER / "laws.jsonl", "law")

_LIKELY = ("N1", "J8", "K6", "K5", "K8", "C1", "S1", "B1", "B2", "K1", "S5", "P3", "N9")
"""Laws that find most faults: asked first, so that a mutant which many laws kill costs little."""


def candidates(law: Law) -> list[Mutant]:
    """Return the mutants that this law is expected to kill: those of no other law first, NumPy's before others."""
    found = [mutant for mutant in mutants() if law.id in mutant.killers]
    return sorted(found, key=lambda mutant: (mutant.base != "numpy", len(mutant.killers), mutant.killers[0] != law.id))


def others_that_kill(mutant: Mutant, law: Law, *, each: int | None = None) -> str:
    """Return the first other law that kills a mutant; empty if none does.

    Args:
        mutant: which one.
        law: the law that is not asked.
        each: at most so many cases of each other law in each mode, evenly spread; all of tier smoke by default.
    """
    laws = {one.id: one for one in all_laws() if one.id != law.id}
    order = [*(name for name in mutant.killers if name in laws), *(name for name in _LIKELY if name in laws), *laws]
    for name in dict.fromkeys(order):
        whole = name in mutant.killers
        if ask(mutant, laws[name], tier="smoke", each=None if whole else each)[0] is not None:
            return name
    return ""


def measure(
    laws: Sequence[Law], *, each: int | None = None, again: bool = False, kept: Kept = KEPT
) -> Iterator[tuple[Law, dict[str, Any]]]:
    """Yield each law with its line: the mutant that it alone kills, or which other laws kill its mutants.

    Args:
        laws: which ones.
        each: as in `others_that_kill`.
        again: ask again where the kept line names no mutant; mutants that another law killed are not tried twice.
        kept: where lines are kept.
    """
    before = kept.lines()
    for law in laws:
        line = before.get(law.id)
        if line is None or (again and line["alone"] is None):
            line = _line(law, each, {} if line is None else line["shared"])
            kept.add(line)
        yield law, line


def _line(law: Law, each: int | None, shared: dict[str, str]) -> dict[str, Any]:
    shared = dict(shared)
    for mutant in candidates(law):
        if mutant.missing() or mutant.id in shared or ask(mutant, law)[0] is None:
            continue
        other = others_that_kill(mutant, law, each=each)
        if not other:
            return {"law": law.id, "alone": mutant.id, "each": each, "shared": shared}
        shared[mutant.id] = other
    return {"law": law.id, "alone": None, "each": each, "shared": shared}
