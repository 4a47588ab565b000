"""The kill matrix: every mutant against the laws that must find it."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

import augspec
from augspec_conformance.law import Case, Law, Tier
from augspec_conformance.laws import all_laws
from augspec_conformance.mutants.mutant import Mutant
from augspec_conformance.report import Result
from augspec_conformance.runner import check_backend, run_case
from augspec_conformance.subject import Subject

__all__ = ["Row", "kill_matrix", "markdown", "restored", "try_mutant"]


@dataclass(frozen=True)
class Row:
    """What became of one mutant.

    Attributes:
        mutant: which one.
        killed_by: laws, among the expected ones, that reported a violation of their own.
        others: further laws that did, when all laws were asked.
        errored: laws that ended in an exception; these are no kills.
        seconds: how long it took.
        missing: why it did not run; empty if it did.
        message: the first violation.
    """

    mutant: Mutant
    killed_by: tuple[str, ...]
    others: tuple[str, ...] = ()
    errored: tuple[str, ...] = ()
    seconds: float = 0.0
    missing: str = ""
    message: str = ""

    @property
    def killed(self) -> bool:
        """Return whether an expected law found it."""
        return bool(self.killed_by)


def try_mutant(mutant: Mutant, *, tier: Tier | None = None, all_of_them: bool = False) -> Row:
    """Run one mutant and return what became of it.

    A kill counts only if an expected law reports a violation of its own, on a case that the healthy backend
    passes.

    Args:
        mutant: which one.
        tier: another tier than the mutant's.
        all_of_them: ask every law, not only the expected ones up to the first kill, to see what else notices.
    """
    missing = mutant.missing()
    if missing:
        return Row(mutant, (), missing=missing)
    laws = {law.id: law for law in all_laws()}
    expected = [law for law in mutant.killers if law in laws]
    if not expected:
        return Row(mutant, (), missing=f"the suite has none of the laws {', '.join(mutant.killers)}")
    start = time.perf_counter()
    violated: dict[str, str] = {}
    errored: set[str] = set()
    for name in laws if all_of_them else expected:
        with restored():
            try:
                report = check_backend(
                    mutant.make(),
                    tier=tier or mutant.tier,
                    laws=[name],
                    modes=mutant.modes,
                    on_fail="first",
                    prove=False,  # each law is asked for a violation of its own
                )
            except ValueError:  # not one case of this law concerns this backend
                continue
        for result in report.failures():
            if result.status == "errored":
                errored.add(name)
            elif _healthy(mutant, laws[name], result):
                violated.setdefault(name, result.message)
        if violated and not all_of_them:
            break
    return Row(
        mutant,
        tuple(name for name in expected if name in violated),
        tuple(name for name in laws if name in violated and name not in expected),
        tuple(name for name in laws if name in errored and name not in violated),
        round(time.perf_counter() - start, 2),
        "",
        next(iter(violated.values()), ""),
    )


def _healthy(mutant: Mutant, law: Law, result: Result) -> bool:
    """Return whether the healthy backend passes the case on which a mutant failed."""
    backend = augspec.get_backend(mutant.base)
    case = Case.model_validate_json(result.case_json).with_(mode="")
    return run_case(law, Subject(backend, result.mode), case).status == "passed"


def kill_matrix(mutants: Iterable[Mutant], tier: Tier | None = None, *, all_of_them: bool = False) -> list[Row]:
    """Return one row per mutant."""
    return [try_mutant(mutant, tier=tier, all_of_them=all_of_them) for mutant in mutants]


def markdown(rows: Sequence[Row]) -> str:
    """Return the matrix as a table."""
    lines = ["| mutant | base | fault | expected | killed by | seconds |", "|---|---|---|---|---|---|"]
    for row in rows:
        found = ", ".join(row.killed_by) or (f"not run: {row.missing}" if row.missing else "**survived**")
        fault = (row.mutant.id, row.mutant.base, row.mutant.title, ", ".join(row.mutant.killers))
        cells = (*fault, found, f"{row.seconds:.1f}")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


@contextmanager
def restored() -> Iterator[None]:
    """Undo what a faulty backend does to the process."""
    state = random.getstate(), np.random.get_state(), np.geterr(), np.get_printoptions(), dict(os.environ)  # noqa: NPY002
    undo = _framework_settings()
    try:
        yield
    finally:
        random.setstate(state[0])
        np.random.set_state(state[1])  # noqa: NPY002
        np.seterr(**state[2])
        np.set_printoptions(**state[3])
        os.environ.clear()
        os.environ.update(state[4])
        for back in undo:
            back()


def _framework_settings() -> list[Any]:
    import sys

    undo: list[Any] = []
    torch = sys.modules.get("torch")
    if torch is not None:
        grad, generator = torch.is_grad_enabled(), torch.get_rng_state()
        undo += [lambda: torch.set_grad_enabled(grad), lambda: torch.set_rng_state(generator)]
    else:
        undo.append(_torch_as_imported)
    return undo


def _torch_as_imported() -> None:
    """Give torch its own defaults back if it was first imported by what is being undone."""
    import sys

    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_grad_enabled(True)
