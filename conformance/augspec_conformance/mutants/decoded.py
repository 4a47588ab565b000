"""Faults between draws and pixels: what is drawn is right, what is applied is not, and only where samples are many."""

from __future__ import annotations

from typing import Any

import numpy as np

from augspec.ops.gaussian_noise import GaussianNoise
from augspec.ops.rotate import Rotate
from augspec_backends.generic.pipeline import Pipeline
from augspec_conformance.mutants.faulty import Faulty, Run, Values, image_of, paths_of, with_entry
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]

_MANY = 1024
"""Samples of a call above which these backends take another road, as one does that works in pieces."""


class RestartsNumbering(Faulty):
    """Works through large batches in pieces of 4096, and counts the ids of each piece from the first one's."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        ids = None if index is None else np.asarray(index, np.int64)
        if ids is None or ids.size <= _MANY:
            return run(key, sample, index)
        return run(key, sample, ids[np.arange(ids.size) % 4096])


class FewAngles(Faulty):
    """Turns large batches by multiples of three degrees, whose tables it has at hand."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        step = 3 * 2**24 // 360
        return {
            **values,
            **{
                path: (values[path] + step // 2) // step * step
                for path in paths_of(pipeline, Rotate, "degrees")
                if len(values[path]) > _MANY
            },
        }


class MisplacesResults(Faulty):
    """Sorts large batches by what is applied, and puts the results back one place further."""

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(out)
        if not isinstance(image, np.ndarray) or image.ndim != 4 or len(image) <= _MANY:
            return out
        return with_entry(out, "image", np.roll(image, 1, 0))


class SharesBranchesEvenly(Faulty):
    """Gives every member of `one_of` as many samples of a large batch, so that all pieces are of one size."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        even = {
            path: np.arange(len(array), dtype=array.dtype) % (int(array.max()) + 1)
            for path, array in values.items()
            if path.endswith("/branch") and array.ndim == 1 and len(array) > _MANY
        }
        return {**values, **even}


class StrongerNoise(Faulty):
    """Adds a quarter more noise to large batches."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        return {
            **values,
            **{
                path: values[path] + values[path] // 4
                for path in paths_of(pipeline, GaussianNoise, "std")
                if len(values[path]) > _MANY
            },
        }


MUTANTS = (
    Mutant(
        "M90",
        "decoded",
        "starts the ids of every piece of a large batch anew",
        "Thousands of samples are augmented alike, and draw says otherwise.",
        RestartsNumbering,
        ("R15",),
    ),
    Mutant(
        "M90b",
        "decoded",
        "turns large batches by multiples of three degrees",
        "Eleven angles for all images, and draw says otherwise.",
        FewAngles,
        ("R13",),
    ),
    Mutant(
        "M90c",
        "decoded",
        "puts the results of large batches one place further",
        "Images no longer stand beside their labels.",
        MisplacesResults,
        ("R14",),
    ),
    Mutant(
        "M90d",
        "decoded",
        "gives every member of one_of as many samples of a large batch",
        "The rare branch is not rare, and draw says otherwise.",
        SharesBranchesEvenly,
        ("R14",),
    ),
    Mutant(
        "M90e",
        "decoded",
        "adds a quarter more noise to large batches",
        "Training sees more noise than was declared.",
        StrongerNoise,
        ("R13",),
    ),
)
