"""All comparisons, and the ops that have none."""

from __future__ import annotations

from functools import cache

from augspec_conformance.distances import (
    albumentations,
    compression,
    geometry,
    kornia,
    neighbourhoods,
    pointwise,
    remaps,
    resampling,
    tones,
    windows,
)
from augspec_conformance.distances.libraries import LIBRARIES
from augspec_conformance.distances.pair import Pair

__all__ = ["ELSEWISE", "LIBRARIES", "pairs"]

_BITS = "its bits are ours; no library draws the same"
_OWN = "drawn from scratch by formulas of its own; those of other libraries are other pictures"
_MIXED = "mixes samples of a batch; no library takes the partner and the share that were drawn"

ELSEWISE = {
    "augmix": "mixes what its members make; the preset is held against torchvision",
    "gaussian_noise": _BITS,
    "speckle": _BITS,
    "shot_noise": f"{_BITS}; Albumentations draws counts of photons, ours is the normal that they approach",
    "salt_pepper": _BITS,
    "pixel_dropout": _BITS,
    "pca_lighting": "Albumentations' FancyPCA takes the axes of each image; ours are ImageNet's",
    "solarize_add": "its formula is that of RandAugment's code; Kornia's `solarize` adds to light pixels as well",
    "temperature": "Albumentations and Kornia read gains from tables of other spectra, ours is a formula",
    "iou_crop": "its pixels are those of random_resized_crop; which window they are depends on boxes",
    "mixup": _MIXED,
    "cutmix": _MIXED,
    "mosaic": _MIXED,
    "resample": "ends a run of warps, and moves no pixel itself",
    "color_jitter": "stands for brightness_scale, contrast, saturation and hue, which are in the tables",
    "preset": "stands for ops that are in the tables",
    "elastic": "its field is made of our bits; its deviation and smoothness are measured by law R19",
    "shadow": _OWN,
    "fog": _OWN,
    "rain": _OWN,
    "snow": _OWN,
    "sun_flare": _OWN,
    "to_float": "a division by 255, which law N13 asks",
    "one_of": "chooses, and moves no pixel itself",
    "sequence": "moves no pixel itself",
    "random_order": "chooses an order, and moves no pixel itself",
    "some_of": "chooses, and moves no pixel itself",
}
"""Ops that are compared with no library, and why."""

_SUBJECTS = (
    geometry,
    remaps,
    resampling,
    windows,
    pointwise,
    tones,
    neighbourhoods,
    compression,
    kornia,
    albumentations,
)


@cache
def pairs() -> tuple[Pair, ...]:
    """Return every comparison."""
    return tuple(pair for subject in _SUBJECTS for pair in subject.pairs())
