"""The verbs about the suite's own teeth: `mutants`, `necessity`, `grades` and `calibrate`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from augspec.cli import talk
from augspec.errors import nearest

if TYPE_CHECKING:
    from augspec_conformance.mutants.kept import Kept
    from augspec_conformance.mutants.mutant import Mutant

__all__ = ["calibrate", "grades", "mutants", "necessity"]

ResultsOption = Annotated[
    Path | None,
    typer.Option("--results", metavar="DIR", help="Keep results here as JSON lines, and go on from those."),
]


def mutants(
    family: Annotated[str | None, typer.Option("--family", metavar="NAME", help="Only this family.")] = None,
    mutant: Annotated[
        list[str] | None, typer.Option("--mutant", metavar="ID", help="Only this one (several times).")
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option("--seeds", metavar="N", min=1, help="Count kills over the run seeds 0 to N − 1, legal ones too."),
    ] = None,
    results: ResultsOption = None,
) -> None:
    """Run the faulty backends against the laws that must find them, and print the kill matrix."""
    from augspec_conformance.mutants.run import try_mutant
    from augspec_conformance.terminal import bar, show_matrix

    chosen = _chosen(family, mutant)
    if results is not None and seeds is None:
        raise typer.BadParameter("results are kept of runs over several seeds: say --seeds as well", param_hint="")
    if seeds is not None:
        _over_seeds(chosen, range(seeds), results, variants=family is None and not mutant)
        return
    rows = []
    with bar("mutants") as step:
        for number, entry in enumerate(chosen):
            step(number, len(chosen), entry.id)
            rows.append(try_mutant(entry))
    show_matrix(rows)
    if all(row.missing for row in rows):
        talk.error("not one mutant ran: that is no result")
        raise typer.Exit(2)
    if any(not row.killed and not row.missing for row in rows):
        raise typer.Exit(1)


def _chosen(family: str | None, ids: list[str] | None) -> list[Mutant]:
    from augspec_conformance.mutants import mutants as every

    families = list(dict.fromkeys(entry.family for entry in every()))
    if family is not None and family not in families:
        hint = nearest(family, families)
        raise typer.BadParameter(f"no family {family!r}. {hint} All: {', '.join(families)}", param_hint="--family")
    unknown = sorted(set(ids or ()) - {entry.id for entry in every()})
    if unknown:
        raise typer.BadParameter(f"no mutant {', '.join(unknown)}", param_hint="--mutant")
    return [m for m in every() if family in (None, m.family) and (not ids or m.id in ids)]


def _kept(kept: Kept, results: Path | None) -> Kept:
    """Return the file of this name in the user's folder; one that keeps nothing if there is none."""
    from augspec_conformance.mutants.kept import Kept

    return Kept(results / f"{kept.name}s.jsonl" if results else None, kept.name)


def _over_seeds(chosen: Sequence[Mutant], seeds: range, results: Path | None, *, variants: bool) -> None:
    from augspec_conformance.mutants import legal
    from augspec_conformance.mutants.robustness import KILLS, VARIANTS, enough, measure_kills, measure_variants
    from augspec_conformance.terminal import bar

    rows: list[tuple[str, ...]] = []
    weak: list[str] = []
    total = len(chosen) + (len(legal()) if variants else 0)
    with bar("mutants") as step:
        for number, (entry, line) in enumerate(measure_kills(chosen, seeds, kept=_kept(KILLS, results))):
            step(number, total, entry.id)
            asked = len(line["seeds"])
            killed = asked - len(line["survived"])
            by = ", ".join(f"{law} {count}" for law, count in line["laws"].items())
            missing = entry.missing()
            rows.append((entry.id, entry.title, f"not run: {missing}" if missing else f"{killed} of {asked}", by))
            weak += [entry.id] if not missing and not enough(entry, killed, asked) else []
        for variant, line in measure_variants(seeds, kept=_kept(VARIANTS, results)) if variants else ():
            found = sum(len(texts) for texts in line["findings"].values())
            said = f"{found} findings in {len(line['seeds'])} seeds, {line['passed']} cases passed"
            rows.append((variant.id, variant.title, said, ""))
            weak += [variant.id] if found else []
    _show(("mutant", "fault", "killed", "by"), rows)
    if not any(entry.missing() is None for entry in chosen):
        talk.error("not one mutant ran: that is no result")
        raise typer.Exit(2)
    if weak:
        talk.error(f"killed too seldom, or legal and not accepted: {', '.join(weak)}")
        raise typer.Exit(1)


