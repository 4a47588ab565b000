"""timm's strings: constant magnitudes give Pillow's pixels, drawn ones timm's distributions, and nothing is guessed."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps
from typer.testing import CliRunner

import augspec
from augspec.cli.app import app
from augspec.errors import AugspecError
from augspec.importing import is_timm, timm
from augspec.importing.magnitudes import Magnitude

SIDE = 48
_Y, _X = np.mgrid[0:SIDE, 0:SIDE] / SIDE
SMOOTH = np.stack(
    [128 + 100 * np.sin(5 * _X + 2 * _Y), 128 + 90 * np.cos(4 * _Y - _X), 120 + 80 * np.sin(3 * _X * _Y)], -1
)
IMAGE = np.clip(SMOOTH + np.random.default_rng(1).normal(0, 4, SMOOTH.shape), 0, 255).astype(np.uint8)
Json = dict[str, Any]


def members(text: str) -> dict[str, Json]:
    """Return the ops of a rand string by timm's names, as documents."""
    found = timm(text)
    rows = [row.transform for row in found.rows if row.path.startswith("ops[")]
    return dict(zip(rows, found.policy.to_dict()["ops"][0]["ops"], strict=True))


def apply(op: Json) -> np.ndarray:
    return np.asarray(augspec.compile(augspec.parse({"augspec": 1, "ops": [op]}))(7, IMAGE), np.float64)


def darkened(image: Image.Image) -> Image.Image:
    return image.point([min(255, level + 66) if level < 128 else level for level in range(256)] * 3)


# Magnitude 6 of 10, by the formulas of timm 1.0 written out.
PILLOW: dict[str, Callable[[Image.Image], Image.Image]] = {
    "AutoContrast": ImageOps.autocontrast,
    "Equalize": ImageOps.equalize,
    "Invert": ImageOps.invert,
    "Posterize": lambda im: ImageOps.posterize(im, 2),
    "Solarize": lambda im: ImageOps.solarize(im, 153),
    "SolarizeAdd": darkened,
    "Color": lambda im: ImageEnhance.Color(im).enhance(1.18),
    "Contrast": lambda im: ImageEnhance.Contrast(im).enhance(1.18),
    "Brightness": lambda im: ImageEnhance.Brightness(im).enhance(1.18),
    "Sharpness": lambda im: ImageEnhance.Sharpness(im).enhance(1.18),
}


@pytest.mark.parametrize("name", PILLOW)
def test_a_constant_magnitude_gives_the_pixels_of_pillow(name: str) -> None:
    theirs = np.asarray(PILLOW[name](Image.fromarray(IMAGE)), np.float64)
    distance = np.abs(apply(members("rand-m6-n1-p1")[name]) - theirs)
    assert distance.max() <= 2.0
    assert distance.mean() <= 1.0


def test_increasing_magnitudes_give_the_pixels_of_pillow() -> None:
    found = members("rand-m6-n1-p1-inc1")
    solarized = np.asarray(ImageOps.solarize(Image.fromarray(IMAGE), 256 - 153), np.float64)
    assert np.abs(apply(found["SolarizeIncreasing"]) - solarized).max() == 0
    assert found["PosterizeIncreasing"]["bits"] == 2
    for name, op in (("Color", "saturation"), ("Sharpness", "sharpness")):
        assert [one["factor"] for one in found[f"{name}Increasing"]["ops"]] == pytest.approx([1.54, 0.46])
        assert {one["op"] for one in found[f"{name}Increasing"]["ops"]} == {op}


@pytest.mark.parametrize("sign", [0, 1])
def test_turns_and_shifts_are_those_of_pillow_inside_the_image(sign: int) -> None:
    found, image = members("rand-m6-n1-p1"), Image.fromarray(IMAGE)
    turned = found["Rotate"]["ops"][sign]
    theirs = np.asarray(image.rotate(turned["degrees"], Image.Resampling.BILINEAR), np.float64)
    assert abs(turned["degrees"]) == 18
    assert np.abs(apply(turned) - theirs)[10:-10, 10:-10].max() <= 2.0
    moved = found["TranslateXRel"]["ops"][sign]
    data = (1, 0, -moved["x"] * SIDE, 0, 1, 0)
    theirs = np.asarray(image.transform(image.size, Image.Transform.AFFINE, data, Image.Resampling.BILINEAR), float)
    assert abs(moved["x"]) == pytest.approx(0.27)
    assert np.abs(apply(moved) - theirs)[:, 15:-15].max() <= 2.0


