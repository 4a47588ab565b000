"""The two images of the table: the worst that can be asked, and something like a photograph."""

from __future__ import annotations

from functools import cache

import numpy as np

from augspec_conformance.cases.probes import PROBES
from augspec_conformance.distances.pair import Array

__all__ = ["SIZE", "images"]

SIZE = (120, 160)
"""Height and width of the images, pixels."""


@cache
def images() -> dict[str, Array]:
    """Return "noise", where neighbours have nothing in common, and "smooth": soft spots; uint8, (H, W, 3)."""
    shape = (1, *SIZE, 3)
    found = {"noise": PROBES["noise"](shape, 20), "smooth": PROBES["blobs"](shape, 21)}
    return {name: np.floor(unit[0] * 255 + 0.5).astype(np.uint8) for name, unit in found.items()}
