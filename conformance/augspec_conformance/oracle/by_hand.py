"""Asking the oracle by hand: ops and policies as normalization writes them, without augspec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from augspec_conformance.oracle.arrays import FloatArray
from augspec_conformance.oracle.run import run

__all__ = ["augmented", "both", "op", "picture", "policy"]

_WARPS = ("rotate", "translate", "scale", "shear", "affine")
_WARP = {"interpolation": "bilinear", "border": "constant", "fill": 0.0}


def op(kind: str, /, **fields: Any) -> dict[str, Any]:
    """Return an op as normalization writes it; the fields of a warp only where they belong."""
    return {"op": kind, "id": f"{kind}#0", "p": 1.0, **(_WARP if kind in _WARPS else {}), **fields}


def both(first: dict[str, Any], second: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return two ops of one kind, with the ids that normalization gives them."""
    return first, {**second, "id": f"{second['op']}#1"}


def policy(*ops: dict[str, Any], **targets: Any) -> dict[str, Any]:
    """Return a policy of some ops, with the rules of some targets."""
    return {"augspec": 1, "ops": list(ops), "targets": targets}


def picture(height: int = 11, width: int = 16, channels: int = 3, seed: int = 7) -> FloatArray:
    """Return noise of the unit range, (height, width, channels)."""
    return np.random.default_rng(seed).random((height, width, channels))


def augmented(image: FloatArray, *ops: dict[str, Any], values: Mapping[str, Any] | None = None) -> FloatArray:
    """Return an image (H, W, C) after some ops, given the draws by their paths."""
    return np.asarray(run(policy(*ops), values or {}, {"image": image})["image"])
