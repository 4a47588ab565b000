"""How much ops stretch errors (`steepness`): no less than the float64 ideal does, and not much more.

Too small a number fails backends that are right; too large a one passes those that are wrong.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import augspec
from augspec.normalize import normalized_dict
from augspec.ops.base import PixelOp
from augspec.veil import VeilOp
from augspec_conformance.cases.policies import op_document
from augspec_conformance.oracle.noise import normal
from augspec_conformance.oracle.run import run

STEP = 1e-6

# With the share of the bound that these pictures reach; of contrast and sharpness, one bound serves all variants.
STEEP: list[tuple[dict[str, Any], float]] = [
    ({"op": "brightness_scale", "factor": 3.0}, 0.999),
    ({"op": "brightness_scale", "factor": 0.25}, 0.2),  # a bound below 1 is 1: ops before keep what they had
    ({"op": "brightness_shift", "delta": 0.1}, 0.999),
    ({"op": "contrast", "factor": 3.0}, 0.9),
    ({"op": "contrast", "factor": 3.0, "pivot": "channel_mean"}, 0.9),
    ({"op": "contrast", "factor": 3.0, "pivot": "mid"}, 0.59),
    ({"op": "contrast", "factor": 0.25}, 0.9),
    ({"op": "saturation", "factor": 3.0}, 0.9),
    ({"op": "saturation", "factor": 1.5, "space": "hsv"}, 0.66),
    ({"op": "saturation", "factor": 0.5}, 0.9),
    ({"op": "hue", "turns": 0.15}, 0.999),
    ({"op": "sepia"}, 0.999),
    ({"op": "temperature", "kelvin": 3000}, 0.98),
    ({"op": "tone_curve", "shadows": 0.0, "highlights": 0.0}, 0.95),
    ({"op": "tone_curve", "shadows": 1.0, "highlights": 1.0}, 0.95),
    ({"op": "gamma", "gamma": 2.5, "gain": 0.8}, 0.95),
    ({"op": "sharpness", "factor": 3.0}, 0.69),
    ({"op": "unsharp_mask", "sigma": 1.0, "amount": 2.0}, 0.85),
    ({"op": "unsharp_mask", "sigma": 1.0, "amount": 0.5}, 0.85),
    ({"op": "emboss", "share": 0.5, "strength": 1.0}, 0.999),
    ({"op": "invert"}, 0.999),
    ({"op": "grayscale"}, 0.999),
    ({"op": "normalize", "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.5, 0.2]}, 0.999),
]


def stretched(document: dict[str, Any]) -> float:
    """Return the most by which small errors of a picture grow, in the largest of all values, over some pictures."""
    policy = normalized_dict(augspec.parse({"augspec": 1, "ops": [document], "eval": []}))
    worst = 0.0
    for low, high in ((0.02, 0.06), (0.2, 0.6), (0.45, 0.55), (0.94, 0.98)):
        picture = np.random.default_rng(3).uniform(low, high, (3, 3, 3))
        slopes = np.zeros(picture.shape)
        for place in np.ndindex(*picture.shape):
            ends = [picture.copy(), picture.copy()]
            ends[0][place] -= STEP
            ends[1][place] += STEP
            a, b = (run(policy, {}, {"image": end})["image"] for end in ends)
            slopes += np.abs(b - a) / (2 * STEP)
        worst = max(worst, float(slopes.max()))
    return worst


@pytest.mark.parametrize(("document", "share"), STEEP)
def test_e8_steepness_is_what_the_ideal_shows(document: dict[str, Any], share: float) -> None:
    bound = augspec.parse({"augspec": 1, "ops": [document], "eval": []}).ops[0].steepness()
    found = stretched(document)
    assert bound >= 1
    assert share * bound <= found <= bound * (1 + 1e-6), (found, bound)


@pytest.mark.parametrize("name", [name for name, cls in augspec.ops().items() if issubclass(cls, PixelOp)])
def test_e8_rounded_coefficients_add_less_than_half_a_level(name: str) -> None:
    (op,) = augspec.parse({"augspec": 1, "ops": [op_document(name)], "eval": []}).ops
    assert 0 <= op.coarse(exact=False) <= op.coarse(exact=True) < 0.5 / 255
    assert op.steepness() >= 1 or op.stage == "type"


@pytest.mark.parametrize("name", [name for name, cls in augspec.ops().items() if issubclass(cls, VeilOp)])
def test_e8_a_rounded_thickness_of_veils_adds_less_than_half_a_level(name: str) -> None:
    (op,) = augspec.parse({"augspec": 1, "ops": [{"op": name}]}).ops
    assert isinstance(op, VeilOp)
    assert 0 < op.coarse(exact=False) <= op.coarse(exact=True) < 0.5 / 255


def test_e8_steepness_without_a_bound_is_infinite() -> None:
    for document in ({"op": "gamma", "gamma": {"uniform": [0.5, 2]}}, {"op": "autocontrast"}):
        assert augspec.parse({"augspec": 1, "ops": [document]}).ops[0].steepness() == math.inf


def test_gains_enlarge_the_errors_of_what_they_multiply() -> None:
    for document, factor in (
        ({"op": "gamma", "gamma": 2, "gain": 3.0}, 3.0),
        ({"op": "gamma", "gamma": 2, "gain": 0.5}, 1.0),
        ({"op": "unsharp_mask", "sigma": 1, "amount": {"uniform": [0, 4]}}, 4.0),
        ({"op": "unsharp_mask", "sigma": 1, "amount": 0.5}, 1.0),
    ):
        assert augspec.parse({"augspec": 1, "ops": [document]}).ops[0].enlarges() == factor


def test_r14_multiplied_noise_stretches_by_its_largest_normal() -> None:
    largest = float(normal(np.array([0b0], np.uint32))[0])  # the magnitude of m = 1, which no other exceeds
    (op,) = augspec.parse({"augspec": 1, "ops": [{"op": "speckle", "std": {"uniform": [0.1, 0.5]}}]}).ops
    assert 1 + 0.5 * largest <= op.steepness() <= 1 + 0.5 * largest + 0.01


FILTERS = [
    {"op": "box_blur", "radius": {"integers": [1, 3]}},
    {"op": "gaussian_blur", "sigma": {"uniform": [0.3, 0.6]}},
    {"op": "emboss", "share": 1, "strength": 1},
    {"op": "sharpness", "factor": 2},
    {"op": "median_blur"},
    {"op": "defocus", "radius": 2.5},
    {"op": "motion_blur", "length": 5, "degrees": 0},
    {"op": "unsharp_mask", "sigma": 0.6, "amount": 1},
]


@pytest.mark.parametrize("document", FILTERS)
def test_e7_a_reach_is_that_of_the_farthest_pixel_that_counts(document: dict[str, Any]) -> None:
    policy = augspec.parse({"augspec": 1, "ops": [document]})
    reach, side = policy.ops[0].reach(), 25
    flat = np.full((side, side, 1), 0.5, np.float32)
    lit = flat.copy()
    lit[side // 2, side // 2] = np.nan  # whoever reads it is not a number
    rows = np.isnan(np.asarray(augspec.compile(policy)(0, np.repeat(lit[None], 40, 0)))).any(0)[..., 0]
    found = np.abs(np.argwhere(rows) - side // 2).max()
    assert found == reach, (found, reach)
