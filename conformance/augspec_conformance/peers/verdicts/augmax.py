"""What was found in augmax."""

from __future__ import annotations

from augspec_conformance.peers.verdict import Verdict

__all__ = ["NOTE", "VERDICTS"]

NOTE = ""
"""What a reader should know of the whole library."""

VERDICTS = (
    Verdict(
        law="J6",
        transforms=("GridShuffle(4)",),
        kind="defect",
        title="GridShuffle with one number cannot be made",
        seen="`GridShuffle(4)` raises AttributeError: no attribute 'grid_size'.",
        expected="the number is used along both axes.",
        why='the docstring says "If only a single number is given, that value will be used along both axes"; the code reads `self.grid_size` before it is set.',
        source="imagelevel.py, GridShuffle.__init__",
        script="augmax_grid_shuffle_number",
    ),
    Verdict(
        law="J6",
        transforms=("GridShuffle((5, 6))",),
        kind="defect",
        title="GridShuffle refuses sizes that fit",
        seen='5 × 6 cells in 24 rows and 20 columns: "Image height (24) needs to be a multiple of gridcells_y (6)".',
        expected="it is a multiple, so the cells are shuffled.",
        why="`grid_size` is documented as (gridcells_x, gridcells_y); rows are held against gridcells_x and columns against gridcells_y.",
        source="imagelevel.py, GridShuffle.apply",
        script="augmax_grid_shuffle_uneven",
    ),
    Verdict(
        law="J6",
        transforms=("Blur(p=1), called by itself",),
        kind="defect",
        title="Blur and GaussianBlur cannot be called by themselves",
        seen="`Blur()(key, image)` raises AttributeError: 'list' object has no attribute 'lower'.",
        expected="a blurred image, as other transforms give, and as Chain(Blur()) does.",
        why="their default for `input_types` is a list, which an image alone does not match.",
        source="imagelevel.py, _ConvolutionalBlur.__init__",
        script="augmax_blur_by_itself",
    ),
    Verdict(
        law="N13",
        transforms=("GaussianBlur(sigma",),
        kind="defect",
        title="GaussianBlur moves the image by half a pixel",
        seen="the light of one bright pixel is centred half a pixel beside it; the deviation for sigma 3 is 1.5.",
        expected="the place of the pixel, and a deviation of sigma.",
        why="the kernel has 2 · sigma taps, which has no middle for whole sigmas; and the exponent is x² / (2 · sigma), with sigma for a variance. Masks are not moved along.",
        source="imagelevel.py, GaussianBlur.__init__",
        script="augmax_blur_shift",
    ),
    Verdict(
        law="N9",
        transforms=("ColorJitter(0, 0, saturation",),
        kind="defect",
        title="ColorJitter's saturation does nothing",
        seen="saturation=0.9 with p=1 leaves every pixel as it is. (In the law's own case the next defect would do so as well; the script has no zero strengths.)",
        expected="saturation changes.",
        why="the adjusted saturation is computed and not assigned.",
        source="colorspace.py, ColorJitter.pixelwise",
        script="augmax_color_jitter_saturation",
    ),
    Verdict(
        law="N9",
        transforms=("ColorJitter(0, 0, 0, hue",),
        kind="defect",
        title="a strength of 0 in ColorJitter switches later ones off",
        seen="ColorJitter(0, 0, 0, hue=0.5, p=1) never changes the hue.",
        expected="the hue changes with every key.",
        why="keys are made for the strengths above 0 only, and zipped with all four ops: the last ops get none.",
        source="colorspace.py, ColorJitter.pixelwise",
        script="augmax_color_jitter_zero_strength",
    ),
    Verdict(
        law="G7",
        transforms=("ColorJitter()",),
        kind="defect",
        title="ColorJitter.invert with p < 1 undoes something else",
        seen="there and back with one key is off by up to 0.1 and more for p=0.999, by rounding for p=1.",
        expected="the image, as for p=1.",
        why="with p < 1 there are five keys for four ops; reversed, op and key no longer belong together.",
        source="colorspace.py, ColorJitter.pixelwise",
        script="augmax_color_jitter_invert",
    ),
    Verdict(
        law="R9",
        transforms=("Rotate(",),
        kind="defect",
        title="Rotate with p < 1 turns one way only",
        seen="Rotate((-30, 30), p=0.5): all turns that are applied have one sign.",
        expected="angles from all of (-30, 30), as documented.",
        why="gate and angle are drawn from one and the same key: where the gate is open, the angle's uniform number is small.",
        source="geometric.py, Rotate.transform_coordinates",
        script="augmax_rotate_one_sided",
    ),
    Verdict(
        law="N10",
        transforms=("RandomSizedCrop(",),
        kind="defect",
        title="prevent_underzoom does not prevent",
        seen="a white 16 × 16 image, cropped to 32 × 32 with prevent_underzoom=True, gets a black frame.",
        expected="no pixel from outside of the image.",
        why='"whether to prevent zooming beyond the image size": the lower bound is a logarithm, compared with a zoom that is none.',
        source="geometric.py, RandomSizedCrop.transform_coordinates",
        script="augmax_underzoom",
    ),
)