def necessity(
    *,
    law: Annotated[list[str] | None, typer.Option("--law", metavar="ID", help="Only this law (several times).")] = None,
    each: Annotated[
        int | None,
        typer.Option("--each", metavar="N", min=1, help="Ask at most N cases of each other law in each mode."),
    ] = None,
    again: Annotated[
        bool,
        typer.Option("--again", help="Ask laws again whose kept line names no mutant: about mutants that are new."),
    ] = False,
    results: ResultsOption = None,
) -> None:
    """Look for a mutant that one law alone kills, law by law."""
    from augspec_conformance.mutants.necessity import KEPT, measure
    from augspec_conformance.runner import BadRequest, select_laws
    from augspec_conformance.terminal import bar

    try:
        chosen = select_laws(law)
    except BadRequest as error:
        talk.error(str(error))
        raise typer.Exit(2) from None
    rows: list[tuple[str, ...]] = []
    with bar("laws") as step:
        for number, (entry, line) in enumerate(measure(chosen, each=each, again=again, kept=_kept(KEPT, results))):
            step(number, len(chosen), entry.id)
            shared = ", ".join(f"{mutant} (also {other})" for mutant, other in line["shared"].items())
            rows.append((entry.id, entry.title, line["alone"] or "none", shared))
    _show(("law", "", "alone kills", "killed by others as well"), rows)
    if any(row[2] == "none" for row in rows):
        raise typer.Exit(1)


def grades(results: ResultsOption = None) -> None:
    """Run faults in sizes from gross to tiny, and print which laws still see them."""
    from augspec_conformance.mutants.graded import GRADES, KEPT, measure
    from augspec_conformance.terminal import bar

    rows: list[tuple[str, ...]] = []
    with bar("grades") as step:
        for number, (grade, line) in enumerate(measure(kept=_kept(KEPT, results))):
            step(number, len(GRADES), grade.name)
            size = f"{grade.size:g} {grade.unit}".strip()
            rows.append((grade.fault, size, line["reference"] or "survives", ", ".join(line["without"]) or "survives"))
    _show(("fault", "size", "with a reference", "without"), rows)


def calibrate(
    runs: Annotated[int, typer.Option("--runs", metavar="N", min=10, help="Keys that each rate is measured on.")] = 200,
    results: ResultsOption = None,
) -> None:
    """Measure how often the statistical tests are wrong, and compare with what they declare."""
    from augspec_conformance import calibrate as calibration
    from augspec_conformance.terminal import bar
    from augspec_conformance.tolerances import FALSE_ALARM

    found = []
    total = len(calibration.TESTS) * len(calibration.LEVELS) * len(calibration.PARTS)
    with bar("calibrate") as step:
        for number, rate in enumerate(calibration.rates(runs, kept=_kept(calibration.KEPT, results))):
            step(number, total, rate.test)
            found.append(rate)
    rows = [
        (
            rate.test,
            f"{rate.level:g}",
            f"{rate.off:.4f}",
            f"{rate.alarms} of {rate.runs}",
            "" if rate.declared is None else f"{rate.wrong / rate.runs:.4f} (declared {rate.declared:g})",
            "" if rate.holds else "BROKEN",
        )
        for rate in found
    ]
    _show(("test", "level", "discrepancy", "alarms", "wrong", ""), rows)
    for name, samples, least in calibration.declared_power():
        talk.out(
            f"{name}: {samples} samples at {FALSE_ALARM:g} miss a discrepancy of {least:.4f} once in a million runs"
        )
    if not all(rate.holds for rate in found):
        raise typer.Exit(1)


def _show(columns: Iterable[str], rows: Sequence[tuple[Any, ...]]) -> None:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*row)
    talk.console().print(table)
