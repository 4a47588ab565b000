"""Kornia's augmentations by the attributes that they have, and the ops that they mean; the library is not needed.

The stand-ins have the settings of Kornia's objects, in the same three places. Kornia's pixels beside ours are compared
in conformance/tests/test_importing.py.
"""

from __future__ import annotations

import enum
import math
from typing import Any

import numpy as np
import pytest

from augspec.importing import kornia


class Resample(enum.Enum):
    NEAREST = 0
    BILINEAR = 1
    BICUBIC = 2


WARP = {"resample": Resample.BILINEAR, "padding_mode": "zeros", "align_corners": True, "fill_value": None}
TURNS = {"resample": Resample.BILINEAR, "align_corners": True}
WINDOW = {**TURNS, "cropping_mode": "slice"}
CROP = {**WINDOW, "padding": None, "pad_if_needed": False, "fill": 0, "padding_mode": "constant", "resize_to": None}
BLUR = {"kernel_size": (7, 7), "separable": True, "border_type": "reflect"}


def uniform(low: float, high: float) -> dict[str, list[float]]:
    return {"uniform": [low, high]}


def slope(degrees: float) -> float:
    return -math.tan(math.radians(degrees))


def one(name: str, *, p: float = 1.0, tensors: Any = (), drawn: Any = (), own: Any = (), **flags: Any) -> Any:
    """Return an object of a class of Kornia.

    Args:
        name: the class's.
        p: probability.
        tensors: settings that a generator of parameters keeps as tensors.
        drawn: settings that it keeps as they are, beside its samplers.
        own: attributes of the object itself.
        flags: those in its `flags`.
    """
    every = {"training": True, "p": p, "p_batch": 1.0, "same_on_batch": False, "keepdim": False, "flags": flags}
    found = type(name, (), {"__module__": "kornia.augmentation"})()
    vars(found).update(every | dict(own), _private=1)
    if tensors or drawn:
        found._param_generator = _Generator(dict(drawn), dict(tensors))
    return found


class _Generator:
    """Generator of parameters: plain settings, samplers that are no settings, and tensors."""

    def __init__(self, drawn: dict[str, Any], tensors: dict[str, Any]) -> None:
        vars(self).update(drawn, degree_sampler=print, _tensors=tensors)

    def named_buffers(self) -> list[tuple[str, Any]]:
        return [(name, np.array(value, np.float64)) for name, value in self._tensors.items()]


def sequence(*members: Any, name: str = "AugmentationSequential", **settings: Any) -> Any:
    found = type(name, (), {"__module__": "kornia.augmentation", "children": lambda _: iter(members)})()
    vars(found).update(settings)
    return found


