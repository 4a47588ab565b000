"""What was found in Kornia."""

from __future__ import annotations

from augspec_conformance.peers.verdict import Verdict

__all__ = ["NOTE", "VERDICTS"]

NOTE = "Its “Convention” blocks name many limits themselves, and these are no defects here."
"""What a reader should know of the whole library."""

VERDICTS = (
    Verdict(
        law="N10",
        transforms=("RandomAutoContrast",),
        kind="documented",
        why='"a constant channel comes back as zeros".',
    ),
    Verdict(
        law="J6",
        transforms=("RandomThinPlateSpline",),
        kind="documented",
        why='"raise a bare NotImplementedError on a mask key".',
    ),
    Verdict(
        law="C1",
        transforms=("Resize(", "LongestMaxSize(", "SmallestMaxSize("),
        kind="documented",
        says="Dynamo",
        why='"torch.compile(fullgraph=True) works for some augmentations and flags only": with a mask in `AugmentationSequential` Dynamo fails on them; alone they compile.',
    ),
    Verdict(
        law="F1",
        transforms=("Resize", "RandomResizedCrop"),
        kind="documented",
        why='images are resized with `align_corners=True`, masks by "the half-pixel grid and nearest-exact": documented grids that differ.',
    ),
)
