"""The work that every contender does: what is drawn, and the images it is done to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from benchmarks import photos

Images = npt.NDArray[np.uint8]
Samples = Mapping[str, npt.NDArray[Any]]
"""Arrays of a batch by name: `image` (B, H, W, 3), and what moves with it."""

Json = dict[str, Any]
Range = tuple[float, float]


@dataclass(frozen=True)
class Workload:
    """Ops with one draw of each per sample, and the size of what they get and give.

    augspec reads the policy, peers read the same ops, so that nobody repeats the numbers.

    Attributes:
        name: short, as on the command line.
        title: what it is, in a few words.
        ops: of the policy, in order.
        batch: how many images.
        size: (height, width) of an image.
        out: (height, width) of a result; `size` by default.
        dtype: of a result.
        targets: what comes with each image: a mask, 100 boxes and 17 keypoints ("detection"), or a label ("label").
    """

    name: str
    title: str
    ops: tuple[Json, ...]
    batch: int = 64
    size: tuple[int, int] = (224, 224)
    out: tuple[int, int] | None = None
    dtype: str = "uint8"
    targets: Literal["detection", "label"] | None = None

    @property
    def policy(self) -> Json:
        """The work as a policy document."""
        return {"augspec": 1, "name": self.name.lower(), "ops": list(self.ops), "eval": []}

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """The shape of a result, channels last."""
        return (self.batch, *(self.out or self.size), 3)

    def op(self, name: str) -> Json:
        """Return the op of a name."""
        return next(op for op in self.ops if op["op"] == name)

    def range(self, name: str, field: str) -> Range:
        """Return the ends between which a field of an op is drawn."""
        low, high = self.op(name)[field]["uniform"]
        return low, high

    @property
    def degrees(self) -> Range:
        """The angles of `rotate`, counter-clockwise."""
        return self.range("rotate", "degrees")

    @property
    def scale(self) -> Range:
        """The factors of `scale`."""
        return self.range("scale", "factor")

    @property
    def brightness(self) -> Range:
        """The factors of `brightness_scale`."""
        return self.range("brightness_scale", "factor")

    @property
    def contrast(self) -> Range:
        """The factors of `contrast`."""
        return self.range("contrast", "factor")

    def samples(self, *, seed: int = 0) -> Samples:
        """Return the images (B, H, W, 3) and the targets of the workload, by name, as `photos` describes them."""
        found: dict[str, Any] = {"image": photos.photos(self.batch, self.size, seed=seed)}
        if self.targets == "detection":
            found |= photos.detection(self.batch, self.size, seed=seed + 1)
        if self.targets == "label":
            found["label"] = photos.labels(self.batch, seed=seed + 1)
        return found


def _uniform(low: float, high: float) -> Json:
    return {"uniform": [low, high]}


def _imagenet(*, antialias: bool) -> tuple[Json, ...]:
    return (
        {"op": "random_resized_crop", "size": [224, 224], "area": _uniform(0.08, 1.0), "antialias": antialias},
        {"op": "horizontal_flip", "p": 0.5},
        {"op": "normalize", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
    )


_JITTER = {
    "op": "color_jitter",
    "brightness": _uniform(0.2, 1.8),
    "contrast": _uniform(0.2, 1.8),
    "saturation": _uniform(0.2, 1.8),
    "hue": _uniform(-0.2, 0.2),
}

_CROPPED: dict[str, Any] = {"size": (375, 500), "out": (224, 224), "dtype": "float32"}

WORKLOADS = (
    Workload(
        "W1",
        "rotate, scale, brightness, contrast",
        (
            {"op": "rotate", "degrees": _uniform(-15.0, 15.0)},
            {"op": "scale", "factor": _uniform(0.8, 1.2)},
            {"op": "brightness_scale", "factor": _uniform(0.8, 1.2)},
            {"op": "contrast", "factor": _uniform(0.8, 1.2), "pivot": "grey_mean"},
        ),
    ),
    Workload("W2", "ImageNet: antialiased crop, flip, normalize to float32", _imagenet(antialias=True), **_CROPPED),
    Workload("W2b", "ImageNet: bilinear crop, flip, normalize to float32", _imagenet(antialias=False), **_CROPPED),
    Workload(
        "W3",
        "SimCLR: crop, flip, colour jitter, grey, blur",
        (
            {"op": "random_resized_crop", "size": [224, 224], "area": _uniform(0.08, 1.0), "antialias": False},
            {"op": "horizontal_flip", "p": 0.5},
            {"op": "sequence", "p": 0.8, "ops": [_JITTER]},
            {"op": "grayscale", "p": 0.2},
            {"op": "gaussian_blur", "sigma": _uniform(0.1, 2.0), "p": 0.5},
        ),
    ),
    Workload("W4", "TrivialAugmentWide", ({"op": "preset", "name": "trivialaugment_wide/torchvision"},)),
    Workload("W4b", "RandAugment(2, 9)", ({"op": "preset", "name": "randaugment/torchvision"},)),
    Workload(
        "W5",
        "detection: affine, flip, colour jitter, with mask, 100 boxes, 17 keypoints",
        (
            {"op": "affine", "degrees": _uniform(-10.0, 10.0), "scale": _uniform(0.8, 1.2)},
            {"op": "horizontal_flip", "p": 0.5},
            _JITTER,
        ),
        batch=8,
        size=(640, 640),
        targets="detection",
    ),
    Workload(
        "W6",
        "CIFAR: crop with a border, flip, cutout",
        (
            {"op": "pad", "top": 4, "right": 4, "bottom": 4, "left": 4},
            {"op": "random_crop", "size": [32, 32]},
            {"op": "horizontal_flip", "p": 0.5},
            {"op": "cutout", "size": 0.5},
        ),
        batch=1024,
        size=(32, 32),
    ),
    Workload("W7", "mixup of images and labels", ({"op": "mixup", "alpha": 1.0},), targets="label"),
    Workload("W7b", "cutmix of images and labels", ({"op": "cutmix", "alpha": 1.0},), targets="label"),
)
W1 = WORKLOADS[0]
BY_NAME = {work.name: work for work in WORKLOADS}
