"""Tensors on the host engine: which ones it takes, that they are read in place, and what the others get."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch.autograd import forward_ad

import augspec
from augspec_backends.host import engine

POLICY = augspec.parse(
    {
        "augspec": 1,
        "ops": [{"op": "brightness_scale", "factor": {"uniform": [0.5, 1.5]}}, {"op": "rotate", "degrees": 20}],
    }
)


def make(mode: str, **options: Any) -> Any:
    return augspec.compile(POLICY, "torch", mode=mode, **options)


def photo(dtype: torch.dtype = torch.float32) -> torch.Tensor:
    values = torch.arange(2 * 3 * 8 * 10, dtype=torch.float32).reshape(2, 3, 8, 10) / 480
    return (values * 255).to(dtype) if dtype == torch.uint8 else values.to(dtype)


def test_it_is_the_road_by_default() -> None:
    assert make("auto").options.mode == "host"
    before = engine.machines()
    make("auto")(1, photo(torch.uint8))
    assert engine.machines() == before + 1


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32, torch.float16, torch.bfloat16])
def test_c1_it_gives_what_the_eager_road_gives(dtype: torch.dtype) -> None:
    image = photo(dtype)
    found, expected = make("host")(1, image), make("eager")(1, image)
    assert found.dtype == expected.dtype == dtype
    if dtype == torch.uint8:
        assert torch.equal(found, expected)
    else:
        torch.testing.assert_close(found, expected, rtol=0, atol=2**-7 if dtype == torch.bfloat16 else 2**-9)


def test_c10_gradients_flow_back_and_tangents_forward() -> None:
    augment, image = make("host"), photo()
    leaf = image.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(augment(1, leaf).sum(), leaf)
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(image, torch.ones_like(image))  # type: ignore[no-untyped-call]
        tangent = forward_ad.unpack_dual(augment(1, dual)).tangent  # type: ignore[no-untyped-call]
    assert gradient.abs().sum() > 0
    torch.testing.assert_close(tangent.sum(), gradient.sum())


def test_without_gradients_a_leaf_is_read_in_place() -> None:
    leaf, before = photo().requires_grad_(), engine.machines()
    augment = make("host")
    with torch.no_grad():
        out = augment(1, leaf)
    assert engine.machines() == before + 1
    assert not out.requires_grad


def test_p1_views_of_any_strides_are_taken_and_left_as_they_are() -> None:
    augment, image = make("host"), photo(torch.uint8)
    expected, last = augment(1, image), image.contiguous(memory_format=torch.channels_last)
    assert torch.equal(augment(1, last), expected)
    assert torch.equal(augment(1, image.flip(0).flip(0)), expected)
    assert torch.equal(image, photo(torch.uint8))


def test_draws_are_applied_by_it() -> None:
    augment, image = make("host"), photo(torch.uint8)
    draws = augment.draw(5, [7, 9])
    before = engine.machines()
    out = augment.apply(draws, image)
    assert engine.machines() == before + 1
    assert torch.equal(out, augment(5, image, [7, 9]))
    assert np.array_equal(out.numpy(), augspec.compile(POLICY, "numpy", layout="NCHW")(5, image.numpy(), [7, 9]))
