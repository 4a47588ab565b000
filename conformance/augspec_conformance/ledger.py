"""The ledger of laws: which are in, which are merged into others or declined and why, which sentence each checks.

`python -m augspec_conformance.ledger` prints the page docs/laws.md.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from augspec_conformance.law import Tier
from augspec_conformance.laws import all_laws
from augspec_conformance.power import powers
from augspec_conformance.tolerances import BUDGET, FALSE_ALARM, FALSE_PASS

__all__ = ["ELSEWHERE", "FAMILIES", "NUMBERS", "WITHOUT_LAW", "page", "sentences_without_law"]

FAMILIES = {
    "P": "Purity and state",
    "K": "Keys",
    "B": "Batches",
    "S": "Shape, dtype, structure",
    "N": "Values",
    "G": "Geometry",
    "F": "Targets together",
    "R": "Distributions",
    "C": "Compiled modes and contexts",
    "J": "Documents and honesty",
}
NUMBERS = {"P": 17, "K": 9, "B": 10, "S": 12, "N": 13, "G": 10, "F": 8, "R": 12, "C": 14, "J": 8}
"""How many laws of each family the suite's design counts: 113."""

ELSEWHERE: dict[str, tuple[str, str]] = {
    "P5": ("merged into P3", "P3 overwrites the caller's memory after a call as well, over the same arrays."),
    "K9": ("merged into K4, J1", "Comments change no draw (J1); ids, not positions, name the streams (K4)."),
    "B10": ("merged into C9", "vmap, scan and map_fn over single samples are among the users' functions there."),
    "S4": ("merged into C13", "Where results lie is asked with what they are there."),
    "S6": ("merged into S1, C9", "output_spec equals the result (S1); abstract values run in users' functions (C9)."),
    "S7": ("merged into C7", "Input pipelines hand over batches of unknown size; sides are static by C12."),
    "S9": ("merged into N1", "Both dtypes are held to the same float64 ideal, uint8 within one level."),
    "S12": ("merged into S10", "Images without rows or columns are in the table of refusals."),
    "F7": ("merged into S3, B9", "Labels pass through as the same objects; those of ops that mix are asked by B9."),
    "R6": ("merged into B2, K6", "Draws are equal at every place of a batch and for large ids: more than alike."),
    "R8": ("merged into R7", "R7 asks random_order for every order equally often."),
    "R12": ("merged into K6", "Draws are equal in every mode, bit for bit."),
    "C5": ("merged into N1, C1", "Every claimed op runs compiled in the full tier, against reference and oracle."),
    "C8": (
        "declined",
        "Loaders belong to the adapter of one framework; its own tests hold it to that (0, 2, 4 workers; fork, spawn).",
    ),
    "J2": ("merged into J1", "The normalized document has every default written out and gives the same results."),
}  # fmt: skip
"""Laws of the design that are not objects of their own: state and reason."""

WITHOUT_LAW = {
    "E3": "What explain prints is compared with what is drawn in the tests of explain.",
    "R9": "It is the first step of every other map; K5 evaluates them whole.",
    "R15": "Matrices and windows reach pixels; N1 and G1 would see a bit's difference.",
}
"""Sentences of the specification that no law names, and why."""

_LABEL = re.compile(r"^- \*\*([CETR]\d+)", re.MULTILINE)


def sentences_without_law(specification: str) -> tuple[set[str], set[str]]:
    """Return labels of the specification's text that no law names, and labels that laws name and it lacks."""
    written = set(_LABEL.findall(specification))
    named = {rule for law in all_laws() for rule in law.rules}
    return written - named, named - written


def page() -> str:
    """Return docs/laws.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    laws = {law.id: law for law in all_laws()}
    yield "# The laws"
    yield ""
    yield "By `python -m augspec_conformance.ledger`. Labels are those of the [specification](specification.md)."
    yield f"{len(laws)} laws run; `augspec conformance laws` lists them with their sentences, too."
    stat, stress = _alone("stat"), _alone("stress")
    yield f"The tier full asks all but {stat} of the tier stat, and {stress} of the tier stress."
    for letter, title in FAMILIES.items():
        yield from ("", f"## {letter}: {title}", "", "| law | what holds | sentences |", "|---|---|---|")
        numbers = [int(name[1:]) for name in laws if name[0] == letter]
        for number in range(1, max(*numbers, NUMBERS[letter]) + 1):
            name = f"{letter}{number}"
            if name in laws:
                law = laws[name]
                yield f"| {name} {law.title} | {law.sentence} | {' '.join(law.rules)} |"
            elif name in ELSEWHERE:
                state, reason = ELSEWHERE[name]
                yield f"| {name} | *{state}*: {reason} | |"
    yield from (
        "",
        "## What the statistics see",
        "",
        f"One test is a false alarm with a probability of {FALSE_ALARM:.0e}, all that a backend's run makes together",
        f"with less than {BUDGET:.0e}, counted as they run. What is off by as much as this is missed with",
        f"{FALSE_PASS:.0e} at most:",
        "",
        "| what | laws | samples | is seen from | promised |",
        "|---|---|---|---|---|",
        *(f"| {one.what} | {one.laws} | {one.n} | {one.least:.2g} | {one.declared:.2g} |" for one in powers()),
    )
    yield from ("", "## From sentences to laws", "", "| sentence | laws |", "|---|---|")
    named: dict[str, list[str]] = {label: [] for label in WITHOUT_LAW}
    for law in laws.values():
        for rule in law.rules:
            named.setdefault(rule, []).append(law.id)
    for label in sorted(named, key=lambda label: ("CETR".index(label[0]), int(label[1:]))):
        found = ", ".join(sorted(named[label], key=lambda name: (list(FAMILIES).index(name[0]), int(name[1:]))))
        yield f"| {label} | {found or WITHOUT_LAW[label]} |"


def _alone(tier: Tier) -> str:
    """Return the laws that a tier asks and full does not."""
    late = (law for law in all_laws() if not law.cases("smoke") and not law.cases("full"))  # quick lists first
    return " and ".join(law.id for law in late if law.cases(tier))


if __name__ == "__main__":
    sys.stdout.write(page())
