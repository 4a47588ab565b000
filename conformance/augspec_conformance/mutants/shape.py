"""Faults of shape, dtype and structure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from augspec.errors import AugspecError, SampleError
from augspec.namespace import Array
from augspec_backends.generic.numbers import FixedNumbers
from augspec_conformance.mutants.faulty import Faulty, Run, image_of, with_entry
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


class TwoChannelsLoseOne(Faulty):
    """Takes the second of two channels for alpha, and drops it."""

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(out)
        return with_entry(out, "image", image[..., :1].copy()) if image.shape[-1] == 2 else out


class BackwardStrides(Faulty):
    """Returns images as mirrored views of mirrored copies."""

    def result(self, out: Any, sample: Any) -> Any:
        return with_entry(out, "image", image_of(out)[..., ::-1, :].copy()[..., ::-1, :])


class WideStrides(Faulty):
    """Returns images as parts of a larger buffer."""

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(out)
        room = np.zeros((*image.shape[:-1], image.shape[-1] + 1), image.dtype)
        room[..., :-1] = image
        return with_entry(out, "image", room[..., :-1])


class WideBoxes(Faulty):
    """Returns boxes as columns of a larger table."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping) or "boxes" not in out:
            return out
        boxes = out["boxes"]
        table = np.zeros((*boxes.shape[:-1], 5), boxes.dtype)
        table[..., :4] = boxes
        return {**out, "boxes": table[..., :4]}


class SaysNothing(Faulty):
    """Refuses with a text that names nothing."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        try:
            return run(key, sample, index)
        except AugspecError as error:
            raise AugspecError("invalid input, please check the documentation") from error


class BlamesImage(Faulty):
    """Says that the image is wrong, whatever is."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        try:
            return run(key, sample, index)
        except SampleError as error:
            raise SampleError("image", error.expected, error.got) from error


class TakesIntegerBoxes(Faulty):
    """Takes integer boxes for floats."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        if isinstance(sample, Mapping) and "boxes" in sample and sample["boxes"].dtype.kind == "i":
            sample = with_entry(sample, "boxes", sample["boxes"].astype(np.float32))
        return run(key, sample, index)


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


class ChecksFirst(Faulty):
    """Looks at the boxes and keypoints of the first sample before it works, and takes the others as they are."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        try:
            return run(key, sample, index)
        except SampleError as error:
            rows = sample[error.target] if error.target in ("boxes", "keypoints") else None
            if rows is None or getattr(rows, "ndim", 0) != 3 or not len(rows):
                raise
            trusted = np.repeat(rows[:1], len(rows), 0)
            return run(key, {**sample, error.target: trusted}, index)


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
    Mutant(
        "M34c",
        "shape",
        "drops one of two channels",
        "Optical flow loses its second component.",
        TwoChannelsLoseOne,
        ("S1",),
    ),
    Mutant(
        "M36c",
        "shape",
        "returns views with negative strides",
        "torch.from_numpy refuses the result.",
        BackwardStrides,
        ("S11",),
    ),
    Mutant(
        "M36d",
        "shape",
        "returns parts of larger buffers",
        "Results hold more memory than they show, and are copied once more.",
        WideStrides,
        ("S11",),
    ),
    Mutant(
        "M36e",
        "shape",
        "returns boxes as columns of a larger table",
        "Whoever hands the pointer to C reads other boxes.",
        WideBoxes,
        ("S11",),
    ),
    Mutant(
        "M38d",
        "shape",
        "refuses with a text that names nothing",
        "Nobody finds the bad file.",
        SaysNothing,
        ("S10",),
    ),
    Mutant(
        "M38e",
        "shape",
        "blames the image for everything",
        "The wrong thing is repaired.",
        BlamesImage,
        ("S10",),
    ),
    Mutant(
        "M38f",
        "shape",
        "takes integer boxes",
        "Boxes are rounded, or not, by luck.",
        TakesIntegerBoxes,
        ("S10",),
    ),
    Mutant(
        "M292",
        "shape",
        "looks for wrong boxes in the first sample only",
        "One broken annotation spoils the loss of a batch, and nobody knows which.",
        ChecksFirst,
        ("S10",),
        tier="full",
    ),
)