EXACT: list[tuple[Any, list[dict[str, Any]]]] = [
    (one("RandomHorizontalFlip", p=0.3), [{"op": "horizontal_flip", "p": 0.3}]),
    (one("RandomVerticalFlip"), [{"op": "vertical_flip", "p": 1.0}]),
    (
        one("RandomRotation", p=0.25, tensors={"degrees": [-10, 20]}, resample=Resample.NEAREST, align_corners=True),
        [{"op": "rotate", "degrees": uniform(-10, 20), "interpolation": "nearest", "p": 0.25}],
    ),
    # The number is drawn from a continuum and rounded: both ends are half as likely.
    (one("RandomRotation90", tensors={"times": [1, 1]}, **TURNS), [{"op": "rot90", "turns": 1}]),
    (one("RandomRotation90", tensors={"times": [2, 3]}, **TURNS), [{"op": "rot90", "turns": {"choice": [2, 3]}}]),
    (
        one("RandomRotation90", tensors={"times": [0, 3]}, **TURNS),
        [{"op": "rot90", "turns": {"choice": {"values": [0, 1, 2, 3], "weights": [1, 2, 2, 1]}}}],
    ),
    (
        one("RandomAffine", drawn={"degrees": 15.0, "translate": (0.1, 0.2), "scale": (0.5, 1.5), "shear": None},
            **{**WARP, "padding_mode": "border"}),
        [{"op": "affine", "degrees": uniform(-15, 15), "translate_x": uniform(-0.1, 0.1),
          "translate_y": uniform(-0.2, 0.2), "scale": uniform(0.5, 1.5), "border": "edge"}],
    ),
    (
        one("RandomAffine", drawn={"degrees": (-5.0, 10.0), "translate": None, "scale": None, "shear": None}, **WARP),
        [{"op": "affine", "degrees": uniform(-10, 5)}],  # clockwise there
    ),
    (
        one("RandomTranslate", drawn={"translate_x": (-0.1, 0.2), "translate_y": None}, **WARP),
        [{"op": "translate", "x": uniform(-0.1, 0.2)}],
    ),
    (
        one("RandomBrightness", tensors={"brightness_factor": [0.75, 1.5]}, own={"brightness": np.ones(2)},
            clip_output=True),
        [{"op": "brightness_shift", "delta": uniform(-0.25, 0.5)}],
    ),
    (
        one("RandomContrast", tensors={"contrast_factor": [0.75, 1.5]}, own={"contrast": np.ones(2)}, clip_output=True),
        [{"op": "contrast", "factor": uniform(0.75, 1.5), "pivot": "zero"}],
    ),
    (
        one("RandomHue", tensors={"hue_factor": [-0.1, 0.2]}, own={"hue": np.ones(2)}),
        [{"op": "hue", "turns": uniform(-0.1, 0.2)}],
    ),
    (
        one("RandomGamma", tensors={"gamma_factor": [0.5, 1.5], "gain_factor": [0.75, 1.0]}),
        [{"op": "gamma", "gamma": uniform(0.5, 1.5), "gain": uniform(0.75, 1)}],
    ),
    (one("RandomGrayscale", p=0.1, rgb_weights=None), [{"op": "grayscale", "p": 0.1}]),
    (
        one("RandomGaussianBlur", drawn={"sigma": (0.1, 0.9)}, **BLUR),
        [{"op": "gaussian_blur", "sigma": uniform(0.1, 0.9)}],
    ),
    (
        one("RandomBoxBlur", kernel_size=(5, 5), border_type="reflect", normalized=True),
        [{"op": "box_blur", "radius": 2}],
    ),
    (one("RandomInvert", p=0.5, max_val=1.0), [{"op": "invert", "p": 0.5}]),
    (
        one("RandomSolarize", tensors={"thresholds": [0.25, 0.5], "additions": [0, 0]}),
        [{"op": "solarize", "threshold": uniform(0.25, 0.5)}],
    ),
    (one("RandomEqualize", p=0.5), [{"op": "equalize", "p": 0.5}]),
    (one("RandomAutoContrast", clip_output=True), [{"op": "autocontrast"}]),
    (
        one("RandomSharpness", p=0.5, tensors={"sharpness": [0, 0.5]}),
        [{"op": "sharpness", "factor": uniform(0, 0.5), "p": 0.5}],
    ),
    (one("RandomChannelShuffle", p=0.5), [{"op": "channel_shuffle", "p": 0.5}]),
    (one("RandomCrop", size=(3, 4), **CROP), [{"op": "random_crop", "size": [3, 4]}]),
    (
        one("Resize", size=(3, 4), side="short", resample=Resample.NEAREST, align_corners=False, antialias=False,
            own={"output_size": (3, 4)}),
        [{"op": "resize", "size": [3, 4], "interpolation": "nearest", "antialias": False}],
    ),
    (
        one("Normalize", mean=np.array([0.5, 0.25]), std=np.array([0.25, 0.5])),
        [{"op": "normalize", "mean": [0.5, 0.25], "std": [0.25, 0.5]}],
    ),
]  # fmt: skip

