"""augmax: transforms of one image with a key; a batch is `jax.vmap` over split keys, as its documentation shows."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import numpy as np

from augspec_conformance.peers.peer import Arrays, Call, Transform

__all__ = ["Library"]

_TARGETS = ("mask", "keypoints")


def _brighter(before: Any, after: Any) -> float:
    return float(np.sign(np.mean(after) - np.mean(before)))


def _turned(before: Any, after: Any) -> float:
    """Tell a turn's sign from where the brightness of the right half went: up is positive."""

    def height(image: Any) -> float:
        right = image[:, image.shape[1] // 2 :, 0]
        rows = np.arange(len(right))[:, None]
        return float((right * rows).sum() / max(right.sum(), 1e-6))

    return float(np.sign(height(before) - height(after)))


class Library:
    """augmax."""

    library = "augmax"
    packages = ("augmax", "jax")
    modes = ("compiled", "eager")
    layouts = ("NHWC",)
    generators = ()
    ranges: Mapping[str, tuple[float, float]] = {"float32": (0.0, 1.0), "uint8": (0.0, 255.0)}
    silent: Mapping[str, str] = {"B5": "batches are jax.vmap's, whose own rule for empty axes applies"}

    def __init__(self, engine: str = "") -> None:
        self.name = "augmax"
        self._runs: dict[tuple[Transform, str], Any] = {}

    def missing(self) -> str:
        """Name what is not installed."""
        return ", ".join(name for name in ("augmax", "jax") if find_spec(name) is None)

    def transforms(self) -> tuple[Transform, ...]:
        """Return what is asked."""
        import augmax as ax

        def colour(name: str, make: Any, *claims: str, **more: Any) -> Transform:
            return Transform(name=name, build=make, claims=frozenset({"compiled", *claims}), **more)

        def moved(name: str, make: Any, *claims: str, **more: Any) -> Transform:
            words = frozenset({"compiled", "range", *claims})
            return Transform(name=name, build=make, claims=words, targets=_TARGETS, **more)

        undo = {"undo": self._undo}

        def shuffled(name: str, make: Any, *claims: str, **more: Any) -> Transform:
            words, options = frozenset({"compiled", *claims}), {**undo, "shape": (4, 8, 8, 3)}
            return Transform(name=name, build=make, claims=words, targets=("mask",), options=options, **more)

        return (
            moved("HorizontalFlip()", lambda: ax.HorizontalFlip(), "moves", "inverse", probability=0.5, options=undo),
            moved("HorizontalFlip(p=1)", lambda: ax.HorizontalFlip(p=1.0), "moves", "fixed", "twice", probability=1.0),
            moved("VerticalFlip(p=0)", lambda: ax.VerticalFlip(p=0.0), "neutral", "fixed", probability=0.0),
            moved("Rotate90()", lambda: ax.Rotate90()),
            moved("Rotate(30)", lambda: ax.Rotate(30), "inverse", options=undo),
            moved("Rotate((-30, 30), p=0.5)", lambda: ax.Rotate((-30, 30), p=0.5), probability=0.5, side=_turned),
            moved("Rotate((20, 20))", lambda: ax.Rotate((20, 20)), "fixed"),
            moved("Rotate(0)", lambda: ax.Rotate(0), "fixed", "neutral"),
            moved("Translate(3, 2)", lambda: ax.Translate(3, 2), "fixed", "moves"),
            moved("Crop(3, 2, 10, 12)", lambda: ax.Crop(3, 2, 10, 12), "fixed", "moves", "constant"),
            moved("CenterCrop(10, 12)", lambda: ax.CenterCrop(10, 12), "fixed", "moves", "constant"),
            moved("RandomCrop(10, 12)", lambda: ax.RandomCrop(10, 12), "constant"),
            moved("Resize(40, 60)", lambda: ax.Resize(40, 60), "fixed"),
            moved(
                "RandomSizedCrop(32, 36, prevent_underzoom=True)",
                lambda: ax.RandomSizedCrop(32, 36, prevent_underzoom=True),
                "constant",
            ),
            moved("Warp(strength=1, coarseness=16)", lambda: ax.Warp(strength=1, coarseness=16)),
            colour("ByteToFloat()", lambda: ax.ByteToFloat(), "inverse", "moves", dtypes=("uint8",), options=undo),
            colour("ChannelShuffle()", lambda: ax.ChannelShuffle(), "inverse", "moves", options=undo),
            colour(
                "RandomGamma()", lambda: ax.RandomGamma(), "range", "inverse", "moves", probability=0.5, options=undo
            ),
            colour("RandomBrightness()", lambda: ax.RandomBrightness(), "range", probability=0.5, side=_brighter),
            colour("RandomBrightness((0, 0), p=1)", lambda: ax.RandomBrightness((0, 0), p=1.0), "neutral"),
            colour("RandomContrast()", lambda: ax.RandomContrast(), "range", probability=0.5),
            colour("RandomContrast((0, 0), p=1)", lambda: ax.RandomContrast((0, 0), p=1.0), "neutral"),
            colour(
                "ColorJitter()", lambda: ax.ColorJitter(), "range", "inverse", "moves", probability=0.5, options=undo
            ),
            colour("ColorJitter(p=1)", lambda: ax.ColorJitter(p=1.0), "range", probability=1.0),
            colour(
                "ColorJitter(0, 0, 0, hue=0.5, p=1)", lambda: ax.ColorJitter(0, 0, 0, hue=0.5, p=1.0), probability=1.0
            ),
            colour(
                "ColorJitter(0, 0, saturation=0.5, hue=0, p=1)",
                lambda: ax.ColorJitter(0, 0, saturation=0.5, hue=0, p=1.0),
                probability=1.0,
            ),
            colour("RandomGrayscale()", lambda: ax.RandomGrayscale(), "range", "grey", probability=0.5),
            colour("RandomChannelGamma()", lambda: ax.RandomChannelGamma(), "range", probability=0.5),
            colour("Solarization()", lambda: ax.Solarization(), "range", probability=0.5),
            colour("ChannelDrop()", lambda: ax.ChannelDrop(), "range", probability=0.5),
            shuffled("GridShuffle((4, 4))", lambda: ax.GridShuffle((4, 4)), "inverse", "moves", probability=0.5),
            shuffled("GridShuffle(4)", lambda: ax.GridShuffle(4)),
            shuffled("GridShuffle((5, 6))", lambda: ax.GridShuffle((5, 6))),
            colour("Blur(p=1)", lambda: ax.Blur(p=1.0), "range", "constant", "fixed", probability=1.0),
            colour(
                "GaussianBlur(sigma=2, p=1)", lambda: ax.GaussianBlur(sigma=2, p=1.0), "fixed", options={"sigma": 2}
            ),
            colour(
                "GaussianBlur(sigma=3, p=1)", lambda: ax.GaussianBlur(sigma=3, p=1.0), "fixed", options={"sigma": 3}
            ),
            colour("Blur(p=1), called by itself", lambda: ax.Blur(p=1.0), options={"direct": True}),
            colour("GaussianBlur(p=1)", lambda: ax.GaussianBlur(p=1.0), "range", "constant", "fixed", probability=1.0),
        )

    def start(self, transform: Transform, *, seed: int, mode: str = "", layout: str = "NHWC") -> Call:
        """Return the chain, vmapped; each call splits a new key per sample."""
        import jax

        run = self._run(transform, mode or self.modes[0])
        state = {"key": jax.random.key(seed)}

        def call(native: Any) -> Any:
            state["key"], now = jax.random.split(state["key"])
            return run(jax.random.split(now, len(native["image"])), native)

        return call

    def _run(self, transform: Transform, mode: str) -> Any:
        """Return the compiled function of a transform; it holds no state, so that one serves all laws."""
        import augmax
        import jax

        if (transform, mode) not in self._runs:
            made = transform.build()
            chain = augmax.Chain(made, input_types=_types(transform))

            def run(keys: Any, native: Any) -> Any:
                if transform.options.get("direct"):
                    return {"image": jax.vmap(made)(keys, native["image"])}
                types = {name: kind for name, kind in _types(transform).items() if name in native}
                return jax.vmap(lambda key, one: chain.apply(key, one, types))(keys, native)

            self._runs[transform, mode] = jax.jit(run) if mode == "compiled" else run
        return self._runs[transform, mode]

    def native(self, transform: Transform, sample: Arrays, *, layout: str = "NHWC") -> Any:
        """Return JAX arrays, keypoints as (y, x)."""
        import jax.numpy as jnp

        found = {name: jnp.array(value) for name, value in sample.items()}
        if "keypoints" in found:
            found["keypoints"] = found["keypoints"][..., ::-1]
        return found

    def arrays(self, transform: Transform, native: Any, *, layout: str = "NHWC") -> Arrays:
        """Return NumPy arrays."""
        found = {name: np.array(native[name]) for name in ("image", *_TARGETS) if name in native}
        if "keypoints" in found:
            found["keypoints"] = found["keypoints"][..., ::-1]
        return found

    def _undo(self, transform: Transform, native: Any, seed: int) -> Any:
        """Return the images after a call and the chain's own `invert` with the same key."""
        import augmax
        import jax

        if (transform, "undo") not in self._runs:
            chain = augmax.Chain(transform.build())

            def there_and_back(key: Any, images: Any) -> Any:
                there = jax.vmap(lambda image: chain(key, image))(images)
                return jax.vmap(lambda image: chain.invert(key, image))(there)

            self._runs[transform, "undo"] = jax.jit(there_and_back)
        return {"image": self._runs[transform, "undo"](jax.random.key(seed), native["image"])}


def _types(transform: Transform) -> dict[str, Any]:
    from augmax import InputType

    kinds = {"mask": InputType.MASK, "keypoints": InputType.KEYPOINTS}
    return {"image": InputType.IMAGE, **{name: kinds[name] for name in transform.targets}}
