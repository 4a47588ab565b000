"""One sample after the other in `tf.map_fn`: warps, crops, flips, colours, blur."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from benchmarks.workloads import Json, Workload


def make(work: Workload) -> Callable[[Any, Any], Any]:
    """Return a function of the step and of a batch; within it values are floats in [0, 255]."""
    import tensorflow as tf

    def one(sample: Any) -> Any:
        image, seed = sample
        for number, op in enumerate(work.ops):
            image = _sometimes(op, work, image, tf.add(seed, [number, 0]))
        if work.dtype == "uint8":
            image = tf.cast(tf.clip_by_value(tf.round(image), 0.0, 255.0), tf.uint8)
        return image

    def augment(step: Any, batch: Any) -> Any:
        seeds = tf.random.stateless_uniform((work.batch, 2), [step, 0], None, None, tf.int32)
        out = tf.TensorSpec(work.shape[1:], work.dtype)
        return tf.map_fn(one, (batch["image"], seeds), fn_output_signature=out)

    return augment


def _sometimes(op: Json, work: Workload, image: Any, seed: Any) -> Any:
    """Apply one op with its probability; a flip draws by itself."""
    import tensorflow as tf

    (inner,) = op.get("ops", [op])
    if op.get("p", 1.0) == 1.0 or op["op"] == "horizontal_flip":
        return _apply(inner, work, image, seed)
    chosen = tf.random.stateless_uniform((), tf.add(seed, [0, 1])) < op["p"]
    return tf.cond(chosen, lambda: _apply(inner, work, image, seed), lambda: image)


def _apply(op: Json, work: Workload, image: Any, seed: Any) -> Any:
    """Apply one op to an image (H, W, 3)."""
    import tensorflow as tf

    def draw(field: str, number: int = 0) -> Any:
        low, high = op[field]["uniform"]
        return tf.random.stateless_uniform((), tf.add(seed, [0, 2 + number]), low, high)

    made: dict[str, Callable[[], Any]] = {
        "brightness_scale": lambda: _clip(tf.image.adjust_brightness(image, 255.0 * (draw("factor") - 1.0))),
        "color_jitter": lambda: _jitter(image, *map(draw, _JITTER, range(4))),
        "contrast": lambda: tf.image.adjust_contrast(image, draw("factor")),
        "gaussian_blur": lambda: _blur(image, draw("sigma"), math.ceil(3 * op["sigma"]["uniform"][1])),
        "grayscale": lambda: tf.image.grayscale_to_rgb(tf.image.rgb_to_grayscale(image)),
        "horizontal_flip": lambda: tf.image.stateless_random_flip_left_right(image, seed),
        "normalize": lambda: _normalize(image, op["mean"], op["std"]),
        "random_resized_crop": lambda: _crop(image, op, seed),
        "rotate": lambda: _warp(image, work, seed),
        "scale": lambda: image,  # with the rotation before it
    }
    return made[op["op"]]()


_JITTER = ("brightness", "contrast", "saturation", "hue")


def _clip(image: Any) -> Any:
    import tensorflow as tf

    return tf.clip_by_value(image, 0.0, 255.0)


def _warp(image: Any, work: Workload, seed: Any) -> Any:
    """Rotate and scale about the centre by one resample."""
    import tensorflow as tf

    angle, scale = (
        tf.random.stateless_uniform((), tf.add(seed, [0, 2 + number]), *ends)
        for number, ends in enumerate((work.degrees, work.scale))
    )
    cosine, sine = (f(angle * math.pi / 180.0) / scale for f in (tf.cos, tf.sin))
    centre = (work.size[0] - 1) / 2.0
    shift_x, shift_y = centre * (1.0 - cosine + sine), centre * (1.0 - sine - cosine)
    warped = tf.raw_ops.ImageProjectiveTransformV3(
        images=tf.cast(image[None], tf.float32),
        transforms=[[cosine, -sine, shift_x, sine, cosine, shift_y, 0.0, 0.0]],
        output_shape=work.size,
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="CONSTANT",
    )
    return warped[0]


def _crop(image: Any, op: Json, seed: Any) -> Any:
    """Cut a window out and resize it; both are floats of the source's range."""
    import tensorflow as tf

    begin, extent, _ = tf.image.stateless_sample_distorted_bounding_box(
        image.shape,
        tf.constant([[[0.0, 0.0, 1.0, 1.0]]]),
        seed,
        min_object_covered=0.0,
        area_range=op["area"]["uniform"],
        max_attempts=10,
    )
    return tf.image.resize(tf.slice(image, begin, extent), op["size"], antialias=op["antialias"])


def _normalize(image: Any, mean: list[float], std: list[float]) -> Any:
    """Return (x / 255 − mean) / std as one multiplication and one subtraction."""
    import tensorflow as tf

    middle, width = tf.constant(mean), tf.constant(std)
    return image * (1.0 / (255.0 * width)) - middle / width


def _jitter(image: Any, brightness: Any, contrast: Any, saturation: Any, hue: Any) -> Any:
    """Jitter as SimCLR's code does: brightness is a factor, the other three are those of `tf.image`."""
    import tensorflow as tf

    image = _clip(tf.image.adjust_contrast(_clip(image * brightness), contrast))
    return tf.image.adjust_hue(tf.image.adjust_saturation(image, saturation), hue)


def _blur(image: Any, sigma: Any, radius: int) -> Any:
    """Convolve rows, then columns, with a Gaussian of that radius."""
    import tensorflow as tf

    weights = tf.exp(-0.5 * (tf.range(-radius, radius + 1, dtype=tf.float32) / sigma) ** 2)
    weights = tf.tile(tf.reshape(weights / tf.reduce_sum(weights), (-1, 1, 1, 1)), (1, 1, 3, 1))
    values = tf.pad(image[None], [[0, 0], [radius, radius], [radius, radius], [0, 0]], "REFLECT")
    for kernel in (weights, tf.transpose(weights, (1, 0, 2, 3))):
        values = tf.nn.depthwise_conv2d(values, kernel, (1, 1, 1, 1), "VALID")
    return values[0]
