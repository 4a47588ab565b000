"""Faults of ownership: results that share memory with inputs, with each other or with later results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from augspec.namespace import Array
from augspec_conformance.mutants.faulty import Faulty, Run, image_of, with_entry
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class ReturnsUnchanged(Faulty):
    """Returns the input object where nothing was applied."""

    def result(self, out: Any, sample: Any) -> Any:
        old, new = image_of(sample), image_of(out)
        if old.shape == new.shape and old.dtype == new.dtype and old.tobytes() == new.tobytes():
            return with_entry(out, "image", old)
        return out


class ReturnsViews(Faulty):
    """Returns flips and crops as views of the input."""

    def fresh(self, out: Array, inputs: Mapping[str, Array]) -> Array:
        return out


class ReusesBuffer(Faulty):
    """Writes every result of one shape into one buffer."""

    def __init__(self) -> None:
        self.buffers: dict[tuple[tuple[int, ...], str], Any] = {}

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(out)
        buffer = self.buffers.setdefault((image.shape, str(image.dtype)), np.empty_like(image))
        buffer[...] = image
        return with_entry(out, "image", buffer)


class SharesBetweenTargets(Faulty):
    """Keeps image and mask as fields of one array of records and returns views of it."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping) or "mask" not in out:
            return out
        image, mask = out["image"], out["mask"]
        if image.shape[:-1] != mask.shape:
            return out
        records = np.empty(mask.shape, [("image", image.dtype, image.shape[-1:]), ("mask", mask.dtype)])
        records["image"], records["mask"] = image, mask
        return {**out, "image": records["image"], "mask": records["mask"]}


class IgnoresStrides(Faulty):
    """Reads a view's base from its start, as if every array were dense."""

    def call(self, run: Any, key: Any, sample: Any, index: Any) -> Any:
        image = image_of(sample)
        base = getattr(image, "base", None)
        if isinstance(base, np.ndarray) and base.dtype == image.dtype and base.size >= image.size:
            read = base.reshape(-1)[: image.size].reshape(image.shape)
            return run(key, with_entry(sample, "image", read), index)
        return run(key, sample, index)


def _around(image: Any) -> Any:
    """Return the larger array of which an image is the inside; None if it stands alone."""
    base = getattr(image, "base", None)
    if not isinstance(base, np.ndarray) or base.ndim != image.ndim or base.dtype != image.dtype:
        return None
    return base if all(n > m for n, m in zip(base.shape, image.shape, strict=True)) else None


class WritesAround(Faulty):
    """Pads views in place: writes their edge into the memory around them."""

    def result(self, out: Any, sample: Any) -> Any:
        base = _around(image_of(sample))
        if base is not None and base.flags.writeable:
            base[..., 0] = base[..., 1]
            base[..., 0, 0] = 1
        return out


class ReadsBeyond(Faulty):
    """Takes the pixel behind the end of a view for its last one, as a loop that runs too far."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        image = image_of(sample)
        base = _around(image)
        if base is None or image.strides != base.strides:
            return run(key, sample, index)
        read = image.copy()
        read[..., -1, :] = base[2:-2, 2:-2, -2, 2:-2] if image.ndim == 4 else base[2:-2, -2, 2:-2]
        return run(key, with_entry(sample, "image", read), index)


class WritesBehindBoxes(Faulty):
    """Keeps a sum in the memory behind the boxes."""

    def result(self, out: Any, sample: Any) -> Any:
        base = _around(sample["boxes"]) if isinstance(sample, Mapping) and "boxes" in sample else None
        if base is not None and base.flags.writeable:
            base[-1, -1, -1] = float(sample["boxes"].sum())
        return out


class WritesToFlags(Faulty):
    """Keeps count of what is visible in the flags that it was given."""

    def result(self, out: Any, sample: Any) -> Any:
        flags = sample.get("keypoints_visible") if isinstance(sample, Mapping) else None
        if flags is not None and flags.flags.writeable and flags.shape == out["keypoints_visible"].shape:
            flags &= out["keypoints_visible"]
        return out


class ReturnsFlags(Faulty):
    """Returns the flags of boxes that it was given where all of them still hold."""

    def result(self, out: Any, sample: Any) -> Any:
        flags = sample.get("boxes_valid") if isinstance(sample, Mapping) else None
        same = flags is not None and np.array_equal(flags, out["boxes_valid"])
        return with_entry(out, "boxes_valid", flags) if same else out


MUTANTS = (
    Mutant(
        "M06",
        "aliasing",
        "returns the input object where nothing was applied",
        "Changing the result in place changes the data set, for some samples.",
        ReturnsUnchanged,
        ("P3",),
    ),
    Mutant(
        "M07",
        "aliasing",
        "returns flips and crops as views of the input",
        "Changing either changes both; negative strides surprise other libraries.",
        ReturnsViews,
        ("P3",),
    ),
    Mutant(
        "M08",
        "aliasing",
        "reuses one output buffer over calls",
        "A list of batches holds the last batch many times.",
        ReusesBuffer,
        ("P4",),
    ),
    Mutant(
        "M09",
        "aliasing",
        "returns image and mask as views of one array",
        "Results are not dense, and keeping a mask keeps the image.",
        SharesBetweenTargets,
        ("P3",),
    ),
    Mutant(
        "M11",
        "aliasing",
        "ignores strides and reads the base of a view",
        "A slice of an array gives another part of it.",
        IgnoresStrides,
        ("S11", "P6"),
    ),
    Mutant(
        "M11b",
        "aliasing",
        "writes into the memory around a view",
        "Crops of one picture spoil each other.",
        WritesAround,
        ("P6",),
    ),
    Mutant(
        "M11c",
        "aliasing",
        "reads a pixel beyond a view",
        "A tile's result depends on the next tile.",
        ReadsBeyond,
        ("P6",),
    ),
    Mutant(
        "M11d",
        "aliasing",
        "writes into the memory behind the boxes",
        "Annotations of other images change.",
        WritesBehindBoxes,
        ("P6",),
    ),
    Mutant(
        "M290",
        "aliasing",
        "writes to the flags of keypoints",
        "In the second epoch, points that once left the picture are gone.",
        WritesToFlags,
        ("P1",),
        tier="full",
    ),
    Mutant(
        "M291",
        "aliasing",
        "returns the flags of boxes as they came",
        "Marking a box of the result marks it in the data set.",
        ReturnsFlags,
        ("P3",),
        tier="full",
    ),
)
