"""What was found in Albumentations 2.0.8, the last release."""

from __future__ import annotations

from augspec_conformance.peers.verdict import Verdict

__all__ = ["NOTE", "VERDICTS"]

NOTE = "2.0.8 is its last release."
"""What a reader should know of the whole library."""

_EIGHT_BITS = (
    "float32 images are turned into 8 bits inside, which no documentation of this transform excludes: half a level."
)

VERDICTS = (
    Verdict(
        law="R5",
        transforms=("Compose([HorizontalFlip(), VerticalFlip()])",),
        kind="defect",
        title="with a seed, transforms of one pipeline draw the same numbers",
        seen="Compose([HorizontalFlip(), VerticalFlip()], seed=1): both or none, never one.",
        expected="each of the four with a quarter of the calls.",
        why="each transform is documented to be applied with its own probability; `Compose.set_random_seed` hands one seed to every child.",
        source="core/composition.py, BaseCompose.set_random_seed",
        script="albumentations_one_seed",
    ),
    Verdict(
        law="N7",
        transforms=("RandomGamma(",),
        kind="defect",
        title="RandomGamma of 100 % changes uint8 images",
        seen="levels fall by 1 under the exponent 1.",
        expected="the image, as for float32.",
        why='"output = input^gamma": the table is cut off instead of rounded.',
        source="augmentations/pixel/functional.py, gamma_transform",
        script="albumentations_gamma_one",
    ),
    Verdict(
        law="F1",
        transforms=("Resize(", "RandomResizedCrop("),
        kind="defect",
        title="resizing moves masks against images",
        seen="32 to 8 columns: the mask shows columns 1.5 source pixels beside those of its image.",
        expected="mask and image show the same places.",
        why="both are targets of one transform; the image is sampled at pixel centres, the mask's default cv2.INTER_NEAREST at pixel corners. `mask_interpolation=cv2.INTER_NEAREST_EXACT` avoids it.",
        source="augmentations/geometric/functional.py, resize",
        script="albumentations_resize_mask",
    ),
    Verdict(
        law="K2",
        transforms=("Morphological(",),
        kind="defect",
        title="Morphological draws no size",
        seen="scale=(2, 9) makes one pixel 9 × 2 pixels in each of fifty calls.",
        expected="sizes from 2 to 9, along both axes.",
        why='"the minimum and maximum sizes for the dilation kernel", in the example "Random kernel size between 2 and 3": the pair is handed on as the kernel\'s width and height.',
        source="augmentations/geometric/transforms.py, Morphological.get_params",
        script="albumentations_morphological_size",
    ),
    Verdict(
        law="S9",
        transforms=("ColorJitter(hue",),
        kind="documented",
        why="uint8 images use OpenCV's 8-bit HSV, whose hue has 180 steps; no agreement of dtypes is documented.",
    ),
    Verdict(law="N7", transforms=("HueSaturationValue(",), kind="documented", says="float32", why=_EIGHT_BITS),
    Verdict(law="N11", transforms=("HueSaturationValue(",), kind="documented", says="float32", why=_EIGHT_BITS),
    Verdict(
        law="N10",
        transforms=("AutoContrast(", "MedianBlur(", "Downscale(", "Superpixels("),
        kind="documented",
        says="float32",
        why=_EIGHT_BITS,
    ),
)
