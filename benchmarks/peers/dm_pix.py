"""dm-pix, jitted, with one key per sample."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from benchmarks.peers import by_hand, missing
from benchmarks.workloads import Json, Samples, Workload

NOTE = (
    "W1 has one affine_transform by hand, whose border is 'mirror', on CPU 2-4 times faster than its 'constant'; it "
    "has no crops that resize: they go by hand into JAX's map_coordinates, the quickest, and scale_and_translate, "
    "which antialiases; brightness is additive; contrast pivots on channel means; cutout by hand; road map: lax.map "
    "over samples, not vmap"
)


def available() -> str | None:
    """Tell why dm-pix cannot run here, or None."""
    return missing("dm_pix", "jax")


def make(samples: Samples, *, work: Workload, road: str) -> Callable[[int], Any]:
    """Batch the per-sample pipeline by `vmap`, as its documentation does, or by `lax.map`."""
    import jax
    import jax.numpy as jnp

    def augment(key: Any, image: Any) -> Any:
        values = image.astype(jnp.float32) / 255.0
        for number, op in enumerate(work.ops):
            values = _sometimes(op, work, jax.random.fold_in(key, number), values)
        return jnp.round(jnp.clip(values, 0.0, 1.0) * 255.0).astype(jnp.uint8) if work.dtype == "uint8" else values

    def mapped(keys: Any, images: Any) -> Any:
        return jax.lax.map(lambda sample: augment(*sample), (keys, images))

    run, images = jax.jit(jax.vmap(augment) if road == "vmap" else mapped), jnp.asarray(samples["image"])
    return lambda step: run(jax.random.split(jax.random.key(step), work.batch), images)


def _sometimes(op: Json, work: Workload, key: Any, image: Any) -> Any:
    """Apply one op with its probability; a flip has its own."""
    import jax

    (inner,) = op.get("ops", [op])
    if op.get("p", 1.0) == 1.0 or op["op"] == "horizontal_flip":
        return _apply(inner, work, key, image)
    own, chosen = jax.random.split(key)
    return jax.lax.cond(
        jax.random.bernoulli(chosen, op["p"]), lambda one: _apply(inner, work, own, one), lambda one: one, image
    )


def _apply(op: Json, work: Workload, key: Any, image: Any) -> Any:
    """Apply one op to an image (H, W, 3) within [0, 1]."""
    import dm_pix
    import jax
    import jax.numpy as jnp

    def sigma() -> Any:
        low, high = op["sigma"]["uniform"]
        return jax.random.uniform(key, (), minval=low, maxval=high)

    def grey() -> Any:
        return jnp.broadcast_to(dm_pix.rgb_to_grayscale(image, keep_dims=True), image.shape)

    height, width, _ = image.shape
    made: dict[str, Callable[[], Any]] = {
        "brightness_scale": lambda: _clip(dm_pix.random_brightness(key, image, op["factor"]["uniform"][1] - 1.0)),
        "color_jitter": lambda: _jitter(op, key, image),
        "contrast": lambda: dm_pix.random_contrast(key, image, *op["factor"]["uniform"]),
        "cutout": lambda: by_hand.cutout(key, image, round(op["size"] * min(height, width))),
        "gaussian_blur": lambda: dm_pix.gaussian_blur(
            image, sigma(), kernel_size=2 * math.ceil(3 * op["sigma"]["uniform"][1]) + 1
        ),
        "grayscale": grey,
        "horizontal_flip": lambda: dm_pix.random_flip_left_right(key, image, probability=op["p"]),
        "normalize": lambda: (image - jnp.array(op["mean"])) / jnp.array(op["std"]),
        "pad": lambda: dm_pix.pad_to_size(image, height + 2 * op["top"], width + 2 * op["left"]),
        "random_crop": lambda: dm_pix.random_crop(key, image, (*op["size"], 3)),
        "random_resized_crop": lambda: by_hand.resized_crop(op, key, image),
        "rotate": lambda: _warp(work, key, image),
        "scale": lambda: image,  # with the rotation before it
    }
    return made[op["op"]]()


def _clip(image: Any) -> Any:
    import jax.numpy as jnp

    return jnp.clip(image, 0.0, 1.0)


def _warp(work: Workload, key: Any, image: Any) -> Any:
    """Rotate and scale about the centre by one resample."""
    import dm_pix
    import jax
    import jax.numpy as jnp

    low, high = zip(map(math.radians, work.degrees), work.scale, strict=True)
    angle, scale = jax.random.uniform(key, (2,), minval=jnp.array(low), maxval=jnp.array(high))
    cosine, sine = jnp.cos(angle) / scale, jnp.sin(angle) / scale
    matrix = jnp.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])
    centre = (jnp.asarray(image.shape) - 1.0) / 2.0
    return dm_pix.affine_transform(image, matrix, offset=centre - matrix @ centre, mode="mirror")


def _jitter(op: Json, key: Any, image: Any) -> Any:
    import dm_pix
    import jax

    keys = jax.random.split(key, 4)
    image = _clip(dm_pix.random_brightness(keys[0], image, op["brightness"]["uniform"][1] - 1.0))
    image = _clip(dm_pix.random_contrast(keys[1], image, *op["contrast"]["uniform"]))
    image = dm_pix.random_saturation(keys[2], image, *op["saturation"]["uniform"])
    return dm_pix.random_hue(keys[3], image, op["hue"]["uniform"][1])