BATCH = "one order for a batch"
MORE = {"translate": None, "scale": None}
MIXED = "labels become soft, not triples; partners follow from the key and ids, not from the order of the batch"
APPROXIMATE: list[tuple[Any, list[dict[str, Any]], str]] = [
    (one("RandomMixUpV2", drawn={"lambda_val": None}, own={"data_keys": None}), [{"op": "mixup"}], MIXED),
    (
        one("RandomMixUpV2", drawn={"lambda_val": (0.0, 1.0)}, own={"same_on_batch": True}),
        [{"op": "mixup", "scope": "batch"}],
        MIXED,
    ),
    (
        one("RandomCutMixV2", drawn={"cut_size": None, "beta": 0.5, "num_mix": 1}, own={"use_correct_lambda": True}),
        [{"op": "cutmix", "alpha": 0.5}],
        f"keeps rectangles inside of the image, ours are cut off at its border; {MIXED}",
    ),
    (
        one("RandomRotation", own={"same_on_batch": True}, tensors={"degrees": [-10, 20]}, resample=Resample.BILINEAR),
        [{"op": "rotate", "degrees": uniform(-10, 20)}],
        "draws once for a batch, ours for every sample",
    ),
    (
        one("RandomRotation", tensors={"degrees": [7, 7]}, resample=Resample.BICUBIC, align_corners=False),
        [{"op": "rotate", "degrees": 7.0, "interpolation": "bicubic"}],
        "align_corners false moves the centre; bicubic with a = −0.75, ours has −0.5",
    ),
    (
        one("RandomTranslate", drawn={"translate_x": None, "translate_y": (0.1, 0.1)},
            **{**WARP, "padding_mode": "reflection"}),
        [{"op": "translate", "y": 0.1, "border": "mirror"}],
        "reflects about other lines",
    ),
    (
        one("RandomAffine", drawn={"degrees": 0.0, "shear": (3.0, 8.0), **MORE}, **WARP),
        [{"op": "affine", "shear_x": uniform(slope(8), slope(3))}],
        "shears in degrees, and about another point",
    ),
    (
        one("RandomAffine", drawn={"degrees": 0.0, "shear": 6.0, **MORE}, **WARP),
        [{"op": "affine", "shear_x": uniform(slope(6), -slope(6))}],
        "shears in degrees, and about another point",
    ),
    (
        one("ColorJitter", drawn={"brightness": 0.25, "contrast": (0.5, 1.0), "saturation": 0.0, "hue": 0.1}, p=0.5),
        [{"op": "random_order", "p": 0.5, "ops": [
            {"op": "brightness_scale", "factor": uniform(0.75, 1.25)}, {"op": "contrast", "factor": uniform(0.5, 1)},
            {"op": "hue", "turns": uniform(-0.1, 0.1)}]}],
        BATCH,
    ),
    (
        one("ColorJitter", drawn={"brightness": 0.0, "contrast": 0.0, "saturation": 0.5, "hue": 0.0}),
        [{"op": "saturation", "factor": uniform(0.5, 1.5)}],
        BATCH,
    ),
    (
        one("RandomGaussianBlur", drawn={"sigma": (0.1, 2.0)}, **{**BLUR, "kernel_size": (3, 5)}),
        [{"op": "gaussian_blur", "sigma": uniform(0.1, 2)}],
        "a kernel of 3×5 pixels, ours reaches 3σ to each side",
    ),
    (one("RandomGaussianNoise", mean=0.0, std=0.25), [{"op": "gaussian_noise", "std": 0.25}], "does not clip"),
    (
        one("CenterCrop", size=(3, 4), **WINDOW, padding_mode="zeros", own={"same_on_batch": True}),
        [{"op": "center_crop", "size": [3, 4]}],
        "odd margins fall to another side",
    ),
    (
        one("RandomResizedCrop", size=(3, 4), **WINDOW, padding_mode="zeros", resize_to=(3, 4),
            drawn={"scale": (0.25, 0.5), "ratio": (0.5, 1.5), "output_size": (3, 4)}),
        [{"op": "random_resized_crop", "size": [3, 4], "area": uniform(0.25, 0.5), "ratio": {"log_uniform": [0.5, 1.5]},
          "antialias": False}],
        "stretches the corners' centres onto each other, without antialiasing",
    ),
    (
        one("Resize", size=(3, 4), side="short", resample=Resample.BILINEAR, align_corners=True, antialias=True),
        [{"op": "resize", "size": [3, 4]}],
        "stretches the corners' centres onto each other",
    ),
]  # fmt: skip

