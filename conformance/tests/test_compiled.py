"""Modes are proven real where somebody counts, and never taken on trust; adapters do what their texts say."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import augspec
from augspec_conformance.adapters import Adapter
from augspec_conformance.adapters import numpy as numpy_adapter
from augspec_conformance.adapters.foreign import ForeignAdapter
from augspec_conformance.directions import SHARE, slope_error, weights_for
from augspec_conformance.mutants.faulty import Faulty
from augspec_conformance.runner import check_backend

FUNCTIONS = {name for name in vars(Adapter) if not name.startswith("_")} - {"FRAMEWORK"}


class Claims:
    """A stranger's backend that says it compiles; nobody can see whether it does."""

    name = "claims"
    framework = "numpy"
    capabilities = replace(Faulty.capabilities, modes=("eager", "compiled"))

    def compile(self, policy: Any, **options: Any) -> Any:
        inner = Faulty().compile(policy, **{**options, "mode": "eager"})
        return SimpleNamespaceCall(inner)


class SimpleNamespaceCall(SimpleNamespace):
    def __init__(self, inner: Any) -> None:
        super().__init__(inner=inner, policy=inner.policy, draw=inner.draw)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return self.inner(*arguments, **options)


@pytest.mark.parametrize("law", ["C2", "C4"])
def test_a_mode_that_nobody_can_look_into_is_not_claimed(law: str) -> None:
    # The law before it runs in the same report: one in which nothing is executed is an error of its own.
    report = check_backend(Claims(), laws=["C1", law], modes=["compiled"])
    found = {result.status for result in report.results if result.law == law}
    assert found == {"not-claimed"}
    assert report.passed


@pytest.mark.parametrize("framework", ["numpy", "torch", "jax", "tensorflow"])
def test_every_adapter_has_every_function(framework: str) -> None:
    pytest.importorskip(framework)
    from augspec_conformance.adapters import load_adapter

    adapter = load_adapter(framework)
    assert {name for name in FUNCTIONS if not callable(getattr(adapter, name, None))} == set()


def test_the_adapter_for_strangers_has_every_function() -> None:
    adapter = ForeignAdapter(augspec.get_backend("numpy"))
    assert {name for name in FUNCTIONS if not callable(getattr(adapter, name, None))} == set()


def test_layouts_are_what_they_are_called() -> None:
    array = np.arange(24, dtype=np.float32).reshape(2, 4, 3)
    found = numpy_adapter.layouts(array)
    for name, odd in found.items():
        np.testing.assert_array_equal(odd, array, name)
    assert type(found["subclass"]) is not np.ndarray
    assert found["offset"].base is not None
    assert found["offset"].base.size > array.size
    assert not found["unaligned"].flags.aligned
    assert "zero strides" not in found
    flat = numpy_adapter.layouts(np.broadcast_to(array[:, :1], array.shape).copy())["zero strides"]
    assert flat.strides[1] == 0


def test_torch_layouts_hold_an_expanded_tensor_where_values_repeat() -> None:
    pytest.importorskip("torch")
    from augspec_conformance.adapters import torch as adapter

    array = np.ones((2, 4, 5, 3), np.float32) * np.arange(3, dtype=np.float32)
    found = adapter.layouts(array)
    assert found["expanded"].stride()[:3] == (0, 0, 0)
    for name, odd in found.items():
        np.testing.assert_array_equal(adapter.to_numpy(odd), array, name)


def test_slopes_accept_the_gradient_and_refuse_every_other_one() -> None:
    image = np.random.default_rng(0).uniform(0, 1, (2, 9, 7, 3)).astype(np.float32)
    weights = weights_for(image.shape, 3)

    def brighter(x: np.ndarray) -> np.ndarray:
        return np.minimum(x[:, ::-1] * np.float32(1.5), np.float32(1))

    right = np.where(image < 1 / 1.5, 1.5 * weights[:, ::-1], 0).astype(np.float32)
    assert slope_error(brighter, image, right, weights, seed=1) < SHARE
    wrong = {
        "doubled": 2 * right,
        "halved": right / 2,
        "upside down": right[:, ::-1],
        "zero": 0 * right,
        "one": 0 * right + 1,
    }
    for name, gradient in wrong.items():
        assert slope_error(brighter, image, gradient, weights, seed=1) > 5 * SHARE, name
    assert slope_error(lambda x: 0 * x, image, 0 * image, weights, seed=1) == 0
