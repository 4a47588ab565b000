"""Importers of filters, holes, noise and compression: theirs beside ours, with parameters that leave no choice."""

from __future__ import annotations

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
GREY = np.repeat(IMAGE[..., :1], 3, -1)


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


def compare(found: Imported, theirs: np.ndarray, image: np.ndarray, *, margin: int = 0, exact: bool = True) -> None:
    """Compare pixels that are so far from the border; rows that are not exact must say why, and are compared too."""
    assert found.exact == exact, found.rows
    assert all(row.ops and (row.status == "exact" or row.reason) for row in found.rows)
    ours = np.asarray(augspec.compile(found.policy)(7, image), np.float64)
    assert ours.shape == theirs.shape
    levels = 255.0 if image.dtype == np.float32 else 1.0
    inner = slice(margin, SIDE - margin)
    distance = (np.abs(ours - np.asarray(theirs, np.float64)) * levels)[inner, inner]
    assert distance.max() <= BOUND
    assert distance.mean() <= 1.0


ALB: dict[str, Callable[[Any], Any]] = {
    "box": lambda A: A.Blur((5, 5), p=1),
    "emboss": lambda A: A.Emboss((0.4, 0.4), (0.7, 0.7), p=1),
    "rgb-shift": lambda A: A.RGBShift((20, 20), (-30, -30), (7, 7), p=1),
    "rgb-shift-shares": lambda A: A.RGBShift((0.2, 0.2), (-0.1, -0.1), (0, 0), p=1),
    "sepia": lambda A: A.ToSepia(p=1),
    "multiplied": lambda A: A.MultiplicativeNoise((1.2, 1.2), p=1),
    "any-order": lambda A: A.RandomOrder([A.InvertImg(p=1), A.HorizontalFlip(p=1)], n=2, p=1),
    "square": lambda A: A.Compose([A.Blur((3, 3), p=1), A.ToSepia(p=1)]),
}


@pytest.mark.parametrize("name", ALB)
def test_albumentations_exact(name: str) -> None:
    A = load(ALBUMENTATIONS)
    pipeline = A.Compose([ALB[name](A)])
    compare(albumentations(pipeline.to_dict()), pipeline(image=IMAGE)["image"], IMAGE)


NEAR: dict[str, tuple[Callable[[Any], Any], np.ndarray, int]] = {
    "median": (lambda A: A.MedianBlur((3, 3), p=1), IMAGE, 1),
    "jpeg of grey": (lambda A: A.ImageCompression("jpeg", (60, 60), p=1), GREY, 0),
    "downscale": (
        lambda A: A.Downscale((0.25, 0.25), interpolation_pair={"downscale": 3, "upscale": 0}, p=1),
        IMAGE,
        0,
    ),
    "curve": (lambda A: A.RandomToneCurve(scale=0.0, p=1), IMAGE, 0),
    "motion along rows": (
        lambda A: A.MotionBlur((5, 5), allow_shifted=False, angle_range=(0, 0), direction_range=(0, 0), p=1),
        IMAGE,
        0,
    ),
}


@pytest.mark.parametrize("name", NEAR)
def test_albumentations_approximate_where_both_mean_the_same(name: str) -> None:
    A = load(ALBUMENTATIONS)
    make, image, margin = NEAR[name]
    pipeline = A.Compose([make(A)])
    compare(albumentations(pipeline.to_dict()), pipeline(image=image)["image"], image, margin=margin, exact=False)


def test_albumentations_lens_bends_as_far_on_squares() -> None:
    A = load(ALBUMENTATIONS)
    pipeline = A.Compose([A.OpticalDistortion((0.4, 0.4), p=1, border_mode=1)])
    found = albumentations(pipeline.to_dict())
    # A ramp shows where a pixel comes from: half a pixel of its centre, and nothing more.
    ramp = np.repeat(np.repeat((5 * np.arange(SIDE, dtype=np.uint8))[None, :, None], SIDE, 0), 3, -1)
    ours = np.asarray(augspec.compile(found.policy)(7, ramp), np.float64)
    theirs = np.asarray(pipeline(image=ramp)["image"], np.float64)
    plain = np.abs(theirs - ramp)[8:-8, 8:-8].max()
    assert np.abs(ours - theirs)[8:-8, 8:-8].max() <= 0.75 * 5 < plain