UNSUPPORTED: list[tuple[Any, str]] = [
    (one("RandomEqualize", own={"p_batch": 0.5}), "p_batch decides for whole batches"),
    (one("RandomRotation", resample=Resample.BILINEAR), "the setting degrees is missing"),
    (one("RandomTranslate", drawn={"translate_x": None, "translate_y": None}, **{**WARP, "padding_mode": "fill"}),
     "padding_mode fill has no counterpart"),
    (one("RandomTranslate", drawn={"translate_x": None, "translate_y": None}, **{**WARP, "fill_value": [1]}),
     "padding_mode zeros has no counterpart"),
    (one("RandomRotation90", tensors={"times": [-1, 1]}, **TURNS),
     "turns below 0 have no counterpart; write them as 1 to 3"),
    (one("RandomAffine", drawn={"degrees": 0.0, "translate": None, "scale": (1, 1, 2, 2), "shear": None}, **WARP),
     "a scale for each axis has no counterpart"),
    (one("RandomAffine", drawn={"degrees": 0.0, "shear": (0.0, 0.0, 1.0, 2.0), **MORE}, **WARP),
     "shear along y has no counterpart beside shear along x"),
    (one("RandomBrightness", tensors={"brightness_factor": [1, 2]}, clip_output=False),
     "clip_output False has no counterpart"),
    (one("RandomGrayscale", rgb_weights=[1, 1, 1]), "rgb_weights [1, 1, 1] has no counterpart"),
    (one("RandomGaussianBlur", drawn={"sigma": (1, 1)}, **{**BLUR, "border_type": "circular"}),
     "border_type circular has no counterpart"),
    *(
        (one("RandomBoxBlur", kernel_size=sides), "a box that is no square of odd sides has no counterpart")
        for sides in ((3, 5), (4, 4))
    ),
    (one("RandomGaussianNoise", mean=0.1, std=0.25), "mean 0.1 has no counterpart"),
    (one("RandomSolarize", tensors={"thresholds": [0.5, 0.5], "additions": [0, 0.1]}),
     "additions has no counterpart"),
    (one("RandomMixUpV2", drawn={"lambda_val": (0.2, 1.0)}),
     "a weight that is uniform from another number than 0, or to another one than 1"),
    (one("RandomMixUpV2", own={"p_batch": 0.5}), "p_batch decides for whole batches"),
    (one("RandomCutMixV2", drawn={"num_mix": 2}), "num_mix 2 has no counterpart"),
    (one("RandomCutMixV2", drawn={"cut_size": (0.1, 0.9)}), "a clamp of the weight has no counterpart"),
    (one("RandomInvert", max_val=255.0), "max_val 255.0 has no counterpart"),
    (one("RandomAutoContrast", clip_output=False), "clip_output False has no counterpart"),
    (one("RandomCrop", size=(3, 4), **{**CROP, "padding": 2}), "padding has no row yet"),
    (one("RandomCrop", size=(3, 4), **{**CROP, "pad_if_needed": True}), "pad_if_needed True has no counterpart"),
    (one("Resize", size=3, side="short", resample=Resample.BILINEAR), "a single side has no row yet"),
    (one("RandomPosterize"), "it draws fractions of bits"),
    (one("RandomThinPlateSpline"), "no op is known to stand for it"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "ops"), EXACT)