@pytest.mark.parametrize(
    ("text", "std", "top"), [("m9-mstd0.5", 0.5, 10), ("m10-mstd2", 2, 10), ("m12-mstd1-mmax14", 1, 14)]
)
def test_clipped_normals_are_drawn_as_timm_draws_them(text: str, std: float, top: float) -> None:
    level = float(text.split("-", maxsplit=1)[0][1:])
    op = members(f"rand-n1-p1-{text}")["Brightness"]
    policy = augspec.parse({"augspec": 1, "ops": [op]})
    # A flat image of 100 under a factor tells the factor.
    flat = np.full((6000, 1, 1, 3), 60, np.uint8)
    ours = np.sort(augspec.compile(policy)(3, flat)[:, 0, 0, 0] / 60.0)
    source = random.Random(5)
    theirs = np.sort([0.18 * max(0.0, min(source.gauss(level, std), top)) + 0.1 for _ in range(6000)])
    # Two samples of 6000: the largest distance of their shares is below 0.036 but for one in a thousand; levels add.
    grid = np.linspace(0, 3, 61) + 0.0125
    shares = [np.searchsorted(sample, grid, side="right") / 6000 for sample in (ours, theirs)]
    near = [np.searchsorted(theirs, grid + shift, side="right") / 6000 for shift in (-0.5 / 60, 0.5 / 60)]
    assert (shares[0] >= near[0] - 0.036).all()
    assert (shares[0] <= near[1] + 0.036).all()
    assert np.abs(shares[0] - shares[1]).max() < 0.036 + max(np.abs(near[1] - near[0]))


def test_uniform_magnitudes_and_whole_ones() -> None:
    (inside, end) = Magnitude(12, math.inf, 10).parts()
    assert (inside.share, end.share) == (pytest.approx(10 / 12), pytest.approx(2 / 12))
    assert (inside.low, inside.high, end.low) == (0.0, 10.0, 10.0)
    assert members("rand-m8-mstd101-n1-p1")["Color"]["factor"] == {"uniform": [0.1, 1.54]}
    found = Magnitude(9, 0.5).whole(lambda k: 4 - k, 0.4)
    normal = lambda x: 0.5 * (1 + math.erf((x - 9) / (0.5 * math.sqrt(2))))  # noqa: E731
    shares = {2: normal(7.5), 1: normal(10) - normal(7.5), 0: 1 - normal(10)}
    assert found == {bits: pytest.approx(share) for bits, share in shares.items()}
    black = members("rand-m9-mstd0.5-n1-p1-inc1")["PosterizeIncreasing"]["ops"]
    assert {"op": "brightness_scale", "factor": 0.0} in black


def test_parts_of_what_is_clipped_hold_all_draws() -> None:
    below = 0.5 * (1 + math.erf(-1 / math.sqrt(2)))
    low, rest = Magnitude(1, 1.0).parts()
    assert (low.low, low.high, rest.low, rest.high) == (0.0, 0.0, 0.0, 10.0)
    assert (low.share, rest.share) == (pytest.approx(below), pytest.approx(1 - below))
    assert Magnitude(5, math.inf).whole(lambda k: k, 0.4) == {0: 0.5, 1: 0.5}  # uniform from 0 to 5, in steps of 2.5


@pytest.mark.parametrize(
    ("name", "weights"),
    [
        ("weights", [3, 2, 2, 1, 1, *[0.25] * 3, *[0.05] * 7]),
        ("3aw", [6, 6, 6, 3, 2, 2, *[1] * 8]),
    ],
)
def test_weighted_sets_have_timms_weights(name: str, weights: list[float]) -> None:
    (op,) = timm(f"rand-m9-n1-p1-t{name}").policy.to_dict()["ops"]
    assert (op["op"], op["weights"], len(op["ops"])) == ("one_of", weights, len(weights))


def test_policies_have_their_pairs() -> None:
    for name, first in (("original", "PosterizeOriginal"), ("v0r", "Equalize"), ("originalr", "PosterizeIncreasing")):
        found = timm(name)
        assert len(found.policy.to_dict()["ops"][0]["ops"]) == 25
        assert next(row.transform for row in found.rows if row.path == "policy[0][0]") == first
    pairs = timm("original").policy.to_dict()["ops"][0]["ops"]
    ops = [one for pair in pairs for one in pair.get("ops", [pair])]
    assert [one["bits"] for one in ops if one["op"] == "posterize"] == [7, 6, 6, 6, 6]
    three = timm("3a").policy.to_dict()["ops"][0]["ops"]
    assert [one["op"] for one in three] == ["solarize", "saturation", "gaussian_blur"]
    assert (three[0]["threshold"], three[1]["factor"]) == (pytest.approx(128 / 255), 0.0)
    assert three[2]["sigma"] == {"uniform": [0.1, 2.0]}


def test_mixtures_have_timms_chains_and_ops() -> None:
    found = timm("augmix-m5-w4-d2")
    (op,) = found.policy.to_dict()["ops"]
    assert (op["op"], op["chains"], op["depth"], op.get("alpha", 1.0)) == ("augmix", 4, 2, 1.0)
    tags = [one["op"] if one["op"] != "one_of" else one["ops"][0]["op"] for one in op["ops"]]
    blends = ["saturation", "contrast", "brightness_scale", "sharpness"]
    moves = ["shear", "shear", "translate", "translate"]
    assert tags == ["autocontrast", *blends, "equalize", "rotate", "posterize", "solarize", *moves]
    assert op["ops"][6]["ops"][0]["degrees"] == {"uniform": [0.0, 15.0]}  # without mstd, uniform up to m
    assert found.rows[0].status == "approximate"
    assert "ours rounds once" in found.rows[0].reason
    plain = timm("augmix").policy.ops[0]
    assert plain == augspec.parse({"augspec": 1, "ops": [{**op, "chains": 3, "depth": {"integers": [1, 3]}}]}).ops[
        0
    ].model_copy(update={"ops": plain.ops})
    assert timm("augmix-b0").rows[0].reason == "cuts off to levels after each chain, ours rounds once"


