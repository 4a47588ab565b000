"""The libraries of the table, and what each has to be called with."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from augspec_conformance.distances.pair import Library

__all__ = [
    "ALBUMENTATIONS",
    "KORNIA",
    "LIBRARIES",
    "OPENCV",
    "PILLOW",
    "SCIPY",
    "SKIMAGE",
    "TENSORFLOW",
    "TORCH",
    "TORCHVISION",
]


def _without_compiled_ops() -> None:
    """Name the ops that torchvision's import wants, where its compiled ones do not load: nothing here calls them."""
    found = find_spec("torchvision")
    if found is None or "torchvision" in sys.modules:
        return
    import torch

    for folder in found.submodule_search_locations or ():
        for compiled in Path(folder).glob("_C.*"):
            try:
                torch.ops.load_library(str(compiled))  # type: ignore[no-untyped-call]
            except OSError:  # built for another torch
                continue
            return
    for op in ("nms", "qnms"):
        torch.library.define(f"torchvision::{op}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")


def _without_a_look_for_updates() -> None:
    """Keep Albumentations from asking the network for a newer version when it is imported."""
    os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")


PILLOW = Library("Pillow", "PIL.Image", ("pillow",))
OPENCV = Library("OpenCV", "cv2", ("opencv-python-headless", "opencv-python"))
TORCH = Library("torch", "torch", ("torch",))
TORCHVISION = Library(
    "torchvision", "torchvision.transforms.functional", ("torchvision",), prepare=_without_compiled_ops
)
TENSORFLOW = Library("tf.image", "tensorflow", ("tensorflow", "tensorflow-cpu"))
SCIPY = Library("SciPy", "scipy.ndimage", ("scipy",))
SKIMAGE = Library("scikit-image", "skimage", ("scikit-image",))

KORNIA = Library("Kornia", "kornia", ("kornia",))
ALBUMENTATIONS = Library("Albumentations", "albumentations", ("albumentations",), prepare=_without_a_look_for_updates)

LIBRARIES = (SCIPY, SKIMAGE, PILLOW, OPENCV, TORCH, TORCHVISION, TENSORFLOW, KORNIA, ALBUMENTATIONS)