def test_albumentations_holes_have_the_share_that_is_declared() -> None:
    A = load(ALBUMENTATIONS)
    many = np.full((200, SIDE, SIDE, 3), 200, np.uint8)
    for transform, share in (
        (A.CoarseDropout((1, 1), (0.25, 0.25), (0.25, 0.25), p=1), 1 / 16),
        (A.PixelDropout(0.2, p=1), 0.2),
        (A.Erasing((0.25, 0.25), (1.0, 1.0), p=1), 0.25),
        (A.GridDropout(0.5, holes_number_xy=(4, 4), random_offset=False, p=1), 0.25),
    ):
        pipeline = A.Compose([transform])
        policy = albumentations(pipeline.to_dict()).policy
        ours = (np.asarray(augspec.compile(policy)(3, many)) == 0).mean()
        theirs = np.mean([(pipeline(image=one)["image"] == 0).mean() for one in many])
        assert ours == pytest.approx(share, rel=0.03)  # sides are whole pixels; 200 images of 2304 pixels
        assert theirs == pytest.approx(share, rel=0.03)


def test_albumentations_tells_what_it_cannot() -> None:
    A = load(ALBUMENTATIONS)
    steps = [
        A.MedianBlur((5, 7), p=1),
        A.CoarseDropout(hole_height_range=(4, 8), hole_width_range=(4, 8), p=1),
        A.GridDropout(p=1),
        A.GridDistortion(distort_limit=(-0.1, 0.3), p=1),
        A.ImageCompression("webp", p=1),
        A.Downscale(interpolation_pair={"downscale": 1, "upscale": 1}, p=1),
        A.Defocus((6, 6), p=1),
        A.Perspective(p=1),
        A.RandomOrder([A.InvertImg(p=1), A.HorizontalFlip(p=1)], n=1, p=1),
    ]
    rows = {row.path: row for row in albumentations(A.Compose(steps).to_dict()).rows}
    for n in range(len(steps)):
        assert rows[f"transforms[{n}]"].status == "unsupported", rows[f"transforms[{n}]"]
        assert rows[f"transforms[{n}]"].reason
    assert "0 to 5" in rows["transforms[6]"].reason


@pytest.mark.parametrize(
    ("step", "op"), [("CLAHE", "clahe"), ("UnsharpMask", "unsharp_mask"), ("ShotNoise", "shot_noise")]
)
def test_albumentations_near_words_have_a_row(step: str, op: str) -> None:
    A = load(ALBUMENTATIONS)
    (row,) = albumentations(A.Compose([getattr(A, step)(p=1)]).to_dict()).rows
    assert (row.status, row.ops) == ("approximate", (op,))


# torchvision


def test_torchvision_erasing_perspective_and_recipes() -> None:
    load(TORCHVISION)
    import torch
    from torchvision.transforms import v2

    erased = torchvision(v2.RandomErasing(1.0, (0.2, 0.2), (2.0, 2.0), value=77))
    op = erased.policy.to_dict()["ops"][0]
    assert (op["op"], op["ratio"], op["fill"]) == ("random_erasing", 0.5, pytest.approx(77 / 255))
    tensor = torch.from_numpy(np.full((3, SIDE, SIDE), 200, np.uint8))
    theirs = v2.RandomErasing(1.0, (0.2, 0.2), (2.0, 2.0), value=77)(tensor).numpy() == 77
    ours = np.asarray(augspec.compile(erased.policy)(1, np.full((SIDE, SIDE, 3), 200, np.uint8))) == 77
    rows, columns = (np.flatnonzero(ours[..., 0].any(axis)) for axis in (1, 0))
    their_rows, their_columns = (np.flatnonzero(theirs[0].any(axis)) for axis in (1, 0))
    assert (len(rows), len(columns)) == (len(their_rows), len(their_columns))
    assert torchvision(v2.RandomPerspective(0.3, 1.0)).policy.to_dict()["ops"][0]["distortion"] == 0.3
    assert torchvision(v2.RandomErasing(value="random")).policy.to_dict()["ops"][0]["fill"] == "noise"
    recipes = {
        "randaugment/torchvision": v2.RandAugment(),
        "trivialaugment_wide/torchvision": v2.TrivialAugmentWide(),
        "autoaugment/torchvision_svhn": v2.AutoAugment(v2.AutoAugmentPolicy.SVHN),
    }
    for name, transform in recipes.items():
        found = torchvision(transform)
        assert found.policy.to_dict()["ops"] == [{"op": "preset", "name": name}]
        assert found.rows[0].status == "approximate"
    assert (
        torchvision(v2.RandAugment(3)).rows[0].reason
        == "num_ops 3 is not that of the preset randaugment/torchvision, 2"
    )
    for transform, tag in ((v2.MixUp(num_classes=3), "mixup"), (v2.CutMix(alpha=0.5, num_classes=3), "cutmix")):
        found = torchvision(transform)
        assert (found.rows[0].status, found.rows[0].ops) == ("approximate", (tag,))
        assert found.policy.targets.label.classes == 3


