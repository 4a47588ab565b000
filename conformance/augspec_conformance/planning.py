"""The plan: which laws a tier asks, with which cases, and in which modes these are affordable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import get_args

from augspec_conformance.law import Case, Law, Tier
from augspec_conformance.laws import all_laws
from augspec_conformance.seeds import reseeded
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import DRAWS_STAT

__all__ = ["PROOF", "TIERS", "BadRequest", "cases_under", "known_tier", "plan_cases", "select_laws"]

TIERS: tuple[Tier, ...] = get_args(Tier)

PROOF = "C4"
"""The law that a compiled mode is one: it is asked first, and where it fails nothing that passes counts."""

_STATISTICS = "R"
"""The family of the tier stat: each of its cases with four times the draws."""

_AT_MOST = {"jax": 3, "tensorflow": 3, "torch": 16}
"""At the tier smoke, so many of a law's cases for uncompiled modes, evenly spread, by framework: op by op, a call takes
ten to a hundred times as long as NumPy's. Other backends are asked all of them, and these ones at the tier full."""

_COMPILES_OPS = ("jax",)
"""Frameworks that, op by op, compile each op for each shape: at the tier smoke, the eager mode of these is asked what
modes are in which compilations are dear."""

_OF_MANY_SHAPES = ("N14", "R13", "R14")
"""Laws whose cases all have shapes or policies of their own: any two choices, or draws that are read from the pixels
of thousands of samples."""

_SHAPES_AT_MOST = 12
"""So many of their cases, evenly spread, where each op is compiled for each shape: ten seconds a case otherwise. Equal
draws (K6) and equal pixels (N1) are asked of every op."""

_REACHES = {"eager": ("eager", "graph", "dear"), "graph": ("graph", "dear"), "dear": ("dear",)}


class BadRequest(ValueError):
    """What was asked for cannot be run: an unknown law, mode or tier, no backend, or not one case for it."""


def known_tier(tier: str) -> Tier:
    """Return the tier.

    Raises:
        BadRequest: there is no such tier.
    """
    for known in TIERS:
        if tier == known:
            return known
    raise BadRequest(f"no tier {tier!r}; there are {', '.join(TIERS)}")


def select_laws(ids: Iterable[str] | None = None) -> tuple[Law, ...]:
    """Return the laws of these ids, in the suite's order."""
    laws = all_laws()
    if ids is None:
        return laws
    wanted = list(ids)
    unknown = sorted(set(wanted) - {law.id for law in laws})
    if unknown:
        raise BadRequest(f"unknown laws {', '.join(unknown)}; known are {', '.join(law.id for law in laws)}")
    return tuple(law for law in laws if law.id in wanted)


def plan_cases(law: Law, subject: Subject, tier: Tier, *, seed: int = 0) -> Iterator[Case]:
    """Yield a law's cases that a subject's mode can afford, under a run seed; none if the tier does not ask it."""
    dear = tier == "smoke" and subject.mode == "eager" and subject.adapter.FRAMEWORK in _COMPILES_OPS
    affordable = _REACHES["dear" if dear else subject.cost] if law.scope == "modes" else _REACHES["eager"]
    cases = [case for case in cases_under(law, tier, seed) if case.reach in affordable]
    eager = [place for place, case in enumerate(cases) if case.reach == "eager"]
    framework, most = subject.adapter.FRAMEWORK, len(eager)
    if tier == "smoke":
        most = _AT_MOST.get(framework, most)
    elif law.id in _OF_MANY_SHAPES and framework in _COMPILES_OPS:
        most = _SHAPES_AT_MOST
    kept = {eager[number] for number in _spread(len(eager), most)}
    for place, case in enumerate(cases):
        if case.reach != "eager" or place in kept:
            yield case


def _spread(count: int, most: int) -> Iterator[int]:
    """Yield at most so many places of a list, evenly spread; every second one a step later: grids alternate dtypes."""
    for number in range(min(most, count)):
        yield min(count - 1, number * count // most + (number % 2 if most < count else 0))


@cache
def cases_under(law: Law, tier: Tier, seed: int) -> tuple[Case, ...]:
    """Return all cases of a law at a tier under a run seed; none if the tier does not ask the law."""
    if tier == "stat" and law.id.startswith(_STATISTICS):
        cases = tuple(case.with_(context={**case.context, "n": DRAWS_STAT}) for case in law.cases(tier))
    else:
        cases = law.cases(tier) if tier in law.tiers else ()
    return tuple(reseeded(law, case, seed) for case in cases)
