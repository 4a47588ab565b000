"""JAX arrays on the host engine: at once, as a node of the caller's program, and what goes to XLA instead."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import augspec
from augspec_backends.host import engine
from augspec_backends.jax import foreign

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


@pytest.mark.parametrize("usable", [True, False])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float16", "bfloat16", "float32"])
def test_in_a_jitted_function_the_engine_is_a_node(dtype: str, usable: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "usable", lambda: usable)
    augment = make()
    images = jnp.asarray(BATCH, dtype) if dtype.startswith("u") else (jnp.asarray(BATCH) / 255).astype(dtype)
    text = str(jax.make_jaxpr(augment)(WORDS, images, jnp.arange(4)))
    assert ("ffi_call" in text, "pure_callback" in text) == (usable, not usable)
    found = jax.jit(augment)(WORDS, images, jnp.arange(4))
    assert found.dtype == dtype
    np.testing.assert_array_equal(np.asarray(found), np.asarray(augment(KEY, images)))
    if dtype == "uint8":
        np.testing.assert_array_equal(found, EXPECTED)


def test_what_goes_wrong_in_a_node_is_told() -> None:
    def fails(arrays: Any, results: Any) -> None:
        raise MemoryError(f"no room for {arrays[0].nbytes} bytes")

    kinds = [jax.ShapeDtypeStruct((3,), "uint8")]
    with pytest.raises(jax.errors.JaxRuntimeError, match="MemoryError: no room for 12 bytes"):
        jax.block_until_ready(jax.jit(lambda x: foreign.call("fails", fails, kinds, [x]))(jnp.arange(3)))


CACHED = """
import sys, jax, jax.numpy as jnp, numpy as np, augspec
jax.config.update("jax_compilation_cache_dir", sys.argv[1])
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
jax.config.update("jax_persistent_cache_min_entry_size_bytes", 0)
images = np.arange(2 * 6 * 5 * 3, dtype=np.uint8).reshape(2, 6, 5, 3)
ids, words = jnp.arange(2), jnp.array([0, 5], jnp.uint32)
for shift in sys.argv[2:]:
    text = '{"augspec": 1, "ops": [{"op": "brightness_shift", "delta": %s}]}' % shift
    policy = augspec.loads(text)
    found = jax.jit(augspec.compile(policy, "jax", mode="host"))(words, images, ids)
    np.testing.assert_array_equal(found, augspec.compile(policy)(5, images))
"""


def test_a_program_from_a_cache_calls_what_it_was_compiled_for(tmp_path: Path) -> None:
    for shifts in (["0.1", "0.2"], ["0.3", "0.2", "0.1"]):
        command = [sys.executable, "-c", CACHED, str(tmp_path / "xla"), *shifts]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr[-2000:]
    assert any((tmp_path / "xla").iterdir())


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
assert "callback" not in step.as_text() and "augspec_function" not in step.as_text()
np.testing.assert_array_equal(step(words, spread, ids), expected)
"""


def test_a_process_of_several_devices_calls_nobody_back() -> None:
    code = 'import os; os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=8"\n' + SEVERAL
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
