"""Transforms of torchvision by the attributes that they have, and the ops that they mean; the library is not needed.

The stand-ins have the attributes of torchvision's objects. Its pixels beside ours are compared in
conformance/tests/test_importing.py.
"""

from __future__ import annotations

import enum
import math
from typing import Any

import pytest

from augspec.importing import torchvision


class Mode(enum.Enum):
    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    LANCZOS = "lanczos"


WARP = {"interpolation": Mode.NEAREST, "fill": 0, "_fill": {}, "center": None}
SIZED = {"interpolation": Mode.BILINEAR, "antialias": True}
AFFINE = {**WARP, "degrees": [0.0, 0.0], "translate": None, "scale": None, "shear": None}
RESIZE = {**SIZED, "max_size": None}
JITTER = {"brightness": None, "contrast": None, "saturation": None, "hue": None}
CROP = {"size": (3, 4), "padding": None, "pad_if_needed": False, "fill": 0, "padding_mode": "constant"}
AUGMIX = {
    "severity": 2, "mixture_width": 3, "chain_depth": -1, "alpha": 1.0, "all_ops": True,
    "interpolation": Mode.NEAREST, "fill": None,
}  # fmt: skip


def uniform(low: float, high: float) -> dict[str, list[float]]:
    return {"uniform": [low, high]}


def slope(degrees: float) -> float:
    return -math.tan(math.radians(degrees))


def one(name: str, module: str = "torchvision.transforms.v2", **attributes: Any) -> Any:
    """Return an object of a class of torchvision."""
    found = type(name, (), {"__module__": module})()
    vars(found).update(attributes, training=True, _private=1)
    return found


def either(step: float, *, around: float = 0.0) -> dict[str, Any]:
    """Return what the two lowest of ten magnitudes with either sign are; that of nothing comes twice."""
    values = [round(around + sign * step, 12) for sign in (-1, 0, 1)]
    return {"choice": {"values": values, "weights": [1, 2, 1]}}


