"""R4 inside JAX: in a user's jit, vmap and grad, with traced keys and ids, samples are those of the host."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

import augspec

POLICY = augspec.loads("""
{"augspec": 1, "ops": [
  {"op": "horizontal_flip"},
  {"op": "rotate", "degrees": {"uniform": [-40, 40]}},
  {"op": "brightness_scale", "factor": {"uniform": [0.5, 1.5]}}
]}
""")
IMAGES = np.random.default_rng(0).integers(0, 256, (5, 9, 12, 3), dtype=np.uint8)
IDS = np.array([4, 0, 30, 2, 7])
AUGMENT = augspec.compile(POLICY, "jax")
KEY = augspec.Key(7).fold(3)
EXPECTED = augspec.compile(POLICY)(KEY, IMAGES, IDS)


def test_r4_traced_key_and_ids_inside_jit_equal_the_host() -> None:
    step = jax.jit(AUGMENT)
    np.testing.assert_array_equal(step(jnp.asarray(KEY.words()), IMAGES, IDS), EXPECTED)
    plain = augspec.compile(POLICY)(7, IMAGES, IDS)
    np.testing.assert_array_equal(step(jax.random.key(7), IMAGES, IDS), plain)
    np.testing.assert_array_equal(step(jax.random.PRNGKey(7), IMAGES, IDS), plain)


def test_r4_another_epoch_compiles_nothing_again() -> None:
    step = jax.jit(augspec.compile(POLICY, "jax"))
    for epoch in range(3):
        key = augspec.Key(7).fold(epoch)
        out = step(jnp.asarray(key.words()), IMAGES, IDS)
        np.testing.assert_array_equal(out, augspec.compile(POLICY)(key, IMAGES, IDS))
    assert step._cache_size() == 1


def test_r4_one_sample_at_a_time_under_vmap_equals_the_batch() -> None:
    one = jax.vmap(lambda key, image, number: AUGMENT(key, image, number[None]), in_axes=(None, 0, 0))
    arguments = jnp.asarray(KEY.words()), jnp.asarray(IMAGES), jnp.asarray(IDS)
    np.testing.assert_array_equal(one(*arguments), EXPECTED)
    np.testing.assert_array_equal(jax.jit(one)(*arguments), EXPECTED)


def test_a_train_step_differentiates_through_the_augmentation() -> None:
    images = jnp.asarray(IMAGES, jnp.float32) / 255
    weights = jnp.asarray(np.random.default_rng(1).normal(size=(9, 12, 3)), jnp.float32)

    def loss(weights: jax.Array, images: jax.Array, key: jax.Array, ids: jax.Array) -> jax.Array:
        return (AUGMENT(key, images, ids) * weights).sum()

    by_weights, by_images = jax.jit(jax.grad(loss, argnums=(0, 1)))(weights, images, jnp.asarray(KEY.words()), IDS)
    host = augspec.compile(POLICY)(KEY, np.asarray(images), IDS)
    np.testing.assert_allclose(by_weights, host.sum(0), rtol=0, atol=1e-4)
    assert by_images.shape == images.shape
    assert jnp.isfinite(by_images).all()
    assert jnp.abs(by_images).sum() > 0


def test_a_scan_over_batches_equals_separate_calls() -> None:
    def body(count: jax.Array, images: jax.Array) -> tuple[jax.Array, jax.Array]:
        out = AUGMENT(jnp.asarray(KEY.words()), images, count + jnp.arange(5))
        return count + 5, out

    _, out = jax.lax.scan(body, jnp.int32(0), jnp.stack([jnp.asarray(IMAGES)] * 2))
    host = augspec.compile(POLICY)
    np.testing.assert_array_equal(out[0], host(KEY, IMAGES, range(5)))
    np.testing.assert_array_equal(out[1], host(KEY, IMAGES, range(5, 10)))


def test_r7_a_sharded_batch_equals_the_host_and_each_device_can_work_alone() -> None:
    program = Path(__file__).parent / "programs" / "sharded.py"
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report == {"whole": True, "apart": True, "devices": 4, "rows": [2], "collectives": []}


def test_evaluation_inside_jit_needs_no_key() -> None:
    np.testing.assert_array_equal(jax.jit(lambda x: AUGMENT(None, x, training=False))(IMAGES), IMAGES)


def test_float64_boxes_of_numpy_take_jax_own_width() -> None:
    boxes = np.array([[[1.0, 1, 5, 4]]] * 5)
    out = AUGMENT(KEY, {"image": IMAGES, "boxes": boxes}, IDS)
    assert out["boxes"].dtype == jnp.float32


def test_t5_a_batch_is_mixed_inside_jit_and_an_id_of_no_class_shows() -> None:
    policy = augspec.loads('{"augspec": 1, "ops": [{"op": "mixup"}], "targets": {"label": {"classes": 5}}}')
    augment = augspec.compile(policy, "jax")
    labels = np.array([3, 1, 4, 1, 2], np.int32)
    expected = augspec.compile(policy)(KEY, {"image": IMAGES, "label": labels}, IDS)

    @jax.jit
    def step(key: jax.Array, images: jax.Array, labels: jax.Array, ids: jax.Array) -> dict[str, jax.Array]:
        mixed: dict[str, jax.Array] = augment(key, {"image": images, "label": labels}, ids)
        return mixed

    words = jnp.asarray(KEY.words())
    out = step(words, IMAGES, labels, IDS)
    np.testing.assert_array_equal(out["image"], expected["image"])
    np.testing.assert_array_equal(out["label"], expected["label"])
    wrong = np.asarray(step(words, IMAGES, labels + 1, IDS)["label"])
    assert np.isnan(wrong).all(1).sum() == 2  # the sample of class 5, and the one whose partner it is


def test_t3_boxes_of_four_samples_come_together_inside_jit() -> None:
    policy = augspec.loads('{"augspec": 1, "ops": [{"op": "mosaic", "scale": {"uniform": [0.5, 1.0]}}]}')
    boxes = np.tile(np.array([[1, 2, 5, 8], [0, 0, 4, 4]], np.float32), (5, 1, 1))
    sample = {"image": np.asarray(IMAGES), "boxes": boxes, "labels": np.arange(10, dtype=np.int32).reshape(5, 2)}
    augment, expected = augspec.compile(policy, "jax"), augspec.compile(policy)(KEY, sample, IDS)
    out = jax.jit(lambda key, sample: augment(key, sample, IDS))(jnp.asarray(KEY.words()), sample)
    for name, value in expected.items():
        np.testing.assert_allclose(out[name], value, atol=1e-5)
