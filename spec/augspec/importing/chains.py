"""torchvision's AugMix: its table of ops and magnitudes, as the combinator `augmix`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from augspec.importing.fields import Fields, Json, NotImported
from augspec.language.limits import MAX_STEPS

__all__ = ["augmix"]

_BINS = 10
"""How many magnitudes each op has; the severity says how many of these are drawn."""


def augmix(fields: Fields, interpolation: Json) -> list[Json]:
    """Return the op.

    Args:
        fields: the settings.
        interpolation: how warps read pixels.
    """
    chains, depth, alpha = (fields[name] for name in ("mixture_width", "chain_depth", "alpha"))
    for name, value in (("mixture_width", chains), ("chain_depth", depth)):
        if value > MAX_STEPS:
            raise NotImported(f"{name} {value} is more than {MAX_STEPS}")
    if not 0.05 <= alpha <= 50:
        raise NotImported(f"alpha {alpha} is not between 0.05 and 50")
    members = _members(fields, range(int(fields["severity"])), {**interpolation, "fill": fields.fill()})
    steps = {"integers": [1, 3]} if depth <= 0 else int(depth)
    return [{"op": "augmix", "chains": int(chains), "depth": steps, "alpha": float(alpha), "ops": members}]


def _members(fields: Fields, bins: range, warp: Json) -> list[Json]:
    last = _BINS - 1
    fields.differ("shears about the top left corner, ours about the centre")
    fields.differ("cuts shifts off to whole pixels, ours rounds to the nearest")
    bits = [round(4 - 4 * i / last) for i in bins]
    if min(bits) < 1:
        fields.differ("posterizes to 0 bits, which is black, ours keeps 1")
    slopes, shares = _signed(0.3 * i / last for i in bins), _signed(i / (3 * last) for i in bins)
    nearest = {**warp, "interpolation": "nearest"}
    found: list[Json] = [
        {"op": "shear", "x": slopes, **warp},
        {"op": "shear", "y": slopes, **warp},
        {"op": "translate", "x": shares, **nearest},
        {"op": "translate", "y": shares, **nearest},
        {"op": "rotate", "degrees": _signed(30 * i / last for i in bins), **warp},
        {"op": "posterize", "bits": _choice(float(max(one, 1)) for one in bits)},
        {"op": "solarize", "threshold": _choice(1 - i / last for i in bins)},
        {"op": "autocontrast"},
        {"op": "equalize"},
    ]
    if not fields["all_ops"]:
        return found
    factors = _signed((i / last * 0.9 for i in bins), around=1.0)
    blends = ("brightness_scale", "saturation", "contrast", "sharpness")
    return [*found, *({"op": op, "factor": factors} for op in blends)]


def _signed(magnitudes: Iterable[float], around: float = 0.0) -> Any:
    """Return what magnitudes with either sign, equally often, add up to."""
    return _choice(sorted(around + sign * magnitude for magnitude in magnitudes for sign in (-1.0, 1.0)))


def _choice(values: Iterable[float]) -> Any:
    """Return the values, each as often as it stands there: a choice, or the number if there is one alone."""
    every = [round(value, 12) + 0.0 for value in values]  # no −0
    known = list(dict.fromkeys(every))
    counts = [every.count(value) for value in known]
    if len(known) == 1:
        return known[0]
    return {"choice": known if len(set(counts)) == 1 else {"values": known, "weights": counts}}
