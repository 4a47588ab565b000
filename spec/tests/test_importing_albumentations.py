"""Albumentations' pipelines as `to_dict()` writes them, and the ops that they mean; the library is not needed.

Its pixels beside ours are compared in conformance/tests/test_importing.py.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from augspec.importing import Imported, albumentations

WARP = {
    "border_mode": 0, "fill": 0.0, "fill_mask": 0.0, "interpolation": 1, "mask_interpolation": 0,
    "rotate_method": "largest_box",
}  # fmt: skip
SIZED = {"area_for_downscale": None, "interpolation": 1, "mask_interpolation": 0}
PADS = {"border_mode": 0, "fill": 0.0, "fill_mask": 0.0, "pad_if_needed": False, "pad_position": "center"}
AFFINE = {
    **WARP, "balanced_scale": False, "fit_output": False, "keep_ratio": False, "rotate": [0.0, 0.0],
    "scale": {"x": [1.0, 1.0], "y": [1.0, 1.0]}, "shear": {"x": [0.0, 0.0], "y": [0.0, 0.0]},
    "translate_percent": None, "translate_px": {"x": [0, 0], "y": [0, 0]},
}  # fmt: skip
BRIGHT = {"brightness_by_max": True, "ensure_safe_range": False}
JITTER = {"brightness": [1.0, 1.0], "contrast": [1.0, 1.0], "saturation": [1.0, 1.0], "hue": [0.0, 0.0]}
EQUALIZE = {"by_channels": True, "mask": None, "mode": "cv"}
AUTO = {"cutoff": 0.0, "ignore": None, "method": "pil"}
NOISE = {"mean_range": [0.0, 0.0], "noise_scale_factor": 1.0, "per_channel": True, "std_range": [0.2, 0.44]}
NORMAL = {"max_pixel_value": 255.0, "mean": [0.4, 0.5, 0.6], "normalization": "standard", "std": [0.2, 0.3, 0.4]}


def uniform(low: float, high: float) -> dict[str, list[float]]:
    return {"uniform": [low, high]}


def slope(degrees: float) -> float:
    return -math.tan(math.radians(degrees))


def step(name: str, **settings: Any) -> dict[str, Any]:
    inner = {"transforms": settings.pop("transforms")} if "transforms" in settings else {}
    return {"__class_fullname__": name, "p": 1.0, **settings, **inner}


def of(*steps: dict[str, Any], p: float = 1.0, white: float = 255.0) -> Imported:
    return albumentations(
        {"__version__": "2.0.8", "transform": step("Compose", p=p, transforms=list(steps))}, white=white
    )


FLIP = step("HorizontalFlip", p=0.5)
INVERT = step("InvertImg")

EXACT: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
    (step("HorizontalFlip", p=0.3), [{"op": "horizontal_flip", "p": 0.3}]),
    (step("VerticalFlip"), [{"op": "vertical_flip", "p": 1.0}]),
    (step("Transpose", p=0.25), [{"op": "transpose", "p": 0.25}]),
    (step("RandomRotate90"), [{"op": "rot90"}]),
    (step("D4"), [{"op": "rot90"}, {"op": "horizontal_flip"}]),
    (step("D4", p=0.5), [{"op": "sequence", "p": 0.5, "ops": [{"op": "rot90"}, {"op": "horizontal_flip"}]}]),
    (
        step("Rotate", **{**WARP, "border_mode": 4, "crop_border": False, "limit": [-20.0, 10.0]}),
        [{"op": "rotate", "degrees": uniform(-20, 10), "border": "mirror"}],
    ),
    (
        step("Rotate", **{**WARP, "interpolation": 0, "fill": [51.0, 102.0, 255.0], "limit": [7.0, 7.0]}),
        [{"op": "rotate", "degrees": 7.0, "interpolation": "nearest", "fill": [0.2, 0.4, 1.0]}],
    ),
    (
        step("Rotate", **{**WARP, "fill": [51.0, 51.0, 51.0], "limit": [7.0, 7.0]}),  # one level for all channels
        [{"op": "rotate", "degrees": 7.0, "fill": 0.2}],
    ),
    (
        step("Affine", **{**AFFINE, "scale": {"x": [0.8, 1.2], "y": [0.9, 1.1]}, "rotate": [-15.0, 15.0], "fill": 51}),
        [
            {"op": "scale", "x": uniform(0.8, 1.2), "y": uniform(0.9, 1.1), "fill": 0.2},
            {"op": "rotate", "degrees": uniform(-15, 15), "fill": 0.2},
        ],
    ),
    (
        step("Affine", **{**AFFINE, "scale": {"x": [0.8, 1.2], "y": [0.8, 1.2]}, "keep_ratio": True}),
        [{"op": "scale", "factor": uniform(0.8, 1.2)}],
    ),
    (
        step("Affine", **{**AFFINE, "scale": {"x": [1.2, 1.2], "y": [1.2, 1.2]}, "translate_px": None}),
        [{"op": "scale", "factor": 1.2}],
    ),
    (
        step("Affine", **{**AFFINE, "shear": {"x": [12.0, 12.0], "y": [0.0, 0.0]}}),
        [{"op": "scale", "factor": 1.0}, {"op": "shear", "x": slope(12)}],
    ),
    (
        step("ShiftScaleRotate", shift_limit_x=[0, 0], shift_limit_y=[0, 0], scale_limit=[-0.25, 0.5],
             rotate_limit=[-5.0, 10.0], **{**WARP, "border_mode": 1}),
        [{"op": "affine", "degrees": uniform(-5, 10), "scale": uniform(0.75, 1.5), "border": "edge"}],
    ),
    (
        step("RandomBrightnessContrast", **BRIGHT, brightness_limit=[0.0, 0.0], contrast_limit=[-0.25, 0.5], p=0.5),
        [{"op": "contrast", "factor": uniform(0.75, 1.5), "pivot": "zero", "p": 0.5}],
    ),
    (
        step("RandomBrightnessContrast", **BRIGHT, brightness_limit=[-0.2, 0.1], contrast_limit=[0.0, 0.0]),
        [{"op": "brightness_shift", "delta": uniform(-0.2, 0.1)}],
    ),
    (step("ColorJitter", **JITTER), []),
    (
        step("ColorJitter", **{**JITTER, "hue": [-0.1, 0.2]}, p=0.5),
        [{"op": "hue", "turns": uniform(-0.1, 0.2), "p": 0.5}],
    ),
    (
        step("ColorJitter", **{**JITTER, "contrast": [0.5, 0.8], "saturation": [0.0, 2.0]}, p=0.5),
        [
            {"op": "random_order", "p": 0.5, "ops": [
                {"op": "contrast", "factor": uniform(0.5, 0.8)}, {"op": "saturation", "factor": uniform(0, 2)}]},
        ],
    ),
    (step("ToGray", method="weighted_average", num_output_channels=3, p=0.2), [{"op": "grayscale", "p": 0.2}]),
    (step("InvertImg", p=0.5), [{"op": "invert", "p": 0.5}]),
    (step("Posterize", num_bits=[3, 5]), [{"op": "posterize", "bits": {"integers": [3, 5]}}]),
    (step("Posterize", num_bits=[4, 4]), [{"op": "posterize", "bits": 4}]),
    (step("Solarize", threshold_range=[0.25, 0.5]), [{"op": "solarize", "threshold": uniform(0.25, 0.5)}]),
    (step("Equalize", **EQUALIZE, mask_params=[]), [{"op": "equalize", "method": "opencv"}]),
    (step("AutoContrast", **{**AUTO, "cutoff": 5.0}), [{"op": "autocontrast", "cutoff": 0.05}]),
    (step("RandomGamma", gamma_limit=[50.0, 150.0]), [{"op": "gamma", "gamma": uniform(0.5, 1.5)}]),
    (step("ChannelShuffle", p=0.5), [{"op": "channel_shuffle", "p": 0.5}]),
    (
        step("ChannelDropout", channel_drop_range=[2, 2], fill=51.0),
        [{"op": "channel_drop", "count": 2, "fill": 0.2}],
    ),
    (
        step("RandomResizedCrop", **SIZED, ratio=[0.5, 1.5], scale=[0.25, 0.5], size=[20, 30]),
        [{"op": "random_resized_crop", "size": [20, 30], "area": uniform(0.25, 0.5), "antialias": False,
          "ratio": {"log_uniform": [0.5, 1.5]}}],
    ),
    (step("Resize", **SIZED, height=20, width=31), [{"op": "resize", "size": [20, 31], "antialias": False}]),
    (step("CenterCrop", **PADS, height=21, width=30), [{"op": "center_crop", "size": [21, 30]}]),
    (step("RandomCrop", **PADS, height=21, width=30), [{"op": "random_crop", "size": [21, 30]}]),
    (
        step("Crop", **PADS, x_min=3, y_min=4, x_max=20, y_max=30),
        [{"op": "crop", "top": 4, "left": 3, "height": 26, "width": 17}],
    ),
    (
        step("Pad", border_mode=0, fill=102.0, fill_mask=0.0, padding=[1, 2, 3, 4]),
        [{"op": "pad", "top": 2, "right": 3, "bottom": 4, "left": 1, "fill": 0.4}],
    ),
    (
        step("Pad", border_mode=2, fill=0.0, fill_mask=0.0, padding=[1, 2]),
        [{"op": "pad", "top": 2, "right": 1, "bottom": 2, "left": 1, "border": "symmetric"}],
    ),
    (
        step("Pad", border_mode=3, fill=0.0, fill_mask=0.0, padding=5),
        [{"op": "pad", "top": 5, "right": 5, "bottom": 5, "left": 5, "border": "wrap"}],
    ),
    (
        step("GaussianBlur", blur_limit=[7, 7], sigma_limit=[0.5, 0.9]),
        [{"op": "gaussian_blur", "sigma": uniform(0.5, 0.9)}],
    ),
    (step("GaussNoise", **NOISE), [{"op": "gaussian_noise", "std": uniform(0.2, 0.44)}]),
    (
        step("GaussNoise", **{**NOISE, "per_channel": False}),
        [{"op": "gaussian_noise", "std": uniform(0.2, 0.44), "per_channel": False}],
    ),
    (step("Normalize", **NORMAL), [{"op": "normalize", "mean": [0.4, 0.5, 0.6], "std": [0.2, 0.3, 0.4]}]),
    (
        step("Normalize", **{**NORMAL, "mean": 0.5, "std": 0.25}),
        [{"op": "normalize", "mean": [0.5], "std": [0.25]}],
    ),
    (step("Sequential", transforms=[INVERT, FLIP]), [{"op": "invert"}, {"op": "horizontal_flip"}]),
    (
        step("Sequential", p=0.25, transforms=[INVERT, FLIP]),
        [{"op": "sequence", "p": 0.25, "ops": [{"op": "invert"}, {"op": "horizontal_flip"}]}],
    ),
    (
        step("OneOf", p=0.5, transforms=[step("InvertImg", p=0.2), step("D4", p=0.6)]),
        [
            {"op": "one_of", "p": 0.5, "weights": [0.2, 0.6], "ops": [{"op": "invert"}, {"op": "sequence", "ops": [
                {"op": "rot90"}, {"op": "horizontal_flip"}]}]},
        ],
    ),
    (
        step("OneOf", transforms=[step("InvertImg", p=0.5), FLIP]),
        [{"op": "one_of", "ops": [{"op": "invert"}, {"op": "horizontal_flip", "p": 1.0}]}],
    ),
    (
        step("OneOrOther", p=0.3, transforms=[step("InvertImg", p=0.5), FLIP]),
        [{"op": "one_of", "weights": [0.3, 0.7], "ops": [{"op": "invert"}, {"op": "horizontal_flip", "p": 1.0}]}],
    ),
    (
        step("SomeOf", n=2, replace=False, transforms=[step("InvertImg", p=0.5), FLIP]),
        [{"op": "some_of", "n": 2, "ops": [{"op": "invert", "p": 0.5}, {"op": "horizontal_flip"}]}],
    ),
    (
        step("RandomOrder", n=2, replace=False, transforms=[INVERT, step("D4")]),
        [{"op": "random_order", "ops": [
            {"op": "invert"}, {"op": "sequence", "ops": [{"op": "rot90"}, {"op": "horizontal_flip"}]}]}],
    ),
]  # fmt: skip

SHIFT = "cuts shifts off to whole pixels"
APPROXIMATE: list[tuple[dict[str, Any], list[dict[str, Any]], str]] = [
    (
        step("Rotate", **{**WARP, "interpolation": 2, "rotate_method": "ellipse", "limit": [7.0, 8.0]}),
        [{"op": "rotate", "degrees": uniform(7, 8), "interpolation": "bicubic"}],
        "boxes are those of an ellipse, ours of the corners; bicubic with a = −0.75, ours has −0.5",
    ),
    (
        step("Affine", **{**AFFINE, "shear": {"x": [5.0, 12.0], "y": [0.0, 0.0]}}),
        [{"op": "scale", "factor": 1.0}, {"op": "shear", "x": uniform(slope(12), slope(5))}],
        "shears uniformly in degrees and along y in another order",
    ),
    (
        step("Affine", **{**AFFINE, "shear": {"x": [0.0, 0.0], "y": [6.0, 6.0]}}),
        [{"op": "scale", "factor": 1.0}, {"op": "shear", "y": slope(6)}],
        "shears uniformly in degrees and along y in another order",
    ),
    (
        step("Affine", **{**AFFINE, "translate_px": None, "translate_percent": {"x": [0.0, 0.1], "y": [-0.2, 0.0]}}),
        [{"op": "scale", "factor": 1.0}, {"op": "translate", "x": uniform(0, 0.1), "y": uniform(-0.2, 0)}],
        SHIFT,
    ),
    (
        step("ShiftScaleRotate", shift_limit_x=[-0.1, 0.1], shift_limit_y=[0, 0], scale_limit=[0, 0],
             rotate_limit=[0, 0], **WARP),
        [{"op": "affine", "translate_x": uniform(-0.1, 0.1)}],
        SHIFT,
    ),
    (
        step("RandomBrightnessContrast", **BRIGHT, brightness_limit=[0.1, 0.1], contrast_limit=[0.2, 0.2], p=0.5),
        [{"op": "sequence", "p": 0.5, "ops": [
            {"op": "contrast", "factor": 1.2, "pivot": "zero"}, {"op": "brightness_shift", "delta": 0.1}]}],
        "clips once, ours after the contrast and after the brightness",
    ),
    (
        step("Equalize", **{**EQUALIZE, "mode": "pil"}),
        [{"op": "equalize"}],
        "counts a pixel more than Pillow does",
    ),
    (
        step("AutoContrast", **{**AUTO, "method": "cdf"}),
        [{"op": "autocontrast"}],
        "stretches what the histogram's sums say, ours from the darkest to the lightest",
    ),
    (
        step("ChannelDropout", channel_drop_range=[1, 2], fill=0.0),
        [{"op": "channel_drop"}],
        "drops up to 2 channels, ours always 1",
    ),
    (
        step("Resize", **{**SIZED, "interpolation": 0}, height=20, width=31),
        [{"op": "resize", "size": [20, 31], "interpolation": "nearest", "antialias": False}],
        "nearest takes the pixel before the centre, ours the one at it",
    ),
    (
        step("SmallestMaxSize", **SIZED, max_size=40, max_size_hw=None),
        [{"op": "resize", "short_side": 40, "antialias": False}],
        "rounds halves of the other side to even, ours up",
    ),
    (
        step("LongestMaxSize", **SIZED, max_size=40, max_size_hw=None),
        [{"op": "resize", "long_side": 40, "antialias": False}],
        "rounds halves of the other side to even, ours up",
    ),
    (
        step("CenterCrop", **{**PADS, "pad_if_needed": True}, height=21, width=30),
        [{"op": "center_crop", "size": [21, 30]}],
        "pads small images, ours refuses them",
    ),
    (
        step("GaussianBlur", blur_limit=[0, 0], sigma_limit=[0.5, 3.0]),
        [{"op": "gaussian_blur", "sigma": uniform(0.5, 3)}],
        "a kernel of another size, ours reaches 3σ to each side",
    ),
    (
        step("SaltAndPepper", amount=[0.1, 0.2], salt_vs_pepper=[0.4, 0.6]),
        [{"op": "salt_pepper", "amount": uniform(0.1, 0.2), "ratio": uniform(0.4, 0.6)}],
        "changes a fixed count of pixels, ours each by chance",
    ),
    (
        step("SomeOf", n=2, replace=True, transforms=[INVERT, FLIP]),
        [{"op": "some_of", "n": 2, "replace": True, "ops": [{"op": "invert"}, {"op": "horizontal_flip"}]}],
        "the steps follow in the order of the list, ours in the order of choice",
    ),
    (step("InvertImg", strength=3, angle=1), [{"op": "invert"}], "left out: angle, strength"),
    (step("MedianBlur", blur_limit=[3, 3]), [{"op": "median_blur"}], "repeats the border pixel, ours mirrors at it"),
    (
        step("MedianBlur", blur_limit=[3, 5]),
        [{"op": "median_blur"}],
        "windows of up to 5 × 5 pixels, ours of 3 × 3; repeats the border pixel, ours mirrors at it",
    ),
    (
        step("MotionBlur", blur_limit=[3, 5], allow_shifted=False, angle_range=[10.0, 40.0], direction_range=[0, 0]),
        [{"op": "motion_blur", "length": {"choice": [3, 5]}, "degrees": uniform(-40, -10)}],  # clockwise there
        "a line of whole pixels, ours is read between them",
    ),
]  # fmt: skip

UNSUPPORTED: list[tuple[dict[str, Any], str]] = [
    (step("Rotate", **{**WARP, "interpolation": 4, "limit": [7, 8]}),
     "the interpolation number 4 of OpenCV has no counterpart"),
    (step("Rotate", **{**WARP, "border_mode": 5, "limit": [7, 8]}), "the border number 5 of OpenCV has no counterpart"),
    (step("Rotate", **WARP, crop_border=True, limit=[7, 8]), "crop_border True has no counterpart"),
    (step("Rotate", **WARP), "the setting limit is missing"),
    (step("Affine", **{**AFFINE, "fit_output": True}), "fit_output True has no counterpart"),
    (step("Affine", **{**AFFINE, "balanced_scale": True}), "balanced_scale True has no counterpart"),
    (step("Affine", **{**AFFINE, "translate_px": {"x": [0, 0], "y": [0, 1]}}),
     "translate_px depends on the images' size"),
    (step("RandomBrightnessContrast", **{**BRIGHT, "brightness_by_max": False}, brightness_limit=[0, 0.1],
          contrast_limit=[0, 0]), "brightness_by_max false adds shares of the image's mean"),
    (step("RandomBrightnessContrast", **{**BRIGHT, "ensure_safe_range": True}, brightness_limit=[0, 0.1],
          contrast_limit=[0, 0]), "ensure_safe_range True has no counterpart"),
    (step("ToGray", method="weighted_average", num_output_channels=1), "the number of channels stays as it is here"),
    (step("ToGray", method="max", num_output_channels=3), "method max has no counterpart"),
    (step("Posterize", num_bits=[[1, 2], [3, 4], [5, 6]]), "num_bits for single channels has no counterpart"),
    (step("Equalize", **{**EQUALIZE, "by_channels": False}), "by_channels False has no counterpart"),
    (step("AutoContrast", **{**AUTO, "ignore": 3}), "ignore 3 has no counterpart"),
    (step("Resize", **{**SIZED, "area_for_downscale": "image"}, height=2, width=3),
     "area_for_downscale image has no counterpart"),
    (step("SmallestMaxSize", **SIZED, max_size=[40, 50], max_size_hw=None),
     "images of many sizes come out, and a policy gives one size"),
    (step("LongestMaxSize", **SIZED, max_size=None, max_size_hw=[4, 5]), "max_size_hw [4, 5] has no counterpart"),
    (step("Crop", **{**PADS, "pad_if_needed": True}, x_min=3, y_min=4, x_max=20, y_max=30),
     "pad_if_needed True has no counterpart"),
    (step("GaussNoise", **{**NOISE, "mean_range": [0.0, 0.1]}), "noise with a mean has no counterpart"),
    (step("GaussNoise", **{**NOISE, "noise_scale_factor": 0.5}), "noise_scale_factor 0.5 has no counterpart"),
    (step("Normalize", **{**NORMAL, "normalization": "min_max"}), "normalization min_max has no counterpart"),
    (step("Normalize", **{**NORMAL, "max_pixel_value": 65535}), "max_pixel_value 65535 has no counterpart"),
    (step("ChannelDropout", channel_drop_range=[1, 1], fill={"image": 0}), "fill for single types has no counterpart"),
    (step("PadIfNeeded"), "it depends on the images' size; pad takes fixed widths"),
    (step("Lambda"), "it is code"),
    (step("my.package.Own"), "no op is known to stand for it"),
    (step("Solarize", threshold_range=[0.5, 1.5]),
     'threshold {"uniform": [0.5, 1.5]} is outside of what is allowed: numbers from 0 to 1 (share of the value range)'),
]  # fmt: skip


@pytest.mark.parametrize(("given", "ops"), EXACT)
def test_what_has_the_same_meaning_is_exact(given: dict[str, Any], ops: list[dict[str, Any]]) -> None:
    found = of(given)
    assert found.policy.to_dict()["ops"] == ops
    assert {(row.status, row.reason) for row in found.rows} == {("exact", "" if ops else "it changes nothing")}
    assert found.exact


@pytest.mark.parametrize(("given", "ops", "reason"), APPROXIMATE)
def test_what_differs_is_said(given: dict[str, Any], ops: list[dict[str, Any]], reason: str) -> None:
    found = of(given)
    assert found.policy.to_dict()["ops"] == ops
    assert (found.rows[0].status, found.rows[0].reason) == ("approximate", reason)
    assert not found.exact


@pytest.mark.parametrize(("given", "reason"), UNSUPPORTED)
def test_what_no_op_stands_for_is_left_out_with_the_reason(given: dict[str, Any], reason: str) -> None:
    found = of(given, FLIP)
    assert (found.rows[0].status, found.rows[0].ops, found.rows[0].reason) == ("unsupported", (), reason)
    assert found.policy.to_dict()["ops"] == [{"op": "horizontal_flip"}]
    assert (found.rows[1].status, found.exact) == ("exact", False)


def test_steps_that_do_nothing_here_are_exact_without_ops() -> None:
    found = of(step("NoOp"), step("ToTensorV2"), step("FromFloat"))
    assert [(row.status, row.ops) for row in found.rows] == [("exact", ())] * 3
    assert [row.reason for row in found.rows] == [
        "it changes nothing",
        *["dtype and layout are declared elsewhere"] * 2,
    ]
    assert found.policy.to_dict()["ops"] == []


def test_a_change_to_floats_is_an_op_where_nothing_but_layout_follows() -> None:
    for largest in ({}, {"max_value": None}, {"max_value": 255.0}):
        found = of(FLIP, step("ToFloat", **largest), step("NoOp"), step("ToTensorV2"))
        assert [op.tag for op in found.policy.ops] == ["horizontal_flip", "to_float"]
        assert [op.tag for op in found.policy.eval or ()] == ["to_float"]
        assert found.exact
    for inner in (of(step("ToFloat"), FLIP), of(step("Sequential", transforms=[step("ToFloat")]), FLIP)):
        assert [op.tag for op in inner.policy.ops] == ["horizontal_flip"]
    reason = "dtype is declared elsewhere; `to_float` would have to come last"
    assert of(step("ToFloat"), FLIP).rows[0].reason == reason
    (row,) = of(step("ToFloat", max_value=1000.0)).rows
    assert (row.status, row.reason) == (
        "unsupported",
        "max_value 1000.0 is the largest number of no dtype, which to_float divides by",
    )


ELASTIC = {"alpha": 50.0, "sigma": 5.0, "same_dxdy": False, "approximate": False, "interpolation": 1, "border_mode": 4}


def test_elastic_fields_of_uniform_noise_have_a_deviation_in_pixels() -> None:
    found = of(step("ElasticTransform", **ELASTIC, noise_distribution="uniform", fill=51, p=0.5))
    assert found.policy.to_dict()["ops"] == [
        {"op": "elastic", "p": 0.5, "alpha": 1.628675040, "sigma": 5.0, "border": "mirror", "fill": 0.2}
    ]
    assert found.rows[0].status == "approximate"
    for changed, part in (
        ({"noise_distribution": "gaussian"}, "the largest number of the field"),
        ({"noise_distribution": "uniform", "same_dxdy": True}, "same_dxdy True"),
        ({"noise_distribution": "uniform", "approximate": True}, "approximate True"),
        ({"noise_distribution": "uniform", "sigma": 50.0}, "from 1 to 15"),
        ({"noise_distribution": "uniform", "sigma": 2.0}, "the picture would fold"),
    ):
        (row,) = of(step("ElasticTransform", **{**ELASTIC, **changed})).rows
        assert (row.status, part in row.reason) == ("unsupported", True), row


def test_a_pipeline_that_is_not_always_applied_is_one_row_of_its_own() -> None:
    found = of(INVERT, FLIP, p=0.5)
    assert found.policy.to_dict()["ops"] == [
        {"op": "sequence", "p": 0.5, "ops": [{"op": "invert"}, {"op": "horizontal_flip"}]}
    ]
    assert found.rows[0].path == "transform"
    (alone,) = albumentations({"transform": FLIP}).rows
    assert (alone.path, alone.ops) == ("transform", ("horizontal_flip",))


def test_white_of_floats_is_1() -> None:
    given = step("Pad", border_mode=0, fill=0.4, fill_mask=0.0, padding=1)
    assert of(given, white=1.0).policy.to_dict()["ops"][0]["fill"] == 0.4


@pytest.mark.parametrize("document", [{}, [], None, {"transform": []}, {"transform": {"p": 1.0}}])
def test_what_is_no_pipeline_is_refused(document: Any) -> None:
    with pytest.raises(TypeError, match="a dict of Albumentations was expected"):
        albumentations(document)
