"""augmax, jitted, with one key per sample; its geometric chain resamples once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.peers import missing
from benchmarks.workloads import Samples, Workload

NOTE = (
    "scale comes from RandomSizedCrop, which shifts as well; brightness and contrast are pointwise curves "
    "without any mean; road map: lax.map over samples, not vmap"
)


def available() -> str | None:
    """Tell why augmax cannot run here, or None."""
    return missing("augmax", "jax")


def make(samples: Samples, *, work: Workload, road: str) -> Callable[[int], Any]:
    """Batch the chain by `vmap`, as its documentation does, or by `lax.map`."""
    batch = samples["image"]
    import augmax
    import jax
    import jax.numpy as jnp

    side = batch.shape[1]
    # Both colour ops halve the range that they are given.
    brightness, contrast = (tuple(2 * (v - 1) for v in bounds) for bounds in (work.brightness, work.contrast))
    chain = augmax.Chain(
        augmax.ByteToFloat(),
        augmax.GeometricChain(
            augmax.Rotate(work.degrees),
            augmax.RandomSizedCrop(side, side, zoom_range=work.scale, prevent_underzoom=False),
        ),
        augmax.RandomBrightness(brightness, p=1.0),
        augmax.RandomContrast(contrast, p=1.0),
    )

    def augment(key: Any, image: Any) -> Any:
        return jnp.round(jnp.clip(chain(key, image), 0.0, 1.0) * 255.0).astype(jnp.uint8)

    def mapped(keys: Any, images: Any) -> Any:
        return jax.lax.map(lambda sample: augment(*sample), (keys, images))

    run, images = jax.jit(jax.vmap(augment) if road == "vmap" else mapped), jnp.asarray(batch)
    return lambda step: run(jax.random.split(jax.random.key(step), len(batch)), images)
