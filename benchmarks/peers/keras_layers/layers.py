"""The layers that stand for ops of ours."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from benchmarks.workloads import Json, Range, Workload


def layers_of(op: Json, work: Workload, road: str) -> list[Callable[[Any], Any]]:
    """Return the layers that stand for one op."""
    import keras
    import tensorflow as tf

    layers, kind = keras.layers, op["op"]
    boxes = {"bounding_box_format": "xyxy"} if work.targets == "detection" else {}
    if kind == "sequence":
        (inner,) = op["ops"]
        (layer,) = layers_of(inner, work, road)

        def sometimes(values: Any) -> Any:  # no layer applies another one with a probability
            images = values["images"]
            if road == "map":
                chosen = tf.random.uniform(()) < op["p"]
                return {"images": tf.cond(chosen, lambda: layer({"images": images})["images"], lambda: images)}
            chosen = tf.random.uniform((work.batch, 1, 1, 1)) < op["p"]
            return {"images": tf.where(chosen, layer({"images": images})["images"], images)}

        return [sometimes]
    made: dict[str, Callable[[], list[Any]]] = {
        "affine": lambda: [_rotation(op["degrees"]["uniform"], **boxes), _zoom(op["scale"]["uniform"], **boxes)],
        "brightness_scale": lambda: [layers.RandomBrightness(op["factor"]["uniform"][1] - 1.0)],
        "color_jitter": lambda: [_jitter(op, **boxes)],
        "contrast": lambda: [layers.RandomContrast(op["factor"]["uniform"][1] - 1.0)],
        "cutmix": lambda: [layers.CutMix((op["alpha"],) * 2)],
        "cutout": lambda: [layers.RandomErasing((1.0, 1.0), scale=(op["size"] ** 2,) * 2, fill_value=0.0)],
        "gaussian_blur": lambda: [_blur(op["p"], op["sigma"]["uniform"])],
        "grayscale": lambda: [_on_images(layers.RandomGrayscale(op["p"]))],
        "horizontal_flip": lambda: [layers.RandomFlip("horizontal", **boxes)],
        "mixup": lambda: [layers.MixUp(op["alpha"])],
        "pad": list,  # with the crop after it
        "preset": lambda: [layers.RandAugment(num_ops=2, factor=9 / 30)],
        "random_crop": lambda: [_shift(work.op("pad")["top"] / work.size[0], "constant", "nearest")],
        "random_resized_crop": lambda: _crop(op["area"]["uniform"]),
        "rotate": lambda: [_rotation(op["degrees"]["uniform"])],
        "scale": lambda: [_zoom(op["factor"]["uniform"])],
    }
    return made[kind]()


def _on_images(layer: Any) -> Callable[[Any], Any]:
    """Let a layer that takes no dict have the images."""
    return lambda values: {**values, "images": layer(values["images"])}


def _rotation(degrees: Range, **how: Any) -> Any:
    import keras

    return keras.layers.RandomRotation(degrees[1] / 360.0, fill_mode="constant", **how)


def _zoom(factors: Range, **how: Any) -> Any:
    import keras

    # A positive factor zooms out: the sampling step is 1 + factor.
    return keras.layers.RandomZoom((1 / factors[1] - 1, 1 / factors[0] - 1), fill_mode="constant", **how)


def _blur(probability: float, sigma: Range) -> Any:
    import keras

    side = 2 * math.ceil(3 * sigma[1]) + 1
    return keras.layers.RandomGaussianBlur((probability,) * 2, kernel_size=side, sigma=sigma)


def _shift(share: float, fill: str, interpolation: str) -> Any:
    import keras

    return keras.layers.RandomTranslation(share, share, fill_mode=fill, interpolation=interpolation)


def _crop(area: Range) -> list[Any]:
    """Translate, then zoom in: how Keras' own SimCLR example crops."""
    import keras

    deepest = 1.0 - area[0] ** 0.5
    return [
        _shift(deepest / 2, "reflect", "bilinear"),
        keras.layers.RandomZoom((-deepest, 0.0), (-deepest, 0.0)),
    ]


def _jitter(op: Json, **how: Any) -> Any:
    import keras

    widths = {name: op[name]["uniform"][1] - 1.0 for name in ("brightness", "contrast")}
    low, high = op["saturation"]["uniform"]
    return keras.layers.RandomColorJitter(
        brightness_factor=widths["brightness"],
        contrast_factor=(widths["contrast"],) * 2,
        saturation_factor=(low / (1 + low), high / (1 + high)),  # f scales by f / (1 - f)
        hue_factor=(0.0, 2 * op["hue"]["uniform"][1]),  # of half a turn, to either side
        **how,
    )
