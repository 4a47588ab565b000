"""dm-pix, jitted, with one key per sample."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from benchmarks.peers import missing
from benchmarks.workloads import Samples, Workload

NOTE = (
    "one affine_transform by hand; brightness is additive; contrast pivots on channel means; border is "
    "'mirror', on CPU 2-4 times faster than its 'constant'; road map: lax.map over samples, not vmap"
)


def available() -> str | None:
    """Tell why dm-pix cannot run here, or None."""
    return missing("dm_pix", "jax")


def make(samples: Samples, *, work: Workload, road: str) -> Callable[[int], Any]:
    """Batch the per-sample pipeline by `vmap`, as its documentation does, or by `lax.map`."""
    batch = samples["image"]
    import dm_pix
    import jax
    import jax.numpy as jnp

    low, high = map(math.radians, work.degrees)

    def augment(key: Any, image: Any) -> Any:
        keys = jax.random.split(key, 4)
        angle = jax.random.uniform(keys[0], (), minval=low, maxval=high)
        scale = jax.random.uniform(keys[1], (), minval=work.scale[0], maxval=work.scale[1])
        cosine, sine = jnp.cos(angle) / scale, jnp.sin(angle) / scale
        matrix = jnp.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])
        centre = (jnp.asarray(image.shape) - 1.0) / 2.0
        values = image.astype(jnp.float32) / 255.0
        values = dm_pix.affine_transform(values, matrix, offset=centre - matrix @ centre, mode="mirror")
        values = jnp.clip(dm_pix.random_brightness(keys[2], values, work.brightness[1] - 1.0), 0.0, 1.0)
        values = dm_pix.random_contrast(keys[3], values, *work.contrast)
        return jnp.round(jnp.clip(values, 0.0, 1.0) * 255.0).astype(jnp.uint8)

    def mapped(keys: Any, images: Any) -> Any:
        return jax.lax.map(lambda sample: augment(*sample), (keys, images))

    run, images = jax.jit(jax.vmap(augment) if road == "vmap" else mapped), jnp.asarray(batch)
    return lambda step: run(jax.random.split(jax.random.key(step), len(batch)), images)
