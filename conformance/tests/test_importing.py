"""Importers: what a table calls exact gives the pixels that the library itself gives, parameters being equal.

Transforms whose ranges are single values leave no choice, so theirs and ours can stand beside each other. The bound of
two levels is that of the distances: libraries cut results of uint8 off, and round means and greys to levels.
"""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import augspec
from augspec.importing import Imported, albumentations, keras, kornia, torchvision
from augspec_conformance.distances.libraries import ALBUMENTATIONS, KORNIA, TORCHVISION
from augspec_conformance.distances.pair import Missing

SIDE = 48
BOUND = 2.0
_Y, _X = np.mgrid[0:SIDE, 0:SIDE] / SIDE
SMOOTH = np.stack(
    [128 + 100 * np.sin(5 * _X + 2 * _Y), 128 + 90 * np.cos(4 * _Y - _X), 120 + 80 * np.sin(3 * _X * _Y)], -1
)
IMAGE = np.clip(SMOOTH + np.random.default_rng(1).normal(0, 4, SMOOTH.shape), 0, 255).astype(np.uint8)


def _inner() -> np.ndarray:
    """Return a mask of the image without three pixels at each side."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[3:-3, 3:-3] = 1
    return mask


BLUR = 2 * math.ceil(3 * 1.3) + 1


@pytest.fixture(autouse=True)
def _quiet() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # other libraries' own
        yield


def load(library: Any) -> Any:
    try:
        return library.load()
    except Missing as missing:
        pytest.skip(str(missing))


TWICE = "fades into the fill twice at the image's border"


def compare(found: Imported, theirs: np.ndarray, image: np.ndarray = IMAGE, *, but: str = "") -> None:
    """Compare all pixels; with a reason why a row is not exact, those that are made of four pixels of the image."""
    assert [row.reason for row in found.rows if row.status != "exact"] == ([but] if but else [])
    ours = np.asarray(augspec.compile(found.policy)(7, image), np.float64)
    levels = 255.0 if image.dtype == np.float32 else 1.0
    distance = np.abs(ours - np.asarray(theirs, np.float64)) * levels
    if but:
        whole = augspec.compile(found.policy)(7, {"image": image, "mask": _inner()})["mask"] == 1
        assert whole.mean() > 0.5
        distance = distance[whole]
    assert ours.shape == theirs.shape
    assert distance.max() <= BOUND
    assert distance.mean() <= 1.0  # half a level for each of two cuts: of the grey and of the result


# torchvision

TV: dict[str, Callable[[Any], Any]] = {
    "hflip": lambda T: T.RandomHorizontalFlip(1.0),
    "vflip": lambda T: T.RandomVerticalFlip(1.0),
    "rotation": lambda T: T.RandomRotation((20, 20), T.InterpolationMode.BILINEAR),
    "rotation-fill": lambda T: T.RandomRotation((20, 20), T.InterpolationMode.BILINEAR, fill=(10, 100, 200)),
    "affine": lambda T: T.RandomAffine((20, 20), scale=(1.2, 1.2), interpolation=T.InterpolationMode.BILINEAR),
    "shear": lambda T: T.RandomAffine((0, 0), shear=(10, 10), interpolation=T.InterpolationMode.BILINEAR),
    "brightness": lambda T: T.ColorJitter(brightness=(1.3, 1.3)),
    "contrast": lambda T: T.ColorJitter(contrast=(0.6, 0.6)),
    "saturation": lambda T: T.ColorJitter(saturation=(1.7, 1.7)),
    "hue": lambda T: T.ColorJitter(hue=(0.1, 0.1)),
    "grayscale": lambda T: T.RandomGrayscale(1.0),
    "resize": lambda T: T.Resize((20, 31)),
    "resize-aliased": lambda T: T.Resize((20, 31), antialias=False),
    "bicubic": lambda T: T.Resize((20, 31), T.InterpolationMode.BICUBIC),
    "crop": lambda T: T.RandomCrop((52, 52), padding=2, padding_mode="reflect"),
    "pad": lambda T: T.Pad((1, 2, 3, 4), fill=77),
    "pad-two": lambda T: T.Pad((1, 2), padding_mode="edge"),
    "blur": lambda T: T.GaussianBlur(BLUR, (1.3, 1.3)),
    "solarize": lambda T: T.RandomSolarize(128, 1.0),
    "posterize": lambda T: T.RandomPosterize(3, 1.0),
    "invert": lambda T: T.RandomInvert(1.0),
    "equalize": lambda T: T.RandomEqualize(1.0),
    "autocontrast": lambda T: T.RandomAutocontrast(1.0),
    "sharpness": lambda T: T.RandomAdjustSharpness(2.5, 1.0),
    "nested": lambda T: T.Compose(
        [T.RandomApply([T.RandomInvert(1.0), T.Identity()], p=1.0), T.RandomHorizontalFlip(0.0)]
    ),
    "choice": lambda T: T.RandomChoice([T.RandomInvert(1.0), T.RandomHorizontalFlip(1.0)], p=[0, 1]),
}


@pytest.mark.parametrize("name", TV)
def test_torchvision(name: str) -> None:
    load(TORCHVISION)
    import torch
    from torchvision.transforms import v2

    transform = TV[name](v2)
    theirs = transform(torch.from_numpy(IMAGE.transpose(2, 0, 1).copy())).numpy().transpose(1, 2, 0)
    compare(
        torchvision(transform), theirs, but=TWICE if name in ("rotation", "rotation-fill", "affine", "shear") else ""
    )


def test_torchvision_normalize_and_types() -> None:
    load(TORCHVISION)
    import torch
    from torchvision.transforms import v2

    steps = [v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Normalize([0.4, 0.5, 0.6], [0.2, 0.3, 0.4])]
    found = torchvision(v2.Compose(steps))
    theirs = v2.Compose(steps)(IMAGE).numpy().transpose(1, 2, 0)
    ours = augspec.compile(found.policy)(0, IMAGE)
    assert found.exact
    assert np.abs(ours - theirs).max() < 1e-5
    assert [op.tag for op in found.policy.eval or ()] == ["normalize"]
    assert found.notes


def _typed(T: Any, torch: Any) -> dict[str, Any]:
    unit = T.ToDtype(torch.float32, scale=True)
    kinds = {sys.modules["torchvision.tv_tensors"].Image: torch.float32, "others": None}
    return {
        "alone": T.Compose([unit]),
        "after-images": T.Compose([T.ToImage(), unit]),
        "first": T.Compose([unit, T.RandomHorizontalFlip(1.0), T.RandomSolarize(0.5, 1.0)]),
        "by-class": T.Compose([T.ToDtype(kinds, scale=True)]),
        "convert": T.ConvertImageDtype(torch.float32),
        "nested": T.Compose([T.Compose([T.RandomInvert(1.0), unit]), T.RandomVerticalFlip(1.0)]),
        "cast": T.Compose([T.ToDtype(torch.float32), T.Normalize([127.5], [63.75])]),
    }


@pytest.mark.parametrize("name", ["alone", "after-images", "first", "by-class", "convert", "nested", "cast"])
def test_torchvision_changes_of_type(name: str) -> None:
    load(TORCHVISION)
    import torch
    from torchvision import tv_tensors
    from torchvision.transforms import v2

    transform = _typed(v2, torch)[name]
    found = torchvision(transform)
    theirs = transform(tv_tensors.Image(torch.from_numpy(IMAGE.transpose(2, 0, 1).copy())))
    ours = augspec.compile(found.policy)(0, IMAGE)
    assert found.exact
    assert (str(theirs.dtype), ours.dtype) == ("torch.float32", np.float32)
    assert np.abs(ours - theirs.numpy().transpose(1, 2, 0)).max() < 1e-5


def test_torchvision_tells_what_it_cannot() -> None:
    load(TORCHVISION)
    import torch
    from torchvision.transforms import v2

    class Own(torch.nn.Module):
        pass

    rows = torchvision(
        v2.Compose(
            [
                v2.RandomRotation(5, expand=True),
                v2.RandomAffine(5, translate=(0.1, 0.1)),
                v2.ColorJitter(brightness=(9, 9)),
                v2.Lambda(lambda x: x),
                Own(),
                v2.RandomChoice([v2.RandomInvert(), v2.FiveCrop(3)]),
                v2.Normalize([0.5], [0.5]),
                v2.RandomInvert(),
            ]
        )
    ).rows
    told = {row.path: (row.status, row.reason) for row in rows}
    assert told["transforms[0]"] == ("unsupported", "expand True has no counterpart")
    assert told["transforms[1]"] == ("approximate", "shifts whole pixels, ours any part of one")
    assert told["transforms[2]"][0] == "unsupported"
    assert "0 to 8" in told["transforms[2]"][1]
    assert told["transforms[3]"] == ("unsupported", "it is code")
    assert told["transforms[4]"][0] == "unsupported"
    assert told["transforms[5]"] == ("approximate", "without FiveCrop")
    assert told["transforms[5].transforms[1]"] == ("unsupported", "one image becomes five")
    assert told["transforms[7]"] == ("unsupported", "it follows Normalize, which has to come last")
    with pytest.raises(TypeError, match="a transform of torchvision was expected"):
        torchvision(Own())


# Albumentations

ALB: dict[str, Callable[[Any], Any]] = {
    "hflip": lambda A: A.HorizontalFlip(p=1),
    "transpose": lambda A: A.Transpose(p=1),
    "rotate": lambda A: A.Rotate((20, 20), border_mode=4, p=1),
    "affine": lambda A: A.Affine(scale=(1.2, 1.2), rotate=(-15, -15), p=1),
    "axes": lambda A: A.Affine(scale={"x": (0.8, 0.8), "y": (1.3, 1.3)}, border_mode=1, p=1),
    "shear": lambda A: A.Affine(shear={"x": (12, 12), "y": (0, 0)}, fill=60, p=1),
    "shift-scale-rotate": lambda A: A.ShiftScaleRotate((0, 0), (0.2, 0.2), (10, 10), p=1),
    "brightness": lambda A: A.RandomBrightnessContrast((0.2, 0.2), (0, 0), p=1),
    "contrast": lambda A: A.RandomBrightnessContrast((0, 0), (0.3, 0.3), p=1),
    "jitter": lambda A: A.ColorJitter((1, 1), (0.6, 0.6), (1, 1), (0, 0), p=1),
    "gray": lambda A: A.ToGray(p=1),
    "invert": lambda A: A.InvertImg(p=1),
    "posterize": lambda A: A.Posterize((3, 3), p=1),
    "solarize": lambda A: A.Solarize((0.5, 0.5), p=1),
    "equalize": lambda A: A.Equalize(mode="cv", p=1),
    "autocontrast": lambda A: A.AutoContrast(method="pil", p=1),
    "gamma": lambda A: A.RandomGamma((150, 150), p=1),
    "resize": lambda A: A.Resize(20, 31, p=1),
    "center-crop": lambda A: A.CenterCrop(21, 30, p=1),
    "crop": lambda A: A.Crop(3, 4, 20, 30, p=1),
    "pad": lambda A: A.Pad((1, 2, 3, 4), fill=77, p=1),
    "pad-two": lambda A: A.Pad((1, 2), border_mode=2, p=1),
    "blur": lambda A: A.GaussianBlur((BLUR, BLUR), (1.3, 1.3), p=1),
    "one-of": lambda A: A.OneOf([A.InvertImg(p=1), A.HorizontalFlip(p=0)], p=1),
    "some-of": lambda A: A.SomeOf([A.InvertImg(p=1), A.HorizontalFlip(p=1)], n=2, p=1),
    "sequential": lambda A: A.Sequential([A.InvertImg(p=1), A.NoOp(), A.HorizontalFlip(p=0)], p=1),
}


@pytest.mark.parametrize("name", ALB)
def test_albumentations(name: str) -> None:
    A = load(ALBUMENTATIONS)
    pipeline = A.Compose([ALB[name](A)])
    compare(albumentations(pipeline.to_dict()), pipeline(image=IMAGE)["image"])


def test_albumentations_noise_has_the_deviation_that_is_declared() -> None:
    A = load(ALBUMENTATIONS)
    pipeline = A.Compose([A.GaussNoise(std_range=(0.1, 0.1), p=1)])
    flat = np.full((64, 64, 3), 128, np.uint8)
    found = albumentations(pipeline.to_dict())
    both = [pipeline(image=flat)["image"], augspec.compile(found.policy)(1, flat)]
    assert found.exact
    assert [one.std() for one in both] == [pytest.approx(25.5, rel=0.04)] * 2  # five deviations of 12288 numbers: 3 %


# Keras

LAYERS: dict[str, Callable[[Any], Any]] = {
    "rotation": lambda L: L.RandomRotation((0.05, 0.05), fill_mode="constant"),
    "translation": lambda L: L.RandomTranslation((0.1, 0.1), (-0.2, -0.2), fill_mode="constant", fill_value=51.0),
    "zoom": lambda L: L.RandomZoom((0.25, 0.25), fill_mode="nearest"),
    "zoom-axes": lambda L: L.RandomZoom((-0.2, -0.2), (0.1, 0.1), fill_mode="constant"),
    "brightness": lambda L: L.RandomBrightness((0.2, 0.2)),
    "grayscale": lambda L: L.RandomGrayscale(1.0),
    "invert": lambda L: L.RandomInvert((1.0, 1.0)),
    "resizing": lambda L: L.Resizing(20, 31),
    "resizing-antialias": lambda L: L.Resizing(20, 31, antialias=True),
}


@pytest.mark.parametrize("name", LAYERS)
def test_keras(name: str) -> None:
    k = pytest.importorskip("keras")
    layer = LAYERS[name](k.layers)
    theirs = k.ops.convert_to_numpy(layer(IMAGE[None].astype(np.float32), training=True))[0]
    compare(keras(k.saving.serialize_keras_object(layer)), theirs)


def test_keras_factors_are_drawn_from_the_same_ranges() -> None:
    k = pytest.importorskip("keras")
    batch = np.repeat(IMAGE[None], 400, 0).astype(np.float32)
    for layer, name in ((k.layers.RandomContrast(0.4), "contrast_factor"), (k.layers.RandomHue(0.3), "factor")):
        drawn = k.ops.convert_to_numpy(layer.get_random_transformation(batch)[name]).ravel()
        (op,) = keras(k.saving.serialize_keras_object(layer)).policy.ops
        ((_, _, value, _),) = op.draws()
        low, high = value.support()
        assert low <= drawn.min() < low + 0.03 * (high - low)
        assert high >= drawn.max() > high - 0.03 * (high - low)


def test_keras_both_flips_share_a_draw() -> None:
    k = pytest.importorskip("keras")
    layer = k.layers.RandomFlip()
    out = k.ops.convert_to_numpy(layer(np.repeat(IMAGE[None], 64, 0).astype(np.float32), training=True))
    kinds = {bytes(one.astype(np.uint8)) for one in out}
    ours = augspec.compile(keras(k.saving.serialize_keras_object(layer)).policy)(3, np.repeat(IMAGE[None], 64, 0))
    assert kinds == {bytes(one) for one in ours} == {IMAGE.tobytes(), IMAGE[::-1, ::-1].tobytes()}


def test_keras_scaling_and_models() -> None:
    model = {
        "class_name": "Sequential",
        "config": {
            "layers": [
                {"class_name": "InputLayer", "config": {"batch_shape": [None, 8, 8, 3]}},
                {"class_name": "Rescaling", "config": {"scale": 1 / 127.5, "offset": -1.0}},
            ]
        },
    }
    found = keras(model)
    assert [row.path for row in found.rows] == ["layers[0]", "layers[1]"]
    assert found.rows[1].status == "exact"
    assert np.abs(augspec.compile(found.policy)(0, IMAGE) - (IMAGE / 127.5 - 1.0)).max() < 1e-5


# Kornia

KOR: dict[str, Callable[[Any], Any]] = {
    "hflip": lambda K: K.RandomHorizontalFlip(p=1.0),
    "vflip": lambda K: K.RandomVerticalFlip(p=1.0),
    "rotation": lambda K: K.RandomRotation((20.0, 20.0), p=1.0),
    "rotation90": lambda K: K.RandomRotation90((1, 1), p=1.0),
    "brightness": lambda K: K.RandomBrightness((1.2, 1.2), p=1.0),
    "contrast": lambda K: K.RandomContrast((0.7, 0.7), p=1.0),
    "hue": lambda K: K.RandomHue((0.1, 0.1), p=1.0),
    "gamma": lambda K: K.RandomGamma((1.5, 1.5), (0.9, 0.9), p=1.0),
    "grayscale": lambda K: K.RandomGrayscale(p=1.0),
    "blur": lambda K: K.RandomGaussianBlur((BLUR, BLUR), (1.3, 1.3), p=1.0),
    "invert": lambda K: K.RandomInvert(p=1.0),
    "solarize": lambda K: K.RandomSolarize((0.5, 0.5), (0.0, 0.0), p=1.0),
    "equalize": lambda K: K.RandomEqualize(p=1.0),
    "autocontrast": lambda K: K.RandomAutoContrast(p=1.0),
    "sharpness": lambda K: K.RandomSharpness((2.0, 2.0), p=1.0),
    "crop": lambda K: K.RandomCrop((SIDE, SIDE), p=1.0),
    "normalize": lambda K: K.Normalize([0.5, 0.4, 0.3], [0.5, 0.6, 0.7], p=1.0),
}


@pytest.mark.parametrize("name", KOR)
def test_kornia(name: str) -> None:
    load(KORNIA)
    import torch
    from kornia import augmentation

    sequence = augmentation.AugmentationSequential(KOR[name](augmentation), data_keys=["input"])
    image = (IMAGE / 255).astype(np.float32)
    theirs = sequence(torch.from_numpy(image.transpose(2, 0, 1).copy())[None])[0].numpy().transpose(1, 2, 0)
    compare(kornia(sequence), theirs, image)


def test_torchvisions_augmix_is_the_preset() -> None:
    load(TORCHVISION)
    from torchvision.transforms import v2

    found = torchvision(v2.AugMix())
    assert [row.status for row in found.rows] == ["approximate"]
    assert "top left corner" in found.rows[0].reason
    preset = augspec.parse({"augspec": 1, "ops": [{"op": "preset", "name": "augmix/torchvision"}]})
    (sequence,) = augspec.normalize(preset).ops
    assert augspec.normalize(found.policy).ops == sequence.ops


def test_torchvisions_augmix_with_other_settings() -> None:
    load(TORCHVISION)
    from torchvision.transforms import v2

    other = v2.AugMix(10, 2, 4, 0.3, all_ops=False, interpolation=v2.InterpolationMode.NEAREST, fill=51)
    found = torchvision(other)
    (op,) = found.policy.to_dict()["ops"]
    assert (op["chains"], op["depth"], op["alpha"], len(op["ops"])) == (2, 4, 0.3, 9)
    assert {one["fill"] for one in op["ops"] if one["op"] in ("shear", "translate", "rotate")} == {0.2}
    assert {one["interpolation"] for one in op["ops"] if one["op"] in ("shear", "translate", "rotate")} == {"nearest"}
    assert "0 bits" in found.rows[0].reason
    for wrong in (v2.AugMix(mixture_width=9), v2.AugMix(chain_depth=9), v2.AugMix(alpha=0.01)):
        assert [row.status for row in torchvision(wrong).rows] == ["unsupported"]
