"""Ops that mix a sample with partners of its batch, and the labels of all (T5)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from augspec_conformance.oracle.arrays import FloatArray
from augspec_conformance.oracle.draws import Draws, Op
from augspec_conformance.oracle.mosaic import alone, mosaic
from augspec_conformance.oracle.state import State, settle

__all__ = ["MIXING", "mix", "one_hot"]

MixFunction: TypeAlias = Callable[[Sequence[State], Op, Draws], State]


def mixup(samples: Sequence[State], op: Op, draws: Draws) -> State:
    """λ of the sample and 1 − λ of its partner."""
    own, partner = samples
    share = draws.number(op, "lambda")
    return replace(_labelled(own, partner, share), image=_blend(own.image, partner.image, share))


def cutmix(samples: Sequence[State], op: Op, draws: Draws) -> State:
    """A rectangle of the partner, clipped to the canvas; λ is the share of the pixels that it leaves."""
    own, partner = samples
    height, width = own.size
    root = math.sqrt(draws.number(op, "area"))
    inside = np.ones((height, width), bool)
    for axis, (name, side) in enumerate((("y", height), ("x", width))):
        centre, half = math.floor(draws.number(op, name) * side), math.floor(root * side / 2)
        line = np.arange(side)
        near = (line >= centre - half) & (line < centre + half)
        inside &= near[:, None] if axis == 0 else near[None, :]
    new = _labelled(own, partner, 1.0 - float(inside.mean()))
    if own.image is not None and partner.image is not None:
        new = replace(new, image=np.where(inside[..., None], partner.image, own.image))
    if own.mask is not None and partner.mask is not None:
        pasted = inside if own.mask.ndim == 2 else inside[..., None]
        new = replace(new, mask=np.where(pasted, partner.mask, own.mask))
    return new


MIXING: dict[str, MixFunction] = {"mixup": mixup, "cutmix": cutmix, "mosaic": mosaic}


def one_hot(label: FloatArray, classes: int | None) -> FloatArray:
    """Return a soft label (K,): of a class id, all of it on its class."""
    if label.ndim:
        return np.asarray(label, np.float64)
    return np.asarray(np.arange(classes or 0) == label, np.float64)


def mix(samples: Sequence[State], op: Op, draws: Draws) -> State:
    """Mix a sample with its partners, if its gate says so; how is drawn by the sample or by the batch (R7)."""
    settled = [settle(one) for one in samples]
    if not draws.into(op).applied(op):
        return alone(settled[0], len(settled)) if op["op"] == "mosaic" else settled[0]
    scope = replace(draws, path=op["scope"])
    return MIXING[op["op"]](settled, op, scope.into(op))


def _blend(own: FloatArray | None, other: FloatArray | None, share: float) -> FloatArray | None:
    return None if own is None or other is None else share * own + (1.0 - share) * other


def _labelled(own: State, partner: State, share: float) -> State:
    return replace(own, label=_blend(own.label, partner.label, share))