def test_torchvision_jpeg() -> None:
    load(TORCHVISION)
    from torchvision.transforms import v2

    found = torchvision(v2.JPEG((60, 60)))
    assert found.exact
    from io import BytesIO

    from PIL import Image

    stream = BytesIO()
    Image.fromarray(IMAGE).save(stream, "jpeg", quality=60)  # the library's own codec is not loaded everywhere
    compare(found, np.asarray(Image.open(stream)), IMAGE)
    assert torchvision(v2.JPEG((20, 60))).policy.to_dict()["ops"][0]["quality"] == {"integers": [20, 60]}


# Kornia

KOR: dict[str, tuple[Callable[[Any], Any], bool]] = {
    "box": (lambda K: K.RandomBoxBlur((5, 5), p=1.0), True),
    "median": (lambda K: K.RandomMedianBlur((3, 3), p=1.0), True),
    "rgb-shift": (lambda K: K.RandomRGBShift(0.0, 0.0, 0.0, p=1.0), True),
    "saturation": (lambda K: K.RandomSaturation((1.7, 1.7), p=1.0), True),
    "motion": (lambda K: K.RandomMotionBlur(5, (0.0, 0.0), (0.0, 0.0), border_type="reflect", p=1.0), False),
}


@pytest.mark.parametrize("name", KOR)
def test_kornia(name: str) -> None:
    load(KORNIA)
    import torch
    from kornia import augmentation

    make, exact = KOR[name]
    sequence = augmentation.AugmentationSequential(make(augmentation), data_keys=["input"])
    image = (IMAGE / 255).astype(np.float32)
    theirs = sequence(torch.from_numpy(image.transpose(2, 0, 1).copy())[None])[0].numpy().transpose(1, 2, 0)
    compare(kornia(sequence), theirs, image, exact=exact)


def test_kornia_near_words_have_a_row() -> None:
    load(KORNIA)
    import torch
    from kornia import augmentation

    K = augmentation
    found = {
        "jpeg": K.RandomJPEG(torch.tensor([50.0, 50.0])),
        "random_erasing": K.RandomErasing(),
        "perspective": K.RandomPerspective(0.3),
        "salt_pepper": K.RandomSaltAndPepperNoise(),
        "clahe": K.RandomClahe((2.0, 3.0)),
        "resize": K.LongestMaxSize(20),
    }
    for op, transform in found.items():
        (row,) = kornia(transform).rows
        assert (row.status, row.ops) == ("approximate", (op,)), row
        assert "left out" not in row.reason, row


# Keras

LAYERS: dict[str, tuple[Callable[[Any], Any], bool]] = {
    "degeneration": (lambda L: L.RandomColorDegeneration((0.3, 0.3)), True),
    "posterization": (lambda L: L.RandomPosterization((3, 3)), True),
    "solarization": (lambda L: L.Solarization(threshold_factor=0.0), True),
    "saturation": (lambda L: L.RandomSaturation((0.4, 0.4)), False),
}


@pytest.mark.parametrize("name", LAYERS)
def test_keras(name: str) -> None:
    k = pytest.importorskip("keras")
    make, exact = LAYERS[name]
    layer = make(k.layers)
    theirs = k.ops.convert_to_numpy(layer(IMAGE[None].astype(np.float32), training=True))[0]
    compare(keras(k.saving.serialize_keras_object(layer)), theirs, IMAGE, exact=exact)


def test_keras_bits_are_those_that_are_drawn() -> None:
    k = pytest.importorskip("keras")
    layer = k.layers.RandomPosterization((2, 5))
    (op,) = keras(k.saving.serialize_keras_object(layer)).policy.to_dict()["ops"]
    batch = np.repeat(np.arange(256, dtype=np.float32).reshape(1, 1, 256, 1), 200, 0)
    found = {len(np.unique(one)) for one in k.ops.convert_to_numpy(layer(batch, training=True))}
    low, high = op["bits"]["integers"]
    assert found == {2**bits for bits in range(low, high + 1)}


def test_keras_near_and_refused_words_have_a_row() -> None:
    def told(name: str, **config: Any) -> tuple[str, tuple[str, ...]]:
        (row,) = keras({"class_name": name, "config": config}).rows
        return row.status, row.ops

    assert told("RandomErasing", factor=[0, 1], scale=[0.1, 0.2], fill_value=None) == (
        "approximate",
        ("random_erasing",),
    )
    clahe = told("ContrastLimitedAdaptiveHistogramEqualization", clip_limit=4.0, tile_grid_size=[8, 8])
    assert clahe == ("approximate", ("clahe",))
    assert told("Solarization", addition_factor=[0, 0.2], threshold_factor=[0, 0.5])[0] == "unsupported"
    assert told("Solarization", addition_factor=[0, 0.0], threshold_factor=[0, 0.5]) == ("exact", ("solarize",))
    for name in ("RandomPerspective", "CutMix", "AugMix", "RandAugment"):
        assert told(name)[0] == "unsupported"
