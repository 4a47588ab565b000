"""Albumentations 2: one sample at a time, seeded through `Compose`."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

import numpy as np

from augspec_conformance.peers.libraries.albumentations_transforms import transforms
from augspec_conformance.peers.peer import Arrays, Call, Transform

__all__ = ["Library"]


class Library:
    """Albumentations on NumPy arrays."""

    library = "albumentations"
    packages = ("albumentations", "albucore", "opencv-python-headless", "numpy")
    modes = ("eager",)
    layouts = ("NHWC",)
    generators = ()
    ranges: Mapping[str, tuple[float, float]] = {"float32": (0.0, 1.0), "uint8": (0.0, 255.0)}
    silent: Mapping[str, str] = {}

    def __init__(self, engine: str = "") -> None:
        self.name = "albumentations"

    def missing(self) -> str:
        """Name what is not installed."""
        return ", ".join(
            name
            for name, module in (("albumentations", "albumentations"), ("opencv", "cv2"))
            if find_spec(module) is None
        )

    def transforms(self) -> tuple[Transform, ...]:
        """Return what is asked."""
        return transforms()

    def _compose(self, transform: Transform, seed: int, targets: set[str]) -> Any:
        import albumentations as A  # noqa: N812

        made = transform.build()
        options: dict[str, Any] = dict(transform.options.get("compose", {}))
        if targets & {"boxes", "bboxes"}:
            options["bbox_params"] = A.BboxParams("pascal_voc", label_fields=["box_labels"])
        if "keypoints" in targets:
            options["keypoint_params"] = A.KeypointParams("xy", remove_invisible=False)
        return A.Compose(made if isinstance(made, list) else [made], seed=seed, **options)

    def start(self, transform: Transform, *, seed: int, mode: str = "", layout: str = "NHWC") -> Call:
        """Return a pipeline made with the seed; the samples of a batch are its successive calls."""
        return self._started(transform, seed, lambda made: made)

    def pickled(self, transform: Transform, *, seed: int) -> Call:
        """Return the pipeline after a way through bytes, seeded anew."""

        def through_bytes(made: Any) -> Any:
            again = pickle.loads(pickle.dumps(made))  # noqa: S301 (our own bytes)
            again.set_random_seed(seed)
            return again

        return self._started(transform, seed, through_bytes)

    def _started(self, transform: Transform, seed: int, change: Callable[[Any], Any]) -> Call:
        made: dict[frozenset[str], Any] = {}

        def call(native: Any) -> Any:
            targets = frozenset(native[0])
            if targets not in made:
                made[targets] = change(self._compose(transform, seed, set(targets)))
            return [made[targets](**one) for one in native]

        return call

    def rebuilt(self, transform: Transform, *, seed: int) -> Call:
        """Return a pipeline read back from what one wrote of itself, seeded alike: the seed is not promised to survive."""
        import albumentations as A  # noqa: N812

        targets = {"image", *transform.targets}
        again = A.from_dict(A.to_dict(self._compose(transform, seed, targets)))
        again.set_random_seed(seed)
        return lambda native: [again(**one) for one in native]

    def native(self, transform: Transform, sample: Arrays, *, layout: str = "NHWC") -> Any:
        """Return the keyword arguments of each sample."""
        names = {"image": "image", "mask": "mask", "boxes": "bboxes", "keypoints": "keypoints"}
        found = []
        for index in range(len(sample["image"])):
            one = {names[name]: value[index].copy() for name, value in sample.items()}
            if "mask" in one:
                one["mask"] = one["mask"][..., 0].astype(np.uint8)
            if "bboxes" in one:
                one["boxes"] = one["bboxes"]
                one["box_labels"] = np.arange(len(one["bboxes"]))
            found.append({name: value for name, value in one.items() if name != "boxes"})
        return found

    def arrays(self, transform: Transform, native: Any, *, layout: str = "NHWC") -> Arrays:
        """Return arrays; boxes that were dropped are NaN, so that a box keeps its place."""
        found: Arrays = {"image": _stacked([one["image"] for one in native])}
        if native and "mask" in native[0]:
            found["mask"] = _stacked([one["mask"][..., None] for one in native]).astype(np.int32)
        if native and "bboxes" in native[0]:
            boxes = np.full((len(native), 4, 4), np.nan, np.float32)
            for index, one in enumerate(native):
                for box, label in zip(one["bboxes"], one["box_labels"], strict=True):
                    boxes[index, int(label)] = box[:4]
            found["boxes"] = boxes
        if native and "keypoints" in native[0]:
            found["keypoints"] = np.stack([np.asarray(one["keypoints"], np.float32) for one in native])
        return found


def _stacked(images: list[Any]) -> Any:
    """Stack images; those of other sizes than the first are put on a canvas as large as the largest."""
    height, width = (max(image.shape[axis] for image in images) for axis in (0, 1))
    canvas = np.zeros((len(images), height, width, images[0].shape[2]), images[0].dtype)
    for index, image in enumerate(images):
        canvas[index, : image.shape[0], : image.shape[1]] = image
    return canvas
