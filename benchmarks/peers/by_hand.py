"""What the libraries for JAX have no function for, as their users write it: one sample, one key."""

from __future__ import annotations

import math
from typing import Any

from benchmarks.workloads import Json


def resized_crop(op: Json, key: Any, image: Any) -> Any:
    """Draw one window of an image (H, W, 3) float, clipped to it, and resize it."""
    import jax
    import jax.numpy as jnp
    from jax.scipy.ndimage import map_coordinates

    sides, size = jnp.array(image.shape[:2], jnp.float32), jnp.array(op["size"], jnp.float32)
    keys = jax.random.split(key, 3)
    low, high = op["area"]["uniform"]
    area = jax.random.uniform(keys[0], (), minval=low, maxval=high) * sides[0] * sides[1]
    ratio = jnp.exp(jax.random.uniform(keys[1], (), minval=math.log(3 / 4), maxval=math.log(4 / 3)))
    extent = jnp.minimum(jnp.sqrt(jnp.stack([area / ratio, area * ratio])), sides)
    corner = jax.random.uniform(keys[2], (2,)) * (sides - extent)
    if op["antialias"]:
        scale = size / extent
        return jax.image.scale_and_translate(
            image, (*op["size"], 3), (0, 1), scale, -corner * scale, "linear", antialias=True
        )
    rows, columns = (
        corner[axis] + (jnp.arange(op["size"][axis]) + 0.5) * extent[axis] / size[axis] - 0.5 for axis in (0, 1)
    )
    places = jnp.meshgrid(rows, columns, indexing="ij")
    return jax.vmap(lambda plane: map_coordinates(plane, places, order=1, mode="mirror"), -1, -1)(image)


def cutout(key: Any, image: Any, side: int) -> Any:
    """Blacken a square of an image (H, W, 3) float, its centre anywhere."""
    import jax
    import jax.numpy as jnp

    height, width, _ = image.shape
    top, left = jax.random.randint(key, (2,), 0, jnp.array([height, width])) - side // 2
    rows, columns = jnp.arange(height)[:, None, None] - top, jnp.arange(width)[None, :, None] - left
    return jnp.where((rows >= 0) & (rows < side) & (columns >= 0) & (columns < side), 0.0, image)
