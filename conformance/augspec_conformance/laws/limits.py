"""Cases of N1 at the ends of rules: ranges, sides, steps and counts of which its other policies see one side."""

from __future__ import annotations

import json
from typing import Any

import augspec
from augspec_conformance.cases.catalogue import ALL_TARGETS, CORE_FLOAT, CORE_INTEGER, beside, grid
from augspec_conformance.cases.policies import accepts_document, document, fitting_targets, policy_names
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.law import Case, Tier, stable_seed

__all__ = ["limit_cases"]

Op = dict[str, Any]

_BORDERS = ("edge", "mirror", "symmetric", "wrap")
_TINY = "thirty-one-u8"
"""5 × 7 pixels, of which halves and reflections have a name each."""

_QUALITIES = (1, 2, 24, 25, 49, 50, 99, 100)
"""Where steps of quantisation meet 255, where the rule of the quality changes, and both ends."""


def limit_cases(tier: Tier) -> tuple[Case, ...]:
    """Return the cases, against the oracle."""
    if tier != "full":
        return ()
    found = [*_ranges(tier)]
    found += [_case(op, _TINY) for op in (*_halves(), *_reflections())]
    found += [
        _case({"op": "jpeg", "quality": q}, one, "blobs") for q in _QUALITIES for one in (CORE_INTEGER, "grey-u8")
    ]
    found += [_case({"op": "autocontrast"}, one, "narrow") for one in (CORE_FLOAT, "small-u16")]
    found += [_case({"op": "gamma", "gamma": 0.0}, one, "night") for one in ("grey-u8", "grey-f32")]  # 0⁰ is 1
    found += [_case({"op": "equalize", "method": method}, CORE_INTEGER, "constant") for method in ("pil", "opencv")]
    found += [_case({"op": "cutout", "size": 0.1, "count": 16}, "medium-u8")]
    found += [*_reference(tier)]
    found += [
        _case({"op": "equalize"}, "wide-u8", "night"),
        _case({"op": "equalize", "method": "opencv"}, "wide-u8", "night"),
    ]
    found += [_case({"op": "rotate", "degrees": {"uniform": [5, 35]}}, "wide-u8", targets=("image",))]
    return tuple(found)


def _ranges(tier: Tier) -> tuple[Case, ...]:
    """Fills, and what noise and veils put in a pixel's place, of floats that mean something else than 0 to 1 (C1)."""
    names = tuple(name for name in policy_names(with_variants=True) if _fills(name) or _ends(name))
    context = {"against": "oracle", "options": {"value_range": [-1.0, 2.0]}}
    return tuple(
        one.with_(name=f"{one.name} from -1 to 2", policy=_by_channel(one.policy), reach="eager")
        for one in grid("N1", tier, names=names, signatures=(CORE_FLOAT,), context=context)
    )


def _by_channel(policy: dict[str, Any]) -> dict[str, Any]:
    """Return a policy of one op with a fill for each of three channels in place of one number."""
    (op,) = policy["ops"]
    return document({**op, "fill": [0.1, 0.75, 0.4]}) if isinstance(op.get("fill"), float) else policy


def _reference(tier: Tier) -> tuple[Case, ...]:
    """Return cases against the reference: what is just not flat (E5), and more channels than colours have (T1, R16)."""
    names = tuple(name for name in policy_names(with_variants=True) if _many(name))
    channels = grid("N1", tier, names=names, signatures=("seven-f32",))
    pivoted = document({"op": "contrast", "factor": 1 / 128, "pivot": "mid"}, {"op": "autocontrast"})
    flat = _case({"op": "autocontrast"}, "grey-u8", "steps").with_(name="a sixteenth of a level", policy=pivoted)
    return (*(one.with_(reach="eager") for one in channels), flat.with_(context={}))


def _many(name: str) -> bool:
    """Return whether a policy is one op that treats channels one by one, or all alike by a number of its own."""
    kind, _, rest = name.partition(":")
    op, _, variant = rest.partition("/")
    if kind != "op":
        return False
    stage = augspec.ops()[op].stage
    return (not variant and stage in ("noise", "occlude", "veil", "warp", "remap")) or variant.startswith("fill")


def _ends(name: str) -> bool:
    """Return whether a policy is one op that covers pixels with an end of the range, or with a grey of it."""
    kind, _, op = name.partition(":")
    return kind == "op" and op in augspec.ops() and augspec.ops()[op].stage in ("noise", "veil")


def _fills(name: str) -> bool:
    """Return whether a policy is one op that fills something, with its own fill or with another one."""
    kind, _, rest = name.partition(":")
    op, _, variant = rest.partition("/")
    if kind != "op" or "fill" not in augspec.ops()[op].model_fields:
        return False
    return variant in ("", "pad") or variant.startswith("fill")


def _halves() -> tuple[Op, ...]:
    """Sides that end half-way between two whole numbers: they are rounded up."""
    half = {"op": "downscale", "factor": 0.5}
    return (
        half,
        {**half, "method": "nearest"},
        {"op": "zoom_out", "factor": 2.0, "p": 1.0},
        {"op": "scale_jitter", "size": [5, 7], "factor": 0.5},
        {"op": "mosaic", "scale": 0.5, "p": 1.0},
    )


def _reflections() -> tuple[Op, ...]:
    """Borders that go on for more than one image (C7)."""
    far = {"top": 13, "right": 9, "bottom": 11, "left": 16}
    pads: tuple[Op, ...] = tuple({"op": "pad", **far, "border": border} for border in _BORDERS)
    return (*pads, *({"op": "scale", "factor": 0.125, "border": border} for border in _BORDERS))


def _case(op: Op, signature: str, probe: str = "noise", *, targets: tuple[str, ...] = ALL_TARGETS) -> Case:
    """Return the case of one op on a signature."""
    policy = document(op)
    assert accepts_document(policy, signature)
    number = stable_seed("N1", "limits", json.dumps(op), signature)
    said = " ".join(f"{value}" for value in op.values())
    return Case(
        name=f"{said} {signature}",
        policy=policy,
        key=number,
        **beside(number, SIGNATURES[signature].shape[0]),
        signature=signature,
        probe=probe,
        probe_seed=number % 2**32,
        targets=fitting_targets(policy, targets),
        context={"against": "oracle"},
    )
