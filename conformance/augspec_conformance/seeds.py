"""The run seed: the same laws over other keys, ids, epochs, views and pixels.

A case is a note that says everything, so a run seed needs no state: it changes the notes before they run, and a failure
found under any seed is replayed from its case alone. Seed 0 leaves every case as its law wrote it.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from augspec_conformance.cases.catalogue import beside
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.law import Case, stable_seed

if TYPE_CHECKING:
    from augspec_conformance.law import Law

__all__ = ["read_seed", "reseeded"]

_WORD = 2**32


def reseeded(law: Law, case: Case, seed: int) -> Case:
    """Return a law's case under a run seed.

    The key and the probe's seed are other ones. So are epoch, view and ids where the catalogue chose them; those that
    a law wrote by hand are a part of what it asks, and stay. Published cases (`Law.pinned`) never change.

    Args:
        law: whose case it is.
        case: the case as the law wrote it.
        seed: the run seed; 0 changes nothing.
    """
    if not seed or law.pinned:
        return case
    number = stable_seed("run", seed, law.id, case.key)
    changes: dict[str, object] = {"key": number, "probe_seed": number % _WORD}
    if case.probe_seed != case.key % _WORD:
        changes["probe_seed"] = stable_seed("run", seed, law.id, "probe", case.probe_seed) % _WORD
    batch = SIGNATURES[case.signature].shape[0]
    if (case.epoch, case.view, case.ids) == tuple(beside(case.key, batch).values()):
        changes |= beside(number, batch)
    return case.with_(**changes)


def read_seed(text: str) -> int:
    """Return the run seed that a user asks for.

    Args:
        text: a number from 0 to 2³² − 1, or "random".

    Raises:
        ValueError: it is neither.
    """
    if text == "random":
        return secrets.randbelow(_WORD - 1) + 1
    if text.isascii() and text.isdecimal() and int(text) < _WORD:
        return int(text)
    raise ValueError(f"the run seed {text!r} is neither a number from 0 to {_WORD - 1} nor the word random")
