"""Presets of torchvision against torchvision itself: its tables of magnitudes, and its pixels for our draws."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest

import augspec
from augspec.normalize import normalized_dict
from augspec_conformance.distances.libraries import TORCHVISION

pytestmark = pytest.mark.skipif(not TORCHVISION.version(), reason="torchvision is not installed")

Json = dict[str, Any]
FACTORS = {"Brightness": "brightness_scale", "Color": "saturation", "Contrast": "contrast", "Sharpness": "sharpness"}
PLAIN = {"AutoContrast": "autocontrast", "Equalize": "equalize", "Invert": "invert", "Posterize": "posterize"}
PLAIN |= {"Solarize": "solarize", "Rotate": "rotate"}
FIELDS = {"Rotate": "degrees", "Posterize": "bits", "Solarize": "threshold"}


@cache
def automatic() -> Any:
    TORCHVISION.load()
    from torchvision.transforms import autoaugment

    return autoaugment


def values_of(given: Any) -> dict[float, float]:
    """Return what a field of a preset can be, and how often: a constant, or a choice."""
    if not isinstance(given, dict):
        return {float(given): 1.0}
    inner = given["choice"]
    values, weights = (inner["values"], inner["weights"]) if isinstance(inner, dict) else (inner, [1] * len(inner))
    return {float(value): weight / sum(weights) for value, weight in zip(values, weights, strict=True)}


def expected_of(name: str, magnitudes: list[float], signed: bool) -> tuple[str, str, dict[float, float]]:
    """Return op, field and values that torchvision's name and magnitudes mean; the size is 1 by 1."""
    signs = (-1.0, 1.0) if signed else (1.0,)
    numbers = [sign * magnitude for magnitude in magnitudes for sign in signs]
    if name in FACTORS:
        op, field, numbers = FACTORS[name], "factor", [1 + number for number in numbers]
    elif name[:-1] in ("Shear", "Translate"):
        op, field = name[:-1].lower(), name[-1].lower()
    else:
        op, field = PLAIN[name], FIELDS.get(name, "")
    numbers = [number / 255 for number in numbers] if name == "Solarize" else numbers
    return op, field, {number: numbers.count(number) / len(numbers) for number in numbers}


def require_member(
    member: Json, name: str, magnitudes: list[float], signed: bool, p: float = 1.0, *, reads: str = "nearest"
) -> None:
    op, field, values = expected_of(name, magnitudes, signed)
    assert (member["op"], member.get("p", 1.0)) == (op, p)
    usual = "bilinear" if op in ("shear", "translate", "rotate") else reads
    assert member.get("interpolation", usual) == reads
    if field:
        got = values_of(member[field])
        merged: dict[float, float] = {}
        for value, share in values.items():
            near = next((known for known in merged if abs(known - value) < 1e-6), value)
            merged[near] = merged.get(near, 0.0) + share
        assert sorted(got) == pytest.approx(sorted(merged), rel=1e-6, abs=1e-6)
        assert [got[key] for key in sorted(got)] == pytest.approx([merged[key] for key in sorted(merged)])


def members_of(name: str) -> list[Json]:
    (op,) = json.loads(augspec.presets()[name].ops)
    found: list[Json] = op["ops"]
    return found


@pytest.mark.parametrize("policy", ["imagenet", "cifar10", "svhn"])
def test_autoaugment_has_torchvisions_tables(policy: str) -> None:
    module = automatic()
    theirs = module.AutoAugment(module.AutoAugmentPolicy(policy))
    space = theirs._augmentation_space(10, (1, 1))
    ours = members_of(f"autoaugment/torchvision_{policy}")
    assert len(ours) == len(theirs.policies)
    for sequence, pair in zip(ours, theirs.policies, strict=True):
        ops = [op for op in sequence["ops"] if op["op"] != "resample"]
        for op, (name, p, number) in zip(ops, pair, strict=True):
            magnitudes, signed = space[name]
            require_member(op, name, [0.0 if number is None else float(magnitudes[number])], signed, p)


def test_randaugment_has_torchvisions_magnitudes() -> None:
    theirs = automatic().RandAugment()
    (op,) = json.loads(augspec.presets()["randaugment/torchvision"].ops)
    assert (op["op"], op["n"], op["replace"], theirs.num_ops) == ("some_of", 2, True, 2)
    space = theirs._augmentation_space(theirs.num_magnitude_bins, (1, 1))
    for member, (name, (magnitudes, signed)) in zip(op["ops"], space.items(), strict=True):
        if name == "Identity":
            assert member["ops"] == []
        else:
            require_member(member, name, [float(magnitudes[9]) if magnitudes.ndim else 0.0], signed)


