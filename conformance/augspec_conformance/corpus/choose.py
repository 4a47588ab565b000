"""Which candidates to pin: those that find faulty backends, those that hold something new, and some at random."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from augspec_conformance.corpus import Entry, golden
from augspec_conformance.law import Case, stable_seed
from augspec_conformance.mutants import Mutant, mutants
from augspec_conformance.mutants.run import restored
from augspec_conformance.subject import Subject, reference

__all__ = ["MAX_LINE", "Choice", "choose", "features", "kills"]

MAX_LINE = 2500
"""Longest line that is added, in bytes; of what was published, one is longer: 40 candidates of an `iou_crop`."""

KILLERS = 3
"""How many entries should find each faulty backend, where so many candidates do."""


@dataclass(frozen=True)
class Choice:
    """What was chosen, and why.

    Attributes:
        entries: by family.
        killing: how many were taken because they find a faulty backend.
        covering: how many because they hold something that no other one held.
        random: how many because they were drawn.
        found: ids of the faulty backends that the entries find.
        missed: ids of those that no candidate finds: their faults are not in draws or values.
    """

    entries: dict[str, list[Entry]]
    killing: int
    covering: int
    random: int
    found: tuple[str, ...]
    missed: tuple[str, ...]


def kills(mutant: Mutant, entries: Iterable[Entry], enough: int = KILLERS) -> list[str]:
    """Return the names of the first entries that a faulty backend does not give; an exception counts."""
    found: list[str] = []
    with restored():
        subject = Subject(mutant.make(), "eager")
        for one in entries:
            if len(found) >= enough:
                break
            if not _same(subject, one):
                found.append(one.case.name)
    return found


def _same(subject: Subject, one: Entry) -> bool:
    try:
        with np.errstate(all="ignore"):
            return golden(subject, one.case) == one
    except Exception:  # whatever a faulty backend raises, it does not give the entry
        return False


def features(case: Case) -> set[str]:
    """Return what a case holds: ops with their words, distributions, nested combinators, targets, layouts."""
    found = {f"signature {case.signature}", f"layout {case.layout}", f"probe {case.probe}"}
    found |= {f"target {name}" for name in case.targets} | {f"settings {json.dumps(case.policy.get('targets'))}"}
    found |= {f"option {name} {value}" for name, value in case.context.get("options", {}).items()}
    found.add(f"epoch {case.epoch}")
    found.add(f"view {case.view}")
    found |= {f"big id {i >> 32 > 0} {i % 2**32 >= 2**31}" for i in case.ids or ()}
    scope = "eval" if case.context.get("training") is False else "ops"
    found |= set(_ops(case.policy[scope] or [], scope))
    return found


def _ops(ops: Sequence[Any], inside: str) -> Iterable[str]:
    for op in ops:
        name = op["op"]
        yield f"{name} in {inside}"
        words = [
            f"{key}={value}" for key, value in sorted(op.items()) if isinstance(value, (str, bool)) and key != "op"
        ]
        yield f"{name} {' '.join(words)}"
        yield f"{name} fields {sorted(op)}"
        for key, value in op.items():
            if isinstance(value, dict):
                yield f"{name} {key} {next(iter(value))}"
        yield from _ops(op.get("ops", ()), name)


def choose(candidates: dict[str, list[Case]], total: int, pinned: Sequence[Entry] = ()) -> Choice:
    """Choose what to add to the entries that are pinned already.

    Args:
        candidates: by family.
        total: how many entries the corpus should have; more if faulty backends ask for them.
        pinned: what it has.
    """
    known = {one.case.name for one in pinned}
    family_of, pool = {}, []
    for family, cases in candidates.items():
        for case in cases:
            entry = golden(reference(), case)
            if case.name not in known and len(entry.line().encode()) <= MAX_LINE:
                family_of[case.name] = family
                pool.append(entry)
    random.Random(stable_seed("corpus", "order")).shuffle(pool)
    pool.sort(key=lambda one: one.case.reach == "eager")  # compiled modes are asked the others as well
    chosen: dict[str, Entry] = {}
    faulty = [mutant for mutant in mutants() if mutant.base == "numpy"]
    found: list[str] = []
    missed: list[str] = []
    for mutant in faulty:
        sure = kills(mutant, pinned)
        wanted = KILLERS - len(sure)
        # Those that were chosen for another one come first.
        order = sorted(pool, key=lambda one: one.case.name not in chosen)
        more = kills(mutant, order, wanted) if wanted > 0 else []
        chosen.update({one.case.name: one for one in pool if one.case.name in more})
        (found if sure or more else missed).append(mutant.id)
    killing = len(chosen)
    counts = Counter(name for one in (*pinned, *chosen.values()) for name in features(one.case))
    for one in pool:
        held = features(one.case)
        if len(pinned) + len(chosen) < total and any(not counts[name] for name in held):
            chosen[one.case.name] = one
            counts.update(held)
    covering = len(chosen) - killing
    for one in pool:
        if len(pinned) + len(chosen) < total:
            chosen.setdefault(one.case.name, one)
    entries: dict[str, list[Entry]] = {family: [] for family in candidates}
    for name, one in sorted(chosen.items()):
        entries[family_of[name]].append(one)
    return Choice(entries, killing, covering, len(chosen) - killing - covering, tuple(found), tuple(missed))