def test_what_has_the_same_meaning_is_exact(given: Any, ops: list[dict[str, Any]]) -> None:
    found = kornia(given)
    assert found.policy.to_dict()["ops"] == ops
    assert [(row.path, row.status, row.reason) for row in found.rows] == [("augmentation", "exact", "")]


@pytest.mark.parametrize(("given", "ops", "reason"), APPROXIMATE)
def test_what_differs_is_said(given: Any, ops: list[dict[str, Any]], reason: str) -> None:
    found = kornia(given)
    assert found.policy.to_dict()["ops"] == ops
    assert [(row.status, row.reason) for row in found.rows] == [("approximate", reason)]


@pytest.mark.parametrize(("given", "reason"), UNSUPPORTED)
def test_what_no_op_stands_for_is_left_out_with_the_reason(given: Any, reason: str) -> None:
    found = kornia(sequence(given, one("RandomEqualize")))
    assert (found.rows[0].status, found.rows[0].ops, found.rows[0].reason) == ("unsupported", (), reason)
    assert found.policy.to_dict()["ops"] == [{"op": "equalize"}]


def test_sequences_are_their_members() -> None:
    class Own:
        pass

    inner = sequence(one("RandomEqualize"), one("RandomVerticalFlip"), name="ImageSequential")
    found = kornia(sequence(inner, Own()))
    assert [(row.path, row.ops) for row in found.rows] == [
        ("[0]", ("equalize", "vertical_flip")),
        ("[0][0]", ("equalize",)),
        ("[0][1]", ("vertical_flip",)),
        ("[1]", ()),
    ]
    assert found.rows[3].status == "unsupported"
    with pytest.raises(TypeError, match="an augmentation of Kornia was expected, got Own"):
        kornia(Own())


CHOICE = "chooses once for a batch, and puts what it chose in any order; ours for every sample, in the order listed"


def test_some_of_the_members_is_told_at_the_top_too() -> None:
    found = kornia(sequence(one("RandomEqualize"), one("RandomVerticalFlip"), one("RandomInvert"), random_apply=(2, 3)))
    (choice,) = found.policy.to_dict()["ops"]
    assert (choice["op"], choice["n"]) == ("some_of", 2)
    assert [op["op"] for op in choice["ops"]] == ["equalize", "vertical_flip", "invert"]
    assert (found.rows[0].path, found.rows[0].status, found.rows[0].reason) == ("sequence", "approximate", CHOICE)


def test_all_members_in_any_order() -> None:
    found = kornia(sequence(one("RandomEqualize"), one("RandomInvert"), random_apply=(2, 3)))
    (choice,) = found.policy.to_dict()["ops"]
    assert choice["op"] == "random_order"
    assert found.rows[0].reason == "draws the order once for a batch, ours for every sample"


def test_a_member_that_is_left_out_keeps_its_place_in_the_choice() -> None:
    found = kornia(sequence(one("RandomEqualize"), one("RandomThinPlateSpline"), random_apply=(1, 2)))
    (choice,) = found.policy.to_dict()["ops"]
    assert choice["ops"][1] == {"op": "sequence", "ops": []}
    assert found.rows[0].reason == f"{CHOICE}; without RandomThinPlateSpline"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"random_apply": (1, 3)}, "a number of members that is drawn, 1 to 2, has no counterpart"),
        ({"random_apply": (3, 4)}, "3 of 2 members, some of them twice, have no counterpart"),
        ({"random_apply": (1, 2), "random_apply_weights": [1.0, 2.0]}, "weights of members have no counterpart"),
    ],
)
def test_other_choices_are_unsupported(settings: dict[str, Any], reason: str) -> None:
    inner = sequence(one("RandomEqualize"), one("RandomInvert"), name="ImageSequential", **settings)
    row = kornia(sequence(inner)).rows[0]
    assert (row.status, row.reason) == ("unsupported", reason)
    (row, *_) = kornia(sequence(one("RandomEqualize"), one("RandomInvert"), **settings)).rows
    assert (row.status, row.reason) == ("unsupported", reason)
