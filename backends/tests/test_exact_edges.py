"""Exact arithmetic asks nothing of the processor's exceptions, and every side of a box is checked by itself."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import augspec
from augspec.errors import SampleError
from augspec_conformance.cases.policies import document, fitting_targets, op_document, op_names, op_of

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 9, 14, 3), np.uint8)
BOXES = np.tile(np.array([[[1, 2, 5, 7], [0, 0, 9, 9]]], np.float32), (3, 1, 1))


def _fitting(op: dict[str, Any]) -> Any:
    """Return images on which an op is defined: square ones where it has to be."""
    return IMAGES if op_of(op).accepts_size(*IMAGES.shape[1:3]) else np.ascontiguousarray(IMAGES[:, :, :9])


def _sample(policy: Any, images: Any, targets: tuple[str, ...]) -> dict[str, Any]:
    """Return images with the targets for which a policy has a meaning."""
    labels = np.arange(len(images), dtype=np.int32)
    every = {"image": images, "mask": np.zeros(images.shape[:3], np.uint8), "boxes": BOXES, "label": labels}
    return {name: every[name] for name in fitting_targets(policy, ("image", *targets))}


@pytest.mark.parametrize("name", op_names())
def test_e1_no_op_divides_by_nothing_or_warns(name: str) -> None:
    op = op_document(name)
    policy = document(op, eval=[])
    sample = _sample(policy, _fitting(op), ("mask", "boxes"))
    with np.errstate(all="raise"):
        out = augspec.compile(augspec.parse(policy))(7, sample)
    assert {len(out[name]) for name in sample} == {3}


@pytest.mark.parametrize(
    ("form", "box"),
    [
        ("xyxy", [4, 1, 2, 5]),
        ("xyxy", [1, 5, 4, 2]),
        ("yxyx", [4, 1, 2, 5]),
        ("yxyx", [1, 5, 4, 2]),
        ("xywh", [1, 1, -1, 2]),
        ("xywh", [1, 1, 2, -1]),
        ("cxcywh", [1, 1, -1, 2]),
        ("cxcywh", [1, 1, 2, -1]),
    ],
)
def test_t3_a_box_with_one_negative_side_is_refused(form: str, box: list[float]) -> None:
    augment = augspec.compile(augspec.loads('{"augspec": 1, "ops": []}'), box_format=form)
    boxes: Any = np.array([[[1, 1, 1, 1], box]] * 3, np.float32)
    with pytest.raises(SampleError, match=r"sides are not negative, got .* at \(0, 1\)"):
        augment(1, {"image": IMAGES, "boxes": boxes})
    flat = np.array([[[2, 2, 2, 2] if form in ("xyxy", "yxyx") else [2, 2, 0, 0]]] * 3, np.float32)
    assert augment(1, {"image": IMAGES, "boxes": flat})["boxes"].shape == (3, 1, 4)


@pytest.mark.parametrize("name", [name for name in op_names() if augspec.ops()[name].stage != "type"])
def test_c1_another_value_range_is_the_unit_range_stretched(name: str) -> None:
    op = op_document(name)
    plain = document(op, eval=[])
    policy = augspec.parse(plain)
    sample = _sample(plain, (_fitting(op) / 255).astype(np.float32), ("boxes",))
    expected = augspec.compile(policy)(7, sample)["image"] * 4 - 1
    wide = {**sample, "image": sample["image"] * 4 - 1}
    found = augspec.compile(policy, value_range=(-1, 3))(7, wide)["image"]
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("sigma", "radius"), [(0.1, 1), (2, 6), ({"uniform": [0.5, 2.2]}, 7), ({"choice": [15, 0.1]}, 45)], ids=str
)
def test_e7_a_blur_reaches_three_deviations_of_its_widest_draw(sigma: Any, radius: int) -> None:
    op: Any = augspec.loads(json.dumps({"augspec": 1, "ops": [{"op": "gaussian_blur", "sigma": sigma}]})).ops[0]
    assert op.reach() == radius
