"""What an op does, measured on small images with the NumPy backend: no list of names goes stale.

Every function takes an op, gives it p 1, and runs it alone. A parameter that is drawn is held at either end of its
range, one after another, while the others stay in the middle of theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from augspec.errors import AugspecError
from augspec.language.policy import Policy
from augspec.ops.base import Op, bounds

__all__ = ["extremes", "mirrors", "noisiness", "ramp_change", "saturated"]

_SIDE = 16
_RAMP = np.arange(_SIDE * _SIDE, dtype=np.uint8)
_KEY = 20


def extremes(op: Op) -> Iterator[Op]:
    """Yield the op with p 1 and constants, at the ends of each of its ranges."""
    sure = op.model_copy(update={"p": 1.0})
    drawn = dict(_drawn(op))
    middle = {name: sum(bounds(value)) / 2 for name, value in drawn.items()}
    if not drawn:
        yield sure
    for name, value in drawn.items():
        for end in bounds(value):
            yield sure.model_copy(update={**middle, name: end})


def _drawn(op: Op) -> Iterator[tuple[str, Any]]:
    for name, _ in op.parameters():
        value = getattr(op, name)
        if hasattr(value, "support"):
            yield name, value


def _grey(low: int = 0, high: int = 255) -> np.ndarray:
    """Return all levels from low to high, equally often, as one grey RGB image (16, 16, 3)."""
    levels = np.floor(_RAMP * ((high - low) / 255.0) + low + 0.5).astype(np.uint8)
    return np.repeat(levels.reshape(_SIDE, _SIDE, 1), 3, axis=2)


def _run(op: Op, sample: dict[str, Any], count: int) -> dict[str, Any] | None:
    """Return what the op makes of a sample, `count` times; None where it does not take such a sample."""
    import augspec

    policy = Policy.model_construct(augspec=1, ops=(op,), eval=())
    batch = {name: np.repeat(array[None], count, axis=0) for name, array in sample.items()}
    try:
        out: dict[str, Any] = augspec.compile(policy)(_KEY, batch)
    except AugspecError:
        return None
    return out


def _image(op: Op, image: np.ndarray, count: int = 1) -> np.ndarray | None:
    out = _run(op, {"image": image}, count)
    return None if out is None or out["image"].dtype != np.uint8 else out["image"]


@cache
def saturated(op: Op) -> float:
    """Return the largest share of a ramp of all greys that the op makes black or white and that was neither."""
    worst, inner = 0.0, np.isin(_grey(), (0, 255), invert=True)
    for one in extremes(op):
        out = _image(one, _grey())
        if out is not None and out.shape[1:3] == (_SIDE, _SIDE):
            worst = max(worst, float((np.isin(out[0], (0, 255)) & inner).mean()))
    return worst


@cache
def ramp_change(op: Op) -> tuple[float, float]:
    """Return by how many levels the op moves the mean of middle greys, and by which power of 2 their spread."""
    given = _grey(64, 192).astype(np.float64)
    moves, spreads = [0.0], [0.0]
    for one in extremes(op):
        out = _image(one, _grey(64, 192))
        if out is not None and out.shape[1:3] == (_SIDE, _SIDE):
            moves.append(abs(float(out.mean() - given.mean())))
            spreads.append(abs(float(np.log2(max(out.std(), 1e-3) / given.std()))))
    return max(moves), max(spreads)


@cache
def noisiness(op: Op) -> float:
    """Return the mean change of a middle grey in levels, at the end of the range where it is least."""
    flat = np.full((_SIDE, _SIDE, 3), 128, np.uint8)
    least = []
    for one in extremes(op):
        out = _image(one, flat, 4)
        if out is not None:
            least.append(float(np.abs(out.astype(np.float64) - 128).mean()))
    return min(least, default=0.0)


@cache
def mirrors(op: Op) -> bool:
    """Return whether the op may make a mirror image: three points that it shows in the other sense of turning."""
    points = np.array([[4.0, 4.0], [12.0, 4.0], [4.0, 12.0]], np.float32)
    sure = op.model_copy(update={"p": 1.0})
    out = _run(sure, {"image": _grey(), "keypoints": points}, 32)
    if out is None:
        return False
    a, b, c = (out["keypoints"][:, n].astype(np.float64) for n in range(3))
    sense = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    return bool((sense < 0).any())