def _timms_mixture(image: Image.Image, source: np.random.Generator, *, width: int, depth: int, alpha: float) -> float:
    """Return the mean of one draw of timm's mixture, of ops at magnitude 0: ten of thirteen change nothing."""
    same = lambda im: im  # noqa: E731
    ops = [ImageOps.autocontrast, ImageOps.equalize, lambda im: ImageOps.posterize(im, 4), *[same] * 10]
    weights, share = source.dirichlet([alpha] * width), source.beta(alpha, alpha)
    mixed = np.zeros((image.height, image.width, 3))
    for weight in weights:
        changed = image
        for _ in range(depth):
            changed = ops[source.integers(len(ops))](changed)
        mixed += weight * np.asarray(changed, np.float64)
    return float(np.asarray(Image.blend(image, Image.fromarray(mixed.astype(np.uint8)), share)).mean())


def _furthest(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Return how far the shares of two samples are from each other, where theirs may lie a level beside."""
    grid = np.linspace(0, 255, 2041)
    below = np.searchsorted(np.sort(ours), grid, side="right") / len(ours)
    low, high = (np.searchsorted(np.sort(theirs), grid + shift, side="right") / len(theirs) for shift in (-1.0, 1.0))
    return float(np.maximum(low - below, below - high).max())


def test_mixtures_are_drawn_as_timm_draws_them() -> None:
    dark = (IMAGE[::6, ::6] // 4).astype(np.uint8)
    source = np.random.default_rng(3)
    theirs = {
        settings: np.array(
            [
                _timms_mixture(Image.fromarray(dark), source, width=settings[0], depth=settings[1], alpha=settings[2])
                for _ in range(1500)
            ]
        )
        for settings in ((4, 2, 1.0), (4, 4, 1.0), (4, 2, 0.2), (1, 2, 1.0))
    }
    many = np.repeat(dark[None], 1500, 0)
    ours = np.asarray(augspec.compile(timm("augmix-m0-mstd0-w4-d2").policy)(5, many), np.float64).mean((1, 2, 3))
    furthest = {settings: _furthest(ours, means) for settings, means in theirs.items()}
    # Two samples of 1500: below 0.0712 but for one in a thousand; other settings are told apart.
    assert furthest.pop((4, 2, 1.0)) < 0.0712
    assert min(furthest.values()) > 0.0712, furthest


def test_what_has_no_counterpart_is_told() -> None:
    for text, name in (("augmix-w9", "chains 9"), ("augmix-d20", "depth 20"), ("augmix-a0.01", "alpha 0.01")):
        mixed = timm(text)
        assert (mixed.rows[0].status, mixed.policy.ops) == ("unsupported", ())
        assert mixed.rows[0].reason.startswith(f"{name} is outside of what is allowed")
    several = timm("rand-m9-tweights")
    assert several.rows[0].reason == "a weighted choice of 2 different ops has no counterpart; `n1` has one"
    assert timm("rand-m9-n1-tweights").rows[0].status == "exact"
    for text in ("3a-mstd0.5", "3a-mstd5"):
        blurred = next(row for row in timm(text).rows if row.transform == "GaussianBlurRand")
        assert (blurred.status, blurred.ops) == ("unsupported", ())
        assert blurred.reason == "a radius that is drawn below another that is drawn has no counterpart"
    geometric = {row.transform: row.status for row in timm("rand-m9-mstd0.5-inc1").rows}
    assert geometric["Equalize"] == geometric["PosterizeIncreasing"] == geometric["ColorIncreasing"] == "exact"
    assert geometric["Rotate"] == geometric["ShearX"] == "approximate"
    assert timm("rand-m9-mstdinf").notes == ("`mstdinf` has no number, and timm ignores it",)


@pytest.mark.parametrize("text", ["rand-m9-x3", "original-m9", "rand-m9.5", "random-m9", "rand-M9", ""])
def test_a_string_that_timm_refuses_is_refused(text: str) -> None:
    with pytest.raises(AugspecError):
        timm(text)


def test_the_command_line_takes_the_string(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert is_timm("3a")
    assert not is_timm("policy.json")
    done = CliRunner().invoke(app, ["import", "rand-m9-mstd0.5-inc1", "-o", "policy.json"])
    assert done.exit_code == 0, done.output
    assert augspec.load("policy.json").to_dict() == timm("rand-m9-mstd0.5-inc1").policy.to_dict()
    Path("3a").write_text('{"class_name": "RandomFlip", "config": {}}')
    assert "RandomFlip" in CliRunner().invoke(app, ["import", "3a"]).output  # a file of that name comes first
