"""Faults of purity: inputs that change."""

from __future__ import annotations

from typing import Any

import numpy as np

from augspec_conformance.mutants.faulty import Faulty, Run, image_of, with_entry
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


def _fits(image: Any, new: Any) -> bool:
    return bool(image.shape == new.shape and image.dtype == new.dtype)


class WritesInput(Faulty):
    """Writes the result into the input."""

    def result(self, out: Any, sample: Any) -> Any:
        if _fits(image_of(sample), image_of(out)):
            image_of(sample)[...] = image_of(out)
        return out


class WritesWhereItCan(Faulty):
    """Works in place when the array is writable and dense, so that read-only tests see nothing."""

    def result(self, out: Any, sample: Any) -> Any:
        flags = image_of(sample).flags
        if flags.writeable and flags.c_contiguous and _fits(image_of(sample), image_of(out)):
            image_of(sample)[...] = image_of(out)
        return out


class WritesBoxes(Faulty):
    """Moves boxes and keypoints in place, and only the image anew."""

    def result(self, out: Any, sample: Any) -> Any:
        for name in ("boxes", "keypoints"):
            if not isinstance(sample, np.ndarray) and name in sample and sample[name].flags.writeable:
                sample[name][...] = out[name]
        return out


class ForgetsToRestore(Faulty):
    """Uses the input's memory as scratch and restores it afterwards, but not if the call fails."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        image = image_of(sample)
        if not isinstance(image, np.ndarray) or not image.flags.writeable:
            return run(key, sample, index)
        before = image.copy()
        image[...] = np.zeros((), image.dtype)
        out = run(key, with_entry(sample, "image", before), index)
        image[...] = before
        return out


MUTANTS = (
    Mutant(
        "M01",
        "purity",
        "writes the result into the input",
        "The second epoch augments what the first one already augmented.",
        WritesInput,
        ("P1",),
    ),
    Mutant(
        "M02",
        "purity",
        "writes the result into writable, dense inputs only",
        "As M01, but tests on read-only arrays pass.",
        WritesWhereItCan,
        ("P1",),
    ),
    Mutant(
        "M04",
        "purity",
        "writes moved boxes and keypoints into the input's",
        "Annotations drift away from their images.",
        WritesBoxes,
        ("P1",),
    ),
    Mutant(
        "M05",
        "purity",
        "restores its input, except when the call fails",
        "A caught error leaves a damaged image behind.",
        ForgetsToRestore,
        ("P16",),
    ),
)
