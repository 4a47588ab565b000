"""tf.image: functions of a tensor; the random ones are the stateless ones, with a seed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import numpy as np

from augspec_conformance.peers.peer import Arrays, Call, Transform

__all__ = ["Library"]

_BOTH = ("uint8", "float32")


def _brighter(before: Any, after: Any) -> float:
    return float(np.sign(np.mean(after.astype(np.float64)) - np.mean(before.astype(np.float64))))


def _there_and_back(name: str) -> Any:
    """Return a function into another colour space and back."""
    import tensorflow as tf

    there, back = getattr(tf.image, f"rgb_to_{name}"), getattr(tf.image, f"{name}_to_rgb")
    return lambda x, s: back(there(x))


class Library:
    """tf.image."""

    library = "tf_image"
    packages = ("tensorflow-cpu",)
    modes = ("eager", "compiled")
    layouts = ("NHWC",)
    generators = ()
    ranges: Mapping[str, tuple[float, float]] = {
        "float32": (0.0, 1.0),
        "float16": (0.0, 1.0),
        "uint8": (0.0, 255.0),
        "int32": (0.0, 2.0**31 - 1),
    }
    silent: Mapping[str, str] = {}

    def __init__(self, engine: str = "") -> None:
        self.name = "tf.image"

    def missing(self) -> str:
        """Name what is not installed."""
        return "" if find_spec("tensorflow") else "tensorflow"

    def transforms(self) -> tuple[Transform, ...]:
        """Return what is asked; `build` makes a function of image and seed."""
        import tensorflow as tf

        image = tf.image

        def one(name: str, make: Any, claims: str = "", **more: Any) -> Transform:
            words = frozenset({"compiled", *claims.split()})
            return Transform(name=name, build=lambda: make, claims=words, **{"dtypes": _BOTH, **more})

        return (
            one("flip_left_right()", lambda x, s: image.flip_left_right(x), "fixed range twice"),
            one("flip_up_down()", lambda x, s: image.flip_up_down(x), "fixed range twice"),
            one("transpose()", lambda x, s: image.transpose(x), "fixed range twice"),
            one("rot90(1)", lambda x, s: image.rot90(x, 1), "fixed range"),
            one("adjust_brightness(0)", lambda x, s: image.adjust_brightness(x, 0.0), "fixed neutral"),
            one("adjust_brightness(0.2)", lambda x, s: image.adjust_brightness(x, 0.2), "fixed"),
            one(
                "adjust_brightness(0.2), uint8",
                lambda x, s: image.adjust_brightness(x, 0.2),
                "fixed range",
                dtypes=("uint8",),
            ),
            one("adjust_contrast(1)", lambda x, s: image.adjust_contrast(x, 1.0), "fixed neutral"),
            one("adjust_contrast(1.5)", lambda x, s: image.adjust_contrast(x, 1.5), "fixed constant"),
            one("adjust_gamma(1)", lambda x, s: image.adjust_gamma(x, 1.0), "fixed neutral range"),
            one("adjust_gamma(0.7)", lambda x, s: image.adjust_gamma(x, 0.7), "fixed range dtypes"),
            one("adjust_hue(0)", lambda x, s: image.adjust_hue(x, 0.0), "fixed neutral range"),
            one("adjust_hue(0.25)", lambda x, s: image.adjust_hue(x, 0.25), "fixed range grey dtypes"),
            one("adjust_saturation(1)", lambda x, s: image.adjust_saturation(x, 1.0), "fixed neutral range"),
            one("adjust_saturation(2)", lambda x, s: image.adjust_saturation(x, 2.0), "fixed range grey dtypes"),
            one(
                "grayscale_to_rgb(rgb_to_grayscale())",
                lambda x, s: image.grayscale_to_rgb(image.rgb_to_grayscale(x)),
                "fixed range grey dtypes",
            ),
            *(
                one(
                    f"{name}, int32",
                    call,
                    "fixed neutral range constant",
                    dtypes=("int32",),
                    options={"level": 1.0},
                )
                for name, call in (
                    ("adjust_brightness(0)", lambda x, s: image.adjust_brightness(x, 0.0)),
                    ("adjust_hue(0)", lambda x, s: image.adjust_hue(x, 0.0)),
                    ("adjust_saturation(1)", lambda x, s: image.adjust_saturation(x, 1.0)),
                )
            ),
            one(
                "convert_image_dtype(uint16, saturate=True) of float16, and back to float32",
                lambda x, s: image.convert_image_dtype(
                    image.convert_image_dtype(x, tf.uint16, saturate=True), tf.float32
                ),
                "fixed constant",
                dtypes=("float16",),
            ),
            *(
                one(f"{there}_to_rgb(rgb_to_{there}())", _there_and_back(there), "fixed neutral", dtypes=("float32",))
                for there in ("hsv", "yiq", "yuv")
            ),
            one("central_crop(0.5)", lambda x, s: image.central_crop(x, 0.5), "fixed range"),
            one(
                "resize_with_crop_or_pad(30, 11)",
                lambda x, s: image.resize_with_crop_or_pad(x, 30, 11),
                "fixed range",
                options={"size": (30, 11)},
            ),
            one(
                "pad_to_bounding_box(2, 3, 30, 30)",
                lambda x, s: image.pad_to_bounding_box(x, 2, 3, 30, 30),
                "fixed range",
            ),
            one(
                "resize((30, 17))", lambda x, s: image.resize(x, (30, 17)), "fixed constant", options={"size": (30, 17)}
            ),
            one(
                "resize((30, 17), 'nearest')",
                lambda x, s: image.resize(x, (30, 17), "nearest"),
                "fixed range constant",
                options={"size": (30, 17)},
            ),
            one(
                "resize((30, 17), 'bicubic')",
                lambda x, s: image.resize(x, (30, 17), "bicubic"),
                "fixed constant",
                options={"size": (30, 17)},
            ),
            one(
                "resize((30, 17), 'area')",
                lambda x, s: image.resize(x, (30, 17), "area"),
                "fixed constant",
                options={"size": (30, 17)},
            ),
            one(
                "resize((11, 9), antialias=True)",
                lambda x, s: image.resize(x, (11, 9), antialias=True),
                "fixed constant",
                options={"size": (11, 9)},
            ),
            one(
                "resize((11, 27), 'lanczos3')",
                lambda x, s: image.resize(x, (11, 27), "lanczos3"),
                "fixed constant",
                options={"size": (11, 27)},
            ),
            one(
                "resize((11, 27), 'lanczos5')",
                lambda x, s: image.resize(x, (11, 27), "lanczos5"),
                "fixed constant",
                options={"size": (11, 27)},
            ),
            one(
                "resize((11, 27), 'gaussian')",
                lambda x, s: image.resize(x, (11, 27), "gaussian"),
                "fixed constant",
                options={"size": (11, 27)},
            ),
            one(
                "resize((11, 27), 'mitchellcubic')",
                lambda x, s: image.resize(x, (11, 27), "mitchellcubic"),
                "fixed constant",
                options={"size": (11, 27)},
            ),
            one(
                "resize((11, 27), 'lanczos3', antialias=True)",
                lambda x, s: image.resize(x, (11, 27), "lanczos3", antialias=True),
                "fixed constant",
                options={"size": (11, 27)},
            ),
            one(
                "resize((30, 30), preserve_aspect_ratio=True)",
                lambda x, s: image.resize(x, (30, 30), preserve_aspect_ratio=True),
                "fixed constant",
                options={"size": (30, 25)},
            ),
            one(
                "crop_and_resize(0.1, 0.2, 0.8, 0.9)",
                lambda x, s: image.crop_and_resize(
                    x, tf.tile([[0.1, 0.2, 0.8, 0.9]], (len(x), 1)), tf.range(len(x)), (12, 10)
                ),
                "fixed constant",
                options={"size": (12, 10)},
            ),
            one("per_image_standardization()", lambda x, s: image.per_image_standardization(x), "fixed"),
            one(
                "resize_with_pad(30, 30)",
                lambda x, s: image.resize_with_pad(x, 30, 30),
                "fixed",
                options={"size": (30, 30)},
            ),
            one(
                "stateless_random_flip_left_right()",
                lambda x, s: image.stateless_random_flip_left_right(x, s),
                "random range",
                probability=0.5,
            ),
            one(
                "stateless_random_flip_up_down()",
                lambda x, s: image.stateless_random_flip_up_down(x, s),
                "random range",
                probability=0.5,
            ),
            one(
                "stateless_random_brightness(0.2)",
                lambda x, s: image.stateless_random_brightness(x, 0.2, s),
                "random",
                side=_brighter,
            ),
            one(
                "stateless_random_contrast(0.7, 1.3)",
                lambda x, s: image.stateless_random_contrast(x, 0.7, 1.3, s),
                "random",
            ),
            one(
                "stateless_random_saturation(0.7, 1.3)",
                lambda x, s: image.stateless_random_saturation(x, 0.7, 1.3, s),
                "random range grey",
            ),
            one("stateless_random_hue(0.2)", lambda x, s: image.stateless_random_hue(x, 0.2, s), "random range grey"),
            one(
                "stateless_random_crop((B, 14, 11, 3))",
                lambda x, s: image.stateless_random_crop(x, (len(x), 14, 11, 3), s),
                "random range",
                options={"size": (14, 11)},
            ),
            one(
                "stateless_random_jpeg_quality(50, 90)",
                lambda x, s: image.stateless_random_jpeg_quality(x[0], 50, 90, s)[None],
                "range",
                batch=False,
                options={"single": True},
            ),
        )

    def start(self, transform: Transform, *, seed: int, mode: str = "", layout: str = "NHWC") -> Call:
        """Return the function; its calls are seeded with (seed, 0), (seed, 1) and so on."""
        import tensorflow as tf

        function = transform.build()
        run = tf.function(function) if mode == "compiled" else function
        state = {"calls": 0}

        def call(native: Any) -> Any:
            now = tf.constant([seed, state["calls"]], tf.int32)
            state["calls"] += 1
            if transform.options.get("single"):
                return {
                    "image": tf.concat([run(native["image"][i : i + 1], now) for i in range(len(native["image"]))], 0)
                }
            return {"image": run(native["image"], now)}

        return call

    def native(self, transform: Transform, sample: Arrays, *, layout: str = "NHWC") -> Any:
        """Return tensors."""
        import tensorflow as tf

        return {"image": tf.constant(sample["image"].copy())}

    def arrays(self, transform: Transform, native: Any, *, layout: str = "NHWC") -> Arrays:
        """Return NumPy arrays."""
        return {"image": np.array(native["image"])}
