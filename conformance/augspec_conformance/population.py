"""So many policies from the whole grammar, each op with its share: does a backend behave on every one of them?

The tier explore with a number of policies instead of a budget. Which policies these are follows from the seed and the
ops alone, so that every backend is asked the same ones.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

import augspec
from augspec_conformance.cases import grammar
from augspec_conformance.cases.policies import op_of, spelled_out, walk
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.checking import run_case
from augspec_conformance.explore import defined, explorable
from augspec_conformance.facts import facts
from augspec_conformance.law import Case, Law, stable_seed
from augspec_conformance.report import Report
from augspec_conformance.runner import subjects_of
from augspec_conformance.shrink import shrunk
from augspec_conformance.subject import Subject

__all__ = ["LAWS", "ask_population", "population"]

LAWS = ("S1", "P1", "N1")
"""Shapes as `output_spec` says, inputs unmutated, values equal to the reference and near the float64 ideal."""

EVERY = {"eager": 1, "graph": 10, "dear": 50}
"""Every how many policies a mode is asked, by what it costs: a compiled one compiles each of them for seconds."""

_DRAWN = 40
"""Examples of one run of Hypothesis, whose first ones are plain."""

_RUNS = 60
"""Runs for one op at most: the fields of some give few policies."""


class _Enough(Exception):
    """Tells Hypothesis to draw no more."""


Progress = Callable[[int, int, str], None]
"""Called after each policy with the number of those asked, of all, and the mode."""


@lru_cache(maxsize=2)
def population(count: int, seed: int) -> tuple[Case, ...]:
    """Return so many cases whose policies differ: the ops take turns in being one of their ops.

    Args:
        count: how many. Fewer come back if the grammar gives no more for some op within a bounded number of tries.
        seed: what everything drawn follows from.
    """
    names = list(augspec.ops())
    share, more = divmod(count, len(names))
    known: set[str] = set()
    found = [_with_op(name, share + (place < more), seed, known) for place, name in enumerate(names)]
    longest = max(map(len, found), default=0)
    return tuple(cases[turn] for turn in range(longest) for cases in found if turn < len(cases))


def _with_op(name: str, count: int, seed: int, known: set[str]) -> list[Case]:
    """Return cases with different policies that hold an op.

    Policies that are known already are left out, and new ones become known.
    """
    found: list[Case] = []
    for run in range(_RUNS):
        if len(found) >= count:
            break

        @seeded(stable_seed("population", seed, name, run))
        @settings(
            deadline=None,
            database=None,
            derandomize=False,
            max_examples=_DRAWN,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(case=grammar.cases_with(name))
        def look(case: Case) -> None:
            text = json.dumps(case.policy, sort_keys=True)
            if len(found) < count and text not in known and defined(case):
                found.append(case)
                known.add(text)
            if len(found) >= count:
                raise _Enough

        with suppress(_Enough):
            look()
    return found


def ask_population(
    backend: Any,
    *,
    count: int,
    seed: int,
    laws: Sequence[str] | None = None,
    modes: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Ask a backend about so many policies of the whole grammar.

    Args:
        backend: as in `check_backend`.
        count: how many policies. Uncompiled modes are asked all of them, others every tenth or fiftieth (`EVERY`).
        seed: what everything drawn follows from.
        laws: ids of laws that take any policy; `LAWS` by default.
        modes: modes; all that the backend claims by default.
        progress: called after each policy.

    Returns:
        A report with one result per law, policy and mode, smaller cases beside broken ones.

    Raises:
        BadRequest: a law or mode is unknown, a law takes no policy but its own, or this is no backend.
    """
    asked = explorable(laws or LAWS)
    subjects = subjects_of(backend, modes)
    cases = population(count, seed)
    plans = [(subject, cases[:: EVERY[subject.cost]]) for subject in subjects]
    total, done = sum(len(mine) for _, mine in plans), 0
    results = []
    planned: dict[str, dict[str, int]] = {}
    for number, (subject, mine) in enumerate(plans):
        for case in mine:
            fresh = Subject(subject.backend, subject.mode, source=subject.source)  # forgets what it compiled
            for law, one in _questions(asked, fresh, case, first=not number):
                results.append(shrunk(law, fresh, run_case(law, fresh, one)))
                counts = planned.setdefault(subject.mode, {})
                counts[law.id] = counts.get(law.id, 0) + 1
            done += 1
            if progress is not None:
                progress(done, total, subject.mode)
    head = {**facts(subjects[0].backend, subjects[0].source), "seed": seed, "policies": len(cases)}
    return Report(subjects[0].name, "explore", tuple(results), head, planned)


def _questions(laws: Sequence[Law], subject: Subject, case: Case, *, first: bool) -> Iterator[tuple[Law, Case]]:
    """Yield what is asked about one policy; the ideal, which knows no modes, where nothing is compiled."""
    for law in laws:
        if law.id == "N1" and not _settled(case):
            continue
        if law.scope == "modes" or first:
            yield law, case
        if law.id == "N1" and subject.cost == "eager":
            yield law, case.with_(context={**case.context, "against": "oracle"})


def _settled(case: Case) -> bool:
    """Return whether rounding has a bounded effect on the result.

    In floats it has none where a step or a slope without bound follows other ops: results are as far apart as that.
    """
    if SIGNATURES[case.signature].dtype == "uint8":
        return True
    ops = list(walk(tuple(spelled_out(op) for op in case.policy["ops"])))
    return not any(_unbounded(op_of(op)) for op in ops[1:])


def _unbounded(op: Any) -> bool:
    steepness = getattr(op, "steepness", None)
    return op.jumps or (steepness is not None and math.isinf(steepness()))
