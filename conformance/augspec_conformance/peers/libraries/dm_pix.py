"""dm-pix: functions of one image, with a key where they are random; a batch is `jax.vmap` over split keys."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import numpy as np

from augspec_conformance.peers.peer import Arrays, Call, Transform

__all__ = ["Library"]


def _brighter(before: Any, after: Any) -> float:
    return float(np.sign(np.mean(after) - np.mean(before)))


class Library:
    """dm-pix."""

    library = "dm_pix"
    packages = ("dm-pix", "jax")
    modes = ("compiled", "eager")
    layouts = ("NHWC", "NCHW")
    generators = ()
    ranges: Mapping[str, tuple[float, float]] = {"float32": (0.0, 1.0), "uint8": (0.0, 255.0)}
    silent: Mapping[str, str] = {}

    def __init__(self, engine: str = "") -> None:
        self.name = "dm-pix"
        self._runs: dict[tuple[Transform, str, str], Any] = {}

    def missing(self) -> str:
        """Name what is not installed."""
        return ", ".join(name for name, module in (("dm-pix", "dm_pix"), ("jax", "jax")) if find_spec(module) is None)

    def transforms(self) -> tuple[Transform, ...]:
        """Return what is asked; `build` makes a function of key, image and the options for the layout."""
        import dm_pix as pix

        def one(name: str, make: Any, claims: str = "", **more: Any) -> Transform:
            options: dict[str, Any] = {
                key: more.pop(key) for key in ("axis", "whole", "size", "sigma", "level") if key in more
            }
            words = frozenset({"compiled", *claims.split()})
            return Transform(name=name, build=lambda: make, claims=words, options={"axis": True, **options}, **more)

        fixed = "fixed"
        return (
            one("adjust_brightness(0.1)", lambda k, x, **o: pix.adjust_brightness(x, 0.1), fixed, axis=False),
            one(
                "adjust_brightness(0)", lambda k, x, **o: pix.adjust_brightness(x, 0.0), f"{fixed} neutral", axis=False
            ),
            one("adjust_contrast(1.5)", lambda k, x, **o: pix.adjust_contrast(x, 1.5, **o), f"{fixed} constant"),
            one("adjust_contrast(1)", lambda k, x, **o: pix.adjust_contrast(x, 1.0, **o), f"{fixed} neutral"),
            one("adjust_gamma(0.7)", lambda k, x, **o: pix.adjust_gamma(x, 0.7), f"{fixed} range", axis=False),
            one("adjust_hue(0.2)", lambda k, x, **o: pix.adjust_hue(x, 0.2, **o), f"{fixed} range grey"),
            one("adjust_hue(0)", lambda k, x, **o: pix.adjust_hue(x, 0.0, **o), f"{fixed} neutral"),
            one("adjust_saturation(2)", lambda k, x, **o: pix.adjust_saturation(x, 2.0, **o), f"{fixed} range grey"),
            one("adjust_saturation(1)", lambda k, x, **o: pix.adjust_saturation(x, 1.0, **o), f"{fixed} neutral"),
            one("center_crop(14, 11)", lambda k, x, **o: pix.center_crop(x, 14, 11, **o), fixed, size=(14, 11)),
            one("center_crop(14, 11) of a batch", lambda k, x, **o: pix.center_crop(x, 14, 11, **o), fixed, whole=True),
            one("pad_to_size(30, 28)", lambda k, x, **o: pix.pad_to_size(x, 30, 28, **o), fixed, size=(30, 28)),
            one("pad_to_size(30, 28) of a batch", lambda k, x, **o: pix.pad_to_size(x, 30, 28, **o), fixed, whole=True),
            one(
                "resize_with_crop_or_pad(30, 11)",
                lambda k, x, **o: pix.resize_with_crop_or_pad(x, 30, 11, **o),
                fixed,
                size=(30, 11),
            ),
            one("flip_left_right()", lambda k, x, **o: pix.flip_left_right(x, **o), f"{fixed} twice range"),
            one("flip_up_down()", lambda k, x, **o: pix.flip_up_down(x, **o), f"{fixed} twice range"),
            one("gaussian_blur(1, 5)", lambda k, x, **o: pix.gaussian_blur(x, 1.0, 5, **o), f"{fixed} range constant"),
            one("gaussian_blur(2, 13)", lambda k, x, **o: pix.gaussian_blur(x, 2.0, 13, **o), fixed, sigma=2),
            one("rot90(1)", lambda k, x, **o: pix.rot90(x, 1, **o), f"{fixed} range"),
            one("solarize(0.5)", lambda k, x, **o: pix.solarize(x, 0.5), f"{fixed} range", axis=False),
            one("rotate(0.3)", lambda k, x, **o: pix.rotate(x, 0.3), f"{fixed} range constant", axis=False),
            one(
                "rotate(0.3, mode='constant', cval=1)",
                lambda k, x, **o: pix.rotate(x, 0.3, mode="constant", cval=1.0),
                f"{fixed} range constant",
                axis=False,
                level=1.0,
            ),
            one(
                "rotate(0.3, mode='mirror')",
                lambda k, x, **o: pix.rotate(x, 0.3, mode="mirror"),
                f"{fixed} range constant",
                axis=False,
            ),
            one(
                "elastic_deformation(5, 2, mode='constant', cval=1)",
                lambda k, x, **o: pix.elastic_deformation(k, x, 5.0, 2.0, mode="constant", cval=1.0, **o),
                "random range constant",
                level=1.0,
            ),
            one("rotate(0)", lambda k, x, **o: pix.rotate(x, 0.0), f"{fixed} neutral", axis=False),
            one(
                "elastic_deformation(5, 2)",
                lambda k, x, **o: pix.elastic_deformation(k, x, 5.0, 2.0, **o),
                "random range constant",
            ),
            one(
                "random_flip_left_right()",
                lambda k, x, **o: pix.random_flip_left_right(k, x),
                "random range",
                probability=0.5,
                axis=False,
            ),
            one(
                "random_flip_left_right(probability=1)",
                lambda k, x, **o: pix.random_flip_left_right(k, x, probability=1.0),
                "fixed range",
                probability=1.0,
                axis=False,
            ),
            one(
                "random_flip_up_down(probability=0.3)",
                lambda k, x, **o: pix.random_flip_up_down(k, x, probability=0.3),
                "random range",
                probability=0.3,
                axis=False,
            ),
            one(
                "random_brightness(0.2)",
                lambda k, x, **o: pix.random_brightness(k, x, 0.2),
                "random",
                side=_brighter,
                axis=False,
            ),
            one(
                "random_gamma(0.7, 1.3)", lambda k, x, **o: pix.random_gamma(k, x, 0.7, 1.3), "random range", axis=False
            ),
            one("random_hue(0.2)", lambda k, x, **o: pix.random_hue(k, x, 0.2, **o), "random range grey"),
            one("random_contrast(0.7, 1.3)", lambda k, x, **o: pix.random_contrast(k, x, 0.7, 1.3, **o), "random"),
            one(
                "random_saturation(0.7, 1.3)",
                lambda k, x, **o: pix.random_saturation(k, x, 0.7, 1.3, **o),
                "random range grey",
            ),
            one(
                "random_crop((14, 11, 3))",
                lambda k, x, **o: pix.random_crop(k, x, (14, 11, 3)),
                "random range",
                axis=False,
                size=(14, 11),
            ),
            one(
                "random_crop([14, 11, 3])",
                lambda k, x, **o: pix.random_crop(k, x, [14, 11, 3]),
                "random range",
                axis=False,
                size=(14, 11),
            ),
        )

    def start(self, transform: Transform, *, seed: int, mode: str = "", layout: str = "NHWC") -> Call:
        """Return the function, vmapped unless it takes batches itself; each call splits a new key per sample."""
        import jax

        run = self._run(transform, mode or self.modes[0], layout)
        state = {"key": jax.random.key(seed)}

        def call(native: Any) -> Any:
            state["key"], now = jax.random.split(state["key"])
            return {"image": run(jax.random.split(now, len(native["image"])), native["image"])}

        return call

    def _run(self, transform: Transform, mode: str, layout: str) -> Any:
        import jax

        if (transform, mode, layout) not in self._runs:
            function = transform.build()
            options = {"channel_axis": -1 if layout == "NHWC" else -3} if transform.options["axis"] else {}

            def run(keys: Any, images: Any) -> Any:
                if transform.options.get("whole"):
                    return function(None, images, **options)
                return jax.vmap(lambda key, image: function(key, image, **options))(keys, images)

            self._runs[transform, mode, layout] = jax.jit(run) if mode == "compiled" else run
        return self._runs[transform, mode, layout]

    def native(self, transform: Transform, sample: Arrays, *, layout: str = "NHWC") -> Any:
        """Return JAX arrays."""
        import jax.numpy as jnp

        image = sample["image"]
        return {"image": jnp.array(np.moveaxis(image, -1, 1) if layout == "NCHW" else image)}

    def arrays(self, transform: Transform, native: Any, *, layout: str = "NHWC") -> Arrays:
        """Return NumPy arrays."""
        image = np.array(native["image"])
        return {"image": np.moveaxis(image, 1, -1) if layout == "NCHW" else image}
