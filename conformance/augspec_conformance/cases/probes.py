"""Pixels derived from a case: structured, reproducible, and different in every sample of a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from augspec_conformance.cases.policies import CLASSES
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.law import Case

__all__ = [
    "FRAMES",
    "PROBES",
    "boxes_of",
    "image_of",
    "instances_of",
    "sample_of",
    "soft",
    "stacked",
    "turned",
    "wild",
]

Array = npt.NDArray[Any]
Unit = npt.NDArray[np.float64]
Shape = tuple[int, int, int, int]

FRAMES = 3
"""How many images there are in a stack."""


def _rng(seed: int, salt: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=[seed, salt]))


def _noise(shape: Shape, seed: int) -> Unit:
    """Independent values."""
    return _rng(seed, 1).random(shape)


def _dull(shape: Shape, seed: int) -> Unit:
    """Noise that reaches neither end of the range."""
    return 0.1 + 0.75 * _noise(shape, seed)


def _coord(shape: Shape, seed: int) -> Unit:
    """Every (sample, row, column, channel) has a value of its own, as far as 251 levels go."""
    del seed
    b, h, w, c = np.indices(shape)
    return np.asarray(((b * 83 + h * 29 + w * 7 + c * 101) % 251) / 250.0)


def _impulse(shape: Shape, seed: int) -> Unit:
    """One bright pixel in each sample, never at the same place."""
    rng, image = _rng(seed, 2), np.zeros(shape)
    for b in range(shape[0]):
        image[b, (rng.integers(shape[1]) + b) % shape[1], (rng.integers(shape[2]) + 2 * b) % shape[2]] = 1.0
    return image


def _ramp(shape: Shape, seed: int) -> Unit:
    """A plane, with other slopes in every sample and channel."""
    rng, (_, h, w) = _rng(seed, 3), np.indices(shape[:3])
    slopes = rng.uniform(0.2, 1.0, (2, shape[0], 1, 1, shape[3]))
    x, y = (w + 0.5)[..., None] / shape[2], (h + 0.5)[..., None] / shape[1]
    return np.asarray((slopes[0] * x + slopes[1] * y) / 2)


def _extremes(shape: Shape, seed: int) -> Unit:
    """The ends of the range only."""
    return (_rng(seed, 4).random(shape) < 0.4).astype(np.float64)


def _constant(shape: Shape, seed: int) -> Unit:
    """One value per sample and channel."""
    return np.broadcast_to(_rng(seed, 5).uniform(0.1, 0.9, (shape[0], 1, 1, shape[3])), shape).copy()


def _blobs(shape: Shape, seed: int) -> Unit:
    """A few soft spots."""
    rng, (_, h, w) = _rng(seed, 6), np.indices(shape[:3])
    image = np.zeros(shape)
    for _ in range(4):
        y, x = rng.uniform(0, shape[1], (shape[0], 1, 1)), rng.uniform(0, shape[2], (shape[0], 1, 1))
        spread = rng.uniform(0.1, 0.3) * max(shape[1:3])
        spot = np.exp(-((h + 0.5 - y) ** 2 + (w + 0.5 - x) ** 2) / (2 * spread**2))
        image += spot[..., None] * rng.uniform(0.2, 0.5, (shape[0], 1, 1, shape[3]))
    return np.asarray(np.clip(image, 0, 1))


def _boxes(shape: Shape, seed: int) -> Unit:
    """The first box of every sample, painted white."""
    image, boxes = np.zeros(shape), boxes_of(shape, seed)
    for b in range(shape[0]):
        x1, y1, x2, y2 = (int(v) for v in boxes[b, 0])
        image[b, y1:y2, x1:x2] = 1.0
    return image


def _night(shape: Shape, seed: int) -> Unit:
    """Black, and noise in one pixel of sixteen."""
    return np.where(_rng(seed, 11).random(shape) < 1 / 16, _noise(shape, seed), 0.0)


def _narrow(shape: Shape, seed: int) -> Unit:
    """Noise between two close values, other ones in each channel: a little less, and more, than what is flat (E5)."""
    noise = _noise(shape, seed)
    low, high = noise.min((1, 2), keepdims=True), noise.max((1, 2), keepdims=True)
    span = np.resize([1 / 5000, 1 / 3500, 1 / 40], shape[3])
    return np.asarray(0.3 + span * (noise - low) / np.maximum(high - low, 1e-9))


def _steps(shape: Shape, seed: int) -> Unit:
    """Levels 100 and 108 alone: contrast of 1/128 leaves a sixteenth of a level between them."""
    return np.where(_rng(seed, 13).random(shape) < 0.5, 100 / 255, 108 / 255)


def _nan_at(shape: Shape, seed: int) -> Unit:
    """Noise, and one NaN in the first sample."""
    return _with_one(shape, seed, np.nan)


def _inf_at(shape: Shape, seed: int) -> Unit:
    """Noise, and one infinity in the first sample."""
    return _with_one(shape, seed, np.inf)


def _with_one(shape: Shape, seed: int, value: float) -> Unit:
    image, rng = _noise(shape, seed), _rng(seed, 7)
    if shape[0]:
        image[0, rng.integers(shape[1]), rng.integers(shape[2]), rng.integers(shape[3])] = value
    return image


PROBES: dict[str, Callable[[Shape, int], Unit]] = {
    "dull": _dull,
    "noise": _noise,
    "coord": _coord,
    "impulse": _impulse,
    "ramp": _ramp,
    "extremes": _extremes,
    "constant": _constant,
    "blobs": _blobs,
    "boxes": _boxes,
    "night": _night,
    "narrow": _narrow,
    "steps": _steps,
    "nan_at": _nan_at,
    "inf_at": _inf_at,
}


def image_of(probe: str, signature: str, seed: int, value_range: tuple[float, float] = (0.0, 1.0)) -> Array:
    """Return the batch of images (B, H, W, C); bfloat16 as float32 of the same values."""
    sig = SIGNATURES[signature]
    unit = PROBES[probe](sig.shape, seed)
    if sig.integer:
        return np.floor(unit * sig.top + 0.5).astype(sig.dtype)
    low, high = value_range
    image = (low + unit * (high - low)).astype(np.float32 if sig.dtype == "bfloat16" else sig.dtype)
    if sig.dtype == "bfloat16":
        bits = image.view(np.uint32) & np.uint32(0xFFFF0000)
        image = bits.view(np.float32)
    return image


_WILD = (1.47, -0.5, -0.0, 0.0, np.inf, -np.inf, np.nan, 0.25, 7.5, 1 / 3)
"""What floating images hold beside colours: values far outside of the range, both zeros, and what is no number."""


def wild(shape: tuple[int, ...], dtype: Any, seed: int) -> Array:
    """Return floats of all the kinds that come back as they were where nothing is applied (C11)."""
    return np.asarray(_rng(seed, 12).choice(_WILD, shape), dtype)


def boxes_of(shape: Shape, seed: int, count: int = 4) -> npt.NDArray[np.float32]:
    """Return whole-pixel xyxy boxes (B, N, 4) inside the image, at least one pixel large."""
    rng, (b, h, w, _) = _rng(seed, 8), shape
    x1 = np.floor(rng.random((b, count)) * w * 0.6)
    y1 = np.floor(rng.random((b, count)) * h * 0.6)
    x2 = np.minimum(x1 + 1 + np.floor(rng.random((b, count)) * w * 0.5), w)
    y2 = np.minimum(y1 + 1 + np.floor(rng.random((b, count)) * h * 0.5), h)
    return np.stack([x1, y1, x2, y2], -1).astype(np.float32)


def instances_of(boxes: Array, height: int, width: int) -> Array:
    """Return masks (B, N, H, W) uint8 of xyxy boxes: every box without its corners, each with a number, 1 to 255."""
    rows, columns = np.arange(height)[:, None] + 0.5, np.arange(width)[None, :] + 0.5
    x1, y1, x2, y2 = (boxes[..., i, None, None] for i in range(4))
    across, down = (columns - x1) / (x2 - x1) * 2 - 1, (rows - y1) / (y2 - y1) * 2 - 1
    inside = (np.abs(across) < 1) & (np.abs(down) < 1) & (np.abs(across) + np.abs(down) < 1.6)
    return np.where(inside, 1 + np.arange(boxes.shape[1])[:, None, None] % 255, 0).astype(np.uint8)


def turned(boxes: Array) -> Array:
    """Return boxes (B, N, 5) about the centres of xyxy ones, each with an angle of its own, all around."""
    count = boxes.shape[0] * boxes.shape[1]
    angles = (np.arange(count).reshape(boxes.shape[:2]) * 47 - 170) % 400 - 200.0
    angles[..., 0] = 0
    x1, y1, x2, y2 = np.moveaxis(boxes.astype(np.float64), -1, 0)
    return np.stack([(x1 + x2) / 2, (y1 + y2) / 2, (x2 - x1) * 1.25, y2 - y1, angles], -1).astype(np.float32)


def sample_of(case: Case) -> dict[str, Array]:
    """Return the case's targets as channels-last NumPy arrays; (B, T, …) where its option `frames` is set."""
    if not case.context.get("options", {}).get("frames"):
        return _images_of(case)
    return stacked([_images_of(case.with_(probe_seed=(case.probe_seed + 7 * t) % 2**32)) for t in range(FRAMES)])


