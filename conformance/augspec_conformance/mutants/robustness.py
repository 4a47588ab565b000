"""How often each mutant is killed over many run seeds, and that legal variants are accepted under all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from augspec_conformance.laws import all_laws
from augspec_conformance.mutants import legal, mutants
from augspec_conformance.mutants.kept import FOLDER, Kept
from augspec_conformance.mutants.mutant import Mutant
from augspec_conformance.mutants.run import Kill, restored, spread, try_mutant
from augspec_conformance.mutants.variants import DRAWING
from augspec_conformance.runner import plan_cases, run_case
from augspec_conformance.subject import Subject

__all__ = [
    "EACH",
    "KILLS",
    "VARIANTS",
    "enough",
    "findings",
    "known_kill",
    "measure_kills",
    "measure_variants",
    "statistical",
    "tidy",
]

KILLS = Kept(FOLDER / "mutants.jsonl", "mutant")
VARIANTS = Kept(FOLDER / "variants.jsonl", "variant")

EACH = 4
"""Cases of each law that a legal variant is asked under one seed; over the seeds, others."""


def statistical(mutant: Mutant) -> bool:
    """Return whether a mutant is found by a test on draws: its first expected law is one of distributions."""
    return mutant.killers[0].startswith("R")


def enough(mutant: Mutant, killed: int, seeds: int) -> bool:
    """Return whether it was killed often enough: under all seeds if it is statistical, else under 19 of 20."""
    return killed == seeds if statistical(mutant) else 20 * killed >= 19 * seeds


def measure_kills(
    chosen: Sequence[Mutant], seeds: Sequence[int], *, kept: Kept = KILLS
) -> Iterator[tuple[Mutant, dict[str, Any]]]:
    """Yield each mutant with its line, measured or, where these seeds were asked before, read.

    A line holds the seeds, how often each law was the one that killed, where it was found (law, mode and case), and the
    seeds under which the mutant survived.

    Args:
        chosen: the mutants.
        seeds: the run seeds; those that a kept line has are not asked again.
        kept: where lines are kept.
    """
    before = kept.lines()
    for mutant in chosen:
        line = before.get(mutant.id, {"mutant": mutant.id, "seeds": [], "laws": {}, "where": None, "survived": []})
        rest = [seed for seed in seeds if seed not in line["seeds"]]
        if not rest or mutant.missing():
            yield mutant, line
            continue
        laws, survived, first = Counter(line["laws"]), list(line["survived"]), _kill(line)
        for seed in rest:
            row = try_mutant(mutant, seed=seed, first=first)
            if row.kill is None:
                survived.append(seed)
            else:
                first = Kill(row.kill.law, row.kill.mode, row.kill.case)
                laws[row.kill.law] += 1
        line = {
            **line,
            "seeds": sorted([*line["seeds"], *rest]),
            "laws": dict(laws),
            "where": [first.law, first.mode, first.case] if first else None,
            "survived": sorted(survived),
        }
        kept.add(line)
        yield mutant, line


def _kill(line: dict[str, Any]) -> Kill | None:
    return Kill(*line["where"]) if line.get("where") else None


def known_kill(mutant: Mutant) -> Kill | None:
    """Return where the committed measurements found a mutant; asked first, it spares the others."""
    return _kill(KILLS.lines().get(mutant.id, {}))


def findings(variant: Mutant, seed: int, *, each: int = EACH) -> tuple[int, list[str]]:
    """Return how many cases a legal variant passed under a seed, and the messages of those that it did not.

    Args:
        variant: a legal backend.
        seed: the run seed.
        each: cases of each law, evenly spread over its list and starting at another one for each seed and variant.
    """
    passed, wrong = 0, []
    with restored():
        backend, family = variant.make(), dict[str, Subject]()
        subjects = [Subject(backend, mode, family) for mode in variant.modes or backend.capabilities.modes]
        for law in all_laws():
            if law.id.startswith("R") and variant.id not in DRAWING:
                continue  # they draw as the reference does: its statistics would be asked again
            for subject in subjects if law.scope == "modes" else subjects[:1]:
                cases = tuple(plan_cases(law, subject, "smoke", seed=seed))
                for case in spread(cases, each, int(variant.id[1:]) + seed):
                    result = run_case(law, subject, case)
                    passed += result.status == "passed"
                    if result.status in ("failed", "errored"):
                        wrong.append(result.message)
    return passed, wrong


def measure_variants(
    seeds: Sequence[int], *, each: int = EACH, kept: Kept = VARIANTS
) -> Iterator[tuple[Mutant, dict[str, Any]]]:
    """Yield each legal variant with its line: the seeds, how many cases passed, and what was found, by seed."""
    before = kept.lines()
    for variant in legal():
        line = before.get(variant.id, {"variant": variant.id, "seeds": [], "passed": 0, "findings": {}})
        rest = [seed for seed in seeds if seed not in line["seeds"]]
        if not rest or variant.missing():
            yield variant, line
            continue
        for seed in rest:
            passed, wrong = findings(variant, seed, each=each)
            found = {**line["findings"], **({str(seed): [text.splitlines()[0] for text in wrong]} if wrong else {})}
            line = {**line, "seeds": [*line["seeds"], seed], "passed": line["passed"] + passed, "findings": found}
        kept.add(line)
        yield variant, line


def tidy() -> None:
    """Keep the committed lines in the order of the mutants, one for each."""
    KILLS.rewrite(mutant.id for mutant in mutants())
    VARIANTS.rewrite(variant.id for variant in legal())
