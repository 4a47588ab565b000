"""The kill matrix: every mutant against the laws that must find it."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

import augspec
from augspec_conformance.facts import source_of
from augspec_conformance.law import Case, Law, Tier
from augspec_conformance.laws import all_laws
from augspec_conformance.mutants.mutant import Mutant
from augspec_conformance.runner import plan_cases, run_case
from augspec_conformance.subject import Subject

__all__ = ["Kill", "Row", "ask", "kill_matrix", "markdown", "restored", "spread", "try_mutant"]


@dataclass(frozen=True)
class Kill:
    """The case on which a law found a mutant, and the healthy backend passed.

    Attributes:
        law: id of the law.
        mode: the mode.
        case: the case's name.
        message: what the law said.
    """

    law: str
    mode: str
    case: str
    message: str = field(default="", compare=False)


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
        kill: the first kill; None if there was none.
    """

    mutant: Mutant
    killed_by: tuple[str, ...]
    others: tuple[str, ...] = ()
    errored: tuple[str, ...] = ()
    seconds: float = 0.0
    missing: str = ""
    kill: Kill | None = None

    @property
    def killed(self) -> bool:
        """Return whether an expected law found it."""
        return bool(self.killed_by)


def try_mutant(
    mutant: Mutant, *, tier: Tier | None = None, all_of_them: bool = False, seed: int = 0, first: Kill | None = None
) -> Row:
    """Run one mutant and return what became of it.

    A kill counts only if an expected law reports a violation of its own, on a case that the healthy backend
    passes, or is not asked because it claims other things.

    Args:
        mutant: which one.
        tier: another tier than the mutant's.
        all_of_them: ask every law, not only the expected ones up to the first kill, to see what else notices.
        seed: the run seed.
        first: where it was found before; that law and case are asked first, which saves time.
    """
    missing = mutant.missing()
    if missing:
        return Row(mutant, (), missing=missing)
    laws = {law.id: law for law in all_laws()}
    expected = [law for law in mutant.killers if law in laws]
    if not expected:
        return Row(mutant, (), missing=f"the suite has none of the laws {', '.join(mutant.killers)}")
    if first is not None:
        expected.sort(key=lambda name: name != first.law)
    start = time.perf_counter()
    kills: dict[str, Kill] = {}
    errored: set[str] = set()
    for name in laws if all_of_them else expected:
        found, failed = ask(mutant, laws[name], tier=tier, seed=seed, first=first)
        if found is not None:
            kills[name] = found
        elif failed:
            errored.add(name)
        if kills and not all_of_them:
            break
    return Row(
        mutant,
        tuple(name for name in expected if name in kills),
        tuple(name for name in laws if name in kills and name not in expected),
        tuple(name for name in laws if name in errored),
        round(time.perf_counter() - start, 2),
        "",
        next(iter(kills.values()), None),
    )


def ask(
    mutant: Mutant,
    law: Law,
    *,
    tier: Tier | None = None,
    seed: int = 0,
    first: Kill | None = None,
    each: int | None = None,
) -> tuple[Kill | None, bool]:
    """Ask one law about a mutant, up to its first kill.

    Args:
        mutant: which one; it is made anew.
        law: the law.
        tier: another tier than the mutant's.
        seed: the run seed.
        first: the case to begin with.
        each: at most so many cases of the law in a mode, evenly spread over its list; all of them by default.

    Returns:
        The kill, if there is one, and whether a case ended in an exception.
    """
    errored = False
    with restored():
        backend, family = mutant.make(), dict[str, Subject]()
        modes = mutant.modes or tuple(backend.capabilities.modes)
        source = source_of(backend)
        subjects = [Subject(backend, mode, family, source=source) for mode in modes]
        plan = [
            (subject, case)
            for subject in (subjects if law.scope == "modes" else subjects[:1])
            for case in spread(tuple(plan_cases(law, subject, tier or mutant.tier, seed=seed)), each)
        ]
        if first is not None:
            plan.sort(key=lambda pair: (pair[0].mode, pair[1].name) != (first.mode, first.case))
        for subject, case in plan:
            with _speaking(backend):
                result = run_case(law, subject, case)
            errored |= result.status == "errored"
            if result.status == "failed" and _healthy(mutant.base, law, subject.mode, case):
                return Kill(law.id, subject.mode, case.name, result.message), errored
    return None, errored


@contextmanager
def _speaking(backend: Any) -> Iterator[None]:
    """Let laws see the language that comes with a faulty backend."""
    changed = getattr(backend, "language", {})
    kept = {name: getattr(augspec, name) for name in changed}
    try:
        for name, function in changed.items():
            setattr(augspec, name, function)
        yield
    finally:
        for name, function in kept.items():
            setattr(augspec, name, function)


def spread(cases: tuple[Case, ...], each: int | None, start: int = 0) -> tuple[Case, ...]:
    """Return at most `each` cases, evenly spread over the list; `start` turns to others, None takes all."""
    if each is None:
        return cases
    step = max(1, -(-len(cases) // each))
    return cases[start % step :: step]


def _healthy(base: str, law: Law, mode: str, case: Case) -> bool:
    """Return whether the healthy backend passes the case on which a mutant failed.

    It may also not be asked: a mutant that claims other things than the healthy backend is asked other cases.
    """
    return run_case(law, _healthy_subject(base, mode), case).status in ("passed", "not-claimed")


@cache
def _healthy_subject(base: str, mode: str) -> Subject:
    """Return the healthy backend in a mode, with all that it has compiled."""
    return Subject(augspec.get_backend(base), mode)


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