def stacked(frames: Sequence[dict[str, Array]]) -> dict[str, Array]:
    """Return samples whose arrays are (B, T, …), of their images; a label belongs to the whole stack."""
    return {n: x if n == "label" else np.stack([one[n] for one in frames], 1) for n, x in frames[0].items()}


def _images_of(case: Case) -> dict[str, Array]:
    """Return the case's targets for samples of one image each."""
    sig = SIGNATURES[case.signature]
    b, h, w, _ = sig.shape
    rng = _rng(case.probe_seed, 9)
    options = case.context.get("options", {})
    low, high = options.get("value_range", (0.0, 1.0))
    masks = list(case.policy.get("targets", {}).get("masks", {}))
    sample: dict[str, Array] = {}
    for name in case.targets:
        if name == "image":
            sample[name] = image_of(case.probe, case.signature, case.probe_seed, (low, high))
        elif name == "mask":
            # Every pixel has its own number, so that a mask shows where each of its pixels came from.
            index = np.arange(b * h * w, dtype=np.int64).reshape(b, h, w) % 30011
            sample[name] = (index + 1).astype(np.int32)
        elif name == "boxes":
            sample[name] = _in_format(boxes_of(sig.shape, case.probe_seed), options, h, w)
        elif name == "keypoints":
            points = rng.random((b, 3, 2)) * np.array([w, h])
            sample[name] = (np.floor(points * 16) / 16).astype(np.float32)
        elif name == "instance_masks":
            sample[name] = instances_of(boxes_of(sig.shape, case.probe_seed), h, w)
        elif name in masks:
            sample[name] = _rng(case.probe_seed, 10 + masks.index(name)).integers(0, 256, (b, h, w), np.uint8)
        else:  # class ids, of which up to seven neighbours all differ
            sample[name] = ((3 * np.arange(b) + 1) % CLASSES).astype(np.int32)
    return sample


def soft(labels: Array) -> npt.NDArray[np.float32]:
    """Return the soft labels (B, K) that class ids of cases are where nothing was mixed."""
    return np.asarray(labels[:, None] == np.arange(CLASSES), np.float32)


def _in_format(xyxy: Array, options: dict[str, Any], height: int, width: int) -> Array:
    if options.get("box_format") == "cxcywhr":
        return turned(xyxy)
    x1, y1, x2, y2 = np.moveaxis(xyxy.astype(np.float64), -1, 0)
    if options.get("box_units") == "normalized":
        x1, x2, y1, y2 = x1 / width, x2 / width, y1 / height, y2 / height
    columns = {
        "xyxy": (x1, y1, x2, y2),
        "yxyx": (y1, x1, y2, x2),
        "xywh": (x1, y1, x2 - x1, y2 - y1),
        "cxcywh": ((x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1),
    }
    return np.stack(columns[options.get("box_format", "xyxy")], -1).astype(np.float32)
