"""JAX arrays on the host engine: at once, as a callback of the caller's program, and what goes to XLA instead."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import augspec
from augspec_backends.host import engine

POLICY = augspec.parse(
    {
        "augspec": 1,
        "ops": [{"op": "brightness_scale", "factor": {"uniform": [0.5, 1.5]}}, {"op": "rotate", "degrees": 20}],
    }
)
KEY = augspec.Key(3).fold(1)
WORDS = jnp.array(KEY.words().view(np.uint32))
BATCH = np.arange(4 * 9 * 10 * 3, dtype=np.uint8).reshape(4, 9, 10, 3)
EXPECTED = augspec.compile(POLICY)(KEY, BATCH)


def make(mode: str = "host") -> Any:
    return augspec.compile(POLICY, "jax", mode=mode)


def test_arrays_of_now_go_through_the_engine_whatever_memory_they_lie_in() -> None:
    augment, before = make(), engine.machines()
    for images in (BATCH, jnp.asarray(BATCH)):
        found = augment(KEY, images)
        assert isinstance(found, jax.Array)
        np.testing.assert_array_equal(found, EXPECTED)
    assert engine.machines() == before + 1


def test_in_a_jitted_function_the_engine_is_called_back() -> None:
    augment = make()
    assert "pure_callback" in str(jax.make_jaxpr(augment)(WORDS, BATCH, jnp.arange(4)))
    np.testing.assert_array_equal(jax.jit(augment)(WORDS, BATCH, jnp.arange(4)), EXPECTED)


def test_vmap_over_single_samples_gives_what_the_batch_gives() -> None:
    augment = make()
    found = jax.jit(jax.vmap(lambda image, i: augment(KEY, image, i)))(jnp.asarray(BATCH), jnp.arange(4))
    np.testing.assert_array_equal(found, EXPECTED)


def test_derivatives_are_those_of_the_compiled_mode() -> None:
    images = jnp.asarray(BATCH, jnp.float32) / 255

    def loss(mode: str) -> Any:
        augment = make(mode)
        return lambda x: (augment(KEY, x) ** 2).sum()

    backward = [jax.grad(loss(mode))(images) for mode in ("host", "compiled")]
    np.testing.assert_allclose(*backward, atol=1e-4)
    forward = [jax.jvp(loss(mode), (images,), (images,))[1] for mode in ("host", "compiled")]
    np.testing.assert_allclose(*forward, rtol=1e-4)
    assert abs(backward[0]).sum() > 0


@pytest.mark.parametrize("wrap", [lambda f: f, jax.jit])
def test_draws_are_applied_by_the_engine_too(wrap: Any) -> None:
    augment = make()
    draws = augment.draw(KEY, index=range(4))
    np.testing.assert_array_equal(wrap(augment.apply)(draws, BATCH), EXPECTED)


def test_an_empty_batch_and_the_evaluation() -> None:
    augment = make()
    assert augment(KEY, BATCH[:0]).shape == (0, 9, 10, 3)
    np.testing.assert_array_equal(augment(None, BATCH, training=False), BATCH)


def test_complex_images_which_llvm_does_not_know_go_to_xla() -> None:
    flip = augspec.compile(augspec.parse({"augspec": 1, "ops": [{"op": "horizontal_flip"}]}), "jax", mode="host")
    images = BATCH.astype(np.complex64)
    np.testing.assert_array_equal(flip(KEY, images), augspec.compile(flip.policy)(KEY, images))


SEVERAL = """
import jax, jax.numpy as jnp, numpy as np, augspec
from jax.sharding import Mesh, NamedSharding, PartitionSpec
assert len(jax.devices()) == 8
policy = augspec.loads('{"augspec": 1, "ops": [{"op": "rotate", "degrees": {"uniform": [-20, 20]}}]}')
images = np.arange(8 * 6 * 5 * 3, dtype=np.uint8).reshape(8, 6, 5, 3)
expected = augspec.compile(policy)(5, images)
augment = augspec.compile(policy, "jax", mode="host")
shards = NamedSharding(Mesh(np.array(jax.devices()), ("batch",)), PartitionSpec("batch"))
spread = jax.device_put(images, shards)
np.testing.assert_array_equal(augment(5, spread), expected)
one = jax.device_put(images, jax.devices()[3])
found = augment(5, one)
assert found.devices() == one.devices(), found.devices()
np.testing.assert_array_equal(found, expected)
words, ids = jnp.array([0, 5], jnp.uint32), jax.device_put(np.arange(8, dtype=np.int32), shards)
step = jax.jit(augment, out_shardings=shards).lower(words, spread, ids).compile()
assert "callback" not in step.as_text()
np.testing.assert_array_equal(step(words, spread, ids), expected)
"""


def test_a_process_of_several_devices_calls_nobody_back() -> None:
    code = 'import os; os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=8"\n' + SEVERAL
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
