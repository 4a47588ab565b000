"""Grids of pinned cases: policies × signatures, with keys, ids and seeds that follow from the law's id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from augspec_conformance.cases.policies import COMBINATORS, DEAR, fitting, fitting_targets, pairs, policy, policy_names
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.law import Case, Reach, Tier, stable_seed

__all__ = [
    "ALL_TARGETS",
    "BIG_IDS",
    "CORE_FLOAT",
    "CORE_INTEGER",
    "EPOCHS",
    "VIEWS",
    "beside",
    "case",
    "cases_of",
    "compiled_for",
    "grid",
]

ALL_TARGETS = ("image", "mask", "boxes", "keypoints")
CORE_INTEGER, CORE_FLOAT = "small-u8", "odd-f32"
"""The signatures on which compiled modes are asked."""

EPOCHS = (0, 1, 3, 255, 2**31, 2**32 - 1, 0x12345678)
VIEWS = (1, 0, 2, 65535, 256)
BIG_IDS = (2**31, 2**32 - 1, 2**32, 2**32 + 1, 2**40 + 3, 2**48 - 1, 2**31 - 1)
"""Where the words of a key end (R4): what is cut off or taken for signed shows up beside these."""

_EAGER = ("mix:warps", "mix:targets", "mix:filter")
_FLOAT = ("op:rotate", "op:gaussian_noise", "op:resize", "mix:train", "mix:colour")
"""Float arithmetic of each kind, in compiled modes."""

_SMOKE = ("op:rotate", "mix:train", "mix:some")
"""What compiled modes are asked at the tier smoke: one op alone, several, and a choice of several."""


def reach_of(tier: Tier, name: str, signature: str, targets: Sequence[str]) -> Reach:
    """Return in which modes a case is affordable: compiled ones share few signatures, all with all targets."""
    squares = {fitting(name, core): core for core in (CORE_INTEGER, CORE_FLOAT)}  # what needs a square has one instead
    signature = squares.get(signature, signature)
    if tuple(targets) != ALL_TARGETS or signature not in (CORE_INTEGER, CORE_FLOAT):
        return "eager"
    if tier == "full":
        if signature == CORE_FLOAT:
            return "dear" if name == "mix:train" else "graph" if name in _FLOAT else "eager"
        if name.removeprefix("op:") in COMBINATORS or name in _EAGER:
            return "eager"  # the other mixes hold every combinator
        return "dear" if name in DEAR else "graph"
    if name == "mix:train" and signature == CORE_INTEGER:
        return "dear"
    return "graph" if name in _SMOKE and signature == CORE_INTEGER else "eager"


def compiled_for(names: Sequence[str], tier: Tier, *, at_smoke: int = 0) -> dict[str, Reach]:
    """Return the reach of the cases that compiled modes are asked, by case: some policies on `CORE_INTEGER`.

    Args:
        names: of these policies at the tier full; of all other cases none.
        tier: the tier.
        at_smoke: how many of them at other tiers, where a law's compilations take ten seconds.
    """
    asked = names if tier == "full" else names[:at_smoke]
    return {f"{name} {CORE_INTEGER}": "graph" for name in asked}


def case(law: str, name: str, signature: str = CORE_INTEGER, *, tier: Tier = "smoke", **fields: Any) -> Case:
    """Return one case of a law about a named policy."""
    asked = fields.pop("targets", ALL_TARGETS)
    targets = fitting_targets(policy(name, signature), asked)
    number = stable_seed(law, name, signature, fields.get("probe", ""), fields.get("layout", ""))
    return Case(
        **{
            "name": f"{name} {signature}",
            "policy": policy(name, signature),
            "key": number,
            **beside(number, SIGNATURES[signature].shape[0]),
            "signature": signature,
            "probe_seed": number % 2**32,
            "targets": targets,
            "reach": reach_of(tier, name, signature, asked),
            **fields,
        }
    )


def beside(number: int, batch: int) -> dict[str, Any]:
    """Return epoch, view and ids that follow from a case's key: all bits of each are in use somewhere."""
    ids = [(number >> 7 * i) % 100_000 + 3 * i for i in range(batch)] if batch <= 8 else [number % 1000]
    if batch > 8:  # the rest count up from here, and pass the end of the low word
        ids = [2**32 - 1 - number % 1000]
    elif batch:
        ids[number % batch] = BIG_IDS[number // 8 % len(BIG_IDS)]
    return {
        "epoch": EPOCHS[number // 64 % len(EPOCHS)],
        "view": VIEWS[number // 512 % len(VIEWS)],
        "ids": tuple(ids),
    }


def cases_of(
    law: str, *signatures: str, names: Sequence[str] | None = None, **fields: Any
) -> Callable[[Tier], tuple[Case, ...]]:
    """Return a law's list of cases, tier by tier: `grid` with everything but the tier filled in."""
    return lambda tier: grid(law, tier, signatures=signatures or (CORE_INTEGER,), names=names, **fields)


def grid(
    law: str,
    tier: Tier,
    *,
    names: Sequence[str] | None = None,
    signatures: Sequence[str] = (CORE_INTEGER,),
    every: int = 1,
    **fields: Any,
) -> tuple[Case, ...]:
    """Return cases of a law for policies × signatures.

    Args:
        law: its id.
        tier: "kat" has none; "full" also asks every variant of every op.
        names: the policies; by default every op and every mix.
        signatures: names from the catalogue.
        every: take each policy on every so-many-th signature only, another one for each policy.
        **fields: further fields of the cases.
    """
    if tier == "kat":
        return ()
    chosen = tuple(names) if names is not None else policy_names()
    found = []
    for position, (name, signature) in enumerate(pairs(chosen, tuple(signatures))):
        if position % every == 0:
            found.append(case(law, name, signature, tier=tier, **fields))
    return tuple(found)
