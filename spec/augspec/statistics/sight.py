"""What stays in sight: the share of the image, and of random boxes, after all geometry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from augspec.language.policy import Policy
from augspec.ops.base import Combinator, Op, PixelOp, TypeOp
from augspec.statistics.only import only
from augspec.statistics.result import Summary

__all__ = ["followed", "random_boxes", "sight"]

_PIXELS = 2**27
"""Pixels that are moved in all, which takes some seconds."""

_GRID = 24
"""Points on each side of the grid that stands for the image's area."""

_BOXES = 16


def followed(samples: int, shape: tuple[int, int]) -> int:
    """Return on how many samples the geometry is followed."""
    return max(1, min(samples, _PIXELS // (shape[0] * shape[1])))


def sight(policy: Policy, count: int, shape: tuple[int, int], seed: int) -> tuple[Summary, Summary]:
    """Return summaries of the image's visible share and of the share of valid boxes, over samples 0 … count − 1.

    Where samples come together in one image, it is the mean share of all of them.
    """
    import augspec

    height, width = shape
    augment = augspec.compile(only(policy, _geometry))
    x, y = np.meshgrid((np.arange(_GRID) + 0.5) * width / _GRID, (np.arange(_GRID) + 0.5) * height / _GRID)
    points = np.stack([x.ravel(), y.ravel()], -1).astype(np.float32)
    boxes = random_boxes(shape, seed)
    areas, valid = [], []
    step = max(1, 2**22 // (height * width))
    for first in range(0, count, step):
        ids = np.arange(first, min(first + step, count))
        sample = {
            "image": np.zeros((len(ids), height, width, 1), np.uint8),
            "keypoints": np.repeat(points[None], len(ids), 0),
            "boxes": np.repeat(boxes[None], len(ids), 0),
        }
        out = augment(seed, sample, index=ids)
        together = _together(augment.draw(seed, ids)) if augment.mixes else None
        areas.append(_share(out["keypoints_visible"], len(points), together))
        valid.append(_share(out["boxes_valid"], len(boxes), together))
    return Summary.of(np.concatenate(areas)), Summary.of(np.concatenate(valid))


def _together(draws: Mapping[str, Any]) -> npt.NDArray[Any]:
    """Return which samples come together with others, (B,) bool; an op that does this has no places inside of it."""
    partner = next(path for path in draws if path.endswith("/partner"))
    gate = draws.get(partner.replace("batch/", "sample/", 1).removesuffix("partner") + "apply")
    return np.ones(len(draws[partner]), bool) if gate is None else np.asarray(gate) == 1


def _share(seen: npt.NDArray[Any], own: int, together: npt.NDArray[Any] | None) -> npt.NDArray[Any]:
    """Return the mean over the rows of each sample, its own ones alone where none of others came along."""
    if together is None:
        return np.asarray(seen.mean(axis=1))
    return np.asarray(np.where(together, seen.mean(axis=1), seen[:, :own].mean(axis=1)))


def random_boxes(shape: tuple[int, int], seed: int) -> npt.NDArray[Any]:
    """Return boxes (16, 4), xyxy in pixels: sides from 5 to 50 % of the image's, at uniform places inside."""
    number = np.random.default_rng(seed)
    sides = number.uniform(0.05, 0.5, (_BOXES, 2)) * (shape[1], shape[0])
    corner = number.uniform(0, 1, (_BOXES, 2)) * ((shape[1], shape[0]) - sides)
    return np.concatenate([corner, corner + sides], -1).astype(np.float32)


def _geometry(op: Op) -> Op | None:
    """Return an op that moves things as cheaply as can be; None for one that moves none."""
    if isinstance(op, Combinator):  # of a mixture, all is in sight: what moves in it, moves in a part of it only
        return None
    if isinstance(op, (PixelOp, TypeOp)) or (op.across and op.rows == 1) or not op.accepts(1):
        return None
    cheap = {"interpolation": "nearest", "antialias": False, "fill": 0.0}
    return op.model_copy(update={name: value for name, value in cheap.items() if name in type(op).model_fields})
