"""How much lighter or darker samples become: the mean of a ramp of all greys, before and after."""

from __future__ import annotations

import numpy as np

from augspec.language.policy import Policy
from augspec.ops.base import Combinator, Op, PixelOp
from augspec.statistics.only import only
from augspec.statistics.result import Summary

__all__ = ["brightness"]

_SIDE = 16
_STEP = 256


def brightness(policy: Policy, samples: int, seed: int) -> Summary:
    """Return a summary of the change of the mean, in levels of 255, of a ramp from black to white."""
    import augspec

    augment = augspec.compile(only(policy, lambda op: op if _colours(op) else None))
    ramp = np.arange(_SIDE * _SIDE, dtype=np.uint8).reshape(_SIDE, _SIDE, 1).repeat(3, axis=2)
    found = []
    for first in range(0, samples, _STEP):
        ids = np.arange(first, min(first + _STEP, samples))
        out = augment(seed, np.repeat(ramp[None], len(ids), 0), index=ids)
        found.append(out.astype(np.float64).mean(axis=(1, 2, 3)) - ramp.mean())
    return Summary.of(np.concatenate(found))


def _colours(op: Op) -> bool:
    if isinstance(op, Combinator):
        return True
    return isinstance(op, PixelOp) and op.accepts(3) and op.accepts_size(_SIDE, _SIDE)
