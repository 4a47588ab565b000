"""Faults of numbers that are none: they vanish, or spread."""

from __future__ import annotations

from typing import Any

import numpy as np

from augspec_conformance.laws.nonfinite import grown
from augspec_conformance.mutants.faulty import Faulty, Run, image_of, with_entry
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


def _floats(image: Any) -> bool:
    return isinstance(image, np.ndarray) and image.dtype in (np.float32, np.float64)


class ReplacesNaN(Faulty):
    """Replaces NaN and infinity by numbers."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        image = image_of(sample)
        return run(key, with_entry(sample, "image", np.nan_to_num(image)) if _floats(image) else sample, index)


class ReplacesInfinity(Faulty):
    """Replaces infinity by 0, and keeps NaN."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        image = image_of(sample)
        if _floats(image):
            sample = with_entry(sample, "image", np.where(np.isinf(image), image.dtype.type(0), image))
        return run(key, sample, index)


class SpreadsNaN(Faulty):
    """Lets one NaN reach the whole image."""

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(out)
        if not _floats(image):
            return out
        axes = tuple(range(image.ndim - 3, image.ndim))
        return with_entry(out, "image", image + 0 * image.sum(axes, keepdims=True, dtype=image.dtype))


class SpreadsNaNNearby(Faulty):
    """Lets a NaN reach the pixels next to its own."""

    pixels_far = 1

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(out)
        if not _floats(image) or image.ndim != 4:
            return out
        lost = np.isnan(image)
        wide = np.stack(
            [np.stack([grown(one[..., c], self.pixels_far) for c in range(one.shape[-1])], -1) for one in lost]
        )
        return with_entry(out, "image", np.where(wide, image.dtype.type(np.nan), image)) if lost.any() else out


class SpreadsNaNFar(SpreadsNaNNearby):
    """Lets a NaN reach all pixels up to five away."""

    pixels_far = 5


class MixesNaNIntoChannels(Faulty):
    """Lets a NaN reach the other channels of its pixel."""

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(out)
        return (
            with_entry(out, "image", image + 0 * image.sum(-1, keepdims=True, dtype=image.dtype))
            if _floats(image)
            else out
        )


class OverflowsEarly(Faulty):
    """Adds up squares on the way, which overflow from 1e20 on."""

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(sample)
        if not _floats(image) or image.ndim != 4:
            return out
        power = (image * image).sum((1, 2, 3), keepdims=True, dtype=image.dtype)
        return with_entry(out, "image", image_of(out) + power * 0)


MUTANTS = (
    Mutant(
        "M67",
        "nonfinite",
        "replaces NaN and infinity by numbers",
        "Broken data looks whole.",
        ReplacesNaN,
        ("N5",),
    ),
    Mutant(
        "M67b",
        "nonfinite",
        "lets one NaN reach the whole image",
        "One dead pixel costs the sample.",
        SpreadsNaN,
        ("N5",),
    ),
    Mutant(
        "M67e",
        "nonfinite",
        "lets a NaN reach pixels up to five away",
        "One dead pixel costs a corner.",
        SpreadsNaNFar,
        ("N5",),
    ),
    Mutant(
        "M67f",
        "nonfinite",
        "lets a NaN reach the pixels next to it",
        "A dead pixel grows with every op.",
        SpreadsNaNNearby,
        ("N5",),
    ),
    Mutant(
        "M67g",
        "nonfinite",
        "lets a NaN reach the other channels of its pixel",
        "A dead channel costs the others.",
        MixesNaNIntoChannels,
        ("N5",),
    ),
    Mutant(
        "M67h",
        "nonfinite",
        "replaces infinity by 0",
        "Overflowed data looks whole.",
        ReplacesInfinity,
        ("N5",),
    ),
    Mutant(
        "M67i",
        "nonfinite",
        "overflows from 1e20 on",
        "Images in physical units turn into NaN.",
        OverflowsEarly,
        ("N6",),
    ),
)
