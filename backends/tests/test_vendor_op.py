"""An op of another package, written once over the shared arithmetic, gives the same bytes everywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import augspec

FOLDER = Path(__file__).parents[2] / "examples" / "vendor_op"


@pytest.mark.parametrize("backend", ["torch", "jax", "tensorflow"])
@pytest.mark.parametrize("mode", ["eager", "compiled"])
def test_a_vendors_op_gives_equal_bytes(backend: str, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("augspec.vendors.vendors", lambda: {"film": "augspec_film"})
    monkeypatch.syspath_prepend(str(FOLDER))
    lift = {"op": "film.lift", "amount": {"uniform": [0, 1]}, "p": 0.5}
    policy = augspec.parse({"augspec": 1, "ops": [{"op": "rotate", "degrees": 20}, lift]})
    images = np.random.default_rng(0).integers(0, 256, (8, 19, 23, 3), dtype=np.uint8)
    expected = augspec.compile(policy)(5, images)
    turned = images if backend != "torch" else __import__("torch").from_numpy(images)
    got = augspec.compile(policy, backend=backend, mode=mode, layout="NHWC")(5, turned)
    np.testing.assert_array_equal(np.asarray(got), expected)
    plain = augspec.compile(policy.model_copy(update={"ops": policy.ops[:1]}))(5, images)
    assert (expected >= plain).all()
    assert (expected > plain).any()
