"""Ops that mix a sample with its partner in the batch, and the labels of both (T5)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from augspec_conformance.oracle.arrays import FloatArray
from augspec_conformance.oracle.draws import Draws, Op
from augspec_conformance.oracle.state import State, settle

__all__ = ["MIXING", "mix", "one_hot"]

MixFunction: TypeAlias = Callable[[State, State, Op, Draws], State]


def mixup(own: State, partner: State, op: Op, draws: Draws) -> State:
    """λ of the sample and 1 − λ of its partner."""
    share = draws.number(op, "lambda")
    return replace(_labelled(own, partner, share), image=_blend(own.image, partner.image, share))


def cutmix(own: State, partner: State, op: Op, draws: Draws) -> State:
    """A rectangle of the partner, clipped to the canvas; λ is the share of the pixels that it leaves."""
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


MIXING: dict[str, MixFunction] = {"mixup": mixup, "cutmix": cutmix}


def one_hot(label: FloatArray, classes: int | None) -> FloatArray:
    """Return a soft label (K,): of a class id, all of it on its class."""
    if label.ndim:
        return np.asarray(label, np.float64)
    return np.asarray(np.arange(classes or 0) == label, np.float64)


def mix(own: State, partner: State, op: Op, draws: Draws) -> State:
    """Mix two samples, if the first one's gate says so; how is drawn by the sample or by the batch (R7)."""
    own, partner = settle(own), settle(partner)
    if not draws.into(op).applied(op):
        return own
    scope = replace(draws, path=op["scope"])
    return MIXING[op["op"]](own, partner, op, scope.into(op))


def _blend(own: FloatArray | None, other: FloatArray | None, share: float) -> FloatArray | None:
    return None if own is None or other is None else share * own + (1.0 - share) * other


def _labelled(own: State, partner: State, share: float) -> State:
    return replace(own, label=_blend(own.label, partner.label, share))