def test_trivialaugment_has_torchvisions_magnitudes() -> None:
    theirs = automatic().TrivialAugmentWide()
    space = theirs._augmentation_space(theirs.num_magnitude_bins)
    ours = members_of("trivialaugment_wide/torchvision")
    for member, (name, (magnitudes, signed)) in zip(ours, space.items(), strict=True):
        if name == "Identity":
            assert member["ops"] == []
            continue
        unit = 224 if name.startswith("Translate") else 1
        require_member(member, name, [float(m) / unit for m in (magnitudes if magnitudes.ndim else [0.0])], signed)


def test_augmix_has_torchvisions_magnitudes() -> None:
    automatic()
    from torchvision.transforms import v2

    theirs = v2.AugMix()
    (op,) = json.loads(augspec.presets()["augmix/torchvision"].ops)
    assert (op["op"], op["chains"], op["alpha"]) == ("augmix", theirs.mixture_width, theirs.alpha)
    assert (op["depth"], theirs.chain_depth) == ({"integers": [1, 3]}, -1)
    assert theirs.interpolation == "bilinear"
    for member, (name, (magnitudes_of, signed)) in zip(op["ops"], theirs._AUGMENTATION_SPACE.items(), strict=True):
        magnitudes = magnitudes_of(theirs._PARAMETER_MAX, 1, 1)
        bins = [0.0] if magnitudes is None else [float(m) for m in magnitudes[: theirs.severity]]
        bins = [255 * m for m in bins] if name == "Solarize" else bins
        whole = name.startswith("Translate")  # torchvision's are whole pixels, and no pixel lies between them
        require_member(member, name, bins, signed, reads="nearest" if whole else "bilinear")


def applied(op: Json, path: str, values: dict[str, Any], step: int | None = None) -> Iterator[Json]:
    """Yield the ops that a sample runs, with the numbers that it drew."""

    def entry(name: str) -> Any:
        value = values[f"{here}/{name}"]
        return value if step is None else value[step]

    here = f"{path}/{op['id']}"
    if op.get("p", 1) < 1 and not entry("apply"):
        return
    if op["op"] == "one_of":
        yield from applied(op["ops"][entry("branch")], here, values, step)
    elif op["op"] == "some_of":
        for turn, branch in enumerate(values[f"{here}/branch"]):
            yield from applied(op["ops"][branch], here, values, turn)
    elif op["op"] == "sequence":
        for member in op["ops"]:
            yield from applied(member, here, values, step)
    elif op["op"] != "resample":
        drawn = {name: entry(name) for name in op if f"{here}/{name}" in values}
        yield {**{name: value for name, value in op.items() if name != "id"}, **drawn, "p": 1.0}


def by_torchvision(op: Json, image: np.ndarray) -> np.ndarray:
    """Return what torchvision's functions make of a uint8 image (H, W, 3), about its centre, by fractions as ours."""
    import torch
    from torchvision.transforms import InterpolationMode
    from torchvision.transforms import functional as F  # noqa: N812 (its usual name)

    height, width = image.shape[:2]
    x = torch.from_numpy(image.copy()).permute(2, 0, 1)
    reads: Json = {"interpolation": InterpolationMode(op.get("interpolation", "nearest"))}
    still: Json = {"angle": 0.0, "scale": 1.0, **reads}
    makers = {
        "rotate": lambda: F.rotate(x, op["degrees"], **reads),
        "shear": lambda: F.affine(
            x, translate=[0, 0], shear=[-math.degrees(math.atan(op[axis])) for axis in "xy"], **still
        ),
        "translate": lambda: F.affine(x, translate=[op["x"] * width, op["y"] * height], shear=[0.0, 0.0], **still),
        "brightness_scale": lambda: F.adjust_brightness(x, op["factor"]),
        "saturation": lambda: F.adjust_saturation(x, op["factor"]),
        "contrast": lambda: F.adjust_contrast(x, op["factor"]),
        "sharpness": lambda: F.adjust_sharpness(x, op["factor"]),
        "posterize": lambda: F.posterize(x, op["bits"]),
        "solarize": lambda: F.solarize(x, round(op["threshold"] * 65280) / 256),  # the step that reaches pixels (E3)
        "autocontrast": lambda: F.autocontrast(x),
        "equalize": lambda: F.equalize(x),
        "invert": lambda: F.invert(x),
    }
    return np.asarray(makers[op["op"]]().permute(1, 2, 0))


def between_pixels(op: Json, height: int, width: int) -> np.ndarray:
    """Return where a shear reads halfway between two pixels, (height, width): either of them is the nearest."""
    rows, columns = (np.arange(side) + 0.5 - side / 2 for side in (height, width))
    shift_x, shift_y = rows[:, None] * op.get("x", 0.0), columns[None, :] * op.get("y", 0.0)
    return (op["op"] == "shear") & ((np.abs(shift_x % 1 - 0.5) < 1e-4) | (np.abs(shift_y % 1 - 0.5) < 1e-4))