def chained(*more: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the members of AugMix at a severity of 2."""
    near = {"interpolation": "nearest"}
    return [
        {"op": "shear", **near, "x": either(0.3 / 9)},
        {"op": "shear", **near, "y": either(0.3 / 9)},
        {"op": "translate", **near, "x": either(1 / 27)},
        {"op": "translate", **near, "y": either(1 / 27)},
        {"op": "rotate", **near, "degrees": either(30 / 9)},
        {"op": "posterize", "bits": 4},
        {"op": "solarize", "threshold": {"choice": [1.0, round(8 / 9, 12)]}},
        {"op": "autocontrast"},
        {"op": "equalize"},
        *more,
    ]


INVERT, FLIP = one("RandomInvert", p=1.0), one("RandomHorizontalFlip", p=0.5)
EXACT: list[tuple[Any, list[dict[str, Any]]]] = [
    (one("RandomHorizontalFlip", p=0.3), [{"op": "horizontal_flip", "p": 0.3}]),
    (one("RandomVerticalFlip", p=1.0), [{"op": "vertical_flip", "p": 1.0}]),
    (
        one("RandomRotation", **WARP, degrees=[-10.0, 20.0], expand=False),
        [{"op": "rotate", "degrees": uniform(-10, 20), "interpolation": "nearest"}],
    ),
    (
        one("RandomAffine", **{**AFFINE, "degrees": [-5.0, 10.0], "scale": (0.5, 1.5), "fill": [51, 102, 255]}),
        [{"op": "affine", "degrees": uniform(-10, 5), "scale": uniform(0.5, 1.5), "interpolation": "nearest",
          "fill": [0.2, 0.4, 1.0]}],  # clockwise there
    ),
    (
        one("RandomAffine", **{**AFFINE, "shear": [12.0, 12.0]}),
        [{"op": "affine", "shear_x": slope(12), "interpolation": "nearest"}],
    ),
    (one("ColorJitter", **JITTER), []),
    (one("ColorJitter", **{**JITTER, "hue": (-0.1, 0.2)}), [{"op": "hue", "turns": uniform(-0.1, 0.2)}]),
    (
        one("ColorJitter", brightness=(0.5, 1.5), contrast=(0.25, 1.0), saturation=(0.0, 2.0), hue=(0.1, 0.1)),
        [{"op": "random_order", "ops": [
            {"op": "brightness_scale", "factor": uniform(0.5, 1.5)}, {"op": "contrast", "factor": uniform(0.25, 1)},
            {"op": "saturation", "factor": uniform(0, 2)}, {"op": "hue", "turns": 0.1}]}],
    ),
    (one("RandomGrayscale", p=0.1), [{"op": "grayscale", "p": 0.1}]),
    (one("Grayscale", num_output_channels=3), [{"op": "grayscale"}]),
    (
        one("RandomResizedCrop", size=(3, 4), scale=(0.25, 0.5), ratio=(0.5, 1.5), **SIZED),
        [{"op": "random_resized_crop", "size": [3, 4], "area": uniform(0.25, 0.5),
          "ratio": {"log_uniform": [0.5, 1.5]}}],
    ),
    (one("Resize", size=[20, 31], **RESIZE), [{"op": "resize", "size": [20, 31]}]),
    (
        one("Resize", size=[20, 31], **{**RESIZE, "interpolation": Mode.BICUBIC}),
        [{"op": "resize", "size": [20, 31], "interpolation": "bicubic"}],
    ),
    (
        one("Resize", size=[20, 31], **{**RESIZE, "interpolation": Mode.NEAREST_EXACT}),
        [{"op": "resize", "size": [20, 31], "interpolation": "nearest", "antialias": False}],
    ),
    (one("RandomCrop", **CROP), [{"op": "random_crop", "size": [3, 4]}]),
    (
        one("RandomCrop", **{**CROP, "padding": [1, 2, 3, 4], "padding_mode": "reflect"}),
        [{"op": "random_crop", "size": [3, 4], "pad": [2, 3, 4, 1], "border": "mirror"}],  # from the left there
    ),
    (
        one("Pad", padding=[1, 2, 3, 4], fill=51, padding_mode="constant"),
        [{"op": "pad", "top": 2, "right": 3, "bottom": 4, "left": 1, "fill": 0.2}],
    ),
    (
        one("Pad", padding=[1, 2], fill=0, padding_mode="symmetric"),
        [{"op": "pad", "top": 2, "right": 1, "bottom": 2, "left": 1, "border": "symmetric"}],
    ),
    (
        one("Pad", padding=5, fill=0, padding_mode="edge"),
        [{"op": "pad", "top": 5, "right": 5, "bottom": 5, "left": 5, "border": "edge"}],
    ),
    (
        one("GaussianBlur", kernel_size=(7, 7), sigma=[0.1, 0.9]),
        [{"op": "gaussian_blur", "sigma": uniform(0.1, 0.9)}],
    ),
    (one("RandomInvert", p=0.5), [{"op": "invert", "p": 0.5}]),
    (one("RandomEqualize", p=0.5), [{"op": "equalize", "p": 0.5}]),
    (one("RandomAutocontrast", p=0.5), [{"op": "autocontrast", "p": 0.5}]),
    (one("RandomChannelPermutation"), [{"op": "channel_shuffle"}]),
    (one("RandomSolarize", threshold=51, p=0.5), [{"op": "solarize", "threshold": 0.2, "p": 0.5}]),
    (one("RandomPosterize", bits=3, p=0.5), [{"op": "posterize", "bits": 3, "p": 0.5}]),
    (one("RandomAdjustSharpness", sharpness_factor=2.5, p=0.5), [{"op": "sharpness", "factor": 2.5, "p": 0.5}]),
    (
        one("Normalize", mean=[0.4, 0.5, 0.6], std=[0.2, 0.3, 0.4], inplace=False),
        [{"op": "normalize", "mean": [0.4, 0.5, 0.6], "std": [0.2, 0.3, 0.4]}],
    ),
    (
        one("RandomApply", transforms=[INVERT, FLIP], p=0.25),
        [{"op": "sequence", "p": 0.25, "ops": [{"op": "invert"}, {"op": "horizontal_flip"}]}],
    ),
    (
        one("RandomChoice", transforms=[INVERT, one("Compose", transforms=[FLIP, INVERT])], p=[0.25, 0.75]),
        [{"op": "one_of", "weights": [0.25, 0.75], "ops": [
            {"op": "invert"}, {"op": "sequence", "ops": [{"op": "horizontal_flip"}, {"op": "invert"}]}]}],
    ),
    (
        one("RandomChoice", transforms=[INVERT, FLIP], p=[0.5, 0.5]),
        [{"op": "one_of", "ops": [{"op": "invert"}, {"op": "horizontal_flip"}]}],
    ),
    (
        one("RandomOrder", transforms=[INVERT, FLIP]),
        [{"op": "random_order", "ops": [{"op": "invert"}, {"op": "horizontal_flip"}]}],
    ),
]  # fmt: skip

TWICE = "fades into the fill twice at the image's border"
CUBIC = "bicubic with a = −0.75, ours has −0.5"
CHAINS = (
    "shears about the top left corner, ours about the centre; cuts shifts off to whole pixels, ours rounds to the "
    "nearest"
)
BLENDS = ("brightness_scale", "saturation", "contrast", "sharpness")
PARTNERS = "partners follow from the key and ids, not from the order of the batch"
APPROXIMATE: list[tuple[Any, list[dict[str, Any]], str]] = [
    (one("MixUp", alpha=0.2, num_classes=None), [{"op": "mixup", "alpha": 0.2, "scope": "batch"}], PARTNERS),
    (one("CutMix", alpha=1.0, num_classes=10), [{"op": "cutmix", "scope": "batch"}], PARTNERS),
    (
        one("RandomRotation", **{**WARP, "interpolation": Mode.BICUBIC}, degrees=[7.0, 7.0], expand=False),
        [{"op": "rotate", "degrees": 7.0, "interpolation": "bicubic"}],
        f"{TWICE}; {CUBIC}",
    ),
    (
        one("RandomAffine", **{**AFFINE, "interpolation": Mode.BILINEAR}),
        [{"op": "affine"}],
        TWICE,
    ),
    (
        one("RandomAffine", **{**AFFINE, "translate": (0.1, 0.2)}),
        [{"op": "affine", "translate_x": uniform(-0.1, 0.1), "translate_y": uniform(-0.2, 0.2),
          "interpolation": "nearest"}],
        "shifts whole pixels, ours any part of one",
    ),
    (
        one("RandomAffine", **{**AFFINE, "shear": [3.0, 8.0]}),
        [{"op": "affine", "shear_x": uniform(slope(8), slope(3)), "interpolation": "nearest"}],
        "shears uniformly in degrees, ours in tangents",
    ),
    (
        one("RandomAffine", **{**AFFINE, "shear": [0.0, 0.0, 6.0, 6.0]}),
        [{"op": "affine", "shear_y": slope(6), "interpolation": "nearest"}],
        "shears along both axes in another order",
    ),
    (
        one("RandomPhotometricDistort", brightness=(0.5, 1.5), contrast=(0.25, 1.0), saturation=(0.0, 2.0),
            hue=(-0.1, 0.1), p=0.25),
        [{"op": "brightness_scale", "factor": uniform(0.5, 1.5), "p": 0.25},
         {"op": "contrast", "factor": uniform(0.25, 1), "p": 0.25},
         {"op": "saturation", "factor": uniform(0, 2), "p": 0.25},
         {"op": "hue", "turns": uniform(-0.1, 0.1), "p": 0.25}, {"op": "channel_shuffle", "p": 0.25}],
        "contrast comes before or after saturation and hue by chance, ours before",
    ),
    (
        one("Resize", size=[20, 31], **{**RESIZE, "interpolation": Mode.NEAREST}),
        [{"op": "resize", "size": [20, 31], "interpolation": "nearest", "antialias": False}],
        "nearest takes the pixel before the centre, ours the one at it",
    ),
    (
        one("Resize", size=[20, 31], **{**RESIZE, "interpolation": Mode.BICUBIC, "antialias": False}),
        [{"op": "resize", "size": [20, 31], "interpolation": "bicubic", "antialias": False}],
        CUBIC,
    ),
    (
        one("Resize", size=[20], **RESIZE),
        [{"op": "resize", "short_side": 20}],
        "cuts the other side's length off, ours rounds it",
    ),
    (
        one("Resize", size=None, **{**RESIZE, "max_size": 50}),
        [{"op": "resize", "long_side": 50}],
        "cuts the other side's length off, ours rounds it",
    ),
    (
        one("CenterCrop", size=(3, 4)),
        [{"op": "center_crop", "size": [3, 4]}],
        "rounds odd margins to even and pads small images, ours takes the floor and refuses them",
    ),
    (
        one("RandomCrop", **{**CROP, "pad_if_needed": True}),
        [{"op": "random_crop", "size": [3, 4]}],
        "pads small images, ours refuses them",
    ),
    (
        one("GaussianBlur", kernel_size=(3, 5), sigma=[0.1, 2.0]),
        [{"op": "gaussian_blur", "sigma": uniform(0.1, 2)}],
        "a kernel of 3×5 pixels, ours reaches 3σ to each side",
    ),
    (
        one("GaussianNoise", mean=0.0, sigma=0.25, clip=True),
        [{"op": "gaussian_noise", "std": 0.25}],
        "cuts the noise of uint8 images off to whole levels",
    ),
    (
        one("AugMix", **AUGMIX),
        [{"op": "augmix", "ops": chained(*({"op": op, "factor": either(0.1, around=1)} for op in BLENDS))}],
        CHAINS,
    ),
    (
        one("AugMix", **{**AUGMIX, "all_ops": False, "chain_depth": 2, "mixture_width": 4, "alpha": 50}),
        [{"op": "augmix", "chains": 4, "depth": 2, "alpha": 50, "ops": chained()}],
        CHAINS,
    ),
    (
        one("RandomZoomOut", p=0.25, fill=51, side_range=(1.0, 3.0)),
        [{"op": "zoom_out", "factor": uniform(1, 3), "fill": 0.2, "p": 0.25}],
        "enlarges the canvas, ours keeps it and shrinks the image",
    ),
    (
        one("ElasticTransform", alpha=[60.0, 60.0], sigma=[5.0, 5.0], interpolation=Mode.NEAREST, fill=51),
        [{"op": "elastic", "alpha": 0.977205024, "sigma": 5.0, "interpolation": "nearest", "fill": 0.2}],
        (
            "one field for a whole batch, ours one for every sample; its smoothing reaches 4σ, ours 3σ; "
            "points move by the field turned round, ours by its inverse"
        ),
    ),
]  # fmt: skip

MANY = "images of many sizes come out, and a policy gives one size"
UNSUPPORTED: list[tuple[Any, str]] = [
    (one("RandomRotation", **WARP, degrees=[0.0, 1.0], expand=True), "expand True has no counterpart"),
    (one("RandomRotation", **{**WARP, "center": [1, 2]}, degrees=[0.0, 1.0]), "center [1, 2] has no counterpart"),
    (one("RandomAffine", **{**AFFINE, "center": [1, 2]}), "center [1, 2] has no counterpart"),
    (one("RandomRotation", **{**WARP, "fill": {"image": 0}}, degrees=[0.0, 1.0]),
     "fill for single types has no counterpart"),
    (one("Resize", size=[20, 31], **{**RESIZE, "interpolation": Mode.LANCZOS}),
     "interpolation lanczos has no counterpart"),
    (one("Resize", size=[20], **{**RESIZE, "max_size": 50}), "max_size has no counterpart"),
    (one("Grayscale", num_output_channels=1), "the number of channels stays as it is here"),
    (one("GaussianNoise", mean=0.1, sigma=0.25, clip=True), "mean 0.1 has no counterpart"),
    (one("GaussianNoise", mean=0.0, sigma=0.25, clip=False), "clip False has no counterpart"),
    (one("RandomPosterize", p=0.5), "the setting bits is missing"),
    (one("AugMix", **{**AUGMIX, "alpha": 50.5}), "alpha 50.5 is not between 0.05 and 50"),
    (one("AugMix", **{**AUGMIX, "alpha": 0.04}), "alpha 0.04 is not between 0.05 and 50"),
    (one("AugMix", **{**AUGMIX, "chain_depth": 9}), "chain_depth 9 is more than 8"),
    (one("ScaleJitter"), MANY),
    (one("RandomShortestSize"), MANY),
    (one("FiveCrop"), "one image becomes five"),
    (one("TenCrop"), "one image becomes ten"),
    (one("Lambda"), "it is code"),
    (one("ElasticTransform", alpha=[3.0, 4.0], sigma=[5.0, 5.0], **WARP), "alpha for each axis has no counterpart"),
    (one("ElasticTransform", alpha=[9.0, 9.0], sigma=[0.0, 0.0], **WARP),
     "a field that is not smoothed has no counterpart"),
    (one("LinearTransformation"), "no op is known to stand for it"),
    (one("Own", module="mine"), "no op is known to stand for it"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "ops"), EXACT)
def test_what_has_the_same_meaning_is_exact(given: Any, ops: list[dict[str, Any]]) -> None:
    found = torchvision(given)
    assert found.policy.to_dict()["ops"] == ops
    why = "" if ops else "it changes nothing"
    assert (found.rows[0].path, {(row.status, row.reason) for row in found.rows}) == ("transform", {("exact", why)})


@pytest.mark.parametrize(("given", "ops", "reason"), APPROXIMATE)
def test_what_differs_is_said(given: Any, ops: list[dict[str, Any]], reason: str) -> None:
    found = torchvision(given)
    assert found.policy.to_dict()["ops"] == ops
    assert [(row.status, row.reason) for row in found.rows] == [("approximate", reason)]


@pytest.mark.parametrize(("given", "reason"), UNSUPPORTED)
def test_what_no_op_stands_for_is_left_out_with_the_reason(given: Any, reason: str) -> None:
    found = torchvision(one("Compose", transforms=[given, INVERT]))
    assert (found.rows[0].status, found.rows[0].ops, found.rows[0].reason) == ("unsupported", (), reason)
    assert found.policy.to_dict()["ops"] == [{"op": "invert"}]


def test_rows_name_places_and_own_classes_in_full() -> None:
    own = one("Own", module="mine")
    found = torchvision(one("Compose", transforms=[one("RandomApply", transforms=[INVERT, own], p=0.5), FLIP]))
    assert [(row.path, row.transform) for row in found.rows] == [
        ("transforms[0]", "RandomApply"),
        ("transforms[0].transforms[0]", "RandomInvert"),
        ("transforms[0].transforms[1]", "mine.Own"),
        ("transforms[1]", "RandomHorizontalFlip"),
    ]
    assert (found.rows[0].status, found.rows[0].reason) == ("approximate", "without mine.Own")
    with pytest.raises(TypeError, match=r"a transform of torchvision was expected, got mine\.Own"):
        torchvision(own)


def test_the_number_of_classes_is_declared_where_a_mixture_names_it() -> None:
    def choice(*counts: int | None) -> Any:
        mixtures = [one(name, alpha=1.0, num_classes=n) for name, n in zip(("MixUp", "CutMix"), counts, strict=True)]
        return torchvision(one("RandomChoice", transforms=mixtures, p=None))

    for counts in ((10, 10), (None, 10)):
        found = choice(*counts)
        assert (found.policy.targets.label.classes, found.notes) == (10, ())
    assert choice(None, None).policy.targets.label.classes is None
    found = choice(10, 7)
    assert found.policy.targets.label.classes is None
    assert found.notes == ("no number of classes was declared, because the transforms name different ones",)


def test_members_may_be_registered_as_modules() -> None:
    class Apply:
        def __init__(self) -> None:
            self._modules = {"transforms": [INVERT]}
            self.p = 0.5

        def __getattr__(self, name: str) -> Any:
            return vars(self)["_modules"][name]

    Apply.__module__, Apply.__name__ = "torchvision.transforms.transforms", "RandomApply"
    assert torchvision(Apply()).policy.to_dict()["ops"] == [{"op": "sequence", "p": 0.5, "ops": [{"op": "invert"}]}]


def test_steps_that_do_nothing_here_are_exact_without_ops() -> None:
    steps = [
        one(name) for name in ("ToImage", "PILToTensor", "Identity", "SanitizeBoundingBoxes", "ClampBoundingBoxes")
    ]
    found = torchvision(one("Compose", transforms=steps))
    assert [(row.status, row.ops) for row in found.rows] == [("exact", ())] * 5
    assert found.rows[0].reason == found.rows[1].reason != found.rows[2].reason == "it changes nothing"


def test_white_of_floats_is_1() -> None:
    (op,) = torchvision(one("RandomSolarize", threshold=0.4, p=1.0), white=1.0).policy.to_dict()["ops"]
    assert op["threshold"] == 0.4
