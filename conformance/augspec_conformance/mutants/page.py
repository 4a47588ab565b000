"""`python -m augspec_conformance.mutants.page` prints docs/teeth.md: what was measured about the suite's own teeth."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

from augspec_conformance import calibrate
from augspec_conformance.laws import all_laws
from augspec_conformance.mutants import legal, mutants
from augspec_conformance.mutants.graded import GRADES
from augspec_conformance.mutants.graded import KEPT as GRADED
from augspec_conformance.mutants.mutant import Mutant
from augspec_conformance.mutants.necessity import KEPT as NECESSARY
from augspec_conformance.mutants.robustness import KILLS, VARIANTS, enough, statistical
from augspec_conformance.tolerances import FALSE_ALARM

__all__ = ["page"]

DESIGNED = 70
"""Faulty backends that the suite's design lists, M01 to M70; variants of one carry a letter."""

_COMMANDS = """\
```sh
augspec conformance mutants                    # each faulty backend against the laws that must find it, once
augspec conformance mutants --seeds 20         # over twenty run seeds, and the legal variants
augspec conformance necessity                  # for each law a fault that it alone finds
augspec conformance grades                     # faults from gross to tiny
augspec conformance calibrate --runs 1000      # false alarms and misses of the statistical tests
```
"""


def page() -> str:
    """Return docs/teeth.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Teeth"
    yield ""
    yield (
        "A suite that finds nothing proves nothing unless it can find something. By "
        "`python -m augspec_conformance.mutants.page`, from the measurements in "
        "`conformance/augspec_conformance/mutants/measured/`. They were made with `--results` and that folder by:"
    )
    yield from ("", *_COMMANDS.splitlines(), "")
    yield (
        "A kill counts only if an expected law reports a violation of its own, on a case that the healthy backend "
        "passes, or is not asked because it claims other things."
    )
    yield from _kills()
    yield from _variants()
    yield from _necessity()
    yield from _grades()
    yield from _calibration()


def _table(*columns: str) -> Iterator[str]:
    yield ""
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"


def _seeds(line: dict[str, Any] | None) -> int:
    return len(line["seeds"]) if line else 0


def _kills() -> Iterator[str]:
    lines, every = KILLS.lines(), mutants()
    designed = {m.id for m in every if re.fullmatch(r"M\d+", m.id) and int(m.id[1:]) <= DESIGNED}
    yield from ("", "## Faulty backends", "")
    yield (
        f"{len(every)} faulty backends: {len(designed)} are those of the design, M01 to M{DESIGNED}, "
        f"{len(every) - len(designed)} are others. A statistical one must be killed under every run seed, each "
        "other one under 19 of 20."
    )
    counts = sorted({_seeds(lines.get(m.id)) for m in every}, reverse=True)
    for count in counts:
        asked = [m for m in every if _seeds(lines.get(m.id)) == count]
        if not count:
            yield f"Not measured over seeds yet: {', '.join(m.id for m in asked)}."
            continue
        good = [m for m in asked if enough(m, count - len(lines[m.id]["survived"]), count)]
        some = [m for m in asked if statistical(m)]
        yield (
            f"Over {count} run seeds: {len(asked)} asked ({len(some)} statistical), {len(good)} killed often enough, "
            f"{sum(not lines[m.id]['survived'] for m in asked)} under every seed."
        )
    weak = [m.id for m in every if m.id in lines and not _enough(m, lines[m.id])]
    yield f"Killed too seldom: {', '.join(weak) or 'none'}."
    yield from _table("mutant", "base", "fault", "expected laws", "killed", "by")
    for mutant in every:
        line = lines.get(mutant.id)
        by = ", ".join(f"{law} {count}" for law, count in line["laws"].items()) if line else ""
        killed = f"{_seeds(line) - len(line['survived'])} of {_seeds(line)}" if line else "not measured"
        yield f"| {mutant.id} | {mutant.base} | {mutant.title} | {', '.join(mutant.killers)} | {killed} | {by} |"


def _enough(mutant: Mutant, line: dict[str, Any]) -> bool:
    return enough(mutant, _seeds(line) - len(line["survived"]), _seeds(line))


def _variants() -> Iterator[str]:
    lines = VARIANTS.lines()
    yield from ("", "## Legal variants", "")
    yield (
        f"{len(legal())} backends that differ from the reference in what the specification leaves open. No law may "
        "find anything. Each is asked a few cases of every law under a seed, others under the next."
    )
    yield from _table("variant", "what it does", "seeds", "cases passed", "findings")
    for variant in legal():
        line = lines.get(variant.id)
        if line is None:
            yield f"| {variant.id} | {variant.title} | not measured | | |"
            continue
        found = sum(len(texts) for texts in line["findings"].values())
        yield f"| {variant.id} | {variant.title} | {_seeds(line)} | {line['passed']} | {found} |"


def _necessity() -> Iterator[str]:
    lines, laws = NECESSARY.lines(), all_laws()
    alone = [law for law in laws if law.id in lines and lines[law.id]["alone"]]
    yield from ("", "## Necessity", "")
    yield (
        f"A law that finds only what others find could be left out. {len(alone)} of {len(laws)} laws have a fault that "
        "they alone find, of all laws at tier smoke. Where a number of cases is given, the other laws were asked so "
        "many of their cases in each mode, evenly spread, and the expected ones all."
    )
    asked = [law.id for law in laws if law.id not in lines]
    if asked:
        yield f"Not measured yet: {', '.join(asked)}."
    yield from _table("law", "", "alone finds", "cases of each other law", "found by another law as well")
    for law in laws:
        line = lines.get(law.id)
        if line is None:
            continue
        shared = ", ".join(f"{mutant} ({other})" for mutant, other in line["shared"].items())
        yield f"| {law.id} | {law.title} | {line['alone'] or 'nothing yet'} | {line['each'] or 'all'} | {shared} |"


def _grades() -> Iterator[str]:
    lines, fault = GRADED.lines(), ""
    yield from ("", "## Resolution", "")
    yield (
        "One fault in sizes from gross to tiny. Laws with a reference compare with the NumPy reference, the float64 "
        "oracle or published numbers; the first of them that finds the fault is named. The others need none of these: "
        "all that find it are named, of the families in brackets. What survives both, the suite cannot see."
    )
    yield from _table("fault", "size", "with a reference", "without")
    for grade in GRADES:
        line = lines.get(grade.name)
        size = f"{grade.size:g} {grade.unit}".strip()
        shown, fault = "" if grade.fault == fault else f"{grade.fault} ({', '.join(grade.asked)})", grade.fault
        if line is None:
            yield f"| {shown} | {size} | not measured | |"
            continue
        yield f"| {shown} | {size} | {line['reference'] or 'survives'} | {', '.join(line['without']) or 'survives'} |"


def _calibration() -> Iterator[str]:
    lines = calibrate.KEPT.lines()
    yield from ("", "## Statistics", "")
    yield (
        f"Every statistical test has a false-alarm rate of {FALSE_ALARM:g}. The tests of one run at tier full are "
        "counted in the suite's own tests, which hold their sum below 1e-6. At this level each test misses a "
        "discrepancy of this size with probability 1e-6 (computed, not measured):"
    )
    yield from _table("test", "samples", "discrepancy")
    for name, samples, least in calibrate.declared_power():
        yield f"| {name} | {samples} | {least:.4f} |"
    yield ""
    yield (
        "So rare an alarm cannot be counted. The same tests were run at levels at which it can, on "
        f"{calibrate.SAMPLES} draws of the reference under as many keys as there were runs. Wrong runs are false "
        "alarms where there is no discrepancy, and misses where there is the declared one, which may be missed at a "
        f"rate of {calibrate.BETA:g}. The bounds hold for every number of samples and are no approximations, so that "
        "measured rates are well below."
    )
    yield from _table("test", "level", "discrepancy", "alarms", "wrong", "declared")
    for line in lines.values():
        rate = calibrate.Rate(**{field: value for field, value in line.items() if field != "rate"})
        declared = "" if rate.declared is None else f"{rate.declared:g}"
        wrong = "" if rate.declared is None else f"{rate.wrong / rate.runs:.4f}"
        cells = (rate.test, f"{rate.level:g}", f"{rate.off:.4f}", f"{rate.alarms} of {rate.runs}", wrong, declared)
        yield f"| {' | '.join(cells)} |"
    if not lines:
        yield "| not measured | | | | | |"


if __name__ == "__main__":
    sys.stdout.write(page())
