"""Samples for other libraries: the suite's own probes, in the value range that the library documents."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from augspec_conformance.cases.probes import PROBES, boxes_of
from augspec_conformance.law import stable_seed
from augspec_conformance.peers.peer import Arrays, Peer, Transform, first_dtype

__all__ = ["LARGE", "SHAPE", "TINY", "ask", "image", "sample"]

SHAPE = (4, 24, 20, 3)
"""H ≠ W: symmetric cases hide faults."""

LARGE = (2, 48, 40, 3)
"""For painted boxes: far enough from the borders."""

TINY = (4, 8, 6, 3)
"""For distributions: many calls of little work."""

_SEED_BITS = 2**31


def image(
    peer: Peer, probe: str, *, dtype: Any = "float32", shape: tuple[int, int, int, int] = SHAPE, seed: int = 7
) -> npt.NDArray[Any]:
    """Return a batch of images (B, H, W, C) of a probe, in the library's value range for the dtype."""
    unit = PROBES[probe](shape, seed)
    low, high = peer.ranges[np.dtype(dtype).name]
    values = low + unit * (high - low)
    if np.dtype(dtype).kind in "iu":
        values = np.floor(values + 0.5)
    return values.astype(dtype)


def sample(
    peer: Peer,
    transform: Transform,
    probe: str = "noise",
    *,
    dtype: Any = None,
    shape: tuple[int, int, int, int] = SHAPE,
    seed: int = 7,
    targets: tuple[str, ...] | None = None,
) -> Arrays:
    """Return an image and the targets that the transform takes; with the probe "boxes" the mask is what is painted."""
    dtype = first_dtype(transform) if dtype is None else dtype
    found: Arrays = {"image": image(peer, probe, dtype=dtype, shape=shape, seed=seed)}
    rng = np.random.Generator(np.random.Philox(key=[seed, 21]))
    wanted = transform.targets if targets is None else targets
    if "mask" in wanted:
        if probe == "boxes":
            found["mask"] = (PROBES[probe](shape, seed)[..., :1] > 0).astype(np.int32)
        else:
            found["mask"] = rng.integers(1, 200, (*shape[:3], 1), dtype=np.int32)
    if "boxes" in wanted:
        found["boxes"] = boxes_of(shape, seed)
    if "box_labels" in wanted:
        found["box_labels"] = np.broadcast_to(
            np.arange(found["boxes"].shape[1], dtype=np.int32), found["boxes"].shape[:2]
        ).copy()
    if "keypoints" in wanted:
        span = np.array([shape[2], shape[1]])
        found["keypoints"] = np.floor(rng.random((shape[0], 3, 2)) * (span - 2) + 1).astype(np.float32)
    return found


def ask(
    peer: Peer,
    transform: Transform,
    given: Arrays,
    *,
    seed: object = 0,
    mode: str = "",
    layout: str = "NHWC",
) -> Arrays:
    """Make the transform anew, call it once in the library's first mode (or `mode`), and return the result.

    `seed` may be anything that has a text.
    """
    number = stable_seed("peers", seed) % _SEED_BITS
    call = peer.start(transform, seed=number, mode=mode, layout=layout)
    return peer.arrays(transform, call(peer.native(transform, given, layout=layout)), layout=layout)
