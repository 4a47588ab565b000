"""Albumentations, one image after the other on one core: what most data-loader workers run today."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.peers import missing
from benchmarks.workloads import Images, Json, Samples, Workload

NOTE = (
    "geometry by OpenCV, in steps of 1/32 pixel; crops by INTER_AREA where ours are antialiased; one Affine for "
    "several warps; every op rounds to uint8; one core"
)


def available() -> str | None:
    """Tell why Albumentations cannot run here, or None."""
    return missing("albumentations", "cv2")


def make(samples: Samples, *, work: Workload, road: str) -> Callable[[int], Any]:
    """Loop over the samples with one composition, whose generators go on from call to call."""
    del road  # it has only one
    import albumentations
    import cv2

    cv2.setNumThreads(0)
    steps: list[Any] = []
    warp: Json = {}
    for op in work.ops:
        kind = op["op"]
        if kind in ("rotate", "scale"):
            warp |= {"rotate" if kind == "rotate" else "scale": tuple(op[_FIELD[kind]]["uniform"])}
        else:
            steps += _steps(albumentations, cv2, op, work)
    if warp:
        steps.insert(0, albumentations.Affine(**warp, p=1.0))
    if not work.targets:
        augment = albumentations.Compose(steps, seed=0)

        def call(step: int) -> Images:
            del step
            return np.stack([augment(image=pixels)["image"] for pixels in samples["image"]])

        return call
    augment = albumentations.Compose(
        steps,
        bbox_params=albumentations.BboxParams("pascal_voc"),
        keypoint_params=albumentations.KeypointParams("xy", remove_invisible=False),
        seed=0,
    )

    def one(i: int) -> Images:
        names = {"image": "image", "mask": "mask", "boxes": "bboxes", "keypoints": "keypoints"}
        found: Images = augment(**{theirs: samples[ours][i] for ours, theirs in names.items()})["image"]
        return found

    def with_targets(step: int) -> Images:
        del step
        return np.stack([one(i) for i in range(work.batch)])

    return with_targets


_FIELD = {"rotate": "degrees", "scale": "factor"}


def _range(op: Json, field: str) -> tuple[float, float]:
    low, high = op[field]["uniform"]
    return low, high


def _steps(a: Any, cv2: Any, op: Json, work: Workload) -> list[Any]:
    """Return the transforms that stand for one op."""
    kind, p = op["op"], op.get("p", 1.0)
    if kind == "sequence":
        (inner,) = op["ops"]
        return _steps(a, cv2, {**inner, "p": p}, work)
    if kind == "brightness_scale":  # and the contrast after it
        both = {"brightness": _range(op, "factor"), "contrast": work.range("contrast", "factor")}
        return [a.ColorJitter(**both, saturation=(1, 1), hue=(0, 0), p=1.0)]
    if kind == "contrast":
        return []
    if kind == "pad":
        height, width = work.size
        sides = (height + op["top"] + op["bottom"], width + op["left"] + op["right"])
        return [a.PadIfNeeded(*sides, border_mode=cv2.BORDER_CONSTANT)]
    if kind == "cutout":
        sides = tuple((round(side * op["size"]),) * 2 for side in work.size)
        return [a.CoarseDropout(num_holes_range=(1, 1), hole_height_range=sides[0], hole_width_range=sides[1], p=1.0)]
    if kind == "random_resized_crop":
        how = cv2.INTER_AREA if op["antialias"] else cv2.INTER_LINEAR
        return [a.RandomResizedCrop(tuple(op["size"]), scale=_range(op, "area"), interpolation=how)]
    made: dict[str, Callable[[], Any]] = {
        "affine": lambda: a.Affine(rotate=_range(op, "degrees"), scale=_range(op, "scale"), p=1.0),
        "color_jitter": lambda: a.ColorJitter(
            **{name: _range(op, name) for name in ("brightness", "contrast", "saturation", "hue")}, p=p
        ),
        "gaussian_blur": lambda: a.GaussianBlur(blur_limit=0, sigma_limit=_range(op, "sigma"), p=p),
        "grayscale": lambda: a.ToGray(p=p),
        "horizontal_flip": lambda: a.HorizontalFlip(p=p),
        "normalize": lambda: a.Normalize(op["mean"], op["std"]),
        "random_crop": lambda: a.RandomCrop(*op["size"]),
    }
    return [made[kind]()]