LEVELS = {"brightness_scale": 1, "saturation": 2, "contrast": 2, "sharpness": 1, "autocontrast": 1}
"""Farthest that pixels may be: torchvision truncates, and takes whole levels of grey."""


@pytest.mark.parametrize("name", [name for name in augspec.presets() if "augment" in name and "torchvision" in name])
def test_pixels_are_torchvisions_for_the_same_draws(name: str) -> None:
    automatic()
    images = some_images()
    policy = augspec.parse({"augspec": 1, "ops": [{"op": "preset", "name": name}]})
    draws = augspec.compile(policy).draw(7, index=range(32)).human()
    (full,) = normalized_dict(policy)["ops"]
    seen: set[str] = set()
    for row, image in enumerate(images):
        for op in applied(full, "sample", {path: value[row] for path, value in draws.items()}):
            image = checked(op, image)  # noqa: PLW2901 (the next op acts on it)
            seen.add(op["op"])
    assert len(seen) >= 7


def some_images() -> np.ndarray:
    """Return a batch of coarse blocks with a little noise, (32, 64, 80, 3)."""
    rng = np.random.default_rng(3)
    coarse = rng.integers(0, 256, (32, 8, 10, 3))
    images = np.clip(np.kron(coarse, np.ones((1, 8, 8, 1), np.int64)) + rng.integers(-9, 10, (32, 64, 80, 3)), 0, 255)
    return images.astype(np.uint8)


def checked(op: Json, image: np.ndarray) -> np.ndarray:
    """Return what an op makes of an image, after it was held against torchvision's."""
    ours = np.asarray(augspec.compile(augspec.parse({"augspec": 1, "ops": [op]}))(0, image))
    far = np.abs(ours.astype(int) - by_torchvision(op, image)).max(-1)
    if op["op"] in ("rotate", "shear", "translate"):
        near = op["interpolation"] == "nearest"
        wrong = (far > (0 if near else 1)) & ~(near & between_pixels(op, *far.shape))
        assert wrong.mean() < 0.002, op  # torchvision's positions are rounded in float32
    else:
        assert far.max() <= LEVELS.get(op["op"], 0), op
    return ours


def test_augmix_mixes_torchvisions_pixels_as_torchvision_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every op of every chain, and then the mixture, which torchvision itself makes of our chains and weights."""
    automatic()
    import torch
    from torchvision.transforms import v2

    def tensor(image: np.ndarray) -> Any:
        return torch.from_numpy(image.astype(np.float32)).permute(2, 0, 1)  # of uint8 it would cut off half a level

    images = some_images()
    policy = augspec.parse({"augspec": 1, "ops": [{"op": "preset", "name": "augmix/torchvision"}]})
    augment = augspec.compile(policy)
    draws = {path.rpartition("preset#0/")[2]: value for path, value in augment.draw(7, index=range(32)).human().items()}
    mixed = augment(7, images)
    (full,) = normalized_dict(policy)["ops"][0]["ops"]
    seen: set[str] = set()
    for row, image in enumerate(images):
        values = {path: value[row] for path, value in draws.items()}
        ends = []
        for chain, depth in enumerate(values["augmix#0/depth"]):
            turns = range(3 * chain, 3 * chain + depth)
            members = [full["ops"][values["augmix#0/branch"][turn]] for turn in turns]
            steps = [next(applied(one, "augmix#0", values, turn)) for one, turn in zip(members, turns, strict=True)]
            rounded = image
            for op in steps:
                rounded = checked(op, rounded)
                seen.add(op["op"])
            whole = [one for op in steps for one in (op, {"op": "resample"})]  # rounded once, at the end
            ends.append(np.asarray(augspec.compile(augspec.parse({"augspec": 1, "ops": whole}))(0, image)))
        share, parts = values["augmix#0/share"], iter(ends)
        weights = iter([torch.tensor([[1 - share, share]]), torch.tensor([values["augmix#0/weights"]])])
        theirs = v2.AugMix(chain_depth=1)
        monkeypatch.setattr(theirs, "_sample_dirichlet", lambda _, weights=weights: next(weights))
        monkeypatch.setattr(
            theirs,
            "_apply_image_or_video_transform",
            lambda *_, parts=parts, **__: tensor(next(parts))[None],
        )
        found = theirs(tensor(image)).permute(1, 2, 0).numpy()
        far = np.abs(mixed[row] - found)
        assert far.max() <= 1.0  # half a level of the chains that torchvision is given, half of the result
        assert far.mean() <= 0.3
    assert len(seen) == len({op["op"] for op in full["ops"]})
