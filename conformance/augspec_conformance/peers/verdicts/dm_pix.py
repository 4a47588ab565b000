"""What was found in dm-pix."""

from __future__ import annotations

from augspec_conformance.peers.verdict import Verdict

__all__ = ["NOTE", "VERDICTS"]

NOTE = ""
"""What a reader should know of the whole library."""

VERDICTS = (
    Verdict(
        law="S5",
        transforms=("random_flip_left_right", "random_flip_up_down"),
        kind="defect",
        title="random flips reverse other axes of CHW images",
        seen="random_flip_left_right of a CHW image gives it upside down.",
        expected="left and right exchanged.",
        why='the docstrings say "the image is either ...HWC or ...CHW"; there is no `channel_axis`, and the flip inside takes its default.',
        source="_src/augment.py, random_flip_left_right",
        script="dm_pix_random_flip_channels_first",
    ),
    Verdict(
        law="S5",
        transforms=("rotate(",),
        kind="defect",
        title="rotate mixes channels and rows of CHW images",
        seen="the same image as HWC and as CHW gives two different pictures.",
        expected="one picture.",
        why='the docstring says "the image is either HWC or CHW"; the matrix always turns the plane of the first two axes.',
        source="_src/augment.py, rotate",
        script="dm_pix_rotate_channels_first",
    ),
    Verdict(
        law="J6",
        transforms=("random_crop([",),
        kind="defect",
        title="random_crop takes no list",
        seen="crop_sizes=[4, 4, 3] raises TypeError.",
        expected="a crop, as for a tuple.",
        why='documented and annotated as "a sequence of integers"; the check compares a tuple with it. (The comparison is also lexicographic, so it does not check every axis.)',
        source="_src/augment.py, random_crop",
        script="dm_pix_random_crop_list",
    ),
    Verdict(
        law="B5",
        transforms=("pad_to_size(30, 28) of a batch",),
        kind="defect",
        title="pad_to_size takes no empty batch",
        seen="a batch (0, H, W, C) raises ValueError.",
        expected="a batch (0, H', W', C), as center_crop gives.",
        why="the code tells a batch from a single image by `if batch:`, which is false for 0; its sibling center_crop asks `is not None`.",
        source="_src/augment.py, pad_to_size",
        script="dm_pix_pad_empty_batch",
    ),
    Verdict(
        law="N10",
        transforms=("gaussian_blur", "elastic_deformation"),
        kind="documented",
        why='`padding`: "either SAME or VALID, passed to the underlying convolution": zeros outside are documented by that.',
    ),
)
