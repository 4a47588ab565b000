"""Faults of shape, dtype and structure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from augspec.namespace import Array
from augspec_backends.generic.numbers import FixedNumbers
from augspec_conformance.mutants.faulty import Faulty, image_of, with_entry
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class SwapsSides(Faulty):
    """Gives resized images as (W, H)."""

    def result(self, out: Any, sample: Any) -> Any:
        old, new = image_of(sample), image_of(out)
        if old.shape == new.shape:
            return out
        axes = (*range(new.ndim - 3), new.ndim - 2, new.ndim - 3, new.ndim - 1)
        return with_entry(out, "image", np.ascontiguousarray(new.transpose(axes)))


class SqueezesPixels(Faulty):
    """Squeezes images of one row or column."""

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(out)
        axes = tuple(axis for axis in (image.ndim - 3, image.ndim - 2) if image.shape[axis] == 1)
        return with_entry(out, "image", image.squeeze(axes)) if axes else out


class DropsFourthChannel(Faulty):
    """Returns three channels of images that have more."""

    def result(self, out: Any, sample: Any) -> Any:
        return with_entry(out, "image", np.ascontiguousarray(image_of(out)[..., :3]))


class GivesFloats(Faulty):
    """Returns float32 for uint8."""

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(out)
        return with_entry(out, "image", image.astype(np.float32)) if image.dtype == np.uint8 else out


class GivesDoubles(Faulty):
    """Returns float64 for float32."""

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(out)
        return with_entry(out, "image", image.astype(np.float64)) if image.dtype == np.float32 else out


class _NoClamp(FixedNumbers):
    def clamp(self, x: Array) -> Array:
        return x


class WrapsAround(Faulty):
    """Lets uint8 wrap around instead of saturating."""

    exact = _NoClamp


class DropsUnknown(Faulty):
    """Returns only the entries that it moves."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping):
            return out
        known = ("image", "mask", "boxes", "boxes_valid", "keypoints", "keypoints_visible")
        return {name: value for name, value in out.items() if name in known}


class Reorders(Faulty):
    """Returns the entries in alphabetical order."""

    def result(self, out: Any, sample: Any) -> Any:
        return dict(sorted(out.items(), reverse=True)) if isinstance(out, Mapping) else out


class CopiesRest(Faulty):
    """Turns what passes through into arrays."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping):
            return out
        rest = {name: np.array(value) for name, value in out.items() if value is sample.get(name)}
        return {**out, **rest}


MUTANTS = (
    Mutant(
        "M33",
        "shape",
        "swaps height and width of resized images",
        "Batches of non-square images do not stack.",
        SwapsSides,
        ("S1",),
    ),
    Mutant(
        "M34",
        "shape",
        "squeezes images of one row or column",
        "Thin crops break the pipeline.",
        SqueezesPixels,
        ("S1",),
    ),
    Mutant(
        "M34b",
        "shape",
        "keeps three channels only",
        "Alpha and depth channels vanish.",
        DropsFourthChannel,
        ("S1",),
    ),
    Mutant(
        "M35",
        "shape",
        "returns float32 for uint8",
        "Four times the memory, and another range.",
        GivesFloats,
        ("S2",),
    ),
    Mutant(
        "M35b",
        "shape",
        "returns float64 for float32",
        "Models refuse the batch, or run at half speed.",
        GivesDoubles,
        ("S2",),
    ),
    Mutant(
        "M36",
        "shape",
        "lets uint8 wrap around",
        "Bright pixels turn black.",
        WrapsAround,
        ("S8",),
    ),
    Mutant(
        "M38",
        "shape",
        "drops entries that it does not know",
        "Labels are lost.",
        DropsUnknown,
        ("S3",),
    ),
    Mutant(
        "M38b",
        "shape",
        "reorders the entries",
        "Code that unpacks a sample takes a mask for an image.",
        Reorders,
        ("S3",),
    ),
    Mutant(
        "M38c",
        "shape",
        "turns what passes through into arrays",
        "Paths and metadata lose their types.",
        CopiesRest,
        ("S3",),
    ),
)
