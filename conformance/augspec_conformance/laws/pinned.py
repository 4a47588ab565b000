"""J8: what was published holds: the corpus's draws and results, on every backend and in every later release."""

from __future__ import annotations

from augspec_conformance.cases.probes import sample_of
from augspec_conformance.corpus import Draws, digest, draws_of, entry, families, results_of
from augspec_conformance.law import Case, Law, Tier, require
from augspec_conformance.subject import Subject

__all__ = ["LAWS"]

_EVERY = {"kat": 2, "smoke": 5}
"""One entry out of so many is asked for its results; the draws of all of them are asked at every tier."""


def _holds(subject: Subject, case: Case) -> None:
    family = case.context.get("family")
    if family is not None:
        for one in families()[family]:
            _require_draws(draws_of(subject, one.case), one.draws, f"the draws of {one.case.name}")
        return
    one = entry(case.name)
    pixels = digest(sample_of(one.case))[:16]
    assert pixels == one.pixels, f"the probe of {case.name} has changed: the corpus cannot be asked any more"
    found = results_of(subject, one.case)
    if any(found.get(name) != expected for name, expected in one.results.items()):
        _require_draws(draws_of(subject, one.case), one.draws, "the draws")  # says more than a digest can
    for name, expected in one.results.items():
        require(found.get(name) == expected, f"the SHA-256 of {name}", expected=expected, got=found.get(name))


def _require_draws(found: Draws, expected: Draws, what: str) -> None:
    require(set(found) == set(expected), f"{what}: the paths", expected=sorted(expected), got=sorted(found))
    for path, values in expected.items():
        require(found[path] == values, f"{what}: {path}", expected=values, got=found[path])


def _j8_cases(tier: Tier) -> tuple[Case, ...]:
    """Return one case per family for the draws of all its entries, and entries for their results (all at tier full).

    Drawing compiles nothing, so that compiled modes are asked all of the draws. The tier kat compiles nothing at all.
    """
    found = []
    for family, ones in families().items():
        found.append(Case(name=f"draws of {family}", context={"family": family}, reach="dear"))
        for number, one in enumerate(ones):
            if number % _EVERY.get(tier, 1):
                continue
            found.append(one.case if tier == "full" else one.case.with_(reach="eager"))
    return tuple(found)


LAWS = (
    Law(
        "J8",
        "the pinned corpus",
        ("R2", "C2", "E1"),
        "Draws and exact results of the published cases hold, to the bit.",
        _holds,
        _j8_cases,
        pinned=True,
    ),
)
